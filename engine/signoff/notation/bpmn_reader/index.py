"""What refers to what in a BPMN file: ids, flows, scopes, event definitions; asked by the rules and by the readers.

May import notation.xml only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import SIGNOFF
from signoff.notation.xml.report import Report

SCOPES = frozenset({"process", "subProcess", "adHocSubProcess", "transaction"})
SUB_PROCESSES = SCOPES - {"process"}
TASKS = frozenset(
    "task userTask serviceTask scriptTask sendTask receiveTask businessRuleTask manualTask".split()
)
ACTIVITIES = TASKS | SUB_PROCESSES | {"callActivity"}
GATEWAYS = frozenset(
    "exclusiveGateway inclusiveGateway parallelGateway eventBasedGateway complexGateway".split()
)
EVENTS = frozenset("startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent".split())
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS
THROWING = frozenset({"endEvent", "intermediateThrowEvent"})
_DEFINITION = "EventDefinition"


@dataclass(slots=True)
class Index:
    """Every element that has an id, and the ends of all sequence flows."""

    root: Element
    elements: list[Element] = field(default_factory=list)
    ids: dict[str, Element] = field(default_factory=dict)
    named: dict[str, list[Element]] = field(default_factory=dict)  # local name -> elements of BPMN
    outgoing: dict[str, list[Element]] = field(default_factory=dict)
    incoming: dict[str, list[Element]] = field(default_factory=dict)
    boundaries: dict[str, list[Element]] = field(default_factory=dict)  # activity id -> its boundary events

    @classmethod
    def of(cls, root: Element, report: Report) -> "Index":
        """The index of a file; two elements of one id are told."""
        index = cls(root)
        for element in root.walk():
            if element.is_bpmn:
                index._add(element, report)
        for flow in index.all("sequenceFlow"):
            index.outgoing.setdefault(plain(flow.get("sourceRef")), []).append(flow)
            index.incoming.setdefault(plain(flow.get("targetRef")), []).append(flow)
        for event in index.all("boundaryEvent"):
            index.boundaries.setdefault(plain(event.get("attachedToRef")), []).append(event)
        return index

    def _add(self, element: Element, report: Report) -> None:
        self.elements.append(element)
        if not element.id and element.name in FLOW_NODES:  # nothing refers to it, but it runs
            element.attributes["id"] = f"{element.name}_{element.line}_{element.column}"
        self.named.setdefault(element.name, []).append(element)
        if not element.id:
            return
        first = self.ids.setdefault(element.id, element)
        if first is not element:
            report.refuse("bpmn_id_twice", element, first=first.line)

    def all(self, *names: str) -> list[Element]:
        return [element for name in names for element in self.named.get(name, ())]

    def find(self, reference: str, *names: str) -> Element | None:
        """What a reference names, as it is or without its prefix; None when that is none of these kinds."""
        found = self.ids.get(reference.strip()) or self.ids.get(plain(reference))
        return found if found is not None and (not names or found.name in names) else None

    def definitions(self, event: Element) -> list[Element]:
        """The event definitions of an event, its own and those that it refers to."""
        found = [child for child in event.children if child.is_bpmn and child.name.endswith(_DEFINITION)]
        for reference in event.all("eventDefinitionRef"):
            referred = self.find(reference.text)
            if referred is not None and referred.name.endswith(_DEFINITION):
                found.append(referred)
        return found

    def kinds(self, event: Element) -> list[str]:
        """The words of its definitions: message, timer …"""
        return [definition.name.removesuffix(_DEFINITION) for definition in self.definitions(event)]

    def associated(self, element: Element) -> list[Element]:
        """What associations lead to from an element."""
        found = []
        for association in self.all("association"):
            if plain(association.get("sourceRef")) == element.id:
                target = self.find(association.get("targetRef"))
                found += [target] if target is not None else []
        return found


def plain(reference: str) -> str:
    """A reference without its namespace prefix."""
    return reference.strip().rpartition(":")[2]


def process_id(process: Element) -> str:
    """What a process is called: its id, or what signoff wrote beside it where a node has the same id."""
    return process.attributes.get(f"{{{SIGNOFF}}}id", "") or process.id


def scope_of(element: Element) -> Element | None:
    """The process or sub-process that an element lies in."""
    return next((around for around in element.ancestors() if around.name in SCOPES), None)


def process_of(element: Element) -> Element | None:
    return next((around for around in element.ancestors() if around.name == "process"), None)


def is_executable(element: Element) -> bool:
    """Whether it lies in a process that says that it is to be run."""
    process = element if element.name == "process" else process_of(element)
    return process is not None and process.flag("isExecutable")


def nodes_of(scope: Element) -> Iterator[Element]:
    """The flow nodes directly in a scope."""
    return (child for child in scope.children if child.is_bpmn and child.name in FLOW_NODES)
