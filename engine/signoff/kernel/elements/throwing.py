"""Intermediate throw events and end events: what is thrown, and who catches it (BPMN 2.0.2 §10.5).

Signals, escalations and errors are caught in this instance at once, by whoever is nearest or listens; signals and
messages also go out. The token goes on first, so whatever interrupts takes it along.
"""

from signoff.errors import SignoffError
from signoff.kernel import conversation, message, wait
from signoff.kernel.elements import container, event, handler, undoing
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.elements.catcher import Catcher, find
from signoff.kernel.events import data, flow
from signoff.kernel.events import wait as e
from signoff.kernel.pending import Hears
from signoff.kernel.run import Run, assign
from signoff.kernel.state import Activity
from signoff.model import nodes
from signoff.model.value import Value
from signoff.model.view import stored
from signoff.time.span import Span

Thrower = nodes.IntermediateThrowEvent | nodes.EndEvent
KEPT = 3600  # seconds that a message waits for a taker when nothing says how long
_LAST = (nodes.ErrorEvent, nodes.CancelEvent)  # no token goes on from these


def throw(run: Run, scope: str, node: Thrower, via: str) -> str:
    """Throw everything that the event is made of, and go on; to undo takes time."""
    if node.handler:
        return run.behaviours[nodes.ServiceTask].enter(run, scope, node, via)
    thrown = nodes.parts(node.event)
    ready = [_ready(run, scope, node, each) for each in thrown]
    assign(run, scope, node.assign)
    if not thrown:
        return event.pass_on(run, scope, node, via)
    undo = [each for each in thrown if isinstance(each, nodes.CompensateEvent)]
    if undo and undoing.has_any(run, scope, undo):
        for each, said in zip(thrown, ready, strict=True):
            _throw(run, scope, node, each, said)
        return undoing.begin(run, scope, node, undo)
    run.emit(flow.ElementPassed(node.id, scope, [f.id for f in run.definition(scope).outgoing[node.id]]))
    if not any(isinstance(each, _LAST) for each in thrown):
        _go_on(run, scope, node)
    for each, said in zip(thrown, ready, strict=True):
        _throw(run, scope, node, each, said)
    return ""


def _go_on(run: Run, scope: str, node: Thrower) -> None:
    link = nodes.parts(node.event)[0]
    if not isinstance(link, nodes.LinkEvent):
        run.leave(scope, node)
        return
    definition = run.definition(scope)
    run.touched[scope] = None
    for catch in (id for id, throws in definition.link_throws.items() if node.id in throws):
        run.enter(scope, catch)


def _ready(run: Run, scope: str, node: Thrower, thrown: nodes.Event) -> tuple[str, str, dict[str, Value]]:
    """Name, key and data of what is sent, computed before anything is thrown. Raises ExpressionFault."""
    if not isinstance(thrown, nodes.MessageEvent | nodes.SignalEvent):
        return "", "", {}
    sight = run.sight(scope)
    name, key = wait.address(sight, thrown)
    return name, key, payload(run, scope, thrown, node.inputs)


def payload(
    run: Run, scope: str, thrown: nodes.MessageEvent | nodes.SignalEvent, inputs: nodes.Assignments
) -> dict[str, Value]:
    """What goes along, as its declaration types it. Raises ExpressionFault, Invalid."""
    sight = run.sight(scope)
    values = {name: stored(sight.value(expression)) for name, expression in inputs}
    return dict(message.typed(sight.definition, thrown, values) or {})


def _throw(
    run: Run, scope: str, node: Thrower, thrown: nodes.Event, said: tuple[str, str, dict[str, Value]]
) -> None:
    name, key, values = said
    match thrown:
        case nodes.MessageEvent():
            send(run, scope, node, thrown.message, name, key, values)
        case nodes.SignalEvent():
            broadcast(run, scope, node, name, values)
        case nodes.EscalationEvent():
            escalate(run, scope, node, thrown.escalation)
        case nodes.ErrorEvent():
            fail(run, scope, node, thrown.error)
        case nodes.CancelEvent():
            undoing.cancel(run, scope, node)


