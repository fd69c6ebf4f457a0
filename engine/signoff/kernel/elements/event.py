"""Start, terminate, catch and boundary events: what follows when something happens (BPMN 2.0.2 §10.5).

What throws stands in `throwing`.
"""

from collections.abc import Container, Mapping

from signoff.errors import SignoffError
from signoff.kernel import conversation, message, wait
from signoff.kernel.elements import container, gateway, handler
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import flow, time
from signoff.kernel.events import wait as e
from signoff.kernel.pending import Timer, Wait
from signoff.kernel.run import Run, accept, assign
from signoff.kernel.state import Activity, ActivityStatus
from signoff.kernel.timer import Timed, arm_again, event_of, skips
from signoff.model import nodes
from signoff.model.expression import ExpressionFault
from signoff.model.value import Value

Payload = Mapping[str, Value] | None


def pass_on(run: Run, scope: str, node: nodes.Node, _via: str) -> str:
    """Take no time: the token goes on."""
    flows = [f.id for f in run.definition(scope).outgoing[node.id]]
    run.emit(flow.ElementPassed(node.id, scope, flows))
    run.leave(scope, node)
    return ""


def terminate(run: Run, scope: str, node: nodes.TerminateEndEvent, _via: str) -> str:
    """End the innermost scope with all that runs in it; at the top, the instance."""
    if not run.sight(scope).holds(node.condition):
        run.emit(flow.ElementSkipped(node.id, scope))
        run.leave(scope, node)
        return ""
    assign(run, scope, node.assign)
    run.emit(flow.ElementPassed(node.id, scope, []))
    if node.whole_process:
        scope = container.process_of(run, scope)
    container.terminate(run, scope, node.outcome or node.id)
    return ""


def catch(run: Run, scope: str, node: nodes.IntermediateCatchEvent, via: str) -> str:
    """Wait for the event; a moment in the past is there at once. A link only continues here."""
    if isinstance(node.event, nodes.LinkEvent):
        return pass_on(run, scope, node, via)
    return listen(run, scope, node)


def listen(run: Run, scope: str, node: nodes.IntermediateCatchEvent | nodes.ReceiveTask) -> str:
    """An activity that lasts until its event happens; what its event needs is computed before it begins."""
    wait.check(run, scope, node)
    id = run.next("a")
    kind = type(node).__name__
    run.emit(flow.ElementEntered(id, node.id, scope, kind, ActivityStatus.OPEN, origin=run.origin))
    wait.arm(run, scope, node, id)
    return id


# what happens ---------------------------------------------------------------------------------------------


def fire(run: Run, timer: Timer) -> None:
    """A timer that is due: go on from a catch event, or let its handler begin."""
    node = run.node(timer.scope, timer.node)
    assert isinstance(node, Timed)
    unread: SignoffError | None = None
    try:
        if skips(run, timer, node):
            return
    except ExpressionFault as fault:  # its text was computed when it was armed; it is due all the same
        unread = fault
    run.emit(time.TimerFired(timer.id, timer.node, timer.occurrence))
    if _lasts(node) and unread is not None:
        run.incident(timer.scope, timer.node, unread, retry="arm", activity=timer.host)
    elif _lasts(node) and event_of(run, timer.scope, node, timer.part).every is not None:
        arm_again(run, timer, node)
    happen(run, timer.scope, node, timer.host, timer.part, origin=timer.id)


def deliver(run: Run, waits: Wait, data: Payload = None, via: str = "") -> None:
    """What a wait is for is there: a message, a signal, a condition that has become true."""
    node = run.node(waits.scope, waits.node)
    heard = wait.awaited(node)[waits.part]
    try:
        data = message.typed(run.definition(waits.scope), heard, data)
    except SignoffError as fault:
        run.incident(waits.scope, waits.node, fault, retry="none", activity=waits.host, via=waits.id)
        return
    lasting = _lasts(node) and not wait.wants_all(node)
    run.emit(e.WaitMet(waits.id, waits.node, waits.kind, lasting, via, waits.name, waits.key))
    conversation.join(run, waits.scope, heard, data)
    happen(run, waits.scope, node, waits.host, waits.part, origin=waits.id, data=data)


def ask(run: Run, names: frozenset[str], armed: Container[str]) -> None:
    """Conditions that were just armed, or read what has changed; each that has become true happens."""
    for each in wait.to_ask(run, names, armed):
        if each.id in run.state.waits and wait.has_come_true(run, each):
            deliver(run, each)


def _lasts(node: nodes.Node) -> bool:
    """An interrupting event happens once, whatever its recurrence says (trap 13); others go on listening."""
    return isinstance(node, nodes.BoundaryEvent | nodes.EventSubProcess) and not node.interrupting


