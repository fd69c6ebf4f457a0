"""How a process begins, as written: who may start it with which form, and upon which event (reference §2).

Codes F08, N09, S01 and those of the context. May import model and its siblings.
"""

from signoff.model.definition import Start
from signoff.model.gate import Binding, Gate
from signoff.model.nodes import Event, HumanTask, MessageEvent, Node, StartEvent, TimerEvent, UserTask
from signoff.model.types import Text
from signoff.notation.yaml.context import Context, Scope
from signoff.notation.yaml.events import event
from signoff.notation.yaml.gates import START, Gates
from signoff.notation.yaml.graph import Graph, Piece
from signoff.notation.yaml.parts import Parts, key_of
from signoff.notation.yaml.tree import Leaf

_EVENTS = ("message", "signal", "every")


def start(context: Context, gates: Gates, scope: Scope) -> Start:
    tree = context.root.node("start")
    if tree is None:
        return Start()
    for key in ("by", "released_by"):
        for leaf in tree.leaves(key):
            context.mark(f"start|{key}|{leaf.text}", leaf)
    return Start(
        by=context.all_roles(tree.leaves("by")),
        form=gates.form(tree.node("form"), scope, "start"),
        rules=gates.rules(tree, "start"),
        key=context.expression(tree.get("key"), "start|key"),
        withdrawal=tree.text("withdraw") != "never",
        withdraw_until=_until(context, gates, tree.leaf("withdraw")),
        released_by=context.all_roles(tree.leaves("released_by")),
    )


def put_first(graph: Graph, start: Start, pieces: list[Piece]) -> list[Piece]:
    """The pieces of the process; behind the start form, where something is sent back to it."""
    if any(START in _targets(node) for node in graph.nodes.values()):
        return graph.put_first(_start_form(start), pieces)
    return pieces


def _start_form(start: Start) -> UserTask:
    """What comes back to who started: the form and the rules of the start."""
    label = Text(zh="发起", en="Start form")
    gate = Gate(rules=start.rules, binds=Binding(start.form.writable))
    return UserTask(id=START, label=label, owner=("starter",), gate=gate, form=start.form, at_start=True)


def _targets(node: Node) -> tuple[str, ...]:
    """Where it may be sent back to from here: asked for, or as what a decline leads to."""
    if not isinstance(node, HumanTask):
        return ()
    return (*node.gate.return_to, *(entry.declined.to for entry in node.gate.approvals))


def _until(context: Context, gates: Gates, leaf: Leaf | None) -> str:
    """The step until which it may be withdrawn; nothing for `never`, or where nothing is said."""
    if leaf is None or leaf.text == "never":
        return ""
    word, _, step = leaf.text.partition(" ")
    if word != "until" or not step.strip():
        context.report.strange("S01", leaf.place, leaf.text, ["never", "until STEP"], "value_option")
        return ""
    named = Leaf(step.strip(), leaf.place)
    return context.lookup("N09", named, gates.names.of("step", "gate", "stage"), "step_unknown")


def events(parts: Parts, scope: Scope) -> tuple[StartEvent, ...]:
    """The event that also starts it, with what it brings."""
    tree = parts.context.root.node("start")
    kind = next((kind for kind in _EVENTS if tree and kind in tree), "")
    if tree is None or not kind:
        if tree and "set" in tree:
            parts.context.report(
                "S01", key_of(tree, "set").place, "key_with", name="set", kinds=list(_EVENTS)
            )
        return ()
    id_ = f"start.{kind}"
    parts.context.mark(id_, tree.get(kind))
    trigger = _without_key(event(parts, id_, tree.without("key")))
    if isinstance(trigger, TimerEvent) and trigger.every and trigger.every.dates:
        leaf = tree.leaf("every") or key_of(tree, "every")
        parts.context.report("F08", leaf.place, "start_counts", name=trigger.every.dates[0])
        return ()
    assign = parts.assignments(tree.node("set"), f"{id_}|set", scope)
    return (StartEvent(id=id_, event=trigger, assign=assign),) if trigger else ()


def _without_key(trigger: Event | None) -> Event | None:
    """Whoever sends a message to start a process knows no instance yet."""
    return MessageEvent(trigger.message) if isinstance(trigger, MessageEvent) else trigger
