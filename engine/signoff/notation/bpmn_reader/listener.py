"""What vendors add: refused where it would change what happens, kept and listed where it would not.

The one list of the extensions that are understood. May import the modules beside it that know no process.
"""

from signoff.notation.bpmn_reader.context import Context
from signoff.notation.bpmn_reader.element import Element
from signoff.notation.bpmn_reader.index import Index
from signoff.notation.bpmn_reader.namespace import DRAWING, SIGNOFF, VENDORS, XSI
from signoff.notation.bpmn_reader.report import Report

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
    calledElementVersion calledElementVersionTag calledElementTenantId errorMessageVariable""".split()
)
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
        if space in VENDORS and local in _REFUSED and element.attributes[name] not in {"", "false"}:
            context.report.refuse("bpmn_extension", element, name=local, value=element.attributes[name])
        elif space not in VENDORS or local not in _ATTRIBUTES:
            context.keep(local, element)


def _element(owner: Element, child: Element, context: Context) -> None:
    if child.space in VENDORS and child.name in LISTENERS:
        for one in child.children if child.name.endswith("Listeners") else [child]:
            _listener(context.report, owner, one)
    elif child.space == SIGNOFF or (child.space in VENDORS and child.name in _ELEMENTS):
        return
    elif child.space in VENDORS and child.name == "errorEventDefinition":
        context.report.refuse("bpmn_extension", child, name=child.name, value=child.get("expression"))
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
