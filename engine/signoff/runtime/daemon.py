"""The daemon: a worker that wakes when something is due. Any number may run on one database.

APScheduler is the clock only (DESIGN §7): one job in memory, moved to the next due instant, that rings a bell. A hint
of the database rings it too, and so does a pool that has room again; the bell's own patience is the safety poll, which
no change of this machine's clock can touch. Stores nothing and claims nothing itself. Must not import `engine`.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from signoff.errors import SignoffError
from signoff.runtime.clock import Clock, SystemClock
from signoff.runtime.leftover import Leftovers
from signoff.runtime.tally import Outcome
from signoff.runtime.worker import SWEPT, Drained, Worker
from signoff.store import hint

SAFETY_POLL = timedelta(seconds=5)
GRACE = timedelta(seconds=30)  # for what the pool has under way when the daemon is asked to end
SWEEP = timedelta(hours=1)  # between two sweeps
ECHO = timedelta(milliseconds=200)  # after a hint, one more look: hints are not given for every command
BREATH = timedelta(milliseconds=50)  # what is due and was not to be had is locked by somebody
_JOB = "due"
_log = logging.getLogger("signoff.daemon")


class Daemon:
    """Runs until it is stopped; what it was doing is finished first."""

    def __init__(
        self,
        worker: Worker,
        *,
        poll: timedelta = SAFETY_POLL,
        grace: timedelta = GRACE,
        clock: Clock | None = None,
        chores: Sequence[Callable[[], None]] = (),
        beats: Sequence[Callable[[], None]] = (),
    ) -> None:
        """`chores` are called at every waking, once the work is done: what has to be done daily finds out itself.

        `beats` are called at every `poll` from a thread of their own: they only look.
        """
        self.worker = worker
        self.poll = poll
        self._grace = grace
        self._clock = clock or SystemClock()
        self._chores = chores
        self.beats = beats
        self._stopped = threading.Event()
        self._bell = threading.Event()
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._leftovers = Leftovers(worker.core)
        self._sweep_at = datetime.min.replace(tzinfo=UTC)
        self.idle = threading.Event()  # set once everything that was due has been worked off
        if worker.pool is not None:
            worker.pool.freed = self._bell.set

    @property
    def drained(self) -> Drained:
        """What came of everything so far."""
        tally = self.worker.tally
        failed = tally.total(Outcome.FAILED) + tally.total(Outcome.BURIED)
        return Drained(tally.total(Outcome.DONE), failed)

    def run(self) -> None:
        """Work until `stop`; then return when nothing is under way, or the grace is over."""
        self._scheduler.start()
        beside = [threading.Thread(target=each, daemon=True) for each in (self._listen, self._beat)]
        for thread in beside:
            thread.start()
        _log.info("started %s; %s", self.worker.name, self.worker.core.database.mode)
        while not self._stopped.is_set():
            self._bell.clear()
            self._turn()
            self._bell.wait(self.poll.total_seconds())
        self._scheduler.shutdown(wait=True)
        self._finish()
        for thread in beside:
            thread.join()
        drained = self.drained
        _log.info("stopped %s: %d done, %d failed", self.worker.name, drained.done, drained.failed)

    def stop(self) -> None:
        """Ask it to end; returns at once."""
        self._stopped.set()
        self.worker.end()
        self._bell.set()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Stop cleanly on SIGTERM and SIGINT; for the main thread."""

        def ended(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        before = {number: signal.signal(number, ended) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _turn(self) -> None:
        """Work off what is due and set the clock to what comes next. Nothing that goes wrong ends the daemon."""
        try:
            self.worker.drain()
            self.worker.tell_unhandled()
            self._sweep()
            self._set_clock(self.worker.pause())
            self.idle.set()
        except SignoffError as error:  # the database is away: the safety poll tries again
            _log.warning("cannot work now: %s", error)
        except Exception:  # noqa: BLE001 - a mistake of ours or of a driver: told, and tried again
            _log.exception("cannot work now")
        for chore in self._chores:
            self._do(chore)

    def _do(self, chore: Callable[[], None]) -> None:
        try:
            chore()
        except Exception:  # noqa: BLE001 - whatever a chore raises must not stop the work
            _log.exception("a chore failed")

    def _sweep(self) -> None:
        """Nothing is due: a portion of what was done long ago, or never taken or handed in, is forgotten.

        The next portion goes at the next waking.
        """
        now = self._clock.now()
        if now >= self._sweep_at and self.worker.sweep() < SWEPT and not self._leftovers.drop():
            self._sweep_at = now + SWEEP

    def _set_clock(self, pause: timedelta | None) -> None:
        """Ring when the next is due. The database said how long that is: what this machine's clock shows is no matter."""
        if pause is not None and pause < self.poll and not self._stopped.is_set():
            self._ring_after(pause or BREATH)

    def _ring_after(self, pause: timedelta) -> None:
        self._scheduler.add_job(
            self._bell.set,
            "date",
            id=_JOB,
            run_date=self._clock.now() + pause,
            replace_existing=True,
            misfire_grace_time=None,
        )

    def _listen(self) -> None:
        """Ring at every hint. A lost connection costs hints only: the safety poll goes on."""
        ended = False
        while not (ended or self._stopped.is_set()):
            try:
                self._hear()
                ended = True  # this database gives none
            except Exception as error:  # noqa: BLE001 - whatever the driver raises
                _log.debug("no hints: %s", error)
                self._stopped.wait(self.poll.total_seconds())

    def _hear(self) -> None:
        for _ in hint.heard(self.worker.core.database, self._stopped):
            self._bell.set()
            self._stopped.wait(ECHO.total_seconds())
            self._bell.set()

    def _beat(self) -> None:
        """Show how it is at every poll, also while a long backlog is worked off."""
        while not self._stopped.wait(self.poll.total_seconds()):
            for each in self.beats:
                self._do(each)

    def _finish(self) -> None:
        """Let the pool come to its end, as long as the grace reaches; the rest is claimed again when its lease is over."""
        pool, until = self.worker.pool, self._clock.now() + self._grace
        while pool is not None and pool.busy and (left := until - self._clock.now()) > timedelta():
            pool.wait(left)
        if pool is not None and pool.busy:
            _log.warning("%d calls are still under way; they will be made again", pool.busy)
