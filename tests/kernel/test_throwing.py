"""What is thrown and who catches it: errors, escalations, signals, messages, links (BPMN 2.0.2 §10.5)."""

from datetime import timedelta
from typing import Any

from signoff.kernel.events import wait
from signoff.model.definition import Definition
from signoff.model.message import Message, Signal
from signoff.model.nodes import (
    BoundaryEvent,
    EndEvent,
    ErrorEvent,
    EscalationEvent,
    Event,
    EventSubProcess,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    LinkEvent,
    MessageEvent,
    MultipleEvent,
    SendTask,
    SignalEvent,
    StartEvent,
)
from signoff.time.relative import Retry, Span
from tests.kernel.desk import Desk
from tests.kernel.graphs import condition, graph, sub

SIGNAL, MESSAGE = SignalEvent("s"), MessageEvent("m")


def open_(drawing: str, *nodes: Any, **more: Any) -> Definition:
    return graph(
        drawing,
        *nodes,
        open=True,
        signals={"s": Signal("s", "stop")},
        messages={"m": Message("m", "paid")},
        **more,
    )


def throw(id: str, event: Event, scope: str = "", **more: Any) -> IntermediateThrowEvent:
    return IntermediateThrowEvent(id=id, scope=scope, event=event, **more)


def end(id: str, event: Event, scope: str = "") -> EndEvent:
    return EndEvent(id=id, scope=scope, event=event)


def on(host: str, event: Event, scope: str = "", *, interrupting: bool = True) -> BoundaryEvent:
    return BoundaryEvent(id=f"{host}.b", scope=scope, host=host, event=event, interrupting=interrupting)


def beside(id: str, event: Event, scope: str = "", *, interrupting: bool = True) -> EventSubProcess:
    return EventSubProcess(id=id, scope=scope, event=event, interrupting=interrupting)


INSIDE = "start > s1 > t9 > end1\ns1: s1.start > s1.t1 > s1.x"


def test_an_error_end_event_is_caught_around_its_scope_and_takes_everything_in_it_along() -> None:
    drawing = f"{INSIDE}\ns1: s1.start > s1.t2 > s1.end\ns1.b > t8 > end2"
    desk = Desk(
        graph(drawing, sub("s1"), end("s1.x", ErrorEvent("E"), "s1"), on("s1", ErrorEvent("E")))
    ).start()
    desk.submit("s1.t1")
    assert desk.waiting == {"t8": 1}


def test_an_error_that_nobody_catches_stops_its_scope_and_is_an_incident() -> None:
    drawing = "start > p1 > s1 > t9 > end1\np1 > t7 > end3\ns1: s1.start > s1.t1 > s1.x\ns1: s1.start > s1.t2 > s1.end"
    desk = Desk(graph(drawing, sub("s1"), end("s1.x", ErrorEvent("E"), "s1"))).start()
    desk.submit("s1.t1")
    assert desk.waiting == {"t7": 1}
    assert desk.incidents == ["s1.x: uncaught_error"]


def test_an_exact_code_comes_before_one_that_catches_everything_and_an_event_subprocess_before_a_boundary() -> (
    None
):
    drawing = f"{INSIDE}\ns1.b > t8 > end2\nh1: h1.start > h1.t > h1.end\nh2: h2.start > h2.t > h2.end"
    nodes = (
        sub("s1"),
        end("s1.x", ErrorEvent("E"), "s1"),
        on("s1", ErrorEvent("E")),
        beside("h1", ErrorEvent(), "s1"),
        beside("h2", ErrorEvent("E"), "s1"),
    )
    desk = Desk(graph(drawing, *nodes)).start()
    desk.submit("s1.t1")
    assert desk.waiting == {"h2.t": 1}
    desk.submit("h2.t")
    assert desk.waiting == {"t9": 1}, "the scope has ended normally"


def test_an_escalation_is_no_error_and_whoever_throws_it_goes_on() -> None:
    drawing = "start > s1 > t9 > end1\ns1: s1.start > s1.x > s1.t1 > s1.end\ns1.b > t8 > end2"
    catcher = on("s1", EscalationEvent("E"), interrupting=False)
    desk = Desk(graph(drawing, sub("s1"), throw("s1.x", EscalationEvent("E"), "s1"), catcher)).start()
    assert desk.waiting == {"s1.t1": 1, "t8": 1}


def test_an_escalation_that_nobody_catches_is_nothing() -> None:
    drawing = "start > x1 > t1 > end"
    desk = Desk(graph(drawing, throw("x1", EscalationEvent("E")))).start()
    assert desk.waiting == {"t1": 1}
    assert desk.incidents == []


def test_an_interrupting_catcher_stops_the_one_who_escalates() -> None:
    drawing = "start > s1 > t9 > end1\ns1: s1.start > s1.x > s1.t1 > s1.end\ns1.b > t8 > end2"
    desk = Desk(
        graph(drawing, sub("s1"), throw("s1.x", EscalationEvent("E"), "s1"), on("s1", EscalationEvent("")))
    ).start()
    assert desk.waiting == {"t8": 1}


