"""Static analysis of what is thrown and caught, undone and repeated. Codes F05, F07, F09. May import the rest of model/."""

from collections.abc import Iterator

from signoff.model.definition import Definition
from signoff.model.demands import writes
from signoff.model.environment import Environment
from signoff.model.finding import Finder
from signoff.model.formula import read_by
from signoff.model.nodes import (
    BoundaryEvent,
    CallActivity,
    CompensateEvent,
    EndEvent,
    ErrorEvent,
    EscalationEvent,
    EventSubProcess,
    HumanTask,
    IntermediateThrowEvent,
    Node,
    ServiceTask,
    StandardLoop,
    SubProcess,
    parts,
)

_Caught = ErrorEvent | EscalationEvent


def throws(environment: Environment, finder: Finder) -> None:
    """Everything about errors, escalations, undoing and repeating; only of what was written in blocks."""
    definition = environment.definition
    if not definition.blocks:
        return
    for node in definition.nodes.values():
        if isinstance(node, BoundaryEvent | EventSubProcess):
            for event in parts(node.event):
                if isinstance(event, ErrorEvent | EscalationEvent):
                    _caught(environment, node, event, finder)
        if isinstance(node, IntermediateThrowEvent):
            _undone(definition, node, finder)
        if isinstance(node, SubProcess) and isinstance(node.loop, StandardLoop):
            _repeated(definition, node, node.loop, finder)


# errors and escalations ----------------------------------------------------------------------------------------


def _caught(
    environment: Environment, node: BoundaryEvent | EventSubProcess, event: _Caught, finder: Finder
) -> None:
    """F09: a handler for what nothing inside ever raises."""
    definition = environment.definition
    if isinstance(node, BoundaryEvent):
        raised = set(_raised(environment, definition.nodes[node.host], type(event)))
    else:
        inside = (
            n for n in definition.nodes.values() if node.scope in ("", *definition.scope_chain(n.scope))
        )
        own = (n for n in inside if node.id not in (n.id, *definition.scope_chain(n.scope)))
        raised = {code for n in own for code in _raised(environment, n, type(event))}
    code = event.error if isinstance(event, ErrorEvent) else event.escalation
    if code not in raised and (code or not raised):
        what = "" if isinstance(event, ErrorEvent) else "escalation"
        finder.strange(
            "F09", f"{node.id}|error", code or "any", sorted(raised - {""}), f"no_{what or 'error'}"
        )


def _raised(environment: Environment, node: Node, kind: type[_Caught]) -> Iterator[str]:
    """The codes that a node may raise; an empty one stands for some that are not known."""
    if isinstance(node, ServiceTask):
        yield from node.errors if kind is ErrorEvent else ()
        yield ""  # a handler may raise any
    elif isinstance(node, EndEvent | IntermediateThrowEvent):
        for event in parts(node.event):
            if isinstance(event, kind):
                yield event.error if isinstance(event, ErrorEvent) else getattr(event, "escalation", "")
    elif isinstance(node, HumanTask) and kind is EscalationEvent:
        yield from (rung.escalation for rung in node.escalate if rung.escalation)
    elif isinstance(node, CallActivity):
        called = environment.known.get(node.process)
        inside = called.nodes.values() if called else ()
        yield from (code for one in inside for code in _raised(environment, one, kind))
        yield ""


# undoing ----------------------------------------------------------------------------------------------------------


def _undone(definition: Definition, node: IntermediateThrowEvent, finder: Finder) -> None:
    """F07: what is to be undone says nowhere how."""
    for event in parts(node.event):
        if not isinstance(event, CompensateEvent) or not event.activity:
            continue
        inside = {
            n.id for n in definition.nodes.values() if event.activity in definition.scope_chain(n.scope)
        }
        if not definition.compensators.keys() & {event.activity, *inside}:
            finder.tell("F07", f"{node.id}|of|{event.activity}", "not_undoable", name=event.activity)


# repeating ---------------------------------------------------------------------------------------------------------


def _repeated(definition: Definition, node: SubProcess, loop: StandardLoop, finder: Finder) -> None:
    """F05: nothing inside changes what the condition reads, so it would never hold, or at once."""
    if loop.until is None:
        return
    reads = read_by(definition, frozenset(loop.until.names))
    asks = loop.until.steps | loop.until.documents | ({"round_no"} & set(loop.until.names))
    inside = [n for n in definition.nodes.values() if node.id in definition.scope_chain(n.scope)]
    written = {name for n in inside for _, name in writes(n)}
    if not asks and not reads & written:
        finder.tell("F05", f"{node.id}|until", name=node.id)
