"""Rules about sequence flows, gateways and what they connect (BPMN 2.0.2 §7.6.1, §8.4.13, §10.6)."""

from signoff.notation.bpmn_reader.index import (
    ACTIVITIES,
    FLOW_NODES,
    GATEWAYS,
    Index,
    is_executable,
    nodes_of,
    plain,
    scope_of,
)
from signoff.notation.xml.element import Element
from signoff.notation.xml.report import Report


def _ends(index: Index, report: Report) -> None:
    """A flow joins two nodes of one scope, and is what it says at once."""
    for flow in index.all("sequenceFlow"):
        ends = [_end(index, report, flow, attribute) for attribute in ("sourceRef", "targetRef")]
        source, target = ends
        if source is not None and target is not None and scope_of(source) is not scope_of(target):
            report.refuse("bpmn_flow_crosses", flow, source=source.id, target=target.id)
        if flow.get("isImmediate") == "false" and is_executable(flow):
            report.warn("bpmn_not_immediate", flow)


def _end(index: Index, report: Report, flow: Element, attribute: str) -> Element | None:
    name = flow.get(attribute)
    found = index.find(name, *FLOW_NODES)
    if found is None:
        report.refuse("bpmn_flow_dangling", flow, attribute=attribute, name=name)
    return found


def _defaults(index: Index, report: Report) -> None:
    for node in index.all(*ACTIVITIES, *GATEWAYS):
        name = node.get("default")
        leaving = {flow.id for flow in index.outgoing.get(node.id, ())}
        if name and leaving.isdisjoint({name, plain(name)}):
            report.refuse("bpmn_default_elsewhere", node, name=name)


def _directions(index: Index, report: Report) -> None:
    for gateway in index.all(*GATEWAYS):
        direction = gateway.get("gatewayDirection")
        into, out = len(index.incoming.get(gateway.id, ())), len(index.outgoing.get(gateway.id, ()))
        if direction == "Diverging" and into > 1:
            report.refuse("bpmn_diverging_joins", gateway, count=into)
        if direction == "Converging" and out > 1:
            report.refuse("bpmn_converging_splits", gateway, count=out)


def _event_sub_processes(index: Index, report: Report) -> None:
    """They are started by their event alone, of which they have one."""
    for scope in index.all("subProcess"):
        if not scope.flag("triggeredByEvent"):
            continue
        if index.incoming.get(scope.id) or index.outgoing.get(scope.id):
            report.refuse("bpmn_event_sub_process_flow", scope)
        if len(scope.all("startEvent")) != 1:
            report.refuse("bpmn_event_sub_process_starts", scope, count=len(scope.all("startEvent")))
        for loop in scope.all("standardLoopCharacteristics", "multiInstanceLoopCharacteristics"):
            report.refuse("bpmn_event_sub_process_loop", scope, what=loop.name)


def _ad_hoc(index: Index, report: Report) -> None:
    for scope in index.all("adHocSubProcess"):
        if scope.all("startEvent", "endEvent"):
            report.refuse("bpmn_ad_hoc_events", scope)


def _event_gateways(index: Index, report: Report) -> None:
    for gateway in index.all("eventBasedGateway"):
        flows = index.outgoing.get(gateway.id, [])
        if len(flows) < 2:
            report.warn("bpmn_race_of_one", gateway, count=len(flows))
        incoming = index.incoming.get(gateway.id, ())
        if gateway.flag("instantiate") and incoming:
            harmless = all(_is_none_start(index, flow) for flow in incoming)
            (report.warn if harmless else report.refuse)("bpmn_instantiate_incoming", gateway)
        for flow in flows:
            _after_event_gateway(index, report, flow)


def _is_none_start(index: Index, flow: Element) -> bool:
    """Behind a start event without a trigger it starts the process all the same, and can be reached by hand, too."""
    source = index.find(flow.get("sourceRef"), "startEvent")
    return source is not None and not index.kinds(source)


