"""What vendors add: refused where it would change what happens, kept and listed where it would not.

The one list of the extensions that are understood. May import the modules beside it that know no process.
"""

from signoff.notation.bpmn_reader.context import Context
from signoff.notation.bpmn_reader.index import Index
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import DRAWING, SIGNOFF, VENDORS, XSI
from signoff.notation.xml.report import Report

LISTENERS = frozenset(
    {"executionListener", "taskListener", "executionListeners", "taskListeners", "eventListener"}
)
_CODE = ("class", "expression", "delegateExpression", "type")

#: Read, or without effect here: every step is a transaction, and jobs are always exclusive.
_ATTRIBUTES = frozenset(
    """assignee candidateUsers candidateGroups dueDate topic type class
    delegateExpression expression resultVariable resultVariableName collection elementVariable initiator
    calledElementBinding calledElementType inheritVariables decisionRef mapDecisionResult decisionRefBinding async
    asyncBefore asyncAfter exclusive isStartableInTasklist terminateAll businessKey inheritBusinessKey
    sameDeployment fallbackToDefaultTenant errorCodeVariable escalationCodeVariable""".split()
)
_ELEMENTS = frozenset(
    """inputOutput ioMapping in out formData formProperty failedJobRetryTimeCycle taskDefinition
    assignmentDefinition taskSchedule subscription calledElement calledDecision script loopCharacteristics
    connector userTask value""".split()
)
#: Each would make the process do something else, and has no counterpart.
_REFUSED = frozenset(
    """variableMappingClass variableMappingDelegateExpression caseRef skipExpression triggerable eventType
    calledElementVersion calledElementVersionTag calledElementTenantId errorMessageVariable terminateMultiInstance
    decisionRefVersion decisionRefVersionTag variableAggregation""".split()
)
#: Attributes that change something on one kind of element alone, and with which value; empty: with any.
_REFUSED_ON = {
    ("signal", "scope"): "processInstance",
    ("conditionExpression", "resource"): "",
    ("timeCycle", "endDate"): "",
    ("timerEventDefinition", "businessCalendarName"): "",
}
_REFUSED_ELEMENTS = frozenset({"errorEventDefinition", "adHoc", "variableAggregation", "eventType"})
_HARMLESS = frozenset({XSI, "http://www.w3.org/XML/1998/namespace"})


def extensions(index: Index, context: Context) -> None:
    """Goes through all that is not BPMN's own."""
    for element in index.elements:
        _attributes(element, context)
        for group in element.all("extensionElements"):
            for child in group.children:
                _element(element, child, context)


def _attributes(element: Element, context: Context) -> None:
    for name in element.attributes:
        if name[0] != "{":
            continue
        space, _, local = name[1:].partition("}")
        if space in _HARMLESS or space in DRAWING or space == SIGNOFF:
            continue
        if space in VENDORS and _changes(element, local, element.attributes[name]):
            context.report.refuse("bpmn_extension", element, name=local, value=element.attributes[name])
        elif space not in VENDORS or local not in _ATTRIBUTES:
            context.keep(local, element)


def _changes(element: Element, name: str, value: str) -> bool:
    """Whether an attribute would make the process do something that is not drawn."""
    if (element.name, name) in _REFUSED_ON:
        return _REFUSED_ON[element.name, name] in {"", value}
    return name in _REFUSED and value not in {"", "false"}


def _element(owner: Element, child: Element, context: Context) -> None:
    if child.space in VENDORS and child.name in LISTENERS:
        for one in child.children if child.name.endswith("Listeners") else [child]:
            _listener(context.report, owner, one)
    elif child.space == SIGNOFF or (child.space in VENDORS and child.name in _ELEMENTS):
        return
    elif child.space in VENDORS and child.name in _REFUSED_ELEMENTS:
        value = next(iter(child.attributes.values()), child.text.strip())
        context.report.refuse("bpmn_extension", child, name=child.name, value=value)
    else:
        context.keep(child.name, owner)


def _listener(report: Report, owner: Element, listener: Element) -> None:
    """Code that runs beside the flow: by its name nobody can tell what it does."""
    code = next((listener.get(name) for name in _CODE if listener.get(name)), "")
    code = code or next((child.name for child in listener.children), "")
    report.refuse(
        "bpmn_listener",
        listener,
        named=owner.id,
        event=listener.get("event") or listener.get("eventType"),
        value=code,
    )
