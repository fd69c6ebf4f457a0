"""Call activities: another process inside this instance, as a scope with a definition of its own (BPMN 2.0.2 §10.3.6)."""

from signoff.errors import SignoffError
from signoff.kernel.elements import container, inside
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import flow, time
from signoff.kernel.run import Run, assign, write
from signoff.kernel.state import Activity, Scope
from signoff.model import nodes
from signoff.model.value import Value
from signoff.model.view import full, stored


def enter_call(run: Run, scope: str, node: nodes.CallActivity, _via: str) -> str:
    """Another process inside this instance, on the version that is current now."""
    sight = run.sight(scope)
    process = node.process if node.named is None else str(sight.value(node.named))
    version = run.world.current.get(process)
    if version is None:
        run.incident(scope, node.id, SignoffError("no_such_process", process=process, hint=""), retry="enter")
        return ""
    values = sight.everything() if node.passes else {}
    values |= {name: sight.value(expression) for name, expression in node.inputs}
    declared = run.world.definition(version).data
    defaults: dict[str, Value] = {d.name: d.default for d in declared.values() if d.default is not None}
    activity = inside.begin(run, scope, node)
    take_calendar(run, version)
    inner = run.next("s")
    found = {name: sight.authors(expression.names) for name, expression in node.inputs}
    authors = {name: people for name, people in found.items() if people}
    given = {**defaults, **values}
    run.emit(flow.ScopeOpened(inner, "", scope, activity, version, inner, data=given, authors=authors))
    inside.begin_inside(run, inner)
    return activity


def take_calendar(run: Run, version: str) -> None:
    """A calendar that nothing here was counted by is taken in its newest version."""
    name = run.world.definition(version).calendar
    if name not in run.state.calendars:
        run.emit(time.CalendarTaken(name, run.world.calendars[name].version))


def end_call(run: Run, activity: Activity, inner: str) -> None:
    """The called process is finished: what it gives back, `set`, completion, and on."""
    node, scope = run.node(activity.scope, activity.node), run.state.scopes[inner]
    assert isinstance(node, nodes.CallActivity)
    by = run.sight(inner).authors(run.definition(inner).returns)
    assign(run, activity.scope, node.assign, {"result": _result(run, scope)}, by=by)
    _hand_back(run, activity.scope, scope, node)
    container.keep(run, activity.scope, node, scope)
    container.shut(run, scope)
    container.complete(run, activity, node)


def _hand_back(run: Run, outer: str, inner: Scope, node: nodes.CallActivity) -> None:
    """What a called process gives to its caller, under the caller's names."""
    sight = run.sight(inner.id)
    values = dict(inner.data) if node.hands_back else {}
    values |= {name: stored(sight.value(expression)) for name, expression in node.outputs}
    if values:
        write(run, outer, values, node.id)


def _result(run: Run, scope: Scope) -> Value:
    names = run.sight(scope.id).names
    return {name: full(names.get(name)) for name in run.definition(scope.id).returns}


CALLS = {nodes.CallActivity: Plain(enter_call, end_call, container.stop_inside)}