_WAITING = frozenset({"message", "signal", "timer", "conditional"})


def _after_event_gateway(index: Index, report: Report, flow: Element) -> None:
    target = index.find(flow.get("targetRef"))
    if target is None:
        return
    kinds = index.kinds(target)
    if target.name == "receiveTask":
        if index.boundaries.get(target.id):
            report.refuse("bpmn_race_boundary", target)
    elif not _may_be_raced_for(target, kinds):
        report.refuse("bpmn_race_target", flow, target=target.id)


def _may_be_raced_for(target: Element, kinds: list[str]) -> bool:
    """Any one of the events that it names is enough (§10.6.6)."""
    waits = target.name == "intermediateCatchEvent" and not target.flag("parallelMultiple")
    return waits and bool(kinds) and _WAITING.issuperset(kinds)


def _connected(index: Index, report: Report) -> None:
    """Where a start event is drawn nothing else begins by itself; where an end event is, all should lead to one."""
    for scope in index.all("process", "subProcess", "transaction"):
        nodes = list(nodes_of(scope))
        starts = any(node.name == "startEvent" for node in nodes)
        ends = any(node.name == "endEvent" for node in nodes)
        for node in nodes:
            if starts and not index.incoming.get(node.id) and not _begins(index, node):
                tell = (
                    report.warn if node.name == "endEvent" else report.refuse
                )  # nothing is lost with an end
                tell("bpmn_no_incoming", node)
            if ends and not index.outgoing.get(node.id) and not _stops(index, node):
                report.warn("bpmn_no_outgoing", node)


def _begins(index: Index, node: Element) -> bool:
    if node.name in {"startEvent", "boundaryEvent"} or _stands_alone(node):
        return True
    if node.name == "intermediateCatchEvent":
        return "link" in index.kinds(node)
    return node.flag("instantiate")


def _stops(index: Index, node: Element) -> bool:
    if node.name == "endEvent" or _stands_alone(node):
        return True
    kinds = index.kinds(node)
    return (node.name == "intermediateThrowEvent" and "link" in kinds) or (
        node.name == "boundaryEvent" and "compensate" in kinds
    )


def _stands_alone(node: Element) -> bool:
    return node.flag("isForCompensation") or node.flag("triggeredByEvent")


def _quantities(index: Index, report: Report) -> None:
    for activity in index.all(*ACTIVITIES):
        for name in ("startQuantity", "completionQuantity"):
            written = activity.get(name)
            if written and (not written.isascii() or not written.isdigit() or int(written) < 1):
                report.refuse("bpmn_quantity_below_one", activity, name=name, value=written)


def _formal(index: Index, report: Report) -> None:
    """In a process that is to be run, expressions are formal; engines read them all the same."""
    for name, parents in _EXPRESSIONS.items():
        for expression in index.all(name):
            around = expression.parent
            if around is None or around.name not in parents or not expression.text.strip():
                continue
            if is_executable(expression) and not _is_formal(expression):
                report.warn("bpmn_informal", around, name=name)


def _is_formal(expression: Element) -> bool:
    return any(name.endswith("}type") for name in expression.attributes)


_EXPRESSIONS = {
    "completionCondition": ("adHocSubProcess", "multiInstanceLoopCharacteristics"),
    "activationCondition": ("complexGateway",),
    "loopCardinality": ("multiInstanceLoopCharacteristics",),
    "loopCondition": ("standardLoopCharacteristics",),
    "conditionExpression": ("sequenceFlow",),
    "timeDate": ("timerEventDefinition",),
    "timeDuration": ("timerEventDefinition",),
    "timeCycle": ("timerEventDefinition",),
    "from": ("assignment",),
    "to": ("assignment",),
}

FLOW = (
    _ends,
    _defaults,
    _directions,
    _event_sub_processes,
    _ad_hoc,
    _event_gateways,
    _connected,
    _quantities,
    _formal,
)
