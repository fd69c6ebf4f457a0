"""The pace of a process: how pressing its work is, which orders what people see, and what a suspension does to clocks.

Must import time/ only.
"""

from enum import StrEnum

from signoff.time.span import Span

#: Nobody is urged to the same move twice within this time, where the process says nothing else.
URGED = Span(seconds=4 * 3600)


class Priority(StrEnum):
    """Of an instance or of one task, the most pressing first."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the most pressing; what inboxes are sorted by."""
        return _ORDER.index(self)


class Standstill(StrEnum):
    """What becomes of the clocks of an instance that was suspended, or of a step somebody was asked about, when it goes on."""

    KEEP = "keep"  # what fell due meanwhile is due at once
    SHIFT = "shift"  # what is counted from before is later by as long as it stood still


_ORDER = tuple(Priority)


def ranked(rank: int) -> Priority:
    """The priority of a rank."""
    return _ORDER[rank]
