"""The daemon: a worker that wakes when something is due. Any number may run on one database.

APScheduler is the clock only (DESIGN §7): one job in memory, moved to the next due instant, and a safety poll.
It stores nothing and claims nothing. Must not import `engine`.
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
from signoff.runtime.worker import PORTION, Drained, Worker

SAFETY_POLL = timedelta(seconds=30)
SWEEP = timedelta(hours=1)  # between two sweeps of the agenda
_JOB = "due"
_log = logging.getLogger("signoff.daemon")


class Daemon:
    """Runs until it is stopped; what it was doing is finished first."""

    def __init__(
        self,
        worker: Worker,
        *,
        poll: timedelta = SAFETY_POLL,
        clock: Clock | None = None,
        chores: Sequence[Callable[[], None]] = (),
    ) -> None:
        """`chores` are called at every waking, once the work is done: what has to be done daily finds out itself."""
        self._worker = worker
        self._poll = poll
        self._clock = clock or SystemClock()
        self._chores = chores
        self._stopped = threading.Event()
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._sweep_at = datetime.min.replace(tzinfo=UTC)
        self.drained = Drained()
        self.idle = threading.Event()  # set once everything that was due has been worked off

    def run(self) -> None:
        """Work until `stop`; then return when nothing is under way."""
        self._scheduler.add_job(
            self._wake,
            id=_JOB,
            trigger="interval",
            seconds=self._poll.total_seconds(),
            next_run_time=self._clock.now(),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.start()
        _log.info("started %s; %s", self._worker.name, self._worker.core.database.mode)
        self._stopped.wait()
        self._scheduler.shutdown(wait=True)
        _log.info("stopped %s: %d done, %d failed", self._worker.name, self.drained.done, self.drained.failed)

    def stop(self) -> None:
        """Ask it to end; returns at once."""
        self._stopped.set()

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

    def _wake(self) -> None:
        """Work off what is due and set the clock to what comes next."""
        try:
            drained = self._worker.drain()
            self.drained.done += drained.done
            self.drained.failed += drained.failed
            self._worker.tell_unhandled()
            for chore in self._chores:
                chore()
            self._sweep()
            self._set_clock(self._worker.next_due())
            self.idle.set()
        except SignoffError as error:  # the database is away: the safety poll tries again
            _log.warning("cannot work now: %s", error)

    def _sweep(self) -> None:
        """Nothing is due: a portion of what was done long ago is forgotten, the next at the next waking."""
        now = self._clock.now()
        if now >= self._sweep_at and self._worker.sweep() < PORTION:
            self._sweep_at = now + SWEEP

    def _set_clock(self, due: int | None) -> None:
        if due is None or self._stopped.is_set():
            return
        at = datetime.fromtimestamp(due / 1_000_000, UTC)
        now = self._clock.now()
        if now < at < now + self._poll:
            self._scheduler.modify_job(_JOB, next_run_time=at)
