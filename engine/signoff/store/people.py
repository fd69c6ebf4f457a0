"""The built-in directory: persons, groups, who leads and who answers to whom; imported whole, read by look-up.

An import is one transaction with one record in the chain `directory`, or nothing when nothing changes. What a
decision rests on stands in the record; addresses and languages only as the fact that they changed.
May import store.schema, store.chain, store.upsert, store.plausibility, store.departure; reading files and choosing rosters is the runtime's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, func, insert, select

from signoff.kernel.state import Person
from signoff.model.authority import Grant, Limit
from signoff.store import chain, codec, departure, organisation, plausibility
from signoff.store.organisation import Organisation
from signoff.store.schema import login, membership, people_group, person

CHAIN = "directory"
_UNRECORDED = frozenset({"mail", "lang"})
_TOLD = ("channels", "quiet", "digest")  # by which way and when somebody likes to be told proves nothing
_UNSAID = frozenset({"id", *_TOLD})


class Import(StrEnum):
    """What becomes of those whom an import does not name."""

    REPLACE = "replace"  # they are removed
    MERGE = "merge"  # they stay


@dataclass(frozen=True, slots=True, kw_only=True)
class Individual:
    """A person as the directory keeps one. `leads` are the groups led, `logins` those of the operating system.

    `limits` are the person's own; they go before those of groups and of the title.
    """

    id: str
    name: str = ""
    groups: tuple[str, ...] = ()
    manager: str = ""
    department: str = ""
    title: str = ""
    logins: tuple[str, ...] = ()
    mail: str = ""
    leads: tuple[str, ...] = ()
    admin: bool = False
    lang: str = ""  # empty: that of the process
    active: bool = True
    limits: tuple[Limit, ...] = ()
    channels: tuple[str, ...] = ()  # of notices, those preferred; none: all
    quiet: str = ""  # when no notices are wanted, as 22:00 to 08:00
    digest: str = ""  # when what does not press is told all at once, as 17:30

    def snapshot(self) -> Person:
        """As the kernel keeps a person."""
        return Person(self.id, self.name or self.id, self.department, self.title, self.groups)


@dataclass(frozen=True, slots=True)
class People:
    """A directory: persons by id and the names of the groups by id; a group may have nobody in it."""

    persons: Mapping[str, Individual]
    groups: Mapping[str, str]
    organisation: Organisation = field(default_factory=Organisation)


@dataclass(frozen=True, slots=True)
class Imported:
    """Ids that an import added, changed and removed; groups as `group ID`. All empty: nothing was written."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


# importing ----------------------------------------------------------------------------------------------


def take_in(
    connection: Connection, people: People, *, mode: Import = Import.REPLACE, by: str, at: datetime
) -> Imported:
    """Make the directory say what `people` says, in the caller's transaction. Raises Invalid with all findings.

    A person who is named is replaced whole, in both modes; groups that only persons name are added. An import that
    names nobody, but speaks of the organisation, leaves persons and groups as they are.
    """
    chain.lock(connection, CHAIN)
    before = everybody(connection)
    alone = not people.persons and people.organisation != Organisation()
    whole = (
        replace(people, persons=before.persons, groups={**before.groups, **people.groups})
        if alone
        else people
    )
    after = _completed(before, whole if mode is Import.REPLACE else _merged(before, people))
    plausibility.check(after)
    departure.check(connection, {id: p.name for id, p in after.persons.items() if id not in before.persons})
    done = _difference(before, after)
    if done:
        _write(connection, before, after)
        chain.append(connection, CHAIN, _record(before, after, done, mode=mode, by=by), at=at)
        departure.lock_out(connection, _active(before) - _active(after), by=by, at=at)
    return done


def _active(people: People) -> set[str]:
    return {id for id, each in people.persons.items() if each.active}


def grants_with(connection: Connection, who: str, at: datetime) -> list[Grant]:
    """The grants from and to a person that are in force at that instant, or still to come; by id."""
    held = organisation.everything(connection).grants or {}
    return [
        each
        for _, each in sorted(held.items())
        if who in (each.principal, each.substitute) and each.until > at
    ]


def end_grants(connection: Connection, who: str, *, by: str, at: datetime) -> list[Grant]:
    """End every grant from and to a person now; what was still to come is taken out. Gives what was ended."""
    chain.lock(connection, CHAIN)
    ended = {each.id: each for each in grants_with(connection, who, at)}
    held = (organisation.everything(connection).grants or {}).items()
    left = {
        id: replace(each, until=at) if id in ended else each
        for id, each in held
        if id not in ended or each.since < at
    }
    if ended:
        take_in(connection, People({}, {}, Organisation(grants=left)), by=by, at=at)
    return list(ended.values())


