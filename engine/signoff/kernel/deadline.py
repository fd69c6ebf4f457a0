"""Deadlines and ladders: setting them and moving them; climbing stands in `ladder`.

A rung fires at most once per deadline value. For the ladder, `due` is the later of the deadline and the moment
it was set, so a late start never jumps to the top rung (DESIGN §7). Must import kernel below `elements`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from signoff.kernel import reach, roster
from signoff.kernel.clock import Pause
from signoff.kernel.events import task, time
from signoff.kernel.run import Run
from signoff.kernel.sight import Sight
from signoff.kernel.state import Activity, ActivityStatus, EntryStatus, Purpose, State
from signoff.kernel.timer import Clockface, held, instant
from signoff.model.expression import ExpressionFault
from signoff.model.gate import Rung
from signoff.model.nodes import HumanTask
from signoff.model.value import Value
from signoff.time import relative

_NOTHING_WAITS = timedelta(days=36_525)  # a hundred years: no rung fires for it


def begin(run: Run, activity: Activity, node: HumanTask, *, reopened: bool = False) -> None:
    """Start the clock of a task that has just opened, or came back to its owner."""
    if node.due is not None:
        due = instant(run, activity.scope, node.due, relative.Purpose.DUE, run.at)
        born_late = due is not None and due < run.at and not reopened
        _set(run, activity, node, due, born_late=born_late)
        if born_late:
            _tell_late(run, activity, node)
    if node.lapses is not None:
        _set_lapse(run, activity, node)


def _tell_late(run: Run, activity: Activity, node: HumanTask) -> None:
    """One notice to the owner and to who leads the owner (DESIGN §7)."""
    sight = run.sight(activity.scope)
    roles = node.owner or tuple(dict.fromkeys(r for a in node.gate.approvals for r in a.by))
    terms = roster.terms(sight, roles, words(run, activity))
    leads = [["lead_of", roster.term(sight, role, words(run, activity))] for role in roles]
    run.emit(task.RosterAsked(run.next("q"), Purpose.LATE, activity.id, node.id, [*terms, *leads]))


def refresh(run: Run) -> None:
    """After dates or steps changed: recompute what hangs on them."""
    for activity in list(run.state.activities.values()):
        node = run.node(activity.scope, activity.node)
        if isinstance(node, HumanTask) and activity.multi is None:
            if activity.status is ActivityStatus.SCHEDULED:
                _reschedule(run, activity, node)
            else:
                _move(run, activity, node)


def count_again(run: Run) -> None:
    """After the instance stood still, or days count otherwise: what comes out otherwise is set anew."""
    for activity in list(run.state.activities.values()):
        node = run.node(activity.scope, activity.node)
        if not isinstance(node, HumanTask) or activity.multi is not None:
            continue
        if activity.status is ActivityStatus.SCHEDULED:
            _reschedule(run, activity, node)
            continue
        if node.due is not None:
            due = _at(run, activity, node.due, relative.Purpose.DUE)
            if due != activity.due:
                _move_to(run, activity, node, due)
            elif node.escalate:
                _move_rung(run, activity, node)
        _set_lapse(run, activity, node)


def adopt(run: Run, activity: Activity, old: HumanTask, node: HumanTask, *, anew: bool) -> None:
    """A task goes on as `node`: what that says otherwise is counted again; `anew`: everything is."""
    if activity.status is ActivityStatus.SCHEDULED:
        if node.opens is None:
            run.emit(time.OpeningMoved(activity.id, run.at))
        elif anew or old.opens != node.opens:
            _reschedule(run, activity, node)
        return
    if anew or (old.due, old.escalate) != (node.due, node.escalate):
        due = None
        if node.due is not None:
            due = _at(run, activity, node.due, relative.Purpose.DUE)
        if due != activity.due or old.escalate != node.escalate:
            _set(run, activity, node, due, moved=due != activity.due)
    if node.lapses is None and activity.lapses is not None:
        run.emit(time.LapseSet(activity.id, None))
    elif anew or old.lapses != node.lapses:
        _set_lapse(run, activity, node)


def _at(run: Run, activity: Activity, when: relative.When, purpose: relative.Purpose) -> datetime | None:
    """When that is for a task, with the time that its clock stood still."""
    return instant(run, activity.scope, when, purpose, activity.since, activity.pauses)


def stand(run: Run, activity: Activity) -> None:
    """No rung is climbed and nothing lapses while the clock stands; the deadline stays in sight."""
    if activity.rung_at is not None:
        run.emit(time.DueSet(activity.id, activity.due, activity.base, activity.rung, None, fresh=False))
    if activity.lapses is not None:
        run.emit(time.LapseSet(activity.id, None))


def go_on(run: Run, activity: Activity, node: HumanTask) -> None:
    """The clock goes on, later by as long as it stood still."""
    if node.due is not None:
        due = _at(run, activity, node.due, relative.Purpose.DUE)
        if due != activity.due:
            _move_to(run, activity, node, due)
        else:
            _move_rung(run, activity, node)
    _set_lapse(run, activity, node)


def _reschedule(run: Run, activity: Activity, node: HumanTask) -> None:
    assert node.opens is not None
    opens = _at(run, activity, node.opens, relative.Purpose.OPENS)
    if opens != activity.opens:
        run.emit(time.OpeningMoved(activity.id, opens))


def _move(run: Run, activity: Activity, node: HumanTask) -> None:
    """A deadline of a new value starts its ladder anew; the same value keeps what was fired."""
    if node.due is not None:
        due = activity.due
        if node.due.dates or node.due.steps:
            due = _at(run, activity, node.due, relative.Purpose.DUE)
        if due != activity.due:
            _move_to(run, activity, node, due)
        elif any(rung.at.dates or rung.at.steps for rung in node.escalate):
            _move_rung(run, activity, node)
    _set_lapse(run, activity, node)


def _move_to(run: Run, activity: Activity, node: HumanTask, due: datetime | None) -> None:
    was_late = activity.due is not None and activity.due < run.at
    late = due is not None and due < run.at and not was_late
    _set(run, activity, node, due, moved=True, born_late=late)
    if late:
        _tell_late(run, activity, node)


def _move_rung(run: Run, activity: Activity, node: HumanTask) -> None:
    if held(run.state, activity.id):
        return
    rungs = ladder(run, activity, node, activity.base)
    times = [*activity.repeats.values(), *(at for at, _ in rungs[activity.rung : activity.rung + 1])]
    at = min(times, default=None)
    if at != activity.rung_at:
        run.emit(time.DueSet(activity.id, activity.due, activity.base, activity.rung, at, fresh=False))


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
    first, at = ahead(rungs, run.at)
    repeats = _repeats(run, activity, node, rungs[:first], base)
    at = min((each for each in (at, *repeats.values()) if each is not None), default=None)
    rows = _rows(run, activity)
    if held(run.state, activity.id):
        at = None
    run.emit(
        time.DueSet(
            activity.id, due, base, first, at, born_late=born_late, moved=moved, rows=rows, repeats=repeats
        )
    )


def _repeats(
    run: Run,
    activity: Activity,
    node: HumanTask,
    passed: Sequence[tuple[datetime, Rung]],
    base: datetime | None,
) -> dict[str, datetime]:
    """When those that count as passed repeat themselves next: the work is not done."""
    sight, found = run.sight(activity.scope), {}
    for at, rung in passed:
        face = Clockface(sight, at, base)
        following = rung.repeat.after(run.at, face, sight.calendar) if rung.repeat is not None else None
        if following is not None:
            found[str(node.escalate.index(rung))] = following[1]
    return found


def ahead(rungs: Sequence[tuple[datetime, Rung]], now: datetime) -> tuple[int, datetime | None]:
    """The first rung that still lies ahead, and when; those before it do not fire."""
    first = next((i for i, (at, _) in enumerate(rungs) if at > now), len(rungs))
    return first, rungs[first][0] if first < len(rungs) else None


def _rows(run: Run, activity: Activity) -> tuple[str, ...]:
    """The entries of its gate that stand in inboxes, as GATE#entry; not those with a clock of their own."""
    gate = run.state.gates.get(activity.gate)
    if gate is None:
        return ()
    found = (f"{gate.id}#{n}" for n, e in enumerate(gate.entries) if e.status is EntryStatus.OPEN)
    return tuple(row for row in found if row not in run.state.clocks)


