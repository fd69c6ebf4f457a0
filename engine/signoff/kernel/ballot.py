"""The tally of one entry: passed, declined, or open. Pure; no machine, no state change.

Quorum and decline policy are independent: here only the quorum counts. An entry is declined as soon as enough
can no longer say yes; an abstention is no yes. Every vote is another natural person's, whole numbers are compared
and nothing is rounded but the threshold, upwards. Must import kernel.seat, kernel.state and model.gate.
"""

from collections.abc import Mapping
from enum import StrEnum

from signoff.kernel import seat
from signoff.kernel.state import Decision, Entry, Vote
from signoff.model.gate import Approval, Need, NeedKind

_NOBODY: frozenset[str] = frozenset()


class Verdict(StrEnum):
    OPEN = "open"
    PASSED = "passed"
    DECLINED = "declined"


def tally(approval: Approval, entry: Entry) -> Verdict:
    """The verdict over a roster frozen when the entry opened; an empty roster stays open."""
    everybody = frozenset([p.id for p in entry.roster])
    if not entry.votes or not everybody:
        return Verdict.OPEN
    said = seat.said(entry, everybody)
    yes = frozenset([id for id, what in said.items() if what is Decision.YES])
    if approval.wait_all and len(said) < len(everybody):
        return Verdict.OPEN
    if approval.veto and _vetoed(approval, entry, said):
        return Verdict.DECLINED
    if approval.need.kind is NeedKind.FIRST:
        return _first(said, len(everybody))
    enough = _measure(approval, entry)
    if enough(yes):
        return Verdict.PASSED
    if len(said) > len(yes) and not enough(everybody - (said.keys() - yes)):
        return Verdict.DECLINED
    return Verdict.OPEN


def _vetoed(approval: Approval, entry: Entry, said: Mapping[str, Decision]) -> bool:
    """Whether somebody with a veto has said no; who was added has none."""
    return any(
        said.get(p.id) is Decision.NO and p.role in approval.veto and p.id not in entry.beside
        for p in entry.roster
    )


def _first(said: Mapping[str, Decision], people: int) -> Verdict:
    """The first answer decides; abstaining is none, and when all have abstained nobody can say yes any more."""
    answers = said.values()
    if Decision.YES in answers:
        return Verdict.PASSED
    return Verdict.DECLINED if Decision.NO in answers or len(said) == people else Verdict.OPEN


def possible(approval: Approval, entry: Entry, without: frozenset[str] = _NOBODY) -> bool:
    """Whether those who are asked are enough to pass it; if not, an administrator has to appoint people.

    `without`: whose votes, if they have not been cast, will never come.
    """
    return _measure(approval, entry)(frozenset(p.id for p in entry.roster) - (without - entry.votes.keys()))


def wanted(approval: Approval, entry: Entry) -> int:
    """How many yes this entry needs; with weights, how much they have to weigh."""
    if approval.need.kind is NeedKind.EACH:
        return len(approval.by) + len(entry.beside)
    if approval.weights:
        return needed(approval.need, sum(weights(approval, entry).values()))
    return needed(approval.need, len({p.id for p in entry.roster}))


def gathered(approval: Approval, entry: Entry) -> int:
    """How many yes there are; with weights, what they weigh."""
    yes = {p.id for p in entry.roster if seat.says(entry, p.id) is Decision.YES}
    if not approval.weights:
        return len(yes)
    weigh = weights(approval, entry)
    return sum(weigh[id] for id in yes)


def weights(approval: Approval, entry: Entry) -> dict[str, int]:
    """What the vote of each person weighs: the most that one of his roles gives, once; 1 for who was added."""
    table = dict(approval.weights)
    found: dict[str, int] = {}
    for person in entry.roster:
        weight = 1 if person.id in entry.beside else table.get(person.role, 1)
        found[person.id] = max(found.get(person.id, 0), weight)
    return found


def needed(need: Need, people: int) -> int:
    """How many yes an entry needs of so many people, or of so much weight; a percentage is rounded up."""
    match need.kind:
        case NeedKind.ALL | NeedKind.IN_TURN:
            return people
        case NeedKind.COUNT:
            return need.number
        case NeedKind.PERCENT:
            return max(1, -(-people * need.number // 100))
        case _:
            return 1


def outstanding(entry: Entry) -> tuple[str, ...]:
    """Whose move it is, in roster order."""
    return seat.asked(entry)


def _measure(approval: Approval, entry: Entry) -> "_each | _count | _weigh":
    if approval.need.kind is NeedKind.EACH:
        return _each(approval.by, entry)
    if approval.weights:
        return _weigh(weights(approval, entry), wanted(approval, entry))
    if approval.need.kind is NeedKind.ANY:
        return _ONE
    return _count(wanted(approval, entry))


class _count:  # noqa: N801 - reads as the function it is
    __slots__ = ("least",)

    def __init__(self, least: int) -> None:
        self.least = max(least, 1)  # nobody is not enough

    def __call__(self, voters: frozenset[str]) -> bool:
        return len(voters) >= self.least


_ONE = _count(1)


class _weigh:  # noqa: N801 - reads as the function it is
    __slots__ = ("least", "weights")

    def __init__(self, weights: Mapping[str, int], least: int) -> None:
        self.weights = weights
        self.least = max(least, 1)  # no weight at all is not enough

    def __call__(self, voters: frozenset[str]) -> bool:
        return sum(self.weights[id] for id in voters) >= self.least


class _each:  # noqa: N801 - reads as the function it is
    """One yes for each role, each by another person: a matching of roles to voters; and of each who was added."""

    __slots__ = ("added", "holders", "roles")

    def __init__(self, roles: tuple[str, ...], entry: Entry) -> None:
        self.roles = roles
        self.added = frozenset(entry.beside) if entry.beside else _NOBODY
        self.holders: dict[str, list[str]] = {role: [] for role in roles}
        for person in entry.roster:
            if person.id not in self.added:
                self.holders.setdefault(person.role, []).append(person.id)

    def __call__(self, voters: frozenset[str]) -> bool:
        taken: dict[str, str] = {}
        return self.added <= voters and all(self._place(role, voters, taken, set()) for role in self.roles)

    def _place(self, role: str, voters: frozenset[str], taken: dict[str, str], tried: set[str]) -> bool:
        for person in self.holders[role]:
            if person in voters and person not in tried:
                tried.add(person)
                if person not in taken or self._place(taken[person], voters, taken, tried):
                    taken[person] = role
                    return True
        return False


def approvers(votes: Mapping[str, Vote]) -> tuple[str, ...]:
    return tuple([p for p, vote in votes.items() if vote.decision is Decision.YES])