def _merged(before: People, people: People) -> People:
    return People(
        {**before.persons, **people.persons},
        {**before.groups, **people.groups},
        organisation.merged(before.organisation, people.organisation),
    )


def _completed(before: People, people: People) -> People:
    """Groups that only persons name bear their id as their name; lists of a person are sets, sorted."""
    named = {group: group for each in people.persons.values() for group in (*each.groups, *each.leads)}
    return People(
        {id: _sorted(each) for id, each in people.persons.items()},
        {**named, **{id: name or id for id, name in people.groups.items()}},
        organisation.completed(before.organisation, people.organisation, people.persons),
    )


def _sorted(each: Individual) -> Individual:
    return replace(
        each,
        name=each.name or each.id,
        groups=tuple(sorted({*each.groups})),
        leads=tuple(sorted({*each.leads})),
        logins=tuple(sorted({*each.logins})),
        limits=tuple(
            sorted((replace(limit, holder=each.id) for limit in each.limits), key=organisation.place)
        ),
    )


def _difference(before: People, after: People) -> Imported:
    old = {**_keyed_groups(before), **before.persons, **organisation.names(before.organisation)}
    new = {**_keyed_groups(after), **after.persons, **organisation.names(after.organisation)}
    return Imported(
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(id for id in new.keys() & old.keys() if new[id] != old[id])),
        tuple(sorted(old.keys() - new.keys())),
    )


def _keyed_groups(people: People) -> dict[str, Any]:
    return {f"group {id}": name for id, name in people.groups.items()}


def _record(before: People, after: People, done: Imported, *, mode: Import, by: str) -> dict[str, Any]:
    """What changed, with the new values."""
    return {
        "kind": "people",
        "mode": str(mode),
        "by": by,
        "groups": {id: name for id, name in after.groups.items() if before.groups.get(id) != name},
        "persons": {
            id: _changes(before.persons.get(id), each)
            for id, each in after.persons.items()
            if before.persons.get(id) != each
        },
        "removed": list(done.removed),
        **organisation.recorded(before.organisation, after.organisation),
    }


def standing(connection: Connection) -> dict[str, Any]:
    """The directory as a record that says all of it: what the records of its chain must add up to."""
    nobody = People({}, {})
    return _record(nobody, everybody(connection), Imported(), mode=Import.REPLACE, by="")


def _changes(old: Individual | None, new: Individual) -> dict[str, Any]:
    changed = (
        part.name for part in fields(new) if old is None or getattr(old, part.name) != getattr(new, part.name)
    )
    return {
        name: None if name in _UNRECORDED else _plain(getattr(new, name))
        for name in changed
        if name not in _UNSAID
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Limit):
        return {
            "category": value.category,
            "currency": value.currency,
            "amount": organisation.written(value.amount),
        }
    return value


def _write(connection: Connection, before: People, after: People) -> None:
    """Replace the rows of whoever differs; everybody else's stay untouched."""
    gone = [id for id, each in before.persons.items() if after.persons.get(id) != each]
    come = [each for id, each in after.persons.items() if before.persons.get(id) != each]
    _replace(connection, person, "id", gone, [_person_row(each) for each in come])
    _replace(connection, membership, "person", gone, [row for each in come for row in _memberships(each)])
    _replace(
        connection,
        login,
        "person",
        gone,
        [{"login": name, "person": each.id} for each in come for name in each.logins],
    )
    old = [id for id, name in before.groups.items() if after.groups.get(id) != name]
    new = [{"id": id, "name": name} for id, name in after.groups.items() if before.groups.get(id) != name]
    _replace(connection, people_group, "id", old, new)
    limits = {id: each.limits for id, each in after.persons.items()}
    if _offices(before) != _offices(after):
        organisation.write(connection, after.organisation, limits)


def _offices(people: People) -> tuple[Any, ...]:
    return organisation.parts(people.organisation), {id: p.limits for id, p in people.persons.items()}


