"""One plane of a diagram: its shapes and edges as they stand in the file, in the file's own coordinates.

What has no bounds, no way or no element is left out: whether enough is there is the document's to say. May import
the index, picture and `kind`.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from signoff.model.types import Text
from signoff.notation.bpmn_reader.index import ACTIVITIES, SUB_PROCESSES, Index, plain
from signoff.notation.interchange import kind as look
from signoff.notation.picture.drawing import Box, Edge, EdgeKind, Point, Shape, ShapeKind
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import DRAWING

_FARTHEST = 1_000_000  # no diagram is that large
_LINES: Mapping[str, EdgeKind] = {
    "sequenceFlow": EdgeKind.FLOW,
    "messageFlow": EdgeKind.MESSAGE,
    "association": EdgeKind.ASSOCIATION,
    "dataInputAssociation": EdgeKind.DATA,
    "dataOutputAssociation": EdgeKind.DATA,
}
_TIPS = {"none": 0, "one": 1, "both": 2, "": 0}
_BACK = (ShapeKind.POOL, ShapeKind.LANE, ShapeKind.GROUP)
_FRAMES = (ShapeKind.STAGE, ShapeKind.TRANSACTION, ShapeKind.HANDLER)


@dataclass(slots=True)
class Plane:
    """What is drawn on one plane. `of` is the element that it is about, a process or a collaboration or a sub-process."""

    of: str
    shapes: list[Shape] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    @classmethod
    def of_diagram(cls, index: Index, diagram: Element) -> Iterator["Plane"]:
        """The planes of a diagram; BPMN has one in each."""
        for plane in _own(diagram, "BPMNPlane"):
            made = cls(plain(plane.get("bpmnElement")))
            for each in _own(plane, "BPMNShape"):
                made.shapes += _shapes(index, each)
            for each in _own(plane, "BPMNEdge"):
                made.edges += _edges(index, each)
            made.shapes.sort(key=_depth)
            yield made

    @property
    def corners(self) -> Iterator[tuple[int, int, int, int]]:
        """Left, top, right and bottom of all that is drawn."""
        for shape in self.shapes:
            yield shape.x, shape.y, shape.right, shape.bottom
        boxes = [*(shape.words for shape in self.shapes), *(edge.words for edge in self.edges)]
        for box in filter(None, boxes):
            yield box[0], box[1], box[0] + box[2], box[1] + box[3]
        for x, y in (point for edge in self.edges for point in edge.points):
            yield x, y, x, y


def _own(around: Element, name: str) -> list[Element]:
    return [child for child in around.children if child.space in DRAWING and child.name == name]


def _depth(shape: Shape) -> tuple[int, int]:
    """Pools before lanes before the frames of sub-processes, larger ones first; figures last, as they come."""
    if shape.kind in _BACK:
        return _BACK.index(shape.kind), -shape.width * shape.height
    return (len(_BACK), -shape.width * shape.height) if shape.kind in _FRAMES else (len(_BACK) + 1, 0)


def _shapes(index: Index, drawn: Element) -> Iterator[Shape]:
    element, box = index.find(drawn.get("bpmnElement")), _box(drawn)
    if element is None or box is None or not box[2] or not box[3]:
        return
    expanded = drawn.flag("isExpanded", default=_holds(element))
    shape = look.kind(index, element, expanded=expanded)
    yield Shape(
        id=element.id,
        kind=shape,
        x=box[0],
        y=box[1],
        width=box[2],
        height=box[3],
        label=_text(look.name(index, element)),
        event=look.sign(index, element),
        interrupting=look.interrupting(element),
        markers=look.markers(element, shape, opened=drawn.flag("isExpanded")),
        words=_words(drawn),
        upright=not drawn.flag("isHorizontal", default=box[2] >= box[3]),
        blank=element.name == "participant" and not _has_process(index, element),
    )


def _holds(element: Element) -> bool:
    """Where a modeler does not say whether it is expanded, something in it has to be drawn."""
    return element.name in SUB_PROCESSES and any(child.is_bpmn and child.id for child in element.children)


def _has_process(index: Index, participant: Element) -> bool:
    process = index.find(participant.get("processRef"), "process")
    return process is not None and any(child.name not in _SAYING for child in process.children)


_SAYING = frozenset(
    {"documentation", "extensionElements", "ioSpecification", "property", "supportedInterfaceRef"}
)


def _edges(index: Index, drawn: Element) -> Iterator[Edge]:
    element, points = index.find(drawn.get("bpmnElement")), tuple(_way(drawn))
    if element is None or len(points) < 2:
        return
    kind = _LINES.get(element.name, EdgeKind.PLAIN)
    source = index.find(_end(element, "sourceRef"))
    yield Edge(
        id=element.id,
        source=plain(_end(element, "sourceRef")),
        target=plain(_end(element, "targetRef")),
        points=points,
        label=element.get("name"),
        kind=kind,
        default=source is not None and bool(element.id) and plain(source.get("default")) == element.id,
        conditional=source is not None
        and source.name in ACTIVITIES
        and element.first("conditionExpression") is not None,
        tips=_tips(element, kind),
        words=_words(drawn),
    )


def _end(line: Element, name: str) -> str:
    return line.get(name) or line.words(name)


def _tips(element: Element, kind: EdgeKind) -> int:
    if kind is EdgeKind.ASSOCIATION:
        return _TIPS.get(element.get("associationDirection").lower(), 0)
    return 0 if kind is EdgeKind.PLAIN else 1


def _way(drawn: Element) -> Iterator[Point]:
    last = None
    for waypoint in _own(drawn, "waypoint"):
        point = (_number(waypoint, "x"), _number(waypoint, "y"))
        if point[0] is not None and point[1] is not None and point != last:
            yield point[0], point[1]
            last = point


def _words(drawn: Element) -> Box | None:
    """Where the label stands; modelers that do not place it write a box without any size."""
    for label in _own(drawn, "BPMNLabel"):
        box = _box(label)
        if box is not None and box[2] > 1 and box[3] > 1:
            return box
    return None


def _box(around: Element) -> Box | None:
    for bounds in _own(around, "Bounds"):
        x, y, width, height = (_number(bounds, name) for name in ("x", "y", "width", "height"))
        if x is None or y is None or width is None or height is None or width < 0 or height < 0:
            return None
        return x, y, width, height
    return None


def _number(element: Element, name: str) -> int | None:
    try:
        value = float(element.get(name))
    except ValueError:
        return None
    return round(value) if math.isfinite(value) and abs(value) < _FARTHEST else None


def _text(text: str) -> Text:
    said = " ".join(text.split())
    return Text.of(said, "zh" if any("\u2e80" <= sign <= "\u9fff" for sign in said) else "en")
