"""A file's own diagram is drawn as it stands in the file where it is complete, in BPMN's shapes, and safely."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from signoff.notation.interchange import drawn
from signoff.notation.picture import Drawing, Shape, ShapeKind, render
from signoff.notation.picture.drawing import EdgeKind, Marker

MIWG = Path(__file__).parents[3] / "shared" / "conformance" / "bpmn" / "miwg"

HEAD = """<?xml version="1.0"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
  xmlns:xi="http://www.w3.org/2001/XMLSchema-instance" xmlns:k="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:p="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:c="http://www.omg.org/spec/DD/20100524/DC">"""
MODEL = """
<b:collaboration id="deal">
  <b:participant id="we" name="We" processRef="buy"/>
  <b:participant id="they" name="&lt;script&gt;They&lt;/script&gt;"/>
  <b:messageFlow id="order" name="Order" sourceRef="ask" targetRef="they"/>
</b:collaboration>
<b:process id="buy" name="Buy" isExecutable="true">
  <b:laneSet id="ls"><b:lane id="desk" name="Desk"><b:flowNodeRef>ask</b:flowNodeRef></b:lane></b:laneSet>
  <b:startEvent id="go" name="Go"><b:timerEventDefinition id="td"><b:timeDate>2030-01-01</b:timeDate></b:timerEventDefinition></b:startEvent>
  <b:sequenceFlow id="f1" sourceRef="go" targetRef="ask"/>
  <b:sendTask id="ask" name="Ask" default="f2">
    <b:multiInstanceLoopCharacteristics isSequential="true"><b:loopCardinality>3</b:loopCardinality></b:multiInstanceLoopCharacteristics>
    <b:dataOutputAssociation id="out"><b:sourceRef>ask</b:sourceRef><b:targetRef>sheet</b:targetRef></b:dataOutputAssociation>
  </b:sendTask>
  <b:boundaryEvent id="late" name="Late" attachedToRef="ask" cancelActivity="false"><b:signalEventDefinition signalRef="s"/></b:boundaryEvent>
  <b:sequenceFlow id="f2" sourceRef="ask" targetRef="work"/>
  <b:sequenceFlow id="f4" name="else" sourceRef="ask" targetRef="stop">
    <b:conditionExpression xi:type="b:tFormalExpression">=x</b:conditionExpression></b:sequenceFlow>
  <b:subProcess id="work" name="Work"><b:task id="inner" name="Inner"/></b:subProcess>
  <b:sequenceFlow id="f3" sourceRef="work" targetRef="stop"/>
  <b:endEvent id="stop"><b:terminateEventDefinition/></b:endEvent>
  <b:dataObjectReference id="sheet" name="Sheet" dataObjectRef="d"/><b:dataObject id="d" isCollection="true"/>
  <b:textAnnotation id="note"><b:text>Mind the price</b:text></b:textAnnotation>
  <b:association id="line" sourceRef="ask" targetRef="note"/>
