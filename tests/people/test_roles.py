"""Roles of the language: what each expression finds, what it falls back to, and what can never be found."""

from dataclasses import asdict
from typing import Any

import pytest

from signoff.errors import InvalidDefinition
from signoff.kernel.events.task import RosterResolved
from signoff.notation.yaml import read
from signoff.store.organisation import Organisation
from signoff.testing import Sandbox
from tests.people.firm import BANDS, DEPARTMENTS, GRANTS, LIMITS, PERSONS

PROCESS = """
signoff: 1
process: p
lang: en
data:
  amount: {type: money, optional: true}
  euros: {type: money, currency: EUR, default: 1}
  who: {type: person, optional: true}
  crew: {list_of: person, default: []}
  note: {type: text, default: ""}
roles:
  me: {is: starter}
  staff: {group: staff}
  boss: {title: 总经理}
  x: ROLE
start: {by: [staff], form: {edit: [amount, who, crew, euros, note]}}
steps:
  - step: do
    owner: x
    checklist: [done]
"""
ORGANISATION = Organisation(
    {each.id: each for each in DEPARTMENTS}, LIMITS, {each.id: each for each in GRANTS}, BANDS
)


def sandbox() -> Sandbox:
    people = {each.id: {k: v for k, v in asdict(each).items() if k != "limits"} for each in PERSONS}
    for each in PERSONS:
        people[each.id]["limits"] = each.limits
    return Sandbox("2027-01-05T04:00Z", people=people, organisation=ORGANISATION)


def roster(role: str, by: str = "amy", **data: Any) -> list[str]:
    """Who is asked to do the step, in their order."""
    box = sandbox()
    box.deploy(PROCESS.replace("ROLE", role))
    case = box.start("p", data, by=by)
    assert case.incidents == []
    return [p.id for each in case.situation.state.activities.values() for p in each.roster]


@pytest.mark.parametrize(
    ("role", "people"),
    [
        ("{manager_of: me, levels: 2}", ["vp"]),
        ("{manager_of: me, levels: 9}", []),
        ("{chain_of: me, levels: 2}", ["lead", "vp"]),
        ("{chain_of: me, levels: 9}", ["lead", "vp", "gm"]),
        ("{chain_of: me, up_to: boss}", ["lead", "vp", "gm"]),
        ("{chain_of: me, up_to: staff}", []),
        ("{chain_of: me, limit: {for: budget, covers: amount}}", ["lead", "vp"]),
        ("{chain_of: me, limit: {for: travel, covers: amount}, if_empty: boss}", ["gm"]),
        ("{group: staff, limit: {for: budget, covers: amount}}", []),
        ("{title: 总监, limit: {for: budget, covers: amount / 10}}", ["lead", "deputy"]),
        ("{department: east}", ["amy", "bo"]),
        ("{department: nowhere}", []),
        ("{title: 总监}", ["lead", "deputy"]),
        ("{head_of: me}", ["lead"]),
        ("{head_of: me, levels: 2}", ["gm"]),
        ("{head_of: me, levels: 3}", []),
        ("{field: who}", ["vp"]),
        ("{expression: who}", ["vp"]),
        ('{expression: "crew if amount > 5 else [who]"}', ["bo", "gm"]),
        ("{authority: {for: ads, covers: amount}}", ["gm"]),
        ("{authority: {for: ads, covers: amount, as: review}}", ["lead", "deputy"]),
        ("{authority: {for: ads, covers: 4999}}", ["lead"]),
        ("{authority: {for: ads, covers: amount, of: me}}", ["vp", "bo"]),
        ("{authority: {for: void, covers: amount}, if_empty: boss}", ["gm"]),
    ],
)
def test_a_role_finds_its_people_in_order(role: str, people: list[str]) -> None:
    assert roster(role, amount="50000", who="vp", crew=["bo", "gm"]) == people


def test_who_heads_the_department_is_answered_for_by_the_one_above() -> None:
    assert roster("{head_of: me}", by="bo") == ["amy"]
    assert roster("{head_of: me}", by="amy") == ["lead"]


def test_an_amount_that_is_not_known_yet_is_covered_by_nobody() -> None:
    assert roster("{chain_of: me, limit: {for: budget, covers: amount}}") == []
    assert roster("{group: staff, limit: {for: budget, covers: amount}, if_empty: boss}") == ["gm"]


def test_a_limit_counts_in_its_own_currency_only() -> None:
    assert roster("{person: vp, limit: {for: budget, covers: euros, currency: EUR}}") == []
    assert roster("{person: gm, limit: {for: budget, covers: amount}}", amount="1") == ["gm"]


