"""What time it is: the machine's clock, and one that a test moves by hand.

The only module that may ask the machine for the time. Everything else takes a `Clock` or an instant as an
argument. Must import nothing of signoff.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place that asks the machine


class VirtualClock:
    """A clock that stands still until it is moved; never backwards by `advance`, anywhere by `set`."""

    def __init__(self, at: datetime | str) -> None:
        self._at = _instant(at)

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime | str) -> datetime:
        """Stand at this instant (aware, or ISO 8601 text with an offset)."""
        self._at = _instant(at)
        return self._at

    def advance(self, by: timedelta) -> datetime:
        """Move forward by a length of time; ValueError for a negative one."""
        if by < timedelta():
            raise ValueError("a clock advances; use set() to go back")
        self._at += by
        return self._at


def _instant(at: datetime | str) -> datetime:
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    if found.tzinfo is None:
        raise ValueError(
            f"{found.isoformat()} has no offset; say which zone, for example {found.isoformat()}Z"
        )
    return found.astimezone(UTC)
