"""A definition as a process of BPMN: scopes with their nodes, flows, lanes and associations. May import the model."""

from collections.abc import Mapping
from typing import Any

from signoff.model import nodes as m
from signoff.model.definition import Definition, Lane
from signoff.model.node import Node, SequenceFlow
from signoff.notation.bpmn_writer.leaf import add, formula, free
from signoff.notation.bpmn_writer.node import element, flow_name, said
from signoff.notation.bpmn_writer.quantity import Quantities
from signoff.notation.bpmn_writer.trigger import Catalogue, Triggers
from signoff.notation.xml.namespace import SIGNOFF


def process_name(definition: Definition) -> str:
    """The id of a process in the file, where nothing in it may have the same; the process says its own beside it."""
    taken = definition.nodes.keys() | definition.lanes.keys()
    return free(definition.id, taken) if definition.id in taken else definition.id


def process(root: Any, definition: Definition, catalogue: Catalogue, *, executable: bool = True) -> Any:
    """The process, with what it declares before it."""
    triggers = Triggers(definition, catalogue, Quantities.in_(definition))
    triggers.declare()
    runs = "true" if executable else "false"
    id = process_name(definition)
    made = add(root, "process", {"id": id, "name": said(definition.label), "isExecutable": runs})
    if id != definition.id:
        made.set(f"{{{SIGNOFF}}}id", definition.id)
    writing = _Writing(triggers, _scopes(definition))
    _lanes(made, definition.lanes)
    writing.scope(made, "")
    root.remove(made)  # what its events refer to was declared meanwhile: that stands first
    root.append(made)
    return made


def _scopes(definition: Definition) -> Mapping[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in definition.nodes.values():
        found.setdefault(node.scope, []).append(node)
    return found


class _Writing:
    """One process while it is written."""

    def __init__(self, triggers: Triggers, scopes: Mapping[str, list[Node]]) -> None:
        self.triggers = triggers
        self.definition = triggers.definition
        self.scopes = scopes
        self.flows: dict[str, list[SequenceFlow]] = {}
        copies = triggers.quantities.copies
        for flow in (one for one in self.definition.flows.values() if one.id not in copies):
            scope = self.definition.nodes[flow.source].scope
            self.flows.setdefault(scope, []).append(flow)

    def scope(self, made: Any, scope: str) -> None:
        """What lies in a process or a sub-process: nodes, flows, then what is only drawn."""
        nodes = self.scopes.get(scope, [])
        for node in nodes:
            inside = element(made, self.triggers, node)
            if isinstance(node, m.SubProcess):
                self._within(inside, node)
        for flow in self.flows.get(scope, ()):
            self._flow(made, flow)
        for node in nodes:
            if isinstance(node, m.BoundaryEvent) and node.handler:
                ends = {"sourceRef": node.id, "targetRef": node.handler}
                add(made, "association", {"id": f"{node.id}.undone", **ends, "associationDirection": "One"})

    def _within(self, made: Any, node: m.SubProcess) -> None:
        """The loop of a sub-process stands before its nodes, the condition of an ad-hoc one after them."""
        self.scope(made, node.id)
        if isinstance(node, m.AdHocSubProcess) and node.completion is not None:
            formula(made, "completionCondition", node.completion)

    def _flow(self, made: Any, flow: SequenceFlow) -> None:
        id = flow_name(flow.id)
        written = add(made, "sequenceFlow", {"id": id, "sourceRef": flow.source, "targetRef": flow.target})
        if id != flow.id:
            written.set(f"{{{SIGNOFF}}}id", flow.id)
        if flow.condition is not None:
            formula(written, "conditionExpression", flow.condition)


def _lanes(made: Any, lanes: Mapping[str, Lane]) -> None:
    tops = [lane for lane in lanes.values() if lane.parent not in lanes]
    if tops:
        _lane_set(add(made, "laneSet", {"id": f"{tops[0].id}.lane-set"}), tops, lanes)


def _lane_set(made: Any, tops: list[Lane], lanes: Mapping[str, Lane]) -> None:
    for lane in tops:
        written = add(made, "lane", {"id": lane.id, "name": said(lane.label)})
        for node in lane.nodes:
            add(written, "flowNodeRef", says=node)
        inner = [one for one in lanes.values() if one.parent == lane.id]
        if inner:
            _lane_set(add(written, "childLaneSet", {"id": f"{lane.id}.lanes"}), inner, lanes)
