"""Lines between figures as SVG: flows, messages, associations, with their ends and with what is written on them.

May import the siblings drawing, figure, glyph, ink, lettering and palette.
"""

from collections.abc import Mapping
from math import hypot
from xml.sax.saxutils import escape

from signoff.notation.picture import glyph
from signoff.notation.picture.drawing import Edge, EdgeKind, Point
from signoff.notation.picture.figure import SMALL
from signoff.notation.picture.ink import words
from signoff.notation.picture.lettering import width, wrap
from signoff.notation.picture.palette import LINE, PAPER, SOFT

_BEND = 7  # radius of a corner
_DASHES: Mapping[EdgeKind, str] = {
    EdgeKind.MESSAGE: "7 5",
    EdgeKind.ASSOCIATION: "1.5 4",
    EdgeKind.DATA: "1.5 4",
}
_STEP = SMALL + 3  # from one line of a label to the next
_SLACK = 14  # by which a label may be wider than the file says: fonts differ


def line(edge: Edge) -> str:
    """The line with what is at its ends."""
    dash = f' stroke-dasharray="{_DASHES[edge.kind]}"' if edge.kind in _DASHES else ""
    points = edge.points
    tip = _open if edge.kind in _DASHES else _arrow
    return (
        f'<path d="{_path(points)}" fill="none" stroke="{LINE}" stroke-width="1.4"{dash}/>'
        f"{_beginning(edge)}"
        f"{tip(points[-2], points[-1]) if edge.tips else ''}"
        f"{tip(points[1], points[0]) if edge.tips > 1 else ''}"
    )


def _beginning(edge: Edge) -> str:
    """A slash for the default flow, a diamond for a condition at an activity, a circle for a message."""
    first, second = edge.points[0], edge.points[1]
    if edge.kind is EdgeKind.MESSAGE:
        x, y = _along(first, second, 4)
        return f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="{PAPER}" stroke="{LINE}" stroke-width="1.2"/>'
    if edge.default:
        x, y = _along(first, second, 12)
        return f'<path d="M{x - 4:g} {y + 5:g}L{x + 4:g} {y - 5:g}" stroke="{LINE}" stroke-width="1.4"/>'
    return glyph.at(*_along(first, second, 8), glyph.diamond(LINE)) if edge.conditional else ""


def _path(points: tuple[Point, ...]) -> str:
    """The polyline with rounded corners."""
    found = [f"M{points[0][0]} {points[0][1]}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_BEND, _far(before, corner) / 2, _far(corner, after) / 2)
        into, out = _along(corner, before, radius), _along(corner, after, radius)
        found.append(f"L{into[0]:g} {into[1]:g}Q{corner[0]} {corner[1]} {out[0]:g} {out[1]:g}")
    return "".join(found) + f"L{points[-1][0]} {points[-1][1]}"


def _far(a: Point, b: Point) -> float:
    return hypot(b[0] - a[0], b[1] - a[1])


def _along(start: Point, end: Point, distance: float, aside: float = 0) -> tuple[float, float]:
    """So far from start towards end, and so far to the side of that line."""
    length = _far(start, end) or 1
    dx, dy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    return round(start[0] + dx * distance - dy * aside, 1), round(start[1] + dy * distance + dx * aside, 1)


def _arrow(before: Point, tip: Point) -> str:
    (ax, ay), (bx, by) = _along(tip, before, 9, -4), _along(tip, before, 9, 4)
    return f'<path d="M{tip[0]} {tip[1]}L{ax:g} {ay:g} {bx:g} {by:g}z" fill="{LINE}"/>'


def _open(before: Point, tip: Point) -> str:
    (ax, ay), (bx, by) = _along(tip, before, 8, -4.5), _along(tip, before, 8, 4.5)
    path = f"M{ax:g} {ay:g}L{tip[0]} {tip[1]} {bx:g} {by:g}z"
    return f'<path d="{path}" fill="{PAPER}" stroke="{LINE}" stroke-width="1.2"/>'


# what is written on a line ------------------------------------------------------------------------------


def label(edge: Edge) -> str:
    """Its name or its condition: where the file wants it, else above its longest level part, else beside it."""
    if edge.words is not None:
        x, y, wide, _ = edge.words
        lines = wrap(edge.label, room=max(wide + _SLACK, 60), size=SMALL, most=4)
        return _written(edge.label, lines, x + wide / 2, y + SMALL, "middle")
    level = [(a, b) for a, b in zip(edge.points, edge.points[1:], strict=False) if a[1] == b[1]]
    if not level:
        return _beside(edge)
    a, b = max(level, key=lambda part: _far(*part))
    room = max(min(_far(a, b) - 16, 118), 40)
    lines = wrap(edge.label, room=room, size=SMALL, most=2)
    return _written(edge.label, lines, min(a[0], b[0]) + 8, a[1] - 5 - (len(lines) - 1) * _STEP, "start")


def _beside(edge: Edge) -> str:
    a, b = max(zip(edge.points, edge.points[1:], strict=False), key=lambda part: _far(*part))
    lines = wrap(edge.label, room=118, size=SMALL, most=2)
    return _written(edge.label, lines, (a[0] + b[0]) / 2 + 6, (a[1] + b[1]) / 2, "start")


def _written(text: str, lines: tuple[str, ...], x: float, y: float, anchor: str) -> str:
    wide = max(width(line, SMALL) for line in lines) + 4
    left = x - 2 if anchor == "start" else x - wide / 2
    halo = (
        f'<rect x="{left:g}" y="{y - SMALL:g}" width="{wide:g}" height="{len(lines) * _STEP}" '
        f'fill="{PAPER}" fill-opacity="0.85"/>'
    )
    tip = f"<title>{escape(text)}</title>"
    return f"<g>{tip}{halo}{words(lines, x, y, size=SMALL, colour=SOFT, anchor=anchor)}</g>"
