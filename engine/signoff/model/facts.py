"""What expressions may ask beside the data: the moment, the calendar, documents, steps, groups.

May import `time.calendar`; nothing else of signoff.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from signoff.time.calendar import Calendar


class Facts(Protocol):
    """The answers are those of the command being decided; asking twice gives the same."""

    @property
    def now(self) -> datetime:
        """The command's instant, aware."""

    @property
    def calendar(self) -> Calendar:
        """The process's calendar, which also gives the zone."""

    def document(self, document: str, /) -> Mapping[str, Any] | None:
        """`sha256 version state by at` of the document in force; None before delivery. `by`: id or snapshot."""

    def verdict(self, step: str, /) -> str | None:
        """passed, declined, lapsed or skipped; None while the step has no end."""

    def done_at(self, step: str, /) -> datetime | None:
        """When the step was last completed."""

    def done_by(self, step: str, /) -> str | Mapping[str, Any] | None:
        """Who completed the step last: an id or a snapshot."""

    def member(self, person: str, group: str, /) -> bool:
        """Whether the person belongs to the group."""
