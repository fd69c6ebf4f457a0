"""Folds of the flow: the instance, scopes, tokens, elements."""

from datetime import datetime

from signoff.kernel import clock
from signoff.kernel.clock import Pause
from signoff.kernel.events import flow as e
from signoff.kernel.fold.table import Folds, drop_questions
from signoff.kernel.state import (
    Activity,
    ActivityStatus,
    Completion,
    Multi,
    Purpose,
    Scope,
    State,
    Status,
)


def instance_started(state: State, event: e.InstanceStarted, at: datetime) -> None:
    state.process, state.version = event.process, event.version
    state.title, state.key, state.starter = event.title, event.key, event.starter
    state.status, state.started_at, state.salt = Status.RUNNING, at, event.salt
    if event.counted_by:
        state.calendars[event.counted_by] = event.calendar


def instance_ended(state: State, event: e.InstanceEnded, at: datetime) -> None:
    state.status, state.outcome, state.ended_at = event.status, event.outcome, at


def instance_reopened(state: State, _event: e.InstanceReopened, _at: datetime) -> None:
    state.first_ended = state.first_ended or state.ended_at
    state.status, state.outcome, state.ended_at = Status.RUNNING, "", None


def instance_suspended(state: State, _event: e.InstanceSuspended, at: datetime) -> None:
    state.status = Status.SUSPENDED
    state.pauses.append(Pause(at))


def instance_resumed(state: State, event: e.InstanceResumed, at: datetime) -> None:
    state.status = Status.RUNNING
    over = [pause for pause in state.pauses if pause.length is None]
    state.pauses = [pause for pause in state.pauses if pause.length is not None]
    if event.shifts:
        made = [Pause(pause.since, at - pause.since) for pause in over]
        state.pauses = clock.joined([*state.pauses, *made], clock.moments(state))


def scope_opened(state: State, event: e.ScopeOpened, _at: datetime) -> None:
    state.scopes[event.id] = Scope(
        event.id,
        event.node,
        event.parent,
        event.activity,
        event.version,
        event.home,
        event.origin,
        event.position,
        dict(event.data),  # the event is written as it happened, the data goes on changing
        authors=dict(event.authors),
    )
    body = state.activities.get(event.activity)
    if body is not None and body.multi is not None:
        body.multi.started += 1
    elif body is not None:
        body.inner = event.id


def scope_interrupted(state: State, event: e.ScopeInterrupted, _at: datetime) -> None:
    state.scopes[event.id].interrupted = True


def scope_closed(state: State, event: e.ScopeClosed, _at: datetime) -> None:
    scope = state.scopes.pop(event.id)
    if state.met or state.begun:
        _forget(state, event.id)
    own = scope.home == scope.id
    for gate in [g for g in state.gates.values() if g.scope == scope.id]:
        if own:
            del state.gates[gate.id]
            state.ranks.pop(gate.id, None)
        else:
            gate.scope = scope.parent  # approvals outlive the stage they were given in
    if not own and scope.data:
        state.scopes[scope.home].kept[scope.node] = scope.data


def _forget(state: State, scope: str) -> None:
    """What was half there at events and gateways of a scope that is over."""
    for half in (state.met, state.begun):
        for key in [k for k in half if k.partition("|")[0] == scope]:
            del half[key]


def element_entered(state: State, event: e.ElementEntered, at: datetime) -> None:
    state.activities[event.id] = Activity(
        event.id,
        event.node,
        event.scope,
        event.status,
        at,
        opens=event.opens,
        due=event.due,
        parent=event.parent,
        origin=event.origin,
        multi=None if event.items is None else Multi(event.items),
    )
    home = _home(state, event.scope)
    home.counts[event.node] = home.counts.get(event.node, 0) + 1


def element_opened(state: State, event: e.ElementOpened, at: datetime) -> None:
    activity = state.activities[event.activity]
    activity.status, activity.since = ActivityStatus.OPEN, at


def element_completed(state: State, event: e.ElementCompleted, at: datetime) -> None:
    activity = state.activities[event.activity]
    behalf = activity.behalf if event.by else ""
    _gone(state, event.activity)
    _home(state, event.scope).done[event.node] = Completion(
        event.status, at, event.by, event.approvers, event.print, event.verdict, behalf=behalf
    )


