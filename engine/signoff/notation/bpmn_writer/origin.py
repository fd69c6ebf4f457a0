"""What a file had that the model does not: kept when it is written anew, for the elements that are still there.

Documentation, foreign attributes and extension elements, artifacts, data, collaborations, and the diagram. May use
lxml, the reader and the modules beside it.
"""

from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

from signoff.model.definition import Definition
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


def graft(made: Any, origin: str | bytes, read: Iterable[Definition]) -> bool:
    """Put into a written file what its origin had beside the model; says whether the diagram could be kept.

    `read` are the definitions that the origin was read as: what else a process had could not be read, and stays.
    """
    nodes = {id for one in read for id in (*one.nodes, *one.flows)}
    wordless = {flow.id for one in read for flow in one.flows.values() if flow.condition is None}
    old = parse(text_of(origin, "<origin>"), "<origin>").source
    known = {one.get("id"): one for one in made.iter(etree.Element) if one.get("id")}
    before = {one.get("id"): one for one in old.iter(etree.Element) if one.get("id") and _local(one)}
    for id, element in tuple(known.items()):
        if id in before and before[id].tag == element.tag:
            _element(element, before[id], known)
    _unread(old, known, nodes)
    for id in wordless & known.keys() & before.keys():
        _condition(known[id], before[id])
    _beside(made, old, known)
    return _diagram(made, old)


def relationships(made: Any, origin: str | bytes) -> None:
    """What a file says about other files: last of all, as the schema wants it."""
    old = parse(text_of(origin, "<origin>"), "<origin>").source
    made.extend(_copied(child) for child in old if _local(child) == "relationship")


def _element(made: Any, old: Any, known: dict[str, Any]) -> None:
    for attribute, value in old.attrib.items():
        foreign = attribute[0] == "{" and not attribute.startswith((f"{{{XSI}}}", f"{{{SIGNOFF}}}"))
        if foreign and attribute not in made.attrib:
            made.set(attribute, value)
    own = old.find(name("bpmn:extensionElements"))
    for child in own if own is not None else ():
        if isinstance(child.tag, str) and not child.tag.startswith(f"{{{SIGNOFF}}}"):
            extensions(made).append(_copied(child))
    for child in tuple(made):
        _unnamed(child, made, old, known)
    for child in old:
        if _local(child) in _PASSIVE and child.get("id") not in known:
            made.append(_copied(child))
    _sort(made)


def _unread(old: Any, known: dict[str, Any], read: Collection[str]) -> None:
    """Nodes that could not be read, and the flows that lead to them or away: as they were."""
    for flows in (False, True):
        for element in old.iter(etree.Element):
            id, around = element.get("id"), element.getparent()
            if not id or id in known or id in read or (_local(element) == "sequenceFlow") is not flows:
                continue
            place = known.get(around.get("id")) if around is not None else None
            if place is None or not (_joins(element, known) if flows else _local(element) in FLOW_NODES):
                continue
            copy = _copied(element)
            place.append(copy)
            _sort(place)
            known.update((one.get("id"), one) for one in copy.iter(etree.Element) if one.get("id"))


def _condition(made: Any, old: Any) -> None:
    """A condition in words, which nothing was read of, stays while there is no other."""
    former = old.find(name("bpmn:conditionExpression"))
    if former is not None and made.find(former.tag) is None and not made.get(f"{{{SIGNOFF}}}condition"):
        made.append(_copied(former))


def _joins(flow: Any, known: Mapping[str, Any]) -> bool:
    """Whether both ends of a flow are still there."""
    return all(flow.get(end, "").rpartition(":")[2] in known for end in ("sourceRef", "targetRef"))


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
            made.insert(0, _copied(child))
    imports = [child for child in made if _local(child) == "import"]
    made[:] = [*imports, *(child for child in made if child not in imports)]


def _diagram(made: Any, old: Any) -> bool:
    """The diagrams as they were, without what is gone, when nothing new lacks its shape."""
    ids = {one.get("id") for one in made.iter(etree.Element) if one.get("id")}
    diagrams = [_copied(child) for child in old if child.tag == f"{{{DI}}}BPMNDiagram"]
    shapes = [one for each in diagrams for one in each.iter(etree.Element) if one.get("bpmnElement")]
    drawn = {shape.get("bpmnElement").rpartition(":")[2] for shape in shapes}
    wanted = {one.get("id") for each in _DRAWN for one in made.iter(name(f"bpmn:{each}"))}
    before = {
        one.get("id") for one in old.iter(etree.Element)
    }  # what was drawn nowhere then, need not be now
    if not diagrams or not wanted <= drawn | before:
        return False
    for shape in shapes:
        if shape.get("bpmnElement").rpartition(":")[2] not in ids and _is_figure(shape):
            shape.getparent().remove(shape)
    made.extend(diagrams)
    return True


_DRAWN = ("sequenceFlow", *FLOW_NODES)


def _is_figure(shape: Any) -> bool:
    return isinstance(shape.tag, str) and shape.tag.endswith(("}BPMNShape", "}BPMNEdge"))


def _copied(element: Any) -> Any:
    """A copy under another root, where a type that is named in a value goes by the prefix of the writer."""
    copy = deepcopy(element)
    for one in copy.iter(etree.Element):
        if (kind := one.get(f"{{{XSI}}}type")) and one.tag.startswith(f"{{{MODEL}}}"):
            one.set(f"{{{XSI}}}type", f"bpmn:{kind.rpartition(':')[2]}")
    return copy


def _local(element: Any) -> str:
    """The name of an element of BPMN; empty for everything else."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) and tag.startswith(f"{{{MODEL}}}") else ""
