"""How an element of BPMN looks: its shape, the sign of its event, its markers. May import the index and picture."""

from collections.abc import Mapping

from signoff.notation.bpmn_reader.index import SUB_PROCESSES, Index
from signoff.notation.picture.drawing import Marker, ShapeKind
from signoff.notation.xml.element import Element

KINDS: Mapping[str, ShapeKind] = {
    "startEvent": ShapeKind.START,
    "endEvent": ShapeKind.END,
    "intermediateCatchEvent": ShapeKind.CATCH,
    "intermediateThrowEvent": ShapeKind.THROW,
    "implicitThrowEvent": ShapeKind.THROW,
    "boundaryEvent": ShapeKind.BOUNDARY,
    "exclusiveGateway": ShapeKind.EXCLUSIVE,
    "inclusiveGateway": ShapeKind.INCLUSIVE,
    "parallelGateway": ShapeKind.PARALLEL,
    "eventBasedGateway": ShapeKind.EVENT_BASED,
    "complexGateway": ShapeKind.COMPLEX,
    "userTask": ShapeKind.TASK,
    "serviceTask": ShapeKind.SERVICE,
    "sendTask": ShapeKind.SEND,
    "receiveTask": ShapeKind.RECEIVE,
    "scriptTask": ShapeKind.SCRIPT,
    "businessRuleTask": ShapeKind.RULE,
    "manualTask": ShapeKind.MANUAL,
    "callActivity": ShapeKind.CALL,
    "subProcess": ShapeKind.STAGE,
    "adHocSubProcess": ShapeKind.STAGE,
    "transaction": ShapeKind.TRANSACTION,
    "participant": ShapeKind.POOL,
    "lane": ShapeKind.LANE,
    "dataObject": ShapeKind.DATA,
    "dataObjectReference": ShapeKind.DATA,
    "dataInput": ShapeKind.DATA,
    "dataOutput": ShapeKind.DATA,
    "dataStore": ShapeKind.STORE,
    "dataStoreReference": ShapeKind.STORE,
    "message": ShapeKind.MESSAGE,
    "textAnnotation": ShapeKind.ANNOTATION,
    "group": ShapeKind.GROUP,
}
_SIGNS = {"conditional": "condition", "compensate": "compensation"}


def kind(index: Index, element: Element, *, expanded: bool) -> ShapeKind:
    """The shape of an element; a sub-process that is not expanded is drawn like a task."""
    if element.name in SUB_PROCESSES and not expanded:
        return ShapeKind.COLLAPSED
    if element.name == "subProcess" and element.flag("triggeredByEvent"):
        return ShapeKind.HANDLER
    if element.name == "endEvent" and "terminate" in index.kinds(element):
        return ShapeKind.TERMINATE
    return KINDS.get(element.name, ShapeKind.ABSTRACT)


def sign(index: Index, element: Element) -> str:
    """What an event waits for or throws, as drawings call it."""
    kinds = [kind for kind in index.kinds(element) if kind != "terminate"]
    if len(kinds) > 1:
        return "parallel multiple" if element.flag("parallelMultiple") else "multiple"
    return _SIGNS.get(kinds[0], kinds[0]) if kinds else ""


def markers(element: Element, shape: ShapeKind, *, opened: bool) -> tuple[Marker, ...]:
    """What is drawn at the lower border, from the left; `opened`: the file says that one sees into it."""
    found: list[Marker] = []
    if element.first("standardLoopCharacteristics"):
        found.append(Marker.LOOP)
    loop = element.first("multiInstanceLoopCharacteristics", "participantMultiplicity")
    if loop is not None or element.flag("isCollection"):
        sequential = loop is not None and loop.flag("isSequential")
        found.append(Marker.SEQUENTIAL if sequential else Marker.PARALLEL)
    if element.flag("isForCompensation"):
        found.append(Marker.COMPENSATION)
    if element.name == "adHocSubProcess":
        found.append(Marker.AD_HOC)
    if shape is ShapeKind.COLLAPSED or (shape is ShapeKind.CALL and not opened):
        found.append(Marker.COLLAPSED)
    return tuple(found)


def interrupting(element: Element) -> bool:
    """Whether an event stops what it is attached to, or what runs around it."""
    return element.flag(
        "cancelActivity" if element.name == "boundaryEvent" else "isInterrupting", default=True
    )


def name(index: Index, element: Element) -> str:
    """What is written at an element: its name, the text of an annotation, the value of a group's category."""
    if element.name == "textAnnotation":
        return element.words("text")
    if element.name == "group":
        value = index.find(element.get("categoryValueRef"), "categoryValue")
        return value.get("value") if value is not None else ""
    said = element.get("name")
    if element.name in ("dataObjectReference", "dataStoreReference"):
        meant = index.find(element.get("dataObjectRef") or element.get("dataStoreRef"))
        said = said or (meant.get("name") if meant is not None else "")
    state = element.first("dataState")
    return f"{said} [{state.get('name')}]".strip() if state is not None and state.get("name") else said
