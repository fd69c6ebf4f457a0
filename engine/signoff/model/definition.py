"""A process as it was compiled: nodes, flows, blocks, data, dates, roles, documents; and the indexes over them.

Frozen: an instance runs on one definition for ever. Equality and the stored form (`store.codec`) count the
fields; the indexes are derived. May import the rest of model/ and time/; nothing else of signoff.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from signoff.model.block import SPLITS, Block, BlockKind
from signoff.model.expression import Expression
from signoff.model.gate import Binding, Form, Rule
from signoff.model.graph import Graph
from signoff.model.message import Code, Message, Signal
from signoff.model.nodes import (
    Assignments,
    BoundaryEvent,
    EventSubProcess,
    HumanTask,
    Node,
    SequenceFlow,
    ServiceTask,
    TimerEvent,
    UserTask,
)
from signoff.model.priority import URGED, Priority, Standstill
from signoff.model.role import Role
from signoff.model.types import Declaration, Text
from signoff.time.relative import Every, Roll, Span, When

FORMAT = 1


@dataclass(frozen=True, slots=True)
class NamedDate:
    """What deadlines hang on: a day (first only) or a window; `also` are further words for it."""

    id: str
    first: Expression
    last: Expression | None = None
    label: Text = Text()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A deliverable: `sections` are headings that must be there, `formats` allowed file suffixes."""

    id: str
    label: Text = Text()
    sections: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    keep: str = ""
    personal: bool = False
    readers: tuple[str, ...] = ()  # as of data


@dataclass(frozen=True, slots=True)
class Notice:
    """Text for people: Jinja2, rendered in a sandbox at the edge."""

    id: str
    subject: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Start:
    """Who may start, with what, and the business key."""

    by: tuple[str, ...] = ()  # role ids; empty: anybody
    form: Form = Form()
    rules: tuple[Rule, ...] = ()
    key: Expression | None = None
    withdrawal: bool = True  # whether who started it may withdraw it
    withdraw_until: str = ""  # and until which step is done; empty: to the end
    released_by: tuple[str, ...] = ()  # roles: who, beside whoever deploys it, must let it be started at all


@dataclass(frozen=True, slots=True)
class Lane:
    """A band of the diagram; its role owns the user tasks in it that name no owner."""

    id: str
    label: Text = Text()
    role: str = ""
    nodes: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True)  # without slots: what is derived is computed once
