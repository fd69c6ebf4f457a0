"""Folds of people and their work."""

from datetime import datetime

from signoff.kernel.events import task as e
from signoff.kernel.fold.table import Folds
from signoff.kernel.state import ActivityStatus, Copy, EntryStatus, Person, Purpose, Question, State


def roster_asked(state: State, event: e.RosterAsked, _at: datetime) -> None:
    state.questions[event.id] = Question(event.id, event.purpose, event.target, event.node, event.terms)
    if event.purpose is Purpose.ENTRY:
        gate, entry = entry_of(event.target)
        state.gates[gate].entries[entry].status = EntryStatus.ASKED


def roster_resolved(state: State, event: e.RosterResolved, at: datetime) -> None:
    state.questions.pop(event.question, None)
    if event.purpose is Purpose.OWNER:
        state.activities[event.target].roster = event.people
    elif event.purpose is Purpose.ENTRY:
        gate, number = entry_of(event.target)
        entry = state.gates[gate].entries[number]
        entry.status, entry.roster, entry.since = EntryStatus.OPEN, event.people, at
        entry.in_turn = event.in_turn


def task_claimed(state: State, event: e.TaskClaimed, _at: datetime) -> None:
    state.activities[event.activity].assignee = event.person


def task_released(state: State, event: e.TaskReleased, _at: datetime) -> None:
    state.activities[event.activity].assignee = ""


def task_assigned(state: State, event: e.TaskAssigned, _at: datetime) -> None:
    if "#" in event.target:
        gate, number = entry_of(event.target)
        state.gates[gate].entries[number].roster = _with(
            state.gates[gate].entries[number].roster, event.person
        )
    else:
        activity = state.activities[event.target]
        activity.roster = _with(activity.roster, event.person)
        activity.holds = ()  # somebody else sees to it now


def task_transferred(state: State, event: e.TaskTransferred, _at: datetime) -> None:
    activity = state.activities[event.activity]
    activity.roster = _with([p for p in activity.roster if p.id != event.source], event.person)
    activity.assignee = event.person.id
    activity.holds = ()


def work_submitted(state: State, event: e.WorkSubmitted, _at: datetime) -> None:
    activity = state.activities[event.activity]
    activity.owner, activity.round, activity.ticks = event.person, event.round, event.ticks
    activity.behalf = event.on_behalf_of
    editors = (*activity.editors, event.person, *filter(None, (event.on_behalf_of,)))
    activity.editors = tuple(dict.fromkeys(editors))
    activity.waived_on.update(event.waived)
    if activity.gate in state.gates:
        state.gates[activity.gate].waived_on.update(event.waived)


def work_reopened(state: State, event: e.WorkReopened, at: datetime) -> None:
    activity = state.activities[event.activity]
    activity.status, activity.since, activity.ticks = ActivityStatus.OPEN, at, ()


def prioritized(state: State, event: e.Prioritized, _at: datetime) -> None:
    state.ranks[event.target] = event.priority


def copy_sent(state: State, event: e.CopySent, _at: datetime) -> None:
    for person in event.people:
        copy = state.copies.setdefault(person.id, Copy())
        copy.occasions = tuple(dict.fromkeys((*copy.occasions, event.occasion)))


def notice_sent(_state: State, _event: e.NoticeSent, _at: datetime) -> None:
    """Nothing that a later decision asks for."""


def entry_of(target: str) -> tuple[str, int]:
    """GATE#number of a roster's target."""
    gate, _, number = target.partition("#")
    return gate, int(number)


def _with(roster: list[Person], person: Person) -> list[Person]:
    return [*(p for p in roster if p.id != person.id), person]


FOLDS: Folds = {
    e.RosterAsked: roster_asked,
    e.RosterResolved: roster_resolved,
    e.TaskClaimed: task_claimed,
    e.TaskReleased: task_released,
    e.TaskAssigned: task_assigned,
    e.TaskTransferred: task_transferred,
    e.WorkSubmitted: work_submitted,
    e.WorkReopened: work_reopened,
    e.Prioritized: prioritized,
    e.CopySent: copy_sent,
    e.NoticeSent: notice_sent,
}