def element_cancelled(state: State, event: e.ElementCancelled, _at: datetime) -> None:
    _gone(state, event.activity)


def _gone(state: State, activity: str) -> None:
    """The activity, and what was asked for it; a copy is still sent."""
    del state.activities[activity]
    state.ranks.pop(activity, None)
    if state.undoing:
        state.undoing.pop(activity, None)
    if state.questions:
        drop_questions(state, lambda q: q.target == activity and q.purpose is not Purpose.COPY)


def element_skipped(state: State, event: e.ElementSkipped, at: datetime) -> None:
    _home(state, event.scope).done[event.node] = Completion(ActivityStatus.SKIPPED, at, verdict="skipped")


def element_reused(state: State, event: e.ElementReused, _at: datetime) -> None:
    done = _home(state, event.scope).done[event.node]
    done.status, done.smart, done.direct = ActivityStatus.PASSED, False, False


def element_passed(state: State, event: e.ElementPassed, _at: datetime) -> None:
    home = _home(state, event.scope)
    home.counts[event.node] = home.counts.get(event.node, 0) + 1


def token_parked(state: State, event: e.TokenParked, _at: datetime) -> None:
    parked = state.joins.setdefault(f"{event.scope}|{event.node}", {})
    parked[event.flow] = parked.get(event.flow, 0) + 1


def join_fired(state: State, event: e.JoinFired, _at: datetime) -> None:
    key = f"{event.scope}|{event.node}"
    parked = state.joins[key]
    for flow in event.flows:
        parked[flow] -= 1
        if not parked[flow]:
            del parked[flow]
    if not parked:
        del state.joins[key]


def tokens_dropped(state: State, event: e.TokensDropped, _at: datetime) -> None:
    del state.joins[f"{event.scope}|{event.node}"]


def region_returned(state: State, event: e.RegionReturned, _at: datetime) -> None:
    home = _home(state, event.scope)
    done = home.done
    for node in event.passed:
        del home.counts[node]
    for node in event.superseded:
        if node in done:
            stood = done[node].smart or done[node].direct or done[node].status is ActivityStatus.PASSED
            done[node].smart = event.smart and stood and node not in event.again
            done[node].direct = event.direct and stood and node not in event.again
            done[node].status = ActivityStatus.SUPERSEDED


def detour_ended(state: State, event: e.DetourEnded, _at: datetime) -> None:
    done = _home(state, event.scope).done
    for node in event.elements:
        done[node].direct = False


def occurrence_finished(state: State, event: e.OccurrenceFinished, _at: datetime) -> None:
    multi = state.activities[event.body].multi
    assert multi is not None, "occurrences belong to multi-instance bodies"
    multi.finished += 1
    if event.results:
        multi.results[str(event.position)] = dict(event.results)
    if event.by:
        multi.authors = tuple(dict.fromkeys((*multi.authors, *event.by)))


def occurrence_missed(_state: State, _event: e.OccurrenceMissed, _at: datetime) -> None:
    """For the record; the cancellation that follows changes the state."""


def _home(state: State, scope: str) -> Scope:
    return state.scopes[state.scopes[scope].home]


FOLDS: Folds = {
    e.InstanceStarted: instance_started,
    e.InstanceEnded: instance_ended,
    e.InstanceReopened: instance_reopened,
    e.InstanceSuspended: instance_suspended,
    e.InstanceResumed: instance_resumed,
    e.ScopeOpened: scope_opened,
    e.ScopeInterrupted: scope_interrupted,
    e.ScopeClosed: scope_closed,
    e.ElementEntered: element_entered,
    e.ElementOpened: element_opened,
    e.ElementCompleted: element_completed,
    e.ElementCancelled: element_cancelled,
    e.ElementSkipped: element_skipped,
    e.ElementReused: element_reused,
    e.ElementPassed: element_passed,
    e.TokenParked: token_parked,
    e.JoinFired: join_fired,
    e.TokensDropped: tokens_dropped,
    e.RegionReturned: region_returned,
    e.DetourEnded: detour_ended,
    e.OccurrenceFinished: occurrence_finished,
    e.OccurrenceMissed: occurrence_missed,
}
