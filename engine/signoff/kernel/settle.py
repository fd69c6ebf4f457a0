"""Working a command out until everything waits again: tokens, joins, what changed, gates, scopes.

A queue, no recursion. Boundary events and multi-instance wrap an activity here, in exactly one place.
"""

from typing import Any

from signoff.kernel import deadline, detour, hourglass, latch, review, subject, timer
from signoff.kernel.elements import container, event, gateway, inside, undoing
from signoff.kernel.events import flow
from signoff.kernel.run import Run, Runaway, Token
from signoff.kernel.state import ActivityStatus, Status
from signoff.model import nodes
from signoff.model.definition import Definition
from signoff.model.expression import ExpressionFault
from signoff.model.formula import touched

_MAY_BE_SKIPPED = (nodes.Activity, nodes.IntermediateCatchEvent, nodes.IntermediateThrowEvent)
_NAMED = 20  # elements that a runaway names


def settle(run: Run) -> None:
    """Go on until nothing moves, and stop the clocks that are not needed any more; raises `Runaway` beyond the step budget."""
    _work_off(run)
    if run.state.clocks:
        hourglass.sweep(run)


def _work_off(run: Run) -> None:
    state, running = run.state, Status.RUNNING
    while state.status is running:
        if run.queue:
            _arrive(run, run.queue.popleft())
        elif run.changed or run.ended or run.armed:
            _react(run)
        elif not (
            ((state.joins or state.begun) and gateway.fire_waiting(run))
            or (state.undoing and undoing.advance(run))
            or review.try_again(run)
            or latch.open_what_can(run)
            or (run.touched and container.close_finished(run))
        ):
            return


def _arrive(run: Run, token: Token) -> None:
    """A token reaches an element: skipped, passed unasked after a smart return, or entered."""
    definition = run.definition(token.scope)
    if token.node in definition.loud and _puts_off(run, token):
        return
    node = definition.nodes[token.node]
    run.entered.append(node.id)
    if len(run.entered) > run.budget:
        raise Runaway(token.scope, run.entered[-_NAMED:])
    run.origin = token.origin
    try:
        if node.id in definition.plain:
            _enter(run, definition, token, type(node))
        else:
            _begin(run, definition, token)
    except ExpressionFault as fault:
        run.incident(token.scope, node.id, fault, retry="enter", via=token.via)
    finally:
        run.origin = ""


def _puts_off(run: Run, token: Token) -> bool:
    """Whether a signal waits until all else that moves has come to rest: who is about to listen hears it, too."""
    if all(other.node in run.definition(other.scope).loud for other in run.queue):
        return False
    run.queue.append(token)
    return True


def _begin(run: Run, definition: Definition, token: Token) -> None:
    scope, node = token.scope, definition.nodes[token.node]
    instance = run.state.scopes[scope].node == node.id  # of a multi-instance body, in the scope made for it
    if not instance and getattr(node, "start_quantity", 1) > 1 and not _gathered(run, scope, node, token.via):
        return
    condition = node.condition if isinstance(node, _MAY_BE_SKIPPED) else None
    if not instance and condition is not None and not run.sight(scope).holds(condition):
        run.emit(flow.ElementSkipped(node.id, scope))
        run.leave(scope, node)
    elif isinstance(node, nodes.Activity) and _stands(run, scope, node):
        run.emit(flow.ElementReused(node.id, scope))
        run.leave(scope, node)
    else:
        loop = node.loop if isinstance(node, nodes.Activity) and not instance else None
        _enter(run, definition, token, type(node) if loop is None else type(loop))


def _gathered(run: Run, scope: str, node: nodes.Node, via: str) -> bool:
    """Whether as many tokens have come, by whichever flows, as the activity takes to begin (BPMN 2.0.2 §13.3.2)."""
    if not via:
        return True
    run.emit(flow.TokenParked(scope, node.id, via))
    wanted: int = getattr(node, "start_quantity", 1)
    parked = run.state.joins[f"{scope}|{node.id}"]
    tokens = [via for via, count in parked.items() for _ in range(count)]
    if len(tokens) < wanted:
        return False
    run.emit(flow.JoinFired(scope, node.id, tokens[:wanted]))
    return True


def _enter(run: Run, definition: Definition, token: Token, kind: type[Any]) -> None:
    id = run.behaviours[kind].enter(run, token.scope, definition.nodes[token.node], token.via)
    if token.node in definition.boundaries:
        activity = run.state.activities.get(id)
        if activity is not None and activity.status is not ActivityStatus.SCHEDULED:
            inside.arm_boundaries(run, activity)


def _stands(run: Run, scope: str, node: nodes.Activity) -> bool:
    """After a smart return: whether what it touches is as it was when it last ended; after a direct one: see `detour`."""
    home = run.state.scopes[run.state.scopes[scope].home]
    done = home.done.get(node.id)
    if done is None or done.status is not ActivityStatus.SUPERSEDED:
        return False
    if done.direct:
        return detour.holds(run, home)
    if not done.smart:
        return False
    unchanged = bool(done.print) and done.print == subject.print_of(run.sight(scope), node)
    return unchanged and detour.stand(run, home, node)


def _react(run: Run) -> None:
    """Data, documents or steps have changed: stale approvals, moved deadlines and timers."""
    definitions = run.definitions()
    names, ended, armed = frozenset(run.changed), run.ended, run.armed
    run.changed, run.ended, run.armed = set(), set(), []
    names = names.union(*(touched(d, names, names | ended) for d in definitions))
    if names:
        review.recheck(run, names)
    if run.state.waits:
        event.ask(run, names, armed)
    for definition in definitions:
        if not (names.isdisjoint(definition.date_names) and ended.isdisjoint(definition.anchors)):
            deadline.refresh(run)
            hourglass.refresh(run)
            timer.rearm(run)
            return
