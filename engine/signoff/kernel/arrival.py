"""Commands that bring what a process waits for, or begin and end what nobody's work does, with their handlers.

Messages, signals and data from outside; activities of ad-hoc sub-processes; receive tasks; escalations out of a
call. Must import kernel below `decide`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from signoff.errors import Invalid, NotFound, WrongState
from signoff.kernel import message, missing, roster, wait
from signoff.kernel.commands import Command
from signoff.kernel.elements import event, throwing
from signoff.kernel.events import data as data_events
from signoff.kernel.pending import Hears
from signoff.kernel.run import Run, stopped, write
from signoff.kernel.state import Activity
from signoff.kernel.target import local
from signoff.kernel.work import undeclared
from signoff.model import nodes
from signoff.model.value import Value, coerce


@dataclass(slots=True, kw_only=True)
class Deliver(Command):
    """A message or signal for a subscription; one that is gone is a recorded no-op. `via`: under which id it came."""

    instance: str
    wait: str
    data: Mapping[str, Any] = field(default_factory=dict)
    via: str = ""


@dataclass(slots=True, kw_only=True)
class Enable(Command):
    """Begin an activity of an ad-hoc sub-process."""

    task: str
    element: str


@dataclass(slots=True, kw_only=True)
class Complete(Command):
    """Complete a receive task, or an ad-hoc sub-process in which nothing runs; `data` as a message would bring them."""

    task: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Escalated(Command):
    """The handler of a call raises an escalation, and goes on unless somebody who catches it interrupts."""

    task: str
    escalation: str
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Fill(Command):
    """An administrator writes data of a running process."""

    instance: str
    data: Mapping[str, Any] = field(default_factory=dict)


def deliver(run: Run, command: Deliver) -> None:
    """What was sent has arrived; whatever it interrupts ends first. Raises Invalid for a message of another form."""
    found = run.state.waits.get(local(command.wait))
    if found is None:
        return
    data = payload(command.data)
    if found.kind is Hears.MESSAGE:
        heard = wait.awaited(run.node(found.scope, found.node))[found.part]
        data = dict(message.typed(run.definition(found.scope), heard, data) or {})
    event.deliver(run, found, data, command.via)


def payload(given: Mapping[str, Any]) -> dict[str, Value]:
    """What came with an event, as values. Raises Invalid."""
    return {name: undeclared(name, raw) for name, raw in given.items()}


def enable(run: Run, command: Enable) -> None:
    """Begin it, unless one at a time is allowed and one runs. Raises NotFound, WrongState."""
    activity, node = _find(run, command.task)
    if not isinstance(node, nodes.AdHocSubProcess) or not activity.inner:
        raise NotFound("no_such_task", task=command.task)
    definition, scope = run.definition(activity.scope), activity.inner
    inside = definition.nodes.get(command.element)
    if inside is None or inside.scope != node.id or not _may_begin(definition.incoming[inside.id], inside):
        raise NotFound("no_such_step", step=command.element)
    if node.sequential and any(a.scope == scope for a in run.state.activities.values()):
        raise WrongState("one_at_a_time", step=missing.texts(node.label, node.id))
    if (
        node.completion is not None
        and run.state.scopes[scope].done
        and run.sight(scope).holds(node.completion)
    ):
        raise WrongState("ad_hoc_over", step=missing.texts(node.label, node.id))
    run.enter(scope, inside.id)


def _may_begin(incoming: tuple[nodes.SequenceFlow, ...], node: nodes.Node) -> bool:
    """People begin activities that nothing leads to."""
    return not incoming and isinstance(node, nodes.Activity) and not isinstance(node, nodes.EventSubProcess)


def complete(run: Run, command: Complete) -> None:
    """Raises NotFound, WrongState."""
    activity, node = _find(run, command.task)
    if stopped(run, activity.id):
        raise WrongState("stopped_by_incident", step=missing.texts(node.label, node.id))
    if isinstance(node, nodes.ReceiveTask):
        event.done(run, activity, node, payload(command.data))
        return
    if not isinstance(node, nodes.AdHocSubProcess) or not activity.inner:
        raise NotFound("no_such_task", task=command.task)
    scopes = [a.scope for a in run.state.activities.values()]
    scopes += [i.scope for i in run.state.incidents.values()]
    if activity.inner in scopes:
        raise WrongState("still_at_work", step=missing.texts(node.label, node.id))
    if command.data:
        write(run, activity.inner, payload(command.data), node.id)
    run.behaviours[type(node)].resume(run, activity, activity.inner)


def _find(run: Run, id: str) -> tuple[Activity, nodes.Node]:
    activity = run.state.activities.get(local(id))
    if activity is None or activity.multi is not None:
        raise NotFound("no_such_task", task=id)
    return activity, run.node(activity.scope, activity.node)


def escalated(run: Run, command: Escalated) -> None:
    """The nearest catcher takes it; the call goes on unless that interrupts it. Raises NotFound."""
    activity, node = _find(run, command.task)
    if not isinstance(node, nodes.Activity):
        raise NotFound("no_such_task", task=command.task)
    if command.variables:
        write(run, activity.scope, payload(command.variables), node.id)
    throwing.escalate(run, activity.scope, node, command.escalation, activity)


def fill(run: Run, command: Fill) -> None:
    """Write data to the process, as its types want them. Raises NotAllowed, Invalid."""
    roster.check_admin(command.by)
    root = next(s for s in run.state.scopes.values() if not s.activity)
    definition = run.definition(root.id)
    strangers = [name for name in command.data if name not in definition.data]
    if strangers and definition.data and not definition.open:
        raise Invalid("not_on_the_form", names=strangers, allowed=list(definition.data))
    values = {
        name: coerce(definition.data[name].type, raw, at=name, zone=definition.zone)
        if name in definition.data
        else undeclared(name, raw)
        for name, raw in command.data.items()
    }
    if values:
        run.emit(data_events.VariablesSet(root.id, values))
        run.changed.update(values)


# The one erased register of arrivals: each handler takes its own class.
HANDLERS: Mapping[type[Command], Callable[[Run, Any], None]] = {
    Deliver: deliver,
    Enable: enable,
    Complete: complete,
    Escalated: escalated,
    Fill: fill,
}
