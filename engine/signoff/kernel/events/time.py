"""Events of time: timers, deadlines, rungs."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from signoff.kernel.events.base import Event, Said
from signoff.kernel.state import Person


@dataclass(slots=True)
class TimerArmed(Event):
    id: str
    node: str
    scope: str
    host: str
    at: datetime | None  # None: it sleeps until its date is known
    occurrence: int = 1
    since: datetime | None = None  # what a recurrence counts from; None: now
    part: int = 0


@dataclass(slots=True)
class TimerFired(Event):
    id: str
    node: str
    occurrence: int


@dataclass(slots=True)
class TimerDropped(Event):
    id: str
    node: str


@dataclass(slots=True)
class OccurrencesSkipped(Event):
    """Occurrences of a recurrence, first to last, that were missed and will not fire."""

    node: str
    scope: str
    first: int
    last: int


@dataclass(slots=True)
class DueSet(Event):
    """A task's deadline, and the next rung of its ladder with its instant (None: no more)."""

    activity: str
    due: datetime | None
    base: datetime | None  # what the ladder hangs on: the deadline, or the moment of setting it if later
    rung: int
    rung_at: datetime | None
    born_late: bool = False
    moved: bool = False
    rows: tuple[str, ...] = ()  # of the inbox, besides the task's own: its open entries
    fresh: bool = True  # its ladder begins anew; else only a rung has moved
    repeats: dict[str, datetime] = field(default_factory=dict)  # rungs that repeat themselves, and when next


@dataclass(slots=True)
class CalendarTaken(Event):
    """From here on days are counted by this version of a calendar; `before`: until now by which.

    `moved`: step -> the deadline that it will have, of steps not begun for which that is another one now.
    """

    name: str
    version: str
    before: str = ""
    moved: dict[str, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class OpeningMoved(Event):
    """A scheduled task opens at another time (None: not known)."""

    activity: str
    opens: datetime | None


@dataclass(slots=True)
class LapseSet(Event):
    """When an open task closes as missed (None: not known)."""

    activity: str
    at: datetime | None


@dataclass(slots=True)
class RungFired(Event):
    """A rung of the ladder: these were told. `next_at` is the instant of the rung after it."""

    activity: str
    node: str
    rung: int
    level: str
    say: str
    due: datetime
    people: list[Person]
    next_at: datetime | None = None
    number: int = 0  # of the rung, as the definition writes them
    again: bool = False  # it repeated itself
    repeat_at: datetime | None = None  # and does so again
    holds: tuple[str, ...] = ()  # gates that stay shut until the work is done


@dataclass(slots=True)
class RungPassed(Event):
    """A rung that tells nobody: its condition is false, or it lay in the past when the deadline was set."""

    activity: str
    rung: int
    reason: str
    next_at: datetime | None = None
    number: int = 0
    again: bool = False
    repeat_at: datetime | None = None


@dataclass(slots=True)
class ClockStopped(Event):
    """The clock of a task stands still, because somebody was asked something about it."""

    activity: str
    node: str


@dataclass(slots=True)
class ClockWentOn(Event):
    """It goes on, and whatever is counted from a moment before is later by so long."""

    activity: str
    node: str
    length: timedelta


@dataclass(slots=True)
class HoldReleased(Event):
    """Somebody let the gates pass that late work had held, for a reason."""

    activity: str
    node: str
    by: str
    name: str
    reason: Said
    gates: tuple[str, ...]
