"""Service tasks: a handler is owed, answers, or fails; modelled errors find their catcher (BPMN 2.0.2 §10.5.1)."""

from signoff.errors import SignoffError
from signoff.kernel import lifecycle, subject
from signoff.kernel.commands import FailJob, FinishJob
from signoff.kernel.elements import container
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.elements.event import boundary
from signoff.kernel.events import data, flow
from signoff.kernel.run import Run, assign, write
from signoff.kernel.state import Activity, ActivityStatus
from signoff.kernel.work import undeclared
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
    run.emit(data.JobFinished(activity.id, node.id))
    try:
        result = _result(run, command, activity.scope, node)
        assign(run, activity.scope, node.assign, {"result": result})
    except SignoffError as fault:
        run.incident(activity.scope, node.id, fault, retry="job", activity=activity.id)
        return
    print = subject.print_of(run.sight(activity.scope), node)
    status = lifecycle.activity(activity.status, "finish")
    run.leave(
        activity.scope,
        node,
        flow.ElementCompleted(activity.id, node.id, activity.scope, status, "passed", print=print),
    )


def _result(run: Run, command: FinishJob, scope: str, node: nodes.ServiceTask) -> Value:
    if node.returns is None:
        return undeclared("result", command.result)
    people = {id: person.value() for id, person in command.people.items()}
    return coerce(node.returns, command.result, at="result", people=people, zone=run.definition(scope).zone)


def fail(run: Run, command: FailJob, activity: Activity) -> None:
    """The handler failed for good: a modelled error looks for its catcher, all else is an incident."""
    run.emit(data.JobFinished(activity.id, activity.node))
    if not command.error:
        fault = SignoffError(command.code, message=command.message)
        run.incident(activity.scope, activity.node, fault, retry="job", activity=activity.id)
        return
    try:
        _told(run, command, activity)
    except SignoffError as fault:
        run.incident(activity.scope, activity.node, fault, retry="job", activity=activity.id)
        return
    raise_error(run, activity, command.error, command.message)


def _told(run: Run, command: FailJob, activity: Activity) -> None:
    """The variables that came with an error: those that are declared, or all where nothing is."""
    sight = run.sight(activity.scope)
    values: dict[str, Value] = {}
    for name, raw in command.variables.items():
        owner = sight.owner_of(name)
        declared = sight.definition.declared(owner.node).get(name) if owner else None
        if declared is not None:
            values[name] = coerce(declared.type, raw, at=name, zone=sight.definition.zone)
        elif not sight.definition.data:
            values[name] = undeclared(name, raw)
    write(run, activity.scope, values, activity.node)


def raise_error(run: Run, activity: Activity, error: str, message: str) -> None:
    """The innermost catcher takes it: event sub-processes of a scope before boundary events around it, an exact
    code before catch-all (trap 10); boundary events of a multi-instance body are not those of its instances
    (trap 7). Uncaught: an incident.
    """
    inner: Activity | None = activity
    while inner is not None:
        scope = run.state.scopes[inner.scope]
        if scope.node != inner.node:
            event = _match(error, run.definition(scope.id).boundaries.get(inner.node, ()))
            if isinstance(event, nodes.BoundaryEvent):
                run.emit(data.ErrorRaised(activity.id, activity.node, error, message, event.id))
                boundary(run, event, inner)
                return
        handler = _match(error, run.definition(scope.id).handlers.get(scope.node, ()))
        if isinstance(handler, nodes.EventSubProcess) and not _handles(inner, handler):
            run.emit(data.ErrorRaised(activity.id, activity.node, error, message, handler.id))
            container.handle(run, scope.id, handler)
            return
        inner = run.state.activities.get(scope.activity)
    run.emit(data.ErrorRaised(activity.id, activity.node, error, message))
    fault = SignoffError("uncaught_error", error=error, message=message)
    run.incident(activity.scope, activity.node, fault, retry="job", activity=activity.id)


def _handles(inner: Activity, handler: nodes.EventSubProcess) -> bool:
    """An error out of the handler itself goes further out, not round in circles."""
    return inner.node == handler.id


def _match(
    error: str, events: tuple[nodes.BoundaryEvent, ...] | tuple[nodes.EventSubProcess, ...]
) -> nodes.BoundaryEvent | nodes.EventSubProcess | None:
    for wanted in (error, ""):
        for node in events:
            if isinstance(node.event, nodes.ErrorEvent) and node.event.error == wanted:
                return node
    return None


SERVICE = {nodes.ServiceTask: Plain(enter)}
