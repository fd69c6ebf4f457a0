"""What every figure is drawn with: the pen of its outline, and lines of text, escaped here.

May import the siblings figure and palette.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from signoff.notation.picture.figure import FONT, LINE
from signoff.notation.picture.palette import INK, Paint


def pen(paint: Paint) -> str:
    dash = f' stroke-dasharray="{paint.dash}"' if paint.dash else ""
    return f'fill="{paint.fill}" stroke="{paint.stroke}" stroke-width="{paint.weight:g}"{dash}'


def words(
    lines: Sequence[str], x: float, y: float, *, size: int = FONT, colour: str = INK, anchor: str = "middle"
) -> str:
    """Lines of text, the first with its baseline at y."""
    step = LINE if size >= FONT else size + 3
    return "".join(
        f'<text x="{x:g}" y="{y + n * step:g}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">'
        f"{escape(line)}</text>"
        for n, line in enumerate(lines)
        if line
    )
