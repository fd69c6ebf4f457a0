"""Pictures: `place` lays out a process, `place_states` its machine, `render` writes either as SVG.

May import model, the machine and its own modules.
"""

from signoff.notation.picture.drawing import Drawing, Edge, Shape, ShapeKind
from signoff.notation.picture.layout import place
from signoff.notation.picture.states import place_states
from signoff.notation.picture.svg import render

__all__ = ["Drawing", "Edge", "Shape", "ShapeKind", "place", "place_states", "render"]
