"""Sub-processes and handlers: a scope with its steps, and what happens beside or instead of them (reference §9).

On an activity a handler is a boundary event with a body, on a stage, a loop or the process an event sub-process.
Codes F08, U01. May import model and its siblings.
"""

from dataclasses import replace
from functools import partial

from signoff.model.definition import Block, BlockKind
from signoff.model.nodes import BoundaryEvent, ErrorEvent, Event, EventSubProcess, SubProcess, TimerEvent
from signoff.notation.yaml.context import Scope
from signoff.notation.yaml.graph import Piece
from signoff.notation.yaml.parts import Parts, Spot, key_of
from signoff.notation.yaml.requests import request, strangers
from signoff.notation.yaml.tree import Keyed
from signoff.time.anchor import Anchor, AnchorKind
from signoff.time.recurrence import Missed
from signoff.time.relative import Side, When, parse_span


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
        if "error" in handler:
            parts.context.report("U01", key_of(handler, "error").place, key="error")
        trigger = event(parts, handler)
        inner = parts.inner(id_, handler, scope)
        if trigger is None:
            continue
        node = EventSubProcess(
            **parts.activity(id_, handler, scope),
            data=parts.own(inner, scope),
            event=trigger,
            interrupting=interrupts(parts, handler),
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
        trigger = event(parts, handler)
        inside = embodied(parts, id_, handler, spot)
        if trigger is None:
            continue
        interrupting = interrupts(parts, handler)
        common = parts.common(id_, handler, spot.scope)
        assign = parts.assignments(handler.node("set"), f"{id_}|set", spot.scope)
        parts.graph.add(
            BoundaryEvent(**common, host=host, event=trigger, interrupting=interrupting, assign=assign)
        )
        if inside:
            parts.graph.flow(id_, inside)
        if interrupting:
            leads.append(inside or id_)
    return tuple(leads)


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


def event(parts: Parts, handler: Keyed) -> Event | None:
    if leaf := handler.leaf("error"):
        return ErrorEvent("" if leaf.text == "any" else leaf.text)
    if "every" in handler:
        every = parts.context.every(handler.get("every"))
        return TimerEvent(every=every, missed=missed(handler)) if every else None
    if said := handler.leaf("missed"):
        parts.context.report("F08", said.place, "missed_without_every")
    when = moment(parts, handler)
    return TimerEvent(at=when) if when else None


def missed(handler: Keyed) -> Missed:
    """What becomes of occurrences that were missed."""
    said = handler.leaf("missed")
    return Missed(said.text) if said else Missed.ONCE


def moment(parts: Parts, tree: Keyed) -> When | None:
    """`at: when`, or `after: span` counted from when the wait begins."""
    if "after" in tree:
        return parts.context.phrase(tree.get("after"), _after)
    return parts.context.when(tree.get("at"))


def _after(text: str) -> When:
    return When(Anchor(AnchorKind.OPENED), Side.AFTER, parse_span(text), text=f"{text} after opened")


def interrupts(parts: Parts, handler: Keyed) -> bool:
    said = handler.leaf("interrupts")
    if said and said.text == "true" and "every" in handler:
        parts.context.report("F08", said.place, "every_interrupts")
        return False
    if said and said.text == "false" and "error" in handler:
        parts.context.report("F08", said.place, "error_interrupts")
    return "error" in handler or (said is not None and said.text == "true")