def test_an_escalation_thrown_again_from_its_event_subprocess_reaches_the_handler_outside() -> None:
    drawing = "start > s1 > t9 > end1\ns1: s1.start > s1.x > s1.t1 > s1.end\ns1.b > t8 > end2\nh: h.start > h.t > h.x"
    nodes = (
        sub("s1"),
        throw("s1.x", EscalationEvent("E"), "s1"),
        beside("h", EscalationEvent("E"), "s1"),
        end("h.x", EscalationEvent("E"), "h"),
        on("s1", EscalationEvent("E")),
    )
    desk = Desk(graph(drawing, *nodes)).start()
    assert desk.waiting == {"h.t": 1}
    desk.submit("h.t")
    assert desk.waiting == {"t8": 1}


def test_a_signal_reaches_everybody_who_listens_and_may_interrupt_its_own_thrower() -> None:
    drawing = (
        "start > p1 > s1 > t9 > end1\np1 > c1 > t7 > end3\n"
        "s1: s1.start > s1.t0 > s1.x > s1.t1 > s1.end\ns1.b > t8 > end2"
    )
    nodes = (
        sub("s1"),
        throw("s1.x", SIGNAL, "s1"),
        on("s1", SIGNAL),
        IntermediateCatchEvent(id="c1", event=SIGNAL),
    )
    desk = Desk(open_(drawing, *nodes)).start()
    assert desk.waiting == {"s1.t0": 1, "c1": 1}
    desk.submit("s1.t0")
    assert desk.waiting == {"t7": 1, "t8": 1}


def test_a_signal_end_event_is_thrown_and_never_kept_for_later() -> None:
    drawing = "start > p1 > x1\np1 > t1 > c1 > t2 > end"
    desk = Desk(open_(drawing, end("x1", SIGNAL), IntermediateCatchEvent(id="c1", event=SIGNAL))).start()
    assert [each.name for each in desk.names(wait.SignalThrown)] == ["stop"]
    desk.submit("t1")
    assert desk.waiting == {"c1": 1}


def test_a_message_goes_out_with_its_key_and_its_data_and_the_token_goes_on() -> None:
    sent = throw("x1", MessageEvent("m", condition("x + 1")), inputs=(("sum", condition("x")),))
    desk = Desk(open_("start > x1 > t1 > end", sent)).start()
    assert desk.waiting == {"t1": 1}
    (message,) = desk.names(wait.MessageThrown)
    assert (message.name, message.key, message.data) == ("paid", "1", {"sum": 0})


def test_a_send_task_without_a_handler_sends_its_message_itself() -> None:
    task = SendTask(id="x1", handler="", message="m", retry=Retry(1, timedelta(1)), timeout=Span(seconds=1))
    desk = Desk(open_("start > x1 > t1 > end", task)).start()
    assert desk.waiting == {"t1": 1}
    assert len(desk.names(wait.MessageThrown)) == 1


def test_a_message_that_its_handler_could_not_send_is_sent_again() -> None:
    desk = Desk(open_("start > x1 > t1 > end", throw("x1", MESSAGE, handler="mail"))).start()
    desk.fail("x1")
    assert len(desk.incidents) == 1
    desk.retry()
    desk.finish("x1")
    assert desk.waiting == {"t1": 1}


def test_a_throw_event_with_a_handler_waits_for_it() -> None:
    desk = Desk(open_("start > x1 > t1 > end", throw("x1", MESSAGE, handler="mail"))).start()
    assert desk.waiting == {"x1": 1}
    desk.finish("x1")
    assert desk.waiting == {"t1": 1}
    assert not desk.names(wait.MessageThrown)


def test_a_link_continues_at_the_catch_of_its_name() -> None:
    catch = IntermediateCatchEvent(id="c1", event=LinkEvent("on"))
    desk = Desk(graph("start > x1\nc1 > t1 > end", throw("x1", LinkEvent("on")), catch)).start()
    assert desk.waiting == {"t1": 1}
    desk.submit("t1")
    assert desk.status == "completed"


def test_an_inclusive_join_waits_for_what_comes_over_a_link() -> None:
    drawing = "start > i1 > t1 > i2 > t3 > end\ni1 > t2 > x1\nc1 > i2"
    catch = IntermediateCatchEvent(id="c1", event=LinkEvent("on"))
    desk = Desk(graph(drawing, throw("x1", LinkEvent("on")), catch)).start()
    desk.submit("t1")
    assert desk.waiting == {"t2": 1}
    desk.submit("t2")
    assert desk.waiting == {"t3": 1}


def test_a_multiple_throw_event_throws_everything() -> None:
    desk = Desk(open_("start > x1 > t1 > end", throw("x1", MultipleEvent((SIGNAL, MESSAGE))))).start()
    assert desk.waiting == {"t1": 1}
    assert len(desk.names(wait.SignalThrown)) == len(desk.names(wait.MessageThrown)) == 1


def test_a_throw_event_without_an_event_is_passed() -> None:
    desk = Desk(graph("start > x1 > t1 > end", IntermediateThrowEvent(id="x1"))).start()
    assert desk.waiting == {"t1": 1}


def test_a_process_begins_upon_a_message_with_what_it_brings() -> None:
    desk = Desk(open_("b1 > t1 > end", StartEvent(id="b1", event=MESSAGE))).occur("b1", sum=3)
    assert desk.waiting == {"t1": 1}
    assert desk.data["sum"] == 3