def _set_lapse(run: Run, activity: Activity, node: HumanTask) -> None:
    if held(run.state, activity.id):
        return
    if node.lapses is not None and activity.status is ActivityStatus.OPEN:
        at = _at(run, activity, node.lapses, relative.Purpose.LAPSES)
        if at != activity.lapses:
            run.emit(time.LapseSet(activity.id, at))


def ladder(
    run: Run, activity: Activity, node: HumanTask, base: datetime | None
) -> list[tuple[datetime, Rung]]:
    """The rungs with their instants, in the order of time."""
    return timed(run.sight(activity.scope), node.escalate, activity.since, base, activity.pauses)


def timed(
    sight: Sight,
    rungs: Sequence[Rung],
    since: datetime | None,
    base: datetime | None,
    own: Sequence[Pause] = (),
) -> list[tuple[datetime, Rung]]:
    """The same of any rungs, from when what they belong to opened and from what they hang on."""
    if base is None:
        return []
    face = Clockface(sight, since, base, own)
    found = [
        (at, rung)
        for rung in rungs
        if (at := rung.at.resolve(face, sight.calendar, purpose=relative.Purpose.RUNG)) is not None
    ]
    return sorted(found, key=lambda pair: pair[0])


def applies(sight: Sight, node: HumanTask, rung: Rung) -> bool:
    """Whether a rung's condition holds; one that cannot be computed tells too, so that no alarm is lost."""
    if rung.condition is None:
        return True
    try:
        local: dict[str, Value] = {"slack": slack(sight, node)} if "slack" in rung.condition.names else {}
        return sight.holds(rung.condition, local)
    except ExpressionFault:
        return True


