"""Exclusive, parallel and inclusive gateways (BPMN 2.0.2 §13.3)."""

from collections.abc import Iterable

from signoff.kernel import reach
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import flow
from signoff.kernel.run import Run
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
    return False


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
    run: Run, scope: str, node: nodes.ExclusiveGateway | nodes.InclusiveGateway
) -> list[nodes.SequenceFlow]:
    if node.default:
        return [run.definition(scope).flows[node.default]]
    raise ExpressionFault("no_flow_holds", element=node.id)


def _key(scope: str, node: nodes.Node) -> str:
    return f"{scope}|{node.id}"


def _can_still_arrive(run: Run, scope: str, id: str, parked: dict[str, int]) -> bool:
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


GATEWAYS = {
    nodes.ExclusiveGateway: Plain(exclusive),
    nodes.ParallelGateway: Plain(parallel),
    nodes.InclusiveGateway: Plain(inclusive),
}
