"""The calendars of a database: looking at them, and bringing them up to date with the library or an organisation's file.

A new version is a row; whatever is counted by it is owed a recalculation in the same transaction. Must not import
`engine`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from signoff.errors import NotFound
from signoff.kernel import commands as c
from signoff.kernel.commands import SYSTEM
from signoff.kernel.effect import Owed
from signoff.kernel.events import time as events
from signoff.model.definition import Definition
from signoff.model.nodes import CallActivity
from signoff.runtime import calendars, execution, intake
from signoff.runtime.core import Core
from signoff.runtime.reference import YEARS
from signoff.store import calendars as rows
from signoff.store import definitions
from signoff.store.calendars import Stored
from signoff.store.database import Handle
from signoff.time.calendar import Calendar

AHEAD = 9  # years for which days are asked of the library, from the present one
PORTION = 500  # instances that are counted again at once


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What bringing a calendar up to date changes: days that are off or worked now, and were not (of the days compared).

    `before` is the version until now, empty for a calendar that was not there; `instances` are those that count by it.
    """

    name: str
    version: str
    before: str
    off: tuple[date, ...] = ()
    work: tuple[date, ...] = ()
    hours: tuple[str, str] = ("", "")
    confirmed_through: tuple[int, int] = (0, 0)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    instances: int = 0

    @property
    def changed(self) -> bool:
        """Whether there is a new version."""
        return self.version != self.before


@dataclass(frozen=True, slots=True)
class Recounted:
    """An instance that counts by a new version. `moved`: how many deadlines, those of steps not begun included."""

    instance: str
    moved: int


def stored_calendars(core: Core) -> list[Stored]:
    """The newest version of each calendar that is kept, by name."""
    with core.database.read() as handle:
        found = [rows.stored(handle.connection, name) for name in rows.names(handle.connection)]
        return [each for each in found if each is not None]


def stored_calendar(core: Core, name: str) -> Stored:
    """The newest version of one. Raises NotFound."""
    with core.database.read() as handle:
        found = rows.stored(handle.connection, name)
        if found is None:
            raise NotFound("no_such_calendar", calendar=name, known=rows.names(handle.connection))
        return found


def refresh_calendar(
    core: Core, name: str, *, by: str, overrides: Mapping[str, Any] | None = None
) -> CalendarChange:
    """Build the calendar anew and make it the one that counts; without `overrides` with those given before.

    What runs is owed a recalculation: the daemon does it, or `recount`. Raises DefinitionError.
    """

    def own() -> CalendarChange:
        with core.database.write() as handle:
            return _refreshed(core, handle, name, overrides, by)

    return core.database.attempt(own)


def preview_calendar(core: Core, name: str, *, overrides: Mapping[str, Any] | None = None) -> CalendarChange:
    """What `refresh_calendar` would change; nothing is kept."""
    with core.database.read() as handle:
        before = rows.stored(handle.connection, name)
        after = _built(name, overrides, before, core.now(handle))
        return _change(before, after, overrides, instances=0)


def recount(core: Core, *, limit: int = PORTION) -> list[Recounted]:
    """Do now what is owed to instances whose calendar has changed, up to `limit`; the rest is the daemon's."""
    with core.database.read() as handle:
        ids = rows.owing(handle.connection, Owed.CALENDAR, limit=limit)
    found = []
    for id in ids:
        command = c.Recalculate(instance=id, by=SYSTEM, at=intake.UNKNOWN)
        receipt = execution.execute(core, command)
        found.append(Recounted(id, sum(map(_moved, receipt.events))))
    return [each for each in found if each.moved]


def _moved(event: object) -> int:
    if isinstance(event, events.CalendarTaken):
        return len(event.moved)
    return int(isinstance(event, events.DueSet) and event.moved)


def _built(name: str, overrides: Mapping[str, Any] | None, before: Stored | None, now: datetime) -> Calendar:
    years = range(YEARS.start, max(YEARS.stop, now.year + AHEAD + 1))
    given = overrides if overrides is not None else before.overrides if before is not None else {}
    return calendars.build(name, years, overrides=given)


def _refreshed(
    core: Core, handle: Handle, name: str, overrides: Mapping[str, Any] | None, by: str
) -> CalendarChange:
    connection, at = handle.connection, core.now(handle)
    before = rows.stored(connection, name)
    after = _built(name, overrides, before, at)
    kept = overrides if overrides is not None else before.overrides if before is not None else {}
    rows.put(connection, after, by=by, at=at, overrides=kept)
    versions = _counting_by(core, handle, after.name)
    instances = rows.owe(connection, versions, Owed.CALENDAR, at=at) if versions else 0
    return _change(before, after, kept, instances=instances)


def _counting_by(core: Core, handle: Handle, name: str) -> set[str]:
    """The versions of definitions whose instances count by this calendar, or may call a process that does."""
    listed = definitions.listed(handle.connection)
    return {
        each.version for each in listed if _counts(core.library.load(handle.connection, each.version), name)
    }


def _counts(definition: Definition, name: str) -> bool:
    calls = any(isinstance(node, CallActivity) for node in definition.nodes.values())
    return definition.calendar == name or calls


def _change(
    before: Stored | None, after: Calendar, overrides: Mapping[str, Any] | None, *, instances: int
) -> CalendarChange:
    was = before.calendar if before is not None else None
    days = _days(was, after)
    return CalendarChange(
        after.name,
        after.version,
        was.version if was is not None else "",
        off=tuple(day for day in days if not after.is_working(day)),
        work=tuple(day for day in days if after.is_working(day)),
        hours=(_hours(was), _hours(after)),
        confirmed_through=(was.confirmed_through if was is not None else 0, after.confirmed_through),
        overrides=dict(overrides or {}),
        instances=instances,
    )


def _days(was: Calendar | None, after: Calendar) -> list[date]:
    """The days that are worked now and were not, or the other way round; of a new calendar all its exceptions.

    Years of which nothing was known before are left out: all their days off would be new.
    """
    if was is None:
        return sorted(after.off | after.work)
    named = was.off | was.work | after.off | after.work
    last = max((day.year for day in was.off | was.work), default=date.max.year)
    return sorted(
        day for day in named if day.year <= last and was.is_working(day) is not after.is_working(day)
    )


def _hours(calendar: Calendar | None) -> str:
    return "" if calendar is None else f"{calendar.opens:%H:%M} to {calendar.closes:%H:%M}"
