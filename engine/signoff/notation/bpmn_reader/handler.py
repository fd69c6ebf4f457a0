"""By which name an automatic task calls registered code: topic, else delegate, class or method, else its own id.

Nothing of what a file names is ever loaded or run; a name resolves only in the registry that the host fills. May
import the modules beside it that know no process.
"""

import re

from signoff.notation.bpmn_reader.context import Context, How
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import JAVA

_CODE = re.compile(r"[$#]\{\s*([A-Za-z_][\w.]*)\s*(?:\([^{}]*\))?\s*\}")


def handler(context: Context, element: Element) -> str:
    """The name of the handler of an element; one registered for this element goes before what the file says."""
    found = named(element)
    return found[0] if found and element.id not in context.registered else element.id


def how(element: Element, name: str) -> How:
    """What kind of name a handler goes by."""
    found = named(element)
    if found is not None and found[0] == name:
        return found[1]
    if name != element.id:
        return How.TOPIC
    return How.SCRIPT if element.name == "scriptTask" else How.ELEMENT


def named(element: Element) -> tuple[str, How] | None:
    """The name that a vendor's extension gives, and what kind of name it is; on the event or on its message."""
    found = _on(element)
    if found is None:
        for definition in element.all("messageEventDefinition"):
            found = found or _on(definition)
    return found


def _on(element: Element) -> tuple[str, How] | None:
    if topic := _topic(element):
        return topic, How.TOPIC
    for attribute, how in (("delegateExpression", How.DELEGATE), ("expression", How.EXPRESSION)):
        if text := element.foreign(attribute, JAVA):
            code = _CODE.fullmatch(text)
            return (code[1] if code else text), how
    if text := element.foreign("class", JAVA):
        return text, How.CLASS
    return None


def _topic(element: Element) -> str:
    if topic := element.foreign("topic", JAVA):
        return topic
    for task in element.extensions("taskDefinition"):
        return task.get("type")
    for connector in element.extensions("connector"):
        for child in connector.children:
            if child.name == "connectorId":
                return child.text.strip()
    kind = element.foreign("type", JAVA)
    return kind if kind != "external" else ""
