"""One node of the model as an element of BPMN: as much of it as BPMN has words for. The rest are settings.

May import the model and the modules beside it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from signoff.model import nodes as m
from signoff.model.definition import Definition
from signoff.model.node import Node
from signoff.model.syntax import Path
from signoff.model.types import Text
from signoff.notation.bpmn_writer.leaf import add, formula
from signoff.notation.bpmn_writer.trigger import Triggers
from signoff.notation.xml.namespace import CAMUNDA

_STARTER = "starter"


def element(parent: Any, triggers: Triggers, node: Node) -> Any:
    """The element of a node, without the flows inside it."""
    definition = triggers.definition
    made = add(parent, _tag(definition, node), {"id": node.id, "name": said(node.label)})
    if help := said(node.help):
        add(made, "documentation", says=help)
    quantities = triggers.quantities
    for way, flows in (
        ("incoming", definition.incoming[node.id]),
        ("outgoing", definition.outgoing[node.id]),
    ):
        for flow in (one for one in flows if one.id not in quantities.copies):
            add(made, way, says=flow_name(flow.id))
    if node.id in quantities.of:
        made.set("completionQuantity", str(quantities.of[node.id]))
    if default := getattr(node, "default", ""):
        made.set("default", flow_name(default))
    _details(made, triggers, node)
    if isinstance(node, m.Activity):
        _activity(made, node)
    return made


def said(text: Text) -> str:
    """A text in one language; where there are two, the other one stands in the settings."""
    return text.zh or text.en


def flow_name(id: str) -> str:
    """The id of a flow as XML allows it; the flow says its own beside it when they differ."""
    plain = _UNFIT.sub("-", id.replace("->", ".to."))
    return plain if plain[:1].isalpha() or plain[:1] == "_" else f"flow.{plain}"


_UNFIT = re.compile(r"[^\w.-]")


def _tag(definition: Definition, node: Node) -> str:
    if isinstance(node, m.TerminateEndEvent) and definition.outgoing[node.id]:
        return "intermediateThrowEvent"  # it lets the flow go on when its condition does not hold
    return next(tag for kind, tag in _TAGS.items() if isinstance(node, kind))


_TAGS: Mapping[type, str] = {
    m.StartEvent: "startEvent",
    m.EndEvent: "endEvent",
    m.TerminateEndEvent: "endEvent",
    m.IntermediateCatchEvent: "intermediateCatchEvent",
    m.IntermediateThrowEvent: "intermediateThrowEvent",
    m.BoundaryEvent: "boundaryEvent",
    m.ExclusiveGateway: "exclusiveGateway",
    m.InclusiveGateway: "inclusiveGateway",
    m.ParallelGateway: "parallelGateway",
    m.EventBasedGateway: "eventBasedGateway",
    m.ComplexGateway: "complexGateway",
    m.UserTask: "userTask",
    m.GateTask: "userTask",
    m.ScriptTask: "scriptTask",
    m.SendTask: "sendTask",
    m.BusinessRuleTask: "businessRuleTask",
    m.ServiceTask: "serviceTask",
    m.ReceiveTask: "receiveTask",
    m.ManualTask: "manualTask",
    m.CallActivity: "callActivity",
    m.AdHocSubProcess: "adHocSubProcess",
    m.Transaction: "transaction",
    m.RequestHandler: "subProcess",
    m.EventSubProcess: "subProcess",
    m.SubProcess: "subProcess",
    m.AbstractTask: "task",
    m.RequestEffect: "task",
}


# details ------------------------------------------------------------------------------------------------


def _details(made: Any, triggers: Triggers, node: Node) -> None:
    for kind, write in _DETAILS.items():
        if isinstance(node, kind):
            write(made, triggers, node)
            return


def _start(made: Any, triggers: Triggers, node: m.StartEvent) -> None:
    """The start of an event sub-process says what starts it, and whether that interrupts."""
    around = triggers.definition.nodes.get(node.scope)
    if isinstance(around, m.EventSubProcess):
        if not around.interrupting:
            made.set("isInterrupting", "false")
        triggers.write(made, around.event)
    else:
        triggers.write(made, node.event)


def _event(made: Any, triggers: Triggers, node: Any) -> None:
    triggers.write(made, node.event)


def _terminate(made: Any, triggers: Triggers, node: m.TerminateEndEvent) -> None:
    if triggers.definition.outgoing[node.id]:
        return
    whole = "true" if node.whole_process else ""
    add(made, "terminateEventDefinition", {"camunda:terminateAll": whole})


def _boundary(made: Any, triggers: Triggers, node: m.BoundaryEvent) -> None:
    made.set("attachedToRef", node.host)
    if not node.interrupting:
        made.set("cancelActivity", "false")
    triggers.write(made, node.event)


def _event_based(made: Any, triggers: Triggers, node: m.EventBasedGateway) -> None:
    del triggers
    if node.instantiate:
        made.set("instantiate", "true")
    if node.parallel:
        made.set("eventGatewayType", "Parallel")


def _complex(made: Any, triggers: Triggers, node: m.ComplexGateway) -> None:
    del triggers
    if node.activation is not None:
        formula(made, "activationCondition", node.activation)


def _human(made: Any, triggers: Triggers, node: m.HumanTask) -> None:
    """Who it is for, in the words that modelers show."""
    roles = [triggers.definition.roles.get(id) for id in node.owner]
    texts = [(kind, role.value) for role in roles if role for kind, _, _ in (role.id.partition(":"),)]
    if len(texts) == 1 and texts[0][0] in {"person", "field", _STARTER}:
        kind, value = texts[0]
        made.set(f"{{{CAMUNDA}}}assignee", value if kind == "person" else f"${{{value or _STARTER}}}")
    else:
        for wanted, attribute in (("person", "candidateUsers"), ("group", "candidateGroups")):
            if found := ",".join(value for kind, value in texts if kind == wanted):
                made.set(f"{{{CAMUNDA}}}{attribute}", found)
    if node.due is not None and node.due.text and node.due.text[:1] in "P0123456789":
        made.set(f"{{{CAMUNDA}}}dueDate", node.due.text)


def _service(made: Any, triggers: Triggers, node: m.ServiceTask) -> None:
    if isinstance(node, m.SendTask) and node.message:
        made.set("messageRef", triggers.message(node.message))
    if isinstance(node, m.BusinessRuleTask) and node.decision:
        made.set(f"{{{CAMUNDA}}}decisionRef", node.decision)
    elif node.handler and node.handler != node.id:
        made.set(f"{{{CAMUNDA}}}type", "external")
        made.set(f"{{{CAMUNDA}}}topic", node.handler)


def _receive(made: Any, triggers: Triggers, node: m.ReceiveTask) -> None:
    if node.message:
        made.set("messageRef", triggers.message(node.message))
    if node.instantiate:
        made.set("instantiate", "true")


def _call(made: Any, triggers: Triggers, node: m.CallActivity) -> None:
    del triggers
    if node.process:
        made.set("calledElement", node.process)


def _sub_process(made: Any, triggers: Triggers, node: m.SubProcess) -> None:
    del triggers
    if isinstance(node, m.EventSubProcess):
        made.set("triggeredByEvent", "true")
    if isinstance(node, m.AdHocSubProcess):
        if node.sequential:
            made.set("ordering", "Sequential")
        if not node.cancel_remaining:
            made.set("cancelRemainingInstances", "false")


_DETAILS: Mapping[type, Callable[[Any, Triggers, Any], None]] = {
    m.StartEvent: _start,
    m.TerminateEndEvent: _terminate,
    m.BoundaryEvent: _boundary,
    m.EndEvent: _event,
    m.IntermediateCatchEvent: _event,
    m.IntermediateThrowEvent: _event,
    m.EventBasedGateway: _event_based,
    m.ComplexGateway: _complex,
    m.HumanTask: _human,
    m.ServiceTask: _service,
    m.ReceiveTask: _receive,
    m.CallActivity: _call,
    m.SubProcess: _sub_process,
}


# activities ---------------------------------------------------------------------------------------------


def _activity(made: Any, node: m.Activity) -> None:
    if node.compensates:
        made.set("isForCompensation", "true")
    if isinstance(node.loop, m.StandardLoop):
        _standard(made, node.loop)
    elif node.loop is not None:
        _multiple(made, node.loop)


def _standard(made: Any, loop: m.StandardLoop) -> None:
    before = "true" if loop.test_before else ""
    most = loop.maximum.text if loop.maximum is not None and loop.maximum.text.isdigit() else ""
    written = add(made, "standardLoopCharacteristics", {"testBefore": before, "loopMaximum": most})
    if loop.condition is not None:
        formula(written, "loopCondition", loop.condition)


def _multiple(made: Any, loop: m.MultiInstance) -> None:
    attributes = {"isSequential": "true" if loop.sequential else ""}
    if loop.collection is not None and isinstance(loop.collection.node, Path):
        attributes |= {"camunda:collection": loop.collection.text, "camunda:elementVariable": loop.item}
    if loop.behavior is not m.Notable.ALL:
        attributes["behavior"] = loop.behavior.value.capitalize()
    written = add(made, "multiInstanceLoopCharacteristics", attributes)
    if loop.cardinality is not None:
        formula(written, "loopCardinality", loop.cardinality)
    if loop.until is not None:
        formula(written, "completionCondition", loop.until)
