"""Rules about data: inputs, outputs, sets, associations, items of collections (BPMN 2.0.2 §10.4)."""

from collections.abc import Iterator

from signoff.notation.bpmn_reader.index import Index, is_executable, plain
from signoff.notation.xml.element import Element
from signoff.notation.xml.report import Report

_ITEMS = ("dataInput", "dataOutput", "dataObject", "property")


def item_of(index: Index, element: Element | None, attribute: str = "itemSubjectRef") -> Element | None:
    """The item definition that an element refers to."""
    return index.find(element.get(attribute), "itemDefinition") if element is not None else None


def differ(first: Element | None, second: Element | None) -> bool:
    """Whether two item definitions describe different things: not one definition, not one known structure."""
    if first is second:
        return False
    if first is None or second is None:
        return True
    return not first.get("structureRef") or first.get("structureRef") != second.get("structureRef")


def _collections(index: Index, report: Report) -> None:
    for element in index.all("dataInput", "dataOutput", "dataObject"):
        item = item_of(index, element)
        if item is not None and item.flag("isCollection") != element.flag("isCollection"):
            report.warn("bpmn_collection_differs", element, name=item.id)


def _sets(index: Index, report: Report) -> None:
    """Every input stands in a set, and what is taken while executing is an input of the set."""
    for kind, group, refs, running in (
        ("dataInput", "inputSet", "dataInputRefs", "whileExecutingInputRefs"),
        ("dataOutput", "outputSet", "dataOutputRefs", "whileExecutingOutputRefs"),
    ):
        listed = {plain(ref.text) for one in index.all(group) for ref in one.all(refs)}
        for element in index.all(kind):
            if element.id not in listed and _in_specification(element):
                report.refuse("bpmn_data_in_no_set", element, name=group)
        for one in index.all(group):
            extra = {plain(ref.text) for ref in one.all(running)} - {plain(ref.text) for ref in one.all(refs)}
            if extra:
                report.refuse("bpmn_executing_unlisted", one, name=refs, found=sorted(extra))


def _in_specification(element: Element) -> bool:
    around = element.parent
    return around is not None and (
        around.name == "ioSpecification" or bool(around.all("inputSet", "outputSet"))
    )


def _associations(index: Index, report: Report) -> None:
    for association in index.all("dataInputAssociation", "dataOutputAssociation"):
        if len(association.all("sourceRef")) > 1 and not association.all("transformation"):
            report.refuse("bpmn_several_sources", association)


def _loops(index: Index, report: Report) -> None:
    """What a multi-instance task runs over is its own data input, and an item is a scalar of it."""
    for loop in index.all("multiInstanceLoopCharacteristics"):
        around = loop.parent
        reference = loop.words("loopDataInputRef")
        if not reference or around is None or not is_executable(loop):
            continue
        given = index.find(reference)
        own = {element.id for spec in around.all("ioSpecification") for element in spec.all("dataInput")}
        if around.name.endswith("ask") and (given is None or given.id not in own):
            report.refuse("bpmn_loop_input", loop, name=reference)
        for item in loop.all("inputDataItem"):
            whole, one = item_of(index, given), item_of(index, item)
            if whole is not None and one is not None and _no_scalar(whole, one):
                report.refuse("bpmn_loop_item", loop, name=item.id)


def _no_scalar(whole: Element, one: Element) -> bool:
    return one.flag("isCollection") or whole.get("structureRef") != one.get("structureRef")


def _event_items(index: Index, report: Report) -> None:
    """What an event carries is what its data input or output is."""
    for element in index.all(
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"
    ):
        data = element.all("dataInput", "dataOutput")
        for definition, own in zip(_carrying(element), data, strict=False):
            carried = _carried(index, definition)
            if carried is not None and differ(carried, item_of(index, own)):
                report.warn("bpmn_event_item", definition, named=definition.id or element.id, name=own.id)


def _carrying(event: Element) -> Iterator[Element]:
    return (child for child in event.children if child.name in _CARRIED)


_CARRIED = {
    "messageEventDefinition": ("messageRef", "itemRef"),
    "signalEventDefinition": ("signalRef", "structureRef"),
    "errorEventDefinition": ("errorRef", "structureRef"),
    "escalationEventDefinition": ("escalationRef", "structureRef"),
}


def _carried(index: Index, definition: Element) -> Element | None:
    reference, item = _CARRIED[definition.name]
    return item_of(index, index.find(definition.get(reference)), item)


DATA = (_collections, _sets, _associations, _loops, _event_items)
