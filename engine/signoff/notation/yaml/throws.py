"""What a process throws: messages, signals, escalations, notices, errors; and the ends (reference §3).

Codes N06, N09, S01 and those of the context. May import model and its siblings.
"""

from signoff.model.block import Block, BlockKind
from signoff.model.nodes import (
    EndEvent,
    ErrorEvent,
    EscalationEvent,
    Event,
    ExclusiveGateway,
    IntermediateThrowEvent,
    MessageEvent,
    SendTask,
    SignalEvent,
    TerminateEndEvent,
)
from signoff.notation.yaml.graph import Piece
from signoff.notation.yaml.parts import Parts, Spot, key_of
from signoff.notation.yaml.tree import Keyed

#: Keys of a send that belong to one kind of what is sent only.
_BELONGS = {"key": ("message",), "with": ("message", "signal"), "to": ("notice",)}


def send(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    """A throw event; a notice is a task, for people have to be found."""
    for key, kinds in _BELONGS.items():
        if key in tree and not any(kind in tree for kind in kinds):
            parts.context.report("S01", key_of(tree, key).place, "key_with", name=key, kinds=list(kinds))
    if "notice" in tree:
        return parts.single(_notice(parts, id_, tree, spot), spot)
    node = IntermediateThrowEvent(
        **parts.activity(id_, tree, spot.scope),
        event=_thrown(parts, id_, tree),
        inputs=parts.assignments(tree.node("with"), f"{id_}|with"),
    )
    return parts.single(node, spot)


def _notice(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> SendTask:
    leaf = tree.leaf("notice")
    if "to" not in tree:
        parts.context.report("S01", tree.place, "key_missing", name="to")
    return SendTask(
        **parts.activity(id_, tree, spot.scope),
        handler="",
        retry=parts.gates.defaults.retry,
        timeout=parts.gates.defaults.timeout,
        notice=parts.context.lookup("N09", leaf, parts.context.ids("notices"), "notice_unknown")
        if leaf
        else "",
        to=parts.context.all_roles(tree.leaves("to"), words=("starter", "admin")),
    )


def _thrown(parts: Parts, id_: str, tree: Keyed) -> Event | None:
    if leaf := tree.leaf("escalation"):
        return EscalationEvent(leaf.text)
    section = "messages" if "message" in tree else "signals"
    leaf = tree.leaf(section.removesuffix("s"))
    if leaf is None:
        return None
    name = parts.context.lookup(
        "N09", leaf, parts.context.ids(section), f"{section.removesuffix('s')}_unknown"
    )
    for key, _ in (tree.node("with") or ()) if name else ():
        known = _fields(parts, section, name)
        if key.text not in known:
            parts.context.report.strange("S01", key.place, key.text, known, "field_unknown")
    if section == "signals":
        return SignalEvent(name)
    return MessageEvent(name, parts.context.expression(tree.get("key"), f"{id_}|key"))


def _fields(parts: Parts, section: str, name: str) -> list[str]:
    declared = parts.context.root.node(section)
    found = declared.node(name) if declared else None
    return [key.text for key, _ in (found.node("fields") if found else None) or ()]


# ends ---------------------------------------------------------------------------------------------------------


def end(parts: Parts, id_: str, tree: Keyed, spot: Spot) -> Piece:
    """The end of the whole process, or an error."""
    common = parts.common(id_, tree, spot.scope)
    assign = parts.assignments(tree.node("set"), f"{id_}|set", spot.scope)
    if "error" in tree:
        return _error(
            parts, EndEvent(**common, event=ErrorEvent(tree.text("error")), assign=assign), tree, spot
        )
    condition = parts.context.expression(tree.get("if"), f"{id_}|if")
    node = TerminateEndEvent(
        **common, condition=condition, outcome=tree.text("outcome"), whole_process=True, assign=assign
    )
    return parts.single(node, spot, leads="if" in tree)


def _error(parts: Parts, node: EndEvent, tree: Keyed, spot: Spot) -> Piece:
    """An error is thrown at an end event; one with a condition lies in a choice."""
    condition = parts.context.expression(tree.get("if"), f"{node.id}|if")
    if condition is None:
        return parts.single(node, spot, leads=False)
    fork, scope = f"{node.id}.if", spot.scope
    join = parts.graph.add(ExclusiveGateway(id=f"{fork}.join", scope=scope.id))
    parts.graph.add(ExclusiveGateway(id=fork, scope=scope.id))
    thrown = parts.single(node, Spot(scope, f"{fork}/1", 0), leads=False)
    parts.graph.branch(fork, 1, [thrown], condition)
    past = parts.graph.branch(fork, 2, [])
    parts.graph.add(ExclusiveGateway(id=fork, scope=scope.id, default=past))
    parts.graph.block(Block(fork, BlockKind.CHOOSE, spot.parent, spot.order, entry=fork, exit=join))
    return Piece(fork, join, (join,))