</b:process><b:signal id="s" name="s"/>"""


def shape(id: str, x: float, y: float, width: float, height: float, more: str = "", inside: str = "") -> str:
    bounds = f'<c:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'
    return f'<p:BPMNShape bpmnElement="{id}" {more}>{bounds}{inside}</p:BPMNShape>'


def edge(id: str, *points: tuple[float, float]) -> str:
    way = "".join(f'<k:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return f'<p:BPMNEdge bpmnElement="{id}">{way}</p:BPMNEdge>'


def plane(of: str, *drawn: str) -> str:
    return f'<p:BPMNDiagram><p:BPMNPlane bpmnElement="{of}">{"".join(drawn)}</p:BPMNPlane></p:BPMNDiagram>'


LABEL = '<p:BPMNLabel><c:Bounds x="-30" y="290" width="40" height="14"/></p:BPMNLabel>'
MAIN = [
    shape("inner", 420.4, 120, 100, 80),
    shape("we", -100, 50, 800, 300, 'isHorizontal="true"'),
    shape("desk", -70, 50, 770, 300),
    shape("go", -30, 250, 36, 36, inside=LABEL),
    shape("ask", 100, 228, 100, 80),
    shape("late", 182, 290, 36, 36),
    shape("work", 400, 90, 140, 130, 'isExpanded="true"'),
    shape("stop", 600, 250, 36, 36),
    shape("sheet", 120, 370, 36, 50),
    shape("note", 250, 370, 100, 30),
    shape("they", -100, 500, 800, 60),
    edge("f1", (6, 268), (100, 268)),
    edge("f2", (200, 268), (300, 268), (300, 155), (400, 155)),
    edge("f3", (540, 155), (600, 268)),
    edge("f4", (200, 280), (600, 268)),
    edge("order", (150, 308), (150, 500)),
    edge("line", (200, 300), (250, 380)),
    edge("out", (140, 308), (138, 370)),
]
FILE = HEAD + MODEL + plane("deal", *MAIN) + "</b:definitions>"


@pytest.fixture
def picture() -> Drawing:
    found = drawn(FILE)
    assert found is not None
    return found


def by_id(drawing: Drawing) -> dict[str, Shape]:
    return {shape.id: shape for shape in drawing.shapes}


def test_everything_stands_as_in_the_file_and_nothing_left_of_the_paper(picture: Drawing) -> None:
    shapes = by_id(picture)
    assert shapes["ask"].x - shapes["go"].x == 130
    assert (shapes["inner"].width, shapes["inner"].height) == (100, 80)
    assert min(shape.x for shape in picture.shapes) > 0
    assert max(shape.right for shape in picture.shapes) < picture.width
    words = shapes["go"].words
    assert words is not None
    assert words[0] - shapes["go"].x == 0
    (flow,) = [each for each in picture.edges if each.id == "f2"]
    assert len(flow.points) == 4
    assert flow.default


def test_shapes_and_lines_are_those_of_bpmn(picture: Drawing) -> None:
    kinds = {id: shape.kind for id, shape in by_id(picture).items()}
    assert kinds["we"] == kinds["they"] == ShapeKind.POOL
    assert (kinds["desk"], kinds["work"], kinds["stop"]) == (
        ShapeKind.LANE,
        ShapeKind.STAGE,
        ShapeKind.TERMINATE,
    )
    assert (kinds["sheet"], kinds["note"]) == (ShapeKind.DATA, ShapeKind.ANNOTATION)
    shapes = by_id(picture)
    assert shapes["they"].blank
    assert not shapes["we"].blank
    assert shapes["ask"].markers == (Marker.SEQUENTIAL,)
    assert (shapes["go"].event, shapes["late"].event, shapes["late"].interrupting) == (
        "timer",
        "signal",
        False,
    )
    lines = {each.id: each.kind for each in picture.edges}
    assert lines["order"] is EdgeKind.MESSAGE
    assert lines["line"] is EdgeKind.ASSOCIATION
    assert lines["out"] is EdgeKind.DATA
    assert {each.id for each in picture.edges if each.conditional} == {"f4"}


def test_pools_lie_below_lanes_and_lanes_below_what_stands_in_them(picture: Drawing) -> None:
    order = list(by_id(picture))
    assert order.index("we") < order.index("desk") < order.index("work") < order.index("inner")


def test_texts_are_escaped_and_labels_readable(picture: Drawing) -> None:
    svg = render(picture, lang="en")
    names = {element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()}
    assert names <= {"svg", "g", "rect", "circle", "path", "text", "title"}
    for word in ("Mind the price", "Order", "Sheet", "Late", "else", "&lt;script&gt;They"):
        assert word in svg
    assert 'fill="#ffffff"' in svg.splitlines()[2], "on white paper, whatever the page around it is"


@pytest.mark.parametrize(
    "missing",
    ['<p:BPMNShape bpmnElement="stop".*?</p:BPMNShape>', '<p:BPMNEdge bpmnElement="f3".*?</p:BPMNEdge>'],
)
def test_what_is_incomplete_is_not_drawn(missing: str) -> None:
    assert drawn(re.sub(missing, "", FILE)) is None
    assert drawn(HEAD + MODEL + "</b:definitions>") is None
    assert drawn("signoff: 1\nprocess: x\n") is None
    assert drawn(FILE[:900]) is None


@pytest.mark.parametrize("bounds", ["nan", "1e999", "", "x", "99999999999"])
def test_numbers_that_are_none_are_not_drawn(bounds: str) -> None:
    assert drawn(FILE.replace('x="600"', f'x="{bounds}"')) is None


def test_a_collapsed_sub_process_has_its_own_plane_below() -> None:
    closed = [each for each in MAIN if 'Element="inner"' not in each]
    closed[-1:] = [closed[-1], ""]
    text = "".join(closed).replace('isExpanded="true"', 'isExpanded="false"')
    alone = drawn(HEAD + MODEL + plane("deal", text) + "</b:definitions>")
    assert alone is not None
    assert by_id(alone)["work"].markers == (Marker.COLLAPSED,)
    both = drawn(
        HEAD + MODEL + plane("deal", text) + plane("work", shape("inner", 0, 0, 100, 80)) + "</b:definitions>"
    )
    assert both is not None
    shapes = by_id(both)
    assert shapes["inner"].y > max(s.bottom for id, s in shapes.items() if id not in {"inner", "work#1"})
    assert shapes["work#1"].label.get("en") == "Work"


@pytest.mark.skipif(not MIWG.is_dir(), reason="the models of others are not beside the project")
def test_every_reference_of_the_interchange_suite_is_drawn_as_it_stands() -> None:
    files = sorted(MIWG.glob("**/*.bpmn"))
    for file in files:
        found = drawn(file.read_bytes(), file=file.name)
        assert found is not None, file.name
        assert len({each.id for each in found.shapes}) == len(found.shapes), file.name
        ET.fromstring(render(found, lang="en"))
    assert len(files) > 20
