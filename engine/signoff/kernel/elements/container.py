"""What holds a scope: sub-processes, handlers, called processes, multi-instance bodies (BPMN 2.0.2 §13.2).

A scope is finished when nothing is left in it: no activity, no parked token, no incident. Occurrences of a
recurrence do not keep it: they are closed as missed (DESIGN §7).
"""

from signoff.errors import SignoffError
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import data, flow, gate, time
from signoff.kernel.review import open_entries
from signoff.kernel.run import Run, assign, write
from signoff.kernel.state import Activity, ActivityStatus, GateStatus, Scope, Status, Timer
from signoff.kernel.timer import arm
from signoff.model import nodes
from signoff.model.value import Value

# entering -------------------------------------------------------------------------------------------------


def enter_subprocess(run: Run, scope: str, node: nodes.SubProcess, _via: str) -> str:
    """An activity with a scope inside; a plain one keeps completions and documents where it lies."""
    activity = _begin(run, scope, node)
    home = "" if run.origin else run.state.scopes[scope].home
    _open_scope(run, scope, node, activity, home=home)
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
    run.emit(flow.ScopeOpened(inner, "", scope, activity, version, inner, data={**defaults, **values}))
    _start(run, inner)
    return activity


def enter_multi(run: Run, scope: str, node: nodes.Activity, _via: str) -> str:
    """A body over a list frozen now; an empty one is finished at once (trap 7)."""
    assert node.loop is not None
    found = run.sight(scope).value(node.loop.collection)
    items = list(found) if isinstance(found, (list, tuple)) else []
    activity = _begin(run, scope, node, items)
    body = run.state.activities[activity]
    for _ in range(1 if node.loop.sequential else len(items)):
        _next_occurrence(run, body, node)
    run.touched.add(scope)
    return activity


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
) -> str:
    id = run.next("s")
    version = run.state.scopes[scope].version
    values = {d.name: d.default for d in node.data if d.default is not None and d.formula is None}
    origin = run.origin
    run.emit(
        flow.ScopeOpened(
            id, node.id, scope, activity, version, home or id, origin, position, {**values, **(local or {})}
        )
    )
    _start(run, id)
    return id


def _start(run: Run, scope: str) -> None:
    """Arm the handlers of a scope that has just opened and put a token at its start."""
    definition = run.definition(scope)
    inside = run.state.scopes[scope].node
    for handler in definition.handlers.get(inside, ()):
        arm(run, scope, handler, "")
    run.enter(scope, definition.starts[inside])


def begin_process(run: Run, scope: str) -> None:
    _start(run, scope)


def _next_occurrence(run: Run, body: Activity, node: nodes.Activity) -> None:
    """Start the next instance of a multi-instance body, in a scope of its own."""
    assert body.multi is not None
    assert node.loop is not None
    index = body.multi.started
    if index >= len(body.multi.items):
        return
    local: dict[str, Value] = {node.loop.item: body.multi.items[index], "position": index + 1}
    if isinstance(node, nodes.SubProcess):
        _open_scope(run, body.scope, node, body.id, local=local, position=index + 1)
        return
    inner = run.next("s")
    version = run.state.scopes[body.scope].version
    run.emit(
        flow.ScopeOpened(inner, node.id, body.scope, body.id, version, inner, position=index + 1, data=local)
    )
    run.enter(inner, node.id, origin=body.id)


# handlers -------------------------------------------------------------------------------------------------


def handle(run: Run, timer: Timer, node: nodes.EventSubProcess) -> None:
    """The event of an event sub-process has happened in its scope (trap 6)."""
    if node.interrupting:
        clear(run, timer.scope, "interrupted")
    run.origin = timer.id
    activity = _begin(run, timer.scope, node)
    _open_scope(run, timer.scope, node, activity)
    run.origin = ""


def _is_occurrence(run: Run, activity: Activity) -> bool:
    """Whether this is the open occurrence of a recurrence: it keeps nobody waiting."""
    node = run.node(activity.scope, activity.node)
    if isinstance(node, nodes.EventSubProcess):
        return _recurs(node.event) and not node.interrupting
    return bool(activity.origin) and any(
        _recurs(b.event) and any(f.target == node.id for f in run.definition(activity.scope).outgoing[b.id])
        for b in run.definition(activity.scope).nodes.values()
        if isinstance(b, nodes.BoundaryEvent)
    )


def _recurs(event: nodes.Event) -> bool:
    return isinstance(event, nodes.TimerEvent) and event.every is not None


def close_occurrences(run: Run, host: str) -> None:
    """The host of a recurrence has ended: its open occurrences are missed, and said to be."""
    for activity in list(run.state.activities.values()):
        if activity.origin == host and _is_occurrence(run, activity):
            _miss(run, activity)


def _miss(run: Run, activity: Activity) -> None:
    run.emit(flow.OccurrenceMissed(activity.node, activity.scope, activity.since))
    run.stop(activity, "missed")


# ending ---------------------------------------------------------------------------------------------------


def close_finished(run: Run) -> bool:
    """Close one scope that has come to its end; whether there was one."""
    while run.touched:
        id = run.touched.pop()
        scope = run.state.scopes.get(id)
        if scope is not None and _is_finished(run, scope):
            _close(run, scope)
            return True
        if id in run.state.activities:
            continue
    return False


