"""A drawing as one SVG text: no script, no reference to anything outside, every text escaped.

May import the siblings drawing, ink, lettering, line, painter and palette.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from xml.sax.saxutils import escape

from signoff.notation.picture import line, painter
from signoff.notation.picture.drawing import Drawing
from signoff.notation.picture.ink import pen, words
from signoff.notation.picture.lettering import LONGEST, width
from signoff.notation.picture.palette import FONTS, INK, MARKS, PAPER, WORDS, Paint

_NO_MARKS: Mapping[str, str] = MappingProxyType({})
_LEGEND = 34  # height of the row that explains marks


def render(drawing: Drawing, *, lang: str, marks: Mapping[str, str] = _NO_MARKS) -> str:
    """The picture as SVG, labels in `lang` (zh or en).

    `marks` colours the nodes of one instance: id -> done, active, late or waiting; other words change nothing.
    """
    title = escape((drawing.label.get(lang) or drawing.id)[:LONGEST])
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
    yield from (line.line(edge) for edge in drawing.edges)
    yield from (painter.shape(shape, lang, marks.get(shape.id, "")) for shape in figures)
    yield from (line.label(edge) for edge in drawing.edges if edge.label)


def _legend(used: list[str], y: int, lang: str) -> Iterator[str]:
    x = 24
    for mark in used:
        word = WORDS["zh" if lang == "zh" else "en"][mark]
        paint = MARKS[mark]
        outline = pen(Paint(paint.fill, paint.stroke, 1.6, paint.dash))
        yield f'<rect x="{x}" y="{y + 2}" width="22" height="14" rx="4" {outline}/>'
        yield words([word], x + 30, y + 13, size=12, colour=INK, anchor="start")
        x += 30 + int(width(word, 12)) + 26
