"""What holds a scope: sub-processes, handlers, called processes, multi-instance bodies (BPMN 2.0.2 §13.2).

A scope is finished when nothing is left in it: no activity, no parked token, no incident, no approval that is
asked again. Occurrences of a recurrence do not keep it: they are closed as missed (DESIGN §7).
"""

from signoff.errors import SignoffError
from signoff.kernel import lifecycle
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import aside, data, flow, gate, time
from signoff.kernel.lifecycle import InstanceContext
from signoff.kernel.review import open_entries
from signoff.kernel.run import Run, assign, kind_of, miss, write
from signoff.kernel.state import (
    Activity,
    ActivityStatus,
    GateRecord,
    GateStatus,
    Scope,
    Status,
)
from signoff.kernel.timer import arm
from signoff.model import nodes
from signoff.model.expression import ExpressionFault
from signoff.model.value import Value
from signoff.model.view import full, stored

# entering -------------------------------------------------------------------------------------------------


def enter_subprocess(run: Run, scope: str, node: nodes.SubProcess, _via: str) -> str:
    """An activity with a scope inside; a plain one keeps completions and documents where it lies."""
    activity = _begin(run, scope, node)
    home = "" if run.origin else run.state.scopes[scope].home
    start(run, _open_scope(run, scope, node, activity, home=home))
    return activity


def enter_call(run: Run, scope: str, node: nodes.CallActivity, _via: str) -> str:
    """Another process inside this instance, on the version that is current now."""
    version = run.world.current.get(node.process)
    if version is None:
        run.incident(scope, node.id, SignoffError("no_such_process", process=node.process), retry="enter")
        return ""
    sight = run.sight(scope)
    values = {name: sight.value(expression) for name, expression in node.inputs}
    declared = run.world.definition(version).data
    defaults: dict[str, Value] = {d.name: d.default for d in declared.values() if d.default is not None}
    activity = _begin(run, scope, node)
    inner = run.next("s")
    found = {name: sight.authors(expression.names) for name, expression in node.inputs}
    authors = {name: people for name, people in found.items() if people}
    given = {**defaults, **values}
    run.emit(flow.ScopeOpened(inner, "", scope, activity, version, inner, data=given, authors=authors))
    begin_process(run, inner)
    return activity


def enter_multi(run: Run, scope: str, node: nodes.Activity, _via: str) -> str:
    """A body over a list frozen now; an empty one is finished at once (trap 7)."""
    assert node.loop is not None
    found = run.sight(scope).value(node.loop.collection)
    if not isinstance(found, list | tuple):
        text = node.loop.collection.text
        raise ExpressionFault("null_value", name=text, expression=text)
    items = [stored(item) for item in found]
    run.budget += len(items) * _size(run, scope, node)
    activity = _begin(run, scope, node, items)
    body = run.state.activities[activity]
    for _ in range(1 if node.loop.sequential else len(items)):
        _next_occurrence(run, body, node)
    if not items:
        finish_body(run, body, node)
    return activity


def _size(run: Run, scope: str, node: nodes.Activity) -> int:
    """The elements that one instance may enter without a loop; what they call is not counted."""
    return 1 + sum(1 for n in run.definition(scope).nodes.values() if n.scope == node.id)


def _begin(run: Run, scope: str, node: nodes.Activity, items: list[Value] | None = None) -> str:
    id = run.next("a")
    kind = type(node).__name__ if items is None else "MultiInstance"
    run.emit(
        flow.ElementEntered(id, node.id, scope, kind, ActivityStatus.OPEN, origin=run.origin, items=items)
    )
    return id


def _open_scope(
    run: Run,
    scope: str,
    node: nodes.SubProcess,
    activity: str,
    *,
    home: str = "",
    local: dict[str, Value] | None = None,
    position: int = 0,
    authors: dict[str, tuple[str, ...]] | None = None,
) -> str:
    id = run.next("s")
    version = run.state.scopes[scope].version
    values = {d.name: d.default for d in node.data if d.default is not None and d.formula is None}
    given = {**values, **(local or {})}
    home = home or id
    run.emit(
        flow.ScopeOpened(
            id, node.id, scope, activity, version, home, run.origin, position, given, authors or {}
        )
    )
    _arm_handlers(run, id)
    return id


