"""decide(world, state, command) -> Outcome: the whole engine as one pure function.

`decide` owns the state it is given and changes it in place; a refusal (raised) or a preview throws it away.
The guard comes first: is this command legal in the present state? Then one handler per command.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from signoff.errors import AlreadyDecided, Invalid, NotAllowed, NotFound, SignoffError, WrongState
from signoff.kernel import commands as c
from signoff.kernel import deadline, lifecycle, missing, opening, review, vote, work
from signoff.kernel.elements import container, event, gateway, human, service
from signoff.kernel.elements.register import BEHAVIOURS
from signoff.kernel.events import Event, data, flow, task
from signoff.kernel.lifecycle import InstanceContext
from signoff.kernel.run import Run
from signoff.kernel.settle import settle
from signoff.kernel.state import (
    LIVE,
    Activity,
    ActivityStatus,
    GateRecord,
    Incident,
    Purpose,
    Question,
    State,
    Status,
)
from signoff.kernel.world import World
from signoff.model import nodes
from signoff.model.expression import ExpressionFault


@dataclass(slots=True)
class Outcome:
    """The state after the command, what happened, and what the directory has to be asked before it is saved."""

    state: State
    events: list[Event]
    questions: list[Question]


def decide(world: World, state: State, command: c.Command) -> Outcome:
    """Judge and work out one command; raises `Refused` with nothing to be saved.

    Recorded time never runs backwards: it is the command's time, or the last recorded one if later (V13).
    Raises `Runaway` beyond the step budget.
    """
    at = command.at if state.recorded_at is None else max(command.at, state.recorded_at)
    run = Run(world, state, BEHAVIOURS, actor=command.by, at=at)
    _guard(state, command)
    try:
        _HANDLERS[type(command)](run, command)
    except ExpressionFault as fault:
        raise Invalid("modelling_fault", fault=fault.sentence(), cause=fault.code) from fault
    settle(run)
    if isinstance(command, c.Start) and state.incidents:
        first = next(iter(state.incidents.values()))
        raise Invalid("start_failed", element=first.node, cause=first.code, **first.params)
    return Outcome(state, run.events, [q for q in state.questions.values() if not q.parked])


def _guard(state: State, command: c.Command) -> None:
    if isinstance(command, c.Start):
        if state.status is not Status.NEW:
            raise WrongState("already_started", instance=state.id)
    elif state.status is Status.NEW:
        raise NotFound("no_such_instance", instance=c.instance_of(command))
    elif state.status not in LIVE:
        raise WrongState("instance_ended", instance=state.id, status=state.status.value, at=state.ended_at)
    elif state.status is Status.SUSPENDED and not isinstance(command, _ALLOWED_SUSPENDED):
        raise WrongState("instance_suspended", instance=state.id)


_ALLOWED_SUSPENDED = (c.Resume, c.Cancel)


# finding what a command is about ---------------------------------------------------------------------------


def local(id: str) -> str:
    """The part of an id behind its instance."""
    return id.rpartition(":")[2]


def _task(run: Run, id: str) -> tuple[Activity, nodes.HumanTask]:
    activity = run.state.activities.get(local(id))
    if activity is None:
        raise NotFound("no_such_task", task=id)
    node = run.node(activity.scope, activity.node)
    if not isinstance(node, nodes.HumanTask):
        raise NotFound("no_such_task", task=id)
    return activity, node


def _gate(run: Run, id: str) -> GateRecord:
    """By the gate's id, or by that of its task."""
    name = local(id).partition("#")[0]
    activity = run.state.activities.get(name)
    record = run.state.gates.get(activity.gate if activity else name)
    if record is None and activity is not None:
        node = run.node(activity.scope, activity.node)
        raise WrongState("work_comes_first", step=missing.texts(node.label, node.id))
    if record is None:
        raise NotFound("no_such_gate", gate=id)
    return record


# handlers ----------------------------------------------------------------------------------------------------


def _submit(run: Run, command: c.Submit) -> None:
    activity, node = _task(run, command.task)
    if not isinstance(node, nodes.UserTask):
        raise WrongState("nothing_to_submit", step=missing.texts(node.label, node.id))
    work.submit(run, command, activity, node)


