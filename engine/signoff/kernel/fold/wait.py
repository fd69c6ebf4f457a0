"""Folds of what is waited for and thrown."""

from datetime import datetime

from signoff.kernel.events import wait as e
from signoff.kernel.fold.table import Folds
from signoff.kernel.pending import Wait
from signoff.kernel.state import State


def wait_armed(state: State, event: e.WaitArmed, at: datetime) -> None:
    state.waits[event.id] = Wait(
        event.id, event.node, event.scope, event.host, event.kind, at, event.name, event.key, event.part
    )


def wait_met(state: State, event: e.WaitMet, _at: datetime) -> None:
    if event.lasting:
        state.waits[event.id].holds = True
    else:
        del state.waits[event.id]


def wait_dropped(state: State, event: e.WaitDropped, _at: datetime) -> None:
    del state.waits[event.id]


def condition_asked(state: State, event: e.ConditionAsked, _at: datetime) -> None:
    state.waits[event.id].holds = event.holds


def part_met(state: State, event: e.PartMet, _at: datetime) -> None:
    state.met.setdefault(f"{event.scope}|{event.node}|{event.host}", []).append(event.part)


def parts_done(state: State, event: e.PartsDone, _at: datetime) -> None:
    del state.met[f"{event.scope}|{event.node}|{event.host}"]


def round_begun(state: State, event: e.RoundBegun, _at: datetime) -> None:
    state.begun[f"{event.scope}|{event.node}"] = list(event.flows)


def round_over(state: State, event: e.RoundOver, _at: datetime) -> None:
    del state.begun[f"{event.scope}|{event.node}"]


def recorded(
    _state: State, _event: e.MessageThrown | e.SignalThrown | e.EscalationRaised, _at: datetime
) -> None:
    """For the record; what follows from it are events of its own, or obligations."""


FOLDS: Folds = {
    e.WaitArmed: wait_armed,
    e.WaitMet: wait_met,
    e.WaitDropped: wait_dropped,
    e.ConditionAsked: condition_asked,
    e.PartMet: part_met,
    e.PartsDone: parts_done,
    e.MessageThrown: recorded,
    e.SignalThrown: recorded,
    e.EscalationRaised: recorded,
    e.RoundBegun: round_begun,
    e.RoundOver: round_over,
}
