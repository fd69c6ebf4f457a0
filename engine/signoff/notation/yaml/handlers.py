"""Sub-processes and handlers: a scope with its steps, and what happens beside or instead of them (reference §9).

On an activity a handler is a boundary event with a body, on a stage, a loop or the process an event sub-process.
Codes F08, F10. May import model and its siblings.
"""

from dataclasses import replace
from functools import partial

from signoff.model.block import Block, BlockKind
from signoff.model.nodes import BoundaryEvent, EventSubProcess, SubProcess
from signoff.notation.yaml.context import Scope
from signoff.notation.yaml.events import event
from signoff.notation.yaml.graph import Piece
from signoff.notation.yaml.parts import Parts, Spot
from signoff.notation.yaml.requests import continue_at, request, strangers
from signoff.notation.yaml.tree import Keyed


def scoped(parts: Parts, node: SubProcess, tree: Keyed, scope: Scope, spot: Spot, kind: BlockKind) -> Piece:
    """A sub-process with its steps and the handlers inside it."""
    parts.graph.add(node)
    parts.graph.block(Block(node.id, kind, spot.parent, spot.order, entry=node.id, exit=node.id))
    pieces = parts.sequence(tree.nodes("steps"), scope, f"{node.id}/")
    parts.graph.body(node.id, pieces, scope=node.id)
    handlers(parts, node.id, tree, scope)
    return Piece(node.id, node.id, (node.id,))


def handlers(parts: Parts, owner: str, tree: Keyed, scope: Scope) -> None:
    """Handlers of a stage, a loop or the process: event sub-processes beside its steps."""
    for n, handler in enumerate(tree.nodes("upon"), 1):
        if "request" in handler:
            request(parts, handler, scope, f"{owner}/", f"{owner}/")
            continue
        strangers(parts, handler)
        id_ = handler_id(parts, handler, f"{owner}.upon.{n}" if owner else f"upon.{n}")
        trigger = event(parts, id_, handler)
        inner = parts.inner(id_, handler, scope)
        if trigger is None:
            continue
        node = EventSubProcess(
            **parts.common(id_, handler, scope),
            data=parts.own(inner, scope),
            event=trigger,
            interrupting=interrupts(parts, handler),
            accepts=parts.assignments(handler.node("set"), f"{id_}|set", inner),
            continue_at=continue_at(parts, handler, f"{owner}/", going=interrupts(parts, handler)),
        )
        spot = Spot(scope, f"{owner}/", -1)
        scoped(parts, node, handler, inner, spot, BlockKind.HANDLER)


def boundaries(parts: Parts, host: str, tree: Keyed, spot: Spot) -> tuple[str, ...]:
    """Handlers of one activity: boundary events; gives the nodes from which the flow also goes on."""
    leads = []
    for n, handler in enumerate(tree.nodes("upon"), 1):
        if "request" in handler:
            parts.later.append(partial(request, parts, handler, spot.scope, spot.parent, spot.parent, host))
            continue
        strangers(parts, handler)
        id_ = handler_id(parts, handler, f"{host}.upon.{n}")
        trigger = event(parts, id_, handler)
        inside = embodied(parts, id_, handler, spot)
        if trigger is None:
            continue
        node = BoundaryEvent(
            **parts.common(id_, handler, spot.scope),
            host=host,
            event=trigger,
            interrupting=interrupts(parts, handler),
            assign=parts.assignments(handler.node("set"), f"{id_}|set", spot.scope),
        )
        parts.graph.add(node)
        if inside:
            parts.graph.flow(id_, inside)
        if "continue_at" in handler:
            parts.later.append(partial(_jump, parts, handler, node, inside or id_, spot))
        elif node.interrupting:
            leads.append(inside or id_)
    return tuple(leads)


def _jump(parts: Parts, handler: Keyed, node: BoundaryEvent, lead: str, spot: Spot) -> None:
    """After a handler the flow goes on at a later block of the list; those are compiled by now."""
    target = continue_at(parts, handler, spot.parent, node.host, going=node.interrupting)
    if target:
        parts.graph.add(replace(node, continue_at=target))
        parts.graph.flow(lead, parts.graph.gathered(parts.graph.blocks[target].entry, before=True))


def embodied(parts: Parts, id_: str, handler: Keyed, spot: Spot) -> str:
    """The sub-process with the steps of a boundary event; nothing when it has none."""
    if not handler.nodes("steps"):
        return ""
    body = f"{id_}.body"
    inner = parts.inner(body, handler, spot.scope)
    node = SubProcess(
        id=body,
        scope=spot.scope.id,
        label=parts.context.label(handler, id_),
        data=parts.own(inner, spot.scope),
    )
    scoped(parts, node, handler, inner, replace(spot, order=-1), BlockKind.HANDLER)
    return body


def handler_id(parts: Parts, handler: Keyed, otherwise: str) -> str:
    leaf = handler.leaf("id")
    id_ = leaf.text if leaf and leaf.text not in parts.graph.nodes else otherwise
    parts.context.mark(id_, handler)
    return id_


def interrupts(parts: Parts, handler: Keyed) -> bool:
    """Whether a handler ends what it stands beside: as it says, and errors always."""
    said = handler.leaf("interrupts")
    if said and said.text == "true" and "every" in handler:
        parts.context.report("F08", said.place, "every_interrupts")
        return False
    if said and said.text == "false" and "error" in handler:
        parts.context.report("F08", said.place, "error_interrupts")
    return "error" in handler or (said is not None and said.text == "true")
