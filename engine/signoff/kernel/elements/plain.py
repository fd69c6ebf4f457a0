"""Tasks that no person and no code does for the engine: abstract, manual, receive (BPMN 2.0.2 §10.3.3)."""

from signoff.kernel.elements import event
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import flow
from signoff.kernel.run import Run
from signoff.kernel.state import ActivityStatus
from signoff.model import nodes


def pass_through(run: Run, scope: str, node: nodes.Activity, _via: str) -> str:
    """Begun and done: nobody tells the engine when, so it does not wait."""
    id = run.next("a")
    kind = type(node).__name__
    run.emit(flow.ElementEntered(id, node.id, scope, kind, ActivityStatus.OPEN, origin=run.origin))
    event.done(run, run.state.activities[id], node)
    return ""


def receive(run: Run, scope: str, node: nodes.ReceiveTask, _via: str) -> str:
    """Wait for the message; without one, until somebody completes the task."""
    return event.listen(run, scope, node)


PLAIN = {
    nodes.AbstractTask: Plain(pass_through),
    nodes.ManualTask: Plain(pass_through),
    nodes.ReceiveTask: Plain(receive),
}
