"""Events that are thrown: in the flow and at its end, each with who catches it (BPMN 2.0.2, table 10.93)."""

import pytest

from signoff.testing import Sandbox
from tests.bpmn.sample import process
from tests.matrix.cells import (
    BOUNDARY,
    CATCH,
    END,
    ESP,
    START,
    SUB_START,
    THROW,
    each,
    shows,
)
from tests.matrix.drawing import beside, boundary, drawn, event, model, models, sub
from tests.matrix.story import CANCEL, COMPENSATE, ERROR, ESCALATION, MESSAGE, SIGNAL, TERMINATE, begun, story

UNDO = "<boundaryEvent id='u' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>"
UNDO += "<userTask id='z' isForCompensation='true'/><association id='uz' sourceRef='u' targetRef='z'/>"


@shows(("none", START), ("none", SUB_START), ("none", THROW), ("none", END))
def test_events_without_a_trigger_only_pass_the_token_on() -> None:
    inside = sub("k", "s2 > a > e2")
    case = begun(model("s > v > k > e", event("intermediateThrowEvent", "v"), inside))
    case.complete("a")
    assert story(case) == "s v +k s2 +a =a e2 =k e completed"


@each(("message", "signal", "multiple"), THROW)
def test_what_is_thrown_in_the_flow_reaches_another_instance_and_the_thrower_goes_on(kind: str) -> None:
    thrown = {"message": MESSAGE, "signal": SIGNAL, "multiple": MESSAGE + SIGNAL}[kind]
    waiting = {"message": MESSAGE, "signal": SIGNAL, "multiple": SIGNAL}[kind]
    box = Sandbox()
    box.deploy(
        models(
            process("p", drawn("s > v > a > e", event("intermediateThrowEvent", "v", thrown))),
            process("q", drawn("s2 > c2 > b > e2", event("intermediateCatchEvent", "c2", waiting))),
        )
    )
    listener = box.start("q")
    thrower = box.start("p")
    assert box.active == {"a": 1, "b": 1}
    thrower.complete("a")
    listener.complete("b")
    assert story(listener) == "s2 +c2 =c2 +b =b e2 completed"
    names = {"message": "!m", "signal": "!s", "multiple": "!m !s"}[kind]
    assert sorted(story(thrower).split()) == sorted(f"s v {names} +a =a e completed".split())


@each(("message", "signal", "multiple"), END)
def test_what_an_end_event_throws_starts_another_process(kind: str) -> None:
    thrown = {"message": MESSAGE, "signal": SIGNAL, "multiple": MESSAGE + SIGNAL}[kind]
    waiting = {"message": MESSAGE, "signal": SIGNAL, "multiple": SIGNAL}[kind]
    box = Sandbox()
    box.deploy(
        models(
            process("p", drawn("s > e", event("endEvent", "e", thrown))),
            process("q", drawn("b2 > b > e2", event("startEvent", "b2", waiting))),
        )
    )
    case = box.start("p")
    assert case.status == "completed"
    assert box.active == {"b": 1}
    names = {"message": "!m", "signal": "!s", "multiple": "!m !s"}[kind]
    assert story(case) == f"s e {names} completed"


@shows(("escalation", THROW), ("escalation", END))
@pytest.mark.parametrize("place", ["intermediateThrowEvent", "endEvent"])
def test_an_escalation_reaches_the_nearest_catcher_and_its_thrower_goes_on(place: str) -> None:
    inside = (
        sub("k", "s2 > a > v > b > e2", event(place, "v", ESCALATION))
        if place == "intermediateThrowEvent"
        else sub("k", "s2 > p2; p2 > a > v; p2 > b > e2", event(place, "v", ESCALATION))
    )
    edge = boundary("n", "k", ESCALATION, interrupting=False)
    case = begun(model("s > k > e; n > t > f", inside, edge))
    case.complete("a")
    assert case.active == {"b": 1, "t": 1}
    case.complete("b")
    case.complete("t")
    assert story(case).endswith("=a v !L n +b +t =b e2 =k e =t f completed") or story(case).endswith(
        "=a v !L n +t =b e2 =k e =t f completed"
    )


