"""The diagram of a written process: BPMN's interchange of shapes and edges, from our own layout.

What is written in blocks is placed by `notation.picture`; every other graph in plain columns, from left to right by
its distance from the start. May import the model and notation.picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from signoff.errors import DefinitionError
from signoff.model import nodes as m
from signoff.model.definition import Definition
from signoff.model.node import Node
from signoff.notation.bpmn_writer.leaf import add, free
from signoff.notation.bpmn_writer.node import flow_name
from signoff.notation.bpmn_writer.process import process_name
from signoff.notation.bpmn_writer.quantity import Quantities
from signoff.notation.picture.layout import place

Box = tuple[int, int, int, int]  # x, y, width, height
Points = Sequence[tuple[float, float]]
_GAP, _PAD, _BELOW = 50, 40, 200  # between columns, inside a sub-process, between processes
_EVENT, _GATEWAY, _TASK = (36, 36), (50, 50), (100, 80)


@dataclass(slots=True)
class Placement:
    """Where everything of one process stands."""

    boxes: dict[str, Box] = field(default_factory=dict)
    ways: dict[str, Points] = field(default_factory=dict)

    def moved(self, down: int) -> "Placement":
        boxes = {id: (x, y + down, w, h) for id, (x, y, w, h) in self.boxes.items()}
        return Placement(boxes, {id: [(x, y + down) for x, y in way] for id, way in self.ways.items()})


def diagram(root: Any, definitions: Sequence[Definition]) -> None:
    """One plane with every process, below one another."""
    taken = {one.get("id") for one in root.iter() if one.get("id")}
    made = add(root, "bpmndi:BPMNDiagram", {"id": free("diagram", taken)})
    about = process_name(definitions[0])
    plane = add(made, "bpmndi:BPMNPlane", {"id": free("plane", taken), "bpmnElement": about})
    down = 0
    for definition in definitions:
        placed = placement(definition).moved(down)
        _draw(plane, definition, placed, taken)
        down = max((y + h for _, y, _, h in placed.boxes.values()), default=down) + _BELOW


def placement(definition: Definition) -> Placement:
    """Where the nodes and flows of a process stand."""
    try:
        drawing = place(definition)
    except DefinitionError:  # no blocks
        return _Columns(definition).placement()
    boxes = {s.id: (int(s.x), int(s.y), int(s.width), int(s.height)) for s in drawing.shapes}
    found = Placement({id: box for id, box in boxes.items() if id in definition.nodes})
    found.ways = {edge.id: edge.points for edge in drawing.edges if edge.id in definition.flows}
    return found if found.boxes.keys() >= definition.nodes.keys() else _Columns(definition).placement()


def _draw(plane: Any, definition: Definition, placed: Placement, taken: set[str]) -> None:
    for id, (left, top, width, height) in placed.boxes.items():
        expanded = {"isExpanded": "true"} if isinstance(definition.nodes[id], m.SubProcess) else {}
        shape = add(plane, "bpmndi:BPMNShape", {"id": free(f"{id}_di", taken), "bpmnElement": id, **expanded})
        bounds = {"x": str(left), "y": str(top), "width": str(width), "height": str(height)}
        add(shape, "dc:Bounds", bounds)
    copies = Quantities.in_(definition).copies
    for flow in (one for one in definition.flows.values() if one.id not in copies):
        name = flow_name(flow.id)
        edge = add(plane, "bpmndi:BPMNEdge", {"id": free(f"{name}_di", taken), "bpmnElement": name})
        for x, y in placed.ways.get(flow.id) or _straight(
            placed.boxes[flow.source], placed.boxes[flow.target]
        ):
            add(edge, "di:waypoint", {"x": str(round(x)), "y": str(round(y))})


def _straight(source: Box, target: Box) -> Points:
    """From the right of one to the left of the other, bent half way."""
    out = (source[0] + source[2], source[1] + source[3] // 2)
    into = (target[0], target[1] + target[3] // 2)
    middle = (out[0] + into[0]) // 2
    return [out, (middle, out[1]), (middle, into[1]), into] if out[1] != into[1] else [out, into]


class _Columns:
    """Nodes in columns by their distance from the start; sub-processes around their own columns."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.scopes: dict[str, list[Node]] = {}
        for node in definition.nodes.values():
            self.scopes.setdefault(node.scope, []).append(node)
        self.boxes: dict[str, Box] = {}

    def placement(self) -> Placement:
        self._scope("", _PAD, _PAD)
        self._boundaries()
        return Placement({id: self.boxes[id] for id in self.definition.nodes})

    def _scope(self, scope: str, left: int, top: int) -> tuple[int, int]:
        """Place what lies in a scope; gives the width and the height that it took."""
        x, bottom = left, top
        for column in _columns(self.definition, self.scopes.get(scope, [])):
            y, widest = top, 0
            for node in column:
                width, height = self._node(node, x, y)
                y, widest = y + height + _GAP, max(widest, width)
            x, bottom = x + widest + _GAP, max(bottom, y)
        return x - left, bottom - top

    def _node(self, node: Node, x: int, y: int) -> tuple[int, int]:
        width, height = _size(node)
        if isinstance(node, m.SubProcess) and node.id in self.scopes:
            inner = self._scope(node.id, x + _PAD, y + _PAD)
            width, height = inner[0] + _PAD, inner[1] + _PAD
        self.boxes[node.id] = (x, y, width, height)
        return width, height

    def _boundaries(self) -> None:
        for host, events in self.definition.boundaries.items():
            x, y, _, height = self.boxes[host]
            for n, event in enumerate(events):
                self.boxes[event.id] = (x + 10 + 46 * n, y + height - 18, *_EVENT)


def _size(node: Node) -> tuple[int, int]:
    if isinstance(node, m.Activity):
        return _TASK
    return _GATEWAY if type(node).__name__.endswith("Gateway") else _EVENT


def _columns(definition: Definition, nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """The nodes of one scope by the number of steps to them; boundary events sit on their hosts."""
    inside = {node.id for node in nodes}
    ranks: dict[str, int] = {}
    begins = [n.id for n in nodes if not any(f.source in inside for f in definition.incoming[n.id])]
    todo = begins or [node.id for node in nodes[:1]]
    ranks.update(dict.fromkeys(todo, 0))
    for id in todo:  # grows while it is walked
        for target in _following(definition, id):
            if target in inside and target not in ranks:
                ranks[target] = ranks[id] + 1
                todo.append(target)
    found: dict[int, list[Node]] = {}
    for node in nodes:
        if not isinstance(node, m.BoundaryEvent):
            found.setdefault(ranks.get(node.id, 0), []).append(node)
    yield from (found[rank] for rank in sorted(found))


def _following(definition: Definition, id: str) -> Iterator[str]:
    yield from (flow.target for flow in definition.outgoing[id])
    for event in definition.boundaries.get(id, ()):
        yield from (flow.target for flow in definition.outgoing[event.id])
