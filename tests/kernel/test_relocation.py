"""An administrator's jump: recorded as what it is, satisfying nothing, never over a signature."""

import pytest

from signoff.errors import Invalid, NotAllowed, WrongState
from signoff.kernel import asides
from signoff.kernel.events import Event, aside, flow, gate
from tests.kernel.desk import Desk

ROAD = """
data: {x: {type: integer, default: 1}}
steps:
  - {step: one, owner: worker, form: {edit: [x]}}
  - {step: two, owner: worker, delivers: [plan], approve: {by: boss}}
  - stage: middle
    steps:
      - {step: three, owner: worker}
      - {step: four, owner: worker, form: {show: [x]}}
  - parallel: both
    branches:
      - steps: [{step: left, owner: worker}]
      - steps: [{step: right, owner: worker}]
  - gate: sealed
    binds: [x]
    approve: {by: boss, sign: true, declined: end}
  - gate: last
    binds: [plan]
    approve: {by: leo, declined: end}
"""


def moved(desk: Desk, node: str, to: str, by: str = "root", reason: str = "the board has met") -> list[Event]:
    return desk.do(asides.Move(by=_actor(by), at=desk.at, task=desk.task(node), to=to, reason=reason))


def _actor(by: str) -> object:
    from tests.kernel.people import actor

    return actor(by)


def test_it_goes_forward_and_what_is_jumped_over_is_not_done() -> None:
    desk = Desk(ROAD).start()
    moved(desk, "one", "four")
    assert desk.waiting == {"four": 1}
    (said,) = desk.names(aside.Moved)
    assert (said.node, said.to, said.over) == ("one", "four", ("one", "two", "three"))
    assert not desk.names(gate.GatePassed)
    assert not desk.names(flow.ElementCompleted)
    desk.submit("four")
    assert desk.waiting == {"left": 1, "right": 1}


def test_it_goes_backward_and_what_was_done_since_counts_no_more() -> None:
    desk = Desk(ROAD).start()
    desk.submit("one")
    desk.submit("two", documents={"plan": "p"})
    desk.approve("two", "xia")
    desk.submit("three")
    moved(desk, "four", "two")
    assert desk.waiting == {"two": 1}
    assert not [g for g in desk.state.gates.values() if g.node == "two"], "its approval is gone"


def test_out_of_a_branch_everything_in_the_block_is_cancelled() -> None:
    desk = Desk(ROAD).start()
    moved(desk, "one", "both")
    assert desk.waiting == {"left": 1, "right": 1}
    moved(desk, "left", "sealed")
    assert desk.waiting == {"sealed": 1}


def test_no_signature_is_jumped_over() -> None:
    desk = Desk(ROAD).start()
    with pytest.raises(NotAllowed) as refused:
        moved(desk, "one", "last")
    assert refused.value.code == "signature_demanded"
    moved(desk, "one", "sealed")
    with pytest.raises(NotAllowed):
        moved(desk, "sealed", "last")
    moved(desk, "sealed", "one")
    assert desk.waiting == {"one": 1}


def test_those_who_decide_behind_it_see_that_nothing_was_handed_in() -> None:
    desk = Desk(ROAD).start()
    moved(desk, "one", "sealed")
    desk.approve("sealed", "xia")
    assert desk.gate("last").bound == {"document:plan": ""}
    assert desk.asked("last") == {"leo"}


@pytest.mark.parametrize("to", ["left", "one", "nowhere"])
def test_there_is_no_way_into_a_branch_nor_to_where_it_is(to: str) -> None:
    desk = Desk(ROAD).start()
    with pytest.raises(WrongState):
        moved(desk, "one", to)


def test_back_only_to_where_the_flow_has_been() -> None:
    desk = Desk(ROAD).start()
    moved(desk, "one", "four")
    with pytest.raises(WrongState):
        moved(desk, "four", "three")
    moved(desk, "four", "one")
    assert desk.waiting == {"one": 1}


def test_it_takes_an_administrator_with_a_reason_who_has_no_hand_in_the_work() -> None:
    desk = Desk(ROAD).start()
    with pytest.raises(NotAllowed):
        moved(desk, "one", "two", by="ben")
    with pytest.raises(Invalid):
        moved(desk, "one", "two", reason=" ")
    with pytest.raises(NotAllowed):
        moved(Desk(ROAD).start(by="root"), "one", "two")


BEHIND = """
data: {x: {type: integer, default: 1}}
steps:
  - stage: first
    steps:
      - {gate: agreed, binds: [x], approve: {by: boss%s, declined: end}}
      - {step: two, owner: worker}
  - {step: three, owner: worker}
  - {step: four, owner: worker}
"""


def test_what_was_done_before_is_not_jumped_over() -> None:
    desk = Desk(BEHIND % "").start()
    desk.approve("agreed", "xia")
    moved(desk, "two", "four")
    (said,) = desk.names(aside.Moved)
    assert said.over == ("two", "three")


def test_a_signature_that_was_given_keeps_nobody_from_going_on() -> None:
    desk = Desk(BEHIND % ", sign: true").start()
    with pytest.raises(NotAllowed):
        moved(desk, "agreed", "four")
    desk.approve("agreed", "xia")
    moved(desk, "two", "four")
    assert desk.waiting == {"four": 1}
