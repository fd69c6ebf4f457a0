"""The small signs inside figures, as SVG around the origin: person, seal, clock, gear, gateway markers.

Drawn here, so nothing is embedded from elsewhere. Must import palette only.
"""

from signoff.notation.picture.palette import PAPER, SEAL


def at(x: float, y: float, body: str) -> str:
    return f'<g transform="translate({x:g} {y:g})">{body}</g>'


def person(colour: str) -> str:
    """A head and shoulders, 14 units high."""
    return (
        f'<g fill="none" stroke="{colour}" stroke-width="1.3">'
        '<circle cx="0" cy="-3.6" r="2.9"/><path d="M-5.6 6.4c0-4 2.4-6 5.6-6s5.6 2 5.6 6z"/></g>'
    )


def seal() -> str:
    """A round red stamp with a star: approvals are asked for here."""
    return (
        f'<circle r="10" fill="{PAPER}" stroke="{SEAL}" stroke-width="2"/><path fill="{SEAL}" d="M0 -6 1.4 -1.9 '
        '5.7 -1.9 2.2 .7 3.5 4.9 0 2.3 -3.5 4.9 -2.2 .7 -5.7 -1.9 -1.4 -1.9z"/>'
    )


def clock(colour: str, radius: float = 8.5) -> str:
    ticks = "".join(
        f'<path d="M0 {-radius:g}v2.2" transform="rotate({turn})"/>' for turn in (0, 90, 180, 270)
    )
    return (
        f'<g fill="none" stroke="{colour}" stroke-width="1.2"><circle r="{radius:g}"/>{ticks}'
        f'<path d="M0 {-radius * 0.62:g}V0l{radius * 0.45:g} {radius * 0.3:g}"/></g>'
    )


def bolt(colour: str, fill: str = PAPER) -> str:
    """BPMN's sign of an error."""
    return f'<path d="M-7 6 -3 -6 1.5 1.5 7 -6 3 6 -1.5 -1.5z" fill="{fill}" stroke="{colour}" stroke-width="1.3"/>'


def gear(colour: str) -> str:
    teeth = "".join(f'<path d="M0 -6.6v2.6" transform="rotate({turn})"/>' for turn in range(0, 360, 45))
    return (
        f'<g fill="none" stroke="{colour}"><g stroke-width="2">{teeth}</g>'
        '<circle r="4.2" stroke-width="1.3"/><circle r="1.5" stroke-width="1.1"/></g>'
    )


def cross(colour: str) -> str:
    return f'<path d="M-6 -6 6 6M6 -6 -6 6" stroke="{colour}" stroke-width="3"/>'


def plus(colour: str) -> str:
    return f'<path d="M0 -9V9M-9 0H9" stroke="{colour}" stroke-width="3"/>'


def ring(colour: str) -> str:
    return f'<circle r="8" fill="none" stroke="{colour}" stroke-width="2.6"/>'


def bars(colour: str) -> str:
    """BPMN's marker of several at once."""
    return f'<path d="M-4 -5V5M0 -5V5M4 -5V5" stroke="{colour}" stroke-width="2"/>'


def stripes(colour: str) -> str:
    """BPMN's marker of one after the other."""
    return f'<path d="M-5 -4H5M-5 0H5M-5 4H5" stroke="{colour}" stroke-width="2"/>'


def turn(colour: str) -> str:
    """BPMN's marker of a loop."""
    return (
        f'<path d="M2.6 4.6A5.3 5.3 0 1 0 -2.6 4.6" fill="none" stroke="{colour}" stroke-width="1.4"/>'
        f'<path d="M-6.4 5.4H-2.2V1.2" fill="none" stroke="{colour}" stroke-width="1.4"/>'
    )


def wave(colour: str) -> str:
    """BPMN's marker of what comes in any order."""
    return (
        f'<path d="M-7 1.5C-4.5 -4 -2 -3 0 0S4.5 4 7 -1.5" fill="none" stroke="{colour}" stroke-width="2"/>'
    )


