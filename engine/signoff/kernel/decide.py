"""decide(world, state, command) -> Outcome: the whole engine as one pure function.

`decide` owns the state it is given and changes it in place; a refusal (raised) or a preview throws it away.
The guard comes first: is this command legal in the present state? Then one handler per command.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signoff.errors import (
    AlreadyDecided,
    Invalid,
    NotAllowed,
    NotFound,
    SignoffError,
    WrongState,
)
from signoff.kernel import (
    almanac,
    appointment,
    arrival,
    copies,
    ladder,
    margin,
    missing,
    motions,
    opening,
    pause,
    picking,
    proxy,
    repair,
    request,
    retraction,
    review,
    roster,
    ruling,
    signers,
    target,
    vote,
    waiver,
    work,
)
from signoff.kernel import commands as c
from signoff.kernel.elements import event, human, service
from signoff.kernel.elements.register import BEHAVIOURS
from signoff.kernel.events import Event, data, task
from signoff.kernel.pending import Incident
from signoff.kernel.run import STEP_BUDGET, Run, stopped
from signoff.kernel.settle import settle
from signoff.kernel.state import (
    LIVE,
    Activity,
    ActivityStatus,
    GateRecord,
    Person,
    Purpose,
    Question,
    State,
    Status,
)
from signoff.kernel.target import local
from signoff.kernel.world import World
from signoff.model import nodes
from signoff.model.expression import ExpressionFault
from signoff.sentences import Sentence

__all__ = ["Outcome", "decide", "local"]


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
        raise Invalid("modelling_fault", cause=Sentence(fault.code, fault.params)) from fault
    settle(run)
    if isinstance(command, c.Start) and (first := _in_the_way(state)) is not None:
        raise Invalid("start_failed", element=first.node, cause=Sentence(first.code, first.params))
    open_now = [q for q in state.questions.values() if not q.parked] if state.questions else []
    return Outcome(state, run.events, open_now)


def _in_the_way(state: State) -> Incident | None:
    """What refuses a start. An error of the model that nobody catches does not, nor a condition that may yet be known."""
    found = (i for i in state.incidents.values() if i.code != "uncaught_error" and i.retry != "ask")
    return next(found, None)


def _guard(state: State, command: c.Command) -> None:
    if isinstance(command, c.Start):
        if state.status is not Status.NEW:
            raise WrongState("already_started", instance=state.id)
    elif state.status is Status.RUNNING:
        return
    elif state.status is Status.NEW:
        raise NotFound("no_such_instance", instance=c.instance_of(command))
    elif state.status not in LIVE:
        if isinstance(command, margin.ENDED):
            return  # a copy may still be owed, or read, when the instance has ended
        outcome = Sentence(f"instance_is_{state.status.value}")
        raise WrongState("instance_ended", instance=state.id, status=outcome, at=state.ended_at)
    elif state.status is Status.SUSPENDED and not isinstance(command, _ALLOWED_SUSPENDED):
        raise WrongState("instance_suspended", instance=state.id)


_ALLOWED_SUSPENDED = (c.Resume, c.Cancel, *margin.SUSPENDED)


# handlers ----------------------------------------------------------------------------------------------------


def _submit(run: Run, command: c.Submit) -> None:
    activity, node = target.task(run, command.task)
    if not isinstance(node, nodes.UserTask):
        raise WrongState("nothing_to_submit", step=missing.texts(node.label, node.id))
    work.submit(run, command, activity, node)


def _claim(run: Run, command: c.Claim) -> None:
    activity, node = target.task(run, command.task)
    step = missing.texts(node.label, node.id)
    missing.check_open(activity, node)
    work.whose(run, activity, node)
    if activity.assignee and activity.assignee != command.by.id:
        raise AlreadyDecided("claimed_by_another", step=step, person=activity.assignee)
    if not activity.assignee:
        run.emit(task.TaskClaimed(activity.id, command.by.id))


def _release(run: Run, command: c.Release) -> None:
    activity, node = target.task(run, command.task)
    missing.check_open(activity, node)
    if not activity.assignee or not (command.by.admin or activity.assignee == command.by.id):
        raise WrongState("not_claimed_by_you", step=missing.texts(node.label, node.id))
    run.emit(task.TaskReleased(activity.id, activity.assignee))


def _assign(run: Run, command: c.Assign) -> None:
    roster.check_admin(command.by)
    if command.person.id == command.by.id:
        raise NotAllowed("appoints_himself", person=command.by.id)
    activity = run.state.activities.get(local(command.task))
    if activity is None or activity.status is ActivityStatus.IN_REVIEW:
        record, number = target.gate(run, command.task)
        appointment.appoint(run, command, record, number)
        return
    activity, node = target.task(run, command.task)
    missing.check_open(activity, node)
    if activity.assignee and activity.assignee != command.person.id:
        run.emit(task.TaskReleased(activity.id, activity.assignee))
    people = tuple(dict.fromkeys((*(p.id for p in activity.roster), command.person.id)))
    run.emit(task.TaskAssigned(activity.id, node.id, command.person, command.by.id, people))


def _vote(run: Run, command: c.Approve | c.Decline | motions.Abstain) -> None:
    vote.vote(run, command, *target.gate(run, command.gate))


def _transfer(run: Run, command: motions.Transfer) -> None:
    activity = run.state.activities.get(local(command.task))
    if (
        activity is None
        or activity.status is ActivityStatus.IN_REVIEW
        or not isinstance(run.node(activity.scope, activity.node), nodes.HumanTask)
    ):
        proxy.transfer(run, command, *target.gate(run, command.task))
    else:
        proxy.transfer_task(run, command, *target.task(run, command.task))


def _at_gate(handle: Callable[[Run, Any, GateRecord, int | None], None]) -> Callable[[Run, Any], None]:
    """The handler of a command that names a gate."""
    return lambda run, command: handle(run, command, *target.gate(run, command.gate))


def _return_to(run: Run, command: c.ReturnTo) -> None:
    activity = run.state.activities.get(local(command.gate))
    node = run.node(activity.scope, activity.node) if activity else None
    if activity is not None and isinstance(node, nodes.GateTask) and not node.gate.approvals:
        vote.send_back_task(run, command, activity, node)
    else:
        vote.send_back(run, command, *target.gate(run, command.gate))


def _waive(run: Run, command: c.Waive) -> None:
    record = run.state.gates.get(local(command.task))
    if record is not None and record.activity not in run.state.activities:
        node = run.node(record.scope, record.node)
        assert isinstance(node, nodes.HumanTask)
        waiver.waive(run, command, record, node)
    else:
        task_id = record.activity if record else command.task
        waiver.waive(run, command, *target.task(run, task_id))


def _fire_timer(run: Run, command: c.FireTimer) -> None:
    timer = run.state.timers.get(local(command.timer))
    if timer is None:
        return  # its activity was faster: a no-op
    _check_due(command, command.timer, timer.at)
    event.fire(run, timer)


def _escalate(run: Run, command: c.Escalate) -> None:
    clock = run.state.clocks.get(local(command.task))
    if clock is not None and clock.rung_at is not None:
        _check_due(command, command.task, clock.rung_at)
        ruling.climb(run, local(command.task))
    activity = run.state.activities.get(local(command.task))
    if activity is not None and activity.rung_at is not None:
        _check_due(command, command.task, activity.rung_at)
        ladder.climb(run, activity, _human(run, activity))


def _open_task(run: Run, command: c.OpenTask) -> None:
    activity = run.state.activities.get(local(command.task))
    if activity is not None and activity.status is ActivityStatus.SCHEDULED:
        _check_due(command, command.task, activity.opens)
        human.open_now(run, activity, _human(run, activity))


def _lapse(run: Run, command: c.Lapse) -> None:
    activity = run.state.activities.get(local(command.task))
    if activity is not None and activity.status is ActivityStatus.OPEN and not stopped(run, activity.id):
        _check_due(command, command.task, activity.lapses)
        human.lapse(run, activity, _human(run, activity))


def _check_due(command: c.Command, timer: str, at: datetime | None) -> None:
    """Nothing fires early, whatever the one who fires believes."""
    if at is None or at > command.at:
        raise WrongState("not_due", timer=timer, at=at or "")


def _human(run: Run, activity: Activity) -> nodes.HumanTask:
    node = run.node(activity.scope, activity.node)
    assert isinstance(node, nodes.HumanTask)
    return node


def _finish_job(run: Run, command: c.FinishJob) -> None:
    activity, node = _called(run, command.task)
    if activity is not None and node is not None:
        service.finish(run, command, activity, node)


def _fail_job(run: Run, command: c.FailJob) -> None:
    activity, _ = _called(run, command.task)
    if activity is not None:
        service.fail(run, command, activity)


def _called(run: Run, id: str) -> tuple[Activity, service.Calling] | tuple[None, None]:
    """The activity that waits for this answer; none for a late one, of a call that is over or an incident."""
    activity = run.state.activities.get(local(id))
    if activity is None or stopped(run, activity.id):
        return None, None
    node = run.node(activity.scope, activity.node)
    if not isinstance(node, service.Calling) or activity.multi is not None:
        raise NotFound("no_such_task", task=id)
    return activity, node


def _resolve(run: Run, command: c.ResolveRoster) -> None:
    question = run.state.questions.get(local(command.question))
    if question is None:
        raise NotFound("no_such_question", question=command.question)
    if question.purpose is Purpose.PICK:
        picking.answered(run, question, command)
        return
    if command.failure:
        _park(run, question, command.failure)
        return
    people = list(command.people)
    if question.purpose is Purpose.ENTRY:
        review.asked(run, question, people, command.provenance, command.grants)
        return
    activity = run.state.activities.get(question.target)
    due = activity.due if activity else None
    run.emit(
        task.RosterResolved(
            question.id,
            question.purpose,
            question.target,
            question.node,
            people,
            command.provenance,
            due,
            substitutes=_substitutes(run, question, activity, people, command),
        )
    )
    if question.purpose is Purpose.COPY:
        copies.send(run, question, people)
    elif question.purpose is Purpose.NOTICE and activity is not None:
        service.tell(run, activity, people)
    elif question.purpose is Purpose.ASSIGN:
        ruling.assigned(run, question.target, people)
    elif question.purpose is Purpose.RUNG and "#" in question.target:
        ruling.told(run, question.target, people)
    elif question.purpose is Purpose.RUNG and activity is not None:
        ladder.told(run, activity, _human(run, activity), people)


def _substitutes(
    run: Run, question: Question, activity: Activity | None, people: list[Person], command: c.ResolveRoster
) -> tuple[str, ...]:
    """Who is told of work that somebody else is to do."""
    if question.purpose is not Purpose.OWNER or activity is None or not command.grants:
        return ()
    return roster.told(run.definition(activity.scope).id, question.node, people, command.grants)


def _park(run: Run, question: Question, failure: str) -> None:
    """The directory has failed: an incident where the question came from; a copy nobody can get is let go."""
    gate = run.state.gates.get(question.target.partition("#")[0])
    activity = run.state.activities.get(gate.activity if gate else question.target)
    scope = activity.scope if activity else gate.scope if gate else ""
    fault = SignoffError("directory_failed", failure=failure)
    run.emit(data.QuestionParked(question.id))
    if scope:
        id = activity.id if activity else ""
        run.incident(scope, question.node, fault, retry="roster", activity=id, via=question.id)
    else:
        run.emit(data.QuestionDropped(question.id, failure))


def _stall(run: Run, command: c.Stall) -> None:
    """The command that ran away was dropped; what is left of it is an incident that says where it turned."""
    scope = command.scope if command.scope in run.state.scopes else next(iter(run.state.scopes))
    fault = SignoffError("runaway", elements=list(command.elements), limit=STEP_BUDGET)
    run.incident(scope, command.elements[-1], fault, retry="none")


def _retry(run: Run, command: c.Retry) -> None:
    roster.check_admin(command.by)
    repair.retry(run, command)


# The one erased register of commands: each handler takes its own class.
_HANDLERS: dict[type[c.Command], Callable[[Run, Any], None]] = {
    c.Start: opening.start,
    c.Pick: picking.pick,
    c.Submit: _submit,
    c.Claim: _claim,
    c.Release: _release,
    c.Assign: _assign,
    c.Approve: _vote,
    c.Decline: _vote,
    motions.Abstain: _vote,
    motions.Transfer: _transfer,
    motions.Delegate: _at_gate(proxy.delegate),
    motions.Advise: _at_gate(proxy.advise),
    motions.AddSigners: _at_gate(signers.add),
    motions.RemoveSigner: _at_gate(signers.remove),
    motions.TakeBack: _at_gate(retraction.take_back),
    c.ReturnTo: _return_to,
    c.Waive: _waive,
    c.FireTimer: _fire_timer,
    c.Escalate: _escalate,
    c.OpenTask: _open_task,
    c.Lapse: _lapse,
    c.Recalculate: almanac.recalculate,
    c.FinishJob: _finish_job,
    c.FailJob: _fail_job,
    c.ResolveRoster: _resolve,
    c.Retry: _retry,
    c.Stall: _stall,
    c.Suspend: pause.suspend,
    c.Resume: pause.resume,
    c.Cancel: request.cancel,
    **margin.HANDLERS,
    **arrival.HANDLERS,
}
