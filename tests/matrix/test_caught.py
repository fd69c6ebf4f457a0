"""Events that wait: each kind in each place where BPMN lets it stand, interrupting and not (BPMN 2.0.2, table 10.93)."""

import pytest

from signoff.errors import NotFound
from signoff.testing import Case, Sandbox
from tests.matrix.cells import (
    BEHIND,
    BOUNDARY,
    BOUNDARY_BESIDE,
    CATCH,
    ESP,
    ESP_BESIDE,
    INSTANTIATES,
    START,
    each,
)
from tests.matrix.drawing import beside, boundary, event, model
from tests.matrix.story import AGAIN, ALL, CAUGHT, MESSAGE, begun, parallel, story

WORK = "<serviceTask id='w'/>"


def started(text: str, kind: str) -> Case:
    """The one instance that an event has made."""
    box = Sandbox()
    box.deploy(text)
    if kind == "conditional":
        assert box.observe({"y": 1}) is None, "nothing was said about x"
        assert box.observe({"x": 0}) is None
        box.observe({"x": 9})
        assert box.observe({"x": 10}) is None, "it held already"
    else:
        CAUGHT[kind].happen(box)
    (row,) = box.engine.instances()
    return Case(box, "p", row.id)


@each(CAUGHT, START)
def test_a_start_event_makes_an_instance_that_begins_behind_it(kind: str) -> None:
    case = started(model("b > a > e", event("startEvent", "b", CAUGHT[kind].xml, **parallel(kind))), kind)
    case.complete("a")
    assert story(case) == "b +a =a e completed"


def test_of_all_events_that_start_a_process_together_each_counts_once() -> None:
    box = Sandbox()
    box.deploy(model("b > a > e", event("startEvent", "b", CAUGHT["multiple"].xml, parallelMultiple="true")))
    assert box.message("m", {"one": 1}) is None
    assert box.running == 0
    with pytest.raises(NotFound):
        box.message("m", {"one": 2})
    case = box.signal("s", {"two": 2})
    assert case is not None
    assert (case.variables["one"], case.variables["two"]) == (1, 2)
    assert box.signal("s") is None
    assert box.running == 1, "the next one needs both again"
    assert box.message("m") is not None


@each(ALL, ESP)
def test_an_event_subprocess_that_interrupts_takes_the_place_of_its_scope(kind: str) -> None:
    start = event("startEvent", "h.s", ALL[kind].xml, isInterrupting="true", **parallel(kind))
    inside = f"<subProcess id='h' triggeredByEvent='true'>{start}<userTask id='t'/><endEvent id='f'/>"
    inside += "<sequenceFlow id='1' sourceRef='h.s' targetRef='t'/><sequenceFlow id='2' sourceRef='t' targetRef='f'/>"
    case = begun(model("s > w > e", WORK, f"{inside}</subProcess>"), x=0)
    ALL[kind].happen(case.box)
    assert case.active == {"t": 1}
    case.complete("t")
    assert story(case).replace("!E ", "").replace("!L ", "") == "s +w -w +h h.s +t =t f =h completed"


@each([kind for kind in ALL if kind != "error"], ESP_BESIDE)
def test_an_event_subprocess_that_does_not_interrupt_runs_beside_its_scope(kind: str) -> None:
    start = ALL[kind].xml
    text = model("s > w > e", WORK, beside("h", start, "t > f", interrupting=False))
    text = text.replace("id='h.s'", "id='h.s' parallelMultiple='true'") if parallel(kind) else text
    case = begun(text, x=0)
    ALL[kind].happen(case.box)
    assert case.active == {"w": 1, "t": 1}
    if kind in AGAIN:
        ALL[kind].happen(case.box)
        assert case.active == {"w": 1, "t": 2}
        case.complete("t")
    case.complete("w")
    assert case.status == "running", "its scope waits for it"
    case.complete("t")
    told = story(case).replace("!L ", "")
    assert told.startswith("s +w +h h.s +t ")
    assert told.endswith("=w e =t f =h completed")


@each(CAUGHT, CATCH)
def test_an_intermediate_event_waits_in_the_flow(kind: str) -> None:
    wait = event("intermediateCatchEvent", "c", CAUGHT[kind].xml, **parallel(kind))
    case = begun(model("s > c > a > e", wait), x=0)
    assert case.active == {"c": 1}
    CAUGHT[kind].happen(case.box)
    case.complete("a")
    assert story(case) == "s +c =c +a =a e completed"


@each(ALL, BOUNDARY)
def test_a_boundary_event_that_interrupts_ends_its_activity_before_its_flow_is_taken(kind: str) -> None:
    case = begun(
        model("s > w > e; b > t > f", WORK, boundary("b", "w", ALL[kind].xml, **parallel(kind))), x=0
    )
    ALL[kind].happen(case.box)
    case.complete("t")
    assert story(case).replace("!E ", "").replace("!L ", "") == "s +w -w b +t =t f completed"


@each([kind for kind in ALL if kind != "error"], BOUNDARY_BESIDE)
def test_a_boundary_event_that_does_not_interrupt_leaves_its_activity_alone(kind: str) -> None:
    edge = boundary("b", "w", ALL[kind].xml, interrupting=False, **parallel(kind))
    case = begun(model("s > w > e; b > t > f", WORK, edge), x=0)
    ALL[kind].happen(case.box)
    assert case.active == {"w": 1, "t": 1}
    if kind in AGAIN:
        ALL[kind].happen(case.box)
        case.complete("t")
    case.complete("w")
    case.complete("t")
    told = story(case).replace("!L ", "")
    assert told.startswith("s +w b +t ")
    assert told.endswith("=w e =t f completed")


@each([kind for kind in CAUGHT if kind != "parallel multiple"], BEHIND)
def test_the_first_event_behind_a_gateway_wins_and_the_others_are_let_go(kind: str) -> None:
    first = event("intermediateCatchEvent", "c1", CAUGHT[kind].xml)
    other = event("intermediateCatchEvent", "c2", MESSAGE.replace("'M'", "'N'"))
    case = begun(model("s > g > c1 > a > e; g > c2 > t > f", first, other), x=0)
    assert case.active == {"g": 1}
    CAUGHT[kind].happen(case.box)
    assert case.active == {"a": 1}
    state = case.situation.state
    assert not state.waits
    assert not state.timers
    case.complete("a")
    assert story(case) == "s +g =g g c1 +a =a e completed"


@each([kind for kind in CAUGHT if kind != "parallel multiple"], INSTANTIATES)
def test_the_first_event_behind_an_instantiating_gateway_makes_the_instance(kind: str) -> None:
    gate = "<eventBasedGateway id='g' instantiate='true'/>"
    first = event("intermediateCatchEvent", "c1", CAUGHT[kind].xml)
    other = event("intermediateCatchEvent", "c2", MESSAGE.replace("'M'", "'N'"))
    case = started(model("g > c1 > a > e; g > c2 > t > f", gate, first, other), kind)
    case.complete("a")
    assert story(case) == "g c1 +a =a e completed"
