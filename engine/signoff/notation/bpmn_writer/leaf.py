"""Elements of the file to be written: made in the right namespace, with prefixes that people know. Uses lxml alone."""

from collections.abc import Container
from functools import cache
from typing import Any

from lxml import etree

from signoff.notation.markup import Mark
from signoff.notation.xml.namespace import CAMUNDA, DC, DD, DI, LANGUAGE, MODEL, SIGNOFF, XSI

PREFIXES = {
    "bpmn": MODEL,
    "bpmndi": DI,
    "dc": DC,
    "di": DD,
    "xsi": XSI,
    "camunda": CAMUNDA,
    "signoff": SIGNOFF,
}
_SPACES = {prefix: f"{{{space}}}" for prefix, space in PREFIXES.items()}


@cache
def name(text: str) -> str:
    """`camunda:topic` as lxml writes it; a name without a prefix stays as it is."""
    prefix, colon, local = text.partition(":")
    return _SPACES[prefix] + local if colon else text


def root(text: str, prefixes: dict[str | None, str], **attributes: str) -> Any:
    """The outermost element, with all prefixes, and those of the file that it is written over."""
    others = {prefix: space for prefix, space in prefixes.items() if prefix and prefix not in PREFIXES}
    return etree.Element(name(text), attributes, nsmap={**PREFIXES, **others})


def add(parent: Any, text: str, attributes: dict[str, str] | None = None, *, says: str = "") -> Any:
    """A child of BPMN's namespace, unless another prefix is written; empty attributes are left out."""
    tag = name(text if ":" in text else f"bpmn:{text}")
    child = etree.SubElement(parent, tag)
    for key, value in attributes.items() if attributes else ():
        if value != "":
            child.set(name(key), value)
    if says:
        child.text = says
    return child


def free(id: str, taken: Container[str]) -> str:
    """An id that nothing else has: this one, with as many lines after it as that takes."""
    while id in taken:
        id += "_"
    return id


def formula(parent: Any, text: str, expression: Any) -> Any:
    """A child that is an expression of signoff's language."""
    typed = {"xsi:type": "bpmn:tFormalExpression", "language": LANGUAGE}
    return add(parent, text, typed, says=str(expression))


def marked(parent: Any, mark: Mark) -> Any:
    """A mark as an element of signoff's namespace."""
    child = add(parent, f"signoff:{mark.name}", mark.attributes, says=mark.text)
    for one in mark.attributes:  # empty ones count here
        child.set(one, mark.attributes[one])
    for inner in mark.children:
        marked(child, inner)
    return child


def extensions(element: Any) -> Any:
    """The extension elements of an element: after its documentation, before all else."""
    found = element.find(name("bpmn:extensionElements"))
    if found is None:
        found = etree.Element(name("bpmn:extensionElements"))
        place = len(element.findall(name("bpmn:documentation")))
        element.insert(place, found)
    return found
