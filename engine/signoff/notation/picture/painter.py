"""One shape as SVG, in the coordinates of the drawing: events, gateways, activities, what states look like.

May import the siblings artifact, drawing, figure, glyph, ink, lettering and palette.
"""

from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape, quoteattr

from signoff.notation.picture import glyph
from signoff.notation.picture.artifact import ARTIFACTS, under
from signoff.notation.picture.drawing import Marker, Shape, ShapeKind
from signoff.notation.picture.figure import FONT, FOOT, HEAD, INSET, LINE, SMALL, label_lines, note_lines
from signoff.notation.picture.ink import pen, words
from signoff.notation.picture.lettering import LONGEST, balanced, breaks_words, width, wrap
from signoff.notation.picture.palette import INK, MARKS, PAINTS, PAPER, PLAIN, SIGNS, SOFT, Paint

_ROUND = frozenset(
    {
        ShapeKind.START,
        ShapeKind.END,
        ShapeKind.TERMINATE,
        ShapeKind.CATCH,
        ShapeKind.THROW,
        ShapeKind.BOUNDARY,
    }
)
_THROWN = frozenset({ShapeKind.THROW, ShapeKind.END})
_DIAMOND = frozenset(
    {
        ShapeKind.EXCLUSIVE,
        ShapeKind.PARALLEL,
        ShapeKind.INCLUSIVE,
        ShapeKind.EVENT_BASED,
        ShapeKind.COMPLEX,
    }
)
_BARE = frozenset({ShapeKind.ABSTRACT, ShapeKind.CALL, ShapeKind.COLLAPSED})  # activities without an icon
CONTAINERS = frozenset(
    {
        ShapeKind.STAGE,
        ShapeKind.EACH,
        ShapeKind.TRANSACTION,
        ShapeKind.LANE,
        ShapeKind.BODY,
        ShapeKind.HANDLER,
        ShapeKind.COMPOUND,
        ShapeKind.REGION,
        ShapeKind.POOL,
        ShapeKind.GROUP,
    }
)


def shape(figure: Shape, lang: str, mark: str) -> str:
    """The figure with its label, its markers and its tooltip."""
    paint = _paint(figure, mark)
    draw = _DRAW.get(figure.kind, _task)
    classes = f"{figure.kind.value} {mark}".strip()
    tip = " · ".join(filter(None, (figure.label.get(lang), figure.caption.get(lang))))
    title = f"<title>{escape(tip)}</title>" if tip else ""
    badge = _badge(figure, mark)
    return f"<g class={quoteattr(classes)} data-node={quoteattr(figure.id)}>{title}{draw(figure, lang, paint)}{badge}</g>"


def _paint(figure: Shape, mark: str) -> Paint:
    own = PAINTS.get(figure.kind, PLAIN)
    marked = MARKS.get(mark)
    if marked is None:
        return own
    if figure.kind in CONTAINERS:
        return Paint(own.fill, marked.stroke, marked.weight, own.dash)
    return marked


def _badge(figure: Shape, mark: str) -> str:
    """The sign of a mark, so that colour is not all that tells."""
    if mark not in SIGNS or figure.kind in CONTAINERS | _ROUND | _DIAMOND | ARTIFACTS.keys():
        return ""
    sign = (
        f'<circle r="8" fill="{MARKS[mark].stroke}"/>'
        f'<text y="4" font-size="11" fill="{PAPER}" text-anchor="middle">{SIGNS[mark]}</text>'
    )
    return glyph.at(figure.right - 6, figure.bottom - 4, sign)


def _task(figure: Shape, lang: str, paint: Paint) -> str:
    """A rounded box: icon and owner in the head row, the label below, markers at the foot."""
    x, y = figure.x, figure.y
    parts = [
        f'<rect x="{x}" y="{y}" width="{figure.width}" height="{figure.height}" rx="9" {pen(paint)}/>',
        glyph.at(x + 14, y + 14, _icon(figure, paint.stroke)),
    ]
    free = figure.width - (46 if figure.sealed else 32)
    caption = wrap(figure.caption.get(lang), room=free, size=SMALL, most=1)
    parts.append(words(caption, x + 25, y + 18, size=SMALL, colour=SOFT, anchor="start"))
    parts.append(_inscription(figure, lang))
    if figure.sealed:
        parts.append(glyph.at(figure.right - 6, y + 4, glyph.seal()))
    return "".join(parts) + _markers(figure, paint) + _condition(figure, paint)