def send(
    run: Run, scope: str, node: nodes.Node, sent: str, name: str, key: str, values: dict[str, Value]
) -> None:
    """A message for whoever takes it, in whichever instance."""
    declared = run.definition(scope).messages.get(sent)
    keep = _seconds(declared.keep) if declared and declared.keep else KEPT
    if not key:
        conversation.join(run, scope, nodes.MessageEvent(sent), values)
        key = wait.conversation(run.sight(scope), nodes.MessageEvent(sent))
    run.emit(e.MessageThrown(node.id, scope, name, key, values, keep))


def _seconds(span: Span) -> int:
    return (span.months * 31 + span.days) * 86_400 + int(span.seconds)


def broadcast(run: Run, scope: str, node: nodes.Node, name: str, values: dict[str, Value]) -> None:
    """Everybody who listens now hears it, in this instance at once (trap 17)."""
    run.emit(e.SignalThrown(node.id, scope, name, values))
    heard = [w for w in run.state.waits.values() if w.kind is Hears.SIGNAL and w.name == name]
    for each in heard:
        if each.id in run.state.waits:
            event.deliver(run, each, values)


def escalate(run: Run, scope: str, node: nodes.Node, code: str, activity: Activity | None = None) -> None:
    """The nearest catcher takes it, and nothing comes of it when there is none (trap 11)."""
    found = find(run, scope, activity, nodes.EscalationEvent, code)
    run.emit(e.EscalationRaised(node.id, scope, code, found.node.id if found else ""))
    if found is not None:
        _caught(run, found, {})


def fail(run: Run, scope: str, node: nodes.Node, code: str) -> None:
    """An error end event; where nobody catches it the scope stops, and an incident says so (trap 10)."""
    found = find(run, scope, None, nodes.ErrorEvent, code)
    run.emit(data.ErrorRaised("", node.id, code, "", found.node.id if found else ""))
    if found is not None:
        _caught(run, found, {})
        return
    container.clear(run, scope, "failed")
    run.incident(scope, node.id, SignoffError("uncaught_error", error=code, message=""), retry="none")


def raise_error(run: Run, activity: Activity, code: str, message: str) -> None:
    """A modelled error out of an activity; uncaught it is an incident of that activity, whose call may be tried again."""
    found = find(run, activity.scope, activity, nodes.ErrorEvent, code)
    run.emit(data.ErrorRaised(activity.id, activity.node, code, message, found.node.id if found else ""))
    if found is not None:
        _caught(run, found, {})
        return
    fault = SignoffError("uncaught_error", error=code, message=message)
    retry = "job" if activity.multi is None else "none"
    run.incident(activity.scope, activity.node, fault, retry=retry, activity=activity.id)


def remark(run: Run, body: Activity, thrown: nodes.Event) -> None:
    """An event that a repeated activity throws from its inside, to be caught on its boundary (§10.3.8)."""
    node = run.node(body.scope, body.node)
    match thrown:
        case nodes.SignalEvent():
            broadcast(run, body.scope, node, wait.address(run.sight(body.scope), thrown)[0], {})
        case nodes.EscalationEvent():
            escalate(run, body.scope, node, thrown.escalation, body)
        case nodes.ErrorEvent():
            raise_error(run, body, thrown.error, "")
        case nodes.MessageEvent():
            name, key = wait.address(run.sight(body.scope), thrown)
            send(run, body.scope, node, thrown.message, name, key, {})


def _caught(run: Run, found: Catcher, values: dict[str, Value]) -> None:
    if isinstance(found.node, nodes.BoundaryEvent):
        assert found.host is not None
        event.boundary(run, found.node, found.host, values)
    else:
        handler.handle(run, found.scope, found.node, "", values)


THROWS = {
    nodes.IntermediateThrowEvent: Plain(throw, undoing.resume, undoing.stop),
    nodes.EndEvent: Plain(throw, undoing.resume, undoing.stop),
}
