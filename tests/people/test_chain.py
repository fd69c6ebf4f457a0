"""A chain of managers up to a limit: nothing passes without the one whose limit covers the amount."""

import pytest

from signoff.errors import Refused
from signoff.store.people import Individual
from signoff.testing import Case, Sandbox
from tests.people.firm import up_to
from tests.people.test_substitutes import refused, replaced

PROCESS = """
signoff: 1
process: purchase
lang: en
data: {amount: {type: money}}
roles:
  clerk: {group: clerks}
  asker: {is: starter}
  line: {chain_of: asker, limit: {for: budget, covers: amount}}
  treasurer: {person: rich}
start: {by: [clerk], form: {fill: [amount]}}
steps:
  - step: ask
    owner: clerk
    checklist: [Asked]
    approve: [{by: line, need: NEED, allow: [transfer, add_beside], add_from: treasurer}]
"""
PEOPLE = {
    "ann": {"groups": ["clerks"], "manager": "low"},
    "low": {"manager": "high", "limits": {"budget": 100}},
    "high": {"limits": {"budget": 1000}},
    "eve": {"admin": True},
    "rich": {"limits": {"budget": 9000}},
}


def play(need: str) -> Case:
    """500 that ann asks for: low may decide on 100, high on 1000."""
    box = Sandbox("2027-01-05T04:00Z", people=PEOPLE)
    box.deploy(PROCESS.replace("NEED", need))
    case = box.start("purchase", {"amount": "500"}, by="ann")
    case.submit("ask", by="ann")
    return case


@pytest.mark.parametrize("need", ["all", "all in turn"])
def test_of_a_chain_only_the_last_has_to_cover_the_amount(need: str) -> None:
    case = play(need)
    case.approve("ask", by="low")
    case.approve("ask", by="high")
    assert case.status == "completed"


@pytest.mark.parametrize("need", ["any", "first", "1", "50%", "each"])
def test_where_not_all_are_needed_every_yes_has_to_cover_it(need: str) -> None:
    case = play(need)
    assert refused(case, "low") == "beyond_limit"
    case.approve("ask", by="high")
    assert case.status == "completed"


@pytest.mark.parametrize("need", ["all", "all in turn"])
def test_the_one_who_covers_it_is_not_taken_off_after_the_others_have_said_yes(need: str) -> None:
    case = play(need)
    case.approve("ask", by="low")
    with pytest.raises(Refused) as found:
        case.remove_signer("ask", "high", by="eve")
    assert found.value.code == "too_few_left"
    assert case.status == "running"


def test_without_the_one_who_covers_it_the_next_would_have_to() -> None:
    case = play("all")
    case.remove_signer("ask", "high", by="eve")
    assert refused(case, "low") == "beyond_limit"


def test_a_signer_beside_the_last_does_not_stand_in_for_his_limit() -> None:
    case = play("all")
    case.add_signers("ask", "rich", by="high", place="beside")
    replaced(case, Individual(id="high", limits=(up_to(10, holder="high"),)))
    assert refused(case, "high") == "beyond_limit"