def _inscription(figure: Shape, lang: str) -> str:
    """The label in the middle, below the head row where they would meet; smaller where it would not fit."""
    text = figure.label.get(lang)
    foot = figure.skirt + (FOOT if figure.markers else 0)
    lines, size, step = label_lines(text, figure.width), FONT, LINE
    spare = figure.height - foot - (HEAD if figure.caption else 6)
    broken = breaks_words(text, room=figure.width - 2 * INSET, size=FONT)
    if len(lines) * step > spare or lines[-1].endswith("…") or broken:
        size, step = SMALL, SMALL + 3
        lines = wrap(text, room=figure.width - 8, size=size, most=max(spare // step, 1))
    high = figure.y + (figure.height - foot - len(lines) * step) / 2
    wide = figure.kind not in _BARE and width(lines[0], size) > figure.width - 2 * HEAD
    low = HEAD if figure.caption else (HEAD - 6 if wide else 2)
    top = min(max(high, figure.y + low), figure.bottom - foot - len(lines) * step)
    return words(lines, figure.x + figure.width / 2, top + size - 1, size=size)


def _markers(figure: Shape, paint: Paint) -> str:
    """BPMN's markers side by side at the lower border."""
    left = figure.x + figure.width / 2 - (len(figure.markers) - 1) * 9
    y = figure.bottom - figure.skirt - 9
    signs = [_FOOTED[marker](paint.stroke) for marker in figure.markers]
    return "".join(glyph.at(left + n * 18, y, sign) for n, sign in enumerate(signs))


def _condition(figure: Shape, paint: Paint) -> str:
    if not figure.optional:
        return ""
    return glyph.at(figure.x + figure.width / 2, figure.y, glyph.diamond(paint.stroke))


def _icon(figure: Shape, colour: str) -> str:
    draw = _ICONS.get(figure.kind, glyph.person)
    return draw(colour)


_ICONS: Mapping[ShapeKind, Callable[[str], str]] = {
    ShapeKind.SERVICE: glyph.gear,
    ShapeKind.SEND: lambda colour: glyph.envelope(colour, colour),
    ShapeKind.RECEIVE: glyph.envelope,
    ShapeKind.SCRIPT: glyph.sheet,
    ShapeKind.RULE: glyph.grid,
    ShapeKind.MANUAL: glyph.hand,
    **dict.fromkeys(_BARE, lambda _colour: ""),
}
_FOOTED: Mapping[Marker, Callable[[str], str]] = {
    Marker.LOOP: glyph.turn,
    Marker.PARALLEL: glyph.bars,
    Marker.SEQUENTIAL: glyph.stripes,
    Marker.COMPENSATION: lambda colour: f'<g transform="scale(.8)">{glyph.rewind(colour)}</g>',
    Marker.AD_HOC: glyph.wave,
    Marker.COLLAPSED: glyph.box,
}


def _event(figure: Shape, lang: str, paint: Paint) -> str:
    """A circle; a second one inside for what is caught in the flow, dashed when it does not interrupt."""
    x, y, r = figure.x + figure.width / 2, figure.y + figure.height / 2, figure.width / 2
    dash = "" if figure.interrupting else "4 2.5"
    line = pen(Paint(paint.fill, paint.stroke, paint.weight, dash))
    parts = [f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" {line}/>']
    if figure.kind in (ShapeKind.CATCH, ShapeKind.THROW, ShapeKind.BOUNDARY):
        inner = pen(Paint("none", paint.stroke, 1, dash))
        parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="{r - 3:g}" {inner}/>')
    if figure.kind is ShapeKind.TERMINATE:
        parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="{r - 6:g}" fill="{paint.stroke}"/>')
    if figure.event:
        parts.append(glyph.at(x, y, _sign(figure, paint.stroke)))
    return "".join(parts) + _condition(figure, paint) + _event_label(figure, lang)


def _sign(figure: Shape, colour: str) -> str:
    """What it waits for, hollow; what it throws, filled."""
    if figure.event in _FILLED:
        return _FILLED[figure.event](colour, colour if figure.kind in _THROWN else PAPER)
    return _HOLLOW.get(figure.event, glyph.bolt)(colour)


_HOLLOW: Mapping[str, Callable[[str], str]] = {
    "timer": glyph.clock,
    "request": glyph.person,
    "effect": glyph.plus,
    "condition": glyph.sheet,
    "cancel": glyph.cross,
    "parallel multiple": glyph.plus,
}
_FILLED: Mapping[str, Callable[[str, str], str]] = {
    "error": glyph.bolt,
    "message": glyph.envelope,
    "signal": glyph.triangle,
    "escalation": glyph.ascent,
    "compensation": glyph.rewind,
    "link": glyph.arrow,
    "multiple": glyph.pentagon,
}


def _event_label(figure: Shape, lang: str) -> str:
    """Below the circle; in our own layout a boundary event's stands beside the flow that leaves it."""
    if figure.kind is ShapeKind.BOUNDARY and figure.words is None:
        return ""
    return under(figure, lang)


def _gateway(figure: Shape, lang: str, paint: Paint) -> str:
    half = figure.width // 2
    x, y = figure.x + half, figure.y + half
    path = f"M{figure.x} {y}L{x} {figure.y} {figure.right} {y} {x} {figure.bottom}z"
    sign = _CROSSED[figure.kind](paint.stroke)
    body = f'<path d="{path}" {pen(paint)} stroke-linejoin="round"/>{glyph.at(x, y, sign)}'
    if figure.words is not None:
        return body + under(figure, lang)
    lines = balanced(figure.label.get(lang), room=54, size=SMALL, most=3)
    return body + words(lines, x - 6, figure.bottom + 6, size=SMALL, colour=SOFT, anchor="end")


def _container(figure: Shape, lang: str, paint: Paint) -> str:
    """A box with its title, and with BPMN's markers of loops at its foot."""
    x, y = figure.x, figure.y
    radius = 12 if figure.kind is not ShapeKind.REGION else 4
    parts = [
        f'<rect x="{x}" y="{y}" width="{figure.width}" height="{figure.height}" rx="{radius}" {pen(paint)}/>'
    ]
    bold = FONT + 1 if figure.kind in (ShapeKind.STAGE, ShapeKind.EACH) else FONT
    title = escape(figure.label.get(lang)[:LONGEST])
    if title:
        parts.append(
            f'<text x="{x + 16}" y="{y + 21}" font-size="{bold}" font-weight="600" fill="{INK}">{title}</text>'
        )
    return "".join(parts) + _markers(figure, paint) + _condition(figure, paint)


def _note(figure: Shape, lang: str, _: Paint) -> str:
    lines = note_lines(figure.label.get(lang), figure.width)
    return words(lines, figure.x, figure.y + SMALL, size=SMALL, colour=SOFT, anchor="start")


def _state(figure: Shape, lang: str, paint: Paint) -> str:
    """A state without more in it: a rounded box with its name."""
    lines = wrap(figure.label.get(lang), room=figure.width - INSET, size=FONT - 1, most=2)
    box = f'<rect x="{figure.x}" y="{figure.y}" width="{figure.width}" height="{figure.height}" rx="14" {pen(paint)}/>'
    y = figure.y + figure.height / 2 + 5 - (len(lines) - 1) * 7.5
    return box + words(lines, figure.x + figure.width / 2, y, size=FONT - 1)


def _choice(figure: Shape, _lang: str, paint: Paint) -> str:
    half = figure.width // 2
    x, y = figure.x + half, figure.y + half
    return f'<path d="M{figure.x} {y}L{x} {figure.y} {figure.right} {y} {x} {figure.bottom}z" {pen(paint)}/>'


_CROSSED: Mapping[ShapeKind, Callable[[str], str]] = {
    ShapeKind.EXCLUSIVE: glyph.cross,
    ShapeKind.PARALLEL: glyph.plus,
    ShapeKind.INCLUSIVE: glyph.ring,
    ShapeKind.EVENT_BASED: glyph.race,
    ShapeKind.COMPLEX: glyph.star,
}
_DRAW: Mapping[ShapeKind, Callable[[Shape, str, Paint], str]] = {
    **dict.fromkeys(_ROUND, _event),
    **dict.fromkeys(_DIAMOND, _gateway),
    **dict.fromkeys(CONTAINERS, _container),
    **ARTIFACTS,
    ShapeKind.STATE: _state,
    ShapeKind.PASSED: _state,
    ShapeKind.CHOICE: _choice,
    ShapeKind.NOTE: _note,
}
