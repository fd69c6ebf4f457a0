"""What a written file lacks of the model: it is read again, and each field that comes back otherwise becomes a setting.

So nothing can be lost that this package has no words for, and a new field of the model needs no line here. May
import the model, notation.markup and the reader.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from lxml import etree

from signoff.model.definition import Definition
from signoff.model.node import Node
from signoff.notation import bpmn_reader, markup
from signoff.notation.bpmn_writer.leaf import extensions, marked, name
from signoff.notation.bpmn_writer.node import flow_name
from signoff.notation.bpmn_writer.process import process_name
from signoff.notation.xml.namespace import SIGNOFF

_WRITTEN = frozenset({"id", "nodes", "flows"})  # of a definition: always by BPMN's own elements
_GATHERED = ("roles", "messages", "signals", "errors", "escalations")
_PLACED = frozenset({"id", "scope"})  # of a node


def complete(root: Any, wanted: Mapping[str, Definition]) -> None:
    """Add to the file what it does not say yet about these definitions."""
    found = bpmn_reader.sketch(root)
    elements = {one.get("id"): one for one in root.iter(etree.Element) if one.get("id")}
    processes = {id: elements[process_name(definition)] for id, definition in wanted.items()}
    for process, definition in wanted.items():
        read = found.definitions[process]
        for flow in definition.flows.values():
            way, element = read.flows.get(flow.id), elements.get(flow_name(flow.id))
            differs = way is not None and way.condition != flow.condition
            if differs and element is not None and flow.condition is not None:
                element.set(f"{{{SIGNOFF}}}condition", flow.condition.text)
        if list(read.flows) != list(definition.flows):  # the order is part of what a definition is
            for n, id in enumerate(definition.flows, 1):
                if flow_name(id) in elements:  # else it is the copy of one
                    elements[flow_name(id)].set(f"{{{SIGNOFF}}}order", str(n))
        whole = False
        for node in definition.nodes.values():
            native = None if node.id in found.troubled else read.nodes.get(node.id)
            element = elements[node.id] if node.id in elements else processes[process]  # of a global task
            whole = _node(element, node, native) or whole
        differing = [one for one in _differing(definition, read) if one not in _WRITTEN]
        if whole:  # nothing of what such a node refers to is gathered when it is read
            differing += [one for one in _GATHERED if one not in differing and getattr(definition, one)]
        if differing:
            _settle(processes[process], markup.encode("settings", definition, only=differing))


def _node(element: Any, wanted: Node, found: Node | None) -> bool:
    """Single fields where the rest was read as it is; else everything, which is told."""
    if found is None or type(found) is not type(wanted):
        mark = markup.encode("settings", wanted)
        for placed in _PLACED:
            mark.attributes.pop(placed, None)
        mark.attributes = {markup.KIND: type(wanted).__name__, **mark.attributes}
        _settle(element, mark)
        return True
    differing = [one for one in _differing(wanted, found) if one not in _PLACED]
    if differing:
        _settle(element, markup.encode("settings", wanted, only=differing))
    return False


def _differing(wanted: Any, found: Any) -> Iterator[str]:
    for each in fields(wanted):
        there, here = getattr(wanted, each.name), getattr(found, each.name)
        if there != here or (isinstance(there, Mapping) and list(there) != list(here)):
            yield each.name


def _settle(element: Any, mark: markup.Mark) -> None:
    around = extensions(element)
    for old in around.findall(name("signoff:settings")):
        around.remove(old)
    marked(around, mark)