def _is_finished(run: Run, scope: Scope) -> bool:
    """Nothing is left but occurrences of recurrences, which are closed as missed."""
    state = run.state
    inside = [a for a in state.activities.values() if a.scope == scope.id]
    if any(not _is_occurrence(run, a) for a in inside):
        return False
    if any(key.partition("|")[0] == scope.id for key in state.joins):
        return False
    if any(i.scope == scope.id for i in state.incidents.values()):
        return False
    if scope.home == scope.id and any(
        g.status is GateStatus.STALE and state.scopes[g.scope].home == scope.id for g in state.gates.values()
    ):
        return False
    for activity in inside:
        _miss(run, activity)
    return True


def _close(run: Run, scope: Scope) -> None:
    for timer in [t for t in run.state.timers.values() if t.scope == scope.id]:
        run.emit(time.TimerDropped(timer.id, timer.node))
    activity = run.state.activities.get(scope.activity)
    if activity is None:
        run.emit(flow.InstanceEnded(Status.COMPLETED, "completed"))
        return
    node = run.node(activity.scope, activity.node)
    if activity.multi is not None:
        assert isinstance(node, nodes.Activity)
        _occurrence_done(run, activity, node, scope)
        return
    result = _result(run, scope, node)
    run.emit(flow.ScopeClosed(scope.id))
    finish(run, activity, node, result)


def _result(run: Run, scope: Scope, node: nodes.Node) -> dict[str, Value]:
    if not isinstance(node, nodes.CallActivity):
        return {}
    returns = run.definition(scope.id).returns
    names = run.sight(scope.id).names
    return {name: names.get(name) for name in returns}


def finish(run: Run, activity: Activity, node: nodes.Node, result: Value = None) -> None:
    """The inside is finished: `set`, completion, and on."""
    assert isinstance(node, nodes.Activity)
    assign(run, activity.scope, node.assign, {"result": result})
    close_occurrences(run, activity.id)
    run.leave(
        activity.scope,
        node,
        flow.ElementCompleted(activity.id, node.id, activity.scope, ActivityStatus.PASSED, "passed"),
    )


def _occurrence_done(run: Run, body: Activity, node: nodes.Activity, scope: Scope) -> None:
    """One instance of a body ended: collect, test the condition, start the next or finish."""
    assert body.multi is not None
    assert node.loop is not None
    sight = run.sight(scope.id)
    results = {name: sight.value(expression) for name, expression in node.loop.collect}
    run.emit(flow.OccurrenceFinished(body.id, scope.position, results))
    run.emit(flow.ScopeClosed(scope.id))
    count: dict[str, Value] = {"finished": body.multi.finished, "total_count": len(body.multi.items)}
    if node.loop.until is not None and run.sight(body.scope).holds(node.loop.until, count):
        for inner in [s for s in run.state.scopes.values() if s.activity == body.id]:
            clear(run, inner.id, "enough")
            run.emit(flow.ScopeClosed(inner.id))
    elif body.multi.started < len(body.multi.items):
        if node.loop.sequential:
            _next_occurrence(run, body, node)
        return
    if not any(s.activity == body.id for s in run.state.scopes.values()):
        _finish_body(run, body, node)


def finish_empty_bodies(run: Run) -> bool:
    """A body over an empty list is done as soon as it began."""
    for body in list(run.state.activities.values()):
        if body.multi is not None and not body.multi.items:
            node = run.node(body.scope, body.node)
            assert isinstance(node, nodes.Activity)
            _finish_body(run, body, node)
            return True
    return False


def _finish_body(run: Run, body: Activity, node: nodes.Activity) -> None:
    assert body.multi is not None
    assert node.loop is not None
    ordered = [body.multi.results[k] for k in sorted(body.multi.results, key=int)]
    values: dict[str, Value] = {
        name: [row[name] for row in ordered if isinstance(row, dict)] for name, _ in node.loop.collect
    }
    if values:
        write(run, body.scope, values, node.id)
    finish(run, body, node)


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
        run.emit(flow.ScopeClosed(scope.id))


def terminate(run: Run, scope: str, outcome: str) -> None:
    """A terminate end event: the innermost scope ends; around it all goes on (trap 9)."""
    clear(run, scope, "terminated")
    if run.state.scopes[scope].activity:
        run.touched.add(scope)
    else:
        end(run, Status.COMPLETED if outcome == "completed" else Status.TERMINATED, outcome)


def process_of(run: Run, scope: str) -> str:
    """The scope of the process, or called process, around a scope."""
    while run.state.scopes[scope].node:
        scope = run.state.scopes[scope].parent
    return scope


def end(run: Run, status: Status, outcome: str, reason: str = "") -> None:
    """End the whole instance, with everything that still runs and every approval that is still asked."""
    root = next(s.id for s in run.state.scopes.values() if not s.activity)
    clear(run, root, "ended")
    run.queue.clear()
    for record in list(run.state.gates.values()):
        if record.status is not GateStatus.PASSED:
            run.emit(gate.GateCancelled(record.id, "ended", open_entries(record)))
    run.emit(flow.InstanceEnded(status, outcome, reason))


CONTAINERS = {
    nodes.SubProcess: Plain(enter_subprocess, stop=stop_inside),
    nodes.EventSubProcess: Plain(enter_subprocess, stop=stop_inside),
    nodes.CallActivity: Plain(enter_call, stop=stop_inside),
    nodes.MultiInstance: Plain(enter_multi, stop=stop_inside),
}
