"""Blocks with branches: all of them, some of them, one of them, or the one whose event comes first (reference §3).

Code F04 and those of `events`. May import model and its siblings.
"""

from dataclasses import replace
from typing import Any, cast

from signoff.model.block import Block
from signoff.model.nodes import AbstractTask, IntermediateCatchEvent, TimerEvent
from signoff.notation.yaml.events import event
from signoff.notation.yaml.graph import SPLITS, Piece
from signoff.notation.yaml.parts import Parts, Spot
from signoff.notation.yaml.tree import Keyed


def split(kind: str, parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    """A gateway, its branches, and the gateway that joins them."""
    opening, joining, block_kind = SPLITS[kind]
    join = parts.graph.add(joining(id=f"{id_}.join", scope=spot.scope.id))
    node = parts.graph.add(opening(**parts.common(id_, tree, spot.scope)))
    branches = tree.nodes("branches")
    for order, branch in enumerate(branches, 1):
        parent = f"{id_}/{order}"
        caught = (
            [_caught(parts, f"{id_}.{order}", branch, Spot(spot.scope, parent, 0))] if kind == "race" else []
        )
        pieces = parts.sequence(branch.nodes("steps"), spot.scope, parent, first=len(caught))
        condition = parts.context.expression(branch.get("if"), f"{id_}/{order}|if")
        parts.graph.branch(id_, order, [*caught, *pieces], condition)
    if kind in ("choose", "include"):
        last = len(branches) + 1
        pieces = parts.sequence(tree.nodes("otherwise"), spot.scope, f"{id_}/{last}")
        default = parts.graph.branch(id_, last, pieces)
        parts.graph.add(replace(cast("Any", parts.graph.nodes[node]), default=default))
    reached = not branches or any(flow.target == join for flow in parts.graph.flows.values())
    piece = written(parts, id_, tree, spot, Piece(id_, join, (join,) if reached else ()))
    if condition := parts.context.expression(tree.get("if"), f"{id_}|if"):
        piece = parts.graph.guard(id_, spot.scope.id, condition, piece.leads)
    parts.graph.block(Block(id_, block_kind, spot.parent, spot.order, entry=piece.entry, exit=piece.exit))
    return piece


def _caught(parts: Parts, id_: str, branch: Keyed, spot: Spot) -> Piece:
    """The event of a branch of a race."""
    parts.context.mark(id_, branch)
    trigger = event(parts, id_, branch)
    node = IntermediateCatchEvent(
        id=id_,
        label=parts.context.text(branch.get("name")),
        scope=spot.scope.id,
        event=trigger or TimerEvent(),  # only when it was refused
        assign=parts.assignments(branch.node("set"), f"{id_}|set", spot.scope),
    )
    return parts.single(node, spot)


def written(parts: Parts, id_: str, tree: Keyed, spot: Spot, piece: Piece) -> Piece:
    """What is written when all branches are done: behind their join."""
    assign = parts.assignments(tree.node("set"), f"{id_}.set|set", spot.scope)
    if not assign or not piece.leads:
        return piece
    writing = parts.graph.add(AbstractTask(id=f"{id_}.set", scope=spot.scope.id, assign=assign))
    for lead in piece.leads:
        parts.graph.flow(lead, writing)
    return Piece(piece.entry, writing, (writing,))
