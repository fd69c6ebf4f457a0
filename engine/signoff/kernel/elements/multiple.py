"""What repeats: multi-instance activities and standard loops, a body with a scope for each time (BPMN 2.0.2 §10.3.8).

Boundary events belong to the body, not to its instances (trap 7).
"""

from collections.abc import Mapping

from signoff.errors import SignoffError
from signoff.kernel import missing
from signoff.kernel.elements import container, inside, throwing
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import flow
from signoff.kernel.run import Run, assign, write
from signoff.kernel.state import Activity, Multi, Scope
from signoff.model import nodes
from signoff.model.expression import Expression, ExpressionFault
from signoff.model.value import Value
from signoff.model.view import stored

MOST = 100_000  # instances of one activity

# once per element -----------------------------------------------------------------------------------------


def enter_multi(run: Run, scope: str, node: nodes.Activity, _via: str) -> str:
    """A body over a list frozen now; an empty one is finished at once (trap 7)."""
    loop = _multi(node)
    items = _items(run, scope, loop)
    run.budget += len(items) * _size(run, scope, node)
    activity = inside.begin(run, scope, node, items)
    body = run.state.activities[activity]
    for _ in range(1 if loop.sequential else len(items)):
        _next_instance(run, body, node)
    if not items:
        finish_body(run, body, node)
    return activity


def _multi(node: nodes.Activity) -> nodes.MultiInstance:
    assert node.multi is not None
    return node.multi


def _items(run: Run, scope: str, loop: nodes.MultiInstance) -> list[Value]:
    """What it runs over: the elements of the list, or the numbers from 0. Raises ExpressionFault."""
    if loop.cardinality is not None:
        return list(range(_number(run, scope, loop.cardinality)))
    assert loop.collection is not None
    found = run.sight(scope).value(loop.collection)
    if not isinstance(found, list | tuple):
        text = loop.collection.text
        raise ExpressionFault("null_value", name=text, expression=text)
    return [stored(item) for item in found]


def _number(run: Run, scope: str, expression: Expression) -> int:
    """How many times, as a whole number that is not negative. Raises ExpressionFault."""
    found = run.sight(scope).value(expression)
    try:
        number = int(str(found))
    except ValueError:
        number = -1
    if isinstance(found, bool) or not 0 <= number <= MOST:
        raise ExpressionFault("no_count", expression=expression.text, got=str(found), most=MOST)
    return number


def _size(run: Run, scope: str, node: nodes.Activity) -> int:
    """The elements that one instance may enter without a loop; what they call is not counted."""
    return 1 + sum(1 for n in run.definition(scope).nodes.values() if n.scope == node.id)


def _next_instance(run: Run, body: Activity, node: nodes.Activity) -> None:
    """Start the next instance of a multi-instance body, in a scope of its own."""
    assert body.multi is not None
    loop, index = _multi(node), body.multi.started
    if index >= len(body.multi.items):
        return
    local: dict[str, Value] = {loop.item: body.multi.items[index]} if loop.item else {}
    local["position"] = index + 1
    if run.definition(body.scope).open:
        local["loopCounter"] = index
    by = run.sight(body.scope).authors(loop.collection.names) if loop.collection else ()
    _open(run, body, node, local, index + 1, {loop.item: by} if by and loop.item else {})


def _open(
    run: Run,
    body: Activity,
    node: nodes.Activity,
    local: dict[str, Value],
    position: int,
    authors: dict[str, tuple[str, ...]],
) -> None:
    if isinstance(node, nodes.SubProcess) and not isinstance(node, nodes.AdHocSubProcess):
        inner = inside.open_scope(
            run, body.scope, node, body.id, local=local, position=position, authors=authors
        )
        inside.begin_inside(run, inner)
        return
    inner = run.next("s")
    version = run.state.scopes[body.scope].version
    run.emit(
        flow.ScopeOpened(inner, node.id, body.scope, body.id, version, inner, "", position, local, authors)
    )
    run.enter(inner, node.id, origin=body.id)


def end_instance(run: Run, body: Activity, inner: str) -> None:
    """One instance of a body ended: collect, test the condition, start the next or finish (trap 7)."""
    node, scope = run.node(body.scope, body.node), run.state.scopes[inner]
    assert isinstance(node, nodes.Activity)
    assert body.multi is not None
    loop, sight = _multi(node), run.sight(scope.id)
    results = {name: stored(sight.value(expression)) for name, expression in loop.collect}
    count = counters(body.multi, finished=body.multi.finished + 1)
    enough = loop.until is not None and sight.holds(loop.until, count)
    remarks = _remarks(run, body, loop, scope, count)
    by = sight.authors(name for _, expression in loop.collect for name in expression.names)
    run.emit(flow.OccurrenceFinished(body.id, scope.position, results, by))
    container.keep(run, body.scope, node, scope, once=True)
    container.shut(run, scope)
    for each in remarks:
        throwing.remark(run, body, each)
    if body.id in run.state.activities:
        _go_on(run, body, node, enough=enough)


