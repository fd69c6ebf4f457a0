"""Blocks into nodes and flows: one function per kind of block, one line each in the table at the end.

How a block becomes BPMN stands in reference §3. Code F08 and those of the context. May import model and its siblings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from signoff.model.definition import Block, BlockKind
from signoff.model.expression import Expression
from signoff.model.gate import Binding, Strength
from signoff.model.nodes import (
    Assignments,
    BoundaryEvent,
    CallActivity,
    ErrorEvent,
    Event,
    EventSubProcess,
    GateTask,
    IntermediateCatchEvent,
    MultiInstance,
    Node,
    ServiceTask,
    SubProcess,
    TerminateEndEvent,
    TimerEvent,
    UserTask,
)
from signoff.model.types import Declaration
from signoff.notation.yaml.context import Context, Scope
from signoff.notation.yaml.gates import Gates
from signoff.notation.yaml.graph import SPLITS, Graph, Piece
from signoff.notation.yaml.keys import BLOCK_SHAPES
from signoff.notation.yaml.sections import ladder
from signoff.notation.yaml.tree import Keyed, Leaf
from signoff.notation.yaml.types import UNKNOWN, Types
from signoff.time.relative import When, Words, parse_when


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a block stands: its scope, the sequence it belongs to, and its position there."""

    scope: Scope
    parent: str
    order: int = 0


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles the blocks of one file into one graph."""

    context: Context
    types: Types
    gates: Gates
    graph: Graph

    def sequence(self, blocks: tuple[Keyed, ...], scope: Scope, parent: str) -> list[Piece]:
        """The blocks of a list; `parent` is the id of its sequence block."""
        found = []
        for order, tree in enumerate(blocks):
            kind = next((key.text for key, _ in tree if key.text in BLOCK_SHAPES), "")
            leaf = tree.leaf(kind)
            if leaf is None or leaf.text in self.graph.nodes:
                continue
            self.context.mark(leaf.text, leaf)
            found.append(BUILDERS[kind](self, leaf.text, tree, Spot(scope, parent, order)))
        return found

    # parts of blocks ---------------------------------------------------------------------------------------

    def common(self, id_: str, tree: Keyed, scope: Scope) -> dict[str, Any]:
        """The settings that every node has."""
        help_ = self.context.text(tree.get("help"))
        return {
            "id": id_,
            "label": self.context.label(tree, id_),
            "scope": scope.id,
            "ref": tree.text("ref"),
            "help": help_,
        }

    def activity(self, id_: str, tree: Keyed, scope: Scope) -> dict[str, Any]:
        return {
            **self.common(id_, tree, scope),
            "condition": self.context.expression(tree.get("if"), f"{id_}|if"),
            "assign": self.assignments(tree.node("set"), f"{id_}|set", scope),
        }

    def assignments(self, tree: Keyed | None, mark: str, scope: Scope | None = None) -> Assignments:
        """Targets and values; with a scope the targets must be data that may be written (N01, T09)."""
        found = []
        for key, value in tree or ():
            target = key.text if scope is None else self.written(key, scope)
            self.context.mark(f"{mark}|{key.text}", key)
            expression = self.context.expression(value, f"{mark}|{key.text}|value")
            if target and expression:
                found.append((target, expression))
        return tuple(found)

    def written(self, key: Leaf, scope: Scope) -> str:
        root, dot, rest = key.text.partition(".")
        name = self.context.lookup("N01", Leaf(root, key.place), scope.names)
        if name and scope.names[name].formula:
            self.context.report("T09", key.place, name=name)
            return ""
        return name + dot + rest if name else ""

    def inner(
        self, id_: str, tree: Keyed, scope: Scope, extra: Mapping[str, Declaration] | None = None
    ) -> Scope:
        """The scope inside a block that declares data."""
        own = self.types.declarations(tree.node("data"), {**scope.names, **(extra or {})})
        return Scope(id_, {**scope.names, **(extra or {}), **own})

    def own(self, inner: Scope, scope: Scope, item: str = "") -> tuple[Declaration, ...]:
        return tuple(d for name, d in inner.names.items() if name not in scope.names and name != item)

    def single(self, node: Node, spot: Spot, *, leads: bool = True, extra: tuple[str, ...] = ()) -> Piece:
        """A block that is one node."""
        self.graph.add(node)
        self.graph.block(Block(node.id, BlockKind.STEP, spot.parent, spot.order, entry=node.id, exit=node.id))
        return Piece(node.id, node.id, ((node.id,) if leads else ()) + extra)

    # kinds of blocks ---------------------------------------------------------------------------------------

    def human(self, id_: str, tree: Keyed, scope: Scope, own: Binding, *, standing: bool) -> dict[str, Any]:
        due = self.context.when(tree.get("due"))
        for key in ("owner", "opens", "due", "lapses", "escalate", "sign"):
            self.context.mark(f"{id_}|{key}", tree.get(key))
        if "escalate" in tree:
            escalate = ladder(self.context, tree.items("escalate"), id_)
        else:
            escalate = self.gates.defaults.escalate
        if tree.items("escalate") and "due" not in tree:
            self.context.report("P04", _key(tree, "escalate").place, name=id_)
        return {
            **self.activity(id_, tree, scope),
            "owner": self.context.all_roles(tree.leaves("owner")),
            "gate": self.gates.gate(id_, tree, scope, own, standing=standing),
            "opens": self.context.when(tree.get("opens")),
            "due": due,
            "lapses": self.context.when(tree.get("lapses")),
            "takes": self.context.span(tree.get("takes")),
            "escalate": escalate if due else (),
            "cc": self.context.all_roles(tree.leaves("cc")),
        }

    def step(self, id_: str, tree: Keyed, spot: Spot) -> Piece:
        form = self.gates.form(tree.node("form"), spot.scope, id_)
        for leaf in tree.leaves("delivers"):
            self.context.mark(f"{id_}|delivers|{leaf.text}", leaf)
        delivers = tuple(dict.fromkeys(leaf.text for leaf in tree.leaves("delivers")))
        node = UserTask(
            **self.human(id_, tree, spot.scope, Binding(form.writable, delivers), standing=False),
            form=form,
            delivers=delivers,
            checklist=self.gates.checklist(tree, id_),
            least=Strength.ATTESTED if tree.text("sign") == "true" else Strength.ASSERTED,
        )
        return self.single(node, spot, extra=self.boundaries(id_, tree, spot))

    def gate(self, id_: str, tree: Keyed, spot: Spot) -> Piece:
        node = GateTask(**self.human(id_, tree, spot.scope, Binding(), standing=True))
        return self.single(node, spot, extra=self.boundaries(id_, tree, spot))

    def run(self, id_: str, tree: Keyed, spot: Spot) -> Piece:
        defaults = self.gates.defaults
        node = ServiceTask(
            **self.activity(id_, tree, spot.scope),
            handler=tree.text("handler"),
            inputs=self.assignments(tree.node("with"), f"{id_}|with"),
            returns=self.types.read(tree.get("returns")) if "returns" in tree else None,
            errors=tuple(leaf.text for leaf in tree.leaves("errors")),
            retry=self.context.retry(tree.get("retry")) or defaults.retry,
            timeout=self.context.span(tree.get("timeout")) or defaults.timeout,
        )
        return self.single(node, spot, extra=self.boundaries(id_, tree, spot))

    def call(self, id_: str, tree: Keyed, spot: Spot) -> Piece:
        leaf = tree.leaf("process")
        process = self.context.lookup("N09", leaf, self.context.known, "process_unknown") if leaf else ""
        node = CallActivity(
            **self.activity(id_, tree, spot.scope),
            process=process,
            inputs=self.assignments(tree.node("with"), f"{id_}|with"),
        )
        for key, _ in tree.node("with") or ():
            if process and key.text not in self.context.known[process].data:
                names = self.context.known[process].data
                self.context.report.strange("N01", key.place, key.text, names)
        return self.single(node, spot, extra=self.boundaries(id_, tree, spot))

    def wait(self, id_: str, tree: Keyed, spot: Spot) -> Piece:
        when = self.moment(tree)
        self.context.mark(f"{id_}|at", tree.get("at") or tree.get("after"))
        node = IntermediateCatchEvent(**self.activity(id_, tree, spot.scope), event=TimerEvent(at=when))
        return self.single(node, spot, extra=self.boundaries(id_, tree, spot))

    def moment(self, tree: Keyed) -> When | None:
        """`at: when`, or `after: span` counted from when the wait begins."""
        if "after" in tree:
            return self.context.phrase(
                tree.get("after"), lambda text: parse_when(f"{text} after opened", Words())
            )
        return self.context.when(tree.get("at"))

    def end(self, id_: str, tree: Keyed, spot: Spot) -> Piece:
        condition = self.context.expression(tree.get("if"), f"{id_}|if")
        common = self.common(id_, tree, spot.scope)
        outcome = tree.text("outcome")
        node = TerminateEndEvent(**common, condition=condition, outcome=outcome, whole_process=True)
        return self.single(node, spot, leads="if" in tree)

    def split(self, kind: str, id_: str, tree: Keyed, spot: Spot) -> Piece:
        gateway, block_kind = SPLITS[kind]
        join = self.graph.add(gateway(id=f"{id_}.join", scope=spot.scope.id))
        node = self.graph.add(gateway(**self.common(id_, tree, spot.scope)))
        branches = tree.nodes("branches")
        for order, branch in enumerate(branches, 1):
            pieces = self.sequence(branch.nodes("steps"), spot.scope, f"{id_}/{order}")
            condition = self.context.expression(branch.get("if"), f"{id_}/{order}|if")
            self.graph.branch(id_, order, pieces, condition)
        if kind != "parallel":
            last = len(branches) + 1
            pieces = self.sequence(tree.nodes("otherwise"), spot.scope, f"{id_}/{last}")
            default = self.graph.branch(id_, last, pieces)
            self.graph.add(replace(cast("Any", self.graph.nodes[node]), default=default))
        reached = any(flow.target == join for flow in self.graph.flows.values())
        piece = Piece(id_, join, (join,) if reached else ())
        if condition := self.context.expression(tree.get("if"), f"{id_}|if"):
            piece = self.graph.guard(id_, spot.scope.id, condition, piece.leads)
        self.graph.block(Block(id_, block_kind, spot.parent, spot.order, entry=piece.entry, exit=piece.exit))
        return piece

    def parallel(self, id_: str, tree: Keyed, spot: Spot) -> Piece:
        return self.split("parallel", id_, tree, spot)

    def choose(self, id_: str, tree: Keyed, spot: Spot) -> Piece:
        return self.split("choose", id_, tree, spot)

    def include(self, id_: str, tree: Keyed, spot: Spot) -> Piece:
        return self.split("include", id_, tree, spot)

    def stage(self, id_: str, tree: Keyed, spot: Spot) -> Piece:
        scope = self.inner(id_, tree, spot.scope)
        node = SubProcess(**self.activity(id_, tree, spot.scope), data=self.own(scope, spot.scope))
        return self.scoped(node, tree, scope, spot, BlockKind.STAGE)

    def each(self, id_: str, tree: Keyed, spot: Spot) -> Piece:
        item = tree.leaf("item")
        extra = {item.text: Declaration(item.text, UNKNOWN)} if item and self.free(item, spot.scope) else {}
        scope = self.inner(id_, tree, spot.scope, extra)
        collection = self.context.expression(tree.get("in"), f"{id_}|in")
        name = item.text if item else ""
        loop = MultiInstance(
            item=name,
            collection=collection or Expression.of("[]"),  # only when it was refused
            sequential=tree.text("in_turn") == "true",
            until=self.context.expression(tree.get("until"), f"{id_}|until"),
            collect=self.assignments(tree.node("collect"), f"{id_}|collect", spot.scope),
        )
        data = self.own(scope, spot.scope, name)
        node = SubProcess(**self.activity(id_, tree, spot.scope), data=data, loop=loop)
        return self.scoped(node, tree, scope, spot, BlockKind.EACH)

    def free(self, leaf: Leaf, scope: Scope) -> bool:
        if leaf.text in scope.names:
            self.context.report("N04", leaf.place, name=leaf.text)
            return False
        return self.context.fresh(leaf)

    def scoped(self, node: SubProcess, tree: Keyed, scope: Scope, spot: Spot, kind: BlockKind) -> Piece:
        """A sub-process with its steps and the handlers inside it."""
        self.graph.add(node)
        self.graph.block(Block(node.id, kind, spot.parent, spot.order, entry=node.id, exit=node.id))
        pieces = self.sequence(tree.nodes("steps"), scope, f"{node.id}/")
        self.graph.body(node.id, pieces, scope=node.id)
        self.handlers(node.id, tree, scope)
        return Piece(node.id, node.id, (node.id,))

    # handlers ----------------------------------------------------------------------------------------------

    def handlers(self, owner: str, tree: Keyed, scope: Scope) -> None:
        """Handlers of a stage, a loop or the process: event sub-processes beside its steps."""
        for n, handler in enumerate(tree.nodes("upon"), 1):
            id_ = self.handler_id(handler, f"{owner}.upon.{n}" if owner else f"upon.{n}")
            if "error" in handler:
                self.context.report("U01", _key(handler, "error").place, key="error")
            event = self.event(handler)
            inner = self.inner(id_, handler, scope)
            if event is None:
                continue
            node = EventSubProcess(
                **self.activity(id_, handler, scope),
                data=self.own(inner, scope),
                event=event,
                interrupting=self.interrupts(handler),
            )
            spot = Spot(scope, f"{owner}/", -1)
            self.scoped(node, handler, inner, spot, BlockKind.HANDLER)

    def boundaries(self, host: str, tree: Keyed, spot: Spot) -> tuple[str, ...]:
        """Handlers of one activity: boundary events; gives the nodes from which the flow also goes on."""
        leads = []
        for n, handler in enumerate(tree.nodes("upon"), 1):
            id_ = self.handler_id(handler, f"{host}.upon.{n}")
            event = self.event(handler)
            body = self.body(id_, handler, spot)
            if event is None:
                continue
            interrupting = self.interrupts(handler)
            common = self.common(id_, handler, spot.scope)
            assign = self.assignments(handler.node("set"), f"{id_}|set", spot.scope)
            self.graph.add(
                BoundaryEvent(**common, host=host, event=event, interrupting=interrupting, assign=assign)
            )
            if body:
                self.graph.flow(id_, body)
            if interrupting:
                leads.append(body or id_)
        return tuple(leads)

    def body(self, id_: str, handler: Keyed, spot: Spot) -> str:
        """The sub-process with the steps of a boundary event; nothing when it has none."""
        if not handler.nodes("steps"):
            return ""
        body = f"{id_}.body"
        inner = self.inner(body, handler, spot.scope)
        node = SubProcess(
            id=body,
            scope=spot.scope.id,
            label=self.context.label(handler, id_),
            data=self.own(inner, spot.scope),
        )
        self.scoped(node, handler, inner, replace(spot, order=-1), BlockKind.HANDLER)
        return body

    def handler_id(self, handler: Keyed, otherwise: str) -> str:
        leaf = handler.leaf("id")
        id_ = leaf.text if leaf and leaf.text not in self.graph.nodes else otherwise
        self.context.mark(id_, handler)
        return id_

    def event(self, handler: Keyed) -> Event | None:
        if leaf := handler.leaf("error"):
            return ErrorEvent("" if leaf.text == "any" else leaf.text)
        if "every" in handler:
            every = self.context.every(handler.get("every"))
            return TimerEvent(every=every) if every else None
        when = self.moment(handler)
        return TimerEvent(at=when) if when else None

    def interrupts(self, handler: Keyed) -> bool:
        said = handler.leaf("interrupts")
        if said and said.text == "true" and "every" in handler:
            self.context.report("F08", said.place, "every_interrupts")
            return False
        if said and said.text == "false" and "error" in handler:
            self.context.report("F08", said.place, "error_interrupts")
        return "error" in handler or (said is not None and said.text == "true")


def _key(tree: Keyed, key: str) -> Leaf:
    return tree.key(key) or Leaf(key, tree.place)


Builder = Callable[[Compiler, str, Keyed, Spot], Piece]
BUILDERS: Mapping[str, Builder] = {
    "step": Compiler.step,
    "gate": Compiler.gate,
    "stage": Compiler.stage,
    "parallel": Compiler.parallel,
    "choose": Compiler.choose,
    "include": Compiler.include,
    "each": Compiler.each,
    "run": Compiler.run,
    "call": Compiler.call,
    "wait": Compiler.wait,
    "end": Compiler.end,
}
