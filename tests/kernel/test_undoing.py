"""Compensation and transactions: the last first, one after the other, on the data of then (BPMN 2.0.2 §13.5.5)."""

from typing import Any

from signoff.kernel import arrival
from signoff.model.definition import Definition
from signoff.model.nodes import (
    BoundaryEvent,
    CancelEvent,
    CompensateEvent,
    EndEvent,
    EscalationEvent,
    EventSubProcess,
    ExclusiveGateway,
    IntermediateThrowEvent,
    ManualTask,
    MultiInstance,
    SubProcess,
    Transaction,
)
from tests.kernel.desk import Desk
from tests.kernel.graphs import condition, graph, sub, task
from tests.kernel.people import actor
from tests.kernel.test_throwing import SIGNAL, on, open_

UNDO = CompensateEvent()


def undone(host: str, scope: str = "", **more: Any) -> tuple[Any, ...]:
    """A task, its compensation boundary and the task that undoes it."""
    return (
        task(host, scope, **more),
        BoundaryEvent(id=f"{host}.b", scope=scope, host=host, event=UNDO, handler=f"{host}.undo"),
        task(f"{host}.undo", scope, compensates=True),
    )


def drawn(drawing: str, *nodes: Any) -> Definition:
    return graph(drawing, *nodes, open=True)


def throw(id: str, scope: str = "", activity: str = "", **more: Any) -> IntermediateThrowEvent:
    return IntermediateThrowEvent(id=id, scope=scope, event=CompensateEvent(activity, **more))


def test_what_was_done_is_undone_in_reverse_order_and_the_throw_waits() -> None:
    drawing = "start > t1 > t2 > x1 > t9 > end"
    desk = Desk(drawn(drawing, *undone("t1"), *undone("t2"), throw("x1"))).start()
    desk.submit("t1")
    desk.submit("t2")
    assert desk.waiting == {"x1": 1, "t2.undo": 1}
    desk.submit("t2.undo")
    assert desk.waiting == {"x1": 1, "t1.undo": 1}
    desk.submit("t1.undo")
    assert desk.waiting == {"t9": 1}
    assert not desk.state.undoing
    assert not next(iter(desk.state.scopes.values())).undo


def test_what_was_not_completed_is_not_undone_and_nothing_is_undone_twice() -> None:
    drawing = "start > p1 > t1 > x1 > x2 > t9 > end\np1 > t2 > end2"
    desk = Desk(drawn(drawing, *undone("t1"), *undone("t2"), throw("x1"), throw("x2"))).start()
    desk.submit("t1")
    assert desk.waiting == {"x1": 1, "t1.undo": 1, "t2": 1}
    desk.submit("t1.undo")
    assert desk.waiting == {"t9": 1, "t2": 1}


def test_each_completion_is_undone_once() -> None:
    drawing = "start > x0 > t1 > x1 [again == 1]> x0\nx1 > x2 > t9 > end"
    desk = Desk(drawn(drawing, *undone("t1"), throw("x2"), ExclusiveGateway(id="x1", default="x1-x2"))).start(
        again=1
    )
    desk.submit("t1")
    desk.submit("t1", again=0)
    for _ in range(2):
        assert desk.waiting == {"x2": 1, "t1.undo": 1}
        desk.submit("t1.undo")
    assert desk.waiting == {"t9": 1}


def test_one_activity_is_undone_by_name() -> None:
    drawing = "start > t1 > t2 > x1 > t9 > end"
    desk = Desk(drawn(drawing, *undone("t1"), *undone("t2"), throw("x1", activity="t1"))).start()
    desk.submit("t1")
    desk.submit("t2")
    assert desk.waiting == {"x1": 1, "t1.undo": 1}


def test_a_subprocess_that_has_ended_is_undone_inside_with_the_data_that_it_had() -> None:
    drawing = "start > s1 > x1 > t9 > end\ns1: s1.start > s1.t1 > s1.t2 > s1.end"
    inner = SubProcess(id="s1", initial=(("local", condition("1 + 1")),))
    desk = Desk(drawn(drawing, inner, *undone("s1.t1", "s1"), *undone("s1.t2", "s1"), throw("x1"))).start()
    desk.submit("s1.t1", local=7)
    desk.submit("s1.t2")
    assert desk.waiting == {"s1.t2.undo": 1}
    (inside,) = [s for s in desk.state.scopes.values() if s.node == "s1"]
    assert inside.data == {"local": 7}
    desk.submit("s1.t2.undo")
    desk.submit("s1.t1.undo")
    assert desk.waiting == {"t9": 1}
    assert len(desk.state.scopes) == 1


def test_a_handler_at_the_subprocess_comes_before_what_lies_inside() -> None:
    drawing = "start > s1 > x1 > t9 > end\ns1: s1.start > s1.t1 > s1.end"
    own = BoundaryEvent(id="s1.b", host="s1", event=UNDO, handler="t8")
    desk = Desk(
        drawn(drawing, sub("s1"), own, task("t8", compensates=True), *undone("s1.t1", "s1"), throw("x1"))
    ).start()
    desk.submit("s1.t1")
    assert desk.waiting == {"x1": 1, "t8": 1}


