"""The diagrams of a file as one drawing, where they are complete: every node and every flow that is to be seen is there.

Several diagrams stand below one another. May import its siblings, the index, picture and notation.xml.
"""

from collections.abc import Iterator
from dataclasses import replace

from signoff.model.types import Text
from signoff.notation.bpmn_reader.index import (
    FLOW_NODES,
    SUB_PROCESSES,
    Index,
    nodes_of,
    plain,
    process_id,
    process_of,
)
from signoff.notation.interchange.plane import Plane
from signoff.notation.picture.drawing import Box, Drawing, Edge, Shape, ShapeKind
from signoff.notation.picture.figure import TITLE, title_width
from signoff.notation.xml.element import Element, parse, text_of
from signoff.notation.xml.namespace import DI
from signoff.notation.xml.report import Report
from signoff.notation.xml.scan import Unreadable

_MARGIN, _APART = 24, 30


def drawn(source: str | bytes, *, process: str = "", file: str = "<text>") -> Drawing | None:
    """The picture that a BPMN file has of itself; None where there is none, or where something is missing in it.

    With `process` the diagrams that show this process, its neighbours in a collaboration too. What a file does wrong
    otherwise is not told here: a process that is refused can be drawn.
    """
    if isinstance(source, str) and not source.lstrip("\ufeff \t\r\n").startswith("<"):
        return None  # YAML
    try:
        root = parse(text_of(source, file), file)
    except Unreadable:
        return None
    index = Index.of(root, Report())
    planes = [plane for plane in _planes(index) if not process or _shows(index, plane, process)]
    processes = [
        one
        for one in index.all("process")
        if process_id(one) == process
        or (not process and any(_shows(index, plane, process_id(one)) for plane in planes))
    ]
    if not processes or not all(_is_complete(one, planes) for one in processes):
        return None
    named = index.find(planes[0].of) if not process else processes[0]
    return _stacked(index, planes, named or processes[0])


def _planes(index: Index) -> Iterator[Plane]:
    for diagram in index.root.children:
        if diagram.space == DI and diagram.name == "BPMNDiagram":
            yield from (plane for plane in Plane.of_diagram(index, diagram) if plane.shapes)


def _shows(index: Index, plane: Plane, process: str) -> bool:
    """Whether anything of the process is on the plane."""
    for id in (plane.of, *(shape.id for shape in plane.shapes)):
        element = index.find(id)
        if element is None:
            continue
        around = process_of(element)
        if any(one is not None and process_id(one) == process for one in (element, around)):
            return True
    return False


# is all there? -----------------------------------------------------------------------------------------


def _is_complete(scope: Element, planes: list[Plane]) -> bool:
    """Every node that is to be seen has a shape, every flow between two of them its way."""
    shapes = {shape.id: shape.kind for plane in planes for shape in plane.shapes}
    edges = {edge.id for plane in planes for edge in plane.edges}
    return _is_whole(scope, shapes, edges)


def _is_whole(scope: Element, shapes: dict[str, ShapeKind], edges: set[str]) -> bool:
    nodes = list(nodes_of(scope))
    if not all(node.id in shapes for node in nodes):
        return False
    inside = [node for node in nodes if node.name in SUB_PROCESSES]
    opened = [node for node in inside if shapes[node.id] is not ShapeKind.COLLAPSED or _begun(node, shapes)]
    return all(flow.id in edges for flow in scope.all("sequenceFlow")) and all(
        _is_whole(node, shapes, edges) for node in opened
    )


def _begun(scope: Element, shapes: dict[str, ShapeKind]) -> bool:
    """What is collapsed on one plane may have a plane of its own."""
    return any(child.id in shapes for child in scope.children if child.name in FLOW_NODES)


# one drawing ---------------------------------------------------------------------------------------------


def _stacked(index: Index, planes: list[Plane], named: Element) -> Drawing:
    shapes: list[Shape] = []
    edges: list[Edge] = []
    label = _title(named)
    down, wide = _MARGIN + TITLE, title_width(label)
    for n, plane in enumerate(planes):
        if n:
            title = _title(index.find(plane.of))
            down += _APART
            shapes.append(_heading(f"{plane.of}#{n}", title, down))
            down += TITLE
            wide = max(wide, title_width(title))
        left, top, right, bottom = _extent(plane)
        shapes += [_moved(shape, _MARGIN - left, down - top) for shape in plane.shapes]
        edges += [_led(edge, _MARGIN - left, down - top) for edge in plane.edges]
        down += bottom - top
        wide = max(wide, right - left)
    return Drawing(
        id=named.id,
        label=label,
        width=wide + 2 * _MARGIN,
        height=down + _MARGIN,
        shapes=tuple(shapes),
        edges=tuple(edges),
    )


def _extent(plane: Plane) -> tuple[int, int, int, int]:
    left, top, right, bottom = zip(*plane.corners, strict=True)
    hanging = any(
        shape.kind not in _HELD for shape in plane.shapes
    )  # a label may stand below the last figure
    return min(left), min(top), max(right), max(bottom) + (20 if hanging else 0)


_HELD = (ShapeKind.POOL, ShapeKind.LANE)


def _title(element: Element | None) -> Text:
    """What a plane is called: by the name of what it is about; a collaboration by its pools."""
    if element is None:
        return Text()
    said = element.get("name")
    if not said and element.name == "collaboration":
        pools = [pool.get("name") for pool in element.all("participant") if pool.get("name")]
        said = " – ".join(pools)
    return Text.of(said or plain(element.id), "en")


def _heading(id: str, title: Text, y: int) -> Shape:
    kind = ShapeKind.HEADING
    return Shape(id=id, kind=kind, label=title, x=_MARGIN, y=y, width=title_width(title), height=TITLE)


def _moved(shape: Shape, dx: int, dy: int) -> Shape:
    return replace(shape, x=shape.x + dx, y=shape.y + dy, words=_shifted(shape.words, dx, dy))


def _led(edge: Edge, dx: int, dy: int) -> Edge:
    points = tuple((x + dx, y + dy) for x, y in edge.points)
    return replace(edge, points=points, words=_shifted(edge.words, dx, dy))


def _shifted(box: Box | None, dx: int, dy: int) -> Box | None:
    return (box[0] + dx, box[1] + dy, box[2], box[3]) if box is not None else None
