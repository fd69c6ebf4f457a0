"""Start, end, terminate and intermediate catch events (BPMN 2.0.2 §10.5)."""

from signoff.errors import SignoffError
from signoff.kernel.elements import container
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import flow, time
from signoff.kernel.run import Run, assign
from signoff.kernel.state import Activity, ActivityStatus, Timer
from signoff.kernel.timer import Timed, arm, arm_again, skips
from signoff.model import nodes


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
    run.emit(flow.ElementPassed(node.id, scope, []))
    if node.whole_process:
        scope = container.process_of(run, scope)
    container.terminate(run, scope, node.outcome or node.id)
    return ""


def catch(run: Run, scope: str, node: nodes.IntermediateCatchEvent, _via: str) -> str:
    """Wait for the event; a moment in the past is there at once."""
    id = run.next("a")
    kind = type(node).__name__
    run.emit(flow.ElementEntered(id, node.id, scope, kind, ActivityStatus.OPEN))
    arm(run, scope, node, id)
    return id


def fire(run: Run, timer: Timer) -> None:
    """A timer that is due: go on from a catch event, or let its handler begin."""
    node = run.node(timer.scope, timer.node)
    assert isinstance(node, Timed)
    if skips(run, timer, node):
        return
    run.emit(time.TimerFired(timer.id, timer.node, timer.occurrence))
    match node:
        case nodes.IntermediateCatchEvent():
            caught(run, run.state.activities[timer.host], node)
        case nodes.BoundaryEvent():
            if _recurs(node):
                arm_again(run, timer, node)
            boundary(run, node, run.state.activities[timer.host])
        case nodes.EventSubProcess():
            container.handle(run, timer.scope, node, timer.id)
            if _recurs(node):
                arm_again(run, timer, node)
        case _:
            raise AssertionError(f"{node.id} carries no timer")


def _recurs(node: nodes.BoundaryEvent | nodes.EventSubProcess) -> bool:
    """An interrupting event happens once, whatever its recurrence says (trap 13)."""
    return isinstance(node.event, nodes.TimerEvent) and node.event.every is not None and not node.interrupting


def caught(run: Run, activity: Activity, node: nodes.IntermediateCatchEvent) -> None:
    """The event of a catch event has happened: `set`, and on; a fault is an incident there."""
    try:
        assign(run, activity.scope, node.assign)
    except SignoffError as fault:
        run.incident(activity.scope, node.id, fault, retry="complete", activity=activity.id)
        return
    run.leave(
        activity.scope,
        node,
        flow.ElementCompleted(activity.id, node.id, activity.scope, ActivityStatus.PASSED, "passed"),
    )


def boundary(run: Run, node: nodes.BoundaryEvent, host: Activity) -> None:
    """An interrupting event ends its host with all inside before its flow is taken (trap 5)."""
    scope = host.scope
    try:
        assign(run, scope, node.assign)
    except SignoffError as fault:
        run.incident(scope, node.id, fault, retry="fire", activity=host.id)
        return
    if node.interrupting:
        run.stop(host, "interrupted")
    flows = run.definition(scope).outgoing[node.id]
    run.emit(flow.ElementPassed(node.id, scope, [f.id for f in flows]))
    for taken in flows:
        run.enter(scope, taken.target, taken.id, "" if node.interrupting else host.id)


EVENTS = {
    nodes.StartEvent: Plain(pass_on),
    nodes.EndEvent: Plain(pass_on),
    nodes.TerminateEndEvent: Plain(terminate),
    nodes.IntermediateCatchEvent: Plain(catch),
}
