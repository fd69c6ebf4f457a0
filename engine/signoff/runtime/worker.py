"""Working off what is owed: timers, openings, rungs, lapses, handlers, notices. One drain loop, no recovery pass.

What is due is claimed by state with a lease; a timer is consumed in the transaction that advances its instance, and
many of different instances share one; a handler runs outside any transaction, and its answer is a command. With a
pool, what leaves the process is done there, and no deadline waits for it. Must not import `engine`.
"""

import logging
import random
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from signoff.errors import HandlerError, SignoffError
from signoff.kernel.commands import Actor
from signoff.kernel.effect import Owed
from signoff.runtime import announcement, batch, correlation, execution, job, refusal, trouble
from signoff.runtime.clock import SystemClock
from signoff.runtime.core import Core
from signoff.runtime.lease import LEASE, SLOW, Leases
from signoff.runtime.pool import Pool, limited, unlimited
from signoff.runtime.settlement import Settlement, said
from signoff.runtime.tally import Outcome, Tally
from signoff.store import agenda, backlog, postbox
from signoff.store.agenda import Obligation
from signoff.store.schema import micros

BATCH = 250  # of what only advances an instance
QUICK_LEASE = timedelta(
    seconds=2
)  # of what only advances: so long it waits when its worker was killed, at first
TOGETHER = 3  # attempts of an obligation in a batch; after that it may only cost itself its turn
MIXED = 100  # of all kinds, where what leaves the process is done one by one
PATIENCE = 8  # rounds after which the pool is looked after, however much else is due
NOTICE_LIMIT = timedelta(minutes=2)  # for all people and channels of a notice
SWEPT = 1000  # rows at once
KEPT = timedelta(days=30)  # done rows, from when they were done or were due
_KEPT = KEPT // timedelta(microseconds=1)
PORTION = 25  # notices in the hands of one thread
MOMENT = 1.0  # seconds, after which that thread gives back what it has not begun
_QUICK = (*batch.COMMANDS, *correlation.KINDS)
_SLOW = tuple(SLOW)
_CLOCK = SystemClock()
_GONE = frozenset({"instance_ended", "no_such_instance"})
_log = logging.getLogger("signoff.worker")


@dataclass(slots=True)
class Drained:
    """What one drain came to."""

    done: int = 0
    failed: int = 0

    def count(self, outcome: Outcome) -> None:
        """One more that came to this."""
        if outcome is Outcome.DONE:
            self.done += 1
        else:
            self.failed += 1


