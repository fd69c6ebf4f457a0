"""Business rule tasks: a deployed decision is worked out at once; without one registered code decides (BPMN 2.0.2 §10.3.3).

The version is the one current when the token arrives, as with called processes; it is recorded with the rules that held.
"""

from collections.abc import Mapping
from datetime import time
from decimal import Decimal

from signoff.errors import SignoffError
from signoff.kernel.elements import service
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.events import data, flow
from signoff.kernel.run import Run, assign, keep_undo
from signoff.kernel.work import undeclared
from signoff.model import nodes
from signoff.model.decision import Decided, Decisions
from signoff.model.feel.moment import written
from signoff.model.feel.value import Function, Months, Range
from signoff.model.value import Value, coerce


def enter(run: Run, scope: str, node: nodes.BusinessRuleTask, via: str) -> str:
    """Decide and go on; where there is no such decision, the call of the handler is owed."""
    found = _decisions(run, scope, node)
    if found is None:
        return service.enter(run, scope, node, via)
    version, decisions = found
    try:
        given = _given(run, scope, node, decisions)
        decided = decisions.decide(node.decision, given)
        result = _result(run, scope, node, decided)
        rules = {id: list(numbers) for id, numbers in decided.rules.items()}
        run.emit(data.DecisionMade(node.id, scope, node.decision, version, rules, given, result))
        assign(run, scope, node.assign, {"result": result})
    except SignoffError as fault:
        run.incident(scope, node.id, fault, retry="enter", via=via)
        return ""
    run.emit(flow.ElementPassed(node.id, scope, [f.id for f in run.definition(scope).outgoing[node.id]]))
    keep_undo(run, scope, node)
    run.leave(scope, node)
    return ""


def _decisions(run: Run, scope: str, node: nodes.BusinessRuleTask) -> tuple[str, Decisions] | None:
    """Which version decides, and its model: the table of the process itself goes with the process's version."""
    if node.table is not None:
        return run.state.scopes[run.sight(scope).process.id].version, node.table
    return run.world.decisions.get(node.decision) if node.decision else None


def _given(run: Run, scope: str, node: nodes.BusinessRuleTask, decisions: Decisions) -> dict[str, Value]:
    """What the task hands over; where it names nothing, the inputs by their names as far as they are visible."""
    sight = run.sight(scope)
    if node.inputs:
        return {name: sight.value(expression) for name, expression in node.inputs}
    names = sight.names
    required = decisions.required(decisions.decision(node.decision))
    return {data.name: names[data.name] for data in required if data.name in names}


def _result(run: Run, scope: str, node: nodes.BusinessRuleTask, decided: Decided) -> Value:
    """What the decision came to, as data. Raises SignoffError for what went wrong, and what is no data."""
    if decided.faults:
        fault = decided.faults[0]
        raise SignoffError(fault.code, **fault.params)
    value = plain(decided.value)
    if node.returns is None:
        return undeclared("result", value)
    return coerce(node.returns, value, at="result", zone=run.definition(scope).zone)


def plain(value: Value) -> Value:
    """A value of FEEL as data: numbers stay exact, what data lacks becomes its text. Raises SignoffError."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) < 10**15:
        return int(value)
    if isinstance(value, Months | time):
        return written(value)
    if isinstance(value, Range | Function):
        raise SignoffError("decision_no_data")
    return value


DECISION = {nodes.BusinessRuleTask: Plain(enter)}
