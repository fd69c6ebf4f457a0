"""effects_of(event): what an event obliges the store to keep and the worker to do. A pure table.

Nothing is emitted by hand, so nothing is forgotten or doubled, and a replay owes nothing. Must import only
kernel events and effect.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from signoff.kernel.effect import (
    CandidateDone,
    CandidateGone,
    CandidatesPut,
    Effect,
    Involved,
    Owe,
    Owed,
    Settled,
    Subscribed,
    TaskClaimedBy,
    TaskDropped,
    TaskDueMoved,
    TaskPut,
    TaskRanked,
    TaskRenamed,
    Unsubscribed,
)
from signoff.kernel.events import Event, aside, data, flow, gate, migration, request, seat, task, time, wait
from signoff.kernel.pending import Hears
from signoff.kernel.state import ActivityStatus, Purpose

__all__ = [
    "CandidateDone",
    "CandidateGone",
    "CandidatesPut",
    "Effect",
    "Involved",
    "Owe",
    "Owed",
    "Settled",
    "Subscribed",
    "TaskClaimedBy",
    "TaskDropped",
    "TaskDueMoved",
    "TaskPut",
    "TaskRanked",
    "TaskRenamed",
    "Unsubscribed",
    "effects_of",
]


def effects_of(event: Event, seq: int) -> Iterable[Effect]:
    """The effects of one event; `seq` is its number, which makes the keys of notices."""
    table = _TABLE.get(type(event))
    return table(event, seq) if table else ()


def _instance_started(e: flow.InstanceStarted, _seq: int) -> Iterable[Effect]:
    return (Involved(e.starter.id, "started"),) if e.starter.id else ()


def _element_entered(e: flow.ElementEntered, _seq: int) -> Iterable[Effect]:
    if e.inbox:
        kind = "task" if e.kind == "UserTask" else "gate"
        yield TaskPut(e.id, e.node, kind, e.due, e.opens, priority=e.priority)
    if e.status is ActivityStatus.SCHEDULED and e.opens is not None:
        yield Owe(f"{e.id}/open", Owed.OPEN, e.opens)


def _opening_moved(e: time.OpeningMoved, _seq: int) -> Iterable[Effect]:
    key = f"{e.activity}/open"
    return (Settled(key),) if e.opens is None else (Owe(key, Owed.OPEN, e.opens),)


def _element_opened(e: flow.ElementOpened, _seq: int) -> Iterable[Effect]:
    return (Settled(f"{e.activity}/open"),)


def _element_ended(e: flow.ElementCompleted | flow.ElementCancelled, _seq: int) -> Iterable[Effect]:
    if e.inbox:
        yield TaskDropped(e.activity)
    for kind in e.owed:
        yield Settled(f"{e.activity}/{kind}")


def _roster_resolved(e: task.RosterResolved, seq: int) -> Iterable[Effect]:
    people = tuple(dict.fromkeys(p.id for p in e.people))
    if e.purpose is Purpose.OWNER:
        yield CandidatesPut(e.target, people)
        yield _notice(seq, "task", _with(people, e.substitutes), e.node, e.target)
    elif e.purpose is Purpose.ENTRY:
        people = people[:1] if e.in_turn else people
        yield TaskPut(e.target, e.node, "gate", e.due, subject=e.subject, priority=e.priority)
        yield CandidatesPut(e.target, people)
        yield _notice(seq, "gate", _with(people, e.substitutes), e.node, e.target)
    elif e.purpose is Purpose.LATE and people:
        yield _notice(seq, "born_late", people, e.node, e.target)


def _with(people: tuple[str, ...], substitutes: tuple[str, ...]) -> tuple[str, ...]:
    return (*people, *(who for who in substitutes if who not in people)) if substitutes else people


def _notice(seq: int, template: str, people: tuple[str, ...], node: str, target: str, **more: Any) -> Owe:
    payload = {"template": template, "people": list(people), "node": node, "task": target, **more}
    return Owe(f"n{seq}", Owed.NOTICE, None, payload)


def _copy_sent(e: task.CopySent, seq: int) -> Iterable[Effect]:
    people = tuple(dict.fromkeys(p.id for p in e.people))
    for person in people:
        yield Involved(person, "copied")
    if people:
        yield _notice(seq, "copy" if e.occasion == "submission" else "decided", people, e.node, "")


def _notice_sent(e: task.NoticeSent, seq: int) -> Iterable[Effect]:
    people = tuple(dict.fromkeys(p.id for p in e.people))
    if people:
        yield _notice(seq, "notice", people, e.node, "", say=e.notice, version=e.version, values=e.values)


def _request_ended(e: request.RequestTaken | request.RequestRefused, seq: int) -> Iterable[Effect]:
    """Who asked is told what became of it, where others decided."""
    if isinstance(e, request.RequestRefused) or e.approvers:
        yield _notice(seq, "decided", (e.by,), e.request, "")


def _urged(e: aside.Urged, seq: int) -> Iterable[Effect]:
    yield _notice(seq, "urge", e.people, e.node, e.target, by=e.name, note=e.note)


def _information_asked(e: aside.InformationAsked, seq: int) -> Iterable[Effect]:
    yield TaskPut(e.id, e.node, "question")
    yield CandidatesPut(e.id, (e.person,))
    yield _notice(seq, "question", (e.person,), e.node, e.id, by=e.name, note=e.text)


def _information_given(e: aside.InformationGiven, seq: int) -> Iterable[Effect]:
    yield CandidateDone(e.question, e.person)
    yield TaskDropped(e.question)
    yield _notice(seq, "answer", (e.to,), e.node, e.question, by=e.name, note=e.text)


def _task_assigned(e: task.TaskAssigned, seq: int) -> Iterable[Effect]:
    yield CandidatesPut(e.target, e.people or (e.person.id,))
    if e.people and e.person.id not in e.people:
        return  # his turn comes later
    yield _notice(seq, "gate" if "#" in e.target else "task", (e.person.id,), e.node, e.target)


def _task_transferred(e: task.TaskTransferred, seq: int) -> Iterable[Effect]:
    yield CandidatesPut(e.activity, e.people)
    yield TaskClaimedBy(e.activity, e.person.id)
    yield _notice(seq, "task", (e.person.id,), e.node, e.activity)


def _work_submitted(e: task.WorkSubmitted, _seq: int) -> Iterable[Effect]:
    yield CandidateDone(e.activity, e.person)
    yield TaskDropped(e.activity)


def _work_reopened(e: task.WorkReopened, seq: int) -> Iterable[Effect]:
    yield TaskPut(e.activity, e.node, "task", e.due, priority=e.priority)
    yield CandidatesPut(e.activity, e.people)
    if e.assignee:
        yield TaskClaimedBy(e.activity, e.assignee)
    yield _notice(seq, "returned", e.people, e.node, e.activity)


def _vote_cast(e: gate.VoteCast, _seq: int) -> Iterable[Effect]:
    target = f"{e.gate}#{e.entry}"
    yield CandidateDone(target, e.person)
    if e.on_behalf_of:
        yield CandidateGone(target, e.on_behalf_of)


def _entry_decided(e: gate.EntryPassed | gate.EntryDeclined, _seq: int) -> Iterable[Effect]:
    return (TaskDropped(f"{e.gate}#{e.entry}"),)


def _opinion_asked(e: seat.OpinionAsked, seq: int) -> Iterable[Effect]:
    target = f"{e.gate}#{e.entry}"
    yield _notice(seq, "question", (e.person.id,), e.node, target, by=e.name or e.by, note=e.note)


def _signers_asked(e: seat.SignersAsked, seq: int) -> Iterable[Effect]:
    target = f"{e.gate}#{e.entry}"
    yield CandidatesPut(target, e.people)
    if e.new:
        yield _notice(seq, "gate", e.new, e.node, target)


def _entry_reopened(e: seat.EntryReopened, _seq: int) -> Iterable[Effect]:
    target = f"{e.gate}#{e.entry}"
    yield from (TaskDropped(row) for row in e.closed)
    yield TaskPut(target, e.node, "gate", e.due, subject=e.subject, priority=e.priority)
    yield CandidatesPut(target, e.people)


def _entries_closed(
    e: gate.GateDeclined | gate.GateReturned | gate.VotesVoided | gate.GateCancelled, _seq: int
) -> Iterable[Effect]:
    return tuple(TaskDropped(target) for target in e.closed)


def _due_set(e: time.DueSet, _seq: int) -> Iterable[Effect]:
    for row in (e.activity, *e.rows):
        yield TaskDueMoved(row, e.due)
    key = f"{e.activity}/rung"
    yield Settled(key) if e.rung_at is None else Owe(key, Owed.RUNG, e.rung_at)


def _lapse_set(e: time.LapseSet, _seq: int) -> Iterable[Effect]:
    key = f"{e.activity}/lapse"
    return (Settled(key) if e.at is None else Owe(key, Owed.LAPSE, e.at),)


def _rung_fired(e: time.RungFired, seq: int) -> Iterable[Effect]:
    key = f"{e.activity}/rung"
    yield Settled(key) if e.next_at is None else Owe(key, Owed.RUNG, e.next_at)
    people = tuple(p.id for p in e.people)
    if people:
        more = {"level": e.level, "say": e.say, "due": e.due.isoformat()}
        yield _notice(seq, "overdue", people, e.node, e.activity, **more)


def _entry_due_set(e: gate.EntryDueSet, _seq: int) -> Iterable[Effect]:
    yield TaskDueMoved(e.target, e.due)
    yield from _next_rung(e.target, e.rung_at)


def _next_rung(target: str, at: datetime | None) -> Iterable[Effect]:
    key = f"{target}/rung"
    return (Settled(key) if at is None else Owe(key, Owed.RUNG, at),)


def _entry_rung_fired(e: gate.EntryRungFired, seq: int) -> Iterable[Effect]:
    yield from _next_rung(e.target, e.next_at)
    if people := tuple(p.id for p in e.people):
        more = {"level": e.level, "say": e.say, "due": e.due.isoformat()}
        yield _notice(seq, "overdue", people, e.node, e.target, **more)


def _rung_passed(e: time.RungPassed, _seq: int) -> Iterable[Effect]:
    key = f"{e.activity}/rung"
    return (Settled(key) if e.next_at is None else Owe(key, Owed.RUNG, e.next_at),)


def _timer_armed(e: time.TimerArmed, _seq: int) -> Iterable[Effect]:
    return () if e.at is None else (Owe(e.id, Owed.TIMER, e.at),)


def _timer_gone(e: time.TimerFired | time.TimerDropped, _seq: int) -> Iterable[Effect]:
    return (Settled(e.id),)


def _resumed(e: flow.InstanceResumed, _seq: int) -> Iterable[Effect]:
    """A message may have come while it stood still, and waits for it."""
    for id, (name, key) in e.listening.items():
        yield Owe(f"{id}/match", Owed.MATCH, None, {"name": name, "key": key})


def _wait_armed(e: wait.WaitArmed, _seq: int) -> Iterable[Effect]:
    if e.kind is Hears.CONDITION:
        return
    yield Subscribed(e.id, e.kind.value, e.name, e.key)
    if e.kind is Hears.MESSAGE:
        yield Owe(f"{e.id}/match", Owed.MATCH, None, {"name": e.name, "key": e.key})


def _wait_gone(e: wait.WaitMet | wait.WaitDropped, _seq: int) -> Iterable[Effect]:
    if e.kind is Hears.CONDITION:
        return
    if isinstance(e, wait.WaitMet) and e.lasting:  # the next message may be there already
        if e.kind is Hears.MESSAGE:
            yield Owe(f"{e.id}/match", Owed.MATCH, None, {"name": e.name, "key": e.key})
        return
    yield Unsubscribed(e.id)
    if e.kind is Hears.MESSAGE:
        yield Settled(f"{e.id}/match")


def _message_thrown(e: wait.MessageThrown, seq: int) -> Iterable[Effect]:
    payload = {"name": e.name, "key": e.key, "data": e.data, "keep": e.keep}
    yield Owe(f"m{seq}", Owed.MESSAGE, None, payload)


def _signal_thrown(e: wait.SignalThrown, seq: int) -> Iterable[Effect]:
    yield Owe(f"m{seq}", Owed.SIGNAL, None, {"name": e.name, "data": e.data})


def _job_owed(e: data.JobOwed, _seq: int) -> Iterable[Effect]:
    payload = {"handler": e.handler, "inputs": e.inputs, "node": e.node}
    return (Owe(f"{e.activity}/job", Owed.JOB, None, payload),)


def _job_finished(e: data.JobFinished, _seq: int) -> Iterable[Effect]:
    return (Settled(f"{e.activity}/job"),)


def _incident_raised(e: data.IncidentRaised, seq: int) -> Iterable[Effect]:
    return (_notice(seq, "incident", (), e.node, e.activity, incident=e.id, code=e.code, params=e.params),)


# The one erased register: each function takes its own event class. An event that is not here owes nothing.
_TABLE: dict[type[Event], Callable[[Any, int], Iterable[Effect]]] = {
    flow.InstanceStarted: _instance_started,
    flow.ElementEntered: _element_entered,
    flow.ElementOpened: _element_opened,
    flow.ElementCompleted: _element_ended,
    flow.ElementCancelled: _element_ended,
    task.RosterResolved: _roster_resolved,
    task.CopySent: _copy_sent,
    task.NoticeSent: _notice_sent,
    task.TaskClaimed: lambda e, _: (TaskClaimedBy(e.activity, e.person),),
    task.TaskReleased: lambda e, _: (TaskClaimedBy(e.activity, ""),),
    task.TaskAssigned: _task_assigned,
    task.TaskTransferred: _task_transferred,
    task.Prioritized: lambda e, _: tuple(TaskRanked(row, e.priority) for row in e.rows),
    task.WorkSubmitted: _work_submitted,
    task.WorkReopened: _work_reopened,
    gate.VoteCast: _vote_cast,
    seat.SignersAsked: _signers_asked,
    seat.OpinionAsked: _opinion_asked,
    seat.EntryReopened: _entry_reopened,
    gate.EntryPassed: _entry_decided,
    gate.EntryDeclined: _entry_decided,
    gate.GateDeclined: _entries_closed,
    gate.GateReturned: _entries_closed,
    gate.VotesVoided: _entries_closed,
    gate.GateCancelled: _entries_closed,
    time.DueSet: _due_set,
    time.OpeningMoved: _opening_moved,
    time.CalendarTaken: lambda e, _: (Settled(Owed.CALENDAR.value),) if e.before else (),
    time.LapseSet: _lapse_set,
    time.RungFired: _rung_fired,
    time.RungPassed: _rung_passed,
    time.TimerArmed: _timer_armed,
    time.TimerFired: _timer_gone,
    time.TimerDropped: _timer_gone,
    gate.EntryDueSet: _entry_due_set,
    gate.EntryRungFired: _entry_rung_fired,
    gate.EntryRungPassed: lambda e, _: _next_rung(e.target, e.next_at),
    gate.EntryClockStopped: lambda e, _: (Settled(f"{e.target}/rung"),) if e.owed else (),
    migration.InstanceMigrated: lambda e, _: tuple(TaskRenamed(id, node) for id, node in e.rows.items()),
    request.RequestTaken: _request_ended,
    request.RequestRefused: _request_ended,
    aside.Urged: _urged,
    aside.CopyRead: lambda e, _: (Involved(e.person, "read"),),
    aside.InformationAsked: _information_asked,
    aside.InformationGiven: _information_given,
    aside.InformationDropped: lambda e, _: (TaskDropped(e.question),),
    flow.InstanceResumed: _resumed,
    wait.WaitArmed: _wait_armed,
    wait.WaitMet: _wait_gone,
    wait.WaitDropped: _wait_gone,
    wait.MessageThrown: _message_thrown,
    wait.SignalThrown: _signal_thrown,
    data.JobOwed: _job_owed,
    data.JobFinished: _job_finished,
    data.IncidentRaised: _incident_raised,
}
