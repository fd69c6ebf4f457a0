"""A question that stops the clock: while it is open, the deadline of its step, its ladder and its timers stand still.

Where the definition says so; it goes on with the last answer, later by as long as it stood. What hangs on a date of the
calendar does not move. Must import kernel below `decide`.
"""

from datetime import timedelta

from signoff.kernel import deadline, hourglass, timer
from signoff.kernel.events import time
from signoff.kernel.pending import Timer
from signoff.kernel.run import Run
from signoff.kernel.state import Activity, ActivityStatus
from signoff.model.nodes import HumanTask
from signoff.model.priority import Standstill


def stop(run: Run, activity: Activity | None) -> None:
    """Somebody was asked something about this task, or the gate on its way out."""
    if activity is None or activity.status is ActivityStatus.SCHEDULED:
        return
    policy = run.definition(activity.scope).questions
    if policy is not Standstill.SHIFT or timer.held(run.state, activity.id):
        return
    run.emit(time.ClockStopped(activity.id, activity.node))
    deadline.stand(run, activity)
    hourglass.stand(run, activity.id)
    for armed in _armed(run, activity.id):
        if armed.at is not None:
            timer.stand(run, armed)


def go_on(run: Run, target: str) -> None:
    """A question was answered; the clock goes on where no other one is open. `target`: what it was about."""
    state = run.state
    gate = state.gates.get(target)
    activity = state.activities.get(gate.activity if gate is not None else target)
    if activity is None or not timer.held(state, activity.id):
        return
    if any(inquiry.target in (activity.id, activity.gate) for inquiry in state.inquiries.values()):
        return
    node = run.node(activity.scope, activity.node)
    assert isinstance(node, HumanTask), "questions are asked about people's steps"
    run.emit(time.ClockWentOn(activity.id, activity.node, _stood(run, activity)))
    deadline.go_on(run, activity, node)
    hourglass.go_on(run, activity.id)
    for armed in _armed(run, activity.id):
        beside = run.node(armed.scope, armed.node)
        assert isinstance(beside, timer.Timed)
        timer.go_on(run, armed, beside)


def _armed(run: Run, activity: str) -> list[Timer]:
    return [armed for armed in run.state.timers.values() if armed.host == activity]


def _stood(run: Run, activity: Activity) -> timedelta:
    """How long; what the whole instance stood still meanwhile counts by itself."""
    since = next(pause.since for pause in activity.pauses if pause.length is None)
    length = run.at - since
    shifts = run.world.definition(run.state.version).standstill is Standstill.SHIFT
    for pause in run.state.pauses:
        end = run.at if pause.length is None else pause.since + pause.length
        if shifts and end > since:
            length -= end - max(pause.since, since)
    return length
