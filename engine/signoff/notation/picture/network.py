"""Where everything of a graph stands that is not written in blocks: columns, lanes as bands, edges at right angles.

Sub-processes are laid out inside their own box; boundary events sit on their host; event sub-processes stand below.
May import model and its siblings.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from signoff.model.definition import Definition
from signoff.model.nodes import BoundaryEvent, EventSubProcess, Node, SequenceFlow, SubProcess
from signoff.notation.picture.drawing import Drawing, Edge, EdgeKind, Point, Shape, ShapeKind
from signoff.notation.picture.figure import EVENT, TITLE, figure, title_width
from signoff.notation.picture.layers import Arc, layers
from signoff.notation.picture.piece import tidy

MARGIN, PAD = 24, 22
_APART = 34  # between figures of a column
_TRACK = 10  # between lines that run beside one another
_PASSING = 14  # height that a passing flow takes in a column
_LEDGE = 24  # below a host, for the flows of its boundary events
_LEVEL = 46  # of the axis of what begins a row, below its top
_WORDS = 96  # for what is written on a flow
OUTSIDE = -1  # the band of what lies in no lane
BAND = 30  # of a lane: where its name stands
_LABEL = 18  # below an event or a gateway, for its label


@dataclass(slots=True)
class Field:
    """The inside of one scope: figures and edges around the origin."""

    shapes: list[Shape]
    edges: list[Edge]
    width: int = 0
    height: int = 0

    def take(self, other: "Field", dx: int, dy: int) -> None:
        self.shapes += [replace(s, x=s.x + dx, y=s.y + dy) for s in other.shapes]
        self.edges += [replace(e, points=tuple((x + dx, y + dy) for x, y in e.points)) for e in other.edges]


def arrange(definition: Definition) -> Drawing:
    """The picture of any graph."""
    inside = scope_field(definition, "")
    whole = Field([], [])
    whole.take(inside, MARGIN, MARGIN + TITLE)
    return Drawing(
        id=definition.id,
        label=definition.label,
        width=max(inside.width, title_width(definition.label)) + 2 * MARGIN,
        height=inside.height + 2 * MARGIN + TITLE,
        shapes=tuple(whole.shapes),
        edges=tuple(whole.edges),
    )


def scope_field(definition: Definition, scope: str) -> Field:
    """The figures of one scope with all that lies in them."""
    nodes = [node for node in definition.nodes.values() if node.scope == scope]
    beside = [node for node in nodes if isinstance(node, EventSubProcess)]
    flow = [node for node in nodes if not isinstance(node, EventSubProcess | BoundaryEvent)]
    edge_events = [node for node in nodes if isinstance(node, BoundaryEvent)]
    main = _Columns(definition, flow, edge_events).field()
    for node in beside:
        box = _boxed(definition, node)
        dy = main.height + _APART if main.shapes else 0
        main.take(box, 0, dy)
        main.width, main.height = max(main.width, box.width), dy + box.height
    return main


def _boxed(definition: Definition, node: Node) -> Field:
    """A figure at the origin with what lies in it."""
    shape = figure(definition, node)
    if not isinstance(node, SubProcess):
        return Field([shape], [], shape.width, shape.height)
    inside = scope_field(definition, node.id)
    width = max(inside.width, title_width(node.label)) + 2 * PAD
    height = inside.height + TITLE + PAD + (PAD if inside.shapes else 20)
    box = Field([replace(shape, width=width, height=height)], [], width, height)
    box.take(inside, PAD, TITLE + PAD)
    return box


class _Columns:
    """One scope being laid out."""

    def __init__(self, definition: Definition, nodes: list[Node], events: list[BoundaryEvent]) -> None:
        self._definition = definition
        self._boxes = {node.id: _boxed(definition, node) for node in nodes}
        self._events: dict[str, list[BoundaryEvent]] = defaultdict(list)
        for event in events:
            if event.host in self._boxes:
                self._events[event.host].append(event)
        self._host = {event.id: host for host, sitting in self._events.items() for event in sitting}
        self._lanes = _lanes(definition, nodes)
        self._flows = {**definition.flows, **_undoing(events)}
        self._arcs = [
            Arc(f.id, self._host.get(f.source, f.source), f.target)
            for f in self._flows.values()
            if self._host.get(f.source, f.source) in self._boxes and f.target in self._boxes
        ]
        self._layers = layers(list(self._boxes), self._arcs, self._lanes)
        self._before: dict[str, list[str]] = defaultdict(list)  # place -> what leads to it
        for way in self._layers.ways.values():
            for a, b in pairwise(way):
                self._before[b].append(a)
        self._left: dict[str, int] = {}  # place -> the left border of its column
        self._top: dict[str, int] = {}
        self._right: dict[str, int] = {}  # place -> the right border of its column
        self._column: dict[str, int] = {}
        self._channel: dict[int, int] = {}  # column -> where the channel before it begins
        self._tracks: dict[int, int] = defaultdict(int)  # column -> lines in the channel before it
        self._spoken = {f.id for f in definition.flows.values() if f.condition is not None}
        self._bands: dict[int, tuple[int, int]] = {}  # lane -> its upper and lower border

    def field(self) -> Field:
        self._rows()
        self._across()
        found = Field([], [])
        for id, box in self._boxes.items():
            found.take(box, self._x(id), self._top[id])
            found.shapes += self._sitting(id)
        self._routed(found)
        points = [point for edge in found.edges for point in edge.points]
        corners = [(s.right, s.bottom + _LABEL) for s in found.shapes]
        found.width = max((x for x, _ in (*points, *corners)), default=0) + _TRACK
        found.height = max((y for _, y in (*points, *corners)), default=0) + _TRACK
        lanes = {n: band for n, band in self._bands.items() if n != OUTSIDE}
        return _in_lanes(self._definition, lanes, found) if lanes else found

    # where places stand -------------------------------------------------------------------------------------

    def _tall(self, place: str) -> int:
        """The height that a place takes in its column."""
        box = self._boxes.get(place)
        if box is None:
            return _PASSING
        sitting = self._events.get(place, [])
        return box.height + _LABEL + (_LEDGE + _TRACK * len(sitting) if sitting else 0)

    def _rows(self) -> None:
        """Heights: each place level with what leads to it, as far as its column and its lane leave room."""
        start = 0
        for band in sorted({self._band(p) for column in self._layers.columns for p in column}):
            lowest = start
            for column in self._layers.columns:
                lowest = max(lowest, self._stack([p for p in column if self._band(p) == band], start))
            self._bands[band] = (start, lowest)
            start = lowest + _APART

    def _band(self, place: str) -> int:
        return self._lanes.get(place if place in self._boxes else self._source(place), OUTSIDE)

    def _source(self, place: str) -> str:
        return self._layers.ways[place.partition("\0")[0]][0]

    def _stack(self, column: list[str], start: int) -> int:
        wanted = self._before
        y = start
        for place in column:
            axes = [self._axis(source) for source in wanted[place] if source in self._top]
            level = (round(sum(axes) / len(axes)) if axes else y + _LEVEL) - self._half(place)
            self._top[place] = max(y, level, start)
            y = self._top[place] + self._tall(place) + _APART
        return y - _APART

    def _half(self, place: str) -> int:
        return self._boxes[place].height // 2 if place in self._boxes else _PASSING // 2

    def _axis(self, place: str) -> int:
        return self._top[place] + self._half(place)

    def _across(self) -> None:
        """Widths: before each column a channel with a track for each line that turns in it."""
        x = 0
        column_of = {place: n for n, column in enumerate(self._layers.columns) for place in column}
        turns = Counter(column_of[place] for way in self._layers.ways.values() for place in way[1:])
        turns.update(column_of[arc.target] for arc in self._layers.back)
        turns.update(column_of[arc.source] + 1 for arc in self._layers.back)
        said = {column_of[arc.target] for arc in self._arcs if arc.id in self._spoken}
        for n, column in enumerate(self._layers.columns):
            turning, spoken = turns[n], n in said
            self._channel[n] = x
            x += (24 + _TRACK * turning + _WORDS * spoken) if n or turning else 0
            wide = max((self._boxes[p].width for p in column if p in self._boxes), default=0)
            for place in column:
                self._left[place], self._right[place] = x, x + wide
                self._column[place] = n
            x += wide

    def _x(self, id: str) -> int:
        """A figure stands in the middle of its column."""
        return self._left[id] + (self._right[id] - self._left[id] - self._boxes[id].width) // 2

    def _sitting(self, host: str) -> Iterable[Shape]:
        box, sitting = self._boxes[host], self._events.get(host, [])
        step = box.width // (len(sitting) + 1)
        for n, event in enumerate(sitting, 1):
            x = self._x(host) + n * step - EVENT // 2
            yield replace(figure(self._definition, event), x=x, y=self._top[host] + box.height - EVENT // 2)

    # edges --------------------------------------------------------------------------------------------------

    def _routed(self, found: Field) -> None:
        shapes = {shape.id: shape for shape in found.shapes}
        floor = max((self._top[p] + self._tall(p) for p in self._top), default=0)
        flows = self._flows
        for arc in self._arcs:
            if arc.id in self._layers.ways:
                points = self._forward(flows[arc.id], self._layers.ways[arc.id], shapes)
            else:
                floor += _TRACK
                points = self._backward(flows[arc.id], arc, shapes, floor)
            found.edges.append(self._edge(flows[arc.id], points))

    def _exit(self, flow: SequenceFlow, host: str, shapes: dict[str, Shape]) -> list[Point]:
        """The way out of a figure, to the right border of its column; of a boundary event along its ledge."""
        shape = shapes[flow.source]
        if flow.source == host:
            y = shape.y + shape.height // 2
            return [(shape.right, y), (self._right[host], y)]
        sitting = [event.id for event in self._events[host]]
        y = shape.bottom + _TRACK + _TRACK * sitting.index(flow.source)
        x = shape.x + shape.width // 2
        return [(x, shape.bottom), (x, y), (self._right[host], y)]

    def _turn(self, points: list[Point], place: str, y: int) -> None:
        """Into the column of a place: over a track of its own in the channel before it."""
        column = self._column[place]
        self._tracks[column] += 1
        x = self._channel[column] + 2 + _TRACK * self._tracks[column]
        points += [(x, points[-1][1]), (x, y), (self._left[place], y)]

    def _forward(self, flow: SequenceFlow, way: list[str], shapes: dict[str, Shape]) -> list[Point]:
        points = self._exit(flow, way[0], shapes)
        for place in way[1:]:
            self._turn(points, place, self._axis(place))
            if place not in self._boxes:
                points.append((self._right[place], self._axis(place)))
        points.append((shapes[flow.target].x, points[-1][1]))
        return points

    def _backward(self, flow: SequenceFlow, arc: Arc, shapes: dict[str, Shape], floor: int) -> list[Point]:
        """Below everything and back up before the target."""
        points = self._exit(flow, arc.source, shapes)
        n = self._column[arc.source]
        if n + 1 < len(self._layers.columns):
            self._turn(points, self._layers.columns[n + 1][0], floor)
            points.pop()
        else:
            self._tracks[-1] += 1
            x = self._right[arc.source] + 12 + _TRACK * self._tracks[-1]
            points += [(x, points[-1][1]), (x, floor)]
        self._turn(points, arc.target, self._axis(arc.target))
        points.append((shapes[flow.target].x, points[-1][1]))
        return points

    def _edge(self, flow: SequenceFlow, points: list[Point]) -> Edge:
        source = self._definition.nodes[flow.source]
        return Edge(
            id=flow.id,
            source=flow.source,
            target=flow.target,
            points=tidy(points),
            label=flow.condition.text if flow.condition else "",
            default=getattr(source, "default", "") == flow.id,
            kind=EdgeKind.FLOW if flow.id in self._definition.flows else EdgeKind.ASSOCIATION,
        )


def _in_lanes(definition: Definition, bands: dict[int, tuple[int, int]], found: Field) -> Field:
    """In its lanes: a band for each, one below the other, from border to border."""
    lanes = list(definition.lanes.values())
    whole = Field([], [], found.width + BAND + 2 * _APART, found.height + _APART)
    for n, (top, bottom) in bands.items():
        height = (found.height if n == max(bands) else bottom) - top + _APART
        id, label, wide = lanes[n].id, lanes[n].label, whole.width
        lane = Shape(id=id, kind=ShapeKind.LANE, label=label, x=0, y=top, width=wide, height=height)
        whole.shapes.append(lane)
    whole.take(found, BAND + _APART, _APART // 2)  # the label of a gateway stands at its left
    return whole


def _undoing(events: Iterable[BoundaryEvent]) -> dict[str, SequenceFlow]:
    """From each compensation event to what undoes its host: no flow, but drawn like one."""
    lines = [SequenceFlow(f"{event.id}.undo", event.id, event.handler) for event in events if event.handler]
    return {line.id: line for line in lines}


def _lanes(definition: Definition, nodes: Iterable[Node]) -> dict[str, int]:
    """The innermost lane of each node, as a band from above."""
    order = {id: n for n, id in enumerate(definition.lanes)}
    found: dict[str, int] = {}
    for lane in definition.lanes.values():
        found |= dict.fromkeys(lane.nodes, order[lane.id])
    return {node.id: found.get(node.id, OUTSIDE) for node in nodes}
