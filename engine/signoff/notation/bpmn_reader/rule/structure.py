"""Rules about what may stand where: elements that BPMN does not know, and known ones in a wrong place.

Nothing of a process is passed over: what this does not allow inside a process or a node is refused. May import
`index`, `element`, `namespace` and `report`.
"""

from collections.abc import Iterator

from signoff.notation.bpmn_reader.index import ACTIVITIES, EVENTS, FLOW_NODES, GATEWAYS, SUB_PROCESSES, Index
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import DRAWING, MODEL
from signoff.notation.xml.report import Report

#: Every element of BPMN 2.0.2.
KNOWN = frozenset(
    """
    activationCondition activity adHocSubProcess artifact assignment association auditing baseElement
    baseElementWithMixedContent boundaryEvent businessRuleTask callActivity callChoreography
    callConversation callableElement cancelEventDefinition catchEvent category categoryValue
    categoryValueRef childLaneSet choreography choreographyActivity choreographyRef choreographyTask
    collaboration compensateEventDefinition completionCondition complexBehaviorDefinition complexGateway
    condition conditionExpression conditionalEventDefinition conversation conversationAssociation
    conversationLink conversationNode correlationKey correlationProperty correlationPropertyBinding
    correlationPropertyRef correlationPropertyRetrievalExpression correlationSubscription
    dataAssociation dataInput dataInputAssociation dataInputRefs dataObject dataObjectReference
    dataOutput dataOutputAssociation dataOutputRefs dataPath dataState dataStore dataStoreReference
    documentation endEvent endPoint endPointRef error errorEventDefinition errorRef escalation
    escalationEventDefinition event eventBasedGateway eventDefinition eventDefinitionRef
    exclusiveGateway expression extension extensionElements flowElement flowNode flowNodeRef
    formalExpression from gateway globalBusinessRuleTask globalChoreographyTask globalConversation
    globalManualTask globalScriptTask globalTask globalUserTask group humanPerformer implicitThrowEvent
    import inMessageRef inclusiveGateway incoming innerParticipantRef inputDataItem inputSet
    inputSetRefs interface interfaceRef intermediateCatchEvent intermediateThrowEvent ioBinding
    ioSpecification itemDefinition lane laneSet linkEventDefinition loopCardinality loopCharacteristics
    loopCondition loopDataInputRef loopDataOutputRef manualTask message messageEventDefinition
    messageFlow messageFlowAssociation messageFlowRef messagePath monitoring
    multiInstanceLoopCharacteristics operation operationRef optionalInputRefs optionalOutputRefs
    outMessageRef outerParticipantRef outgoing outputDataItem outputSet outputSetRefs parallelGateway
    participant participantAssociation participantMultiplicity participantRef partitionElement
    partnerEntity partnerRole performer potentialOwner process property receiveTask relationship
    rendering resource resourceAssignmentExpression resourceParameter resourceParameterBinding
    resourceRef resourceRole rootElement script scriptTask sendTask sequenceFlow serviceTask signal
    signalEventDefinition source sourceRef standardLoopCharacteristics startEvent subChoreography
    subConversation subProcess supportedInterfaceRef supports target targetRef task
    terminateEventDefinition text textAnnotation throwEvent timeCycle timeDate timeDuration
    timerEventDefinition to transaction transformation userTask whileExecutingInputRefs
    whileExecutingOutputRefs
    """.split()
)
_ALL = frozenset({"documentation", "extensionElements"})
_ARTIFACTS = frozenset({"association", "group", "textAnnotation"})
_DATA = frozenset({"dataObject", "dataObjectReference", "dataStoreReference"})
_ROLES = frozenset({"resourceRole", "performer", "humanPerformer", "potentialOwner"})
_NODE = _ALL | {"auditing", "monitoring", "categoryValueRef", "incoming", "outgoing"}
_SCOPE = FLOW_NODES | _ARTIFACTS | _DATA | {"sequenceFlow", "laneSet"}
_DEFINITIONS = frozenset(
    name for name in KNOWN if name.endswith("EventDefinition") and name != "eventDefinition"
)
_CARRIED = frozenset(
    "dataInput dataOutput dataInputAssociation dataOutputAssociation inputSet outputSet property".split()
)
_LOOPS = frozenset({"standardLoopCharacteristics", "multiInstanceLoopCharacteristics"})
_ACTIVITY = _NODE | _ROLES | _LOOPS | (_CARRIED - {"dataInput", "dataOutput", "inputSet", "outputSet"})
_ACTIVITY |= {"ioSpecification"}
_MORE = {
    "scriptTask": {"script"},
    "userTask": {"rendering"},
    "complexGateway": {"activationCondition"},
    "adHocSubProcess": {"completionCondition"},
}
_PROCESS = _ALL | _SCOPE | _ROLES | {"property", "ioSpecification", "ioBinding", "auditing", "monitoring"}
_PROCESS |= {"supportedInterfaceRef", "supports", "correlationSubscription", "artifact"}
_ROOTS = KNOWN & frozenset(
    """import extension category collaboration choreography globalChoreographyTask globalConversation conversation
    correlationProperty dataStore endPoint error escalation globalBusinessRuleTask globalManualTask globalScriptTask
    globalTask globalUserTask interface itemDefinition message partnerEntity partnerRole process resource signal
    relationship""".split()
)


def _allowed(element: Element) -> frozenset[str] | None:
    """The children that an element may have; None where it is not looked at."""
    name = element.name
    if name == "definitions":
        return _ALL | _ROOTS | _DEFINITIONS
    if name == "process":
        return _PROCESS
    if name in ACTIVITIES:
        inside = _ACTIVITY | (_SCOPE if name in SUB_PROCESSES else frozenset())
        return inside | frozenset(_MORE.get(name, ()))
    if name in GATEWAYS:
        return _NODE | frozenset(_MORE.get(name, ()))
    if name in EVENTS:
        return _NODE | _CARRIED | _DEFINITIONS | {"eventDefinitionRef"}
    return (
        _ALL | {"conditionExpression", "auditing", "monitoring", "categoryValueRef"}
        if name == "sequenceFlow"
        else None
    )


def _unknown(index: Index, report: Report) -> None:
    for element in index.elements:
        if element.name not in KNOWN and element.name != "definitions":
            report.refuse("bpmn_element", element)


def _misplaced(index: Index, report: Report) -> None:
    for element in index.elements:
        allowed = _allowed(element)
        for child in _strange(element, allowed) if allowed is not None else ():
            report.refuse("bpmn_misplaced", child, name=element.name, what=child.name)


def _strange(element: Element, allowed: frozenset[str]) -> Iterator[Element]:
    """The children that have no place here; what is no BPMN belongs into extension elements, drawings beside."""
    for child in element.children:
        if child.space == MODEL:
            if child.name in KNOWN and child.name not in allowed:
                yield child
        elif not (element.name == "definitions" and child.space in DRAWING):
            yield child


STRUCTURE = (_unknown, _misplaced)