def happen(
    run: Run,
    scope: str,
    node: nodes.Node,
    host: str,
    part: int,
    *,
    origin: str = "",
    data: Payload = None,
) -> None:
    """One event of a node has happened; where all of several are wanted, the last one counts."""
    if wait.wants_all(node) and not _complete(run, scope, node, host, part):
        return
    match node:
        case nodes.IntermediateCatchEvent() | nodes.ReceiveTask():
            activity = run.state.activities[host]
            if activity.node != node.id:
                _won(run, activity, node, data)
            else:
                done(run, activity, node, data)
        case nodes.BoundaryEvent():
            boundary(run, node, run.state.activities[host], data)
        case nodes.EventSubProcess():
            handler.handle(run, scope, node, origin, data)
        case _:
            raise AssertionError(f"{node.id} waits for nothing")


def _complete(run: Run, scope: str, node: nodes.Node, host: str, part: int) -> bool:
    """Whether this part was the last one; then what goes on listening begins anew."""
    key, wanted = f"{scope}|{node.id}|{host}", len(wait.awaited(node))
    if part not in run.state.met.get(key, ()):
        run.emit(e.PartMet(scope, node.id, host, part))
    if len(run.state.met[key]) < wanted:
        return False
    run.emit(e.PartsDone(scope, node.id, host))
    if _lasts(node):
        wait.arm(run, scope, node, host)
    return True


def _won(
    run: Run, gate: Activity, node: nodes.IntermediateCatchEvent | nodes.ReceiveTask, data: Payload
) -> None:
    """The first event behind an event-based gateway: all others are let go in the same command (trap 12)."""
    try:
        accept(run, gate.scope, node.assign, data)
    except SignoffError as fault:
        run.incident(gate.scope, node.id, fault, retry="enter")
        run.stop(gate, "decided")
        return
    gateway.decided(run, gate, node)
    pass_on(run, gate.scope, node, "")


def done(
    run: Run,
    activity: Activity,
    node: nodes.IntermediateCatchEvent | nodes.Activity,
    data: Payload = None,
) -> None:
    """What a node waited for has happened, or its task has no work: `set`, and on; a fault is an incident there."""
    try:
        accept(run, activity.scope, node.assign, data)
    except SignoffError as fault:
        run.incident(activity.scope, node.id, fault, retry="complete", activity=activity.id)
        return
    run.leave(
        activity.scope,
        node,
        flow.ElementCompleted(activity.id, node.id, activity.scope, ActivityStatus.PASSED, "passed"),
    )


def boundary(run: Run, node: nodes.BoundaryEvent, host: Activity, data: Payload = None) -> None:
    """An interrupting event ends its host with all inside before its flow is taken (trap 5)."""
    scope = host.scope
    try:
        accept(run, scope, node.assign, data)
    except SignoffError as fault:
        run.incident(scope, node.id, fault, retry="fire", activity=host.id)
        return
    if node.interrupting:
        run.stop(host, "interrupted")
    flows = run.definition(scope).outgoing[node.id]
    run.emit(flow.ElementPassed(node.id, scope, [f.id for f in flows]))
    run.touched[scope] = None
    for taken in flows:
        run.enter(scope, taken.target, taken.id, "" if node.interrupting else host.id)


# starting -------------------------------------------------------------------------------------------------


def begin(run: Run, scope: str, id: str, data: Payload = None) -> None:
    """A process begins upon the event of this element, in its scope that has just opened."""
    node = run.node(scope, id)
    assert isinstance(node, nodes.StartEvent | nodes.IntermediateCatchEvent | nodes.ReceiveTask)
    accept(run, scope, node.assign, data)
    for heard in wait.awaited(node):
        conversation.join(run, scope, heard, data)
    for gate in _instantiating(run, scope, id):
        run.emit(flow.ElementPassed(gate.id, scope, [f.id for f in run.definition(scope).incoming[id]]))
        if gate.parallel:
            others = (f.target for f in run.definition(scope).outgoing[gate.id] if f.target != id)
            for other in others:
                run.enter(scope, other)
    pass_on(run, scope, node, "")


def _instantiating(run: Run, scope: str, id: str) -> list[nodes.EventBasedGateway]:
    definition = run.definition(scope)
    sources = (definition.nodes[f.source] for f in definition.incoming[id])
    return [node for node in sources if isinstance(node, nodes.EventBasedGateway) and node.instantiate]


EVENTS = {
    nodes.StartEvent: Plain(pass_on),
    nodes.TerminateEndEvent: Plain(terminate),
    nodes.IntermediateCatchEvent: Plain(catch),
}
