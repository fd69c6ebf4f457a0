"""How pressing work is: the order in which it is shown, before the deadline; it moves nothing else.

Must import nothing of signoff.
"""

from enum import StrEnum


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


_ORDER = tuple(Priority)


def ranked(rank: int) -> Priority:
    """The priority of a rank."""
    return _ORDER[rank]
