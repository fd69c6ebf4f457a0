"""Roles whose people somebody picks: at the start or later, among whom, and what cannot be picked."""

from typing import Any

import pytest

from signoff.errors import Invalid, NotAllowed, NotFound, Refused
from signoff.kernel.events.data import PeoplePicked
from signoff.testing import Case, Sandbox

PROCESS = """
signoff: 1
process: p
lang: en
roles:
  me: {is: starter}
  staff: {group: staff}
  boss: {group: bosses}
  judge: {picked_by: PICKER, among: boss}
  reader: {picked_by: boss, if_empty: boss}
start: {by: [staff]}
steps:
  - step: write
    owner: me
    checklist: [done]
    approve: [{by: judge}]
  - step: read
    owner: reader
    checklist: [done]
"""
PEOPLE: dict[str, dict[str, Any]] = {
    "amy": {"groups": ["staff"]},
    "bob": {"groups": ["bosses"]},
    "cid": {"groups": ["bosses"]},
    "old": {"groups": ["bosses"], "active": False},
    "eve": {"admin": True},
}


def start(picker: str = "me", **picks: Any) -> Case:
    box = Sandbox(people=PEOPLE)
    box.deploy(PROCESS.replace("PICKER", picker))
    return box.start("p", by="amy", picks=picks)


def roster(case: Case, step: str) -> list[str]:
    state = case.situation.state
    gates = [gate for gate in state.gates.values() if gate.node == step]
    if gates:
        return [p.id for gate in gates for entry in gate.entries for p in entry.roster]
    return [p.id for activity in state.activities.values() if activity.node == step for p in activity.roster]


def code(call: Any, *given: Any, **named: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*given, **named)
    return refused.value.code


@pytest.mark.parametrize("picker", ["me", "starter", "staff"])
def test_the_starter_picks_among_those_who_may_be_picked(picker: str) -> None:
    case = start(picker, judge="cid")
    case.submit("write", by="amy")
    assert roster(case, "write") == ["cid"]
    (picked,) = [event for event in case.events if isinstance(event, PeoplePicked)]
    assert (picked.role, picked.people, picked.by) == ("judge", ("cid",), "amy")
    case.approve("write", by="cid")
    assert roster(case, "read") == ["bob", "cid"]


def test_several_may_be_picked() -> None:
    case = start(judge=["cid", "bob", "cid"])
    case.submit("write", by="amy")
    assert roster(case, "write") == ["cid", "bob"]


@pytest.mark.parametrize(
    ("picks", "said"),
    [
        ({}, "pick_missing"),
        ({"judge": []}, "pick_missing"),
        ({"judge": "amy"}, "not_among"),
        ({"judge": ["bob", "nobody"]}, "not_among"),
        ({"judge": "old"}, "not_among"),
        ({"judge": "bob", "boss": "bob"}, "no_such_pick"),
        ({"judge": "bob", "reader": "bob"}, "may_not_pick"),
    ],
)
def test_a_start_that_picks_wrongly_is_refused_and_nothing_started(picks: dict[str, Any], said: str) -> None:
    box = Sandbox(people=PEOPLE)
    box.deploy(PROCESS.replace("PICKER", "me"))
    assert code(box.start, "p", by="amy", picks=picks) == said
    assert box.running == 0


def test_others_pick_later_and_who_was_asked_for_in_vain_is_asked() -> None:
    case = start("boss")
    engine, id = case.box.engine, case.situation.state.id
    case.submit("write", by="amy")
    assert roster(case, "write") == []
    with pytest.raises(NotAllowed):
        engine.pick(id, "judge", "bob", by="amy")
    with pytest.raises(NotFound):
        engine.pick(id, "boss", "bob", by="bob")
    with pytest.raises(NotAllowed):
        engine.pick(id, "judge", "amy", by="bob")
    with pytest.raises(Invalid):
        engine.pick(id, "judge", [], by="bob")
    engine.pick(id, "judge", "bob", by="cid")
    assert roster(case, "write") == ["bob"]
    assert [row.node for row in engine.inbox("bob")] == ["write"]
    case.approve("write", by="bob")


def test_work_is_asked_for_again_when_its_owner_is_picked() -> None:
    box = Sandbox(people=PEOPLE)
    box.deploy(
        PROCESS.replace("PICKER", "me").replace("owner: me", "owner: judge").replace("by: judge", "by: boss")
    )
    case = box.start("p", by="amy", picks={"judge": "cid"})
    assert roster(case, "write") == ["cid"]
    assert code(box.engine.pick, case.situation.state.id, "judge", "bob", by="cid") == "may_not_pick"


def test_a_directory_that_fails_refuses_the_pick() -> None:
    box = Sandbox(people=PEOPLE)
    box.deploy(PROCESS.replace("PICKER", "me"))
    directory: Any = box.engine.core.directory
    directory.members = None
    assert code(box.start, "p", by="amy", picks={"judge": "bob"}) == "directory_failed"
