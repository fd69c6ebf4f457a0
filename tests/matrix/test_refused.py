"""Events where BPMN does not let them stand are refused at deployment, at the element (BPMN 2.0.2, table 10.93)."""

import pytest

from signoff.errors import InvalidDefinition
from signoff.notation.bpmn_reader import survey
from signoff.testing import Sandbox
from tests.matrix.cells import EVENTS, PLACES, TOLERATED
from tests.matrix.drawing import beside, boundary, event, model, sub
from tests.matrix.forbidden import CODES, sample
from tests.matrix.story import ERROR, ESCALATION, MESSAGE, SIGNAL, begun

CELLS = [
    (row, column)
    for row, places in EVENTS.items()
    for column in PLACES
    if column not in places and (row, column) not in TOLERATED
]


@pytest.mark.parametrize(("row", "column"), CELLS)
def test_an_event_that_may_not_stand_there_is_refused_at_its_place(row: str, column: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        Sandbox().deploy(sample(row, column))
    told = {
        (problem.code, problem.params.get("element"))
        for problem in refused.value.problems
        if not problem.warning
    }
    assert told & {(code, at) for code in CODES[column] for at in ("x", "g-x")}


@pytest.mark.parametrize(("kind", "code"), [("message", "M"), ("signal", "S"), ("escalation", "L")])
@pytest.mark.parametrize("place", ["intermediateThrowEvent", "endEvent"])
def test_what_is_declared_nowhere_is_refused(kind: str, code: str, place: str) -> None:
    inside = f"<{kind}EventDefinition {kind}Ref='{code}.gone'/>"
    drawing = "s > x > e" if place == "intermediateThrowEvent" else "s > x"
    with pytest.raises(InvalidDefinition, match=f"bpmn_{kind}_undeclared"):
        Sandbox().deploy(model(drawing, event(place, "x", inside)))


def test_an_error_that_is_declared_nowhere_is_its_own_code_and_told() -> None:
    gone = "<errorEventDefinition errorRef='gone'/>"
    inside = sub("k", "s2 > a > v", event("endEvent", "v", gone))
    text = model("s > k > e; n > t > f", inside, boundary("n", "k", gone))
    assert [each.code for each in survey(text).problems].count("bpmn_error_undeclared") == 2
    case = begun(text)
    case.complete("a")
    assert case.active == {"t": 1}


def test_a_boundary_event_on_an_event_sub_process_is_refused() -> None:
    text = model("s > a > e; x > t > f", beside("h", SIGNAL, "d > f2"), boundary("x", "h", MESSAGE))
    with pytest.raises(InvalidDefinition, match="bpmn_boundary_aside"):
        Sandbox().deploy(text)


@pytest.mark.parametrize("part", [ERROR, ESCALATION])
def test_what_cannot_be_waited_for_is_refused_among_events_that_must_all_happen(part: str) -> None:
    edge = boundary("x", "k", MESSAGE + part, parallelMultiple="true")
    with pytest.raises(InvalidDefinition, match="bpmn_parallel_part"):
        Sandbox().deploy(model("s > k > e; x > t > f", sub("k", "s2 > a > e2"), edge))
