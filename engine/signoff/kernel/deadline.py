"""Deadlines and ladders: setting them, moving them, climbing them.

A rung fires at most once per deadline value. For the ladder, `due` is the later of the deadline and the moment
it was set, so a late start never jumps to the top rung (DESIGN §7). Must import kernel below `elements`.
"""

from datetime import datetime

from signoff.kernel import roster
from signoff.kernel.events import task, time
from signoff.kernel.run import Run
from signoff.kernel.state import Activity, ActivityStatus, Person, Purpose
from signoff.kernel.timer import Clockface, instant
from signoff.model.gate import Rung
from signoff.model.nodes import HumanTask
from signoff.time import relative


def begin(run: Run, activity: Activity, node: HumanTask) -> None:
    """Start the clock of a task that has just opened."""
    if node.due is not None:
        due = instant(run, activity.scope, node.due, relative.Purpose.DUE, run.at)
        _set(run, activity, node, due, born_late=due is not None and due < run.at)
    _set_lapse(run, activity, node)


def refresh(run: Run) -> None:
    """After data changed: recompute the deadlines that hang on dates."""
    for activity in list(run.state.activities.values()):
        node = run.node(activity.scope, activity.node)
        if not isinstance(node, HumanTask):
            continue
        if activity.status is ActivityStatus.SCHEDULED:
            _reschedule(run, activity, node)
        elif node.due is not None and node.due.dates:
            due = instant(run, activity.scope, node.due, relative.Purpose.DUE, activity.since)
            if due != activity.due:
                _set(run, activity, node, due, moved=True)
                _set_lapse(run, activity, node)


def _reschedule(run: Run, activity: Activity, node: HumanTask) -> None:
    if node.opens is None:
        return
    opens = instant(run, activity.scope, node.opens, relative.Purpose.OPENS, activity.since)
    if opens != activity.opens:
        run.emit(time.OpeningMoved(activity.id, opens))


def _set(
    run: Run,
    activity: Activity,
    node: HumanTask,
    due: datetime | None,
    *,
    born_late: bool = False,
    moved: bool = False,
) -> None:
    base = max(due, run.at) if due is not None else None
    rungs = ladder(run, activity, node, base)
    first = next((i for i, (at, _) in enumerate(rungs) if at > run.at), len(rungs))
    at = rungs[first][0] if first < len(rungs) else None
    run.emit(time.DueSet(activity.id, due, base, first, at, born_late=born_late, moved=moved))


def _set_lapse(run: Run, activity: Activity, node: HumanTask) -> None:
    if node.lapses is not None:
        at = instant(run, activity.scope, node.lapses, relative.Purpose.LAPSES, activity.since)
        if at is not None:
            run.emit(time.LapseSet(activity.id, at))


def ladder(
    run: Run, activity: Activity, node: HumanTask, base: datetime | None
) -> list[tuple[datetime, Rung]]:
    """The rungs with their instants, in the order of time."""
    if base is None:
        return []
    sight = run.sight(activity.scope)
    face = Clockface(sight, activity.since, base)
    timed = [
        (at, rung)
        for rung in node.escalate
        if (at := rung.at.resolve(face, sight.calendar, purpose=relative.Purpose.RUNG)) is not None
    ]
    return sorted(timed, key=lambda pair: pair[0])


def climb(run: Run, activity: Activity, node: HumanTask) -> None:
    """Work off the rungs that are due, in order; one that tells somebody waits for the directory's answer."""
    rungs = ladder(run, activity, node, activity.base)
    while activity.rung < len(rungs) and rungs[activity.rung][0] <= run.at:
        rung = rungs[activity.rung][1]
        if run.sight(activity.scope).holds(rung.condition):
            sight = run.sight(activity.scope)
            terms = roster.terms(sight, rung.notify, words(run, activity))
            run.emit(task.RosterAsked(run.next("q"), Purpose.RUNG, activity.id, activity.node, terms))
            return
        run.emit(time.RungPassed(activity.id, activity.rung, "condition", _after(rungs, activity.rung)))


def told(run: Run, activity: Activity, node: HumanTask, people: list[Person]) -> None:
    """The directory has answered for the present rung: it fires, and the ladder goes on."""
    rungs = ladder(run, activity, node, activity.base)
    rung = rungs[activity.rung][1]
    distinct = list({p.id: p for p in people}.values())
    run.emit(
        time.RungFired(
            activity.id,
            activity.node,
            activity.rung,
            rung.level,
            rung.say,
            activity.due or run.at,
            distinct,
            _after(rungs, activity.rung),
        )
    )
    climb(run, activity, node)


def words(run: Run, activity: Activity) -> roster.Words:
    """The people behind the words owner, pending, starter and preparer at an activity."""
    gate = run.state.gates.get(activity.gate)
    starter = run.state.starter
    holders = tuple(p.id for p in activity.roster)
    return {
        "owner": (activity.owner,) if activity.owner else holders,
        "pending": roster.pending(activity, gate),
        "starter": (starter.id,) if starter else (),
        "preparer": gate.preparers if gate else activity.editors,
    }


def _after(rungs: list[tuple[datetime, Rung]], index: int) -> datetime | None:
    return rungs[index + 1][0] if index + 1 < len(rungs) else None
