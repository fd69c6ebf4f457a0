"""Service tasks: a handler is owed, answers, or fails; modelled errors find their catcher (BPMN 2.0.2 §10.5.1)."""

from collections.abc import Mapping

from signoff.errors import Invalid, SignoffError
from signoff.kernel import subject
from signoff.kernel.commands import FailJob, FinishJob
from signoff.kernel.elements import container
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.elements.event import boundary
from signoff.kernel.events import data, flow
from signoff.kernel.run import Run, assign
from signoff.kernel.state import Activity, ActivityStatus, Timer
from signoff.model import nodes
from signoff.model.value import Value, coerce


def enter(run: Run, scope: str, node: nodes.ServiceTask, _via: str) -> str:
    """Owe the call; its inputs are what they are now."""
    sight = run.sight(scope)
    inputs = {name: sight.value(expression) for name, expression in node.inputs}
    id = run.next("a")
    kind = type(node).__name__
    run.emit(flow.ElementEntered(id, node.id, scope, kind, ActivityStatus.OPEN, origin=run.origin))
    run.emit(data.JobOwed(id, node.id, node.handler, inputs))
    return id


def owe_again(run: Run, activity: Activity, node: nodes.ServiceTask) -> None:
    """After an incident: the call is owed once more, with fresh inputs."""
    sight = run.sight(activity.scope)
    inputs = {name: sight.value(expression) for name, expression in node.inputs}
    run.emit(data.JobOwed(activity.id, node.id, node.handler, inputs, activity.attempts + 1))


def finish(run: Run, command: FinishJob, activity: Activity, node: nodes.ServiceTask) -> None:
    """The handler has answered: read the result as its declared type, `set`, and on."""
    try:
        result = _result(run, command, node)
        assign(run, activity.scope, node.assign, {"result": result})
    except SignoffError as fault:
        run.emit(data.JobFinished(activity.id, node.id))
        run.incident(activity.scope, node.id, fault, retry="job", activity=activity.id)
        return
    run.emit(data.JobFinished(activity.id, node.id))
    container.close_occurrences(run, activity.id)
    print = subject.print_of(run.sight(activity.scope), node)
    run.leave(
        activity.scope,
        node,
        flow.ElementCompleted(
            activity.id, node.id, activity.scope, ActivityStatus.PASSED, "passed", print=print
        ),
    )


def _result(run: Run, command: FinishJob, node: nodes.ServiceTask) -> Value:
    if node.returns is None:
        return _plain(command.result)
    people = {id: person.value() for id, person in command.people.items()}
    zone = run.sight(next(iter(run.state.scopes))).definition.zone
    return coerce(node.returns, command.result, at="result", people=people, zone=zone)


def _plain(result: object) -> Value:
    """A result without a declared type: what JSON can say, nothing else."""
    if result is None or isinstance(result, (bool, int, str)):
        return result
    if isinstance(result, Mapping):
        return {str(name): _plain(value) for name, value in result.items()}
    if isinstance(result, (list, tuple)):
        return [_plain(value) for value in result]
    raise Invalid("untyped_result", type=type(result).__name__)


def fail(run: Run, command: FailJob, activity: Activity) -> None:
    """The handler failed for good: a modelled error looks for its catcher, all else is an incident."""
    run.emit(data.JobFinished(activity.id, activity.node))
    if command.error:
        raise_error(run, activity, command.error, command.message)
        return
    fault = SignoffError(command.code, message=command.message)
    run.incident(activity.scope, activity.node, fault, retry="job", activity=activity.id)


def raise_error(run: Run, activity: Activity, error: str, message: str) -> None:
    """The innermost catcher takes it: boundary events of the activity and of those around it, event
    sub-processes of the scopes between; an exact code beats catch-all (trap 10). Uncaught: an incident.
    """
    thrower = activity.node
    inner: Activity | None = activity
    while inner is not None:
        event = _match(error, run.definition(inner.scope).boundaries.get(inner.node, ()))
        if isinstance(event, nodes.BoundaryEvent):
            run.emit(data.ErrorRaised(activity.id, thrower, error, message, event.id))
            boundary(run, event, inner)
            return
        scope = run.state.scopes[inner.scope]
        handler = _match(error, run.definition(scope.id).handlers.get(scope.node, ()))
        if isinstance(handler, nodes.EventSubProcess):
            run.emit(data.ErrorRaised(activity.id, thrower, error, message, handler.id))
            container.handle(run, Timer("", handler.id, scope.id, "", run.at, 1, run.at), handler)
            return
        inner = run.state.activities.get(scope.activity)
    run.emit(data.ErrorRaised(activity.id, thrower, error, message))
    fault = SignoffError("uncaught_error", error=error, message=message)
    run.incident(activity.scope, activity.node, fault, retry="job", activity=activity.id)


def _match(
    error: str, events: tuple[nodes.BoundaryEvent, ...] | tuple[nodes.EventSubProcess, ...]
) -> nodes.BoundaryEvent | nodes.EventSubProcess | None:
    for wanted in (error, ""):
        for node in events:
            if isinstance(node.event, nodes.ErrorEvent) and node.event.error == wanted:
                return node
    return None


SERVICE = {nodes.ServiceTask: Plain(enter)}
