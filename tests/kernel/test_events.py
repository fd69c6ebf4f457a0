"""What is waited for: messages, signals, conditions, several at once; on boundaries, in event sub-processes, behind
gateways, and at the start (BPMN 2.0.2 §10.5, §13.5).
"""

import pytest

from signoff.errors import Invalid
from signoff.kernel.events import time, wait
from signoff.kernel.sight import CONVERSATION, Sight
from signoff.model.nodes import (
    BoundaryEvent,
    ConditionalEvent,
    EndEvent,
    ErrorEvent,
    EventBasedGateway,
    EventSubProcess,
    IntermediateCatchEvent,
    MessageEvent,
    MultipleEvent,
    ReceiveTask,
    SignalEvent,
    StartEvent,
    TimerEvent,
)
from tests.kernel.desk import Desk
from tests.kernel.graphs import after, catch, condition, every, graph, sub
from tests.kernel.test_throwing import MESSAGE, SIGNAL, beside, on, open_

BIG = ConditionalEvent(condition("x > 5"))


def caught(id: str, event: object, scope: str = "") -> IntermediateCatchEvent:
    return IntermediateCatchEvent(id=id, scope=scope, event=event)  # type: ignore[arg-type]  # every event in turn


def test_a_message_catch_event_goes_on_with_what_the_message_brings() -> None:
    desk = Desk(open_("start > c1 > t1 > end", caught("c1", MESSAGE))).start()
    assert desk.waiting == {"c1": 1}
    desk.hear("c1", sum=7)
    assert desk.waiting == {"t1": 1}
    assert desk.data["sum"] == 7
    assert not desk.state.waits


def test_a_subscription_bears_the_key_that_its_data_had_when_it_was_armed() -> None:
    desk = Desk(open_("start > c1 > t1 > end", caught("c1", MessageEvent("m", condition("x + 1"))))).start()
    (armed,) = desk.names(wait.WaitArmed)
    assert (armed.name, armed.key) == ("paid", "1")


def test_a_key_that_cannot_be_computed_refuses_a_start() -> None:
    event = caught("c1", MessageEvent("m", condition("nowhere")))
    with pytest.raises(Invalid, match="nowhere"):
        Desk(open_("start > c1 > t1 > end", event)).start()


def test_a_receive_task_subscribes_to_its_message_and_can_be_completed_too() -> None:
    for way in ("hear", "complete"):
        desk = Desk(open_("start > r1 > t1 > end", ReceiveTask(id="r1", message="m"))).start()
        assert desk.waiting == {"r1": 1}
        getattr(desk, way)("r1", sum=1)
        assert desk.waiting == {"t1": 1}
        assert desk.data["sum"] == 1
        assert not desk.state.waits


def test_a_late_delivery_is_nothing() -> None:
    desk = Desk(open_("start > t1 > end\nt1.b > t8 > end2", on("t1", MESSAGE))).start()
    (waits,) = desk.state.waits.values()
    desk.submit("t1")
    assert desk.status == "completed"
    assert waits.id not in desk.state.waits


def test_an_interrupting_boundary_ends_its_host_and_one_that_is_not_goes_on_listening() -> None:
    drawing = "start > t1 > end\nt1.b > t8 > end2"
    desk = Desk(open_(drawing, on("t1", SIGNAL))).start()
    desk.hear("t1.b")
    assert desk.waiting == {"t8": 1}
    desk = Desk(open_(drawing, on("t1", SIGNAL, interrupting=False))).start()
    desk.hear("t1.b")
    desk.hear("t1.b")
    assert desk.waiting == {"t1": 1, "t8": 2}


def test_a_condition_is_asked_when_armed_and_when_its_data_change_and_not_again_while_it_is_true() -> None:
    desk = Desk(open_("start > t1 > end\nt1.b > t8 > end2", on("t1", BIG, interrupting=False))).start()
    assert desk.waiting == {"t1": 1}
    desk.fill(x=6)
    assert desk.waiting == {"t1": 1, "t8": 1}
    desk.fill(x=7)
    assert desk.waiting == {"t1": 1, "t8": 1}, "it was true all the time"
    desk.fill(x=1)
    desk.fill(x=9)
    assert desk.waiting == {"t1": 1, "t8": 2}


