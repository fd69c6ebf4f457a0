"""Working off what is owed: timers, openings, rungs, lapses, handlers, notices. One drain loop, no recovery pass.

What is due is claimed by state with a lease; a timer is consumed in the transaction that advances its instance, and
many of different instances share one; a handler runs outside any transaction, and its answer is a command. Must not
import `engine`.
"""

import logging
import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from signoff.errors import SignoffError
from signoff.kernel import roster
from signoff.kernel.commands import Actor
from signoff.kernel.effect import Owed
from signoff.runtime import announcement, batch, execution, job, refusal
from signoff.runtime.core import Core
from signoff.runtime.lease import LEASE, Leases
from signoff.runtime.text import visible
from signoff.store import agenda, backlog
from signoff.store.agenda import Obligation
from signoff.store.backlog import Unhandled
from signoff.store.schema import micros

BATCH = 50
PORTION = 1000  # rows swept at once
KEPT = timedelta(days=30)  # done rows, from when they were done or were due
LOCKED_WAIT = timedelta(seconds=1)  # before an instance is tried again that somebody else holds
ATTEMPTS = 10  # of what has no retry policy of its own
_GONE = frozenset({"instance_ended", "no_such_instance"})
_log = logging.getLogger("signoff.worker")


@dataclass(slots=True)
class Drained:
    """What one drain came to."""

    done: int = 0
    failed: int = 0


