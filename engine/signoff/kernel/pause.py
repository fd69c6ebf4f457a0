"""Standing still: an instance is suspended, and what was counted from before goes on later by as much, if it says so.

The pauses stand in the state, and every moment that something counts from (an opening, a start, a step's end) is later
by those that followed it; so whatever is computed again comes out the same. What hangs on a date of the calendar does
not move. Must import kernel below `decide`.
"""

from datetime import datetime

from signoff.errors import WrongState
from signoff.kernel import deadline, hourglass, lifecycle, roster, timer
from signoff.kernel.commands import Resume, Suspend
from signoff.kernel.events import flow, time
from signoff.kernel.lifecycle import InstanceContext
from signoff.kernel.pending import Hears, Timer
from signoff.kernel.run import Run
from signoff.model.priority import Standstill
from signoff.model.trigger import TimerEvent, parts
from signoff.time import relative


def suspend(run: Run, command: Suspend) -> None:
    """Let the instance and its clocks stand still; by an administrator."""
    roster.check_admin(command.by)
    if not lifecycle.move(lifecycle.INSTANCE, InstanceContext(run.state.status), "suspend"):
        raise WrongState("instance_suspended", instance=run.state.id)
    run.emit(flow.InstanceSuspended(command.reason))


def resume(run: Run, command: Resume) -> None:
    """Let it go on; where the definition says so, with the time that it stood still added to what it counts."""
    roster.check_admin(command.by)
    if not lifecycle.move(lifecycle.INSTANCE, InstanceContext(run.state.status), "resume"):
        raise WrongState("not_suspended", instance=run.state.id)
    policy = run.world.definition(run.state.version).standstill
    waits = [each for each in run.state.waits.values() if each.kind is Hears.MESSAGE]
    listening = {each.id: [each.name, each.key] for each in waits}
    run.emit(flow.InstanceResumed(shifts=policy is Standstill.SHIFT, listening=listening))
    if policy is Standstill.SHIFT:
        deadline.count_again(run)
        hourglass.count_again(run)
        for each in list(run.state.timers.values()):
            _count_again(run, each)


def _count_again(run: Run, armed: Timer) -> None:
    node = run.node(armed.scope, armed.node)
    assert isinstance(node, timer.Timed)
    event = parts(node.event)[armed.part]
    at = _moment(run, armed, event) if isinstance(event, TimerEvent) and armed.at is not None else armed.at
    if at != armed.at:
        run.emit(time.TimerDropped(armed.id, armed.node))
        id, since = run.next("t"), armed.since
        again = (armed.node, armed.scope, armed.host, at, armed.occurrence, since, armed.part)
        run.emit(time.TimerArmed(id, *again))


def _moment(run: Run, armed: Timer, event: TimerEvent) -> datetime | None:
    """When it is due now; a recurrence on days of the calendar stays on them."""
    if event.at is not None:
        return timer.instant(
            run, armed.scope, event.at, relative.Purpose.POINT, armed.since, timer.own(run.state, armed.host)
        )
    every = event.every
    if every is None or every.span is None or every.window or every.start:
        return armed.at
    sight = run.sight(armed.scope)
    return every.occurrence(
        armed.occurrence,
        timer.Clockface(sight, armed.since, own=timer.own(run.state, armed.host)),
        sight.calendar,
    )
