"""What a file says in signoff's own namespace: settings that BPMN has no words for, over what was read from BPMN's own.

`settings` that name a class are the whole element; others state single fields. May import notation.markup, the model
and the modules beside it that know no process.
"""

from dataclasses import replace
from typing import Any, TypeVar

from signoff.model import nodes
from signoff.model.definition import Definition
from signoff.model.expression import Expression
from signoff.model.node import Node
from signoff.notation import markup
from signoff.notation.bpmn_reader.context import Context
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import SIGNOFF

_T = TypeVar("_T", Node, Definition)
CLASSES = {
    kind.__name__: kind
    for kind in (getattr(nodes, name) for name in nodes.__all__)
    if isinstance(kind, type) and issubclass(kind, Node)
}


def settings(element: Element) -> Element | None:
    """The settings of a node or a process."""
    return next(iter(element.extensions("settings", spaces=(SIGNOFF,))), None)


def is_whole(own: Element | None) -> bool:
    """Whether settings say everything about an element."""
    return own is not None and markup.KIND in own.attributes


def whole(context: Context, own: Element, common: dict[str, Any]) -> Node | None:
    """A node that its settings describe alone."""
    kind = CLASSES.get(own.get(markup.KIND))
    fields = _given(context, own, kind) if kind is not None else None
    if kind is None or fields is None:
        context.report.refuse("bpmn_own_settings", own)
        return None
    try:
        return kind(**{**common, **fields})
    except TypeError:
        context.report.refuse("bpmn_own_settings", own)
        return None


def overlaid(context: Context, own: Element | None, made: _T) -> _T:
    """What was read, with the fields that settings state put in their place."""
    fields = _given(context, own, type(made)) if own is not None else None
    return replace(made, **fields) if fields else made


def flow_id(flow: Element) -> str:
    """The id of a flow, which may have signs that XML does not allow."""
    return flow.attributes.get(f"{{{SIGNOFF}}}id", flow.id)


def flow_order(flow: Element) -> int:
    """The place of a flow among those of the process, where its order is another one than that of the file."""
    written = flow.attributes.get(f"{{{SIGNOFF}}}order", "")
    return int(written) if written.isascii() and written.isdigit() else 0


def flow_condition(flow: Element) -> Expression | None:
    """The condition of a flow that BPMN would not give one."""
    text = flow.attributes.get(f"{{{SIGNOFF}}}condition")
    return Expression(text) if text else None


def _given(context: Context, own: Element, kind: type[Any]) -> dict[str, Any] | None:
    mark = _mark(own)
    mark.attributes.pop(markup.KIND, None)
    try:
        return markup.given(mark, kind)
    except markup.Unreadable:
        context.report.refuse("bpmn_own_settings", own)
        return None


def _mark(element: Element) -> markup.Mark:
    children = [_mark(child) for child in element.children]
    return markup.Mark(element.name, dict(element.attributes), children, element.text)
