"""Who the people are: the protocol of a directory, two directories, and the resolver of terms to a roster.

The kernel asks with terms (lists that JSON can hold, see `resolve`); the answer is a snapshot with its
provenance. Inactive persons are never on a roster. Of signoff it imports the kernel's `Person`, `store.people`
and `store.database` only.
"""

# ruff: noqa: ARG002 - the protocol has `connection`; a directory in memory reads in no transaction

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy import Connection

from signoff.kernel.state import Person
from signoff.runtime.contact import Contact
from signoff.store import people
from signoff.store.database import Database
from signoff.store.people import Individual

Term = Sequence[Any]
NAMED_AT_MOST = 20


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


class SqlDirectory:
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
    return Contact(found.id, found.name or found.id, found.mail, found.lang, found.active)


class StaticDirectory:
    """A directory held in memory: for tests, the test kit and first experiments.

    Each person is an `Individual` or a mapping of its fields: `{"chen": {"groups": ["management"]}}`. A field
    that an `Individual` does not have is an error.
    """

    def __init__(self, given: Mapping[str, Individual | Mapping[str, Any]], /) -> None:
        self._people = {who: _individual(who, each) for who, each in given.items()}

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
    lists = {name: tuple(value) for name, value in given.items() if name in ("groups", "logins", "leads")}
    return Individual(**{**given, **lists, "id": who})


@dataclass(frozen=True, slots=True)
class Roster:
    """Who was found, in order, each person once per role; and how, in words for people."""

    people: tuple[Person, ...]
    provenance: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a term gave. `why` is a line of the provenance for each look-up that was made."""

    people: tuple[Person, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    directory: Directory
    connection: Connection | None


def resolve(directory: Directory, terms: Iterable[Term], connection: Connection | None = None) -> Roster:
    """The union of the terms in order, one entry per person and role.

    Terms: `[person, id]`, `[group, name]`, `[lead_of, term]`, `[manager_of, term, levels]`,
    `[people, [id…], role]`, `[admins]`, `[role, id, term]`, `[except, term, [id…]]`, `[else, term, fallback]`. A
    person nobody knows is kept by its id under `people`, and is nobody elsewhere. A level above the root gives nobody.
    """
    source = _Source(directory, connection)
    found = [_look_up(source, term) for term in terms]
    once = {(person.id, person.role): person for one in found for person in one.people}
    return Roster(tuple(once.values()), "; ".join(dict.fromkeys(line for one in found for line in one.why)))


def _look_up(source: _Source, term: Term) -> _Found:
    kind, *rest = term
    assert kind in _TERMS, f"no such term: {kind}"
    return _TERMS[kind](source, *rest)


def _person(source: _Source, who: str) -> _Found:
    found = source.directory.person(who, connection=source.connection)
    return _told(f"person {who}", () if found is None else (found,))


def _group(source: _Source, name: str) -> _Found:
    return _told(f"group {name}", source.directory.members(name, connection=source.connection))


def _admins(source: _Source) -> _Found:
    return _told("administrators", source.directory.admins(connection=source.connection))


def _people(source: _Source, ids: Sequence[str], role: str = "") -> _Found:
    known = [person for who in ids for person in _known(source, who)]
    return _told("named by the process", [replace(person, role=role) for person in known])


def _known(source: _Source, who: str) -> tuple[Person, ...]:
    found = source.directory.person(who, connection=source.connection)
    if found is not None:
        return (found,)
    known = source.directory.contact(who, connection=source.connection)
    return (Person(who),) if known is None or known.active else ()


def _lead_of(source: _Source, term: Term) -> _Found:
    groups, why = _groups_of(source, term)
    found = [
        _told(f"lead of {name}", source.directory.leads(name, connection=source.connection))
        for name in groups
    ]
    return _joined(found, why)


def _groups_of(source: _Source, term: Term) -> tuple[Sequence[str], tuple[str, ...]]:
    if term[0] == "role":
        return _groups_of(source, term[2])
    if term[0] == "group":
        return (term[1],), ()
    ids, why = _ids(source, term)
    named = (sorted(source.directory.groups(who, connection=source.connection)) for who in ids)
    return tuple(dict.fromkeys(name for names in named for name in names)), why


def _manager_of(source: _Source, term: Term, levels: int = 1) -> _Found:
    ids, why = _ids(source, term)
    return _joined([_above(source, who, levels) for who in ids], why)


def _above(source: _Source, who: str, levels: int) -> _Found:
    found = source.directory.manager(who, levels, connection=source.connection)
    what = f"manager of {who}" if levels == 1 else f"manager {levels} levels above {who}"
    return _told(what, () if found is None else (found,))


def _ids(source: _Source, term: Term) -> tuple[Sequence[str], tuple[str, ...]]:
    """Whose groups or managers are meant: one that is named is not looked up, and may have left."""
    if term[0] == "role":
        return _ids(source, term[2])
    if term[0] == "person":
        return (term[1],), ()
    if term[0] == "people":
        return tuple(term[1]), ()
    found = _look_up(source, term)
    return tuple(dict.fromkeys(person.id for person in found.people)), found.why


def _role(source: _Source, role: str, term: Term) -> _Found:
    found = _look_up(source, term)
    return _Found(
        tuple(replace(person, role=role) for person in found.people),
        tuple(f"{role}: {line}" for line in found.why),
    )


def _except(source: _Source, term: Term, ids: Sequence[str]) -> _Found:
    found = _look_up(source, term)
    out = [person.id for person in found.people if person.id in ids]
    left = tuple(person for person in found.people if person.id not in ids)
    return _Found(left, (*found.why, f"without {', '.join(out)}") if out else found.why)


def _else(source: _Source, term: Term, fallback: Term) -> _Found:
    found = _look_up(source, term)
    return found if found.people else _joined([_look_up(source, fallback)], found.why)


def _told(what: str, found: Sequence[Person]) -> _Found:
    names = [person.id for person in found[:NAMED_AT_MOST]]
    more = [f"… {len(found)} in all"] if len(found) > NAMED_AT_MOST else []
    return _Found(tuple(found), (f"{what} → {', '.join([*names, *more]) or 'nobody'}",))


def _joined(found: Sequence[_Found], why: tuple[str, ...]) -> _Found:
    once = {(person.id, person.role): person for one in found for person in one.people}
    return _Found(tuple(once.values()), (*why, *(line for one in found for line in one.why)))


_TERMS: Mapping[str, Callable[..., _Found]] = {
    "person": _person,
    "group": _group,
    "lead_of": _lead_of,
    "manager_of": _manager_of,
    "people": _people,
    "admins": _admins,
    "role": _role,
    "except": _except,
    "else": _else,
}
