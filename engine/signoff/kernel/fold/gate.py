"""Folds of gates."""

from datetime import datetime

from signoff.kernel.clock import Clock
from signoff.kernel.events import gate as e
from signoff.kernel.fold.table import Folds, drop_questions
from signoff.kernel.state import (
    ActivityStatus,
    Entry,
    EntryStatus,
    GateRecord,
    GateStatus,
    Purpose,
    State,
    Vote,
)


def gate_opened(state: State, event: e.GateOpened, at: datetime) -> None:
    state.gates[event.id] = GateRecord(
        event.id,
        event.node,
        event.scope,
        event.activity,
        GateStatus.OPEN,
        at,
        event.round,
        event.subject,
        event.bound,
        event.preparers,
        [Entry() for _ in range(event.entries)],
        waived=dict(state.activities[event.activity].waived),
        waived_on=dict(state.activities[event.activity].waived_on),
    )
    activity = state.activities[event.activity]
    activity.gate, activity.status = event.id, ActivityStatus.IN_REVIEW


def entry_skipped(state: State, event: e.EntrySkipped, _at: datetime) -> None:
    state.gates[event.gate].entries[event.entry].status = EntryStatus.SKIPPED


def entry_passed(state: State, event: e.EntryPassed, _at: datetime) -> None:
    state.gates[event.gate].entries[event.entry].status = EntryStatus.PASSED


def entry_declined(state: State, event: e.EntryDeclined, _at: datetime) -> None:
    state.gates[event.gate].entries[event.entry].status = EntryStatus.DECLINED


def vote_cast(state: State, event: e.VoteCast, at: datetime) -> None:
    state.gates[event.gate].entries[event.entry].votes[event.on_behalf_of or event.person] = Vote(
        event.person,
        event.decision,
        at,
        event.subject,
        event.meaning,
        event.strength,
        event.role,
        event.note,
        event.mode,
        event.on_behalf_of,
        event.grant,
    )


def gate_passed(state: State, event: e.GatePassed, at: datetime) -> None:
    gate = state.gates[event.gate]
    gate.status, gate.since = GateStatus.PASSED, at


def gate_returned(state: State, event: e.GateReturned, _at: datetime) -> None:
    gate = state.gates[event.gate]
    gate.status = GateStatus.RETURNED
    for number, entry in enumerate(gate.entries):
        if entry.status is not EntryStatus.PASSED:
            gate.entries[number] = Entry()
    _unasked(state, gate.id)


def gate_ended(state: State, event: e.GateDeclined | e.GateCancelled, _at: datetime) -> None:
    gate = state.gates.pop(event.gate)
    state.ranks.pop(gate.id, None)
    _unasked(state, gate.id)
    activity = state.activities.get(gate.activity)
    if activity is not None and activity.gate == gate.id:
        activity.gate = ""


def asked_again(state: State, event: e.VotesVoided | e.GateReopened, at: datetime) -> None:
    gate = state.gates[event.gate]
    gate.round, gate.subject, gate.bound, gate.since = event.round, event.subject, event.bound, at
    gate.preparers, gate.changed = event.preparers, event.changed
    for number in event.voided:
        gate.entries[number] = Entry()
    _unasked(state, gate.id, event.voided)
    gate.status = GateStatus.STALE if isinstance(event, e.GateReopened) else _asking(gate.status)
    if isinstance(event, e.VotesVoided) and event.activity:
        gate.activity, gate.scope = event.activity, state.activities[event.activity].scope
        gate.status = GateStatus.OPEN
        taker = state.activities[event.activity]
        taker.gate = gate.id
        gate.waived.update(taker.waived)
        gate.waived_on.update(taker.waived_on)
    activity = state.activities.get(gate.activity)
    if activity is not None and activity.gate == gate.id:
        activity.status = ActivityStatus.IN_REVIEW


def _unasked(state: State, gate: str, entries: list[int] | None = None) -> None:
    """Who was to be found for these entries (None: for any) is not wanted any more."""
    if state.questions:
        targets = None if entries is None else {f"{gate}#{n}" for n in entries}
        drop_questions(
            state, lambda q: q.target in targets if targets is not None else q.target.startswith(f"{gate}#")
        )


def _asking(status: GateStatus) -> GateStatus:
    return GateStatus.STALE if status is GateStatus.STALE else GateStatus.OPEN


def rule_waived(state: State, event: e.RuleWaived, _at: datetime) -> None:
    activity = state.activities.get(event.activity)
    gate = state.gates.get(activity.gate if activity else event.activity)
    for holder in (activity, gate):
        if holder is not None:
            holder.waived[event.rule] = event.person
            holder.waived_on.pop(event.rule, None)
            if event.on:
                holder.waived_on[event.rule] = event.on


def rule_warned(_state: State, _event: e.RuleWarned, _at: datetime) -> None:
    """For the record."""


def entry_due_set(state: State, event: e.EntryDueSet, _at: datetime) -> None:
    state.clocks[event.target] = Clock(event.due, event.base, event.rung, event.rung_at)
    _untold(state, event.target)


def entry_rung_gone(state: State, event: e.EntryRungFired | e.EntryRungPassed, _at: datetime) -> None:
    clock = state.clocks[event.target]
    clock.rung, clock.rung_at = event.rung + 1, event.next_at


def entry_clock_stopped(state: State, event: e.EntryClockStopped, _at: datetime) -> None:
    del state.clocks[event.target]
    _untold(state, event.target)


def _untold(state: State, target: str) -> None:
    """Who was to be told by a rung of before is not wanted any more."""
    if state.questions:
        drop_questions(state, lambda q: q.target == target and q.purpose is Purpose.RUNG)


FOLDS: Folds = {
    e.GateOpened: gate_opened,
    e.EntrySkipped: entry_skipped,
    e.EntryPassed: entry_passed,
    e.EntryDeclined: entry_declined,
    e.VoteCast: vote_cast,
    e.GatePassed: gate_passed,
    e.GateDeclined: gate_ended,
    e.GateReturned: gate_returned,
    e.GateCancelled: gate_ended,
    e.VotesVoided: asked_again,
    e.GateReopened: asked_again,
    e.RuleWaived: rule_waived,
    e.RuleWarned: rule_warned,
    e.EntryDueSet: entry_due_set,
    e.EntryRungFired: entry_rung_gone,
    e.EntryRungPassed: entry_rung_gone,
    e.EntryClockStopped: entry_clock_stopped,
}