class Worker:
    """Works off due obligations until none is left. Any number of workers may share a database.

    Calls are claimed only where their handler is registered.
    """

    def __init__(self, core: Core, name: str = "") -> None:
        self.core = core
        self.name = name or f"worker-{secrets.token_hex(4)}"
        self.leases = Leases(core.database, self._now)
        self._told: frozenset[str] = frozenset()

    def drain(self, limit: int | None = None) -> Drained:
        """Work off everything that is due now, and what that makes due; `limit` bounds the number."""
        drained = Drained()
        while limit is None or drained.done + drained.failed < limit:
            claimed = self._claim()
            if not claimed:
                break
            with self.leases.held(claimed):
                for each in batch.rounds(claimed):
                    self._round(each, drained)
        return drained

    def sweep(self, limit: int = PORTION) -> int:
        """Forget up to `limit` rows that were done more than `KEPT` ago; how many. For when nothing is due."""

        def sweep() -> int:
            with self.core.database.write() as handle:
                before = micros(self.core.now(handle)) - KEPT // timedelta(microseconds=1)
                return agenda.sweep(handle.connection, before, limit=limit)

        return self.core.database.attempt(sweep)

    def revive(self, instance: str, *, by: Actor) -> int:
        """Make what was given up in this instance due at once, with all its attempts before it; how many.

        For administrators; raises NotAllowed.
        """
        with refusal.trying("Revive", instance, by):
            roster.check_admin(by)

        def revive() -> int:
            with self.core.database.write() as handle:
                return agenda.revive(handle.connection, instance=instance, now=self._now())

        return self.core.database.attempt(revive)

    def next_due(self) -> int | None:
        """When the next obligation is due, in microseconds; None when nothing is owed."""
        with self.core.database.read() as handle:
            return backlog.next_due(handle.connection, self._now(), handlers=self.core.handlers)

    def unhandled(self) -> list[Unhandled]:
        """The due calls of handlers that are not here: they wait for another worker, and use up no attempt."""
        with self.core.database.read() as handle:
            return backlog.unhandled(handle.connection, now=self._now(), but=self.core.handlers)

    def tell_unhandled(self) -> None:
        """Log what waits for a handler that is not here, each handler once while it does."""
        waiting = {each.handler: each for each in self.unhandled()}
        for name in waiting.keys() - self._told:
            number = waiting[name].number
            _log.warning(
                "no handler is registered for %s: %d calls wait for a daemon that has it", name, number
            )
        self._told = frozenset(waiting)

    def _now(self) -> int | None:
        return micros(self.core.clock.now()) if self.core.clock is not None else None

    def _claim(self) -> list[Obligation]:
        def claim() -> list[Obligation]:
            with self.core.database.write() as handle:
                return agenda.claim(
                    handle.connection,
                    owner=self.name,
                    lease=LEASE,
                    limit=BATCH,
                    now=self._now(),
                    handlers=self.core.handlers,
                )

        return self.core.database.attempt(claim)

    def _round(self, due: Sequence[Obligation], drained: Drained) -> None:
        """Work off one obligation each of different instances: what only advances them all at once, if it can be."""
        together = [each for each in due if each.kind in batch.COMMANDS and self.leases.holds(each)]
        if len(together) > 1:
            self._advance_all(together, drained)
        for obligation in due:
            if self.leases.holds(obligation):
                if self._work_off(obligation):
                    drained.done += 1
                else:
                    drained.failed += 1
                self.leases.let_go(obligation)

    def _advance_all(self, due: Sequence[Obligation], drained: Drained) -> None:
        """Advance the instances in one commit; none if one cannot be: it must not cost the others."""
        try:
            locked = batch.advance(self.core, due, now=self._now())
        except Exception as error:  # noqa: BLE001 - whichever it was shows when each is tried by itself
            _log.info("%d instances advance one by one: %s", len(due), _said(error))
            return
        for each in due:
            self.leases.let_go(each)
        self._give_back(locked)
        drained.done += len(due) - len(locked)
        drained.failed += len(locked)

    def _give_back(self, locked: Sequence[Obligation]) -> None:
        """Somebody else holds their instances: that costs them no attempt."""

        def give_back(connection: Connection) -> None:
            for each in locked:
                agenda.give_back(connection, each, wait=LOCKED_WAIT, now=self._now())

        if locked:
            self._end(give_back)

    def _work_off(self, obligation: Obligation) -> bool:
        """Whether it is done; what is not has been put off."""
        try:
            return _WORK[Owed(obligation.kind)](self, obligation)
        except SignoffError as error:
            if _is_owed_no_more(obligation, error):
                _log.info("dropped %s of %s: %s", obligation.key, obligation.instance, error.code)
                self._settle(obligation)
                return True
            self._postpone(obligation, error)
        except Exception as error:  # noqa: BLE001 - one row that cannot be worked off must not stop the others
            _log.exception("failed %s of %s", obligation.key, obligation.instance)
            self._postpone(obligation, error)
        return False

    # by kind -----------------------------------------------------------------------------------------------

    def _advance(self, obligation: Obligation) -> bool:
        """A timer, opening, rung or lapse: the command consumes the row it came from."""
        with refusal.told(batch.command_of(obligation)):  # a batch that is refused comes here one by one
            locked = batch.advance(self.core, [obligation], now=self._now())
        self._give_back(locked)
        return not locked

    def _job(self, obligation: Obligation) -> bool:
        answer = job.call(self.core, obligation)
        if isinstance(answer, job.Later):
            self._retry(obligation, answer.error, answer.wait)
            return False
        execution.execute(self.core, answer)
        return True

    def _notice(self, obligation: Obligation) -> bool:
        announcement.deliver(self.core, obligation)
        self._settle(obligation)
        return True

    # ending an obligation ----------------------------------------------------------------------------------

    def _settle(self, obligation: Obligation) -> None:
        self._end(lambda connection: agenda.finish(connection, obligation, now=self._now()))

    def _retry(self, obligation: Obligation, error: Exception, wait: timedelta) -> None:
        said = _said(error)
        _log.warning("put off %s of %s: %s", obligation.key, obligation.instance, said)
        self._end(lambda connection: agenda.retry(connection, obligation, said, wait, now=self._now()))

    def _postpone(self, obligation: Obligation, error: Exception) -> None:
        """Try again later, a longer while each time; after the last attempt it is a dead letter."""
        if obligation.attempts < ATTEMPTS:
            self._retry(obligation, error, agenda.backoff(obligation.attempts, random.random()))  # noqa: S311 - spreads retries, guards nothing
            return
        said = _said(error)
        self._end(lambda connection: agenda.bury(connection, obligation, said))

    def _end(self, change: Callable[[Connection], object]) -> None:
        def own() -> None:
            with self.core.database.write() as handle:
                change(handle.connection)

        self.core.database.attempt(own)


def _is_owed_no_more(obligation: Obligation, error: SignoffError) -> bool:
    """The instance has ended or is not there; what a hook says of another is no reason to forget this one."""
    return error.code in _GONE and error.params.get("instance") == obligation.instance


def _said(error: Exception) -> str:
    """What a handler or channel said, as a text that every database keeps."""
    return visible(f"{type(error).__name__}: {error}")


_WORK: Mapping[Owed, Callable[[Worker, Obligation], bool]] = {
    **dict.fromkeys(map(Owed, batch.COMMANDS), Worker._advance),  # noqa: SLF001 - the table of this class
    Owed.JOB: Worker._job,  # noqa: SLF001 - as above
    Owed.NOTICE: Worker._notice,  # noqa: SLF001 - as above
}