class Definition(Graph):
    """A compiled process. `lang` is the language of plain texts; `returns` are given back to a caller.

    `open`: data need no declaration; a name is looked up when it is needed, and an unknown one is an incident.
    `initial`: data that begin with a value and are declared nowhere.
    """

    id: str
    label: Text
    nodes: Mapping[str, Node]
    flows: Mapping[str, SequenceFlow]
    blocks: Mapping[str, Block] = field(default_factory=dict)
    data: Mapping[str, Declaration] = field(default_factory=dict)
    dates: Mapping[str, NamedDate] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    notices: Mapping[str, Notice] = field(default_factory=dict)
    start: Start = Start()
    returns: tuple[str, ...] = ()
    lang: str = "zh"
    calendar: str = "CN"
    zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    opens: str = "09:00"
    closes: str = "18:00"
    roll: Roll = Roll.OUTWARD
    edition: str = ""
    priority: Priority = Priority.NORMAL
    standstill: Standstill = Standstill.KEEP
    urging: Span = URGED
    questions: Standstill = Standstill.KEEP  # what they do to the clock of their step
    format: int = FORMAT
    open: bool = False
    initial: Assignments = ()
    messages: Mapping[str, Message] = field(default_factory=dict)
    signals: Mapping[str, Signal] = field(default_factory=dict)
    errors: Mapping[str, Code] = field(default_factory=dict)
    escalations: Mapping[str, Code] = field(default_factory=dict)
    lanes: Mapping[str, Lane] = field(default_factory=dict)

    @cached_property
    def touches(self) -> Mapping[str, Binding]:
        """What an element reads, writes, delivers and binds, by its id: what its print covers."""
        return {id: found for id, node in self.nodes.items() if (found := _touched(node)) is not None}

    @cached_property
    def block_of(self) -> Mapping[str, str]:
        """node -> the smallest block that has it as entry or exit."""
        found: dict[str, str] = {}
        for block in self.blocks.values():
            if block.kind is not BlockKind.SEQUENCE:
                found.setdefault(block.entry, block.id)
                found.setdefault(block.exit, block.id)
            if block.kind in SPLITS:
                found.setdefault(block.id, block.id)
                found.setdefault(f"{block.id}.join", block.id)
        return found

    def lineage(self, block: str) -> tuple[Block, ...]:
        """The blocks from the outermost down to `block`, itself included."""
        found: list[Block] = []
        while block:
            found.append(self.blocks[block])
            block = self.blocks[block].parent
        return tuple(reversed(found))

    def children(self, block: str) -> tuple[Block, ...]:
        return self._children.get(block, ())

    @cached_property
    def _children(self) -> Mapping[str, tuple[Block, ...]]:
        found: dict[str, list[Block]] = {}
        for block in self.blocks.values():
            found.setdefault(block.parent, []).append(block)
        return {id: tuple(sorted(blocks, key=lambda b: b.order)) for id, blocks in found.items()}

    def nodes_in(self, block: str) -> frozenset[str]:
        """The ids of all nodes inside a block, boundary events and handlers on them included."""
        return self._nodes_in[block]

    @cached_property
    def _nodes_in(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}

        def collect(block: Block) -> frozenset[str]:
            own = {block.entry, block.exit} - {""}
            own |= {*self.events_at_start.get("", ())} if not block.parent else set()
            if block.kind in SPLITS:  # under an `if`, entry and exit lie around the split and the join
                own |= {block.id, f"{block.id}.join"} & self.nodes.keys()
            own |= {event.id for id in tuple(own) for event in self.boundaries.get(id, ())}
            found[block.id] = frozenset(own).union(*(collect(child) for child in self.children(block.id)))
            return found[block.id]

        for top in self.children(""):
            collect(top)
        return found

    @cached_property
    def formulas(self) -> Mapping[str, frozenset[str]]:
        """Computed data, in whichever scope -> the names that its formulas read."""
        found: dict[str, frozenset[str]] = {}
        for name, _, reads in self._formulas():
            found[name] = found.get(name, frozenset()) | reads
        return found

    @cached_property
    def asked(self) -> Mapping[str, frozenset[str]]:
        """Steps and documents -> the computed data whose formulas ask what became of them."""
        found: dict[str, frozenset[str]] = {}
        for name, formula, _ in self._formulas():
            for id in formula.steps | formula.documents:
                found[id] = found.get(id, frozenset()) | {name}
        return found

    def _formulas(self) -> Iterator[tuple[str, Expression, frozenset[str]]]:
        for scope in {"", *self.starts}:
            for declared in self.declared(scope).values():
                for formula, reads in declared.formulas():
                    yield declared.name, formula, reads

    @cached_property
    def date_names(self) -> frozenset[str]:
        """The data that named dates read."""
        edges = [e for d in self.dates.values() for e in (d.first, d.last) if e is not None]
        return frozenset(name for edge in edges for name in edge.names)

    @cached_property
    def occurrences(self) -> frozenset[str]:
        """The bodies of recurring handlers: what is open of them is closed as missed with its host (DESIGN §7).

        Only handlers that were written as blocks; in a BPMN graph such tokens keep their scope (§13.5.3).
        """
        recurring = {
            node.id
            for node in self.nodes.values()
            if isinstance(node, BoundaryEvent | EventSubProcess)
            and isinstance(node.event, TimerEvent)
            and node.event.every is not None
            and not node.interrupting
        }
        led = {flow.target for flow in self.flows.values() if flow.source in recurring}
        handlers = {block.entry for block in self.blocks.values() if block.kind is BlockKind.HANDLER}
        return frozenset((recurring | led) & handlers)

    @cached_property
    def deliverers(self) -> Mapping[str, tuple[str, ...]]:
        """document -> the steps that deliver it."""
        found: dict[str, list[str]] = {}
        for node in self.nodes.values():
            for document in node.delivers if isinstance(node, UserTask) else ():
                found.setdefault(document, []).append(node.id)
        return {document: tuple(steps) for document, steps in found.items()}

    def writers(self, names: Iterable[str]) -> tuple[str, ...]:
        """The steps whose form writes one of these data."""
        return tuple(dict.fromkeys(step for name in names for step in self._writers.get(name, ())))

    @cached_property
    def _writers(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for node in self.nodes.values():
            for name in node.form.writable if isinstance(node, UserTask) else ():
                found.setdefault(name, []).append(node.id)
        return {name: tuple(steps) for name, steps in found.items()}

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The steps whose end deadlines and timers count from."""
        found: set[str] = set()
        for node in self.nodes.values():
            for phrase in _phrases(node):
                found.update(phrase.steps)
        return frozenset(found)

    @cached_property
    def awaited(self) -> frozenset[str]:
        """The steps whose end something counts from or is computed from."""
        return self.anchors | self.asked.keys()

    def scope_chain(self, scope: str) -> tuple[str, ...]:
        """The sub-process and those around it, innermost first; the process itself (empty) is left out."""
        found = []
        while scope:
            found.append(scope)
            scope = self.nodes[scope].scope
        return tuple(found)

    def declared(self, scope: str) -> Mapping[str, Declaration]:
        """The data declared by a sub-process, or by the process for the empty scope."""
        if not scope:
            return self.data
        return {d.name: d for d in getattr(self.nodes[scope], "data", ())}


def _phrases(node: Node) -> Iterator[When | Every]:
    """The phrases of time that a node counts by."""
    if isinstance(node, HumanTask):
        own = (when for entry in node.gate.approvals for when in (entry.due, *(r.at for r in entry.escalate)))
        yield from (when for when in (node.opens, node.due, node.lapses, *own) if when is not None)
        yield from (when for rung in node.escalate for when in (rung.at, rung.repeat) if when is not None)
    event = getattr(node, "event", None)
    if isinstance(event, TimerEvent):
        yield from (phrase for phrase in (event.at, event.every) if phrase is not None)


def _touched(node: Node) -> Binding | None:
    if isinstance(node, ServiceTask):
        return Binding(tuple(sorted({name for _, expression in node.inputs for name in expression.names})))
    if not isinstance(node, HumanTask):
        return None
    data, documents = (*node.gate.covers.data, *node.gate.reads), node.gate.covers.documents
    if isinstance(node, UserTask):
        data, documents = (*data, *node.form.writable, *node.form.show), (*documents, *node.delivers)
        data = (
            *data,
            *(name for check in node.checklist if check.condition for name in check.condition.names),
        )
    return Binding(tuple(sorted(set(data))), tuple(sorted(set(documents))))