class Worker:
    """Works off due obligations until none is left. Any number of workers may share a database.

    Calls are claimed only where their handler is registered.
    """

    def __init__(
        self,
        core: Core,
        name: str = "",
        *,
        pool: Pool | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """With a `pool` handlers and channels get their time and no more; without one they run in this thread.

        `chance`, a number in [0, 1), spreads what failed together.
        """
        self.core = core
        self.name = name or f"worker-{secrets.token_hex(4)}"
        self.leases = Leases(core.database, self.now)
        self.pool = pool
        self.tally = Tally()
        self.settlement = Settlement(core.database, self.now, chance, partial(trouble.record, core))
        self.caller = unlimited if pool is None else limited
        self._told: frozenset[str] = frozenset()
        self._ending = False

    def drain(self, limit: int | None = None) -> Drained:
        """Work off everything that is due now, and what that makes due; `limit` bounds the number.

        What is handed to the pool counts when it is over, in `tally`.
        """
        drained = Drained()
        rounds, claimed, left = 0, list[Obligation](), False
        while not self._ending and (limit is None or drained.done + drained.failed < limit):
            if rounds % PATIENCE == 0:
                left = self._hand_over()
            rounds += 1
            claimed = self._claim()
            if not claimed:
                break
            with self.leases.held(claimed):
                for each in batch.rounds(claimed):
                    self._round(each, drained)
        if left or claimed or rounds > 1:  # else nothing has become due since
            self._hand_over()
        return drained

    def drain_all(self) -> None:
        """Work off everything that is due, and wait for the pool; what came of it is in `tally`."""
        pool, before = self.pool, -1
        self.drain()
        while pool is not None and not self._ending and (pool.busy or pool.finished != before):
            pool.wait()
            before = pool.finished  # what ends from here on may owe what `drain` no longer sees
            self.drain()

    def end(self) -> None:
        """Claim nothing any more; what is in hand is worked off."""
        self._ending = True

    def sweep(self, limit: int = SWEPT) -> int:
        """Forget rows done more than `KEPT` ago and messages past their time, up to `limit` of each; how many."""
        return self.core.database.attempt(partial(_swept, self.core, limit))

    def revive(self, instance: str, *, by: Actor, key: str = "") -> int:
        """Make what was given up in this instance due at once, with all its attempts before it; how many.

        For administrators; raises NotAllowed.
        """
        return trouble.revive(self.core, instance, by=by, key=key)

    def next_due(self) -> int | None:
        """When the next obligation is due, in microseconds; None when nothing is owed."""
        with self.core.database.read() as handle:
            return backlog.next_due(handle.connection, self.now(), handlers=self.core.handlers)

    def pause(self) -> timedelta | None:
        """How long until there is something to claim; None when nothing is owed. A full pool wakes who waits."""
        kinds = _QUICK if self.pool is not None and not self.pool.room else None
        with self.core.database.read() as handle:
            return backlog.pause(handle.connection, self.now(), kinds=kinds, handlers=self.core.handlers)

    def tell_unhandled(self) -> None:
        """Log what waits for a handler that is not here, each handler once while it does; it uses up no attempt."""
        waiting = _unhandled(self.core, self.now())
        for name in waiting.keys() - self._told:
            _log.warning(
                "no handler is registered for %s: %d calls wait for a daemon that has it", name, waiting[name]
            )
        self._told = frozenset(waiting)

    def now(self) -> int | None:
        """What decides what is due, in microseconds; None: the database says."""
        return micros(self.core.clock.now()) if self.core.clock is not None else None

    def _claim(self) -> list[Obligation]:
        """What is due; what leaves the process is left to the pool, where there is one."""
        return self._claimed(None, MIXED) if self.pool is None else self._claimed(_QUICK, BATCH)

    def _claimed(self, kinds: Sequence[str] | None, limit: int) -> list[Obligation]:
        def claim() -> list[Obligation]:
            with self.core.database.write() as handle:
                return agenda.claim(
                    handle.connection,
                    owner=self.name,
                    lease=LEASE if kinds != _QUICK else QUICK_LEASE,
                    longest=LEASE,
                    limit=limit,
                    now=self.now(),
                    kinds=kinds,
                    handlers=self.core.handlers,
                )

        found = self.core.database.attempt(claim)
        self.tally.took(len(found), (self.core.clock or _CLOCK).now())
        return found

    def _hand_over(self) -> bool:
        """Give the pool what it has room for, half of it to notices by the portion; whether some may be left."""
        while self.pool is not None and not self._ending and (room := self.pool.room):
            most = room // 2 * PORTION
            notices = self._claimed((Owed.NOTICE,), most) if most else []
            portions = _dealt(notices, room // 2)
            for portion in portions:
                self.pool.take(partial(self._tell, portion))
            free = room - len(portions)
            claimed = self._claimed(_SLOW if room == 1 else (Owed.JOB,), free)
            for each in claimed:
                self.pool.take(partial(self._apart, each))
            if len(claimed) < free and (not most or len(notices) < most):
                return False
        return self.pool is not None

    def _apart(self, obligation: Obligation) -> None:
        """Work one off in a thread of the pool."""
        with self.leases.held([obligation]):
            self._count(obligation, self._work_off(obligation))

    def _tell(self, notices: Sequence[Obligation]) -> None:
        """Deliver a portion in a thread of the pool, and settle in one commit what was delivered.

        Where one takes long the others do not wait for it.
        """
        until, told = time.monotonic() + MOMENT, []
        with self.leases.held(notices):
            for number, each in enumerate(notices):
                if number and (time.monotonic() > until or self._ending):
                    self.settlement.give_back(notices[number:], wait=timedelta())
                    break
                if self.leases.holds(each):
                    outcome = self._tried(_delivered, each)
                    self._count(each, outcome)
                    told += [each] if outcome is Outcome.DONE else []
            self.settlement.all_done(told)

    def _round(self, due: Sequence[Obligation], drained: Drained) -> None:
        """Work off one obligation each of different instances: what only advances them all at once, if it can be."""
        together = [each for each in due if _may_join(each) and self.leases.holds(each)]
        if len(together) > 1:
            self._advance_all(together, drained)
        for obligation in due:
            if self.leases.holds(obligation):
                self._count(obligation, self._work_off(obligation), drained)
                self.leases.let_go(obligation)

    def _advance_all(self, due: Sequence[Obligation], drained: Drained) -> None:
        """Advance the instances in one commit; none if one cannot be: it must not cost the others."""
        try:
            locked = batch.advance(self.core, due, now=self.now())
        except Exception as error:  # noqa: BLE001 - whichever it was shows when each is tried by itself
            _log.info("%d instances advance one by one: %s", len(due), said(error))
            return
        self.settlement.give_back(locked)
        for each in due:
            self.leases.let_go(each)
            self._count(each, Outcome.FAILED if each in locked else Outcome.DONE, drained)

    def _count(self, obligation: Obligation, outcome: Outcome, drained: Drained | None = None) -> None:
        self.tally.count(obligation.kind, outcome)
        if drained is not None:
            drained.count(outcome)

    def _work_off(self, obligation: Obligation) -> Outcome:
        """What is not done has been put off, or given up."""
        return self._tried(_WORK[Owed(obligation.kind)], obligation)

    def _tried(self, work: Callable[["Worker", Obligation], Outcome], obligation: Obligation) -> Outcome:
        try:
            return work(self, obligation)
        except SignoffError as error:
            if _is_owed_no_more(obligation, error):
                _log.info("dropped %s of %s: %s", obligation.key, obligation.instance, error.code)
                return self.settlement.done(obligation)
            return self.settlement.postpone(obligation, error)
        except Exception as error:  # noqa: BLE001 - one row that cannot be worked off must not stop the others
            _log.exception("failed %s of %s", obligation.key, obligation.instance)
            return self.settlement.postpone(obligation, error)


def _may_join(obligation: Obligation) -> bool:
    """Whether it may share a commit: what has often failed is tried by itself."""
    return obligation.kind in batch.COMMANDS and obligation.attempts <= TOGETHER


def _dealt(notices: Sequence[Obligation], threads: int) -> list[Sequence[Obligation]]:
    """A portion for each of so many threads, as far as there are some."""
    return [notices[n::threads] for n in range(min(threads, len(notices)))]


def _swept(core: Core, limit: int) -> int:
    with core.database.write() as handle:
        now = micros(core.now(handle))
        letters = postbox.sweep(handle.connection, now, limit=limit)
        return letters + agenda.sweep(handle.connection, now - _KEPT, limit=limit)


def _unhandled(core: Core, now: int | None) -> dict[str, int]:
    """How many calls wait for each handler that is not here."""
    with core.database.read() as handle:
        found = backlog.unhandled(handle.connection, now=now, but=core.handlers)
    return {each.handler: each.number for each in found}


def _is_owed_no_more(obligation: Obligation, error: SignoffError) -> bool:
    """The instance has ended or is not there; what a hook says of another is no reason to forget this one."""
    return error.code in _GONE and error.params.get("instance") == obligation.instance


def _advance(worker: Worker, obligation: Obligation) -> Outcome:
    """A timer, opening, rung or lapse: the command consumes the row it came from."""
    with refusal.told(batch.command_of(obligation)):  # a batch that is refused comes here one by one
        locked = batch.advance(worker.core, [obligation], now=worker.now())
    worker.settlement.give_back(locked)
    return Outcome.FAILED if locked else Outcome.DONE


def _carry(worker: Worker, obligation: Obligation) -> Outcome:
    """A message, a signal, a start: consumed in the transaction that carries it out."""
    try:
        correlation.carry(worker.core, obligation, now=worker.now())
    except correlation.Held:
        worker.settlement.give_back([obligation])
        return Outcome.FAILED
    return Outcome.DONE


def _job(worker: Worker, obligation: Obligation) -> Outcome:
    answer = job.call(worker.core, obligation, worker.caller)
    if isinstance(answer, job.Later):
        return worker.settlement.later(obligation, answer.error, answer.wait)
    execution.execute(worker.core, answer)
    return Outcome.DONE


def _delivered(worker: Worker, obligation: Obligation) -> Outcome:
    """What is DONE is not settled yet."""
    told = announcement.told(obligation)
    try:
        worker.caller(partial(announcement.deliver, worker.core, obligation, told), NOTICE_LIMIT)
    except HandlerError as error:
        return worker.settlement.postpone(announcement.telling(obligation, tuple(told)), error)
    return Outcome.DONE


def _notice(worker: Worker, obligation: Obligation) -> Outcome:
    outcome = _delivered(worker, obligation)
    return worker.settlement.done(obligation) if outcome is Outcome.DONE else outcome


_WORK: Mapping[Owed, Callable[[Worker, Obligation], Outcome]] = {
    **dict.fromkeys(map(Owed, batch.COMMANDS), _advance),
    **dict.fromkeys(map(Owed, correlation.KINDS), _carry),
    Owed.JOB: _job,
    Owed.NOTICE: _notice,
}
