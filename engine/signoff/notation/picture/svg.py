"""A drawing as one SVG text: no script, no reference to anything outside, every text escaped.

May import the siblings drawing, lettering, painter and palette.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from xml.sax.saxutils import escape

from signoff.notation.picture import painter
from signoff.notation.picture.drawing import Drawing, Edge, Point
from signoff.notation.picture.figure import SMALL
from signoff.notation.picture.lettering import width, wrap
from signoff.notation.picture.palette import FONTS, INK, LINE, MARKS, PAPER, SOFT, WORDS, Paint

_NO_MARKS: Mapping[str, str] = MappingProxyType({})
_LEGEND = 34  # height of the row that explains marks
_BEND = 7  # radius of a corner


def render(drawing: Drawing, *, lang: str, marks: Mapping[str, str] = _NO_MARKS) -> str:
    """The picture as SVG, labels in `lang` (zh or en).

    `marks` colours the nodes of one instance: id -> done, active, late or waiting; other words change nothing.
    """
    title = escape(drawing.label.get(lang) or drawing.id)
    used = [mark for mark in MARKS if mark in marks.values()]
    height = drawing.height + (_LEGEND if used else 0)
    parts = [
        _opening(drawing.width, height),
        f"<title>{title}</title>",
        f'<rect width="{drawing.width}" height="{height}" fill="{PAPER}"/>',
        f'<text x="24" y="33" font-size="17" font-weight="600" fill="{INK}">{title}</text>',
        *_body(drawing, lang, marks),
        *_legend(used, drawing.height, lang),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _opening(wide: int, tall: int) -> str:
    box = f'viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" font-family="{FONTS}">'


def _body(drawing: Drawing, lang: str, marks: Mapping[str, str]) -> Iterator[str]:
    """Containers, then flows, then figures, then what is written on flows."""
    figures = [shape for shape in drawing.shapes if shape.kind not in painter.CONTAINERS]
    for shape in drawing.shapes:
        if shape.kind in painter.CONTAINERS:
            yield painter.shape(shape, lang, marks.get(shape.id, ""))
    yield from (_edge(edge) for edge in drawing.edges)
    yield from (painter.shape(shape, lang, marks.get(shape.id, "")) for shape in figures)
    yield from (_label(edge) for edge in drawing.edges if edge.label)


def _edge(edge: Edge) -> str:
    slash = ""
    if edge.default:
        x, y = _along(edge.points[0], edge.points[1], 12)
        slash = f'<path d="M{x - 4} {y + 5}L{x + 4} {y - 5}" stroke="{LINE}" stroke-width="1.4"/>'
    return (
        f'<path d="{_path(edge.points)}" fill="none" stroke="{LINE}" stroke-width="1.4"/>'
        f"{_arrow(edge.points[-2], edge.points[-1])}{slash}"
    )


def _path(points: tuple[Point, ...]) -> str:
    """The polyline with rounded corners."""
    found = [f"M{points[0][0]} {points[0][1]}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_BEND, _far(before, corner) // 2, _far(corner, after) // 2)
        into, out = _along(corner, before, radius), _along(corner, after, radius)
        found.append(f"L{into[0]} {into[1]}Q{corner[0]} {corner[1]} {out[0]} {out[1]}")
    return "".join(found) + f"L{points[-1][0]} {points[-1][1]}"


def _far(a: Point, b: Point) -> int:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _along(start: Point, end: Point, distance: int) -> Point:
    """So far from start towards end, on a line at a right angle."""
    (x, y), (tx, ty) = start, end
    return x + _sign(tx - x) * distance, y + _sign(ty - y) * distance


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _arrow(before: Point, tip: Point) -> str:
    x, y = tip
    back_x, back_y = _along(tip, before, 9)
    dx, dy = (4, 0) if x == back_x else (0, 4)
    return f'<path d="M{x} {y}L{back_x - dx} {back_y - dy} {back_x + dx} {back_y + dy}z" fill="{LINE}"/>'


def _label(edge: Edge) -> str:
    """The condition, above the longest level part of its flow."""
    level = [(a, b) for a, b in zip(edge.points, edge.points[1:], strict=False) if a[1] == b[1]]
    if not level:
        return ""
    a, b = max(level, key=lambda part: _far(*part))
    room = max(min(_far(a, b) - 16, 118), 40)
    lines = wrap(edge.label, room=room, size=SMALL, most=2)
    x = min(a[0], b[0]) + 8
    y = a[1] - 5 - (len(lines) - 1) * (SMALL + 3)
    wide = max(width(line, SMALL) for line in lines) + 4
    tall = len(lines) * (SMALL + 3)
    halo = f'<rect x="{x - 2}" y="{y - SMALL}" width="{wide:g}" height="{tall}" fill="{PAPER}" fill-opacity="0.85"/>'
    tip = f"<title>{escape(edge.label)}</title>"
    return f"<g>{tip}{halo}{painter.words(lines, x, y, size=SMALL, colour=SOFT, anchor='start')}</g>"


def _legend(used: list[str], y: int, lang: str) -> Iterator[str]:
    x = 24
    for mark in used:
        word = WORDS["zh" if lang == "zh" else "en"][mark]
        paint = MARKS[mark]
        line = painter.pen(Paint(paint.fill, paint.stroke, 1.6, paint.dash))
        yield f'<rect x="{x}" y="{y + 2}" width="22" height="14" rx="4" {line}/>'
        yield painter.words([word], x + 30, y + 13, size=12, colour=INK, anchor="start")
        x += 30 + int(width(word, 12)) + 26
