"""Who is meant: every kind of role, what the instance knows of people, and what is missing before a gate opens."""

import pytest

from signoff.errors import NotAllowed, NotFound, WrongState
from signoff.kernel import missing
from signoff.kernel.commands import Submit
from signoff.kernel.missing import Missing
from signoff.kernel.sight import Sight
from signoff.kernel.state import Status
from signoff.model.nodes import HumanTask
from tests.kernel.desk import Desk
from tests.kernel.people import actor

ROLES = """
signoff: 1
process: p
lang: en
data:
  chosen: {type: person, optional: true}
  team: {list_of: person, default: []}
  loose: {type: text, default: ""}
roles:
  starter-of: {is: starter}
  worker: {group: workers}
  ben: {person: ben}
  maker: {is: owner of make}
  checkers: {is: approvers of make}
  picked: {field: chosen, if_empty: admin}
  crew: {field: team}
  lead: {lead_of: worker}
  manager: {manager_of: maker, levels: 2}
steps:
  - step: make
    owner: worker
    form: {edit: [chosen, team]}
    approve: {by: [lead, ben], need: 2}
  - {step: ask, owner: OWNER, checklist: [done]}
"""


def roster(owner: str, **data: object) -> set[str]:
    desk = Desk(ROLES.replace("OWNER", owner)).start("cat")
    desk.submit("make", "amy", **data)
    desk.approve("make", "xia")
    desk.approve("make", "ben")
    return {p.id for a in desk.state.activities.values() for p in a.roster}


@pytest.mark.parametrize(
    ("owner", "people"),
    [
        ("starter-of", {"cat"}),
        ("worker", {"amy", "ben", "cat"}),
        ("ben", {"ben"}),
        ("maker", {"amy"}),
        ("checkers", {"xia", "ben"}),
        ("picked", {"leo"}),
        ("crew", {"yan", "zoe"}),
        ("lead", {"xia"}),
        ("manager", {"zoe"}),
        ("[crew, ben]", {"yan", "zoe", "ben"}),
    ],
)
def test_every_kind_of_role_finds_its_people(owner: str, people: set[str]) -> None:
    assert roster(owner, chosen="leo", team=["yan", "zoe"]) == people


def test_a_field_that_is_empty_finds_nobody_and_an_administrator_appoints() -> None:
    assert roster("picked") == set()
    assert roster("crew") == set()


def test_who_may_start_by_a_role_that_leads_or_is_one_person() -> None:
    text = ROLES.replace("OWNER", "ben").replace("steps:", "start: {by: [lead, ben]}\nsteps:", 1)
    Desk(text).start("xia")
    Desk(text).start("ben")
    with pytest.raises(NotAllowed):
        Desk(text).start("amy")


def test_expressions_see_who_is_in_which_group_and_who_did_what() -> None:
    desk = Desk("""
data: {seen: {list_of: boolean, default: []}, who: {type: person, optional: true}, when: {type: datetime, optional: true}}
steps:
  - step: work
    owner: worker
    checklist: [done]
    approve: {by: boss}
  - step: next
    owner: lawyer
    checklist: [done]
    set:
      seen: "[member(starter, 'workers'), member(starter, 'bosses')]"
      who: "done_by('work')"
      when: "done_at('work')"
  - {step: last, owner: worker, checklist: [done]}
""").start("ben")
    desk.submit("work", "amy", ticks=["done"])
    desk.approve("work", "xia")
    desk.submit("next", "leo", ticks=["done"])
    assert desk.values("seen") == [True, False]
    assert desk.values("who")["id"] == "amy"
    assert desk.values("when") == desk.at


# what is missing --------------------------------------------------------------------------------------------

GATE = """
data: {price: {type: integer, default: 0}}
steps:
  - step: offer
    owner: worker
    form: {edit: [price]}
    approve: {by: leo}
  - step: write
    owner: worker
    form: {edit: [price]}
    require: [{id: R, rule: "price < 5", says: too dear}]
    approve: [{by: boss, need: 2}, {by: nobody}, {by: lawyer}]
"""


def why(desk: Desk, node: str) -> list[Missing]:
    record = desk.gate(node)
    sight = Sight(desk.world, desk.state, record.scope, desk.at)
    task = sight.node(node)
    assert isinstance(task, HumanTask)
    return missing.of_gate(sight, record, desk.state.activities.get(record.activity), task)


def codes(desk: Desk, node: str) -> list[str]:
    return [m.code for m in why(desk, node)]


def test_everything_that_a_gate_waits_for_is_said_with_whose_move_it_is() -> None:
    desk = Desk(GATE).start()
    desk.submit("offer")
    desk.approve("offer", "leo")
    desk.submit("write", price=4)
    found = why(desk, "write")
    assert [m.code for m in found] == [
        "approval_missing",
        "approval_later",
        "approval_later",
        "stale_approval",
    ]
    assert found[0].who == ("xia", "yan", "zoe")
    assert found[0].sentence() == "Waiting for boss to decide (approve): 0 of 2 have said yes."
    assert found[-1].who == ("leo",)
    desk.approve("write", "xia")
    assert why(desk, "write")[0].who == ("yan", "zoe")
    desk.approve("write", "yan")
    assert codes(desk, "write")[0] == "nobody_to_approve"
    desk.assign("write", "zoe")
    desk.approve("write", "zoe")
    desk.approve("write", "leo")
    assert codes(desk, "write") == ["stale_approval"], "all have said yes; it waits for the other gate"
    assert [m.code for m in why(desk, "offer")] == ["approval_missing"]
    desk.approve("offer", "leo")
    assert desk.status is Status.COMPLETED


def test_the_explanation_and_the_refusal_are_one_function() -> None:
    desk = Desk(GATE).start()
    desk.submit("offer")
    desk.approve("offer", "leo")
    activity = desk.state.activities[desk.task("write")[2:]]
    sight = Sight(desk.world, desk.state, activity.scope, desk.at)
    node = sight.node("write")
    assert list(missing.of_work(sight, activity, node)) == []  # type: ignore[arg-type]  # it is a user task


def test_what_is_not_there_cannot_be_waived_appointed_or_handed_in() -> None:
    desk = Desk(GATE + "  - gate: last\n    approve: {by: xia, declined: end}\n").start()
    with pytest.raises(NotFound) as rule:
        desk.waive("offer", "R9", "xia")
    assert rule.value.code == "no_such_rule"
    desk.submit("offer")
    desk.approve("offer", "leo")
    desk.submit("write", price=0)
    for person in ("xia", "yan"):
        desk.approve("write", person)
    desk.assign("write", "cat")
    desk.approve("write", "cat")
    desk.approve("write", "liu")
    with pytest.raises(WrongState) as work:
        desk.do(Submit(by=actor("amy"), at=desk.at, task=desk.task("last")))
    assert work.value.code == "nothing_to_submit"
    desk.suspend()
    with pytest.raises(WrongState) as twice:
        desk.suspend()
    assert twice.value.code == "instance_suspended"
