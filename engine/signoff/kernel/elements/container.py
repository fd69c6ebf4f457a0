"""What holds a scope: sub-processes, the end of a process (BPMN 2.0.2 §13.2). What repeats see `multiple`, what is called `called`,
what happens beside the flow `handler`.

A scope is finished when nothing is left in it: no activity, no parked token, no incident, no approval that is
asked again. Occurrences of a recurrence do not keep it: they are closed as missed (DESIGN §7). An ad-hoc one is
finished when its condition says so.
"""

from signoff.errors import SignoffError
from signoff.kernel import lifecycle
from signoff.kernel.elements import inside
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import aside, data, flow, gate, time, undo
from signoff.kernel.events import wait as waits
from signoff.kernel.lifecycle import InstanceContext
from signoff.kernel.pending import Undo
from signoff.kernel.review import open_entries
from signoff.kernel.run import Run, assign, drop_waits, kind_of, miss
from signoff.kernel.state import (
    Activity,
    GateRecord,
    GateStatus,
    Scope,
    Status,
)
from signoff.model import nodes

# entering -------------------------------------------------------------------------------------------------


def enter_subprocess(run: Run, scope: str, node: nodes.SubProcess, _via: str) -> str:
    """An activity with a scope inside; a plain one keeps completions and documents where it lies."""
    activity = inside.begin(run, scope, node)
    home = "" if run.origin else run.state.scopes[scope].home
    inside.begin_inside(run, inside.open_scope(run, scope, node, activity, home=home))
    return activity


def enter_adhoc(run: Run, scope: str, node: nodes.AdHocSubProcess, _via: str) -> str:
    """A scope without a token: people begin what lies in it."""
    activity = inside.begin(run, scope, node)
    inside.begin_inside(run, inside.open_scope(run, scope, node, activity))
    return activity


def reopen(run: Run, scope: str, node: nodes.SubProcess) -> str:
    """A stage that had ended is opened again for a return into it: with its data, without a token; its scope."""
    activity = inside.begin(run, scope, node)
    home = run.state.scopes[scope].home
    inner = inside.open_scope(
        run, scope, node, activity, home=home, local=run.state.scopes[home].kept.get(node.id)
    )
    inside.prepare(run, inner)
    inside.arm_boundaries(run, run.state.activities[activity])
    return inner


# ending ---------------------------------------------------------------------------------------------------


def close_finished(run: Run) -> bool:
    """Close one scope that has come to its end; whether anything happened."""
    while run.touched:
        id = next(iter(run.touched))
        del run.touched[id]
        scope = run.state.scopes.get(id)
        if scope is None or (scope.node and _goes_on(run, scope)) or _is_at_work(run, scope):
            continue
        parked = next((key for key in run.state.joins if key.partition("|")[0] == id), None)
        if parked is None:
            _close(run, scope)
        else:  # nothing in the scope moves any more, so nothing ever comes to this join
            node = parked.partition("|")[2]
            run.incident(id, node, SignoffError("deadlock", element=node), retry="none")
        return True
    return False


def _goes_on(run: Run, scope: Scope) -> bool:
    """Whether the inside of an ad-hoc sub-process is not finished; what still runs is ended where it says so."""
    node, around = run.node(scope.id, scope.node), run.state.activities.get(scope.activity)
    if not isinstance(node, nodes.AdHocSubProcess) or around is None or around.multi is not None:
        return False
    if node.completion is None or not run.sight(scope.id).holds(node.completion):
        return True
    if node.cancel_remaining:
        clear(run, scope.id, "completed")
    return False


def _is_at_work(run: Run, scope: Scope) -> bool:
    """Whether something is left besides parked tokens and occurrences of recurrences."""
    state = run.state
    occurrences = run.definition(scope.id).occurrences
    for activity in state.activities.values():
        if activity.scope == scope.id and activity.node not in occurrences:
            return True
    return any(i.scope == scope.id for i in state.incidents.values()) or (
        scope.home == scope.id and bool(_asking_again(run, scope.id))
    )


def _asking_again(run: Run, home: str) -> list[GateRecord]:
    """The gates of a home that ask again after their activity has ended."""
    scopes = run.state.scopes
    return [
        g for g in run.state.gates.values() if g.status is GateStatus.STALE and scopes[g.scope].home == home
    ]


def _close(run: Run, scope: Scope) -> None:
    """End a finished scope, and what it is the inside of; a fault keeps it open with an incident."""
    activity = run.state.activities.get(scope.activity)
    try:
        if activity is None:
            _end_process(run, scope)
        else:
            kind = kind_of(run.node(activity.scope, activity.node), activity)
            run.behaviours[kind].resume(run, activity, scope.id)
    except SignoffError as fault:
        run.incident(scope.id, inside.place_of(run, scope.id), fault, retry="close")


def _end_process(run: Run, scope: Scope) -> None:
    context = InstanceContext(run.state.status, nothing_left=True)
    moved = lifecycle.move(
        lifecycle.INSTANCE, context, lifecycle.ending(run.definition(scope.id).requests, scope)
    )
    assert moved, "nothing is left in a scope that closes"
    _tidy(run, scope)
    run.emit(flow.InstanceEnded(context.status, context.status.value))


