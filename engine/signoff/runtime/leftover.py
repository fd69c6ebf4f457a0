"""Documents that were stored and never handed in: the daemon drops them, a few at a time, so that nobody waits for it.

A document is stored before the command that names it, which may be refused. Must not import `engine`.
"""

from datetime import datetime, timedelta

from signoff.runtime.core import Core
from signoff.store import documents

STORED_FIRST = timedelta(hours=1)  # a document is stored before the command that names it
DAILY = timedelta(days=1)
LOOK_BACK = timedelta(days=8)  # of a daemon that has just started; `purge` looks at all
PORTION = 10  # documents of which it is asked at once whether an old record names them


class Leftovers:
    """What is left over of a day."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._looked: datetime | None = None
        self._found: list[str] = []

    def drop(self) -> bool:
        """Drop a portion of what nothing names; whether there may be more of it now."""
        database, kept = self._core.database, self._core.documents
        before = self._now() - STORED_FIRST
        if not self._found and (self._looked is None or before - self._looked >= DAILY):
            since = self._looked or before - LOOK_BACK
            self._found = documents.unnamed(database, kept, since=since, before=before)
            self._looked = before
        portion, self._found = self._found[:PORTION], self._found[PORTION:]
        for sha256 in portion:
            if self._looked is not None and not documents.is_named(database, sha256):
                kept.drop(sha256, before=self._looked)
        return bool(self._found)

    def _now(self) -> datetime:
        """By the clock that dates documents."""
        with self._core.database.read() as handle:
            return self._core.database.now(handle)
