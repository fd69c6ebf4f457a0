"""The tally against an oracle of its own: every policy, every set of answers that can come about."""

from itertools import chain, combinations, product

import pytest

from signoff.kernel.ballot import gathered, possible, tally, wanted
from signoff.kernel.state import Decision, Entry, EntryStatus, Person, Vote
from signoff.model.gate import Approval, Meaning, Need, NeedKind, Strength
from tests.kernel.people import NOON
from tests.kernel.votes import Policy, enough, tables

DECISIONS = {"y": Decision.YES, "n": Decision.NO, "a": Decision.ABSTAIN}
PERCENTS = (1, 25, 33, 34, 50, 51, 66, 67, 75, 76, 99, 100)
WEIGHTS = ((1, 1, 1, 1, 1), (3, 1, 1, 1, 1), (2, 2, 1, 1, 0), (5, 4, 3, 2, 1), (0, 0, 0, 1, 7))
HOLDINGS = tuple(
    chain(
        product(("a", "b", "ab"), repeat=3),
        product(("a", "b", "c", "ab", "bc"), repeat=2),
        [
            ("a", "ab", "bc", "c"),
            ("ab", "ab", "c", "c"),
            ("abc", "a", "a", "ab"),
            ("ab", "bc", "ac", "a", "b"),
        ],
    )
)


def needs(people: int) -> list[Policy]:
    return [
        Policy("any"),
        Policy("all"),
        Policy("all in turn"),
        Policy("first"),
        *(Policy("count", n) for n in range(1, people + 2)),
        *(Policy("percent", n) for n in PERCENTS),
        *(Policy("percent", n, weights=w[:people]) for n in PERCENTS for w in WEIGHTS if any(w[:people])),
        *(Policy("each", roles=held) for held in HOLDINGS if len(held) == people),
    ]


def policies(people: int) -> list[Policy]:
    """Every need, with every set of people who have a veto, hearing all or not."""
    vetoes = [frozenset(v) for n in range(people + 1) for v in combinations(range(people), n)]
    return [
        Policy(need.need, need.number, veto, wait_all, need.weights, need.roles)
        for need in needs(people)
        for veto in vetoes
        for wait_all in (False, True)
        if not (wait_all and need.need == "first")  # contradicts itself: does not compile
    ]


def approval(policy: Policy) -> Approval:
    """Each voter has a role of his own, so that weights and vetoes can differ; those of `each` share theirs."""
    kind = NeedKind(policy.need)
    held = sorted({role for roles in policy.roles for role in roles})
    by = tuple(held) if held else ("r0", "r1", "r2", "r3", "r4")
    weights = tuple((f"r{n}", weight) for n, weight in enumerate(policy.weights))
    veto = tuple(f"r{n}" for n in sorted(policy.veto))
    return Approval(by, need=Need(kind, policy.number), weights=weights, veto=veto, wait_all=policy.wait_all)


def roster(policy: Policy, people: int) -> list[Person]:
    """With `each` a person stands there once for each role, and once more to have the veto that is tried."""
    found = [Person(f"p{n}", role=role) for n, roles in enumerate(policy.roles) for role in roles]
    return found + [Person(f"p{n}", role=f"r{n}") for n in range(people)]


def entry(people: list[Person], answers: frozenset[tuple[int, str]]) -> Entry:
    votes = {
        f"p{n}": Vote(f"p{n}", DECISIONS[answer], NOON, "", Meaning.APPROVE, Strength.ASSERTED)
        for n, answer in answers
    }
    return Entry(EntryStatus.OPEN, NOON, "", people, votes)


def compare(people: int, every: int = 1) -> int:
    """Check the tally for every so-many-th policy; how many sets of answers were compared."""
    compared = 0
    for policy in policies(people)[::every]:
        asked, found = approval(policy), roster(policy, people)
        for answers, says in tables(policy, people).items():
            assert tally(asked, entry(found, answers)).value == says, (policy, sorted(answers))
            compared += 1
    return compared


@pytest.mark.parametrize("people", range(4))
def test_the_tally_is_that_of_the_oracle(people: int) -> None:
    assert compare(people) > 0


def test_the_tally_of_five_is_that_of_the_oracle_for_a_part_of_the_policies() -> None:
    assert compare(5, every=211) > 10_000


@pytest.mark.exhaustive
@pytest.mark.parametrize("people", [4, 5])
def test_the_tally_is_that_of_the_oracle_for_all_policies_and_up_to_five_voters(people: int) -> None:
    assert compare(people) > 100_000


@pytest.mark.parametrize("people", range(1, 6))
def test_a_policy_can_be_met_exactly_when_all_the_voters_together_meet_it(people: int) -> None:
    for policy in needs(people):
        asked = approval(policy)
        found = entry(roster(policy, people), frozenset())
        assert possible(asked, found) is enough(policy, people, frozenset(range(people))), policy


def test_what_is_told_of_the_count_are_weights_where_votes_weigh() -> None:
    policy = Policy("percent", 60, weights=(3, 1, 1))
    asked, found = approval(policy), entry(roster(policy, 3), frozenset({(0, "y"), (1, "n")}))
    assert (gathered(asked, found), wanted(asked, found)) == (3, 3)


def test_a_person_of_two_roles_weighs_what_the_heavier_one_gives_and_only_once() -> None:
    asked = Approval(("chair", "member"), need=Need(NeedKind.PERCENT, 50), weights=(("chair", 3),))
    people = [Person("xia", role="member"), Person("xia", role="chair"), Person("yan", role="member")]
    assert wanted(asked, Entry(EntryStatus.OPEN, NOON, "", people)) == 2


def test_a_roster_that_is_empty_decides_nothing() -> None:
    for policy in needs(1):
        assert tally(approval(policy), entry([], frozenset())).value == "open"
