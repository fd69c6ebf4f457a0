"""The rows that a worker has in hand: held on to while a slow handler keeps it from them.

A lease is renewed long before it runs out, from a thread of its own; what somebody else took meanwhile is let go.
Must not import `engine`.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from signoff.errors import SignoffError
from signoff.kernel.effect import Owed
from signoff.store import agenda
from signoff.store.agenda import Obligation
from signoff.store.database import Database

LEASE = timedelta(minutes=5)
BEAT = LEASE / 3
_SLOW = frozenset({Owed.JOB, Owed.NOTICE})  # what leaves the process
_log = logging.getLogger("signoff.worker")


class Leases:
    """Of one worker. `now` in microseconds, None: the database says."""

    def __init__(self, database: Database, now: Callable[[], int | None], *, every: timedelta = BEAT) -> None:
        self._database = database
        self._now = now
        self._every = every
        self._held: dict[tuple[str, str], Obligation] = {}

    @contextmanager
    def held(self, claimed: Sequence[Obligation]) -> Iterator[None]:
        """Have these in hand inside the block; a thread renews them where one of them may take long."""
        self._held = {(each.instance, each.key): each for each in claimed}
        over = threading.Event()
        thread = threading.Thread(target=self._beat, args=(over,), daemon=True)
        slow = any(each.kind in _SLOW for each in claimed)
        if slow:
            thread.start()
        try:
            yield
        finally:
            self._held = {}
            over.set()
            if slow:
                thread.join()

    def holds(self, obligation: Obligation) -> bool:
        """Whether it is still ours, as far as is known."""
        return (obligation.instance, obligation.key) in self._held

    def let_go(self, obligation: Obligation) -> None:
        """It is worked off, or put off."""
        self._held.pop((obligation.instance, obligation.key), None)

    def renew(self) -> None:
        """Hold on to all for another lease from now; forget those that somebody else has."""

        def own() -> None:
            with self._database.write() as handle:
                for each in list(self._held.values()):
                    if not agenda.renew(handle.connection, each, lease=LEASE, now=self._now()):
                        self.let_go(each)

        self._database.attempt(own)

    def _beat(self, over: threading.Event) -> None:
        while not over.wait(self._every.total_seconds()):
            try:
                self.renew()
            except SignoffError as error:  # the next beat tries again, well before the lease runs out
                _log.warning("cannot hold on to what is in work: %s", error)
