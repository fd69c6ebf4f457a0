"""Reference data a command may read: definitions by version, current versions, calendars, decisions. Immutable.

Must import model and time only.
"""

from collections.abc import Mapping
from datetime import time
from functools import cache

from signoff.model.decision import Decisions
from signoff.model.definition import Definition
from signoff.time.calendar import Calendar


class World:
    """Definitions addressed by content hash, and calendars by name; `current` picks versions for calls.

    `decisions`: by id the current version of each and its model. `authors`: who brought in a
    version, which like the version never changes.
    """

    __slots__ = ("authors", "calendar", "calendars", "current", "decisions", "definitions")

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        calendars: Mapping[str, Calendar],
        current: Mapping[str, str] | None = None,
        decisions: Mapping[str, tuple[str, Decisions]] | None = None,
        authors: Mapping[str, str] | None = None,
    ) -> None:
        self.definitions = definitions
        self.calendars = calendars
        self.current = {} if current is None else current
        self.decisions = {} if decisions is None else decisions
        self.authors = {} if authors is None else authors
        self.calendar = cache(self._calendar)

    def definition(self, version: str) -> Definition:
        return self.definitions[version]

    def _calendar(self, version: str) -> Calendar:
        """The calendar of a definition, in its zone and with its hours."""
        definition = self.definitions[version]
        calendar = self.calendars[definition.calendar].with_zone(definition.zone)
        return calendar.with_hours(
            time.fromisoformat(definition.opens), time.fromisoformat(definition.closes)
        )
