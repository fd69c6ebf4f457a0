"""What a state keeps of time beside the deadlines of its tasks: the clocks of single entries, and pauses.

Plain data, written by `store.codec` as part of the state; only `fold/` assigns to it. Must import nothing of signoff.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(slots=True)
class Pause:
    """The instance stood still from `since`; for so long, where what it counts is later by as much, else not yet over."""

    since: datetime
    length: timedelta | None = None


def later(moment: datetime, pauses: Sequence[Pause]) -> datetime:
    """A moment that something counts from, later by the pauses that followed it."""
    lengths = (pause.length for pause in pauses if pause.length is not None and pause.since >= moment)
    return sum(lengths, timedelta()) + moment


def joined(pauses: Sequence[Pause], moments: Collection[datetime]) -> list[Pause]:
    """The same for everything that counts from these moments, or from later ones: pauses with none between are one."""
    found: list[Pause] = []
    for pause in pauses:
        before = found[-1] if found else None
        if before is None or any(before.since < moment <= pause.since for moment in moments):
            found.append(pause)
        else:
            length = (before.length or timedelta()) + (pause.length or timedelta())
            found[-1] = Pause(before.since, length)
    return found


def moments(kept: Any) -> set[datetime]:
    """Every moment that a state keeps, but when it was recorded last, its data, and the pauses themselves."""
    found: set[datetime] = set()
    left = [kept]
    while left:
        part = left.pop()
        if isinstance(part, datetime):
            found.add(part)
        elif isinstance(part, dict):
            left += part.values()
        elif isinstance(part, (list, tuple)):
            left += part
        elif is_dataclass(part):
            left += (getattr(part, each.name) for each in fields(part) if each.name not in _NOT_COUNTED_FROM)
    return found


_NOT_COUNTED_FROM = frozenset({"recorded_at", "ended_at", "pauses", "data"})


@dataclass(slots=True)
class Clock:
    """The deadline of one entry of a gate, and its ladder; the fields are those of an activity."""

    due: datetime | None
    base: datetime | None
    rung: int = 0
    rung_at: datetime | None = None
