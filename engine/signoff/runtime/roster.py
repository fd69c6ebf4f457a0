"""The resolver: terms, in which the kernel asks who its people are, become a roster and the story of how it was found.

Terms are lists that JSON can hold (`kernel.roster` makes them, `resolve` says what there is). Each is at most one
question to the directory for each person or group that it starts from. Must not import `engine`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from signoff.errors import SignoffError
from signoff.kernel.state import Person
from signoff.model.authority import Authority, Grant
from signoff.runtime.directory import Directory
from signoff.runtime.mandate import Hierarchy, Mandates

Term = Sequence[Any]
NAMED_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Roster:
    """Who was found, in order, each person once per role; and how, in words for people."""

    people: tuple[Person, ...]
    provenance: str = ""
    grants: tuple[Grant, ...] = ()  # under which others may act for them just now


@dataclass(frozen=True, slots=True)
class _Found:
    """What a term gave. `why` is a line of the provenance for each look-up that was made."""

    people: tuple[Person, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    directory: Directory
    connection: Connection | None


def resolve(
    directory: Directory,
    terms: Iterable[Term],
    connection: Connection | None = None,
    *,
    at: datetime | None = None,
) -> Roster:
    """The union of the terms in order, one entry per person and role; with `at` also who stands in for them then.

    Terms: `[person, id]`, `[group, name]`, `[groups, [name…]]`, `[lead_of, term]`, `[manager_of, term, levels]`, `[people, [id…], role]`,
    `[admins]`, `[role, id, term]`, `[except, term, [id…]]`, `[else, term, fallback]`, `[department, name]`,
    `[title, text]`, `[head_of, term, levels]`, `[chain_of, term, levels, end, amount]`, `[within, term, amount]`,
    `[signing, amount, verb, term]`, `[among, term, pool]`; an amount is `[category, number or null, currency]`. A
    person nobody knows is kept by its id under `people`, and is nobody elsewhere. Above the root is nobody.
    """
    source = _Source(directory, connection)
    found = [_look_up(source, term) for term in terms]
    once = {(person.id, person.role): person for one in found for person in one.people}
    told = [line for one in found for line in one.why]
    grants = _standing_in(source, [person.id for person in once.values()], at)
    told += [f"{grant.substitute} stands in for {grant.principal} ({grant.id})" for grant in grants]
    return Roster(tuple(once.values()), "; ".join(dict.fromkeys(told)), grants)


def _standing_in(source: _Source, people: Sequence[str], at: datetime | None) -> tuple[Grant, ...]:
    directory = source.directory
    if at is None or not people or not isinstance(directory, Mandates):
        return ()
    asked = tuple(dict.fromkeys(people))
    return tuple(directory.substitutes(asked, at, connection=source.connection))


def powers(
    directory: Directory, who: str, at: datetime, connection: Connection | None = None
) -> Authority | None:
    """What a person may do beyond belonging to groups; None where the directory does not know of such things."""
    if not isinstance(directory, Mandates):
        return None
    return directory.powers(who, at, connection=connection)


def _look_up(source: _Source, term: Term) -> _Found:
    kind, *rest = term
    assert kind in _TERMS, f"no such term: {kind}"
    return _TERMS[kind](source, *rest)


def _person(source: _Source, who: str) -> _Found:
    found = source.directory.person(who, connection=source.connection)
    return _told(f"person {who}", () if found is None else (found,))


def _group(source: _Source, name: str) -> _Found:
    return _told(f"group {name}", source.directory.members(name, connection=source.connection))


def _groups(source: _Source, names: Sequence[str]) -> _Found:
    found = [_group(source, name) for name in dict.fromkeys(names)]
    people = {person.id: person for one in found for person in one.people}
    return _Found(tuple(people.values()), tuple(line for one in found for line in one.why))


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
    return _without(_look_up(source, term), lambda who: who in ids)


def _without(found: _Found, out: Callable[[str], bool]) -> _Found:
    gone = [person.id for person in found.people if out(person.id)]
    left = tuple(person for person in found.people if not out(person.id))
    return _Found(left, (*found.why, f"without {', '.join(gone)}") if gone else found.why)


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


# the organisation ---------------------------------------------------------------------------------------


def _hierarchy(source: _Source) -> Hierarchy:
    if not isinstance(source.directory, Hierarchy):
        raise SignoffError("directory_lacks", what="managers, departments and titles")
    return source.directory


def _mandates(source: _Source) -> Mandates:
    if not isinstance(source.directory, Mandates):
        raise SignoffError("directory_lacks", what="limits and the table of authority")
    return source.directory


def _department(source: _Source, name: str) -> _Found:
    found = _hierarchy(source).department(name, connection=source.connection)
    return _told(f"department {name}", found)


def _title(source: _Source, title: str) -> _Found:
    return _told(f"title {title}", _hierarchy(source).titled(title, connection=source.connection))


def _head_of(source: _Source, term: Term, levels: int = 1) -> _Found:
    what = "head" if levels == 1 else f"head {levels - 1} levels above"
    inner = term[2] if term[0] == "role" else term
    ids, why = ((inner[1],), ()) if inner[0] == "department" else _ids(source, term)
    name = ", ".join(ids) or "nobody"
    of: dict[str, Any] = {"departments" if inner[0] == "department" else "people": list(ids)}
    heads = _hierarchy(source).heads(**of, levels=levels, connection=source.connection) if ids else ()
    return _joined([_told(f"{what} of the department of {name}", heads)], why)


def _chain_of(source: _Source, term: Term, levels: int, end: Term | None, amount: Term | None) -> _Found:
    """The managers above, nearest first: so many, or up to the first who is at the end; nobody where none is."""
    ids, why = _ids(source, term)
    last = _look_up(source, end) if end else None
    ends = None if last is None else {person.id for person in last.people}
    parts = [_chain(source, who, levels, ends, amount) for who in ids]
    return _joined(parts, (*why, *(last.why if last else ())))


def _chain(source: _Source, who: str, levels: int, ends: set[str] | None, amount: Term | None) -> _Found:
    found = list(_hierarchy(source).managers(who, connection=source.connection))
    what = f"managers above {who}"
    if levels:
        return _told(what, found[:levels])
    if amount:
        what += f" up to a limit for {_spoken(amount)}"
        ends = _covering(source, [person.id for person in found], amount)
    last = next((n for n, person in enumerate(found, 1) if person.id in (ends or ())), 0)
    return _told(what, found[:last])


def _within(source: _Source, term: Term, amount: Term) -> _Found:
    found = _look_up(source, term)
    able = _covering(source, [person.id for person in found.people], amount)
    kept = tuple(person for person in found.people if person.id in able)
    names = ", ".join(dict.fromkeys(person.id for person in kept)) or "nobody"
    return _Found(kept, (*found.why, f"with a limit for {_spoken(amount)} → {names}"))


def _covering(source: _Source, ids: Sequence[str], amount: Term) -> set[str]:
    """Of these persons those whose limit covers the amount; nobody where it is not known yet."""
    category, number, currency = amount
    mandates = _mandates(source)
    if number is None or not ids:
        return set()
    limits = mandates.limits(tuple(dict.fromkeys(ids)), connection=source.connection)
    return {each.holder for each in limits if each.covers(category, Decimal(number), currency)}


def _signing(source: _Source, amount: Term, verb: str, term: Term | None = None) -> _Found:
    """Who signs such an amount, in order; nobody where one of the seats has nobody in it."""
    category, number, currency = amount
    mandates = _mandates(source)
    ids, why = _ids(source, term) if term else ((), ())
    what = f"authority for {_spoken(amount)} to {verb}"
    if number is None:
        return _Found((), (*why, f"{what} → nobody"))
    seats = mandates.signing(
        category, Decimal(number), currency, people=tuple(ids), connection=source.connection
    )
    mine = [seat for seat in seats if seat.verb == verb]
    full = all(seat.people for seat in mine)
    found = [person for seat in mine for person in seat.people] if full else []
    return _joined([_told(what, found)], why)


def _among(source: _Source, term: Term, pool: Term) -> _Found:
    """Those of a term who are in the pool too."""
    found, allowed = _look_up(source, term), _look_up(source, pool)
    ids = {person.id for person in allowed.people}
    return _without(found, lambda who: who not in ids)


def _spoken(amount: Term) -> str:
    category, number, currency = amount
    return (
        f"{category} {number} {currency}".strip()
        if number is not None
        else f"{category} of an unknown amount"
    )


_TERMS: Mapping[str, Callable[..., _Found]] = {
    "person": _person,
    "group": _group,
    "groups": _groups,
    "lead_of": _lead_of,
    "manager_of": _manager_of,
    "people": _people,
    "admins": _admins,
    "role": _role,
    "except": _except,
    "else": _else,
    "department": _department,
    "title": _title,
    "head_of": _head_of,
    "chain_of": _chain_of,
    "within": _within,
    "signing": _signing,
    "among": _among,
}
