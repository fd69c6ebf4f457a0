"""Events of time: timers, deadlines, rungs."""

from dataclasses import dataclass
from datetime import datetime

from signoff.kernel.events.base import Event
from signoff.kernel.state import Person


@dataclass(slots=True)
class TimerArmed(Event):
    id: str
    node: str
    scope: str
    host: str
    at: datetime
    occurrence: int = 1


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
class DueSet(Event):
    """A task's deadline, and the next rung of its ladder with its instant (None: no more)."""

    activity: str
    due: datetime | None
    rung: int
    rung_at: datetime | None
    born_late: bool = False
    moved: bool = False


@dataclass(slots=True)
class LapseSet(Event):
    """When an open task closes as missed."""

    activity: str
    at: datetime


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


@dataclass(slots=True)
class RungPassed(Event):
    """A rung that tells nobody: its condition is false, or it lay in the past when the deadline was set."""

    activity: str
    rung: int
    reason: str
    next_at: datetime | None = None
