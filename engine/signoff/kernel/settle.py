"""Working a command out until everything waits again: tokens, joins, what changed, gates, scopes.

A queue, no recursion. Boundary events and multi-instance wrap an activity here, in exactly one place.
"""

from signoff.kernel import deadline, review, subject, timer
from signoff.kernel.elements import container, gateway
from signoff.kernel.events import flow
from signoff.kernel.run import Run, Runaway, Token
from signoff.kernel.state import ActivityStatus, Status
from signoff.model import nodes
from signoff.model.expression import ExpressionFault
from signoff.model.formula import computed_from

_MAY_BE_SKIPPED = (nodes.Activity, nodes.IntermediateCatchEvent)


def settle(run: Run) -> None:
    """Go on until nothing moves; raises `Runaway` beyond the step budget."""
    state = run.state
    while state.status is Status.RUNNING:
        if run.queue:
            _arrive(run, run.queue.popleft())
        elif run.changed or run.ended:
            _react(run)
        elif not (
            (state.joins and gateway.fire_waiting(run))
            or review.try_again(run)
            or container.close_finished(run)
        ):
            return


def _arrive(run: Run, token: Token) -> None:
    """A token reaches an element: skipped, passed unasked after a smart return, or entered."""
    node = run.node(token.scope, token.node)
    _count(run, token.scope, node)
    run.origin = token.origin
    try:
        _begin(run, token, node)
    except ExpressionFault as fault:
        run.incident(token.scope, node.id, fault, retry="enter", via=token.via)
    finally:
        run.origin = ""


def _begin(run: Run, token: Token, node: nodes.Node) -> None:
    scope = token.scope
    instance = run.state.scopes[scope].node == node.id  # of a multi-instance body, in the scope made for it
    condition = node.condition if isinstance(node, _MAY_BE_SKIPPED) else None
    if not instance and condition is not None and not run.sight(scope).holds(condition):
        run.emit(flow.ElementSkipped(node.id, scope))
        run.leave(scope, node)
    elif not isinstance(node, nodes.Activity):
        run.behaviours[type(node)].enter(run, scope, node, token.via)
    elif _stands(run, scope, node):
        run.emit(flow.ElementReused(node.id, scope))
        run.leave(scope, node)
    else:
        kind = nodes.MultiInstance if node.loop is not None and not instance else type(node)
        id = run.behaviours[kind].enter(run, scope, node, token.via)
        activity = run.state.activities.get(id)
        if activity is not None and activity.status is not ActivityStatus.SCHEDULED:
            container.arm_boundaries(run, activity)


def _stands(run: Run, scope: str, node: nodes.Activity) -> bool:
    """After a smart return: whether what it touches is as it was when it last ended."""
    home = run.state.scopes[run.state.scopes[scope].home]
    done = home.done.get(node.id)
    if done is None or done.status is not ActivityStatus.SUPERSEDED or not done.smart:
        return False
    return bool(done.print) and done.print == subject.print_of(run.sight(scope), node)


def _react(run: Run) -> None:
    """Data, documents or steps have changed: stale approvals, moved deadlines and timers."""
    definitions = [
        run.world.definition(v) for v in dict.fromkeys(s.version for s in run.state.scopes.values())
    ]
    names, ended = frozenset(run.changed), frozenset(run.ended)
    run.changed.clear()
    run.ended.clear()
    if names:
        names = names.union(*(computed_from(d, names) for d in definitions))
        review.recheck(run, names)
    if any(names & d.date_names or ended & d.anchors for d in definitions):
        deadline.refresh(run)
        timer.rearm(run)


def _count(run: Run, scope: str, node: nodes.Node) -> None:
    run.entered += 1
    run.recent.append(node.id)
    if run.entered > run.budget:
        raise Runaway(scope, run.recent)
