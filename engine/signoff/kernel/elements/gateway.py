"""Exclusive, parallel, inclusive, complex and event-based gateways (BPMN 2.0.2 §13.3)."""

from collections.abc import Iterable

from signoff.kernel import reach, wait
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import flow
from signoff.kernel.events import wait as e
from signoff.kernel.run import Run, end
from signoff.kernel.state import Activity, ActivityStatus
from signoff.model import nodes
from signoff.model.expression import ExpressionFault


def exclusive(run: Run, scope: str, node: nodes.ExclusiveGateway, _via: str) -> str:
    """The first flow whose condition holds, in the order written; else the default flow."""
    for taken in run.definition(scope).outgoing[node.id]:
        if taken.id != node.default and (taken.condition is None or run.sight(scope).holds(taken.condition)):
            _take(run, scope, node, [taken])
            return ""
    _take(run, scope, node, _default(run, scope, node))
    return ""


def parallel(run: Run, scope: str, node: nodes.ParallelGateway, via: str) -> str:
    """Fires when every incoming flow holds a token, and takes one of each; a surplus stays (traps 1, 2)."""
    definition = run.definition(scope)
    incoming = definition.incoming[node.id]
    if len(incoming) > 1:
        run.emit(flow.TokenParked(scope, node.id, via))
        parked = run.state.joins[_key(scope, node)]
        if any(f.id not in parked for f in incoming):
            return ""
        run.emit(flow.JoinFired(scope, node.id, [f.id for f in incoming]))
    _take(run, scope, node, definition.outgoing[node.id])
    return ""


def inclusive(run: Run, scope: str, node: nodes.InclusiveGateway, via: str) -> str:
    """A join waits (see `fire_waiting`); a split takes every flow that holds, else the default."""
    if len(run.definition(scope).incoming[node.id]) > 1:
        run.emit(flow.TokenParked(scope, node.id, via))
    else:
        split(run, scope, node)
    return ""


def fire_waiting(run: Run) -> bool:
    """Fire one inclusive join at which nothing more can arrive; asked whenever no token moves (trap 3)."""
    for key, parked in run.state.joins.items():
        scope, _, id = key.partition("|")
        node = run.node(scope, id)
        if isinstance(node, nodes.InclusiveGateway) and not _can_still_arrive(run, scope, id, parked):
            run.emit(flow.JoinFired(scope, id, list(parked)))
            try:
                split(run, scope, node)
            except ExpressionFault as fault:
                run.incident(scope, id, fault, retry="split")
            return True
    return bool(run.state.begun) and _reset_one(run)


def split(run: Run, scope: str, node: nodes.InclusiveGateway) -> None:
    """Take every outgoing flow that holds, else the default."""
    sight = run.sight(scope)
    flows = run.definition(scope).outgoing[node.id]
    taken = [f for f in flows if f.id != node.default and sight.holds(f.condition)]
    _take(run, scope, node, taken or _default(run, scope, node))


def _take(run: Run, scope: str, node: nodes.Node, flows: Iterable[nodes.SequenceFlow]) -> None:
    run.emit(flow.ElementPassed(node.id, scope, [f.id for f in flows]))
    run.touched[scope] = None
    for taken in flows:
        run.enter(scope, taken.target, taken.id)


def _default(
    run: Run, scope: str, node: nodes.ExclusiveGateway | nodes.InclusiveGateway | nodes.ComplexGateway
) -> list[nodes.SequenceFlow]:
    if node.default:
        return [run.definition(scope).flows[node.default]]
    raise ExpressionFault("no_flow_holds", element=node.id)


def _key(scope: str, node: nodes.Node) -> str:
    return f"{scope}|{node.id}"


def _can_still_arrive(run: Run, scope: str, id: str, parked: Iterable[str]) -> bool:
    """BPMN 2.0.2 §13.3.3: a token elsewhere keeps the join waiting when it can reach an empty incoming flow
    without passing the gateway, unless it can also reach one that holds a token already (trap 4).
    """
    definition = run.definition(scope)
    empty = [f for f in definition.incoming[id] if f.id not in parked]
    tokens = {node for node, _ in reach.occupied(run.state, scope)} - {id}
    if not empty or not tokens:
        return False
    waited_for = tokens & reach.upstream(definition, empty, id)
    full = [f for f in definition.incoming[id] if f.id in parked]
    return bool(waited_for and waited_for - reach.upstream(definition, full, id))


