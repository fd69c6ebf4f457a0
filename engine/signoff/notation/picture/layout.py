"""Where everything stands: a definition laid out along its blocks, without overlaps.

Lists run from left to right, branches stand below one another, stages are containers, each in a row of its own
when the process is long; boundary events sit on their host, event sub-processes below the steps of their stage.
May import model and its siblings.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from signoff.model.block import Block, BlockKind
from signoff.model.definition import Definition
from signoff.model.nodes import BoundaryEvent, SequenceFlow
from signoff.notation.picture.drawing import Drawing, Edge, EdgeKind, Shape
from signoff.notation.picture.figure import EVENT, GATEWAY, TITLE, figure, title_width
from signoff.notation.picture.network import arrange
from signoff.notation.picture.piece import GAP, Out, Piece, chain, join, rows, tidy
from signoff.notation.picture.row import banded

MARGIN = 24
PAD = 20  # inside a container
STACK = 26  # between branches
_LABELLED = 128  # before a branch that has a condition
_HALF = GATEWAY // 2


def place(definition: Definition) -> Drawing:
    """The picture of a process: along its blocks where it is written in blocks, else as a graph in columns."""
    blocks = definition.children("")
    strange = len(blocks) != 1 or definition.nodes.keys() - definition.nodes_in(blocks[0].id)
    if strange or _jumps(definition):
        return arrange(definition)
    body = Layout(definition).body(blocks[0], "")
    whole = Piece(0, 0, 0, "")
    whole.take(body, MARGIN, MARGIN + TITLE)
    return Drawing(
        id=definition.id,
        label=definition.label,
        width=max(body.width, title_width(definition.label)) + 2 * MARGIN,
        height=body.height + 2 * MARGIN + TITLE,
        shapes=tuple(whole.shapes),
        edges=tuple(whole.edges),
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """Lays out the blocks of one definition."""

    definition: Definition

    # figures and flows ---------------------------------------------------------------------------------

    def shape(self, id: str) -> Shape:
        return figure(self.definition, self.definition.nodes[id])

    def single(self, id: str) -> Piece:
        """A node alone, with its one way out."""
        shape = self.shape(id)
        middle = shape.height // 2
        outs = (Out(id, ((shape.width, middle),)),) if self.definition.outgoing[id] else ()
        return Piece(shape.width, shape.height, middle, id, [shape], [], outs)

    def wire(self, out: Out, target: str) -> Edge:
        """The edge of the flow between two nodes."""
        (flow, *_) = [f for f in self.definition.outgoing[out.source] if f.target == target]
        return self.edge(flow, out)

    def edge(self, flow: SequenceFlow, out: Out) -> Edge:
        default = getattr(self.definition.nodes[flow.source], "default", "") == flow.id
        label = flow.condition.text if flow.condition else ""
        return Edge(
            id=flow.id,
            source=flow.source,
            target=flow.target,
            points=tidy(out.points),
            label=label,
            default=default,
        )

    # lists ---------------------------------------------------------------------------------------------

    def body(self, sequence: Block, scope: str) -> Piece:
        """A list between its start and end events, its handlers below."""
        pieces = [_beginning(self, sequence, scope), *self.pieces(sequence)]
        if self.definition.incoming[sequence.exit]:
            pieces.append(self.single(sequence.exit))
        whole = rows(banded(pieces), self.wire)
        for handler in self.definition.handlers.get(scope, ()):
            block = self.definition.blocks[handler.id]
            placed = self.container(block)
            whole.take(placed, 0, whole.height + STACK)
            whole.height += STACK + placed.height
            whole.width = max(whole.width, placed.width)
        return whole

    def pieces(self, sequence: Block) -> list[Piece]:
        children = self.definition.children(sequence.id)
        return [self.block(b) for b in children if b.kind is not BlockKind.HANDLER]

    # blocks --------------------------------------------------------------------------------------------

    def block(self, block: Block) -> Piece:
        found = _PLACE[block.kind](self, block)
        events = self.definition.boundaries.get(block.id, ())
        return self.hosting(found, events) if events else found

    def step(self, block: Block) -> Piece:
        found = self.single(block.id)
        events = len(self.definition.boundaries.get(block.id, ()))
        if events:
            found.widen(max(0, _room(events) - found.width))
            height = found.height + SKIRT
            found.shapes = [replace(found.shapes[0], height=height, skirt=SKIRT)]
            found.height = height
        return found

    def container(self, block: Block) -> Piece:
        """A sub-process around its list."""
        (inside,) = self.definition.children(block.id)
        inner = self.body(inside, block.id)
        shape = self.shape(block.id)
        width = max(inner.width + 2 * PAD, title_width(shape.label))
        height = TITLE + inner.height + 2 * PAD
        axis = TITLE + PAD + inner.axis
        outs = (Out(block.id, ((width, axis),)),) if self.definition.outgoing[block.id] else ()
        found = Piece(width, height, axis, block.id, [replace(shape, width=width, height=height)], [], outs)
        found.take(inner, PAD, TITLE + PAD)
        return found

    def hosting(self, found: Piece, events: Sequence[BoundaryEvent]) -> Piece:
        """Boundary events on the lower border of their host, what they lead to below it."""
        host = found.shapes[0]
        undoers = {event.id: event.handler for event in events}
        circles = [self.circle(event, n, host) for n, event in enumerate(events)]
        beside = circles[-1].right + ELBOW_ROOM
        outs = found.outs
        y = host.bottom + EVENT // 2 + 14
        for circle in reversed(circles):  # the rightmost leads to what is nearest, so that no edges cross
            found.shapes.append(circle)
            middle = circle.x + EVENT // 2
            if handler := undoers.get(circle.id, ""):
                placed = found.take(_undoer(self, handler), beside, y)
                points = ((middle, circle.bottom), (middle, placed.axis), (beside, placed.axis))
                found.edges.append(
                    Edge(
                        id=f"{circle.id}.by",
                        source=circle.id,
                        target=handler,
                        points=points,
                        kind=EdgeKind.ASSOCIATION,
                    )
                )
                found.width = max(found.width, beside + placed.width)
                y += placed.height + STACK
            for flow in self.definition.outgoing[circle.id]:
                body = self.definition.blocks.get(flow.target)
                if flow.target != f"{circle.id}.body" or body is None:
                    outs += (Out(circle.id, ((middle, circle.bottom), (middle, y))),)
                    y += STACK
                    continue
                placed = found.take(self.container(body), beside, y)
                points = ((middle, circle.bottom), (middle, placed.axis), (beside, placed.axis))
                found.edges.append(self.edge(flow, Out(circle.id, points)))
                found.width = max(found.width, beside + placed.width)
                outs += placed.outs
                y += placed.height + STACK
        found.height = max(y - 14, host.bottom + EVENT // 2)
        found.outs = tuple(out.drawn((found.width, out.points[-1][1])) for out in outs)
        return found

    def circle(self, event: BoundaryEvent, n: int, host: Shape) -> Shape:
        shape = self.shape(event.id)
        return replace(shape, x=host.x + 12 + n * (EVENT + 12), y=host.bottom - EVENT // 2)

    def split(self, block: Block) -> Piece:
        """A gateway, its branches below one another, and the gateway that joins them."""
        branches = [self.branch(branch) for branch in self.definition.children(block.id)]
        flows = self.definition.outgoing[block.id]
        named = any(flow.condition for flow in flows)
        left = GATEWAY + (_LABELLED if named else GAP)
        right = left + max(branch.width for branch in branches) + GAP
        tops = _stacked(branches)
        axes = [top + branch.axis for top, branch in zip(tops, branches, strict=True)]
        axis = (axes[(len(axes) - 1) // 2] + axes[len(axes) // 2]) // 2
        joined = bool(self.definition.incoming[f"{block.id}.join"])
        found = Piece(right + GATEWAY if joined else right, 0, axis, block.id)
        found.height = max(tops[-1] + branches[-1].height, axis + _HALF)
        found.shapes.append(replace(self.shape(block.id), y=axis - _HALF))
        for branch, top, flow in zip(branches, tops, flows, strict=True):
            placed = found.take(branch, left, top)
            self.enter(found, flow, placed, (left, right))
        if joined:
            found.shapes.append(replace(self.shape(f"{block.id}.join"), x=right, y=axis - _HALF))
            found.outs = (Out(f"{block.id}.join", ((right + GATEWAY, axis),)),)
        if f"{block.id}.set" in self.definition.nodes:
            found = chain([found, self.single(f"{block.id}.set")], self.wire)
        if block.entry == f"{block.id}.if":
            return self.guarded(block, found)
        return found if block.entry == block.id else chain([self.single(block.entry), found], self.wire)

    def branch(self, branch: Block) -> Piece:
        """A list between a split and its join; an empty one is a line."""
        pieces = self.pieces(branch)
        if not pieces:
            return Piece(0, 24, 12, "")
        if branch.exit.endswith(".merge"):
            pieces.append(self.single(branch.exit))
        return chain(pieces, self.wire)

    def enter(self, found: Piece, flow: SequenceFlow, branch: Piece, sides: tuple[int, int]) -> None:
        """Draw the flow into a branch and those from it to the join."""
        left, right = sides
        begun = _leaving(0, found.axis, branch.axis)
        if not branch.entry:
            ended = tuple(reversed(_leaving(right, found.axis, branch.axis, side=0)))
            found.edges.append(self.edge(flow, Out(flow.source, begun + ended)))
            return
        found.edges.append(self.edge(flow, Out(flow.source, (*begun, (left, branch.axis)))))
        for out in branch.outs:
            height = out.points[-1][1]
            ended = tuple(reversed(_leaving(right, found.axis, height, side=0)))
            found.edges.append(self.wire(out.drawn(*ended), f"{flow.source}.join"))

    def guarded(self, block: Block, inner: Piece) -> Piece:
        """A block that may be passed by: a fork before it, a line below it, a merge after it."""
        fork, merge = block.entry, block.exit
        into, past = self.definition.outgoing[fork]
        left = GATEWAY + _LABELLED
        right = left + inner.width + GAP
        low = inner.height + STACK
        axis = inner.axis
        found = Piece(right + GATEWAY, low + 8, axis, fork)
        found.shapes.append(replace(self.shape(fork), y=axis - _HALF))
        placed = found.take(inner, left, 0)
        found.edges.append(self.edge(into, Out(fork, ((GATEWAY, axis), (left, axis)))))
        under = ((_HALF, axis + _HALF), (_HALF, low), (right + _HALF, low), (right + _HALF, axis + _HALF))
        found.edges.append(self.edge(past, Out(fork, under)))
        join(found, placed.outs, merge, (right, axis), self.wire)
        found.shapes.append(replace(self.shape(merge), x=right, y=axis - _HALF))
        found.outs = (Out(merge, ((right + GATEWAY, axis),)),)
        return found


def _jumps(definition: Definition) -> bool:
    """Whether some flow leads out of the order of the blocks."""
    nodes = definition.nodes.values()
    return any(isinstance(node, BoundaryEvent) and node.continue_at for node in nodes) or (
        bool(definition.events_at_start.get("")) and any(getattr(node, "at_start", False) for node in nodes)
    )


def _beginning(layout: Layout, sequence: Block, scope: str) -> Piece:
    """The start events, below one another."""
    events = () if scope else layout.definition.events_at_start.get("", ())
    found = layout.single(sequence.entry)
    for id in events:
        placed = found.take(layout.single(id), 0, found.height + STACK)
        found.height = placed.axis + EVENT // 2
        found.outs += placed.outs
    return found


def _undoer(layout: Layout, id: str) -> Piece:
    """What undoes an activity: one of its own, or a list of steps."""
    block = layout.definition.blocks[id]
    return layout.container(block) if layout.definition.children(id) else replace(layout.single(id), outs=())


SKIRT = 14  # more height for a host, so that its events do not cover its label
ELBOW_ROOM = 20  # from the last boundary event of a host to what they lead to


def _room(events: int) -> int:
    """How wide a host has to be for its boundary events."""
    return 12 + events * (EVENT + 12)


def _stacked(branches: Sequence[Piece]) -> list[int]:
    found, top = [], 0
    for branch in branches:
        found.append(top)
        top += branch.height + STACK
    return found


def _leaving(x: int, axis: int, height: int, *, side: int = GATEWAY) -> tuple[tuple[int, int], ...]:
    """From a gateway's border towards a branch: sideways on its own axis, else up or down from its corner."""
    if height == axis:
        return ((x + side, axis),)
    corner = axis - _HALF if height < axis else axis + _HALF
    return ((x + _HALF, corner), (x + _HALF, height))


_PLACE: Mapping[BlockKind, Callable[[Layout, Block], Piece]] = {
    BlockKind.STEP: Layout.step,
    BlockKind.PARALLEL: Layout.split,
    BlockKind.CHOOSE: Layout.split,
    BlockKind.INCLUDE: Layout.split,
    BlockKind.RACE: Layout.split,
    BlockKind.STAGE: Layout.container,
    BlockKind.EACH: Layout.container,
    BlockKind.REPEAT: Layout.container,
}
