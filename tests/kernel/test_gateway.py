"""Gateways in graphs of any shape: the standard traps of other engines (BPMN 2.0.2 §13.3)."""

import pytest

from signoff.errors import Invalid
from signoff.kernel.events import flow
from signoff.kernel.state import Status
from signoff.model.gate import Form
from signoff.model.nodes import BoundaryEvent, ExclusiveGateway, InclusiveGateway
from tests.kernel.desk import Desk
from tests.kernel.graphs import after, graph, task


def walk(desk: Desk, *steps: str) -> Desk:
    for step in steps:
        desk.submit(step)
    return desk


def test_an_exclusive_gateway_takes_the_first_flow_that_holds_in_the_order_written() -> None:
    desk = Desk(graph("start > x1 [1 == 1]> t1 > end\nx1 [1 == 1]> t2 > end")).start()
    assert desk.waiting == {"t1": 1}


def test_an_exclusive_gateway_takes_its_default_when_nothing_holds() -> None:
    gateway = ExclusiveGateway(id="x1", default="x1-t2")
    desk = Desk(graph("start > x1 [1 == 2]> t1 > end\nx1 > t2 > end", gateway)).start()
    assert desk.waiting == {"t2": 1}


def test_a_gateway_without_a_way_out_refuses_a_start() -> None:
    with pytest.raises(Invalid) as refused:
        Desk(graph("start > x1 [1 == 2]> t1 > end\nx1 [1 == 2]> t2 > end")).start()
    assert refused.value.code == "start_failed"
    assert "No way out of x1" in refused.value.sentence()


def test_a_gateway_without_a_way_out_is_an_incident_later_and_retry_looks_again() -> None:
    fill = task("t3", form=Form(edit=("x",)))
    drawing = "start > p1 > t0 > x1 [x == 2]> t1 > end\nx1 [x == 3]> t2 > end\np1 > t3 > end"
    desk = walk(Desk(graph(drawing, fill)).start(), "t0")
    assert desk.incidents == ["x1: no_flow_holds"]
    desk.submit("t3", x=3)
    desk.retry()
    assert desk.waiting == {"t2": 1}


def test_a_parallel_join_waits_for_every_flow() -> None:
    desk = Desk(graph("start > p1 > t1 > p2 > t3 > end\np1 > t2 > p2")).start()
    walk(desk, "t1")
    assert desk.waiting == {"t2": 1}
    walk(desk, "t2")
    assert desk.waiting == {"t3": 1}


def test_a_parallel_join_counts_flows_not_tokens_and_keeps_the_surplus() -> None:
    drawing = "start > p0 > t1 > x1 > p2 > t4 > end\np0 > t2 > x1\np0 > t3 > p2"
    desk = walk(Desk(graph(drawing)).start(), "t1", "t2")
    assert desk.waiting == {"t3": 1}, "two tokens on one flow are not one on each"
    walk(desk, "t3")
    assert desk.waiting == {"t4": 1}
    assert desk.state.joins == {"s2|p2": {"x1-p2": 1}}


def test_the_same_join_in_two_occurrences_joins_each_by_itself() -> None:
    desk = Desk("""
data: {names: {list_of: text, default: [a, b]}}
steps:
  - each: who
    item: it
    in: names
    steps:
      - parallel: both
        branches:
          - steps: [{step: left, owner: worker, checklist: [done]}]
          - steps: [{step: right, owner: worker, checklist: [done]}]
      - {step: after, owner: worker, checklist: [done]}
""").start()
    desk.submit("left", ticks=["done"])
    desk.submit("left", ticks=["done"])
    assert desk.waiting == {"right": 2}


def test_a_join_in_a_loop_starts_afresh_in_every_pass() -> None:
    drawing = "start > x0 > p1 > t1 > p2 > t3 > x3 [x == 9]> end\np1 > t2 > p2\nx3 > x0"
    gateway = ExclusiveGateway(id="x3", default="x3-x0")
    desk = Desk(graph(drawing, gateway)).start()
    for _ in range(3):
        walk(desk, "t1")
        assert desk.waiting == {"t2": 1}
        walk(desk, "t2", "t3")
    assert desk.waiting == {"t1": 1, "t2": 1}


def inclusive(first: str, second: str, third: str = "1 == 2") -> Desk:
    gateway = InclusiveGateway(id="i1", default="i1-t3")
    drawing = f"start > i1 [{first}]> t1 > i2 > t4 > end\ni1 [{second}]> t2 > i2\ni1 [{third}]> t3 > i2"
    return Desk(graph(drawing, gateway)).start()


def test_an_inclusive_join_waits_for_what_was_taken() -> None:
    desk = walk(inclusive("1 == 1", "1 == 1"), "t1")
    assert desk.waiting == {"t2": 1}
    walk(desk, "t2")
    assert desk.waiting == {"t4": 1}


def test_an_inclusive_split_takes_its_default_only_when_nothing_holds() -> None:
    assert inclusive("1 == 1", "1 == 2", "1 == 1").waiting == {"t1": 1}
    assert inclusive("1 == 2", "1 == 2").waiting == {"t3": 1}


