"""What a file had that the model does not: kept when it is written anew, for the elements that are still there.

Documentation, foreign attributes and extension elements, artifacts, data, collaborations, and the diagram. May use
lxml, the reader and the modules beside it.
"""

from copy import deepcopy
from typing import Any

from lxml import etree

from signoff.notation.bpmn_reader.index import FLOW_NODES
from signoff.notation.bpmn_writer.leaf import extensions, name
from signoff.notation.xml.element import parse, text_of
from signoff.notation.xml.namespace import DI, MODEL, SIGNOFF, XSI

_PASSIVE = frozenset(
    """textAnnotation association group dataObject dataObjectReference dataStoreReference ioSpecification property
    dataInputAssociation dataOutputAssociation auditing monitoring resourceRole potentialOwner humanPerformer
    performer correlationSubscription supportedInterfaceRef ioBinding dataInput dataOutput inputSet outputSet
    categoryValueRef""".split()
)
#: The order of children that the schema asks for; flow elements come in any.
_ORDER = """documentation extensionElements auditing monitoring supportedInterfaceRef ioBinding categoryValueRef
    incoming outgoing ioSpecification property dataInput dataOutput dataInputAssociation dataOutputAssociation
    inputSet outputSet resourceRole performer humanPerformer potentialOwner multiInstanceLoopCharacteristics
    standardLoopCharacteristics laneSet *""".split()
_LAST = "association group textAnnotation correlationSubscription completionCondition".split()
_ROOTS = frozenset({"process", "relationship"})


def graft(made: Any, origin: str | bytes) -> bool:
    """Put into a written file what its origin had beside the model; says whether the diagram could be kept."""
    old = parse(text_of(origin, "<origin>"), "<origin>").source
    known = {one.get("id"): one for one in made.iter(etree.Element) if one.get("id")}
    before = {one.get("id"): one for one in old.iter(etree.Element) if one.get("id")}
    for id, element in tuple(known.items()):
        if id in before and before[id].tag == element.tag:
            _element(element, before[id], known)
    _beside(made, old, known)
    return _diagram(made, old)


def relationships(made: Any, origin: str | bytes) -> None:
    """What a file says about other files: last of all, as the schema wants it."""
    old = parse(text_of(origin, "<origin>"), "<origin>").source
    made.extend(deepcopy(child) for child in old if _local(child) == "relationship")


def _element(made: Any, old: Any, known: dict[str, Any]) -> None:
    for attribute, value in old.attrib.items():
        foreign = attribute[0] == "{" and not attribute.startswith((f"{{{XSI}}}", f"{{{SIGNOFF}}}"))
        if foreign and attribute not in made.attrib:
            made.set(attribute, value)
    own = old.find(name("bpmn:extensionElements"))
    for child in own if own is not None else ():
        if isinstance(child.tag, str) and not child.tag.startswith(f"{{{SIGNOFF}}}"):
            extensions(made).append(deepcopy(child))
    for child in tuple(made):
        _unnamed(child, made, old, known)
    for child in old:
        if _local(child) in _PASSIVE and child.get("id") not in known:
            made.append(deepcopy(child))
    _sort(made)


def _unnamed(child: Any, made: Any, old: Any, known: dict[str, Any]) -> None:
    """A part that was written without an id, and was the only one of its kind before: it is the same part."""
    former = old.findall(child.tag) if _local(child) else []
    if len(former) == 1 and len(made.findall(child.tag)) == 1 and child.get("id") is None:
        if (id := former[0].get("id")) and id not in known:
            child.set("id", id)
        if _local(child) != "extensionElements":
            _element(child, former[0], known)


def _sort(made: Any) -> None:
    def rank(child: Any) -> int:
        local = _local(child)
        if local in _LAST:
            return len(_ORDER) + _LAST.index(local)
        return _ORDER.index(local) if local in _ORDER else _ORDER.index("*")

    made[:] = sorted(made, key=rank)


def _beside(made: Any, old: Any, known: dict[str, Any]) -> None:
    """Collaborations, item definitions and the like: before the processes."""
    for child in reversed(old):
        if _local(child) and _local(child) not in _ROOTS and child.get("id") not in known:
            made.insert(0, deepcopy(child))
    imports = [child for child in made if _local(child) == "import"]
    made[:] = [*imports, *(child for child in made if child not in imports)]


def _diagram(made: Any, old: Any) -> bool:
    """The diagrams as they were, without what is gone, when nothing new lacks its shape."""
    ids = {one.get("id") for one in made.iter(etree.Element) if one.get("id")}
    diagrams = [deepcopy(child) for child in old if child.tag == f"{{{DI}}}BPMNDiagram"]
    shapes = [one for each in diagrams for one in each.iter(etree.Element) if one.get("bpmnElement")]
    drawn = {shape.get("bpmnElement").rpartition(":")[2] for shape in shapes}
    wanted = {one.get("id") for each in _DRAWN for one in made.iter(name(f"bpmn:{each}"))}
    if not diagrams or not wanted <= drawn:
        return False
    for shape in shapes:
        if shape.get("bpmnElement").rpartition(":")[2] not in ids and _is_figure(shape):
            shape.getparent().remove(shape)
    made.extend(diagrams)
    return True


_DRAWN = ("sequenceFlow", *FLOW_NODES)


def _is_figure(shape: Any) -> bool:
    return isinstance(shape.tag, str) and shape.tag.endswith(("}BPMNShape", "}BPMNEdge"))


def _local(element: Any) -> str:
    """The name of an element of BPMN; empty for everything else."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) and tag.startswith(f"{{{MODEL}}}") else ""
