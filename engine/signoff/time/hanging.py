"""Rules that both halves of the grammar put on what a phrase hangs on.

May import `phrase`, `anchor`, `span`, `hints`.
"""

from dataclasses import replace

from signoff.time import hints
from signoff.time.anchor import Anchor, Edge, Side
from signoff.time.phrase import Phrase
from signoff.time.span import Span

_SAME = {Side.BEFORE: Edge.START, Side.AFTER: Edge.END}


def hung(phrase: Phrase, anchor: Anchor, edge: Edge, side: Side) -> Anchor:
    """The anchor with its edge, in the one form that equal meanings share. Raises for a bare window."""
    if not phrase.words.is_window(anchor) or edge is _SAME.get(side):
        return anchor
    if edge is Edge.EITHER and side is Side.AT:
        raise phrase.error(hints.BARE_WINDOW)
    return replace(anchor, edge=edge)


def no_hours(phrase: Phrase, span: Span | None) -> None:
    """A recurrence counted in hours has no time of day."""
    if span is not None and not span.in_days:
        raise phrase.error(hints.HOURS_EXACT)