def test_an_inclusive_join_is_looked_at_again_when_a_token_elsewhere_dies() -> None:
    late = BoundaryEvent(id="b1", host="t2", event=after(1))
    drawing = "start > i1 [1 == 1]> t1 > i2 > t4 > end\ni1 [1 == 1]> t2 > i2\nb1 > end2"
    desk = walk(Desk(graph(drawing, late)).start(), "t1")
    assert desk.waiting == {"t2": 1}
    desk.advance("2 hours")
    assert desk.waiting == {"t4": 1}


def test_an_inclusive_join_in_a_loop_waits_in_every_pass() -> None:
    """Reject, rework, review again: a token on its way back does not fire it early (trap 4)."""
    drawing = "start > x0 > i1 [1 == 1]> t1 > i2 > t3 > x3 [x == 9]> end\ni1 [1 == 1]> t2 > i2\nx3 > x0"
    desk = Desk(graph(drawing, ExclusiveGateway(id="x3", default="x3-x0"))).start()
    for first, second in (("t1", "t2"), ("t2", "t1"), ("t1", "t2")):
        walk(desk, first)
        assert desk.waiting == {second: 1}
        walk(desk, second)
        assert desk.waiting == {"t3": 1}
        walk(desk, "t3")


def test_an_inclusive_join_does_not_wait_for_a_token_that_only_comes_by_the_join_itself() -> None:
    drawing = "start > p0 > t1 > i2 > x3 > t4 > i2\nx3 [x == 9]> end\np0 > end2"
    gateway = ExclusiveGateway(id="x3", default="x3-t4")
    desk = walk(Desk(graph(drawing, gateway)).start(), "t1")
    assert desk.waiting == {"t4": 1}
    walk(desk, "t4")
    assert desk.waiting == {"t4": 1}


def test_an_inclusive_join_waits_for_a_token_parked_at_another_join() -> None:
    drawing = "start > p0 > t1 > p1 > i2 > t5 > end\np0 > t2 > p1\np0 > t3 > i2"
    desk = walk(Desk(graph(drawing)).start(), "t3", "t1")
    assert desk.waiting == {"t2": 1}
    walk(desk, "t2")
    assert desk.waiting == {"t5": 1}


def test_two_flows_into_one_task_are_two_executions() -> None:
    desk = Desk(graph("start > p1 > t1 > t3 > end\np1 > t2 > t3")).start()
    walk(desk, "t1", "t2")
    assert desk.waiting == {"t3": 2}
    walk(desk, "t3", "t3")
    assert desk.status is Status.COMPLETED


def test_several_flows_out_of_a_task_are_all_taken() -> None:
    desk = walk(Desk(graph("start > t1 > t2 > end\nt1 > t3 > end")).start(), "t1")
    assert desk.waiting == {"t2": 1, "t3": 1}


def test_conditional_flows_out_of_a_task_are_taken_when_they_hold_else_the_default() -> None:
    drawing = "start > t1 [x == {}]> t2 > end\nt1 [x == 0]> t3 > end\nt1 > t4 > end"
    one = task("t1", default="t1-t4")
    assert walk(Desk(graph(drawing.format(1), one)).start(), "t1").waiting == {"t3": 1}
    assert walk(Desk(graph(drawing.format(0), one)).start(), "t1").waiting == {"t2": 1, "t3": 1}
    nothing = drawing.format(1).replace("x == 0", "x == 5")
    assert walk(Desk(graph(nothing, one)).start(), "t1").waiting == {"t4": 1}


def test_a_task_that_no_flow_leads_out_of_is_an_incident_never_a_lost_token() -> None:
    desk = walk(Desk(graph("start > t1 [x == 1]> t2 > end")).start(), "t1")
    assert desk.incidents == ["t1: no_flow_holds"]
    assert desk.status is Status.RUNNING


def test_the_instance_ends_when_the_last_token_does_and_not_before() -> None:
    desk = walk(Desk(graph("start > p1 > t1 > end\np1 > t2 > end2")).start(), "t1")
    assert desk.status is Status.RUNNING
    walk(desk, "t2")
    assert desk.status is Status.COMPLETED
    assert len(desk.names(flow.InstanceEnded)) == 1


def test_a_token_parked_where_nothing_more_comes_is_an_incident_not_an_end() -> None:
    desk = walk(Desk(graph("start > x1 [1 == 1]> t1 > p2 > end\nx1 [1 == 2]> t2 > p2")).start(), "t1")
    assert desk.incidents == ["p2: deadlock"]
    assert desk.status is Status.RUNNING
    desk.cancel()


def test_a_split_behind_a_step_that_may_end_in_two_ways_is_no_join() -> None:
    desk = Desk("""
steps:
  - step: work
    owner: worker
    checklist: [done]
    upon: [{after: 2 hours, interrupts: true}]
  - parallel: both
    branches:
      - steps: [{step: left, owner: worker, checklist: [done]}]
      - steps: [{step: right, owner: worker, checklist: [done]}]
""").start()
    desk.advance("2 hours")
    assert desk.waiting == {"left": 1, "right": 1}