def _go_on(run: Run, body: Activity, node: nodes.Activity, *, enough: bool) -> None:
    assert body.multi is not None
    if enough:
        container.stop_inside(run, body)
    elif body.multi.started < len(body.multi.items):
        if _multi(node).sequential:
            _next_instance(run, body, node)
        return
    if not any(s.activity == body.id for s in run.state.scopes.values()):
        finish_body(run, body, node)


def counters(multi: Multi, *, finished: int) -> dict[str, Value]:
    """How far a body has come, under the names of the language, of BPMN, and of the files of other engines."""
    total, active = len(multi.items), multi.started - finished
    return {
        "finished": finished,
        "total_count": total,
        "numberOfInstances": total,
        "numberOfActiveInstances": active,
        "numberOfCompletedInstances": finished,
        "numberOfTerminatedInstances": 0,
        "nrOfInstances": total,
        "nrOfActiveInstances": active,
        "nrOfCompletedInstances": finished,
    }


def _remarks(
    run: Run, body: Activity, loop: nodes.MultiInstance, scope: Scope, count: Mapping[str, Value]
) -> list[nodes.Event]:
    """The events that this end throws: each, the first, or those whose condition holds (§10.3.8)."""
    assert body.multi is not None
    match loop.behavior:
        case nodes.Notable.NONE:
            return [remark.event for remark in loop.remarks]
        case nodes.Notable.ONE:
            return [remark.event for remark in loop.remarks if not body.multi.finished]
        case nodes.Notable.COMPLEX:
            sight = run.sight(scope.id)
            return [remark.event for remark in loop.remarks if sight.holds(remark.condition, count)]
    return []


def finish_body(run: Run, body: Activity, node: nodes.Activity) -> None:
    """Hand over what the instances gave, in the order of the list; a fault is an incident of the body."""
    assert body.multi is not None
    collect = node.multi.collect if node.multi else ()
    ordered = [body.multi.results[k] for k in sorted(body.multi.results, key=int)]
    values: dict[str, Value] = {
        name: [row[name] for row in ordered if isinstance(row, dict)] for name, _ in collect
    }
    try:
        write(run, body.scope, values, node.id, by=body.multi.authors)
        assign(run, body.scope, node.assign, {"result": None})
    except SignoffError as fault:
        run.incident(body.scope, node.id, fault, retry="complete", activity=body.id)
        return
    container.complete(run, body, node)


# again and again ------------------------------------------------------------------------------------------


def enter_loop(run: Run, scope: str, node: nodes.Activity, _via: str) -> str:
    """A body that runs as long as its condition holds; tested before the first pass where it says so."""
    loop = _loop(node)
    most = None if loop.maximum is None else _number(run, scope, loop.maximum)
    again = most != 0 and (not loop.test_before or _again(run, scope, loop, 0))
    activity = inside.begin(run, scope, node, [])
    body = run.state.activities[activity]
    if again:
        _next_pass(run, body, node)
    else:
        finish_body(run, body, node)
    return activity


def _loop(node: nodes.Activity) -> nodes.StandardLoop:
    assert isinstance(node.loop, nodes.StandardLoop)
    return node.loop


def _again(run: Run, scope: str, loop: nodes.StandardLoop, passes: int) -> bool:
    """Whether another pass begins after so many. Raises ExpressionFault."""
    sight, said = run.sight(scope), {"loopCounter": passes, "round_no": passes}
    if loop.until is not None and sight.holds(loop.until, said):
        return False
    return sight.holds(loop.condition, said)


def _next_pass(run: Run, body: Activity, node: nodes.Activity) -> None:
    assert body.multi is not None
    number = body.multi.started
    run.budget += 0 if number else _size(run, body.scope, node)
    local: dict[str, Value] = {"loopCounter": number, "round_no": number + 1}
    _open(run, body, node, local, number + 1, {})


def end_pass(run: Run, body: Activity, inner: str) -> None:
    """One pass ended: again, or on. Raises SignoffError where it would be one pass more than there may be."""
    node, scope = run.node(body.scope, body.node), run.state.scopes[inner]
    assert isinstance(node, nodes.Activity)
    assert body.multi is not None
    loop, passes = _loop(node), body.multi.started
    most = None if loop.maximum is None else _number(run, body.scope, loop.maximum)
    again = (most is None or passes < most) and _again(run, scope.id, loop, passes)
    if again and 0 < loop.limit <= passes:  # told before anything has changed: a retry asks again
        raise SignoffError("too_many_passes", step=missing.texts(node.label, node.id), most=loop.limit)
    run.emit(flow.OccurrenceFinished(body.id, scope.position))
    container.keep(run, body.scope, node, scope, once=True)
    container.shut(run, scope)
    if again:
        _next_pass(run, body, node)
    else:
        finish_body(run, body, node)


MULTIPLE = {
    nodes.MultiInstance: Plain(enter_multi, end_instance, container.stop_inside),
    nodes.StandardLoop: Plain(enter_loop, end_pass, container.stop_inside),
}