def test_an_escalation_that_interrupts_ends_its_thrower_before_the_flow_of_the_catcher() -> None:
    inside = sub("k", "s2 > v > b > e2", event("intermediateThrowEvent", "v", ESCALATION))
    case = begun(model("s > k > e; n > t > f", inside, boundary("n", "k", ESCALATION)))
    case.complete("t")
    assert story(case) == "s +k s2 v !L -k n +t =t f completed"


@shows(("error", END))
def test_an_error_end_event_ends_the_sub_process_and_all_in_it() -> None:
    inside = sub("k", "s2 > p2; p2 > a > v; p2 > b > e2", event("endEvent", "v", ERROR))
    case = begun(model("s > k > e; n > t > f", inside, boundary("n", "k", ERROR)))
    case.complete("a")
    case.complete("t")
    assert story(case) == "s +k s2 p2 +a +b =a v !E -b -k n +t =t f completed"


@shows(("compensation", THROW), ("compensation", END), ("compensation", BOUNDARY))
@pytest.mark.parametrize("place", ["intermediateThrowEvent", "endEvent"])
def test_compensation_undoes_what_was_completed_and_then_goes_on(place: str) -> None:
    drawing = "s > a > v > b > e" if place == "intermediateThrowEvent" else "s > a > v"
    case = begun(model(drawing, UNDO, event(place, "v", COMPENSATE)))
    case.complete("a")
    assert case.active == {"z": 1}, "the throw event waits"
    case.complete("z")
    after = ""
    if place == "intermediateThrowEvent":
        case.complete("b")
        after = "+b =b e "
    assert story(case) == f"s +a =a +v +z =z =v {after}completed"


@shows(("compensation", ESP))
def test_a_compensation_event_sub_process_undoes_a_sub_process_that_has_ended() -> None:
    inside = sub("k", "s2 > a > e2", beside("h", COMPENSATE, "z > f2"))
    case = begun(model("s > k > v > e", inside, event("intermediateThrowEvent", "v", COMPENSATE)))
    case.complete("a")
    assert case.active == {"z": 1}
    case.complete("z")
    assert story(case) == "s +k s2 +a =a e2 =k +v +h h.s +z =z f2 =h =v e completed"


@shows(("cancel", END), ("cancel", BOUNDARY))
def test_a_transaction_that_is_cancelled_is_undone_and_left_by_its_cancel_event() -> None:
    inside = sub(
        "k", "s2 > a > p2; p2 > b > e2; p2 > v", UNDO, event("endEvent", "v", CANCEL), kind="transaction"
    )
    case = begun(model("s > k > e; n > t > f", inside, boundary("n", "k", CANCEL)))
    case.complete("a")
    assert case.active == {"z": 1}, "everything else has stopped"
    case.complete("z")
    case.complete("t")
    assert story(case) == "s +k s2 +a =a p2 +b v -b +v +z =z =v -k n +t =t f completed"


@shows(("terminate", END))
def test_a_terminate_end_event_ends_its_scope_and_nothing_around_it() -> None:
    inside = sub("k", "s2 > p2; p2 > a > v; p2 > b > e2", event("endEvent", "v", TERMINATE))
    case = begun(model("s > k > t > e", inside))
    case.complete("a")
    case.complete("t")
    assert story(case) == "s +k s2 p2 +a +b =a v -b =k +t =t e completed"


@shows(("link", THROW), ("link", CATCH))
def test_a_link_continues_at_the_event_of_its_name_from_wherever_it_is_thrown() -> None:
    link = "<linkEventDefinition name='there'/>"
    elements = [
        event("intermediateThrowEvent", "v", link),
        event("intermediateThrowEvent", "y", link),
        event("intermediateCatchEvent", "c", link),
    ]
    case = begun(model("s > p1; p1 > v; p1 > a > y; c > b > e", *elements))
    case.complete("b")
    case.complete("a")
    case.complete("b")
    assert story(case) == "s p1 v +a c +b =b e =a y c +b =b e completed"
