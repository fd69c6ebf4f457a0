"""What a time phrase counts from: a named date, a step, or a moment of the work itself.

Owns the protocol through which the engine tells when those were. May import `calendar`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Protocol

from signoff.time.calendar import Calendar


class Moments(Protocol):
    """What is known when a phrase is resolved; None (the answer of what has not happened) gives no instant.

    `opened`: the activity opened or the timer was armed; `due`: its deadline; `started`: the process. All UTC.
    """

    def date(self, id: str) -> tuple[date, date] | None:
        """First and last day of a named date; a day is its own window."""

    def step(self, id: str) -> datetime | None:
        """When that step was done."""

    @property
    def opened(self) -> datetime | None: ...

    @property
    def due(self) -> datetime | None: ...

    @property
    def started(self) -> datetime | None: ...


class AnchorKind(StrEnum):
    DATE = "date"
    STEP = "step"
    OPENED = "opened"
    DUE = "due"
    STARTED = "start"
    INSTANT = "instant"  # a date and time written out, of imported files


class Edge(StrEnum):
    """Which end of a window is meant."""

    EITHER = "either"  # its first day for what comes before it, its last day for what comes after
    START = "start"
    END = "end"


class Side(StrEnum):
    """On which side of its anchor a moment lies."""

    BEFORE = "before"
    AT = "at"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A named date (`id`), a step (`id`), opened, due, start; or an ISO 8601 date and time (`id`)."""

    kind: AnchorKind
    id: str = ""
    edge: Edge = Edge.EITHER

    def day(self, moments: Moments, calendar: Calendar, side: Side) -> date | None:
        """The day that days are counted from."""
        if self.kind is AnchorKind.DATE:
            window = moments.date(self.id)
            return None if window is None else window[self._index(side)]
        instant = self.instant(moments, calendar, side)
        return None if instant is None else calendar.day_of(instant)

    def instant(self, moments: Moments, calendar: Calendar, side: Side) -> datetime | None:
        """The instant that hours are counted from; a date opens and closes with the calendar's day."""
        match self.kind:
            case AnchorKind.DATE:
                day = self.day(moments, calendar, side)
                at = calendar.closes if self._index(side) else calendar.opens
                return None if day is None else calendar.local(day, at)
            case AnchorKind.STEP:
                instant = moments.step(self.id)
            case AnchorKind.OPENED:
                instant = moments.opened
            case AnchorKind.DUE:
                instant = moments.due
            case AnchorKind.STARTED:
                instant = moments.started
            case AnchorKind.INSTANT:
                return written(self.id, calendar)
        return None if instant is None else instant.astimezone(UTC)

    def _index(self, side: Side) -> int:
        """0 for the first day, 1 for the last."""
        if self.edge is Edge.EITHER:
            return int(side is Side.AFTER)
        return int(self.edge is Edge.END)


def written(text: str, calendar: Calendar) -> datetime:
    """An ISO 8601 date and time in UTC; without an offset it is read in the calendar's zone."""
    moment = datetime.fromisoformat(text)
    return calendar.local(moment.date(), moment.time()) if moment.tzinfo is None else moment.astimezone(UTC)
