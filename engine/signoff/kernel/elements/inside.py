"""The inside of an activity as it opens: its scope, the data it begins with, who listens in it, its tokens (BPMN 2.0.2 §13.2).

What becomes of it see `container`. Must import kernel below `elements`, and of these nothing.
"""

from signoff.errors import SignoffError
from signoff.kernel import wait
from signoff.kernel.events import data, flow
from signoff.kernel.run import Run
from signoff.kernel.state import Activity, ActivityStatus
from signoff.model import nodes
from signoff.model.value import Value
from signoff.model.view import stored


def begin(run: Run, scope: str, node: nodes.Activity, items: list[Value] | None = None) -> str:
    id = run.next("a")
    kind = type(node).__name__ if items is None else "MultiInstance"
    run.emit(
        flow.ElementEntered(id, node.id, scope, kind, ActivityStatus.OPEN, origin=run.origin, items=items)
    )
    return id


def open_scope(
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
    """The inside of an activity, still without tokens; its id."""
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
    return id


def begin_inside(run: Run, scope: str) -> None:
    """Let what lies in a scope that has just opened begin; what keeps it from that is an incident there."""
    try:
        prepare(run, scope)
    except SignoffError as fault:
        run.incident(scope, place_of(run, scope), fault, retry="open")
        return
    node = run.state.scopes[scope].node
    if not node or not isinstance(run.node(scope, node), nodes.AdHocSubProcess):
        start(run, scope)


def place_of(run: Run, scope: str) -> str:
    """The element that an incident of a whole scope is shown at; of a process its first."""
    return run.state.scopes[scope].node or next(iter(run.definition(scope).nodes))


def prepare(run: Run, scope: str) -> None:
    """The data that a scope begins with, and its event sub-processes, which listen from now on. Raises ExpressionFault."""
    definition, id = run.definition(scope), run.state.scopes[scope].node
    around = definition.nodes.get(id)
    initialise(run, scope, getattr(around, "initial", ()) if id else definition.initial)
    for handler in definition.handlers.get(id, ()):
        arm_handler(run, scope, handler)


def initialise(run: Run, scope: str, initial: nodes.Assignments) -> None:
    """What begins with a value, and was not given one."""
    if not initial:
        return
    given, sight = run.state.scopes[scope].data, run.sight(scope)
    values = {name: stored(sight.value(expression)) for name, expression in initial if name not in given}
    if values:
        run.emit(data.VariablesSet(scope, values))


def start(run: Run, scope: str) -> None:
    """Put a token wherever the flow begins in a scope that has just opened."""
    definition, node = run.definition(scope), run.state.scopes[scope].node
    entries = definition.entries.get(node, ())
    for entry in entries or definition.events_at_start.get(node, ())[:1]:
        run.enter(scope, entry)
    if not entries:
        run.touched[scope] = None


def arm_handler(
    run: Run, scope: str, node: nodes.EventSubProcess | nodes.BoundaryEvent, host: str = ""
) -> None:
    """Listen for its event; for what is thrown nobody listens."""
    if not isinstance(node.event, _NOT_ARMED):
        wait.arm_beside(run, scope, node, host)


_NOT_ARMED = (nodes.ErrorEvent, nodes.EscalationEvent, nodes.CompensateEvent, nodes.CancelEvent)


def arm_boundaries(run: Run, activity: Activity) -> None:
    """Arm what sits on an activity that has just opened; on a multi-instance body, not on its instances."""
    if run.state.scopes[activity.scope].node != activity.node:
        for event in run.definition(activity.scope).boundaries.get(activity.node, ()):
            arm_handler(run, activity.scope, event, activity.id)
