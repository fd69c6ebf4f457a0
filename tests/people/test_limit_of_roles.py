"""Somebody who is asked in several roles decides in one in which he still may."""

from typing import Any

import pytest

from signoff.errors import Refused
from signoff.kernel.events.gate import VoteCast
from signoff.store.organisation import Organisation
from signoff.store.people import Individual
from signoff.testing import Case, Sandbox
from tests.people.firm import grant, up_to
from tests.people.test_substitutes import replaced

PROCESS = """
signoff: 1
process: purchase
lang: en
data: {amount: {type: money, default: 100}}
roles:
  clerk: {group: clerks}
  boss: {group: bosses, limit: {for: budget, covers: amount}}
  chief: {group: chiefs}
start: {by: [clerk], form: {edit: [amount]}}
steps:
  - step: ask
    owner: clerk
    form: {edit: [amount]}
    approve: [{by: ROLES, need: NEED}]
"""
PEOPLE: dict[str, dict[str, Any]] = {
    "ann": {"groups": ["clerks"]},
    "cat": {"groups": ["bosses", "chiefs"], "limits": {"budget": 1000}},
    "dan": {"groups": ["chiefs"]},
    "fay": {},
}


def play(roles: str, need: str, *groups: str, limit: int = 10) -> Case:
    """A purchase of 100 at its gate, when cat is suddenly in these groups only, and may decide on less."""
    given = Organisation(grants={"G": grant("G", "cat", "fay")})
    box = Sandbox("2027-01-05T04:00Z", people=PEOPLE, organisation=given)
    box.deploy(PROCESS.replace("ROLES", roles).replace("NEED", need))
    case = box.start("purchase", by="ann")
    case.submit("ask", by="ann")
    replaced(case, Individual(id="cat", groups=groups, limits=(up_to(limit, holder="cat"),)))
    return case


def voted_as(case: Case) -> list[str]:
    return [event.role for event in case.events if isinstance(event, VoteCast)]


@pytest.mark.parametrize("by", ["cat", "fay"])
def test_a_limit_that_is_too_small_in_one_role_does_not_stand_against_another(by: str) -> None:
    """approvals §3.15: the record names the role that carries the decision; a substitute decides by it too."""
    case = play("[boss, chief]", "any", "bosses", "chiefs")
    case.approve("ask", by=by)
    assert voted_as(case) == ["chief"]


def test_the_first_role_that_carries_it_is_the_one_that_is_recorded() -> None:
    case = play("[boss, chief]", "any", "bosses", "chiefs", limit=100)
    case.approve("ask", by="cat")
    assert voted_as(case) == ["boss"]


@pytest.mark.parametrize(
    ("roles", "need", "groups", "code"),
    [
        ("[boss, chief]", "any", ("bosses",), "beyond_limit"),
        ("[chief, boss]", "each", ("bosses", "chiefs"), "beyond_limit"),
        ("[boss, chief]", "any", (), "role_lost"),
    ],
)
def test_no_role_that_carries_it_or_one_too_few_where_roles_are_counted(
    roles: str, need: str, groups: tuple[str, ...], code: str
) -> None:
    case = play(roles, need, *groups)
    with pytest.raises(Refused) as refused:
        case.approve("ask", by="cat")
    assert refused.value.code == code
