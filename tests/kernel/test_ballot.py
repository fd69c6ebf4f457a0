"""The tally against brute force: every need, up to four voters, every course of the vote."""

from collections.abc import Callable
from itertools import product

import pytest

from signoff.kernel.ballot import Verdict, possible, tally
from signoff.kernel.state import Decision, Entry, EntryStatus, Person, Vote
from signoff.model.gate import Approval, Meaning, Need, NeedKind, Strength
from tests.kernel.people import NOON

NEEDS = [
    Need(NeedKind.ANY),
    Need(NeedKind.ALL),
    *(Need(NeedKind.COUNT, n) for n in range(1, 6)),
    *(Need(NeedKind.PERCENT, n) for n in (1, 25, 33, 34, 50, 51, 66, 67, 75, 76, 99, 100)),
]
CHOICES = (None, Decision.YES, Decision.NO)


def entry(roster: list[Person], votes: dict[str, Decision | None]) -> Entry:
    cast = {
        p: Vote(p, d, NOON, "", Meaning.APPROVE, Strength.ASSERTED) for p, d in votes.items() if d is not None
    }
    return Entry(EntryStatus.OPEN, NOON, "", roster, cast)


def enough(need: Need, people: int, yes: int) -> bool:
    match need.kind:
        case NeedKind.ANY:
            return yes >= 1
        case NeedKind.ALL:
            return yes == people
        case NeedKind.COUNT:
            return yes >= need.number
    return yes >= 1 and yes * 100 >= need.number * people


def oracle(
    verdict: Callable[[set[str]], bool], voters: list[str], votes: dict[str, Decision | None]
) -> Verdict:
    """Passed when it is enough now; declined when no way of voting on makes it enough; else open."""
    yes = {p for p, d in votes.items() if d is Decision.YES}
    if voters and verdict(yes):
        return Verdict.PASSED
    waiting = [p for p in voters if votes[p] is None]
    futures = [
        yes | {p for p, y in zip(waiting, more, strict=True) if y}
        for more in product((True, False), repeat=len(waiting))
    ]
    if any(d is Decision.NO for d in votes.values()) and not any(verdict(f) for f in futures):
        return Verdict.DECLINED
    return Verdict.OPEN


@pytest.mark.parametrize("need", NEEDS, ids=lambda n: f"{n.kind}-{n.number}")
@pytest.mark.parametrize("size", range(5))
def test_the_tally_is_that_of_brute_force(need: Need, size: int) -> None:
    voters = [f"p{n}" for n in range(size)]
    roster = [Person(p, role="r") for p in voters]
    for course in product(CHOICES, repeat=size):
        votes = dict(zip(voters, course, strict=True))
        approval = Approval(by=("r",), need=need)
        wanted = oracle(lambda yes: enough(need, size, len(yes)), voters, votes)
        assert tally(approval, entry(roster, votes)) is wanted, votes


HOLDINGS = list(product((("a",), ("b",), ("a", "b")), repeat=3)) + list(
    product((("a",), ("b",), ("c",), ("a", "b"), ("b", "c")), repeat=2)
)


@pytest.mark.parametrize("holdings", HOLDINGS, ids=str)
def test_each_role_needs_a_person_of_its_own(holdings: tuple[tuple[str, ...], ...]) -> None:
    roles = tuple(sorted({role for held in holdings for role in held} | {"a"}))
    voters = [f"p{n}" for n in range(len(holdings))]
    held = dict(zip(voters, holdings, strict=True))
    roster = [Person(p, role=role) for p in voters for role in held[p]]

    def covered(yes: set[str]) -> bool:
        """Some way of giving each role a yes of somebody else."""
        people = sorted(yes)
        return any(
            len(set(given)) == len(given)
            and all(role in held[p] for role, p in zip(roles, given, strict=True))
            for given in product(people, repeat=len(roles))
        )

    approval = Approval(by=roles, need=Need(NeedKind.EACH))
    for course in product(CHOICES, repeat=len(voters)):
        votes = dict(zip(voters, course, strict=True))
        found = entry(roster, votes)
        assert tally(approval, found) is oracle(covered, voters, votes), votes
        assert possible(approval, found) is covered(set(voters))


def test_a_roster_that_is_empty_decides_nothing() -> None:
    for need in NEEDS:
        assert tally(Approval(by=("r",), need=need), entry([], {})) is Verdict.OPEN
