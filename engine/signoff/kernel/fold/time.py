"""Folds of time."""

from datetime import datetime

from signoff.kernel.clock import Pause
from signoff.kernel.events import time as e
from signoff.kernel.fold.table import Folds, drop_questions
from signoff.kernel.pending import Timer
from signoff.kernel.state import Purpose, State


def timer_armed(state: State, event: e.TimerArmed, at: datetime) -> None:
    state.timers[event.id] = Timer(
        event.id,
        event.node,
        event.scope,
        event.host,
        event.at,
        event.occurrence,
        event.since or at,
        event.part,
    )


def timer_gone(state: State, event: e.TimerFired | e.TimerDropped, _at: datetime) -> None:
    del state.timers[event.id]


def occurrences_skipped(_state: State, _event: e.OccurrencesSkipped, _at: datetime) -> None:
    """Nothing: the timer that is armed next knows its number."""


def due_set(state: State, event: e.DueSet, at: datetime) -> None:
    activity = state.activities[event.activity]
    activity.due, activity.base = event.due, event.base
    if event.fresh:
        activity.repeats = dict(event.repeats)
    if event.moved and (event.due is None or event.due > at):
        activity.holds = ()  # it is late no longer
    activity.rung, activity.rung_at = event.rung, event.rung_at
    if state.questions:
        drop_questions(state, lambda q: q.target == activity.id and q.purpose is Purpose.RUNG)


def calendar_taken(state: State, event: e.CalendarTaken, _at: datetime) -> None:
    state.calendars[event.name] = event.version


def opening_moved(state: State, event: e.OpeningMoved, _at: datetime) -> None:
    state.activities[event.activity].opens = event.opens


def lapse_set(state: State, event: e.LapseSet, _at: datetime) -> None:
    state.activities[event.activity].lapses = event.at


def rung_gone(state: State, event: e.RungFired | e.RungPassed, _at: datetime) -> None:
    activity = state.activities[event.activity]
    if not event.again:
        activity.rung = event.rung + 1
    activity.rung_at = event.next_at
    activity.repeats.pop(str(event.number), None)
    if event.repeat_at is not None:
        activity.repeats[str(event.number)] = event.repeat_at
    if isinstance(event, e.RungFired):
        activity.holds = tuple(dict.fromkeys((*activity.holds, *event.holds)))


def clock_stopped(state: State, event: e.ClockStopped, at: datetime) -> None:
    state.activities[event.activity].pauses.append(Pause(at))


def clock_went_on(state: State, event: e.ClockWentOn, _at: datetime) -> None:
    for pause in state.activities[event.activity].pauses:
        if pause.length is None:
            pause.length = event.length


def hold_released(state: State, event: e.HoldReleased, _at: datetime) -> None:
    state.activities[event.activity].holds = ()


FOLDS: Folds = {
    e.TimerArmed: timer_armed,
    e.TimerFired: timer_gone,
    e.TimerDropped: timer_gone,
    e.OccurrencesSkipped: occurrences_skipped,
    e.DueSet: due_set,
    e.CalendarTaken: calendar_taken,
    e.OpeningMoved: opening_moved,
    e.LapseSet: lapse_set,
    e.RungFired: rung_gone,
    e.RungPassed: rung_gone,
    e.HoldReleased: hold_released,
    e.ClockStopped: clock_stopped,
    e.ClockWentOn: clock_went_on,
}