def _claim(run: Run, command: c.Claim) -> None:
    activity, node = _task(run, command.task)
    step = missing.texts(node.label, node.id)
    if activity.status is not ActivityStatus.OPEN:
        raise WrongState("task_not_open", step=step, status=activity.status.value, opens=activity.opens)
    if command.by.id not in {p.id for p in activity.roster}:
        raise NotAllowed("not_the_owner", step=step, person=command.by.id, roles=list(node.owner))
    if activity.assignee:
        if activity.assignee == command.by.id:
            return
        raise AlreadyDecided("claimed_by_another", step=step, person=activity.assignee)
    run.emit(task.TaskClaimed(activity.id, command.by.id))


def _release(run: Run, command: c.Release) -> None:
    activity, node = _task(run, command.task)
    if activity.assignee != command.by.id:
        raise WrongState("not_claimed_by_you", step=missing.texts(node.label, node.id))
    run.emit(task.TaskReleased(activity.id, command.by.id))


def _assign(run: Run, command: c.Assign) -> None:
    if not command.by.admin:
        raise NotAllowed("administrators_only", person=command.by.id)
    target = local(command.task)
    record = run.state.gates.get(target.partition("#")[0])
    if record is not None:
        run.emit(task.TaskAssigned(target, record.node, command.person, command.by.id))
        return
    activity, _ = _task(run, command.task)
    run.emit(task.TaskAssigned(activity.id, activity.node, command.person, command.by.id))


def _vote(run: Run, command: c.Approve | c.Decline) -> None:
    vote.vote(run, command, _gate(run, command.gate))


def _return_to(run: Run, command: c.ReturnTo) -> None:
    activity = run.state.activities.get(local(command.gate))
    node = run.node(activity.scope, activity.node) if activity else None
    if activity is not None and isinstance(node, nodes.GateTask) and not node.gate.approvals:
        vote.send_back_task(run, command, activity, node)
    else:
        vote.send_back(run, command, _gate(run, command.gate))


def _waive(run: Run, command: c.Waive) -> None:
    vote.waive(run, command, *_task(run, command.task))


def _fire_timer(run: Run, command: c.FireTimer) -> None:
    timer = run.state.timers.get(local(command.timer))
    if timer is None:
        return  # its activity was faster: a no-op
    if not event.due(command, timer):
        raise WrongState("not_due", timer=command.timer, at=timer.at)
    event.fire(run, timer)


def _escalate(run: Run, command: c.Escalate) -> None:
    activity = run.state.activities.get(local(command.task))
    if activity is not None:
        node = run.node(activity.scope, activity.node)
        assert isinstance(node, nodes.HumanTask)
        deadline.climb(run, activity, node)


def _open_task(run: Run, command: c.OpenTask) -> None:
    activity = run.state.activities.get(local(command.task))
    if activity is None or activity.status is not ActivityStatus.SCHEDULED:
        return
    if activity.opens is None or activity.opens > command.at:
        raise WrongState("not_due", timer=command.task, at=activity.opens)
    node = run.node(activity.scope, activity.node)
    assert isinstance(node, nodes.HumanTask)
    human.open_now(run, activity, node)


def _lapse(run: Run, command: c.Lapse) -> None:
    activity = run.state.activities.get(local(command.task))
    if activity is not None and activity.status is ActivityStatus.OPEN:
        node = run.node(activity.scope, activity.node)
        assert isinstance(node, nodes.HumanTask)
        human.lapse(run, activity, node)


def _finish_job(run: Run, command: c.FinishJob) -> None:
    activity = run.state.activities.get(local(command.task))
    if activity is not None and not _stopped(run, activity):
        node = run.node(activity.scope, activity.node)
        assert isinstance(node, nodes.ServiceTask)
        service.finish(run, command, activity, node)


def _fail_job(run: Run, command: c.FailJob) -> None:
    activity = run.state.activities.get(local(command.task))
    if activity is not None and not _stopped(run, activity):
        service.fail(run, command, activity)


def _stopped(run: Run, activity: Activity) -> bool:
    """A late answer for a call that has become an incident."""
    return any(i.activity == activity.id for i in run.state.incidents.values())