def test_a_condition_that_holds_on_entry_happens_at_once() -> None:
    desk = Desk(open_("start > c1 > t1 > end", caught("c1", ConditionalEvent(condition("x == 0"))))).start()
    assert desk.waiting == {"t1": 1}


def test_a_condition_whose_host_ends_before_it_is_asked_is_forgotten() -> None:
    drawing = "start > s1 > end\ns1.b > t9 > end2\ns1: s1.start > s1.p > s1.t1 > s1.end\ns1: s1.p > s1.x"
    error = EndEvent(id="s1.x", scope="s1", event=ErrorEvent("E"))
    waits = on("s1.t1", ConditionalEvent(condition("x > 5")), "s1")
    desk = Desk(open_(drawing, sub("s1"), error, on("s1", ErrorEvent("E")), waits)).start()
    assert desk.waiting == {"t9": 1}


def test_an_unknown_name_in_a_condition_is_an_incident_that_ends_once_it_is_known() -> None:
    drawing = "start > t0 > t1 > end\nt1.b > t8 > end2"
    event = on("t1", ConditionalEvent(condition("ready == 1")))
    desk = Desk(open_(drawing, event)).start()
    desk.submit("t0")
    assert desk.incidents == ["t1.b: unknown_name"]
    assert desk.waiting == {"t1": 1}
    desk.fill(ready=1)
    assert desk.incidents == []
    assert desk.waiting == {"t8": 1}


def test_an_event_subprocess_runs_beside_its_scope_or_in_its_place() -> None:
    drawing = "start > t1 > end\nh: h.start > h.t > h.end"
    desk = Desk(open_(drawing, beside("h", MESSAGE, interrupting=False))).start()
    desk.hear("h")
    desk.hear("h")
    desk.submit("t1")
    assert desk.waiting == {"h.t": 2}, "the process does not end before its handlers"
    desk = Desk(open_(drawing, beside("h", MESSAGE))).start()
    desk.hear("h", sum=1)
    assert desk.waiting == {"h.t": 1}
    assert desk.data["sum"] == 1
    desk.submit("h.t")
    assert desk.status == "completed"


def test_once_a_scope_is_interrupted_nothing_else_in_it_begins() -> None:
    drawing = "start > t1 > end\nh: h.start > h.t > h.end\ng: g.start > g.t > g.end"
    desk = Desk(open_(drawing, beside("h", MESSAGE), beside("g", SIGNAL, interrupting=False))).start()
    desk.hear("h")
    assert not desk.state.waits


def test_an_event_based_gateway_lets_the_first_event_win_and_lets_go_of_all_others() -> None:
    drawing = "start > g1 > c1 > t1 > end\ng1 > c2 > t2 > end\ng1 > r3 > t3 > end"
    gate = EventBasedGateway(id="g1")
    receive = ReceiveTask(id="r3", message="m")
    for way, at in (("c1", ""), ("c2", "t2"), ("r3", "t3")):
        desk = Desk(open_(drawing, gate, catch("c1", 5), caught("c2", SIGNAL), receive)).start()
        assert desk.waiting == {"g1": 1}
        desk.hear(way) if at else desk.advance("1 days")
        assert desk.waiting == {at or "t1": 1}
        assert not desk.state.waits
        assert not desk.state.timers


def test_of_several_events_any_one_is_enough_or_all_are_needed() -> None:
    events = (SIGNAL, MESSAGE, after(5))
    desk = Desk(open_("start > c1 > t1 > end", caught("c1", MultipleEvent(events)))).start()
    desk.hear("c1")
    assert desk.waiting == {"t1": 1}
    assert not desk.state.waits
    assert not desk.state.timers
    desk = Desk(open_("start > c1 > t1 > end", caught("c1", MultipleEvent(events, parallel=True)))).start()
    desk.hear("c1")
    desk.advance("1 days")
    assert desk.waiting == {"c1": 1}
    desk.hear("c1")
    assert desk.waiting == {"t1": 1}
    assert not desk.state.met


