"""How a block is undone, and where what was done is undone (reference §3): compensation, as written.

Codes F07, N09 and those of the context. May import model and its siblings.
"""

from dataclasses import replace
from functools import partial

from signoff.model.block import Block, BlockKind
from signoff.model.nodes import (
    Activity,
    BoundaryEvent,
    CompensateEvent,
    IntermediateThrowEvent,
    MultipleEvent,
    SubProcess,
)
from signoff.notation.yaml.graph import Piece
from signoff.notation.yaml.handlers import scoped
from signoff.notation.yaml.parts import Builder, Parts, Spot
from signoff.notation.yaml.tree import Keyed, Leaf


def undoable(build: Builder) -> Builder:
    """The builder of a block that may say what undoes it."""

    def with_undoing(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
        piece = build(parts, id_, tree, spot)
        if tree.nodes("undone_by"):
            _undone_by(parts, id_, tree, spot)
        return piece

    return with_undoing


def _undone_by(parts: Parts, host: str, tree: Keyed, spot: Spot) -> None:
    """A compensation boundary, and the activity that undoes: the one block, or several in a sub-process."""
    event, body = f"{host}.undone", f"{host}.undone.body"
    blocks = tree.nodes("undone_by")
    handler = _single(parts, blocks, spot)
    if not handler:
        handler = body
        node = SubProcess(
            id=body, scope=spot.scope.id, label=parts.context.label(tree, host), compensates=True
        )
        inner = replace(spot.scope, id=body)
        wrapped = Keyed(((Leaf("steps", tree.place), tree.get("undone_by") or tree),), tree.place)
        scoped(parts, node, wrapped, inner, replace(spot, order=-1), BlockKind.HANDLER)
    undone = BoundaryEvent(
        id=event, scope=spot.scope.id, host=host, event=CompensateEvent(), interrupting=False, handler=handler
    )
    parts.graph.add(undone)


def _single(parts: Parts, blocks: tuple[Keyed, ...], spot: Spot) -> str:
    """The activity that one block alone is; nothing where it is several nodes, or lets something happen beside it."""
    if len(blocks) != 1 or "upon" in blocks[0] or "undone_by" in blocks[0]:
        return ""
    kind = blocks[0].entries[0][0].text
    leaf = blocks[0].leaf(kind)
    if (
        kind not in ("run", "step", "gate", "call", "decide")
        or leaf is None
        or leaf.text in parts.graph.nodes
    ):
        return ""
    parts.sequence(blocks, spot.scope, spot.parent, first=-1)
    node = parts.graph.nodes[leaf.text]
    assert isinstance(node, Activity)
    parts.graph.add(replace(node, compensates=True))
    parts.graph.block(Block(leaf.text, BlockKind.HANDLER, spot.parent, -1, entry=leaf.text, exit=leaf.text))
    return leaf.text


def undo(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    """A compensation throw: of what is named, or of all that was done around it."""
    named = []
    for leaf in tree.leaves("of"):
        parts.context.mark(f"{id_}|of|{leaf.text}", leaf)
        if parts.context.lookup("N09", leaf, parts.gates.names.of(*_UNDOABLE), "step_unknown") == leaf.text:
            named.append(leaf.text)
    events = tuple(CompensateEvent(name) for name in dict.fromkeys(named)) or (CompensateEvent(),)
    event = events[0] if len(events) == 1 else MultipleEvent(events)
    node = IntermediateThrowEvent(**parts.activity(id_, tree, spot.scope), event=event)
    parts.later.append(partial(_reached, parts, node, tree))
    return parts.single(node, spot)


_UNDOABLE = ("step", "gate", "stage", "each", "repeat", "run", "call", "wait", "decide")


def _reached(parts: Parts, node: IntermediateThrowEvent, tree: Keyed) -> None:
    """F07: what is named stands where the undoing cannot see it, or in different places."""
    around = [node.scope]
    while around[-1]:
        around.append(parts.graph.nodes[around[-1]].scope)
    scopes: list[str] = []
    for leaf in tree.leaves("of"):
        found = parts.graph.nodes.get(leaf.text)
        if found is not None and (found.scope not in around or (scopes and found.scope != scopes[0])):
            parts.context.report("F07", leaf.place, "undone_elsewhere", name=leaf.text)
        elif found is not None:
            scopes.append(found.scope)