def _resolve(run: Run, command: c.ResolveRoster) -> None:
    question = run.state.questions.get(local(command.question))
    if question is None:
        raise NotFound("no_such_question", question=command.question)
    if command.failure:
        fault = SignoffError("directory_failed", failure=command.failure)
        scope = next(iter(run.state.scopes))
        run.emit(data.QuestionParked(question.id))
        run.incident(scope, question.node, fault, retry="roster", via=question.id)
        return
    people = list(command.people)
    if question.purpose is Purpose.ENTRY:
        review.asked(run, question, people, command.provenance)
        return
    activity = run.state.activities.get(question.target)
    due = activity.due if activity else None
    run.emit(
        task.RosterResolved(
            question.id, question.purpose, question.target, question.node, people, command.provenance, due
        )
    )
    if question.purpose is Purpose.COPY:
        run.emit(task.CopySent(question.node, people))
    elif question.purpose is Purpose.RUNG and activity is not None:
        node = run.node(activity.scope, activity.node)
        assert isinstance(node, nodes.HumanTask)
        deadline.told(run, activity, node, people)


def _retry(run: Run, command: c.Retry) -> None:
    wanted = local(command.incident)
    found = [i for i in run.state.incidents.values() if not wanted or i.id == wanted]
    if not found:
        raise NotFound("no_such_incident", incident=command.incident or command.instance)
    for incident in found:
        _retry_one(run, incident)


def _retry_one(run: Run, incident: Incident) -> None:
    run.emit(data.IncidentResolved(incident.id))
    activity = run.state.activities.get(incident.activity)
    node = run.node(incident.scope, incident.node)
    if incident.retry == "job" and activity is not None:
        assert isinstance(node, nodes.ServiceTask)
        service.owe_again(run, activity, node)
    elif incident.retry == "roster":
        run.emit(data.QuestionAskedAgain(incident.via))
    elif incident.retry == "split":
        assert isinstance(node, nodes.InclusiveGateway)
        gateway.split(run, incident.scope, node)
    else:
        run.enter(incident.scope, incident.node, incident.via)


def _stall(run: Run, command: c.Stall) -> None:
    fault = SignoffError("runaway", elements=" → ".join(command.elements))
    run.incident(command.scope, command.elements[-1], fault, retry="none")


def _suspend(run: Run, command: c.Suspend) -> None:
    _administrators_only(command)
    if not lifecycle.move(lifecycle.INSTANCE, InstanceContext(run.state.status), "suspend"):
        raise WrongState("instance_suspended", instance=run.state.id)
    run.emit(flow.InstanceSuspended(command.reason))


def _resume(run: Run, command: c.Resume) -> None:
    _administrators_only(command)
    if not lifecycle.move(lifecycle.INSTANCE, InstanceContext(run.state.status), "resume"):
        raise WrongState("not_suspended", instance=run.state.id)
    run.emit(flow.InstanceResumed())


def _cancel(run: Run, command: c.Cancel) -> None:
    _administrators_only(command)
    assert lifecycle.move(lifecycle.INSTANCE, InstanceContext(run.state.status), "cancel")
    container.end(run, Status.CANCELLED, "cancelled", command.reason)


def _administrators_only(command: c.Command) -> None:
    if not command.by.admin:
        raise NotAllowed("administrators_only", person=command.by.id)


# The one erased register of commands: each handler takes its own class.
_HANDLERS: dict[type[c.Command], Callable[[Run, Any], None]] = {
    c.Start: opening.start,
    c.Submit: _submit,
    c.Claim: _claim,
    c.Release: _release,
    c.Assign: _assign,
    c.Approve: _vote,
    c.Decline: _vote,
    c.ReturnTo: _return_to,
    c.Waive: _waive,
    c.FireTimer: _fire_timer,
    c.Escalate: _escalate,
    c.OpenTask: _open_task,
    c.Lapse: _lapse,
    c.FinishJob: _finish_job,
    c.FailJob: _fail_job,
    c.ResolveRoster: _resolve,
    c.Retry: _retry,
    c.Stall: _stall,
    c.Suspend: _suspend,
    c.Resume: _resume,
    c.Cancel: _cancel,
}
