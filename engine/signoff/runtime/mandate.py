"""What a directory may know beyond persons and groups: the organisation, limits and substitutes; two optional protocols.

A directory that lacks one of them is asked without it; who needs it there gets an incident that says so. The
built-in forms stand beside them: over the database, and in memory. May import store and model.authority.
"""

# ruff: noqa: ARG002 - the protocols have `connection`; a directory in memory reads in no transaction

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Protocol, runtime_checkable

from sqlalchemy import Connection

from signoff.kernel.state import Person
from signoff.model.authority import Authority, Band, Grant, Limit, Signer, SignerKind, Verb, leading
from signoff.store import authority
from signoff.store.authority import Step
from signoff.store.organisation import Department, Organisation, above
from signoff.store.people import Individual


@dataclass(frozen=True, slots=True)
class Signing:
    """One seat of a band of the table of authority: what is asked of whom; nobody in it is said by no people."""

    verb: Verb
    people: tuple[Person, ...]


@runtime_checkable
class Hierarchy(Protocol):
    """Who stands where. Every method gives active persons only, and costs one question."""

    def managers(self, who: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        """Everybody above a person, the nearest first; who left is passed over, a ring ends where it closes."""

    def department(self, name: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        """Who is in a department, in a stable order; not those of the departments below."""

    def heads(
        self,
        *,
        people: Sequence[str] = (),
        departments: Sequence[str] = (),
        levels: int = 1,
        connection: Connection | None = None,
    ) -> Sequence[Person]:
        """The heads of the departments of these persons, and of these departments; so many levels up.

        For who is at the head himself the department above counts.
        """

    def titled(self, title: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        """Who bears a title, in a stable order."""


@runtime_checkable
class Mandates(Protocol):
    """Up to how much somebody decides, and who stands in for whom. Each method costs one question."""

    def limits(self, people: Sequence[str], /, *, connection: Connection | None = None) -> Sequence[Limit]:
        """The limits of these persons, `holder` being the person."""

    def signing(
        self,
        category: str,
        amount: Decimal,
        currency: str,
        /,
        *,
        people: Sequence[str] = (),
        connection: Connection | None = None,
    ) -> Sequence[Signing]:
        """The seats of the band that the amount falls in, in order; of the department of one of `people` first."""

    def substitutes(
        self, principals: Sequence[str], at: datetime, /, *, connection: Connection | None = None
    ) -> Sequence[Grant]:
        """The grants of these persons that are in force at that instant, to active persons."""

    def powers(self, who: str, at: datetime, /, *, connection: Connection | None = None) -> Authority:
        """Every grant in force that leads to this person, over at most HOPS others; and the limits of all of them."""


@runtime_checkable
class Lapses(Protocol):
    """Which grants are over, or still to come; only to say so where somebody may not act."""

    def lapsed(self, who: str, at: datetime, /, *, connection: Connection | None = None) -> Sequence[Grant]:
        """The grants straight to this person that are not in force at that instant, what ended last first."""


def head(steps: Sequence[Step], levels: int) -> Individual | None:
    """Who is at the head so many levels up; whoever is at the head of the first departments himself is passed over."""
    ways = list(steps)
    while ways and ways[0].head is not None and ways[0].head.id == ways[0].start:
        ways.pop(0)
    return ways[levels - 1].head if len(ways) >= levels else None


def _heads(steps: Iterable[Step], levels: int) -> tuple[Person, ...]:
    found = (head(list(way), levels) for _, way in groupby(steps, key=lambda step: step.start))
    return tuple({each.id: each.snapshot() for each in found if each is not None}.values())


class StoredMandates:
    """Both protocols over signoff's own tables, for `SqlDirectory`."""

    _reading: Callable[[Connection | None], AbstractContextManager[Connection]]

    def managers(self, who: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        with self._reading(connection) as reading:
            return [each.snapshot() for each in authority.managers(reading, who)]

    def department(self, name: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        with self._reading(connection) as reading:
            return [each.snapshot() for each in authority.members(reading, name)]

    def heads(
        self,
        *,
        people: Sequence[str] = (),
        departments: Sequence[str] = (),
        levels: int = 1,
        connection: Connection | None = None,
    ) -> Sequence[Person]:
        with self._reading(connection) as reading:
            return _heads(authority.upwards(reading, people=people, departments=departments), levels)

    def titled(self, title: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        with self._reading(connection) as reading:
            return [each.snapshot() for each in authority.titled(reading, title)]

    def limits(self, people: Sequence[str], /, *, connection: Connection | None = None) -> Sequence[Limit]:
        with self._reading(connection) as reading:
            return authority.limits(reading, people)

    def signing(
        self,
        category: str,
        amount: Decimal,
        currency: str,
        /,
        *,
        people: Sequence[str] = (),
        connection: Connection | None = None,
    ) -> Sequence[Signing]:
        with self._reading(connection) as reading:
            found = authority.signing(reading, category, amount, currency, people)
        return [Signing(each.verb, tuple(p.snapshot() for p in each.people)) for each in found]

    def substitutes(
        self, principals: Sequence[str], at: datetime, /, *, connection: Connection | None = None
    ) -> Sequence[Grant]:
        with self._reading(connection) as reading:
            return authority.substitutes(reading, principals, at)

    def powers(self, who: str, at: datetime, /, *, connection: Connection | None = None) -> Authority:
        with self._reading(connection) as reading:
            return authority.powers(reading, who, at)

    def lapsed(self, who: str, at: datetime, /, *, connection: Connection | None = None) -> Sequence[Grant]:
        with self._reading(connection) as reading:
            return authority.lapsed(reading, who, at)


class HeldMandates:
    """Both protocols over an organisation in memory, for `StaticDirectory`."""

    _people: Mapping[str, Individual]
    _organisation: Organisation

    def managers(self, who: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        found: list[str] = []
        while (each := self._people.get(who)) and each.manager and each.manager not in found:
            found.append(who := each.manager)
        return self._active(found)

    def department(self, name: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        return self._active(id for id, each in self._people.items() if each.department == name)

    def heads(
        self,
        *,
        people: Sequence[str] = (),
        departments: Sequence[str] = (),
        levels: int = 1,
        connection: Connection | None = None,
    ) -> Sequence[Person]:
        starts = [(who, self._people[who].department) for who in people if who in self._people]
        starts += [(name, name) for name in departments]
        return _heads((step for start in starts for step in self._steps(*start)), levels)

    def titled(self, title: str, /, *, connection: Connection | None = None) -> Sequence[Person]:
        return self._active(id for id, each in self._people.items() if each.title == title)

    def limits(self, people: Sequence[str], /, *, connection: Connection | None = None) -> Sequence[Limit]:
        known = (self._people[who] for who in people if who in self._people)
        return [limit for each in known if each.active for limit in self._limits(each)]

    def signing(
        self,
        category: str,
        amount: Decimal,
        currency: str,
        /,
        *,
        people: Sequence[str] = (),
        connection: Connection | None = None,
    ) -> Sequence[Signing]:
        theirs = {self._people[who].department for who in people if who in self._people} - {""}
        bands = [
            each
            for each in self._organisation.bands or ()
            if each.category == category
            and each.currency in ("", currency)
            and each.holds(amount)
            and each.department in ("", *theirs)
        ]
        return [self._signing(each) for band in _nearest(bands) for each in band.signers]

    def substitutes(
        self, principals: Sequence[str], at: datetime, /, *, connection: Connection | None = None
    ) -> Sequence[Grant]:
        found = sorted(self._grants(at), key=lambda grant: grant.id)
        return [each for each in found if each.principal in principals and self._active([each.substitute])]

    def powers(self, who: str, at: datetime, /, *, connection: Connection | None = None) -> Authority:
        grants = leading((each for each in self._grants(at) if self._active([each.principal])), who)
        theirs = tuple(dict.fromkeys((who, *(grant.principal for grant in grants))))
        return Authority(tuple(self.limits(theirs)), grants)

    def lapsed(self, who: str, at: datetime, /, *, connection: Connection | None = None) -> Sequence[Grant]:
        given = [each for each in (self._organisation.grants or {}).values() if each.substitute == who]
        return sorted(
            (each for each in given if not each.in_force(at)), key=lambda each: each.until, reverse=True
        )

    def _grants(self, at: datetime) -> list[Grant]:
        return [grant for grant in (self._organisation.grants or {}).values() if grant.in_force(at)]

    def _active(self, ids: Iterable[str]) -> tuple[Person, ...]:
        found = (self._people[id] for id in ids if id in self._people)
        return tuple(each.snapshot() for each in found if each.active)

    def _steps(self, start: str, name: str) -> Iterable[Step]:
        departments = self._organisation.departments or {}
        for level, each in enumerate([name, *above(departments, name)] if name in departments else ()):
            yield Step(start, level, each, self._head(departments[each]))

    def _head(self, department: Department) -> Individual | None:
        found = self._people.get(department.head)
        return found if found is not None and found.active else None

    def _limits(self, each: Individual) -> Iterable[Limit]:
        own = {(limit.category, limit.currency) for limit in each.limits}
        yield from (_held_by(each.id, limit) for limit in each.limits)
        shared = self._organisation.limits or {}
        for holder in [*(("group", name) for name in each.groups), ("title", each.title)]:
            for limit in shared.get(holder, ()):
                if (limit.category, limit.currency) not in own:
                    yield _held_by(each.id, limit)

    def _signing(self, signer: Signer) -> Signing:
        if signer.kind is SignerKind.PERSON:
            return Signing(signer.verb, self._active([signer.holder]))
        if signer.kind is SignerKind.TITLE:
            return Signing(signer.verb, tuple(self.titled(signer.holder)))
        if signer.kind is SignerKind.HEAD:
            department = (self._organisation.departments or {}).get(signer.holder)
            return Signing(signer.verb, self._active([department.head] if department else ()))
        crew = (id for id, each in self._people.items() if signer.holder in each.groups)
        return Signing(signer.verb, self._active(crew))


def _nearest(bands: Sequence[Band]) -> Sequence[Band]:
    return [each for each in bands if each.department] or bands


def _held_by(who: str, limit: Limit) -> Limit:
    return Limit(limit.category, limit.amount, limit.currency, who)
