"""Service tasks: a handler is owed, answers, or fails; modelled errors find their catcher (BPMN 2.0.2 §10.5.1)."""

import re

from signoff.errors import SignoffError
from signoff.kernel import lifecycle, roster, subject, wait
from signoff.kernel.commands import FailJob, FinishJob
from signoff.kernel.elements import event, throwing
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import data, flow, task
from signoff.kernel.run import Run, assign, write
from signoff.kernel.state import Activity, ActivityStatus, Person, Purpose
from signoff.kernel.work import undeclared
from signoff.model import nodes
from signoff.model.value import Value, coerce

Calling = nodes.ServiceTask | nodes.IntermediateThrowEvent | nodes.EndEvent


def enter(run: Run, scope: str, node: Calling, _via: str) -> str:
    """Owe the call; its inputs are what they are now."""
    inputs = _inputs(run, scope, node)
    id = run.next("a")
    kind = type(node).__name__
    run.emit(flow.ElementEntered(id, node.id, scope, kind, ActivityStatus.OPEN, origin=run.origin))
    run.emit(data.JobOwed(id, node.id, node.handler, inputs))
    return id


def _inputs(run: Run, scope: str, node: Calling) -> dict[str, Value]:
    """What the handler is given: what is named, or, where data need no declaration and nothing is named, everything."""
    sight = run.sight(scope)
    if not node.inputs and sight.definition.open:
        return sight.everything()
    return {name: sight.value(expression) for name, expression in node.inputs}


def enter_send(run: Run, scope: str, node: nodes.SendTask, via: str) -> str:
    """Send the message or the notice, unless registered code does that."""
    if node.notice:
        return _ask_whom(run, scope, node)
    if node.handler or not node.message:
        return enter(run, scope, node, via)
    sight = run.sight(scope)
    name, key = wait.address(sight, nodes.MessageEvent(node.message, node.key))
    values = throwing.payload(run, scope, nodes.MessageEvent(node.message), node.inputs)
    id = run.next("a")
    kind = type(node).__name__
    run.emit(flow.ElementEntered(id, node.id, scope, kind, ActivityStatus.OPEN, origin=run.origin))
    throwing.send(run, scope, node, node.message, name, key, values)
    event.done(run, run.state.activities[id], node)
    return ""


def _ask_whom(run: Run, scope: str, node: nodes.SendTask) -> str:
    """A notice is sent once the directory has said who they are."""
    terms = roster.terms(run.sight(scope), node.to, roster.nobody)
    id = run.next("a")
    kind = type(node).__name__
    run.emit(flow.ElementEntered(id, node.id, scope, kind, ActivityStatus.OPEN, origin=run.origin))
    run.emit(task.RosterAsked(run.next("q"), Purpose.NOTICE, id, node.id, terms))
    return id


def tell(run: Run, activity: Activity, people: list[Person]) -> None:
    """The people of a notice are known: it is owed, and the token goes on."""
    node, scope = run.node(activity.scope, activity.node), activity.scope
    assert isinstance(node, nodes.SendTask)
    fresh = list({person.id: person for person in people}.values())
    version = run.state.scopes[scope].version
    values = _local(run, scope, node.notice)
    run.emit(task.NoticeSent(activity.id, node.id, version, node.notice, fresh, values))
    event.done(run, activity, node)


def _local(run: Run, scope: str, notice: str) -> dict[str, Value]:
    """What a notice reads of the data around it but those of the process; nothing personal, which lies elsewhere."""
    definition, place = run.definition(scope), run.state.scopes[scope]
    texts = definition.notices[notice]
    said = f"{texts.subject.zh} {texts.subject.en} {texts.text.zh} {texts.text.en}"
    words = set(re.findall(r"[^\W\d]\w*", said))
    found: dict[str, Value] = {}
    while place.node:
        declared = definition.declared(place.node)
        kept = {
            n: v for n, v in place.data.items() if n in words and not (n in declared and declared[n].personal)
        }
        found = {**kept, **found}
        place = run.state.scopes[place.parent]
    return found


def owe_again(run: Run, activity: Activity, node: Calling) -> None:
    """After an incident: the call is owed once more, with fresh inputs."""
    inputs = _inputs(run, activity.scope, node)
    run.emit(data.JobOwed(activity.id, node.id, node.handler, inputs, activity.attempts + 1))


def finish(run: Run, command: FinishJob, activity: Activity, node: Calling) -> None:
    """The handler has answered: read the result as its declared type, `set`, and on."""
    run.emit(data.JobFinished(activity.id, node.id))
    try:
        result = _result(run, command, activity.scope, node)
        _give(run, activity.scope, node, result)
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


def _give(run: Run, scope: str, node: Calling, result: Value) -> None:
    """Where the result goes: as the task says, which sees its fields where data need no declaration.

    Else there its fields become data, as they are called.
    """
    if not isinstance(node, nodes.ServiceTask):
        return
    fields = result if run.definition(scope).open and isinstance(result, dict) else {}
    if node.assign:
        assign(run, scope, node.assign, {**fields, "result": result})
    elif fields:
        write(run, scope, fields, node.id)


def _result(run: Run, command: FinishJob, scope: str, node: Calling) -> Value:
    if not isinstance(node, nodes.ServiceTask) or node.returns is None:
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
    throwing.raise_error(run, activity, command.error, command.message)


def _told(run: Run, command: FailJob, activity: Activity) -> None:
    """The variables that came with an error: those that are declared, or all where nothing is."""
    sight = run.sight(activity.scope)
    values: dict[str, Value] = {}
    for name, raw in command.variables.items():
        owner = sight.owner_of(name)
        declared = sight.definition.declared(owner.node).get(name) if owner else None
        if declared is not None:
            values[name] = coerce(declared.type, raw, at=name, zone=sight.definition.zone)
        elif not sight.definition.data or sight.definition.open:
            values[name] = undeclared(name, raw)
    write(run, activity.scope, values, activity.node)


SERVICE = {
    nodes.ServiceTask: Plain(enter),
    nodes.ScriptTask: Plain(enter),
    nodes.BusinessRuleTask: Plain(enter),
    nodes.SendTask: Plain(enter_send),
}