def slack(sight: Sight, node: HumanTask) -> timedelta:
    """Working days until the nearest deadline of what waits for this task, less the work it takes (language §8)."""
    face = Clockface(sight)
    roll = sight.definition.roll
    waits = [n for n in reach.downstream(sight.definition, node) if isinstance(n, HumanTask) and n.due]
    dues = [
        n.due.resolve(face, sight.calendar, purpose=relative.Purpose.DUE, roll=roll) for n in waits if n.due
    ]
    known = [due for due in dues if due is not None]
    if not known:
        return _NOTHING_WAITS
    calendar = sight.calendar
    today = calendar.day_of(sight.now)
    left = calendar.count_working(today, calendar.day_of(min(known)))
    if node.takes is None:
        return timedelta(days=left)
    ready = calendar.day_of(node.takes.add(sight.now, calendar))
    return timedelta(days=left - calendar.count_working(today, ready))


def words(run: Run, activity: Activity) -> roster.Words:
    """The people behind the words owner, pending, starter and preparer at an activity."""
    return behind(run.state, activity)


def behind(state: State, activity: Activity) -> roster.Words:
    """The same, without a command under way."""
    return partial(_behind, state, activity)


def _behind(state: State, activity: Activity, word: str) -> Sequence[str]:
    gate = state.gates.get(activity.gate)
    match word:
        case "owner":
            return (activity.owner,) if activity.owner else [p.id for p in activity.roster]
        case "pending":
            return roster.pending(activity, gate)
        case "starter":
            return (state.starter.id,) if state.starter else ()
        case "preparer":
            return gate.preparers if gate else activity.editors
        case _:
            return ()


def after(rungs: Sequence[tuple[datetime, Rung]], index: int) -> datetime | None:
    """When the rung behind this one is due; None where there is none."""
    return rungs[index + 1][0] if index + 1 < len(rungs) else None
