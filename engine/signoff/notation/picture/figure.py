"""One node as one figure: its kind and its size, made to fit its label in both languages.

May import model and the siblings drawing, lettering and piece.
"""

from collections.abc import Mapping

from signoff.model import nodes as m
from signoff.model.definition import Definition
from signoff.model.types import Text
from signoff.notation.picture.drawing import Marker, Shape, ShapeKind
from signoff.notation.picture.lettering import LONGEST, balanced, width, wrap

FONT = 13  # of labels
SMALL = 11  # of captions
LINE = 17  # from one line of a label to the next
HEAD = 22  # of a task: the row of its icon and its caption
FOOT = 16  # of a task: the row of its markers
TITLE = 28  # of a container
EVENT, GATEWAY, TASK = 30, 44, 142
MOST_LINES = 4
INSET = 9

_ROUND: Mapping[type[m.Node], ShapeKind] = {
    m.StartEvent: ShapeKind.START,
    m.EndEvent: ShapeKind.END,
    m.TerminateEndEvent: ShapeKind.TERMINATE,
    m.IntermediateCatchEvent: ShapeKind.CATCH,
    m.IntermediateThrowEvent: ShapeKind.THROW,
    m.BoundaryEvent: ShapeKind.BOUNDARY,
    m.RequestEffect: ShapeKind.CATCH,
}
_DIAMOND: Mapping[type[m.Node], ShapeKind] = {
    m.ExclusiveGateway: ShapeKind.EXCLUSIVE,
    m.InclusiveGateway: ShapeKind.INCLUSIVE,
    m.ParallelGateway: ShapeKind.PARALLEL,
    m.EventBasedGateway: ShapeKind.EVENT_BASED,
    m.ComplexGateway: ShapeKind.COMPLEX,
}
_BOX: Mapping[type[m.Node], ShapeKind] = {
    m.ServiceTask: ShapeKind.SERVICE,
    m.SendTask: ShapeKind.SEND,
    m.ReceiveTask: ShapeKind.RECEIVE,
    m.ScriptTask: ShapeKind.SCRIPT,
    m.BusinessRuleTask: ShapeKind.RULE,
    m.ManualTask: ShapeKind.MANUAL,
    m.AbstractTask: ShapeKind.ABSTRACT,
    m.CallActivity: ShapeKind.CALL,
    m.GateTask: ShapeKind.GATE,
}
_SIGNS: Mapping[type[object], str] = {
    m.TimerEvent: "timer",
    m.ErrorEvent: "error",
    m.MessageEvent: "message",
    m.SignalEvent: "signal",
    m.EscalationEvent: "escalation",
    m.CompensateEvent: "compensation",
    m.ConditionalEvent: "condition",
    m.LinkEvent: "link",
    m.CancelEvent: "cancel",
    m.RequestEvent: "request",
}


def figure(definition: Definition, node: m.Node) -> Shape:
    """The figure of a node at the origin; containers get their size from what lies in them."""
    if type(node) in _ROUND:
        return _event(definition, node, _ROUND[type(node)])
    if type(node) in _DIAMOND:
        return _shape(definition, node, _DIAMOND[type(node)], GATEWAY, GATEWAY)
    if isinstance(node, m.SubProcess):
        return _shape(definition, node, _container(node), 0, 0)
    kind = _BOX.get(type(node), ShapeKind.TASK)
    height = task_height(node.label or Text(node.id, node.id)) + (FOOT if markers(node) else 0)
    return _shape(definition, node, kind, TASK, height)


def _event(definition: Definition, node: m.Node, kind: ShapeKind) -> Shape:
    return _shape(definition, node, kind, EVENT, EVENT)


def _shape(definition: Definition, node: m.Node, kind: ShapeKind, width: int, height: int) -> Shape:
    scopes = definition.scope_chain(node.scope)
    owner = node.owner[:1] if isinstance(node, m.HumanTask) else ()
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
        sealed=isinstance(node, m.HumanTask) and bool(node.gate.approvals),
        optional=isinstance(node, m.Activity | m.IntermediateCatchEvent | m.TerminateEndEvent)
        and node.condition is not None,
        interrupting=_interrupts(definition, node),
        markers=markers(node),
    )


def markers(node: m.Node) -> tuple[Marker, ...]:
    """BPMN's markers of an activity, from the left."""
    found: list[Marker] = []
    loop = node.loop if isinstance(node, m.Activity) else None
    if isinstance(loop, m.MultiInstance):
        found.append(Marker.SEQUENTIAL if loop.sequential else Marker.PARALLEL)
    elif loop is not None:
        found.append(Marker.LOOP)
    if isinstance(node, m.Activity) and node.compensates:
        found.append(Marker.COMPENSATION)
    if isinstance(node, m.AdHocSubProcess):
        found.append(Marker.AD_HOC)
    if isinstance(node, m.CallActivity):
        found.append(Marker.COLLAPSED)
    return tuple(found)


def said(node: m.Node) -> Text:
    """The name that was given; one that only repeats an id says nothing on a gateway or an event."""
    if type(node) in _ROUND or type(node) in _DIAMOND:
        given = node.label.zh or node.label.en
        return Text() if given == node.id else node.label
    return node.label or Text(node.id, node.id)


def owners(definition: Definition, node: m.Node) -> Text:
    """Who does it, by the labels of the roles; for a gate that only asks, who is asked."""
    if not isinstance(node, m.HumanTask):
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
    return int(max(width(label.get(lang)[:LONGEST], FONT + 1) for lang in ("zh", "en"))) + 60


def _container(node: m.SubProcess) -> ShapeKind:
    if isinstance(node, m.EventSubProcess):
        return ShapeKind.HANDLER
    if isinstance(node, m.Transaction):
        return ShapeKind.TRANSACTION
    if node.id.endswith(".body"):
        return ShapeKind.BODY
    return ShapeKind.EACH if node.loop else ShapeKind.STAGE


def _trigger(definition: Definition, node: m.Node) -> str:
    """What an event waits for or throws; the start of an event sub-process has that of its sub-process."""
    if isinstance(node, m.RequestEffect):
        return "effect"
    if isinstance(node, m.StartEvent):
        handler = definition.nodes.get(node.scope)
        return _named(handler.event if isinstance(handler, m.EventSubProcess) else node.event)
    if isinstance(node, m.BoundaryEvent | m.IntermediateCatchEvent | m.IntermediateThrowEvent | m.EndEvent):
        return _named(node.event)
    return ""


def _named(event: object) -> str:
    if isinstance(event, m.MultipleEvent):
        return "parallel multiple" if event.parallel else "multiple"
    return _SIGNS.get(type(event), "")


def _interrupts(definition: Definition, node: m.Node) -> bool:
    owner = definition.nodes.get(node.scope) if isinstance(node, m.StartEvent) else node
    return owner.interrupting if isinstance(owner, m.BoundaryEvent | m.EventSubProcess) else True
