"""The reference data of a command, read where it is needed: definitions, current versions, calendars.

Definitions never change and stay in memory; a current version is read in the command's own transaction.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from signoff.kernel import outlook
from signoff.kernel.critical import Room, critical
from signoff.kernel.missing import Missing
from signoff.kernel.sight import Sight
from signoff.kernel.state import State
from signoff.kernel.world import World
from signoff.model.decision import Decisions
from signoff.model.definition import Definition
from signoff.runtime import calendars
from signoff.runtime.core import Core
from signoff.store import calendars as calendar_rows
from signoff.store import decisions, definitions
from signoff.time.calendar import Calendar

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


def world(core: Core, connection: Connection, heads: Mapping[str, str] | None = None) -> World:
    """The world as this transaction sees it; `heads` of the system chains, where they are known, save questions."""

    def definition(version: str) -> Definition:
        return core.library.load(connection, version)

    def current(process: str) -> str | None:
        return definitions.current(connection, process)

    def calendar(name: str) -> Calendar:
        return calendar_of(core, connection, name, (heads or {}).get(definitions.CHAIN, ""))

    def kept(version: str) -> Calendar:
        if version not in core.calendars:
            core.calendars[version] = calendar_rows.load(connection, version)
        return core.calendars[version]

    def decision(id: str) -> tuple[str, Decisions] | None:
        return decisions.current(connection, id)

    def author(version: str) -> str | None:
        return definitions.author(connection, version)

    lazy = (_Lazy(definition), _Lazy(calendar), _Lazy(current), _Lazy(decision))
    return World(*lazy, authors=_Lazy(author), kept=_Lazy(kept))


def calendar_of(core: Core, connection: Connection, name: str, head: str = "") -> Calendar:
    """The newest stored calendar of that name; deployment has put one there.

    What was read at the same `head` of the chain of deployments is not read again.
    """
    seen, version = core.newest.get(name, ("", ""))
    if head and seen == head:
        return core.calendars[version]
    found = calendar_rows.latest(connection, name) or calendars.build(name, YEARS)
    core.calendars[found.version] = found
    core.newest[name] = (head, found.version)
    return found


def planned(world: World, state: State, now: datetime) -> dict[str, datetime]:
    """The deadlines, where they are known already, of the steps of an instance."""
    sight = _root(world, state, now)
    return {} if sight is None else outlook.planned(sight)


def provisional(world: World, state: State, now: datetime) -> frozenset[str]:
    """The steps of a living instance whose deadlines may still move with the calendar."""
    sight = _root(world, state, now)
    return frozenset() if sight is None or state.ended_at is not None else outlook.provisional(sight)


def crowded(world: World, state: State, now: datetime) -> tuple[Missing, ...]:
    """Days on which deadlines of a living instance come together only because days before are not worked."""
    sight = _root(world, state, now)
    return () if sight is None or state.ended_at is not None else tuple(outlook.crowded(sight))


def _root(world: World, state: State, now: datetime) -> Sight | None:
    root = next((s.id for s in state.scopes.values() if not s.activity), "")
    return Sight(world, state, root, now) if root else None


def rooms(world: World, state: State, now: datetime) -> dict[str, Room]:
    """The room that each step of a living instance has which is not done; nothing of one that has ended."""
    sight = _root(world, state, now)
    return {} if sight is None or state.ended_at is not None else critical(sight)
