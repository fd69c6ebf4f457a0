"""Reference data a command may read: definitions by version, current versions, calendars, decisions. Immutable.

Must import model and time only.
"""

from collections.abc import Mapping
from datetime import time
from functools import cache
from types import MappingProxyType

from signoff.model.decision import Decisions
from signoff.model.definition import Definition
from signoff.time.calendar import Calendar

_USUAL = ("09:00", "18:00")  # what a process means that says no hours: then its calendar may say others
_NOTHING_TAKEN: Mapping[str, str] = MappingProxyType({})


class World:
    """Definitions addressed by content hash, and calendars by name; `current` picks versions for calls.

    `decisions`: by id the current version of each and its model. `authors`: who brought in a
    version, which like the version never changes. `kept`: calendars by version; `calendars` are the newest.
    """

    __slots__ = ("_dressed", "authors", "calendars", "current", "decisions", "definitions", "kept")

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        calendars: Mapping[str, Calendar],
        current: Mapping[str, str] | None = None,
        decisions: Mapping[str, tuple[str, Decisions]] | None = None,
        authors: Mapping[str, str] | None = None,
        kept: Mapping[str, Calendar] | None = None,
    ) -> None:
        self.definitions = definitions
        self.calendars = calendars
        self.current = {} if current is None else current
        self.decisions = {} if decisions is None else decisions
        self.authors = {} if authors is None else authors
        self.kept = {} if kept is None else kept
        self._dressed = cache(self._dress)

    def definition(self, version: str) -> Definition:
        return self.definitions[version]

    def calendar(self, version: str, taken: Mapping[str, str] = _NOTHING_TAKEN) -> Calendar:
        """The calendar of a definition, in its zone and with its hours.

        `taken`: of each name the version that an instance has taken; of others the newest.
        """
        return self._dressed(version, taken.get(self.definitions[version].calendar, ""))

    def _dress(self, version: str, taken: str) -> Calendar:
        """In the zone of the process; with its hours, where it says others than the usual ones."""
        definition = self.definitions[version]
        kept = self.kept.get(taken) if taken else None
        calendar = self.calendars[definition.calendar] if kept is None else kept
        here = calendar.with_zone(definition.zone)
        if (definition.opens, definition.closes) == _USUAL:
            return here
        return here.with_hours(time.fromisoformat(definition.opens), time.fromisoformat(definition.closes))
