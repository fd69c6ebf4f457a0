"""Parts of a drawing while they are put together: each a box of its own, with one way in and its ways out.

The way in is at the left border, at the height `axis`; every way out ends at the right border. May import drawing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from signoff.notation.picture.drawing import Edge, Point, Shape

GAP = 40  # between figures that follow one another
ELBOW = 14  # how far before a figure an edge that changes its height turns


@dataclass(frozen=True, slots=True)
class Out:
    """A flow that leaves a part: from which node, over which points, the last at the right border."""

    source: str
    points: tuple[Point, ...]

    def moved(self, dx: int, dy: int) -> "Out":
        return Out(self.source, tuple((x + dx, y + dy) for x, y in self.points))

    def drawn(self, *points: Point) -> "Out":
        return Out(self.source, self.points + points)


@dataclass(slots=True)
class Piece:
    """Shapes and edges inside a box; `entry` is the node that a flow into it leads to."""

    width: int
    height: int
    axis: int
    entry: str
    shapes: list[Shape] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    outs: tuple[Out, ...] = ()

    def moved(self, dx: int, dy: int) -> "Piece":
        """The same further right and down; its box begins at the origin as before."""
        return replace(
            self,
            axis=self.axis + dy,
            shapes=[replace(s, x=s.x + dx, y=s.y + dy) for s in self.shapes],
            edges=[replace(e, points=tuple((x + dx, y + dy) for x, y in e.points)) for e in self.edges],
            outs=tuple(out.moved(dx, dy) for out in self.outs),
        )

    def widen(self, more: int) -> None:
        """Make the first figure, and with it the piece, wider at the right."""
        self.shapes[0] = replace(self.shapes[0], width=self.shapes[0].width + more)
        self.outs = tuple(out.moved(more, 0) for out in self.outs)
        self.width += more

    def take(self, other: "Piece", x: int, y: int) -> "Piece":
        """Draw another piece into this one with its box at (x, y); gives it as it lies now."""
        placed = other.moved(x, y)
        self.shapes += placed.shapes
        self.edges += placed.edges
        return placed


Wire = Callable[[Out, str], Edge]
"""Makes an edge of a finished way out and the node it leads to."""


def bent(points: Sequence[Point], x: int, y: int) -> tuple[Point, ...]:
    """The points, prolonged to a figure's left border at right angles."""
    if points[-1][1] == y:
        return tidy([*points, (x, y)])
    return tidy([*points, (x - ELBOW, points[-1][1]), (x - ELBOW, y), (x, y)])


def tidy(points: Sequence[Point]) -> tuple[Point, ...]:
    """Without points that lie on a straight line between their neighbours."""
    found: list[Point] = []
    for point in points:
        if found and found[-1] == point:
            continue
        if len(found) > 1 and _straight(found[-2], found[-1], point):
            found.pop()
        found.append(point)
    return tuple(found)


def _straight(a: Point, b: Point, c: Point) -> bool:
    return (a[0] == b[0] == c[0]) or (a[1] == b[1] == c[1])


def chain(pieces: Sequence[Piece], wire: Wire) -> Piece:
    """One after the other from left to right, on one axis."""
    axis = max(piece.axis for piece in pieces)
    whole = Piece(0, 0, axis, pieces[0].entry)
    outs: tuple[Out, ...] = ()
    x = 0
    for piece in pieces:
        placed = whole.take(piece, x, axis - piece.axis)
        join(whole, outs, piece.entry, (x, axis), wire)
        outs = placed.outs
        whole.height = max(whole.height, axis - piece.axis + piece.height)
        whole.width = x + piece.width
        x += piece.width + GAP
    whole.outs = outs
    return whole


def join(whole: Piece, outs: Iterable[Out], target: str, at: Point, wire: Wire) -> None:
    """Lead ways out to a figure's left border."""
    for out in outs:
        whole.edges.append(wire(Out(out.source, bent(out.points, *at)), target))


def rows(pieces: Sequence[Sequence[Piece]], wire: Wire) -> Piece:
    """Rows of pieces, each beginning at the left again; the edges between rows run in channels beside them."""
    chains = [chain(row, wire) for row in pieces]
    if len(chains) == 1:
        return chains[0]
    left = GAP // 2 + ELBOW
    right = left + max(piece.width for piece in chains) + ELBOW
    whole = Piece(right + ELBOW // 2, 0, chains[0].axis, chains[0].entry)
    outs: tuple[Out, ...] = ()
    y = 0
    for piece in chains:
        placed = whole.take(piece, left, y)
        middle = y - GAP // 2
        for out in outs:
            height = out.points[-1][1]
            turned = out.drawn((right, height), (right, middle), (ELBOW // 2, middle))
            end = tidy([*turned.points, (ELBOW // 2, placed.axis), (left, placed.axis)])
            whole.edges.append(wire(Out(out.source, end), piece.entry))
        outs = placed.outs
        whole.height = y + piece.height
        y += piece.height + GAP
    whole.outs = tuple(out.drawn((whole.width, out.points[-1][1])) for out in outs)
    return whole