def test_all_of_several_events_on_a_boundary_are_needed_anew_each_time() -> None:
    event = on("t1", MultipleEvent((SIGNAL, MESSAGE), parallel=True), interrupting=False)
    desk = Desk(open_("start > t1 > end\nt1.b > t8 > end2", event)).start()
    for _ in range(2):
        desk.hear("t1.b")
        desk.hear("t1.b")
    assert desk.waiting == {"t1": 1, "t8": 2}


def test_a_timer_text_is_computed_when_it_is_armed() -> None:
    event = TimerEvent(text=condition("span"))
    desk = Desk(open_("start > t0 > c1 > t1 > end", caught("c1", event))).start(span="PT2H")
    desk.submit("t0")
    assert desk.waiting == {"c1": 1}
    desk.advance("3 hours")
    assert desk.waiting == {"t1": 1}


def test_a_timer_whose_text_cannot_be_read_any_more_fires_and_leaves_an_incident_for_the_next() -> None:
    event = on("t1", TimerEvent(text=condition("cycle")), interrupting=False)
    desk = Desk(open_("start > t1 > end\nt1.b > t8 > end2", event)).start(cycle="R3/PT1H")
    desk.fill(cycle="at noon")
    desk.advance("1 hours")
    assert desk.waiting == {"t1": 1, "t8": 1}
    assert desk.incidents == ["t1.b: no_time"]
    desk.fill(cycle="R1/PT1H")
    desk.retry()
    desk.advance("1 hours")
    assert desk.waiting == {"t1": 1, "t8": 2}


def test_three_firings_are_three_firings_in_all() -> None:
    event = BoundaryEvent(id="t1.b", host="t1", event=every("R3/PT10H"), interrupting=False)
    desk = Desk(open_("start > t1 > end\nt1.b > t8 > end2", event)).start()
    desk.advance("9 days")
    assert desk.waiting == {"t1": 1, "t8": 3}
    assert len(desk.names(time.TimerFired)) == 3


def test_a_process_begins_with_the_event_behind_an_instantiating_gateway() -> None:
    drawing = "g1 > c1 > t1 > p9 > t9 > end\ng1 > c2 > t2 > p9"
    both = (caught("c1", MESSAGE), caught("c2", SIGNAL))
    desk = Desk(open_(drawing, EventBasedGateway(id="g1", instantiate=True), *both)).occur("c1", sum=1)
    assert desk.waiting == {"t1": 1}
    gate = EventBasedGateway(id="g1", instantiate=True, parallel=True)
    desk = Desk(open_(drawing, gate, *both)).occur("c1", sum=1)
    assert desk.waiting == {"t1": 1, "c2": 1}


def test_all_of_several_events_start_a_process_together() -> None:
    event = MultipleEvent((MESSAGE, SIGNAL), parallel=True)
    desk = Desk(open_("b1 > t1 > end", StartEvent(id="b1", event=event))).occur("b1")
    assert desk.waiting == {"t1": 1}, "the shell starts it with the last of them"


def test_a_process_without_a_start_event_begins_with_everything_that_nothing_leads_to() -> None:
    desk = Desk(graph("t1 > t3\nt2 > t3", sub("s1"))).start()
    assert desk.waiting == {"t1": 1, "t2": 1}
    desk.submit("t1")
    desk.submit("t2")
    assert desk.waiting == {"t3": 2}, "two tokens are two executions"
    desk.submit("t3")
    desk.submit("t3")
    assert desk.status == "completed"


def test_an_event_subprocess_is_no_part_of_the_implicit_start() -> None:
    handler = EventSubProcess(id="h", event=SignalEvent("s"), interrupting=False)
    desk = Desk(open_("t1 > t2\nh: h.start > h.t > h.end", handler)).start()
    assert desk.waiting == {"t1": 1}


def test_the_key_of_a_conversation_is_given_to_no_handler_and_no_called_process() -> None:
    desk = Desk(open_("start > c1 > t1 > end", caught("c1", MESSAGE))).start()
    scope = next(iter(desk.state.scopes))
    desk.state.scopes[scope].data[CONVERSATION] = "7"
    assert CONVERSATION not in Sight(desk.world, desk.state, scope, desk.at).everything()
