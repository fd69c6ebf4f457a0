"""Who may decide up to how much, and who stands in for whom: frozen values of a directory, and what they answer.

Amounts are exact; instants are in UTC; every span of time has its beginning and not its end. Must import nothing
of signoff.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

HOPS = 3  # the longest way from a person to the one who acts: A's substitute, and that one's, and that one's


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to which amount, itself included, somebody decides in a category; `amount` None: without limit.

    An empty `currency` is whichever the process counts in. `holder` is a person, or whatever the limit hangs on.
    """

    category: str
    amount: Decimal | None = None
    currency: str = ""
    holder: str = ""

    def covers(self, category: str, amount: Decimal, currency: str) -> bool:
        """Whether this much of that category, in that currency, lies within."""
        fits = self.category == category and self.currency in ("", currency)
        return fits and (self.amount is None or amount <= self.amount)


@dataclass(frozen=True, slots=True)
class Grant:
    """`substitute` may act for `principal` from `since` on and before `until`, within what it names.

    Empty means whatever: of `process`, `step`, `category`. `most` is the largest amount, itself included.
    `onward`: whoever stands in for the substitute may use it too.
    """

    id: str
    principal: str
    substitute: str
    since: datetime
    until: datetime
    process: str = ""
    step: str = ""
    category: str = ""
    most: Decimal | None = None
    currency: str = ""
    onward: bool = False
    reason: str = ""

    def in_force(self, at: datetime) -> bool:
        return self.since <= at < self.until

    def reaches(self, process: str, step: str) -> bool:
        """Whether it may be used at this step of this process."""
        return self.process in ("", process) and self.step in ("", step)


@dataclass(frozen=True, slots=True)
class Authority:
    """What somebody may do beyond belonging to groups: own limits and those of whom he stands in for, and the grants.

    Captured when a command is carried out; `grants` are all that lead to the person, over others too. `groups`: in
    which groups each of those is from whom they come; who is not there is not known.
    """

    limits: tuple[Limit, ...] = ()
    grants: tuple[Grant, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    lapsed: tuple[Grant, ...] = ()  # straight to the person, and not in force: over, or still to come

    def covers(self, person: str, category: str, amount: Decimal, currency: str) -> bool:
        """Whether a limit of this person covers the amount."""
        return any(each.holder == person and each.covers(category, amount, currency) for each in self.limits)


class Verb(StrEnum):
    """What somebody in a table of authority does with an amount."""

    REVIEW = "review"
    APPROVE = "approve"
    ACKNOWLEDGE = "acknowledge"


class SignerKind(StrEnum):
    PERSON = "person"
    GROUP = "group"
    TITLE = "title"
    HEAD = "head"  # of a department


@dataclass(frozen=True, slots=True)
class Signer:
    """One seat of a band: who, and what is asked."""

    kind: SignerKind
    holder: str
    verb: Verb = Verb.APPROVE


@dataclass(frozen=True, slots=True)
class Band:
    """A row of a table of authority: from `least` on and `below` that (None: without end), these sign in order.

    `department` empty: wherever no row of the department itself speaks of the category.
    """

    category: str
    least: Decimal
    below: Decimal | None
    currency: str
    signers: tuple[Signer, ...]
    department: str = ""

    def holds(self, amount: Decimal) -> bool:
        return self.least <= amount and (self.below is None or amount < self.below)


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody comes to act for `principal`: the grants from the principal down to the one who acts."""

    principal: str
    grants: tuple[Grant, ...]

    @property
    def id(self) -> str:
        """The grants by their ids, in order."""
        return " > ".join(grant.id for grant in self.grants)

    @property
    def passed_on(self) -> bool:
        """Whether every grant but the last may be used by who stands in for its substitute."""
        return all(grant.onward for grant in self.grants[:-1])


def leading(grants: Iterable[Grant], who: str) -> tuple[Grant, ...]:
    """The grants that lead to a person, over at most HOPS others; each once, the nearest first."""
    given = list(grants)
    found: dict[str, Grant] = {}
    ends = {who}
    for _ in range(HOPS):
        step = [grant for grant in given if grant.substitute in ends]
        found |= {grant.id: grant for grant in step if grant.id not in found}
        ends = {grant.principal for grant in step}
    return tuple(found.values())


def ways(grants: Iterable[Grant], who: str, at: datetime) -> Iterator[Way]:
    """Every way in force at that instant on which `who` may be acting for somebody, the shortest first.

    None is longer than HOPS, and none comes back to somebody who is on it already.
    """
    given = [grant for grant in grants if grant.in_force(at)]
    found = [Way(grant.principal, (grant,)) for grant in given if grant.substitute == who != grant.principal]
    for _ in range(HOPS):
        yield from found
        found = [
            Way(grant.principal, (grant, *way.grants))
            for way in found
            for grant in given
            if grant.substitute == way.principal and not _met(way, who, grant.principal)
        ]


def _met(way: Way, who: str, person: str) -> bool:
    return person == who or any(person in (grant.principal, grant.substitute) for grant in way.grants)


def circle(grants: Iterable[Grant]) -> tuple[str, ...]:
    """The persons of a ring in which grants lead back to their principal at the same time; empty: there is none.

    Only grants that may be passed on lead further, so two who stand in for each other are no ring.
    """
    given = list(grants)
    for first in given:
        paths: list[tuple[Grant, ...]] = [(first,)] if first.onward else []
        while paths:
            path = paths.pop()
            for grant in given:
                if grant.principal != path[-1].substitute or not _together((*path, grant)):
                    continue
                if grant.substitute == first.principal and grant.onward:
                    return (*(each.principal for each in (*path, grant)), first.principal)
                if grant.onward and grant.substitute not in {each.principal for each in path}:
                    paths.append((*path, grant))
    return ()


def _together(grants: tuple[Grant, ...]) -> bool:
    return max(grant.since for grant in grants) < min(grant.until for grant in grants)
