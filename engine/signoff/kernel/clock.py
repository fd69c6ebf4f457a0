"""What a state keeps of time beside the deadlines of its tasks: the clocks of single entries, and pauses.

Plain data, written by `store.codec` as part of the state; only `fold/` assigns to it. Must import nothing of signoff.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class Pause:
    """The instance stood still from `since`; for so long, where what it counts is later by as much, else not yet over."""

    since: datetime
    length: timedelta | None = None


def later(moment: datetime, pauses: Sequence[Pause]) -> datetime:
    """A moment that something counts from, later by the pauses that followed it."""
    lengths = (pause.length for pause in pauses if pause.length is not None and pause.since >= moment)
    return sum(lengths, timedelta()) + moment


@dataclass(slots=True)
class Clock:
    """The deadline of one entry of a gate, and its ladder; the fields are those of an activity."""

    due: datetime | None
    base: datetime | None
    rung: int = 0
    rung_at: datetime | None = None
