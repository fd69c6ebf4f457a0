"""What a state keeps of time beside the deadlines of its tasks: the clocks of single entries.

Plain data, written by `store.codec` as part of the state; only `fold/` assigns to it. Must import nothing of signoff.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Clock:
    """The deadline of one entry of a gate, and its ladder; the fields are those of an activity."""

    due: datetime | None
    base: datetime | None
    rung: int = 0
    rung_at: datetime | None = None
