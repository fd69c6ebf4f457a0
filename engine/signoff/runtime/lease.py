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
SLOW = frozenset({Owed.JOB, Owed.NOTICE})  # what leaves the process
_Place = tuple[str, str]
_log = logging.getLogger("signoff.worker")


class Leases:
    """Of one worker. `now` in microseconds, None: the database says."""

    def __init__(self, database: Database, now: Callable[[], int | None], *, every: timedelta = BEAT) -> None:
        self._database = database
        self._now = now
        self._every = every
        self._held: dict[_Place, Obligation] = {}
        self._lock = threading.Lock()

    @contextmanager
    def held(self, claimed: Sequence[Obligation]) -> Iterator[None]:
        """Have these in hand inside the block; a thread renews all where one of these may take long.

        Several threads may have some in hand at a time.
        """
        with self._lock:
            self._held |= {_place(each): each for each in claimed}
        over = threading.Event()
        thread = threading.Thread(target=self._beat, args=(over,), daemon=True)
        slow = any(each.kind in SLOW for each in claimed)
        if slow:
            thread.start()
        try:
            yield
        finally:
            for each in claimed:
                self.let_go(each)
            over.set()
            if slow:
                thread.join()

    def holds(self, obligation: Obligation) -> bool:
        """Whether it is still ours, as far as is known."""
        with self._lock:
            return self._held.get(_place(obligation)) == obligation

    def let_go(self, obligation: Obligation) -> None:
        """It is worked off, or put off. What was claimed anew meanwhile is kept."""
        with self._lock:
            if self._held.get(_place(obligation)) == obligation:
                del self._held[_place(obligation)]

    def renew(self) -> None:
        """Hold on to all for another lease from now; forget those that somebody else has."""
        with self._lock:
            held = list(self._held.values())

        def own() -> None:
            with self._database.write() as handle:
                for each in held:
                    if not agenda.renew(handle.connection, each, lease=LEASE, now=self._now()):
                        self.let_go(each)

        self._database.attempt(own)

    def _beat(self, over: threading.Event) -> None:
        while not over.wait(self._every.total_seconds()):
            try:
                self.renew()
            except SignoffError as error:  # the next beat tries again, well before the lease runs out
                _log.warning("cannot hold on to what is in work: %s", error)


def _place(obligation: Obligation) -> _Place:
    return obligation.instance, obligation.key
