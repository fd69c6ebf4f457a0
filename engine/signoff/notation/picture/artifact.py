"""What stands around a flow as SVG: pools, lanes, data, messages, annotations, groups, headings.

May import the siblings drawing, figure, glyph, ink, lettering and palette.
"""

from collections.abc import Callable, Mapping

from signoff.notation.picture import glyph
from signoff.notation.picture.drawing import Marker, Shape, ShapeKind
from signoff.notation.picture.figure import FONT, SMALL
from signoff.notation.picture.ink import pen, words
from signoff.notation.picture.lettering import wrap
from signoff.notation.picture.palette import INK, PAPER, SOFT, Paint

BAND = 30  # of a pool or a lane: where its name stands
_STEP = SMALL + 3


def band(figure: Shape, lang: str, paint: Paint) -> str:
    """A pool or a lane: its name in a strip at the left, at the top when it stands upright, inside when it is blank."""
    x, y, wide, tall = figure.x, figure.y, figure.width, figure.height
    parts = [f'<rect x="{x}" y="{y}" width="{wide}" height="{tall}" {pen(paint)}/>']
    text = figure.label.get(lang)
    size = FONT if figure.kind is ShapeKind.POOL else SMALL
    if figure.blank:
        lines = wrap(text, room=wide - 20, size=FONT, most=2)
        parts.append(words(lines, x + wide / 2, y + tall / 2 + 5 - (len(lines) - 1) * 8, size=FONT))
    elif figure.upright:
        parts.append(words(wrap(text, room=wide - 8, size=size, most=1), x + wide / 2, y + 20, size=size))
        parts.append(f'<path d="M{x} {y + BAND}H{figure.right}" {pen(paint)}/>')
    else:
        lines = wrap(text, room=tall - 8, size=size, most=1 if size == FONT else 2)
        if size == FONT and lines[-1].endswith("…"):
            size = SMALL
            lines = wrap(text, room=tall - 4, size=size, most=2)
        middle = x + BAND / 2 + 4 - (len(lines) - 1) * 6
        turned = words(lines, 0, 0, size=size)
        parts.append(f'<g transform="translate({middle:g} {y + tall / 2:g}) rotate(-90)">{turned}</g>')
        parts.append(f'<path d="M{x + BAND} {y}V{figure.bottom}" {pen(paint)}/>')
    if Marker.PARALLEL in figure.markers:
        parts.append(glyph.at(x + wide / 2, figure.bottom - 9, glyph.bars(paint.stroke)))
    return "".join(parts)


def _page(figure: Shape, lang: str, paint: Paint) -> str:
    """A sheet with a folded corner."""
    x, y, fold = figure.x, figure.y, min(12, figure.width // 3)
    corner = figure.right - fold
    path = f"M{x} {y}H{corner}L{figure.right} {y + fold}V{figure.bottom}H{x}zM{corner} {y}V{y + fold}H{figure.right}"
    parts = [f'<path d="{path}" {pen(paint)} stroke-linejoin="round"/>']
    if figure.markers:
        parts.append(glyph.at(x + figure.width / 2, figure.bottom - 8, glyph.bars(paint.stroke)))
    return "".join(parts) + under(figure, lang)


def _drum(figure: Shape, lang: str, paint: Paint) -> str:
    """A cylinder with rings near its top."""
    x, y, right, bottom = figure.x, figure.y, figure.right, figure.bottom
    r, bend = figure.width / 2, min(8, figure.height / 5)
    arc = f"A{r:g} {bend:g} 0 0"
    top = y + bend
    body = f"M{x} {top:g}{arc} 1 {right} {top:g}V{bottom - bend:g}{arc} 1 {x} {bottom - bend:g}z"
    rings = "".join(f"M{x} {top + n * 5:g}{arc} 0 {right} {top + n * 5:g}" for n in range(3))
    return (
        f'<path d="{body}" {pen(paint)}/><path d="{rings}" fill="none" stroke="{paint.stroke}" '
        f'stroke-width="1.1"/>{under(figure, lang)}'
    )


def _message(figure: Shape, lang: str, paint: Paint) -> str:
    x, y, right = figure.x, figure.y, figure.right
    flap = f"M{x} {y}L{x + figure.width / 2:g} {y + figure.height * 0.6:g} {right} {y}"
    return (
        f'<rect x="{x}" y="{y}" width="{figure.width}" height="{figure.height}" {pen(paint)}/>'
        f'<path d="{flap}" fill="none" stroke="{paint.stroke}" stroke-width="1.2"/>{under(figure, lang)}'
    )


def _annotation(figure: Shape, lang: str, paint: Paint) -> str:
    """A bracket, open to the right, with as much of its text as it holds."""
    x, y = figure.x, figure.y
    bracket = f"M{x + 12} {y}H{x}V{figure.bottom}H{x + 12}"
    most = max((figure.height - 6) // _STEP, 1)
    lines = wrap(figure.label.get(lang), room=max(figure.width - 8, 40), size=SMALL, most=most)
    written = words(lines, x + 7, y + _STEP, size=SMALL, colour=SOFT, anchor="start")
    return f'<path d="{bracket}" fill="none" stroke="{paint.stroke}" stroke-width="1.4"/>{written}'


def group(figure: Shape, lang: str, paint: Paint) -> str:
    """A frame that changes nothing: it only says what belongs together."""
    x, y = figure.x, figure.y
    box = f'<rect x="{x}" y="{y}" width="{figure.width}" height="{figure.height}" rx="9" {pen(paint)}/>'
    lines = wrap(figure.label.get(lang), room=figure.width - 16, size=SMALL, most=1)
    return box + words(lines, x + figure.width / 2, y + 14, size=SMALL, colour=SOFT)


def _heading(figure: Shape, lang: str, _: Paint) -> str:
    title = figure.label.get(lang)
    return words([title], figure.x, figure.y + FONT, size=FONT + 2, colour=INK, anchor="start")


def under(figure: Shape, lang: str, *, room: int = 76) -> str:
    """The label of a small figure: where the file wants it, else below."""
    x, y, wide, most = figure.x + figure.width / 2, figure.bottom + 15, room, 2
    if figure.words is not None:
        left, top, given, _ = figure.words
        x, y, wide, most = left + given / 2, top + SMALL, max(given + 14, 60), 4
    lines = wrap(figure.label.get(lang), room=wide, size=SMALL, most=most)
    said = words(lines, x, y, size=SMALL, colour=SOFT)
    halo = f'paint-order="stroke" stroke="{PAPER}" stroke-width="3" stroke-linejoin="round"'
    return f"<g {halo}>{said}</g>" if said else ""


BANDS = frozenset({ShapeKind.POOL, ShapeKind.LANE})
ARTIFACTS: Mapping[ShapeKind, Callable[[Shape, str, Paint], str]] = {
    **dict.fromkeys(BANDS, band),
    ShapeKind.DATA: _page,
    ShapeKind.STORE: _drum,
    ShapeKind.MESSAGE: _message,
    ShapeKind.ANNOTATION: _annotation,
    ShapeKind.GROUP: group,
    ShapeKind.HEADING: _heading,
}
