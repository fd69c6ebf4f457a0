"""Instants: what deadlines and timers count from, and the arming of timers.

Must import model, time and kernel below `elements`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from signoff.errors import UnreadablePhrase
from signoff.kernel.clock import Pause, later
from signoff.kernel.events import time
from signoff.kernel.pending import Timer
from signoff.kernel.run import Run
from signoff.kernel.sight import Sight
from signoff.kernel.state import State
from signoff.model.expression import ExpressionFault
from signoff.model.nodes import (
    BoundaryEvent,
    EventSubProcess,
    IntermediateCatchEvent,
    StartEvent,
    TimerEvent,
    parts,
)
from signoff.model.value import Value
from signoff.time.calendar import Calendar
from signoff.time.recurrence import CAUGHT_UP, Every, Missed
from signoff.time.relative import Moments, Purpose, Span, When, is_cron, parse_cycle, parse_iso_when

Timed = BoundaryEvent | EventSubProcess | IntermediateCatchEvent | StartEvent


class Clockface(Moments):
    """The moments of one scope: named dates from its data, steps from what was done."""

    __slots__ = ("_due", "_opened", "_own", "sight")

    def __init__(
        self,
        sight: Sight,
        opened: datetime | None = None,
        due: datetime | None = None,
        own: Sequence[Pause] = (),
    ) -> None:
        """`own`: the pauses of the task alone that the moments are for."""
        self.sight = sight
        self._opened = opened
        self._due = due
        self._own = own

    def date(self, id: str) -> tuple[date, date] | None:
        named = self.sight.definition.dates.get(id)
        if named is None:
            return None
        try:
            first = _day(self.sight.value(named.first))
            last = _day(self.sight.value(named.last)) if named.last else first
        except ExpressionFault:
            return None
        return (first, last) if first and last else None

    def step(self, id: str) -> datetime | None:
        return self._later(self.sight.done_at(id))

    @property
    def opened(self) -> datetime | None:
        return self._later(self._opened)

    @property
    def due(self) -> datetime | None:
        return self._due

    @property
    def started(self) -> datetime | None:
        return self._later(self.sight.state.started_at)

    def _later(self, moment: datetime | None) -> datetime | None:
        """A moment as it counts: the instance, or the task, may have stood still since."""
        pauses = [*self.sight.state.pauses, *self._own] if self._own else self.sight.state.pauses
        return later(moment, pauses) if moment is not None and pauses else moment


def _day(value: Value) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def own(state: State, host: str) -> Sequence[Pause]:
    """The pauses of the task that a timer sits on."""
    activity = state.activities.get(host)
    return activity.pauses if activity is not None else ()


def held(state: State, host: str) -> bool:
    """Whether the clock of this task stands still now."""
    return any(pause.length is None for pause in own(state, host))


def instant(
    run: Run,
    scope: str,
    when: When,
    purpose: Purpose,
    opened: datetime | None,
    own: Sequence[Pause] = (),
) -> datetime | None:
    """When that is, seen from a scope; None while something it counts from is unknown."""
    sight = run.sight(scope)
    face = Clockface(sight, opened, own=own)
    return when.resolve(face, sight.calendar, purpose=purpose, roll=sight.definition.roll)


def arm(run: Run, scope: str, node: Timed, host: str, part: int = 0) -> None:
    """Arm the timer of a node, counting from now; while its date is unknown it sleeps."""
    occurrence, at = _next(run, scope, event_of(run, scope, node, part), opened=run.at)
    run.emit(time.TimerArmed(run.next("t"), node.id, scope, host, at, occurrence, part=part))


def event_of(run: Run, scope: str, node: Timed, part: int) -> TimerEvent:
    """The timer of a node, of several the one in that place; a text that is computed is read now.

    Raises ExpressionFault.
    """
    found = parts(node.event)[part]
    assert isinstance(found, TimerEvent), f"{node.id} carries no timer"
    if found.text is None:
        return found
    said = run.sight(scope).value(found.text)
    try:
        return _read(said, found)
    except UnreadablePhrase as problem:
        raise ExpressionFault("no_time", text=str(said), expression=found.text.text) from problem


def _read(said: Value, event: TimerEvent) -> TimerEvent:
    if isinstance(said, datetime | date):
        said = said.isoformat()
    if isinstance(said, timedelta):
        return TimerEvent(at=When.within(Span(seconds=int(said.total_seconds()))))
    text = str(said)
    if text.startswith("R") or is_cron(text):
        return TimerEvent(every=parse_cycle(text), missed=event.missed)
    return TimerEvent(at=parse_iso_when(text))


class _Recurrence(NamedTuple):
    """The recurrence of a timer and what it counts from, read once for a firing."""

    event: TimerEvent
    every: Every
    face: Clockface
    calendar: Calendar

    def passed(self, at: datetime) -> int:
        return self.every.passed(at, self.face, self.calendar)

    def is_late(self, number: int, at: datetime) -> bool:
        return self.every.is_late(number, at, self.face, self.calendar)


def arm_again(run: Run, timer: Timer, node: Timed) -> None:
    """Arm the occurrence after one that fired; what was missed since then fires as its policy says."""
    found = _recurrence(run, timer, node)
    assert found is not None, f"{node.id} carries no recurrence"
    passed = found.passed(run.at)
    number = max(timer.occurrence, passed - CAUGHT_UP if found.event.missed is Missed.ALL else passed) + 1
    _arm_at(run, timer, found, timer.occurrence + 1, number)


def skips(run: Run, timer: Timer, node: Timed) -> bool:
    """Whether a timer that is due comes too late to fire; then what is not too late is armed in its place."""
    found = _recurrence(run, timer, node)
    if found is None or found.event.missed is not Missed.SKIP:
        return False
    last = found.passed(run.at)
    first = last + found.is_late(last, run.at)
    if first <= timer.occurrence:
        return False
    run.emit(time.TimerDropped(timer.id, timer.node))
    _arm_at(run, timer, found, timer.occurrence, first)
    return True


def _arm_at(run: Run, timer: Timer, found: _Recurrence, next: int, number: int) -> None:
    """Arm the occurrence of that number; from `next`, whose turn it would be, up to it they are skipped."""
    if number > next:
        run.emit(time.OccurrencesSkipped(timer.node, timer.scope, next, number - 1))
    at = found.every.occurrence(number, found.face, found.calendar)
    occurrence = number if at is not None else 0
    run.emit(
        time.TimerArmed(
            run.next("t"), timer.node, timer.scope, timer.host, at, occurrence, timer.since, timer.part
        )
    )


def _recurrence(run: Run, timer: Timer, node: Timed) -> _Recurrence | None:
    """None for a timer that names one moment."""
    event = event_of(run, timer.scope, node, timer.part)
    if event.every is None:
        return None
    sight = run.sight(timer.scope)
    return _Recurrence(
        event, event.every, Clockface(sight, timer.since, own=own(run.state, timer.host)), sight.calendar
    )


def rearm(run: Run) -> None:
    """After data changed: timers that hang on dates move with them, and sleeping ones may get their date."""
    for timer in list(run.state.timers.values()):
        node = run.node(timer.scope, timer.node)
        assert isinstance(node, Timed)
        event = parts(node.event)[timer.part]
        phrase = event.every or event.at if isinstance(event, TimerEvent) else None
        if phrase is None or not phrase.dates or not isinstance(event, TimerEvent):
            continue
        if held(run.state, timer.host):
            continue
        occurrence, at = _next(run, timer.scope, event, opened=timer.since, own=own(run.state, timer.host))
        if at != timer.at:
            run.emit(time.TimerDropped(timer.id, timer.node))
            run.emit(
                time.TimerArmed(
                    run.next("t"),
                    timer.node,
                    timer.scope,
                    timer.host,
                    at,
                    occurrence,
                    timer.since,
                    timer.part,
                )
            )


def _next(
    run: Run, scope: str, event: TimerEvent, *, opened: datetime, own: Sequence[Pause] = ()
) -> tuple[int, datetime | None]:
    sight = run.sight(scope)
    if event.every is not None:
        return event.every.after(run.at, Clockface(sight, opened, own=own), sight.calendar) or (0, None)
    assert event.at is not None
    return 1, instant(run, scope, event.at, Purpose.POINT, opened, own)


def stand(run: Run, armed: Timer) -> None:
    """A timer of a task whose clock stands still sleeps."""
    run.emit(time.TimerDropped(armed.id, armed.node))
    again = (armed.node, armed.scope, armed.host, None, armed.occurrence, armed.since, armed.part)
    run.emit(time.TimerArmed(run.next("t"), *again))


def go_on(run: Run, armed: Timer, node: Timed) -> None:
    """It goes on later by as long as it stood still; of a recurrence the next occurrence."""
    event = event_of(run, armed.scope, node, armed.part)
    number, at = _next(run, armed.scope, event, opened=armed.since, own=own(run.state, armed.host))
    run.emit(time.TimerDropped(armed.id, armed.node))
    again = (armed.node, armed.scope, armed.host, at, number, armed.since, armed.part)
    run.emit(time.TimerArmed(run.next("t"), *again))
