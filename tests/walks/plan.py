"""A BPMN file as the token game sees it: nodes, flows and what stands in them. Read with the standard library alone."""

from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
WAITING = ("userTask", "serviceTask", "scriptTask", "receiveTask")
NESTED = ("subProcess", "transaction", "adHocSubProcess")


@dataclass(frozen=True)
class Trigger:
    """One event definition: its kind, what it names, and its text (a time, a condition)."""

    kind: str
    name: str = ""
    text: str = ""


@dataclass(frozen=True)
class Loop:
    """How an activity repeats: `kind` is standard, turn or once."""

    kind: str
    count: str = ""
    over: str = ""
    item: str = ""
    into: str = ""
    until: str = ""
    condition: str = ""
    before: bool = False
    most: int = 0


@dataclass(eq=False)
class Flow:
    id: str
    source: "Node"
    target: "Node"
    condition: str


@dataclass(eq=False)
class Node:
    """An element of the flow. `inside`: of a sub-process; `undo`: the activity that undoes it."""

    id: str
    tag: str
    said: dict[str, str]
    plan: "Plan"
    triggers: list[Trigger] = field(default_factory=list)
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundaries: list["Node"] = field(default_factory=list)
    loop: Loop | None = None
    inside: "Plan | None" = None
    undo: "Node | None" = None
    handed: tuple[tuple[str, str], ...] = ()
    activation: str = ""

    def flag(self, name: str, default: str = "false") -> bool:
        return self.said.get(name, default) == "true"

    @property
    def interrupting(self) -> bool:
        return (
            self.flag("cancelActivity", "true")
            if self.tag == "boundaryEvent"
            else self.flag("isInterrupting", "true")
        )

    def hears(self, kind: str) -> bool:
        return any(trigger.kind == kind for trigger in self.triggers)

    @property
    def wants_all(self) -> bool:
        return len(self.triggers) > 1 and self.flag("parallelMultiple")


@dataclass(eq=False)
class Plan:
    """What lies in one scope: of a process, or of a sub-process."""

    id: str
    nodes: dict[str, Node] = field(default_factory=dict)
    handlers: list[Node] = field(default_factory=list)
    completion: str = ""

    def beginnings(self) -> list[Node]:
        """Its none start event; without one everything that no flow leads to (BPMN 2.0.2 §13.2.1)."""
        starts = [n for n in self.nodes.values() if n.tag == "startEvent" and not n.triggers]
        quiet = ("boundaryEvent", "startEvent")
        return starts or [
            n
            for n in self.nodes.values()
            if not n.incoming
            and n.tag not in quiet
            and not n.flag("isForCompensation")
            and not (n.tag == "intermediateCatchEvent" and n.hears("link"))
        ]

    def catches(self, link: str) -> Node:
        """The catch event that a link leads to."""
        return next(
            n
            for n in self.nodes.values()
            if n.tag == "intermediateCatchEvent" and Trigger("link", link) in n.triggers
        )


def read(text: str) -> dict[str, Plan]:
    """The processes of a file by their ids."""
    root = ET.fromstring(text)
    return {one.get("id", ""): _plan(one) for one in root.findall(f"{BPMN}process")}


def _plan(scope: ET.Element) -> Plan:
    plan = Plan(scope.get("id", ""), completion=_text(scope, "completionCondition"))
    for one in scope:
        tag = one.tag.removeprefix(BPMN)
        if (
            "id" not in one.attrib
            or tag in ("sequenceFlow", "association")
            or "Definition" in tag
            or "Loop" in tag
        ):
            continue
        node = _node(one, tag, plan)
        if node.flag("triggeredByEvent"):
            plan.handlers.append(node)
        else:
            plan.nodes[node.id] = node
    for one in scope.findall(f"{BPMN}sequenceFlow"):
        source, target = plan.nodes[one.get("sourceRef", "")], plan.nodes[one.get("targetRef", "")]
        flow = Flow(one.get("id", ""), source, target, _text(one, "conditionExpression"))
        source.outgoing.append(flow)
        target.incoming.append(flow)
    for node in plan.nodes.values():
        if node.tag == "boundaryEvent":
            plan.nodes[node.said["attachedToRef"]].boundaries.append(node)
    for one in scope.findall(f"{BPMN}association"):
        host = plan.nodes[plan.nodes[one.get("sourceRef", "")].said["attachedToRef"]]
        host.undo = plan.nodes[one.get("targetRef", "")]
    return plan


def _node(one: ET.Element, tag: str, plan: Plan) -> Node:
    node = Node(one.get("id", ""), tag, dict(one.attrib), plan)
    node.activation = _text(one, "activationCondition")
    node.triggers = _triggers(one)
    node.loop = _loop(one)
    node.handed = tuple((o.get("source", ""), o.get("target", "")) for o in one.iter(f"{CAMUNDA}out"))
    if tag in NESTED:
        node.inside = _plan(one)
    if node.flag("triggeredByEvent") and node.inside is not None:
        start = next(n for n in node.inside.nodes.values() if n.tag == "startEvent")
        node.triggers = start.triggers
        node.said |= {name: start.said[name] for name in ("isInterrupting", "parallelMultiple")}
        start.triggers = []
    if tag == "receiveTask" and "messageRef" in node.said:
        node.triggers = [Trigger("message", node.said["messageRef"])]
    return node


def _triggers(one: ET.Element) -> list[Trigger]:
    found = []
    for each in one:
        kind = each.tag.removeprefix(BPMN).removesuffix("EventDefinition")
        if kind == each.tag.removeprefix(BPMN):
            continue
        name = each.get(f"{kind}Ref") or each.get("name") or each.get("activityRef") or ""
        text = "".join(part.text or "" for part in each)
        found.append(Trigger(kind, name, text))
    return found


def _loop(one: ET.Element) -> Loop | None:
    standard = one.find(f"{BPMN}standardLoopCharacteristics")
    if standard is not None:
        before = standard.get("testBefore") == "true"
        condition = _text(standard, "loopCondition")
        return Loop(
            "standard", condition=condition, before=before, most=int(standard.get("loopMaximum", "0"))
        )
    multi = one.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if multi is None:
        return None
    item = multi.find(f"{BPMN}inputDataItem")
    named = multi.get(f"{CAMUNDA}elementVariable") or ("" if item is None else item.get("name", ""))
    return Loop(
        "turn" if multi.get("isSequential") == "true" else "once",
        count=_text(multi, "loopCardinality"),
        over=multi.get(f"{CAMUNDA}collection") or _text(multi, "loopDataInputRef"),
        item=named,
        into=_text(multi, "loopDataOutputRef"),
        until=_text(multi, "completionCondition"),
    )


def _text(one: ET.Element, name: str) -> str:
    found = one.find(f"{BPMN}{name}")
    return "" if found is None else (found.text or "")