def _replace(
    connection: Connection, table: Table, column: str, gone: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    if gone:
        # One by one in a single call: a list in one statement has a limit on both databases.
        connection.execute(
            delete(table).where(table.c[column] == bindparam("gone")), [{"gone": id} for id in gone]
        )
    if rows:
        connection.execute(insert(table), rows)


def _person_row(each: Individual) -> dict[str, Any]:
    own = {part.name: getattr(each, part.name) for part in fields(each)}
    more = codec.canonical({name: own[name] for name in _TOLD if own[name]})
    return {name: value for name, value in own.items() if name in person.c} | {"data": more}


def _memberships(each: Individual) -> list[dict[str, Any]]:
    return [
        {
            "group_id": group,
            "person": each.id,
            "belongs": group in each.groups,
            "leads": group in each.leads,
        }
        for group in sorted({*each.groups, *each.leads})
    ]


# looking up ---------------------------------------------------------------------------------------------


def everybody(connection: Connection) -> People:
    """The whole directory, inactive persons too."""
    logins: dict[str, list[str]] = {}
    for row in connection.execute(select(login.c.person, login.c.login).order_by(login.c.login)).all():
        logins.setdefault(row.person, []).append(row.login)
    limits = organisation.limits_of_persons(connection)
    found = {
        each.id: replace(each, logins=tuple(logins.get(each.id, ())), limits=limits.get(each.id, ()))
        for each in _those(connection)
    }
    groups = connection.execute(
        select(people_group.c.id, people_group.c.name).order_by(people_group.c.id)
    ).all()
    return People(found, {row.id: row.name for row in groups}, organisation.everything(connection))


def one(connection: Connection, who: str) -> Individual | None:
    """The person of this id, also an inactive one. `logins` and `limits` are left empty here and below."""
    return next(iter(_those(connection, person.c.id == who)), None)


def by_login(connection: Connection, name: str) -> Individual | None:
    """The active person to whom this login of the operating system belongs."""
    whose = select(login.c.person).where(login.c.login == name).scalar_subquery()
    return next(iter(_those(connection, person.c.id == whose, person.c.active)), None)


def members(connection: Connection, group: str) -> list[Individual]:
    """The active members of a group, by id; nobody for an unknown group."""
    return _those(connection, person.c.id.in_(_of(group, membership.c.belongs)), person.c.active)


def leads(connection: Connection, group: str) -> list[Individual]:
    """The active persons who lead a group, by id."""
    return _those(connection, person.c.id.in_(_of(group, membership.c.leads)), person.c.active)


def manager(connection: Connection, who: str, levels: int = 1) -> Individual | None:
    """The person so many levels above; None above the root, and where the one there is inactive."""
    above: Any = who
    for _ in range(levels):
        step = person.alias()
        above = select(step.c.manager).where(step.c.id == above).scalar_subquery()
    return next(iter(_those(connection, person.c.id == above, person.c.active)), None)


def admins(connection: Connection) -> list[Individual]:
    """The active administrators, by id."""
    return _those(connection, person.c.admin, person.c.active)


def groups_of(connection: Connection, who: str) -> frozenset[str]:
    """The groups an active person belongs to; empty for somebody unknown or inactive."""
    rows = (
        select(membership.c.group_id)
        .join(person, person.c.id == membership.c.person)
        .where(membership.c.person == who, membership.c.belongs, person.c.active)
    )
    return frozenset(connection.execute(rows).scalars().all())


def namesakes(connection: Connection, names: Iterable[str]) -> frozenset[str]:
    """Those of the names that several persons bear."""
    borne = select(person.c.name).where(person.c.name.in_(sorted({*names})))
    return frozenset(connection.scalars(borne.group_by(person.c.name).having(func.count() > 1)))


def _of(group: str, how: ColumnElement[bool]) -> Any:
    return select(membership.c.person).where(membership.c.group_id == group, how)


def _those(connection: Connection, *conditions: ColumnElement[bool]) -> list[Individual]:
    """One query: each person with the groups, ordered by id."""
    rows = (
        select(person, membership.c.group_id, membership.c.belongs, membership.c.leads)
        .outerjoin(membership, membership.c.person == person.c.id)
        .where(*conditions)
        .order_by(person.c.id, membership.c.group_id)
    )
    return one_by_one(connection.execute(rows).all())


def one_by_one(rows: Iterable[Any]) -> list[Individual]:
    """Each person once, of rows that say a group each, in the order of the rows."""
    found: dict[str, Individual] = {}
    for row in rows:
        each = found.get(row.id) or _individual(row)
        groups = (*each.groups, row.group_id) if row.belongs else each.groups
        led = (*each.leads, row.group_id) if row.leads else each.leads
        found[row.id] = replace(each, groups=groups, leads=led)
    return list(found.values())


def _individual(row: Any) -> Individual:
    told = codec.parse(row.data or "{}")
    return Individual(
        id=row.id,
        name=row.name,
        manager=row.manager,
        department=row.department,
        title=row.title,
        mail=row.mail,
        lang=row.lang,
        active=row.active,
        admin=row.admin,
        **{**told, "channels": tuple(told.get("channels", ()))},
    )
