"""Blocks into nodes and flows: one function per kind of block, one line each in the table at the end.

How a block becomes BPMN stands in reference §3. Blocks with branches see `branches`, what is thrown `throws`, what
undoes `undoing`. May import model and its siblings.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from signoff.model.block import BlockKind
from signoff.model.expression import Expression
from signoff.model.gate import Binding, Strength
from signoff.model.nodes import (
    BusinessRuleTask,
    CallActivity,
    GateTask,
    IntermediateCatchEvent,
    MessageEvent,
    MultiInstance,
    ReceiveTask,
    ServiceTask,
    StandardLoop,
    SubProcess,
    TimerEvent,
    UserTask,
)
from signoff.model.priority import Priority
from signoff.model.types import Declaration
from signoff.notation.yaml.branches import split
from signoff.notation.yaml.context import Scope
from signoff.notation.yaml.events import event
from signoff.notation.yaml.graph import Piece
from signoff.notation.yaml.handlers import boundaries, scoped
from signoff.notation.yaml.parts import Builder, Parts, Spot, key_of
from signoff.notation.yaml.sections import ladder
from signoff.notation.yaml.throws import end, send
from signoff.notation.yaml.tree import Keyed
from signoff.notation.yaml.types import UNKNOWN
from signoff.notation.yaml.undoing import undo, undoable


def human(
    parts: Parts, id_: str, tree: Keyed, scope: Scope, own: Binding, *, standing: bool
) -> dict[str, Any]:
    due = parts.context.when(tree.get("due"))
    for key in ("owner", "opens", "due", "lapses", "escalate", "sign"):
        parts.context.mark(f"{id_}|{key}", tree.get(key))
    if "escalate" in tree:
        escalate = ladder(parts.context, tree.items("escalate"), id_)
    else:
        escalate = parts.gates.defaults.escalate
    if tree.items("escalate") and "due" not in tree:
        parts.context.report("P04", key_of(tree, "escalate").place, name=id_)
    return {
        **parts.activity(id_, tree, scope),
        "owner": parts.context.all_roles(tree.leaves("owner")),
        "gate": parts.gates.gate(id_, tree, scope, own, standing=standing),
        "opens": parts.context.when(tree.get("opens")),
        "due": due,
        "lapses": parts.context.when(tree.get("lapses")),
        "takes": parts.context.span(tree.get("takes")),
        "escalate": escalate if due else (),
        "priority": Priority(tree.text("priority")) if "priority" in tree else None,
        "cc": parts.context.all_roles(tree.leaves("cc")),
    }


def step(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    form = parts.gates.form(tree.node("form"), spot.scope, id_)
    for leaf in tree.leaves("delivers"):
        parts.context.mark(f"{id_}|delivers|{leaf.text}", leaf)
    delivers = tuple(dict.fromkeys(leaf.text for leaf in tree.leaves("delivers")))
    node = UserTask(
        **human(parts, id_, tree, spot.scope, Binding(form.writable, delivers), standing=False),
        form=form,
        delivers=delivers,
        checklist=parts.gates.checklist(tree, id_),
        least=Strength.ATTESTED if tree.text("sign") == "true" else Strength.ASSERTED,
    )
    return parts.single(node, spot, extra=boundaries(parts, id_, tree, spot))


def gate(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    node = GateTask(**human(parts, id_, tree, spot.scope, Binding(), standing=True))
    return parts.single(node, spot, extra=boundaries(parts, id_, tree, spot))


def run(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    defaults = parts.gates.defaults
    node = ServiceTask(
        **parts.activity(id_, tree, spot.scope),
        handler=tree.text("handler"),
        inputs=parts.assignments(tree.node("with"), f"{id_}|with"),
        returns=parts.types.read(tree.get("returns")) if "returns" in tree else None,
        errors=tuple(leaf.text for leaf in tree.leaves("errors")),
        retry=parts.context.retry(tree.get("retry")) or defaults.retry,
        timeout=parts.context.span(tree.get("timeout")) or defaults.timeout,
    )
    return parts.single(node, spot, extra=boundaries(parts, id_, tree, spot))


def decide(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    """A decision table of the file, or a deployed decision that one of its tables names as shared."""
    leaf = tree.leaf("table")
    ruling = parts.ruling(leaf) if leaf else None
    inputs = parts.assignments(tree.node("with"), f"{id_}|with")
    if leaf and ruling and ruling.decisions:
        given = dict(inputs)
        for key, _ in tree.node("with") or ():
            if key.text not in ruling.inputs:
                parts.context.report("B02", key.place, name=key.text)
        for name in ruling.inputs:
            if name not in given:
                parts.context.report("B08", leaf.place, table=leaf.text, name=name)
    returns = parts.types.read(tree.get("returns")) if "returns" in tree else None
    if ruling and ruling.returns:
        returns = ruling.returns
    node = BusinessRuleTask(
        **parts.activity(id_, tree, spot.scope),
        handler="",
        inputs=inputs,
        retry=parts.gates.defaults.retry,
        timeout=parts.gates.defaults.timeout,
        decision=ruling.decision if ruling else "",
        table=ruling.decisions if ruling else None,
        returns=returns,
    )
    return parts.single(node, spot)


def call(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    leaf = tree.leaf("process")
    process = parts.context.lookup("N09", leaf, parts.context.known, "process_unknown") if leaf else ""
    node = CallActivity(
        **parts.activity(id_, tree, spot.scope),
        process=process,
        inputs=parts.assignments(tree.node("with"), f"{id_}|with"),
    )
    for key, _ in tree.node("with") or ():
        if process and key.text not in parts.context.known[process].data:
            names = parts.context.known[process].data
            parts.context.report.strange("N01", key.place, key.text, names)
    return parts.single(node, spot, extra=boundaries(parts, id_, tree, spot))


def wait(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    """A catch event; a message with handlers beside it needs an activity."""
    trigger = event(parts, id_, tree)
    settings = parts.activity(id_, tree, spot.scope)
    node: IntermediateCatchEvent | ReceiveTask
    if isinstance(trigger, MessageEvent) and ("upon" in tree or "undone_by" in tree):
        node = ReceiveTask(**settings, message=trigger.message, key=trigger.key)
    else:
        node = IntermediateCatchEvent(**settings, event=trigger or TimerEvent())  # only when it was refused
    return parts.single(node, spot, extra=boundaries(parts, id_, tree, spot))


def stage(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    scope = parts.inner(id_, tree, spot.scope)
    node = SubProcess(**parts.activity(id_, tree, spot.scope), data=parts.own(scope, spot.scope))
    return scoped(parts, node, tree, scope, spot, BlockKind.STAGE)


def each(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    item = tree.leaf("item")
    extra = {item.text: Declaration(item.text, UNKNOWN)} if item and parts.free(item, spot.scope) else {}
    scope = parts.inner(id_, tree, spot.scope, extra)
    collection = parts.context.expression(tree.get("in"), f"{id_}|in")
    name = item.text if item else ""
    loop = MultiInstance(
        item=name,
        collection=collection or Expression.of("[]"),  # only when it was refused
        sequential=tree.text("in_turn") == "true",
        until=parts.context.expression(tree.get("until"), f"{id_}|until"),
        collect=parts.assignments(tree.node("collect"), f"{id_}|collect", spot.scope),
    )
    data = parts.own(scope, spot.scope, name)
    node = SubProcess(**parts.activity(id_, tree, spot.scope), data=data, loop=loop)
    return scoped(parts, node, tree, scope, spot, BlockKind.EACH)


def repeat(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    scope = parts.inner(id_, tree, spot.scope)
    leaf = tree.leaf("at_most")
    limit = int(leaf.text) if leaf and leaf.text.isdigit() else 0
    if leaf and not limit:
        parts.context.report("S01", leaf.place, "from_one", name="at_most")
    loop = StandardLoop(until=parts.context.expression(tree.get("until"), f"{id_}|until"), limit=limit)
    data = parts.own(scope, spot.scope)
    node = SubProcess(**parts.activity(id_, tree, spot.scope), data=data, loop=loop)
    return scoped(parts, node, tree, scope, spot, BlockKind.REPEAT)


BUILDERS: Mapping[str, Builder] = {
    "step": undoable(step),
    "gate": undoable(gate),
    "stage": undoable(stage),
    "parallel": partial(split, "parallel"),
    "choose": partial(split, "choose"),
    "include": partial(split, "include"),
    "race": partial(split, "race"),
    "each": undoable(each),
    "repeat": undoable(repeat),
    "run": undoable(run),
    "decide": decide,
    "call": undoable(call),
    "wait": undoable(wait),
    "send": send,
    "undo": undo,
    "end": end,
}