def end_inside(run: Run, activity: Activity, inner: str) -> None:
    """The inside of a sub-process is finished: `set`, completion, and on."""
    node, scope = run.node(activity.scope, activity.node), run.state.scopes[inner]
    assert isinstance(node, nodes.Activity)
    assign(run, activity.scope, node.assign, {"result": None})
    keep(run, activity.scope, node, scope)
    shut(run, scope)
    complete(run, activity, node)


def keep(run: Run, outer: str, node: nodes.Activity, inner: Scope, *, once: bool = False) -> None:
    """Before a scope closes: what was done in it can be undone, on the data that it has now."""
    definition = run.definition(outer)
    if definition.compensates and (
        inner.undo or node.id in definition.compensators or node.id in definition.undoers
    ):
        version = "" if inner.node else inner.version
        done = Undo(node.id, dict(inner.data), list(inner.undo), version, once)
        run.emit(undo.UndoKept(outer, [done]))


def complete(run: Run, activity: Activity, node: nodes.Activity) -> None:
    status = lifecycle.activity(activity.status, "finish")
    run.leave(
        activity.scope, node, flow.ElementCompleted(activity.id, node.id, activity.scope, status, "passed")
    )


# stopping -------------------------------------------------------------------------------------------------


def clear(run: Run, scope: str, reason: str, *, keep: str = "", listening: bool = False) -> None:
    """Stop everything in a scope but the activity `keep`; the scope itself stays open (trap 6).

    `listening`: its handlers go on listening.
    """
    state = run.state
    run.queue = type(run.queue)(t for t in run.queue if t.scope != scope)
    for activity in [a for a in state.activities.values() if a.scope == scope and a.id != keep]:
        if activity.id in state.activities:
            run.stop(activity, reason)
    for key in [k for k in state.joins if k.partition("|")[0] == scope]:
        run.emit(flow.TokensDropped(scope, key.partition("|")[2]))
    if not listening:
        _stop_listening(run, scope)
    for incident in [i for i in state.incidents.values() if i.scope == scope]:
        run.emit(data.IncidentResolved(incident.id))


def _stop_listening(run: Run, scope: str) -> None:
    """Event sub-processes wait for nothing any more, and half rounds of gateways are over."""
    state = run.state
    for timer in [t for t in state.timers.values() if t.scope == scope and not t.host]:
        run.emit(time.TimerDropped(timer.id, timer.node))
    if state.waits:
        drop_waits(run, [w for w in state.waits.values() if w.scope == scope and not w.host])
    for key in [k for k in state.begun if k.partition("|")[0] == scope]:
        run.emit(waits.RoundOver(scope, key.partition("|")[2]))


def stop_inside(run: Run, activity: Activity) -> None:
    """Clear and close every scope inside an activity."""
    for scope in [s for s in run.state.scopes.values() if s.activity == activity.id]:
        clear(run, scope.id, "cancelled")
        shut(run, scope)


def shut(run: Run, scope: Scope) -> None:
    _tidy(run, scope)
    run.emit(flow.ScopeClosed(scope.id))


def _tidy(run: Run, scope: Scope) -> None:
    """What a scope still holds that does not keep it: occurrences, timers of its handlers, gates asking again."""
    state = run.state
    for activity in [a for a in state.activities.values() if a.scope == scope.id]:
        if activity.id in state.activities:
            miss(run, activity)
    _stop_listening(run, scope.id)
    if scope.home == scope.id:
        for record in _asking_again(run, scope.id):
            run.emit(gate.GateCancelled(record.id, "ended", open_entries(record)))
    if not scope.activity:
        for id in tuple(state.inquiries):
            run.emit(aside.InformationDropped(id))


def terminate(run: Run, scope: str, outcome: str) -> None:
    """A terminate end event: the innermost scope ends; around it all goes on (trap 9)."""
    clear(run, scope, "terminated")
    if run.state.scopes[scope].activity:
        run.touched[scope] = None
    else:
        end(run, "finish" if outcome == Status.COMPLETED else "terminate", outcome)


def process_of(run: Run, scope: str) -> str:
    """The scope of the process, or called process, around a scope."""
    while run.state.scopes[scope].node:
        scope = run.state.scopes[scope].parent
    return scope


def end(run: Run, trigger: str, outcome: str, reason: str = "") -> None:
    """End the whole instance, with everything that still runs and every approval that is still asked."""
    context = InstanceContext(run.state.status, nothing_left=True)
    moved = lifecycle.move(lifecycle.INSTANCE, context, trigger)
    assert moved, f"{trigger} ends what is live"
    root = next(s for s in run.state.scopes.values() if not s.activity)
    clear(run, root.id, "ended")
    _tidy(run, root)
    run.queue.clear()
    run.changed.clear()
    run.emit(flow.InstanceEnded(context.status, outcome, reason))


CONTAINERS = {
    nodes.SubProcess: Plain(enter_subprocess, end_inside, stop_inside),
    nodes.Transaction: Plain(enter_subprocess, end_inside, stop_inside),
    nodes.AdHocSubProcess: Plain(enter_adhoc, end_inside, stop_inside),
}
