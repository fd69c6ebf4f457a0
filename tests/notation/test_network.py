"""Pictures of graphs that are not written in blocks: nothing overlaps, lines run at right angles and through no figure."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.model.definition import Definition, Lane
from signoff.model.node import SequenceFlow
from signoff.model.nodes import (
    AbstractTask,
    BoundaryEvent,
    CompensateEvent,
    EndEvent,
    ErrorEvent,
    ExclusiveGateway,
    Node,
    StartEvent,
    SubProcess,
)
from signoff.model.types import Text
from signoff.notation import bpmn_reader
from signoff.notation.picture import Drawing, Shape, ShapeKind, place, render
from signoff.notation.picture.drawing import EdgeKind, Marker
from signoff.notation.picture.painter import CONTAINERS

MODELS = Path(__file__).parents[3] / "shared" / "conformance" / "bpmn"


def inside(a: Shape, b: Shape) -> bool:
    return a.x >= b.x and a.y >= b.y and a.right <= b.right and a.bottom <= b.bottom


def overlapping(drawing: Drawing) -> list[tuple[str, str]]:
    """Figures that share room, but for what lies in a container or sits on its host."""
    shapes = [shape for shape in drawing.shapes if shape.kind is not ShapeKind.BOUNDARY]
    return [
        (a.id, b.id)
        for n, a in enumerate(shapes)
        for b in shapes[n + 1 :]
        if a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom
        if not (b.kind in CONTAINERS and inside(a, b)) and not (a.kind in CONTAINERS and inside(b, a))
    ]


def crooked(drawing: Drawing) -> list[str]:
    """Edges with a part that is neither level nor upright."""
    return [
        edge.id
        for edge in drawing.edges
        if any(a[0] != b[0] and a[1] != b[1] for a, b in zip(edge.points, edge.points[1:], strict=False))
    ]


def crossing(drawing: Drawing) -> list[tuple[str, str]]:
    """Lines that run through the inside of a figure."""
    found = []
    for edge in drawing.edges:
        for a, b in zip(edge.points, edge.points[1:], strict=False):
            left, right = sorted((a[0], b[0]))
            top, bottom = sorted((a[1], b[1]))
            found += [
                (edge.id, shape.id)
                for shape in drawing.shapes
                if shape.kind not in CONTAINERS and shape.id not in (edge.source, edge.target)
                if left < shape.right - 1 and shape.x + 1 < right + (left == right)
                if top < shape.bottom - 1 and shape.y + 1 < bottom + (top == bottom)
                if not (shape.kind is ShapeKind.BOUNDARY and edge.source != shape.id and top >= shape.bottom)
            ]
    return found


def sound(drawing: Drawing) -> None:
    assert overlapping(drawing) == []
    assert crooked(drawing) == []
    assert crossing(drawing) == []
    assert all(
        s.x >= 0 and s.y >= 0 and s.right <= drawing.width and s.bottom <= drawing.height
        for s in drawing.shapes
    )


def graph(
    nodes: list[Node], flows: list[tuple[str, str]], lanes: dict[str, Lane] | None = None
) -> Definition:
    made = {f"f{n}": SequenceFlow(f"f{n}", a, b) for n, (a, b) in enumerate(flows)}
    return Definition("g", Text("图", "Graph"), {node.id: node for node in nodes}, made, lanes=lanes or {})


@st.composite
def graphs(draw: st.DrawFn) -> Definition:
    """Tasks, gateways and events with any flows among them, loops too; some with boundary events, some in lanes."""
    count = draw(st.integers(1, 14))
    names = [f"n{n}" for n in range(count)]
    kinds = draw(
        st.lists(st.sampled_from([AbstractTask, ExclusiveGateway, EndEvent]), min_size=count, max_size=count)
    )
    nodes: list[Node] = [kind(id=name) for kind, name in zip(kinds, names, strict=True)]
    tasks = [node.id for node in nodes if isinstance(node, AbstractTask)]
    hosts = draw(st.lists(st.sampled_from(tasks), max_size=4)) if tasks else []
    events = [BoundaryEvent(id=f"b{n}", host=host, event=ErrorEvent("")) for n, host in enumerate(hosts)]
    pairs = st.tuples(st.sampled_from([*names, *(event.id for event in events)]), st.sampled_from(names))
    flows = draw(st.lists(pairs, max_size=2 * count, unique=True))
    split = draw(st.integers(0, count))
    lanes = {"one": Lane("one", nodes=tuple(names[:split])), "two": Lane("two", nodes=tuple(names[split:]))}
    return graph([*nodes, *events], flows, lanes if draw(st.booleans()) else None)


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_any_graph_is_drawn_without_overlaps_and_at_right_angles(definition: Definition) -> None:
    drawing = place(definition)
    assert {shape.id for shape in drawing.shapes if shape.kind is not ShapeKind.LANE} == set(definition.nodes)
    assert {edge.id for edge in drawing.edges} == set(definition.flows)
    sound(drawing)
    shapes = {shape.id: shape for shape in drawing.shapes}
    for lane in definition.lanes.values():
        assert all(inside(shapes[id], shapes[lane.id]) for id in lane.nodes)


def test_sub_processes_hold_what_lies_in_them() -> None:
    nodes: list[Node] = [
        StartEvent(id="s"),
        SubProcess(id="p"),
        StartEvent(id="ps", scope="p"),
        AbstractTask(id="pt", scope="p"),
        EndEvent(id="e"),
    ]
    drawing = place(graph(nodes, [("s", "p"), ("ps", "pt"), ("p", "e"), ("p", "s")]))
    shapes = {shape.id: shape for shape in drawing.shapes}
    assert inside(shapes["pt"], shapes["p"])
    assert not inside(shapes["e"], shapes["p"])
    sound(drawing)


def test_lanes_are_kept_apart_as_bands() -> None:
    nodes: list[Node] = [AbstractTask(id=f"t{n}") for n in range(6)]
    lanes = {"a": Lane("a", nodes=("t0", "t2", "t4")), "b": Lane("b", nodes=("t1", "t3", "t5"))}
    drawing = place(graph(nodes, [(f"t{n}", f"t{n + 1}") for n in range(5)], lanes))
    shapes = {shape.id: shape for shape in drawing.shapes}
    assert max(shapes[id].bottom for id in lanes["a"].nodes) < min(shapes[id].y for id in lanes["b"].nodes)


def test_what_undoes_an_activity_is_drawn_with_a_line_to_it() -> None:
    nodes: list[Node] = [
        AbstractTask(id="book"),
        BoundaryEvent(id="b", host="book", event=CompensateEvent(), handler="cancel"),
        AbstractTask(id="cancel", compensates=True),
    ]
    drawing = place(graph(nodes, []))
    (line,) = drawing.edges
    assert (line.source, line.target, line.kind) == ("b", "cancel", EdgeKind.ASSOCIATION)
    assert {shape.id: shape.markers for shape in drawing.shapes}["cancel"] == (Marker.COMPENSATION,)
    sound(drawing)


@pytest.mark.skipif(not MODELS.is_dir(), reason="the models of others are not beside the project")
def test_the_models_of_others_are_drawn() -> None:
    drawn = 0
    for file in sorted((MODELS / "miwg").glob("**/*.bpmn")):
        for definition in bpmn_reader.survey(file.read_bytes(), file=file.name).definitions:
            drawing = place(definition)
            sound(drawing)
            assert render(drawing, lang="en").startswith("<svg")
            drawn += 1
    assert drawn > 10


def test_a_chain_of_thousands_and_a_label_without_end_are_drawn_at_once() -> None:
    label = Text(en="word " * 200_000)
    nodes: list[Node] = [AbstractTask(id=f"t{n}", label=label if n == 0 else Text()) for n in range(1500)]
    drawing = place(graph(nodes, [(f"t{n}", f"t{n + 1}") for n in range(1499)]))
    assert drawing.width > 1500 * 142
    assert max(shape.height for shape in drawing.shapes) < 200
