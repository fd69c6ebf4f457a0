"""Event sub-processes: what happens beside a scope or instead of it, and where the flow goes on afterwards (§10.3.5.2).

Of what an interrupting one ends, whatever was done can still be undone.
"""

from collections.abc import Mapping

from signoff.errors import SignoffError
from signoff.kernel.elements import container, inside
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import flow, undo
from signoff.kernel.pending import Undo
from signoff.kernel.run import Run, accept
from signoff.kernel.state import Activity
from signoff.model import nodes
from signoff.model.value import Value


def handle(
    run: Run,
    scope: str,
    node: nodes.EventSubProcess,
    origin: str = "",
    data: Mapping[str, Value] | None = None,
) -> None:
    """The event of an event sub-process has happened in its scope (trap 6); `origin`: the timer that fired.

    `data`: what came with it.
    """
    if has_landed(run, scope, node):
        return
    if node.interrupting:
        keep_undone(run, scope)
        container.clear(run, scope, "interrupted", listening=bool(node.continue_at))
        if not node.continue_at:
            run.emit(flow.ScopeInterrupted(scope, node.id))
    run.origin = origin
    activity = inside.begin(run, scope, node)
    inner = inside.open_scope(run, scope, node, activity)
    run.origin = ""
    try:
        inside.prepare(run, inner)
    except SignoffError as fault:
        run.incident(inner, node.id, fault, retry="open")
        return
    try:
        accept(run, inner, node.accepts, data)
    except SignoffError as fault:
        run.incident(inner, node.id, fault, retry="begin")
        return
    inside.start(run, inner)


def has_landed(run: Run, scope: str, node: nodes.EventSubProcess) -> bool:
    """Whether a token came to where the flow would go on: what was to be skipped is over, and so is the handler."""
    if not node.continue_at:
        return False
    return run.sight(scope).passed(run.definition(scope).blocks[node.continue_at].entry)


def end_handler(run: Run, activity: Activity, inner: str) -> None:
    """Its steps are done; one that has interrupted may say where the flow goes on."""
    node, scope = run.node(activity.scope, activity.node), activity.scope
    assert isinstance(node, nodes.EventSubProcess)
    container.end_inside(run, activity, inner)
    go_on_at(run, scope, node)


def go_on_at(run: Run, scope: str, node: nodes.EventSubProcess) -> None:
    """The flow goes on at the block that an interrupting handler names."""
    if node.interrupting and node.continue_at:
        definition = run.definition(scope)
        target = definition.blocks[node.continue_at].entry
        run.enter(scope, target, next((f.id for f in definition.incoming[target]), ""))


def keep_undone(run: Run, scope: str) -> None:
    """What had been done in stages that are still running can be undone as well (language §3)."""
    if run.definition(scope).compensates and (found := _salvaged(run, scope)):
        run.emit(undo.UndoKept(scope, found))


def _salvaged(run: Run, scope: str) -> list[Undo]:
    found = []
    for inner in run.state.scopes.values():
        activity = run.state.activities.get(inner.activity)
        if activity is None or activity.scope != scope or activity.id in run.state.undoing:
            continue
        done = [*inner.undo, *_salvaged(run, inner.id)]
        if done:
            version = "" if inner.node else inner.version
            found.append(
                Undo(activity.node, dict(inner.data), done, version, once=activity.multi is not None)
            )
    return found


HANDLERS = {
    nodes.EventSubProcess: Plain(container.enter_subprocess, end_handler, container.stop_inside),
}
