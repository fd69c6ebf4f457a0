"""What stops and is repaired: faults that no check has caught, on every way a token can take."""

import pytest

from signoff.errors import Invalid
from signoff.kernel.state import Status
from signoff.model.gate import Form
from signoff.model.nodes import (
    BoundaryEvent,
    CompensateEvent,
    InclusiveGateway,
    IntermediateThrowEvent,
    MultiInstance,
    SubProcess,
)
from tests.kernel.desk import Desk
from tests.kernel.graphs import call, condition, graph, task
from tests.kernel.people import NOON
from tests.kernel.test_undoing import undone


def fill() -> object:
    return task("t9", form=Form(edit=("x",)))


def test_a_choice_of_flows_that_cannot_be_computed_is_made_again() -> None:
    drawing = "start > p1 > t1 [1 / x > 0]> t2 > end\np1 > t9 > end2"
    desk = Desk(graph(drawing, fill())).start()  # type: ignore[arg-type]  # a node
    desk.submit("t1")
    assert desk.incidents == ["t1: division_by_zero"]
    desk.submit("t9", x=2)
    desk.retry()
    assert desk.waiting == {"t2": 1}


def test_a_split_after_a_join_that_cannot_be_computed_is_made_again() -> None:
    drawing = "start > p1 > t1 > i1 [1 / x > 0]> t3 > end\np1 > t2 > i1\ni1 > t4 > end\np1 > t9 > end2"
    gateway = InclusiveGateway(id="i1", default="i1-t4")
    desk = Desk(graph(drawing, fill(), gateway)).start()  # type: ignore[arg-type]  # a node
    desk.submit("t1")
    desk.submit("t2")
    assert desk.incidents == ["i1: division_by_zero"]
    desk.submit("t9", x=2)
    desk.retry()
    assert desk.waiting == {"t3": 1}


def test_a_condition_of_a_step_that_cannot_be_computed_is_an_incident_and_entered_again() -> None:
    desk = Desk("""
data: {x: {type: integer, optional: true}}
steps:
  - parallel: both
    branches:
      - steps: [{step: fix, owner: worker, form: {edit: [x]}}]
      - steps:
          - {step: first, owner: worker, checklist: [done]}
          - {step: work, owner: worker, if: "x > 3", checklist: [done]}
""").start()
    desk.submit("first", ticks=["done"])
    assert desk.incidents == ["work: null_value"]
    desk.submit("fix", x=5)
    assert desk.status is Status.RUNNING, "an incident keeps its scope"
    desk.retry()
    assert desk.waiting == {"work": 1}


def test_a_checklist_that_cannot_be_computed_is_to_be_ticked() -> None:
    desk = Desk("""
data: {x: {type: integer, optional: true}}
steps: [{step: work, owner: worker, checklist: [{item: big, if: "x > 3"}]}]
""").start()
    with pytest.raises(Invalid) as refused:
        desk.submit("work")
    assert refused.value.code == "unticked"
    desk.submit("work", ticks=["big"])
    assert not desk.waiting


def test_a_fault_in_the_command_that_starts_refuses_the_start() -> None:
    with pytest.raises(Invalid) as refused:
        Desk("""
data: {x: {type: integer, optional: true}}
steps: [{step: work, owner: worker, if: "x > 3", checklist: [done]}]
""").start()
    assert refused.value.code == "start_failed"
    assert "work fails at once" in refused.value.sentence()


def test_a_return_resolves_the_incidents_of_what_it_cancels() -> None:
    desk = Desk("""
steps:
  - {step: first, owner: worker, checklist: [done]}
  - parallel: both
    branches:
      - steps: [{run: call, handler: h}]
      - steps:
          - step: work
            owner: worker
            checklist: [done]
            approve: {by: boss}
            return_to: [first]
""").start()
    desk.submit("first", ticks=["done"])
    desk.fail("call")
    desk.submit("work", ticks=["done"])
    desk.return_to("work", "first", "xia")
    assert desk.incidents == []
    assert desk.waiting == {"first": 1}


def test_a_named_date_that_cannot_be_computed_sleeps() -> None:
    desk = Desk("""
data: {x: {type: integer, default: 0}, day: {type: date, default: "2026-09-20"}}
dates: {event: {day: "day + days(10 / x)", name: Event}}
steps: [{step: work, owner: worker, opens: event, checklist: [done]}]
""").start()
    assert desk.agenda == {}
    assert desk.at == NOON


def test_a_handlers_incident_in_an_occurrence_goes_with_it() -> None:
    desk = Desk("""
steps:
  - step: work
    owner: worker
    checklist: [done]
    upon: [{every: 1 hour, steps: [{run: call, handler: h}]}]
""").start()
    desk.advance("1 hour")
    desk.fail("call")
    assert desk.incidents == ["call: handler_failed"]
    desk.submit("work", ticks=["done"])
    assert desk.status is Status.COMPLETED


def test_the_inside_of_a_subprocess_whose_data_cannot_be_computed_begins_once_they_can() -> None:
    inner = SubProcess(
        id="s1", initial=(("y", condition("1 / x")),), loop=MultiInstance(cardinality=condition("2"))
    )
    drawing = "start > p1 > t1 > s1 > end\np1 > t9 > end2\ns1: s1.start > s1.t2 > s1.end"
    desk = Desk(graph(drawing, fill(), inner, open=True)).start()  # type: ignore[arg-type]  # a node
    desk.submit("t1")
    assert desk.incidents == ["s1: division_by_zero", "s1: division_by_zero"]
    desk.submit("t9", x=2)
    desk.retry()
    assert desk.waiting == {"s1.t2": 2}
    desk.submit("s1.t2")
    desk.submit("s1.t2")
    assert desk.status is Status.COMPLETED


def test_the_next_of_several_that_cannot_begin_is_an_incident_of_its_own() -> None:
    loop = MultiInstance(cardinality=condition("2"), sequential=True)
    inner = SubProcess(id="s1", initial=(("y", condition("1 / x")),), loop=loop)
    drawing = "start > s1 > end\ns1: s1.start > s1.t2 > s1.end"
    desk = Desk(graph(drawing, inner, open=True)).start(x=1)
    desk.submit("s1.t2", x=0)
    assert desk.incidents == ["s1: division_by_zero"]
    desk.fill(x=1)
    desk.retry()
    desk.submit("s1.t2")
    assert desk.status is Status.COMPLETED


def test_what_undoes_and_could_not_begin_still_holds_up_what_comes_after_it() -> None:
    undo = call("t2.undo", compensates=True, inputs=(("y", condition("1 / x")),))
    boundary = BoundaryEvent(id="t2.b", host="t2", event=CompensateEvent(), handler="t2.undo")
    throw = IntermediateThrowEvent(id="x1", event=CompensateEvent())
    drawing = "start > t1 > t2 > x1 > t9 > end"
    desk = Desk(graph(drawing, *undone("t1"), boundary, undo, throw, open=True)).start()
    desk.submit("t1")
    desk.submit("t2")
    assert desk.incidents == ["t2.undo: division_by_zero"]
    desk.fill(x=1)
    desk.retry()
    assert desk.waiting == {"x1": 1, "t2.undo": 1}