def test_a_compensation_event_subprocess_undoes_its_scope_and_may_undo_what_lies_in_it() -> None:
    drawing = "start > s1 > x1 > t9 > end\ns1: s1.start > s1.t1 > s1.end\nh: h.start > h.t > h.x > h.end"
    handler = EventSubProcess(id="h", scope="s1", event=UNDO)
    desk = Desk(
        drawn(drawing, sub("s1"), handler, *undone("s1.t1", "s1"), throw("x1"), throw("h.x", "h"))
    ).start()
    desk.submit("s1.t1")
    assert desk.waiting == {"h.t": 1}
    desk.submit("h.t")
    assert desk.waiting == {"h.x": 1, "s1.t1.undo": 1}
    desk.submit("s1.t1.undo")
    assert desk.waiting == {"t9": 1}


def test_a_repeated_activity_is_undone_once_per_completed_instance() -> None:
    drawing = "start > t1 > x1 > t9 > end"
    loop = MultiInstance(cardinality=condition("3"))
    desk = Desk(drawn(drawing, *undone("t1", loop=loop), throw("x1"))).start()
    for _ in range(3):
        desk.submit("t1")
    for left in (3, 2, 1):
        assert desk.waiting == {"t1.undo": 1}
        (inside,) = [s for s in desk.state.scopes.values() if s.node == "t1"]
        assert inside.data["position"] == left
        desk.submit("t1.undo")
    assert desk.waiting == {"t9": 1}


def test_an_end_event_undoes_too_and_a_throw_that_does_not_wait_goes_on() -> None:
    desk = Desk(drawn("start > t1 > x1", *undone("t1"), EndEvent(id="x1", event=UNDO))).start()
    desk.submit("t1")
    desk.submit("t1.undo")
    assert desk.status == "completed"
    desk = Desk(drawn("start > t1 > x1 > t9 > end", *undone("t1"), throw("x1", waits=False))).start()
    desk.submit("t1")
    assert desk.waiting == {"x1": 1, "t1.undo": 1, "t9": 1}
    desk.submit("t9")
    desk.submit("t1.undo")
    assert desk.status == "completed"


def test_a_task_that_takes_no_time_is_undone_as_well() -> None:
    boundary = BoundaryEvent(id="b", host="m1", event=UNDO, handler="t8")
    desk = Desk(
        drawn(
            "start > m1 > x1 > t9 > end",
            ManualTask(id="m1"),
            boundary,
            task("t8", compensates=True),
            throw("x1"),
        )
    ).start()
    assert desk.waiting == {"x1": 1, "t8": 1}


def test_a_transaction_that_is_cancelled_is_undone_and_left_by_its_cancel_event() -> None:
    drawing = (
        "start > s1 > t9 > end\ns1.b > t8 > end2\n"
        "s1: s1.start > s1.p > s1.t1 > s1.t2 > s1.x\ns1: s1.p > s1.t3 > s1.end"
    )
    nodes = (
        sub("s1", kind=Transaction),
        BoundaryEvent(id="s1.b", host="s1", event=CancelEvent()),
        EndEvent(id="s1.x", scope="s1", event=CancelEvent()),
        *undone("s1.t1", "s1"),
        *undone("s1.t3", "s1"),
    )
    desk = Desk(drawn(drawing, *nodes)).start()
    desk.submit("s1.t1")
    desk.submit("s1.t2")
    assert desk.waiting == {"s1.x": 1, "s1.t1.undo": 1}, "what runs is stopped, and not undone"
    desk.submit("s1.t1.undo")
    assert desk.waiting == {"t8": 1}


def test_what_undoes_stops_with_whoever_asked_for_it() -> None:
    drawing = "start > s1 > t9 > end\ns1.b > t8 > end2\ns1: s1.start > s1.t1 > s1.x > s1.end"
    nodes = (sub("s1"), on("s1", SIGNAL), *undone("s1.t1", "s1"), throw("s1.x", "s1"))
    desk = Desk(open_(drawing, *nodes)).start()
    desk.submit("s1.t1")
    desk.hear("s1.b")
    assert desk.waiting == {"t8": 1}
    assert not desk.state.undoing


def test_in_a_scope_that_has_ended_nobody_listens_while_it_is_undone() -> None:
    drawing = "start > s1 > x1 > t9 > end\ns1: s1.start > s1.t1 > s1.end\nh: h.start > h.t > h.end"
    handler = EventSubProcess(id="h", scope="s1", event=EscalationEvent(), interrupting=False)
    desk = Desk(drawn(drawing, sub("s1"), handler, *undone("s1.t1", "s1"), throw("x1"))).start()
    desk.submit("s1.t1")
    assert desk.waiting == {"s1.t1.undo": 1}
    desk.do(arrival.Escalated(task=desk.task("s1.t1.undo"), escalation="C", by=actor("amy"), at=desk.at))
    assert desk.waiting == {"s1.t1.undo": 1}