def reopen(run: Run, scope: str, node: nodes.SubProcess) -> str:
    """A stage that had ended is opened again for a return into it: with its data, without a token; its scope."""
    activity = _begin(run, scope, node)
    home = run.state.scopes[scope].home
    inner = _open_scope(run, scope, node, activity, home=home, local=run.state.scopes[home].kept.get(node.id))
    arm_boundaries(run, run.state.activities[activity])
    return inner


def _arm_handlers(run: Run, scope: str) -> None:
    definition = run.definition(scope)
    for handler in definition.handlers.get(run.state.scopes[scope].node, ()):
        arm(run, scope, handler, "")


def start(run: Run, scope: str) -> None:
    """Put a token at the start of a scope that has just opened."""
    run.enter(scope, run.definition(scope).starts[run.state.scopes[scope].node])


def begin_process(run: Run, scope: str) -> None:
    _arm_handlers(run, scope)
    start(run, scope)


def arm_boundaries(run: Run, activity: Activity) -> None:
    """Arm what sits on an activity that has just opened; on a multi-instance body, not on its instances."""
    if run.state.scopes[activity.scope].node != activity.node:
        for event in run.definition(activity.scope).boundaries.get(activity.node, ()):
            arm(run, activity.scope, event, activity.id)


def _next_occurrence(run: Run, body: Activity, node: nodes.Activity) -> None:
    """Start the next instance of a multi-instance body, in a scope of its own."""
    assert body.multi is not None
    assert node.loop is not None
    index = body.multi.started
    if index >= len(body.multi.items):
        return
    position = index + 1
    local: dict[str, Value] = {node.loop.item: body.multi.items[index], "position": position}
    by = run.sight(body.scope).authors(node.loop.collection.names)
    authors = {node.loop.item: by} if by else {}
    if isinstance(node, nodes.SubProcess):
        start(
            run, _open_scope(run, body.scope, node, body.id, local=local, position=position, authors=authors)
        )
        return
    inner = run.next("s")
    version = run.state.scopes[body.scope].version
    run.emit(
        flow.ScopeOpened(inner, node.id, body.scope, body.id, version, inner, "", position, local, authors)
    )
    run.enter(inner, node.id, origin=body.id)


# handlers -------------------------------------------------------------------------------------------------


def handle(run: Run, scope: str, node: nodes.EventSubProcess, origin: str = "") -> None:
    """The event of an event sub-process has happened in its scope (trap 6); `origin`: the timer that fired."""
    if node.interrupting:
        clear(run, scope, "interrupted")
    run.origin = origin
    activity = _begin(run, scope, node)
    start(run, _open_scope(run, scope, node, activity))
    run.origin = ""


# ending ---------------------------------------------------------------------------------------------------


def close_finished(run: Run) -> bool:
    """Close one scope that has come to its end; whether anything happened."""
    while run.touched:
        id = next(iter(run.touched))
        del run.touched[id]
        scope = run.state.scopes.get(id)
        if scope is None or _is_at_work(run, scope):
            continue
        parked = next((key for key in run.state.joins if key.partition("|")[0] == id), None)
        if parked is None:
            _close(run, scope)
        else:  # nothing in the scope moves any more, so nothing ever comes to this join
            node = parked.partition("|")[2]
            run.incident(id, node, SignoffError("deadlock", element=node), retry="none")
        return True
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
        node = scope.node or run.definition(scope.id).starts[""]
        run.incident(scope.id, node, fault, retry="close")


def _end_process(run: Run, scope: Scope) -> None:
    context = InstanceContext(run.state.status, nothing_left=True)
    moved = lifecycle.move(
        lifecycle.INSTANCE, context, lifecycle.ending(run.definition(scope.id).requests, scope)
    )
    assert moved, "nothing is left in a scope that closes"
    _tidy(run, scope)
    run.emit(flow.InstanceEnded(context.status, context.status.value))


def end_inside(run: Run, activity: Activity, inner: str) -> None:
    """The inside of a sub-process or of a call is finished: `set`, completion, and on."""
    node, scope = run.node(activity.scope, activity.node), run.state.scopes[inner]
    assert isinstance(node, nodes.Activity)
    by = (
        run.sight(inner).authors(run.definition(inner).returns)
        if isinstance(node, nodes.CallActivity)
        else ()
    )
    assign(run, activity.scope, node.assign, {"result": _result(run, scope, node)}, by=by)
    _shut(run, scope)
    _complete(run, activity, node)


