"""Counting by a calendar's newest version: what an instance takes on when days off and workdays have become known.

Only what comes out otherwise moves, each with an event of its own; what was fired stays fired. Must import kernel below
`decide`.
"""

from datetime import datetime

from signoff.kernel import deadline, hourglass, outlook, timer
from signoff.kernel.commands import Recalculate
from signoff.kernel.events import time
from signoff.kernel.pending import Timer
from signoff.kernel.run import Run
from signoff.kernel.timer import Clockface
from signoff.model.trigger import TimerEvent, parts
from signoff.time import relative


def recalculate(run: Run, _command: Recalculate) -> None:
    """Take the newest version of each calendar that something here is counted by; nothing where that is so already."""
    names = sorted({run.world.definition(scope.version).calendar for scope in run.state.scopes.values()})
    taken = [name for name in names if _take(run, name)]
    if not taken:
        return
    deadline.count_again(run)
    hourglass.count_again(run)
    for armed in list(run.state.timers.values()):
        _count_again(run, armed)


def _take(run: Run, name: str) -> bool:
    newest, before = run.world.calendars[name].version, run.state.calendars.get(name, "")
    if newest == before:
        return False
    run.emit(time.CalendarTaken(name, newest, before, _moved(run, name, newest)))
    return True


def _moved(run: Run, name: str, newest: str) -> dict[str, datetime]:
    """Of the steps not begun, the deadlines that come out otherwise."""
    root = next(scope.id for scope in run.state.scopes.values() if not scope.activity)
    sight = run.sight(root)
    if sight.definition.calendar != name:
        return {}
    begun = {activity.node for activity in run.state.activities.values()}
    was, then = outlook.planned(sight), run.world.calendar(run.state.version, {name: newest})
    now = outlook.planned(sight, then)
    return {
        step: due
        for step, due in now.items()
        if due != was.get(step) and step not in begun and sight.done(step) is None
    }


def _count_again(run: Run, armed: Timer) -> None:
    """Arm a timer anew that comes out at another time; one that is due already stays due."""
    node = run.node(armed.scope, armed.node)
    assert isinstance(node, timer.Timed)
    event = parts(node.event)[armed.part]
    if armed.at is None or not isinstance(event, TimerEvent):
        return
    number, at = _next(run, armed, armed.at, event)
    if (number, at) != (armed.occurrence, armed.at):
        run.emit(time.TimerDropped(armed.id, armed.node))
        id, since = run.next("t"), armed.since
        again = (armed.node, armed.scope, armed.host, at, number, since, armed.part)
        run.emit(time.TimerArmed(id, *again))


def _next(run: Run, armed: Timer, at: datetime, event: TimerEvent) -> tuple[int, datetime | None]:
    """Its occurrence and its instant as days count now."""
    if event.every is not None:
        sight = run.sight(armed.scope)
        face = Clockface(sight, armed.since, own=timer.own(run.state, armed.host))
        if at > run.at:
            return event.every.after(run.at, face, sight.calendar) or (0, None)
        return max(1, event.every.passed(at, face, sight.calendar)), at
    if event.at is None or at <= run.at:
        return armed.occurrence, at
    return armed.occurrence, timer.instant(
        run, armed.scope, event.at, relative.Purpose.POINT, armed.since, timer.own(run.state, armed.host)
    )