# complex --------------------------------------------------------------------------------------------------


def complex_(run: Run, scope: str, node: nodes.ComplexGateway, via: str) -> str:
    """Fires once its activation condition holds; what comes after that waits for the late round."""
    incoming = run.definition(scope).incoming[node.id]
    if len(incoming) < 2:  # nothing to join
        _take(run, scope, node, _holding(run, scope, node, first=True))
        return ""
    run.emit(flow.TokenParked(scope, node.id, via))
    if _key(scope, node) not in run.state.begun:
        _activate(run, scope, node)
    return ""


def _activate(run: Run, scope: str, node: nodes.ComplexGateway) -> None:
    parked = run.state.joins.get(_key(scope, node), {})
    count = {"activationCount": sum(parked.values())}
    if not parked or not run.sight(scope).holds(node.activation, count):
        return
    flows, ways = list(parked), _holding(run, scope, node, first=True)
    run.emit(flow.JoinFired(scope, node.id, flows))
    if len(flows) < len(run.definition(scope).incoming[node.id]):
        run.emit(e.RoundBegun(scope, node.id, flows))
    _take(run, scope, node, ways)


def _reset_one(run: Run) -> bool:
    """End the late round of one complex gateway to which nothing more can come."""
    for key, first in run.state.begun.items():
        scope, _, id = key.partition("|")
        parked = run.state.joins.get(key, {})
        if not _can_still_arrive(run, scope, id, {*first, *parked}):
            node = run.node(scope, id)
            assert isinstance(node, nodes.ComplexGateway)
            late = [f for f in parked if f not in first]
            run.emit(e.RoundOver(scope, id))
            if late:
                run.emit(flow.JoinFired(scope, id, late))
                if ways := _holding(run, scope, node, first=False):
                    _take(run, scope, node, ways)
            _activate(run, scope, node)
            run.touched[scope] = None
            return True
    return False


def _holding(run: Run, scope: str, node: nodes.ComplexGateway, *, first: bool) -> list[nodes.SequenceFlow]:
    """The ways out of this round. Those without a condition are taken in the first, and the default as well."""
    sight, said = run.sight(scope), {"waitingForStart": first}
    flows = [f for f in run.definition(scope).outgoing[node.id] if f.id != node.default]
    found = [f for f in flows if (f.condition is not None or first) and sight.holds(f.condition, said)]
    if found or not first:
        return found
    if not flows and not node.default:
        return []
    return _default(run, scope, node)


# event-based ----------------------------------------------------------------------------------------------


def event_based(run: Run, scope: str, node: nodes.EventBasedGateway, _via: str) -> str:
    """Listen for everything behind it at once."""
    definition = run.definition(scope)
    targets = [definition.nodes[f.target] for f in definition.outgoing[node.id]]
    for target in targets:
        wait.check(run, scope, target)
    id = run.next("a")
    kind = type(node).__name__
    run.emit(flow.ElementEntered(id, node.id, scope, kind, ActivityStatus.OPEN, origin=run.origin))
    for target in targets:
        wait.arm(run, scope, target, id)
    return id


def decided(run: Run, activity: Activity, chosen: nodes.Node) -> None:
    """One of the events has happened: the gateway is over, and all other events with it."""
    node, scope = run.node(activity.scope, activity.node), activity.scope
    passed = flow.ElementCompleted(activity.id, node.id, scope, ActivityStatus.PASSED, "passed")
    end(run, node, passed)
    taken = [f.id for f in run.definition(scope).outgoing[node.id] if f.target == chosen.id]
    run.emit(flow.ElementPassed(node.id, scope, taken))


GATEWAYS = {
    nodes.ComplexGateway: Plain(complex_),
    nodes.EventBasedGateway: Plain(event_based),
    nodes.ExclusiveGateway: Plain(exclusive),
    nodes.ParallelGateway: Plain(parallel),
    nodes.InclusiveGateway: Plain(inclusive),
}
