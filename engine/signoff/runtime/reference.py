"""The reference data of a command, read where it is needed: definitions, current versions, calendars.

Definitions never change and stay in memory; a current version is read in the command's own transaction.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from signoff.kernel.critical import Room, critical
from signoff.kernel.sight import Sight
from signoff.kernel.state import State
from signoff.kernel.timer import Clockface
from signoff.kernel.world import World
from signoff.model.decision import Decisions
from signoff.model.definition import Definition
from signoff.model.nodes import HumanTask
from signoff.runtime import calendars
from signoff.runtime.core import Core
from signoff.store import calendars as calendar_rows
from signoff.store import decisions, definitions
from signoff.time.calendar import Calendar
from signoff.time.relative import Purpose

_T = TypeVar("_T")
YEARS = range(2020, 2036)


class _Lazy(Mapping[str, _T]):
    """Looks up on demand, once."""

    def __init__(self, look_up: Callable[[str], _T | None]) -> None:
        self._look_up = look_up
        self._found: dict[str, _T | None] = {}

    def __getitem__(self, key: str) -> _T:
        if key not in self._found:
            self._found[key] = self._look_up(key)
        found = self._found[key]
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def world(core: Core, connection: Connection) -> World:
    """The world as this transaction sees it."""

    def definition(version: str) -> Definition:
        return core.library.load(connection, version)

    def current(process: str) -> str | None:
        return definitions.current(connection, process)

    def calendar(name: str) -> Calendar:
        return calendar_of(core, connection, name)

    def decision(id: str) -> tuple[str, Decisions] | None:
        return decisions.current(connection, id)

    def author(version: str) -> str | None:
        return definitions.author(connection, version)

    return World(_Lazy(definition), _Lazy(calendar), _Lazy(current), _Lazy(decision), authors=_Lazy(author))


def calendar_of(core: Core, connection: Connection, name: str) -> Calendar:
    """The newest stored calendar of that name; deployment has put one there."""
    if name not in core.calendars:
        found = calendar_rows.latest(connection, name)
        core.calendars[name] = found if found is not None else calendars.build(name, YEARS)
    return core.calendars[name]


def planned(world: World, state: State, now: datetime) -> dict[str, datetime]:
    """The deadlines, where they are known already, of the steps of an instance."""
    root = next((s.id for s in state.scopes.values() if not s.activity), "")
    if not root:
        return {}
    sight = Sight(world, state, root, now)
    face = Clockface(sight, opened=None)
    found = {}
    for node in sight.definition.activities():
        if isinstance(node, HumanTask) and node.due is not None:
            due = node.due.resolve(face, sight.calendar, purpose=Purpose.DUE, roll=sight.definition.roll)
            if due is not None:
                found[node.id] = due
    return found


def rooms(world: World, state: State, now: datetime) -> dict[str, Room]:
    """The room that each step of a living instance has which is not done; nothing of one that has ended."""
    root = next((s.id for s in state.scopes.values() if not s.activity), "")
    if not root or state.ended_at is not None:
        return {}
    return critical(Sight(world, state, root, now))