def test_how_a_role_was_found_is_kept_with_it() -> None:
    box = sandbox()
    box.deploy(PROCESS.replace("ROLE", "{chain_of: me, limit: {for: budget, covers: amount}}"))
    case = box.start("p", {"amount": "50000"}, by="amy")
    told = [event.provenance for event in case.events if isinstance(event, RosterResolved)]
    assert told[0].startswith("x: managers above amy up to a limit for budget 50000.00 CNY → lead, vp")


def test_a_directory_without_an_organisation_says_so_in_an_incident() -> None:
    class Bare:
        """Answers what every directory answers, and no more."""

        def __init__(self, inner: Any) -> None:
            for name in (
                "person",
                "contact",
                "members",
                "leads",
                "manager",
                "admins",
                "groups",
                "standing",
                "login",
            ):
                setattr(self, name, getattr(inner, name))

    box = sandbox()
    box.engine.core.directory = Bare(box.engine.core.directory)  # type: ignore[assignment]  # as a host's own is
    box.deploy(PROCESS.replace("ROLE", "{department: east}"))
    case = box.start("p", by="amy")
    assert [each.code for each in case.incidents] == ["directory_failed"]
    assert "departments" in str(case.incidents[0].params)


@pytest.mark.parametrize(
    ("role", "code", "what"),
    [
        ("{chain_of: me}", "R01", "exactly one end"),
        ("{chain_of: me, levels: 2, up_to: boss}", "R01", "exactly one end"),
        ("{chain_of: me, levels: 0}", "R01", "count from 1"),
        ("{chain_of: nobody, levels: 1}", "N06", "nobody"),
        ("{chain_of: me, up_to: x}", "G01", "x → x"),
        ("{head_of: x}", "G01", "x → x"),
        ("{group: staff, levels: 2}", "R01", "levels"),
        ("{group: staff, among: boss}", "R01", "among"),
        ("{group: staff, up_to: boss}", "R01", "up_to"),
        ("{group: staff, limit: {for: budget}}", "S01", "covers"),
        ("{group: staff, limit: {for: budget, covers: note}}", "R01", "no amount"),
        ("{group: staff, limit: {for: budget, covers: euros}}", "R01", "currency: EUR"),
        ("{group: staff, limit: {for: budget, covers: nothing}}", "N01", "nothing"),
        ("{expression: note}", "T08", "no person"),
        ("{expression: nothing}", "N01", "nothing"),
        ("{authority: {for: ads, covers: amount}, limit: {for: ads, covers: amount}}", "R01", "already"),
        ("{authority: {for: ads, covers: amount, as: nod}}", "S01", "nod"),
        ("{authority: {for: ads, covers: amount, of: nobody}}", "N06", "nobody"),
        ("{picked_by: nobody}", "N06", "nobody"),
        ("{picked_by: me, among: x}", "G01", "x → x"),
        ("{department: east, title: 总监}", "S01", "exactly one"),
    ],
)
def test_a_role_that_says_too_little_or_too_much_is_refused(role: str, code: str, what: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read(PROCESS.replace("ROLE", role))
    found = [(problem.code, problem.sentence()) for problem in refused.value.problems if not problem.warning]
    assert [each for each in found if each[0] == code and what in each[1]], found


def test_nobody_can_be_ruled_out_whom_only_the_directory_knows() -> None:
    text = PROCESS.replace("ROLE", "{title: 总监}") + "    approve: [{by: staff, not_by: [x]}]\n"
    with pytest.raises(InvalidDefinition) as refused:
        read(text)
    assert "G02" in [problem.code for problem in refused.value.problems]


def test_data_that_may_be_empty_is_warned_of_where_a_limit_reads_it() -> None:
    found = read(PROCESS.replace("ROLE", "{group: staff, limit: {for: budget, covers: amount}}"))
    assert "D02" in [each.code for each in found.warnings]


@pytest.mark.parametrize("role", ["{title: 总监}", "{department: sales}", "{manager_of: staff}"])
def test_nobody_waives_whom_only_the_directory_knows(role: str) -> None:
    """Refused when it is written: at work it would fit nobody, and nobody would be told why."""
    rule = "    require: [{id: low, rule: filled(amount), says: too dear, waive: [x]}]\n"
    with pytest.raises(InvalidDefinition) as refused:
        read(PROCESS.replace("ROLE", role) + rule)
    (found,) = [problem.sentence() for problem in refused.value.problems if problem.code == "G02"]
    assert found.startswith("For `waive` no directory is asked")
