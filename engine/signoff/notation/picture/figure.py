"""One node as one figure: its kind and its size, made to fit its label in both languages.

May import model and the siblings drawing, lettering and piece.
"""

from signoff.model.definition import Definition
from signoff.model.nodes import (
    Activity,
    BoundaryEvent,
    CallActivity,
    EndEvent,
    ErrorEvent,
    EventSubProcess,
    ExclusiveGateway,
    GateTask,
    HumanTask,
    InclusiveGateway,
    IntermediateCatchEvent,
    Node,
    ParallelGateway,
    RequestEffect,
    RequestEvent,
    ServiceTask,
    StartEvent,
    SubProcess,
    TerminateEndEvent,
)
from signoff.model.types import Text
from signoff.notation.picture.drawing import Shape, ShapeKind
from signoff.notation.picture.lettering import balanced, width, wrap

FONT = 13  # of labels
SMALL = 11  # of captions
LINE = 17  # from one line of a label to the next
HEAD = 22  # of a task: the row of its icon and its caption
TITLE = 28  # of a container
EVENT, GATEWAY, TASK = 30, 44, 142
MOST_LINES = 4
INSET = 9

_ROUND = {
    StartEvent: ShapeKind.START,
    EndEvent: ShapeKind.END,
    TerminateEndEvent: ShapeKind.TERMINATE,
    IntermediateCatchEvent: ShapeKind.CATCH,
    BoundaryEvent: ShapeKind.BOUNDARY,
    RequestEffect: ShapeKind.CATCH,
}
_DIAMOND = {
    ExclusiveGateway: ShapeKind.EXCLUSIVE,
    InclusiveGateway: ShapeKind.INCLUSIVE,
    ParallelGateway: ShapeKind.PARALLEL,
}
_BOX = {ServiceTask: ShapeKind.SERVICE, CallActivity: ShapeKind.CALL, GateTask: ShapeKind.GATE}


def figure(definition: Definition, node: Node) -> Shape:
    """The figure of a node at the origin; containers get their size from what lies in them."""
    if type(node) in _ROUND:
        return _event(definition, node, _ROUND[type(node)])
    if type(node) in _DIAMOND:
        return _shape(definition, node, _DIAMOND[type(node)], GATEWAY, GATEWAY)
    if isinstance(node, SubProcess):
        return _shape(definition, node, _container(node), 0, 0)
    kind = _BOX.get(type(node), ShapeKind.TASK)
    return _shape(definition, node, kind, TASK, task_height(node.label or Text(node.id, node.id)))


def _event(definition: Definition, node: Node, kind: ShapeKind) -> Shape:
    return _shape(definition, node, kind, EVENT, EVENT)


def _shape(definition: Definition, node: Node, kind: ShapeKind, width: int, height: int) -> Shape:
    scopes = definition.scope_chain(node.scope)
    owner = node.owner[:1] if isinstance(node, HumanTask) else ()
    return Shape(
        id=node.id,
        kind=kind,
        x=0,
        y=0,
        width=width,
        height=height,
        label=said(node),
        caption=owners(definition, node),
        phase=scopes[-1] if scopes else "",
        lane=owner[0] if owner else "",
        event=_trigger(definition, node),
        sealed=isinstance(node, HumanTask) and bool(node.gate.approvals),
        optional=isinstance(node, Activity | IntermediateCatchEvent | TerminateEndEvent)
        and node.condition is not None,
        interrupting=_interrupts(definition, node),
    )


def said(node: Node) -> Text:
    """The name that was given; one that only repeats an id says nothing on a gateway or an event."""
    if type(node) in _ROUND or type(node) in _DIAMOND:
        given = node.label.zh or node.label.en
        return Text() if given == node.id else node.label
    return node.label or Text(node.id, node.id)


def owners(definition: Definition, node: Node) -> Text:
    """Who does it, by the labels of the roles; for a gate that only asks, who is asked."""
    if not isinstance(node, HumanTask):
        return Text()
    roles = node.owner or tuple(dict.fromkeys(role for entry in node.gate.approvals for role in entry.by))
    labels = [definition.roles[id].label or Text(id, id) for id in roles if id in definition.roles]
    return Text("、".join(t.get("zh") for t in labels), ", ".join(t.get("en") for t in labels))


def task_height(label: Text) -> int:
    lines = max(len(label_lines(text, TASK)) for text in (label.get("zh"), label.get("en")))
    return max(64, HEAD + lines * LINE + 11)


def label_lines(text: str, room: int) -> tuple[str, ...]:
    return balanced(text, room=room - 2 * INSET, size=FONT, most=MOST_LINES)


def note_lines(text: str, room: int) -> tuple[str, ...]:
    """A note keeps its own lines; each may be wrapped."""
    return tuple(part for line in text.split("\n") for part in wrap(line, room=room, size=SMALL, most=9))


def title_width(label: Text) -> int:
    """Units that the title of a container takes."""
    return int(max(width(label.get(lang), FONT + 1) for lang in ("zh", "en"))) + 60


def _container(node: SubProcess) -> ShapeKind:
    if isinstance(node, EventSubProcess):
        return ShapeKind.HANDLER
    if node.id.endswith(".body"):
        return ShapeKind.BODY
    return ShapeKind.EACH if node.loop else ShapeKind.STAGE


def _trigger(definition: Definition, node: Node) -> str:
    """What an event waits for; the start of an event sub-process has its event."""
    if isinstance(node, StartEvent):
        handler = definition.nodes.get(node.scope)
        return _named(handler.event) if isinstance(handler, EventSubProcess) else ""
    if isinstance(node, RequestEffect):
        return "effect"
    return _named(node.event) if isinstance(node, BoundaryEvent | IntermediateCatchEvent) else ""


def _named(event: object) -> str:
    if isinstance(event, RequestEvent):
        return "request"
    return "error" if isinstance(event, ErrorEvent) else "timer"


def _interrupts(definition: Definition, node: Node) -> bool:
    owner = definition.nodes.get(node.scope) if isinstance(node, StartEvent) else node
    return owner.interrupting if isinstance(owner, BoundaryEvent | EventSubProcess) else True
