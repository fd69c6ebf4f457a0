"""The tally of one entry: passed, declined, or open. Pure; no machine, no state change.

Quorum and decline policy are independent: here only the quorum counts. An entry is declined as soon as enough
can no longer say yes, and every vote is another natural person's. Must import kernel.state and model.gate.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from signoff.kernel.state import Decision, Entry, Person, Vote
from signoff.model.gate import Approval, Need, NeedKind


class Verdict(StrEnum):
    OPEN = "open"
    PASSED = "passed"
    DECLINED = "declined"


def tally(approval: Approval, entry: Entry) -> Verdict:
    """The verdict over a roster frozen when the entry opened; an empty roster stays open."""
    enough = _measure(approval, entry)
    yes = frozenset(approvers(entry.votes))
    if entry.roster and enough(yes):
        return Verdict.PASSED
    no = entry.votes.keys() - yes
    if no and not enough(frozenset(p.id for p in entry.roster) - no):
        return Verdict.DECLINED
    return Verdict.OPEN


def possible(approval: Approval, entry: Entry) -> bool:
    """Whether those who are asked are enough to pass it; if not, an administrator has to appoint people."""
    return _measure(approval, entry)(frozenset(p.id for p in entry.roster))


def wanted(approval: Approval, entry: Entry) -> int:
    """How many yes this entry needs."""
    if approval.need.kind is NeedKind.EACH:
        return len(approval.by)
    return needed(approval.need, len({p.id for p in entry.roster}))


def _measure(approval: Approval, entry: Entry) -> "_each | _count":
    if approval.need.kind is NeedKind.EACH:
        return _each(approval.by, entry.roster)
    return _count(wanted(approval, entry))


def needed(need: Need, people: int) -> int:
    """How many yes an entry needs of so many people; a percentage is rounded up."""
    match need.kind:
        case NeedKind.ALL:
            return people
        case NeedKind.COUNT:
            return need.number
        case NeedKind.PERCENT:
            return max(1, -(-people * need.number // 100))
        case _:
            return 1


def outstanding(entry: Entry) -> tuple[str, ...]:
    """Who may still vote, in roster order."""
    return tuple(dict.fromkeys(p.id for p in entry.roster if p.id not in entry.votes))


class _count:  # noqa: N801 - reads as the function it is
    __slots__ = ("least",)

    def __init__(self, least: int) -> None:
        self.least = max(least, 1)  # nobody is not enough

    def __call__(self, voters: frozenset[str]) -> bool:
        return len(voters) >= self.least


class _each:  # noqa: N801 - reads as the function it is
    """One yes for each role, each by another person: a matching of roles to voters."""

    __slots__ = ("holders", "roles")

    def __init__(self, roles: tuple[str, ...], roster: Iterable[Person]) -> None:
        self.roles = roles
        self.holders: dict[str, list[str]] = {role: [] for role in roles}
        for person in roster:
            self.holders.setdefault(person.role, []).append(person.id)

    def __call__(self, voters: frozenset[str]) -> bool:
        taken: dict[str, str] = {}
        return all(self._place(role, voters, taken, set()) for role in self.roles)

    def _place(self, role: str, voters: frozenset[str], taken: dict[str, str], tried: set[str]) -> bool:
        for person in self.holders[role]:
            if person in voters and person not in tried:
                tried.add(person)
                if person not in taken or self._place(taken[person], voters, taken, tried):
                    taken[person] = role
                    return True
        return False


def approvers(votes: Mapping[str, Vote]) -> tuple[str, ...]:
    return tuple(p for p, vote in votes.items() if vote.decision is Decision.YES)