def _result(run: Run, scope: Scope, node: nodes.Node) -> Value:
    if not isinstance(node, nodes.CallActivity):
        return None
    names = run.sight(scope.id).names
    return {name: full(names.get(name)) for name in run.definition(scope.id).returns}


def end_occurrence(run: Run, body: Activity, inner: str) -> None:
    """One instance of a body ended: collect, test the condition, start the next or finish (trap 7)."""
    node, scope = run.node(body.scope, body.node), run.state.scopes[inner]
    assert isinstance(node, nodes.Activity)
    assert node.loop is not None
    assert body.multi is not None
    sight = run.sight(scope.id)
    results = {name: stored(sight.value(expression)) for name, expression in node.loop.collect}
    count: dict[str, Value] = {"finished": body.multi.finished + 1, "total_count": len(body.multi.items)}
    enough = node.loop.until is not None and run.sight(body.scope).holds(node.loop.until, count)
    by = sight.authors(name for _, expression in node.loop.collect for name in expression.names)
    run.emit(flow.OccurrenceFinished(body.id, scope.position, results, by))
    _shut(run, scope)
    if enough:
        stop_inside(run, body)
    elif body.multi.started < len(body.multi.items):
        if node.loop.sequential:
            _next_occurrence(run, body, node)
        return
    if not any(s.activity == body.id for s in run.state.scopes.values()):
        finish_body(run, body, node)


def finish_body(run: Run, body: Activity, node: nodes.Activity) -> None:
    """Hand over what the instances gave, in the order of the list; a fault is an incident of the body."""
    assert body.multi is not None
    assert node.loop is not None
    ordered = [body.multi.results[k] for k in sorted(body.multi.results, key=int)]
    values: dict[str, Value] = {
        name: [row[name] for row in ordered if isinstance(row, dict)] for name, _ in node.loop.collect
    }
    try:
        write(run, body.scope, values, node.id, by=body.multi.authors)
        assign(run, body.scope, node.assign, {"result": None})
    except SignoffError as fault:
        run.incident(body.scope, node.id, fault, retry="complete", activity=body.id)
        return
    _complete(run, body, node)


def _complete(run: Run, activity: Activity, node: nodes.Activity) -> None:
    status = lifecycle.activity(activity.status, "finish")
    run.leave(
        activity.scope, node, flow.ElementCompleted(activity.id, node.id, activity.scope, status, "passed")
    )


# stopping -------------------------------------------------------------------------------------------------


def clear(run: Run, scope: str, reason: str) -> None:
    """Stop everything in a scope; the scope itself stays open (trap 6)."""
    state = run.state
    run.queue = type(run.queue)(t for t in run.queue if t.scope != scope)
    for activity in [a for a in state.activities.values() if a.scope == scope]:
        if activity.id in state.activities:
            run.stop(activity, reason)
    for key in [k for k in state.joins if k.partition("|")[0] == scope]:
        run.emit(flow.TokensDropped(scope, key.partition("|")[2]))
    for timer in [t for t in state.timers.values() if t.scope == scope and not t.host]:
        run.emit(time.TimerDropped(timer.id, timer.node))
    for incident in [i for i in state.incidents.values() if i.scope == scope]:
        run.emit(data.IncidentResolved(incident.id))


def stop_inside(run: Run, activity: Activity) -> None:
    """Clear and close every scope inside an activity."""
    for scope in [s for s in run.state.scopes.values() if s.activity == activity.id]:
        clear(run, scope.id, "cancelled")
        _shut(run, scope)


def _shut(run: Run, scope: Scope) -> None:
    _tidy(run, scope)
    run.emit(flow.ScopeClosed(scope.id))


def _tidy(run: Run, scope: Scope) -> None:
    """What a scope still holds that does not keep it: occurrences, timers of its handlers, gates asking again."""
    state = run.state
    for activity in [a for a in state.activities.values() if a.scope == scope.id]:
        if activity.id in state.activities:
            miss(run, activity)
    for timer in [t for t in state.timers.values() if t.scope == scope.id]:
        run.emit(time.TimerDropped(timer.id, timer.node))
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
    nodes.EventSubProcess: Plain(enter_subprocess, end_inside, stop_inside),
    nodes.CallActivity: Plain(enter_call, end_inside, stop_inside),
    nodes.MultiInstance: Plain(enter_multi, end_occurrence, stop_inside),
}
