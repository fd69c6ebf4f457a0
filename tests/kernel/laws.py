"""The laws that hold after every command, whatever it was; `desk` checks them beside every story."""

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from signoff.errors import Refused
from signoff.kernel import commands as c
from signoff.kernel import seat
from signoff.kernel.decide import decide
from signoff.kernel.effect import Owe, Owed
from signoff.kernel.events import Event
from signoff.kernel.fold import apply
from signoff.kernel.state import (
    Activity,
    ActivityStatus,
    EntryStatus,
    GateStatus,
    State,
    Status,
)
from signoff.kernel.world import World
from signoff.model.nodes import AdHocSubProcess, CallActivity, GateTask, SubProcess, UserTask
from signoff.store.codec import decode_events, decode_state, encode_events, encode_state


def copied(state: State) -> State:
    """A state of its own; several times as fast as `deepcopy`, and it is done at every command."""
    copy: State = pickle.loads(pickle.dumps(state, pickle.HIGHEST_PROTOCOL))
    return copy


@dataclass(slots=True)
class Row:
    """A row of the inbox."""

    node: str
    kind: str
    due: datetime | None = None
    people: tuple[str, ...] = ()
    claimed: str = ""


@dataclass(slots=True)
class Record:
    """What was written down so far: a second state, made from the journal alone."""

    world: World
    replayed: State = field(default_factory=lambda: State("i"))

    def check(
        self, state: State, events: list[Event], inbox: Mapping[str, Row], agenda: Mapping[str, Owe]
    ) -> None:
        before, now = self.replayed.recorded_at, state.recorded_at
        for event in decode_events(encode_events(events)):
            assert now is not None
            apply(self.replayed, event, now)
        assert self.replayed == state, "the journal and the state have drifted apart"
        assert decode_state(*encode_state(state)) == state, "the codec changes the state"
        assert before is None or (now is not None and now >= before), "recorded time ran backwards"
        self._waits(state)
        self._inbox(state, inbox)
        self._agenda(state, agenda)

    def _node(self, state: State, activity: Activity) -> Any:
        return self.world.definition(state.scopes[activity.scope].version).nodes[activity.node]

    def _waits(self, state: State) -> None:
        """What runs waits for something, what has ended for nothing; every reference leads somewhere."""
        if state.status in {Status.RUNNING, Status.SUSPENDED}:
            asking = [g for g in state.gates.values() if g.status is GateStatus.STALE]
            assert state.activities or state.timers or state.incidents or asking, "nothing waits"
        else:
            left = [*state.activities, *state.timers, *state.joins, *state.incidents, *state.questions]
            left += state.inquiries
            assert not left, "an instance that ended left something behind"
        for activity in state.activities.values():
            assert activity.scope in state.scopes
            assert not activity.gate or activity.gate in state.gates
            node = self._node(state, activity)
            if activity.multi is not None or isinstance(node, SubProcess | CallActivity):
                inside = [s for s in state.scopes.values() if s.activity == activity.id]
                stopped = [i for i in state.incidents.values() if i.activity == activity.id]
                assert inside or stopped, f"{activity.node} has lost its inside"
        for scope in state.scopes.values():
            assert not scope.activity or scope.activity in state.activities
            around = self.world.definitions[scope.version].nodes.get(scope.node)
            waits = isinstance(around, AdHocSubProcess) or scope.activity in state.undoing
            assert waits or state.status is not Status.RUNNING or self._alive(state, scope.id), (
                f"{scope} is empty"
            )
        for each in state.waits.values():
            assert each.scope in state.scopes
            assert not each.host or each.host in state.activities
        for timer in state.timers.values():
            assert timer.scope in state.scopes
            assert not timer.host or timer.host in state.activities
        assert all(key.partition("|")[0] in state.scopes for key in state.joins)
        assert all(i.scope in state.scopes for i in state.incidents.values())
        assert all(g.scope in state.scopes for g in state.gates.values())

    def _alive(self, state: State, scope: str) -> bool:
        """A scope is closed in the command that brings it to its end; parked tokens alone are an incident."""
        return (
            any(a.scope == scope for a in state.activities.values())
            or any(s.parent == scope for s in state.scopes.values())
            or any(i.scope == scope for i in state.incidents.values())
            or any(g.status is GateStatus.STALE for g in state.gates.values())
        )

    def _inbox(self, state: State, inbox: Mapping[str, Row]) -> None:
        wanted: dict[str, set[str]] = {}
        for activity in state.activities.values():
            node = self._node(state, activity)
            works = isinstance(node, UserTask) or (isinstance(node, GateTask) and not node.gate.approvals)
            stopped = any(
                i.activity == activity.id and i.retry == "complete" for i in state.incidents.values()
            )
            if (
                works
                and activity.multi is None
                and activity.status is not ActivityStatus.IN_REVIEW
                and not stopped
            ):
                wanted[activity.id] = {p.id for p in activity.roster}
        for gate in state.gates.values():
            if gate.status in {GateStatus.OPEN, GateStatus.STALE}:
                for n, entry in enumerate(gate.entries):
                    if entry.status is EntryStatus.OPEN:
                        wanted[f"{gate.id}#{n}"] = {*seat.asked(entry)}
        wanted |= {inquiry.id: {inquiry.person} for inquiry in state.inquiries.values()}
        assert {id: set(row.people) for id, row in inbox.items()} == wanted
        for activity in state.activities.values():
            if activity.id in inbox:
                assert inbox[activity.id].due == activity.due
                assert inbox[activity.id].claimed == activity.assignee
        assert all(inbox[target].due == clock.due for target, clock in state.clocks.items())

    def _agenda(self, state: State, agenda: Mapping[str, Owe]) -> None:
        timers = {key: owed.at for key, owed in agenda.items() if owed.kind is Owed.TIMER}
        assert timers == {t.id: t.at for t in state.timers.values() if t.at is not None}
        opens = {key: owed.at for key, owed in agenda.items() if owed.kind is Owed.OPEN}
        assert opens == {
            f"{a.id}/open": a.opens
            for a in state.activities.values()
            if a.status is ActivityStatus.SCHEDULED and a.opens is not None
        }
        parked = {q.target for q in state.questions.values()}
        rungs = {key: owed.at for key, owed in agenda.items() if owed.kind is Owed.RUNG}
        assert rungs == {
            f"{a.id}/rung": a.rung_at
            for a in state.activities.values()
            if a.rung_at is not None and a.id not in parked
        } | {
            f"{target}/rung": clock.rung_at
            for target, clock in state.clocks.items()
            if clock.rung_at is not None and target not in parked
        }
        held = {i.activity for i in state.incidents.values()}
        lapses = {key: owed.at for key, owed in agenda.items() if owed.kind is Owed.LAPSE}
        assert lapses == {
            f"{a.id}/lapse": a.lapses
            for a in state.activities.values()
            if a.lapses is not None and (a.id not in held or f"{a.id}/lapse" in lapses)
        }
        jobs = {key for key, owed in agenda.items() if owed.kind is Owed.JOB}
        stopped = {i.activity for i in state.incidents.values() if i.retry == "job"}
        assert jobs == {
            f"{a.id}/job"
            for a in state.activities.values()
            if getattr(self._node(state, a), "handler", "") and a.multi is None and a.id not in stopped
        }
        thrown = {key for key, owed in agenda.items() if owed.kind in (Owed.MESSAGE, Owed.SIGNAL)}
        known = {*state.activities, *state.timers, *state.waits, *state.clocks, *thrown}
        assert all(key.partition("/")[0] in known for key in agenda)


def refused_again(world: World, state: State, command: c.Command) -> None:
    """A refusal depends on nothing but the state: decided on a copy it is the same, and the state stands."""
    copy = copied(state)
    with pytest.raises(Refused):
        decide(world, copy, command)


def same_again(
    world: World,
    before: State,
    command: c.Command,
    events: list[Event],
    answer: Callable[[str, Any, datetime], c.Command],
) -> None:
    """A preview on a copy brings about exactly what the execution did."""
    outcome = decide(world, before, command)
    found = list(outcome.events)
    while outcome.questions:
        question = outcome.questions[0]
        outcome = decide(world, outcome.state, answer(question.id, question.terms, command.at))
        found += outcome.events
    assert encode_events(found) == encode_events(events)
