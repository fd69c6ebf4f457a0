"""What people ask for, as written: `upon: {request: …}` (reference §9), with its approvals, its effect and its steps.

On an activity a request stands beside it, in the same scope, and names it as its host. Codes F08, F10, S01, U01 and
those of the context. May import model and its siblings.
"""

from dataclasses import replace

from signoff.model.block import Block, BlockKind
from signoff.model.gate import Binding, Declined, DeclineKind, Gate
from signoff.model.nodes import GateTask, RequestEffect, RequestEvent, RequestHandler
from signoff.notation.yaml.context import Scope
from signoff.notation.yaml.parts import Parts, Spot, key_of
from signoff.notation.yaml.tree import Keyed

#: Keys that only a request has.
OWN_KEYS = ("by", "form", "require", "approve", "moves", "within")
#: Built-in requests that always interrupt.
_ENDING = ("cancel", "withdraw")


def strangers(parts: Parts, handler: Keyed) -> None:
    """Keys of a request where there is none."""
    for key in OWN_KEYS:
        if key in handler:
            parts.context.report.strange("S01", key_of(handler, key).place, key, ["request"], "key_unknown")


def request(parts: Parts, handler: Keyed, scope: Scope, parent: str, siblings: str, host: str = "") -> None:
    """One request. `parent`: the sequence it stands beside; `siblings`: the one that `continue_at` names a block of."""
    leaf = handler.leaf("request")
    if leaf is None or leaf.text in parts.graph.nodes:
        return
    name, id_ = leaf.text, f"{leaf.text}.request"
    parts.context.mark(name, leaf)
    parts.context.mark(id_, leaf)
    inner = parts.inner(id_, handler, scope)
    trigger = _event(parts, name, handler, inner)
    label = parts.context.label(handler, name)
    node = RequestHandler(
        **{**parts.common(id_, handler, scope), "label": label},
        data=parts.own(inner, scope),
        event=trigger,
        interrupting=(going := _interrupts(parts, name, handler)),
        host=host,
        continue_at=continue_at(parts, handler, siblings, host, going=going),
    )
    parts.graph.add(node)
    parts.graph.block(Block(id_, BlockKind.HANDLER, parent, -1, entry=id_, exit=id_))
    pieces = []
    gated = bool(handler.nodes("approve"))
    if gated:
        own = Binding(trigger.given)
        gate = GateTask(**parts.common(name, handler, inner), gate=_gate(parts, name, handler, inner, own))
        pieces.append(parts.single(gate, Spot(inner, f"{id_}/", 0)))
    effect = RequestEffect(
        **{**parts.common(f"{name}.effect" if gated else name, handler, inner), "label": label},
        request=name,
        assign=parts.assignments(handler.node("set"), f"{name}|set", inner),
    )
    pieces.append(parts.single(effect, Spot(inner, f"{id_}/", 1)))
    pieces += parts.sequence(handler.nodes("steps"), inner, f"{id_}/", first=2)
    parts.graph.body(id_, pieces, scope=id_)


def _event(parts: Parts, name: str, handler: Keyed, inner: Scope) -> RequestEvent:
    if "by" not in handler:
        parts.context.report("G02", key_of(handler, "request").place, "request_by", name=name)
    for leaf in handler.leaves("by"):
        parts.context.mark(f"{name}|by|{leaf.text}", leaf)
    moves = parts.context.lookups("N01", handler.leaves("moves"), inner.names)
    for leaf in handler.leaves("moves"):
        if (declared := inner.names.get(leaf.text)) and declared.formula:
            parts.context.report("T09", leaf.place, name=leaf.text)
    if "moves" in handler and name != "reschedule":
        parts.context.report("F08", key_of(handler, "moves").place, "moves_elsewhere")
    if "within" in handler and name != "withdraw":
        parts.context.report("F08", key_of(handler, "within").place, "within_elsewhere")
    elif "within" in handler and not handler.nodes("approve"):
        parts.context.report("F08", key_of(handler, "within").place, "within_without_approval")
    if name == "reschedule" and not moves:
        parts.context.report("F08", key_of(handler, "request").place, "reschedule_moves")
    return RequestEvent(
        request=name,
        by=parts.context.all_roles(handler.leaves("by")),
        form=parts.gates.form(handler.node("form"), inner, name),
        rules=parts.gates.rules(handler, name),
        moves=moves,
        within=parts.context.span(handler.get("within")),
    )


def _gate(parts: Parts, name: str, handler: Keyed, inner: Scope, own: Binding) -> Gate:
    """Its approvals; a no ends the request and nothing else."""
    found = parts.gates.gate(name, handler, inner, own, standing=False)
    for entry in handler.nodes("approve"):
        for node in (entry, *entry.nodes("parallel")):
            if "declined" in node:
                parts.context.report("F08", key_of(node, "declined").place, "request_declined")
    entries = tuple(replace(a, declined=Declined(DeclineKind.CONTINUE)) for a in found.approvals)
    return replace(found, approvals=entries, return_to=())


def _interrupts(parts: Parts, name: str, handler: Keyed) -> bool:
    said = handler.leaf("interrupts")
    if said and name in _ENDING and said.text == "false":
        parts.context.report("F08", said.place, "request_interrupts", name=name)
    if said and "moves" in handler and said.text == "true":
        parts.context.report("F08", said.place, "moves_interrupt")
    return name in _ENDING or bool(said and said.text == "true")


def continue_at(parts: Parts, handler: Keyed, siblings: str, host: str = "", *, going: bool) -> str:
    """A later block of the same list; the blocks of the list are compiled already. `going`: whether it interrupts."""
    leaf = handler.leaf("continue_at")
    if leaf is None:
        return ""
    if not going:
        parts.context.report("F08", leaf.place, "continues_without", name=leaf.text)
        return ""
    children = [b for b in parts.graph.blocks.values() if b.parent == siblings and b.order >= 0]
    first = next((b.order for b in children if b.id == host), -1)
    known = [b.id for b in children if b.order > first]
    return parts.context.lookup("F10", leaf, known)
