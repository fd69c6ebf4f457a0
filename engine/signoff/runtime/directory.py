"""Who the people are: the protocol of a directory, and two directories, one in the database and one in memory.

What a directory may answer beyond this protocol stands in `mandate`. Inactive persons are never given. Of signoff
it imports the kernel's `Person`, `store.people`, `store.organisation`, `store.database` and `mandate` only.
"""

# ruff: noqa: ARG002 - the protocol has `connection`; a directory in memory reads in no transaction

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import Connection

from signoff.kernel.state import Person
from signoff.model.authority import Limit
from signoff.runtime.contact import Contact
from signoff.runtime.mandate import HeldMandates, StoredMandates
from signoff.store import people
from signoff.store.database import Database
from signoff.store.organisation import Organisation
from signoff.store.people import Individual


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is captured with when acting: the groups belonged to, the groups led, administrator or not."""

    id: str
    name: str = ""
    groups: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    admin: bool = False


class Directory(Protocol):
    """Persons, groups and who answers to whom.

    Every method that gives persons gives active ones only. With `connection` it reads in the transaction of
    that connection. What it raises becomes an incident where people were asked for.
    """

    def person(self, who: str, /, *, connection: Connection | None = None) -> Person | None:
        """The active person of this id."""

    def contact(self, who: str, /, *, connection: Connection | None = None) -> Contact | None:
        """Where this person is reached; also of somebody inactive. None: never heard of."""

    def members(self, group: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        """The active members of a group, in a stable order; nobody for an unknown group."""

    def leads(self, group: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        """The active persons who lead a group."""

    def manager(self, who: str, levels: int = 1, /, *, connection: Connection | None = None) -> Person | None:
        """The person so many levels above; None above the root, and where the one there is inactive."""

    def admins(self, *, connection: Connection | None = None) -> Sequence[Person]:
        """The active administrators."""

    def groups(self, who: str, /, *, connection: Connection | None = None) -> frozenset[str]:
        """The groups of a person; empty for somebody unknown or inactive."""

    def standing(self, who: str, /, *, connection: Connection | None = None) -> Standing | None:
        """What the active person of this id may act as."""

    def login(self, name: str, /, *, connection: Connection | None = None) -> Person | None:
        """The active person to whom this login of the operating system belongs."""


class SqlDirectory(StoredMandates):
    """The directory in signoff's own tables, written by `people import`. One statement for each look-up."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def person(self, who: str, /, *, connection: Connection | None = None) -> Person | None:
        with self._reading(connection) as reading:
            found = people.one(reading, who)
        return _snapshot(found) if found is not None and found.active else None

    def contact(self, who: str, /, *, connection: Connection | None = None) -> Contact | None:
        with self._reading(connection) as reading:
            return _contact(people.one(reading, who))

    def members(self, group: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        with self._reading(connection) as reading:
            return [each.snapshot() for each in people.members(reading, group)]

    def leads(self, group: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        with self._reading(connection) as reading:
            return [each.snapshot() for each in people.leads(reading, group)]

    def manager(self, who: str, levels: int = 1, /, *, connection: Connection | None = None) -> Person | None:
        with self._reading(connection) as reading:
            return _snapshot(people.manager(reading, who, levels))

    def admins(self, *, connection: Connection | None = None) -> Sequence[Person]:
        with self._reading(connection) as reading:
            return [each.snapshot() for each in people.admins(reading)]

    def groups(self, who: str, /, *, connection: Connection | None = None) -> frozenset[str]:
        with self._reading(connection) as reading:
            return people.groups_of(reading, who)

    def standing(self, who: str, /, *, connection: Connection | None = None) -> Standing | None:
        with self._reading(connection) as reading:
            return _standing(people.one(reading, who))

    def login(self, name: str, /, *, connection: Connection | None = None) -> Person | None:
        with self._reading(connection) as reading:
            return _snapshot(people.by_login(reading, name))

    def namesakes(self, names: Iterable[str], /) -> frozenset[str]:
        """Those of the names that several persons bear: `naming` asks for them."""
        with self._reading(None) as reading:
            return people.namesakes(reading, names)

    @contextmanager
    def _reading(self, connection: Connection | None) -> Iterator[Connection]:
        opened = self._database.read() if connection is None else self._database.join(connection)
        with opened as handle:
            yield handle.connection


def _snapshot(found: Individual | None) -> Person | None:
    return None if found is None else found.snapshot()


def _standing(found: Individual | None) -> Standing | None:
    if found is None or not found.active:
        return None
    name = found.name or found.id
    return Standing(found.id, name, frozenset(found.groups), frozenset(found.leads), found.admin)


def _contact(found: Individual | None) -> Contact | None:
    if found is None:
        return None
    reached = (found.mail, found.lang, found.active, found.channels, found.quiet, found.digest)
    return Contact(found.id, found.name or found.id, *reached)


class StaticDirectory(HeldMandates):
    """A directory held in memory: for tests, the test kit and first experiments.

    Each person is an `Individual` or a mapping of its fields: `{"chen": {"groups": ["management"]}}`. A field
    that an `Individual` does not have is an error. Limits may be written as `{"limits": {"budget": 5000}}`, in
    whichever currency; departments, substitutes and the table of authority are an `Organisation`.
    """

    def __init__(
        self,
        given: Mapping[str, Individual | Mapping[str, Any]],
        /,
        organisation: Organisation | None = None,
    ) -> None:
        self._people = {who: _individual(who, each) for who, each in given.items()}
        self._organisation = organisation or Organisation()

    def person(self, who: str, /, *, connection: Connection | None = None) -> Person | None:
        found = self._people.get(who)
        return found.snapshot() if found is not None and found.active else None

    def contact(self, who: str, /, *, connection: Connection | None = None) -> Contact | None:
        found = self._people.get(who)
        return _contact(found)

    def members(self, group: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        return self._those(lambda each: group in each.groups)

    def leads(self, group: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        return self._those(lambda each: group in each.leads)

    def manager(self, who: str, levels: int = 1, /, *, connection: Connection | None = None) -> Person | None:
        for _ in range(levels):
            found = self._people.get(who)
            who = "" if found is None else found.manager
        return self.person(who)

    def admins(self, *, connection: Connection | None = None) -> Sequence[Person]:
        return self._those(lambda each: each.admin)

    def groups(self, who: str, /, *, connection: Connection | None = None) -> frozenset[str]:
        found = self.person(who)
        return frozenset() if found is None else frozenset(found.groups)

    def standing(self, who: str, /, *, connection: Connection | None = None) -> Standing | None:
        return _standing(self._people.get(who))

    def login(self, name: str, /, *, connection: Connection | None = None) -> Person | None:
        return next(iter(self._those(lambda each: name in each.logins)), None)

    def _those(self, fits: Callable[[Individual], bool]) -> tuple[Person, ...]:
        return tuple(each.snapshot() for each in self._people.values() if each.active and fits(each))


def _individual(who: str, given: Individual | Mapping[str, Any]) -> Individual:
    if isinstance(given, Individual):
        return given
    lists = {
        name: tuple(value)
        for name, value in given.items()
        if name in ("groups", "logins", "leads", "channels")
    }
    limits = given.get("limits", ())
    if isinstance(limits, Mapping):
        limits = tuple(Limit(category, _exact(amount), "", who) for category, amount in limits.items())
    return Individual(**{**given, **lists, "limits": tuple(limits), "id": who})


def _exact(amount: Any) -> Decimal | None:
    return None if amount is None else Decimal(str(amount))
