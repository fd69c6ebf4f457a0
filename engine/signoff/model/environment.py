"""Which names an expression may read where, and every expression of a definition with what is expected of it.

The basis of `check`: types by scope, and the list of all expressions. May import the rest of model/.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from signoff.errors import UnsafeExpression
from signoff.model.definition import Definition
from signoff.model.expression import Expression
from signoff.model.gate import Rung
from signoff.model.inference import infer
from signoff.model.message import Message, Signal
from signoff.model.nodes import (
    Activity,
    Assignments,
    BoundaryEvent,
    CallActivity,
    ConditionalEvent,
    EndEvent,
    Event,
    EventSubProcess,
    HumanTask,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    MessageEvent,
    Node,
    ReceiveTask,
    RequestEffect,
    RequestEvent,
    RequestHandler,
    ServiceTask,
    SignalEvent,
    StandardLoop,
    StartEvent,
    SubProcess,
    TerminateEndEvent,
    UserTask,
    parts,
)
from signoff.model.types import (
    PERSON_FIELDS,
    Declaration,
    Kind,
    ListOf,
    Record,
    Scalar,
    Type,
    fields_of,
)

BOOLEAN, TEXT, DATE = Scalar(Kind.BOOLEAN), Scalar(Kind.TEXT), Scalar(Kind.DATE)
INTEGER, DURATION = Scalar(Kind.INTEGER), Scalar(Kind.DURATION)
_GIVEN: Mapping[str, Type] = {
    "starter": Scalar(Kind.PERSON),
    "started_at": Scalar(Kind.DATETIME),
    "process_key": TEXT,
}
assert "id" in PERSON_FIELDS, "keys are often made of starter.id"


@dataclass(frozen=True, slots=True)
class Site:
    """An expression where it stands.

    `mark` finds its place, `key` names it in sentences, `want` is the type it must have, `node` where it is
    computed (empty: at the start, `#` outside all flow), `after`: once the node's own form was filled,
    `passes`: a value handed on, which may be null as a whole.
    """

    mark: str
    expression: Expression
    key: str
    want: Type | None = None
    node: str = ""
    scope: str = ""
    after: bool = False
    passes: bool = False
    local: Mapping[str, Type] = field(default_factory=dict)


OUTSIDE = "#"


@dataclass(frozen=True)
class Environment:
    """The names in scope, for one definition; `known` are the processes it may call."""

    definition: Definition
    known: Mapping[str, Definition]

    def declared(self, scope: str) -> dict[str, Declaration]:
        """All data visible in a scope."""
        found = dict(self.definition.data)
        for id_ in reversed(self.definition.scope_chain(scope)):
            found |= self.definition.declared(id_)
        return found

    def types(self, scope: str) -> dict[str, Type]:
        """The types of all names in a scope, items of loops and given names included."""
        found: dict[str, Type] = dict(_GIVEN)
        found |= {name: d.type for name, d in self.definition.data.items()}
        for id_ in reversed(self.definition.scope_chain(scope)):
            node = self.definition.nodes[id_]
            found |= self._item(node, found)
            found |= {d.name: d.type for d in getattr(node, "data", ())}
        return found

    def _item(self, node: Node, around: Mapping[str, Type]) -> dict[str, Type]:
        """The element of a loop and its position."""
        loop = node.multi if isinstance(node, Activity) else None
        if isinstance(node, Activity) and isinstance(node.loop, StandardLoop):
            return {"round_no": INTEGER}
        if loop is None or loop.collection is None:
            return {}
        try:
            of = infer(loop.collection, around)
        except UnsafeExpression:
            of = None
        return {"position": INTEGER} | ({loop.item: of.item} if isinstance(of, ListOf) else {})

    def target(self, path: str, scope: str) -> Type | None:
        """The type of a dotted path of data, None when there is no such path."""
        root, *fields = path.split(".")
        declared = self.declared(scope).get(root)
        found: Type | None = declared.type if declared else None
        for name in fields:
            found = (fields_of(found) or {}).get(name) if found else None
        return found

    def result(self, node: Node) -> dict[str, Type]:
        """What `result` is once the node is done."""
        if isinstance(node, ServiceTask) and node.returns:
            return {"result": node.returns}
        if isinstance(node, CallActivity) and (called := self.known.get(node.process)):
            data = [called.data[name] for name in called.returns if name in called.data]
            return {"result": Record(tuple(data))}
        fields = {d.name: d for event in heard(node) for d in carried(self.definition, event)}
        return {"result": Record(tuple(fields.values()))} if fields else {}

    # every expression --------------------------------------------------------------------------------------

    def sites(self) -> Iterator[Site]:
        """Every expression of the definition, formulas included."""
        yield from self._formulas("", self.definition.data, {})
        for date in self.definition.dates.values():
            yield Site(f"date:{date.id}|from", date.first, "from", DATE, node=OUTSIDE)
            if date.last:
                yield Site(f"date:{date.id}|to", date.last, "to", DATE, node=OUTSIDE)
        yield from self._start()
        for node in self.definition.nodes.values():
            yield from self._node(node)
        yield from self._flows()

    def _start(self) -> Iterator[Site]:
        start = self.definition.start
        for rule in start.rules:
            yield Site(f"start|require|{rule.id}", rule.test, "rule", BOOLEAN, after=True)
        if start.key:
            yield Site("start|key", start.key, "key", TEXT, after=True)

    def _formulas(
        self, scope: str, data: Mapping[str, Declaration], around: Mapping[str, Type]
    ) -> Iterator[Site]:
        for declared in data.values():
            if declared.formula:
                mark = f"formula|{declared.name}|{declared.formula.text}"
                want = declared.type
                yield Site(mark, declared.formula, declared.name, want, OUTSIDE, scope, local=around)
            inner = declared.type
            while isinstance(inner, ListOf):
                inner = inner.item
            if isinstance(inner, Record):
                fields = {f.name: f for f in inner.fields}
                local = {**around, **{f.name: f.type for f in inner.fields}}
                yield from self._formulas(scope, fields, local)

    def _flows(self) -> Iterator[Site]:
        for source, flows in self.definition.outgoing.items():
            node = self.definition.nodes[source]
            for order, flow in enumerate(flows, 1):
                if flow.condition:
                    split = source.removesuffix(".if")
                    mark = f"{split}/{order}|if" if split == source else f"{split}|if"
                    yield Site(mark, flow.condition, "if", BOOLEAN, source, node.scope)

    def _node(self, node: Node) -> Iterator[Site]:
        if isinstance(node, _SKIPPED) and node.condition:
            yield Site(f"{node.id}|if", node.condition, "if", BOOLEAN, node.id, node.scope)
        if isinstance(node, _ASSIGNING):
            yield from self._assigned(node, node.assign, f"{node.id}|set", self.result(node))
        if isinstance(node, EventSubProcess):
            local = self.result(node)
            yield from self._assigned(node, node.accepts, f"{node.id}|set", local, scope=node.id)
        for event in heard(node):
            yield from self._event(node, event)
        if isinstance(node, (IntermediateThrowEvent, EndEvent)):
            wanted = {d.name: d.type for event in heard(node) for d in carried(self.definition, event)}
            for name, value in node.inputs:
                yield self._input(node, name, value, wanted.get(name))
        if isinstance(node, ServiceTask):
            for name, value in node.inputs:
                yield self._input(node, name, value, None)
        if isinstance(node, CallActivity):
            called = self.known.get(node.process)
            for name, value in node.inputs:
                declared = called.data.get(name) if called else None
                yield self._input(node, name, value, declared.type if declared else None)
        if isinstance(node, RequestEffect):
            yield from self._assigned(node, node.assign, f"{node.request}|set", {})
        if isinstance(node, RequestHandler) and isinstance(node.event, RequestEvent):
            for rule in node.event.rules:
                mark, start = f"{node.event.request}|require|{rule.id}", f"{node.id}.start"
                yield Site(mark, rule.test, "rule", BOOLEAN, start, node.id)
        if isinstance(node, HumanTask):
            yield from self._human(node)
        if isinstance(node, SubProcess):
            yield from self._formulas(node.id, {d.name: d for d in node.data}, {})
            yield from self._loop(node)

    def _input(self, node: Node, name: str, value: Expression, want: Type | None) -> Site:
        return Site(f"{node.id}|with|{name}|value", value, name, want, node.id, node.scope, passes=True)

    def _event(self, node: Node, event: Event) -> Iterator[Site]:
        """What an event is known by, and the condition that it waits for."""
        if isinstance(event, MessageEvent) and event.key:
            yield Site(f"{node.id}|key", event.key, "key", None, node.id, node.scope)
        if isinstance(event, ConditionalEvent):
            mark = f"{node.id}|condition"
            yield Site(mark, event.condition, "condition", BOOLEAN, node.id, node.scope)

    def _assigned(
        self,
        node: Node,
        assign: Assignments,
        mark: str,
        local: Mapping[str, Type],
        *,
        scope: str | None = None,
    ) -> Iterator[Site]:
        scope = node.scope if scope is None else scope
        for target, value in assign:
            want = self.target(target, scope)
            at = f"{mark}|{target}|value"
            yield Site(at, value, target, want, node.id, scope, after=True, passes=True, local=local)

    def _human(self, node: HumanTask) -> Iterator[Site]:
        for rule in () if self.definition.asks(node) else node.gate.rules:
            yield Site(
                f"{node.id}|require|{rule.id}", rule.test, "rule", BOOLEAN, node.id, node.scope, after=True
            )
        for n, entry in enumerate(node.gate.approvals):
            if entry.condition:
                mark = f"{node.id}|approve|{n}|if"
                yield Site(mark, entry.condition, "if", BOOLEAN, node.id, node.scope, after=True)
            if entry.auto:
                mark = f"{node.id}|approve|{n}|auto"
                yield Site(mark, entry.auto, "auto", BOOLEAN, node.id, node.scope, after=True)
            yield from _rungs(node, f"{node.id}|approve|{n}", entry.escalate, after=True)
        yield from _rungs(node, node.id, node.escalate, after=False)
        for n, check in enumerate(node.checklist if isinstance(node, UserTask) else ()):
            if check.condition:
                yield Site(f"{node.id}|checklist|{n}|if", check.condition, "if", BOOLEAN, node.id, node.scope)

    def _loop(self, node: SubProcess) -> Iterator[Site]:
        loop = node.multi
        if isinstance(node.loop, StandardLoop) and node.loop.until:
            yield Site(f"{node.id}|until", node.loop.until, "until", BOOLEAN, f"{node.id}.end", node.id)
        if loop is None or loop.collection is None:
            return
        yield Site(f"{node.id}|in", loop.collection, "in", None, node.id, node.scope)
        if loop.until:
            counts = {"finished": INTEGER, "total_count": INTEGER}
            until = loop.until
            yield Site(f"{node.id}|until", until, "until", BOOLEAN, f"{node.id}.end", node.id, local=counts)
        for target, value in loop.collect:
            want = self.target(target, node.scope)
            item = want.item if isinstance(want, ListOf) else None
            mark = f"{node.id}|collect|{target}|value"
            yield Site(mark, value, target, item, f"{node.id}.end", node.id, after=True, passes=True)


def carried(definition: Definition, event: Event) -> tuple[Declaration, ...]:
    """What comes with a message or a signal; any of it may be left out."""
    declared: Message | Signal | None = None
    if isinstance(event, MessageEvent):
        declared = definition.messages.get(event.message)
    elif isinstance(event, SignalEvent):
        declared = definition.signals.get(event.signal)
    return declared.fields if declared else ()


def heard(node: Node) -> tuple[Event, ...]:
    """The single events that a node waits for, or throws."""
    if isinstance(node, ReceiveTask):
        return (MessageEvent(node.message, node.key),) if node.message else ()
    return parts(getattr(node, "event", None))


_SKIPPED = (Activity, IntermediateCatchEvent, IntermediateThrowEvent, TerminateEndEvent)
_ASSIGNING = (
    Activity,
    BoundaryEvent,
    EndEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
    TerminateEndEvent,
)


def _rungs(node: HumanTask, mark: str, rungs: Iterable[Rung], *, after: bool) -> Iterator[Site]:
    for n, rung in enumerate(rungs):
        if rung.condition:
            at, slack = f"{mark}|escalate|{n}|if", {"slack": DURATION}
            yield Site(at, rung.condition, "if", BOOLEAN, node.id, node.scope, after=after, local=slack)