def box(colour: str) -> str:
    """BPMN's marker of something collapsed: a plus in a box."""
    return (
        f'<g fill="none" stroke="{colour}" stroke-width="1.2"><rect x="-6" y="-6" width="12" height="12"/>'
        '<path d="M0 -3.5V3.5M-3.5 0H3.5"/></g>'
    )


def diamond(colour: str) -> str:
    """BPMN's small diamond: only under a condition."""
    return f'<path d="M-8 0 0 -5.5 8 0 0 5.5z" fill="{PAPER}" stroke="{colour}" stroke-width="1.3"/>'


# signs of events, hollow for what is caught, filled for what is thrown ------------------------------------


def envelope(colour: str, fill: str = PAPER) -> str:
    """BPMN's sign of a message."""
    flap = PAPER if fill != PAPER else colour
    return (
        f'<rect x="-8" y="-5.5" width="16" height="11" fill="{fill}" stroke="{colour}" stroke-width="1.2"/>'
        f'<path d="M-8 -5.5 0 1 8 -5.5" fill="none" stroke="{flap}" stroke-width="1.2"/>'
    )


def triangle(colour: str, fill: str = PAPER) -> str:
    """BPMN's sign of a signal."""
    return f'<path d="M0 -7.5 7.5 5.5H-7.5z" fill="{fill}" stroke="{colour}" stroke-width="1.3"/>'


def ascent(colour: str, fill: str = PAPER) -> str:
    """BPMN's sign of an escalation."""
    return f'<path d="M0 -8 6 7 0 1.5 -6 7z" fill="{fill}" stroke="{colour}" stroke-width="1.3"/>'


def rewind(colour: str, fill: str = PAPER) -> str:
    """BPMN's sign of compensation."""
    return f'<path d="M0 -5.5V5.5L-7 0zM7 -5.5V5.5L0 0z" fill="{fill}" stroke="{colour}" stroke-width="1.2"/>'


def sheet(colour: str) -> str:
    """BPMN's sign of a condition, and of a script."""
    lines = "".join(f'<path d="M-4 {y}H4"/>' for y in (-4, -1.3, 1.3, 4))
    return (
        f'<g fill="{PAPER}" stroke="{colour}" stroke-width="1.1">'
        f'<rect x="-6" y="-7" width="12" height="14"/>{lines}</g>'
    )


def arrow(colour: str, fill: str = PAPER) -> str:
    """BPMN's sign of a link."""
    return f'<path d="M-8 -3H2V-6.5L8.5 0 2 6.5V3H-8z" fill="{fill}" stroke="{colour}" stroke-width="1.2"/>'


def pentagon(colour: str, fill: str = PAPER) -> str:
    """BPMN's sign of several events, any of which is enough."""
    return f'<path d="M0 -8 7.6 -2.5 4.7 6.5H-4.7L-7.6 -2.5z" fill="{fill}" stroke="{colour}" stroke-width="1.3"/>'


def star(colour: str) -> str:
    """BPMN's marker of a complex gateway."""
    return "".join(
        f'<path d="M0 -9V9" stroke="{colour}" stroke-width="2.6" transform="rotate({turn})"/>'
        for turn in (0, 45, 90, 135)
    )


def race(colour: str) -> str:
    """BPMN's marker of an event-based gateway."""
    return (
        f'<g fill="none" stroke="{colour}" stroke-width="1.1"><circle r="10"/><circle r="8"/></g>'
        f'<g transform="scale(.7)">{pentagon(colour)}</g>'
    )


def grid(colour: str) -> str:
    """BPMN's sign of a business rule."""
    return (
        f'<g fill="none" stroke="{colour}" stroke-width="1.1"><rect x="-7" y="-5.5" width="14" height="11"/>'
        '<path d="M-7 -2H7M-7 1.8H7M-2.5 -2V5.5"/></g>'
    )


def hand(colour: str) -> str:
    """BPMN's sign of a manual task."""
    return f'<path d="M-7 5V-1L-2 -5 0 -4 -2.5 -1H7V1H1 6V3H1 5V5z" fill="none" stroke="{colour}" stroke-width="1.1"/>'
