"""Compensation: what was done is undone, the last first, one after the other, and whoever asked waits (BPMN 2.0.2 §13.5.5).

An activity is undone by the handler at its compensation boundary; a sub-process by that, by the event sub-process
inside it, or else by undoing what was done inside, on the data that it had when it ended (trap 8).
"""

from collections.abc import Sequence

from signoff.kernel.elements import container, event
from signoff.kernel.elements import handler as beside
from signoff.kernel.events import flow
from signoff.kernel.events import undo as e
from signoff.kernel.pending import Level, Undo
from signoff.kernel.run import Run
from signoff.kernel.state import Activity, ActivityStatus, Scope
from signoff.model import nodes
from signoff.model.block import BlockKind

Thrower = nodes.IntermediateThrowEvent | nodes.EndEvent


# what is there to undo ------------------------------------------------------------------------------------


Undoes = Sequence[nodes.CompensateEvent]  # of one element; those that name activities name them in one scope


def has_any(run: Run, scope: str, thrown: Undoes) -> bool:
    return bool(_wanted(run, scope, thrown)[1])


def _wanted(run: Run, scope: str, thrown: Undoes) -> tuple[str, list[Undo]]:
    """The scope in which it is undone, and what: everything there, or all ends of the activities that are named."""
    place = _place(run, scope, thrown[0].activity)
    named = {each.activity for each in thrown}
    return place.id, [u for u in place.undo if "" in named or u.node in named]


def _place(run: Run, scope: str, activity: str) -> Scope:
    """A handler undoes what was done around it; a named activity is looked for outward."""
    place = run.state.scopes[scope]
    if activity:
        inside = run.node(scope, activity).scope
        while place.node != inside and place.parent in run.state.scopes:
            place = run.state.scopes[place.parent]
        return place
    while place.node and _is_handler(run, place):
        place = run.state.scopes[place.parent]
    return place


def _is_handler(run: Run, place: Scope) -> bool:
    """Whether a scope is the inside of what happens beside the flow: an event sub-process, or a handler of an activity."""
    definition = run.definition(place.id)
    block = definition.blocks.get(place.node)
    return isinstance(definition.nodes[place.node], nodes.EventSubProcess) or (
        block is not None and block.kind is BlockKind.HANDLER
    )


# beginning ------------------------------------------------------------------------------------------------


def begin(run: Run, scope: str, node: Thrower, thrown: Undoes) -> str:
    """Undo, and go on when all is undone; or at once where the event says so."""
    place, todo = _wanted(run, scope, thrown)
    activity = _enter(run, scope, node)
    run.emit(e.UndoingBegun(activity, node.id, place, todo))
    if not all(each.waits for each in thrown):
        run.leave(scope, node)
    return activity


def cancel(run: Run, scope: str, node: Thrower) -> None:
    """Call a transaction off: stop what runs in it, undo what was done, and leave by its cancel event."""
    place = scope
    while not isinstance(_inside_of(run, place), nodes.Transaction):
        place = run.state.scopes[place].parent
    container.clear(run, place, "cancelled")
    activity = _enter(run, place, node)
    run.emit(e.UndoingBegun(activity, node.id, place, list(run.state.scopes[place].undo)))


def _inside_of(run: Run, scope: str) -> nodes.Node | None:
    node = run.state.scopes[scope].node
    assert node, "a cancel end event lies in a transaction"
    return run.node(scope, node)


def _enter(run: Run, scope: str, node: Thrower) -> str:
    id = run.next("a")
    kind = type(node).__name__
    run.emit(flow.ElementEntered(id, node.id, scope, kind, ActivityStatus.OPEN, origin=run.origin))
    return id


# going on -------------------------------------------------------------------------------------------------


def advance(run: Run) -> bool:
    """Take the next step of one undoing whose handler has ended; whether anything happened."""
    for id, levels in run.state.undoing.items():
        if not _is_at_work(run, id, levels):
            _step(run, run.state.activities[id], levels)
            return True
    return False


def _is_at_work(run: Run, id: str, levels: list[Level]) -> bool:
    """Whether a handler runs for it, or has failed to begin."""
    if any(a.origin == id for a in run.state.activities.values()):
        return True
    scopes = {level.scope for level in levels}
    return any(
        i.scope in scopes and getattr(run.node(i.scope, i.node), "compensates", False)
        for i in run.state.incidents.values()
    )


def _step(run: Run, activity: Activity, levels: list[Level]) -> None:
    level = levels[-1]
    if level.todo:
        _undo(run, activity, level, level.todo[-1])
        return
    run.emit(e.LevelUndone(activity.id))
    if level.opened:
        container.shut(run, run.state.scopes[level.scope])
    if not levels:
        _finish(run, activity)


def _undo(run: Run, activity: Activity, level: Level, done: Undo) -> None:
    definition = run.definition(level.scope)
    handler = definition.compensators.get(done.node, "")
    if handler and not done.once:
        run.emit(e.UndoTaken(activity.id, done.node))
        run.enter(level.scope, handler, origin=activity.id)
        return
    inside = run.next("s")
    version = done.version or run.state.scopes[level.scope].version
    scope = "" if done.version else done.node
    run.emit(
        flow.ScopeOpened(inside, scope, level.scope, activity.id, version, inside, position=0, data=done.data)
    )
    undoer = None if done.once and handler else run.definition(inside).undoers.get(scope)
    todo = [] if undoer is not None or (handler and done.once) else list(done.inner)
    run.emit(e.UndoTaken(activity.id, done.node, inside, todo))
    if handler:
        run.enter(inside, handler, origin=activity.id)
    elif undoer is not None:
        if done.inner:
            run.emit(e.UndoKept(inside, list(done.inner)))
        beside.handle(run, inside, undoer, activity.id)


def _finish(run: Run, activity: Activity) -> None:
    """Everything is undone: the token goes on, or the transaction is left."""
    node = run.node(activity.scope, activity.node)
    assert isinstance(node, nodes.IntermediateThrowEvent | nodes.EndEvent)
    thrown = nodes.parts(node.event)
    ending = flow.ElementCompleted(activity.id, node.id, activity.scope, ActivityStatus.PASSED, "passed")
    if any(isinstance(each, nodes.CompensateEvent) and not each.waits for each in thrown):
        run.emit(ending)
        run.touched[activity.scope] = None
        return
    run.leave(activity.scope, node, ending)
    if any(isinstance(each, nodes.CancelEvent) for each in thrown):
        _leave_transaction(run, activity.scope)


def _leave_transaction(run: Run, scope: str) -> None:
    """By its cancel boundary; without one it is over, and the flow around goes no further here."""
    host = run.state.activities[run.state.scopes[scope].activity]
    for each in run.definition(host.scope).boundaries.get(host.node, ()):
        if any(isinstance(part, nodes.CancelEvent) for part in nodes.parts(each.event)):
            event.boundary(run, each, host)
            return
    run.stop(host, "cancelled")


def resume(_run: Run, _activity: Activity, _inner: str) -> None:
    """A scope in which something was undone is empty: `advance` closes it."""


def stop(run: Run, activity: Activity) -> None:
    """What undoes for it stops with it."""
    container.stop_inside(run, activity)
    for other in [a for a in run.state.activities.values() if a.origin == activity.id]:
        if other.id in run.state.activities:
            run.stop(other, "cancelled")
