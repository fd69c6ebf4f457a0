"""Blocks as states: a sequence inside its parent, branches of a parallel block side by side, a stage around its steps.

What runs beside its host (handlers that do not interrupt) moves no token of the flow and has no state. May import
model and its siblings chart, step and situation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from signoff.model.block import SPLITS, Block, BlockKind
from signoff.model.definition import Definition
from signoff.model.nodes import (
    BoundaryEvent,
    ExclusiveGateway,
    HumanTask,
    InclusiveGateway,
    Node,
    RequestEffect,
    RequestHandler,
)
from signoff.notation.states import situation, step
from signoff.notation.states.chart import GO, Chart, States, join
from signoff.notation.states.situation import Demand, Refusal, name_of, when


@dataclass(frozen=True, slots=True)
class Projection:
    """Puts the blocks of one definition into a chart."""

    chart: Chart

    def process(self) -> States:
        """All states, `.start` first. Raises UnsupportedElement for what is not written in blocks."""
        root = self._root()
        states = self.sequence(root, "", ".completed")
        start = self.chart.definition.start
        names = [name_of("filled", name) for name in start.form.fill]
        names += [name_of("rule", rule.id) for rule in start.rules if not rule.warn]
        first = self.chart.first(root, "", ".completed")
        self.chart.row("start", ".start", first, *(Demand(name, "start") for name in names))
        ends = sorted({row.dest for row in self.chart.rows if row.dest.startswith(".")} | {".completed"})
        return [self.chart.leaf(".start", "start"), *states, *(self.chart.leaf(end, "end") for end in ends)]

    def _root(self) -> Block:
        definition = self.chart.definition
        blocks = definition.children("")
        if len(blocks) != 1:
            raise self.chart.unsupported(sorted(definition.nodes))
        strange = [n.id for n in definition.activities() if n.loop and not _is_each(definition, n)]
        strange += sorted(definition.nodes.keys() - definition.nodes_in(blocks[0].id))
        if strange:
            raise self.chart.unsupported(strange)
        return blocks[0]

    def sequence(self, sequence: Block, path: str, after: str) -> States:
        """The blocks of a list, each going on to the next; `after` is where the last one goes."""
        blocks = self.chart.steps(sequence)
        nexts = [*(join(path, self.chart.entry(b)) for b in blocks[1:]), after]
        found: States = []
        for block, following in zip(blocks, nexts, strict=False):  # an empty list still has an `after`
            found += self.block(block, path, following)
        here = [join(path, state["name"]) for state in found]
        for handler in self.chart.definition.handlers.get(self._scope(sequence), ()):
            if isinstance(handler, RequestHandler):
                found += self.request(handler, path, after, here)
            elif handler.interrupting:
                onward = self._landing(handler.continue_at, path) or after
                found += self.handler(self.chart.definition.blocks[handler.id], path, onward)
                for source in here:
                    self.chart.row(f"fire:{handler.id}", source, join(path, handler.id))
        return found

    def _scope(self, sequence: Block) -> str:
        """The sub-process whose body the sequence is; a branch has no handlers of its own."""
        parent = self.chart.definition.blocks.get(sequence.parent)
        if parent is None:
            return ""
        return "-" if parent.kind in SPLITS else parent.id

    def _landing(self, target: str, path: str) -> str:
        """The state where the flow goes on after a handler that says so."""
        return join(path, self.chart.entry(self.chart.definition.blocks[target])) if target else ""

    def block(self, block: Block, path: str, after: str) -> States:
        found = _BUILD[block.kind](self, block, path, after)
        if self.chart.guarded(block):
            fork = join(path, f"{block.id}.if")
            found.insert(0, self.chart.leaf(fork, "choice"))
            self.chart.row(GO, fork, join(path, block.id), when(block.id))
            self.chart.row(GO, fork, after, Refusal(when(block.id)))
        for event in self.chart.definition.boundaries.get(block.id, ()):
            if event.interrupting:
                found += self.boundary(event, path, after)
        return found

    def boundary(self, event: BoundaryEvent, path: str, after: str) -> States:
        """An interrupting event: its host is left for the handler's steps, or for what follows."""
        body = self.chart.definition.blocks.get(f"{event.id}.body")
        after = self._landing(event.continue_at, path) or after
        dest = join(path, body.id) if body else after
        host = self.chart.definition.nodes[event.host]
        begun = situation.opened(host) if isinstance(host, HumanTask) else ()
        self.chart.row(f"fire:{event.id}", join(path, event.host), dest, *begun)
        return self.handler(body, path, after) if body else []

    def request(self, handler: RequestHandler, path: str, after: str, here: list[str]) -> States:
        """An interrupting request: once approved, what it is about is left for its steps, and for what follows."""
        if not handler.interrupting:
            return []
        definition = self.chart.definition
        (inside,) = definition.children(handler.id)
        gate, effect = definition.nodes.get(handler.id.removesuffix(".request")), self._effect(handler)
        asked = situation.of_gate(gate) if isinstance(gate, HumanTask) else ()
        if handler.continue_at:
            after = self._landing(handler.continue_at, path)
        elif not handler.scope and handler.id in ("cancel.request", "withdraw.request"):
            after = ".cancelled" if handler.id.startswith("cancel") else ".withdrawn"
        state = join(path, handler.id)
        children = self.sequence(inside, state, after)
        first = self.chart.first(inside, state, after)
        dest = state if children else after
        for source in here:
            if not handler.host or source == join(path, handler.host):
                self.chart.row(f"fire:{effect}", source, dest, *asked)
        if not children:
            return []
        initial = first.rpartition("/")[2]
        return [self.chart.compound(state, "stage", children, initial, self.chart.label(handler.id))]

    def _effect(self, handler: RequestHandler) -> str:
        nodes = self.chart.definition.nodes.values()
        return next(n.id for n in nodes if isinstance(n, RequestEffect) and n.scope == handler.id)

    def handler(self, block: Block, path: str, after: str) -> States:
        return self.stage(block, path, after)

    def stage(self, block: Block, path: str, after: str) -> States:
        here = join(path, block.id)
        (inside,) = self.chart.definition.children(block.id)
        if not self.chart.steps(inside):
            self.chart.row(GO, here, after)
            return [self.chart.leaf(here, "stage", self.chart.label(block.id))]
        children = self.sequence(inside, here, after)
        initial = self.chart.first(inside, here, after).rpartition("/")[2]
        return [self.chart.compound(here, "stage", children, initial, self.chart.label(block.id))]

    def each(self, block: Block, path: str, after: str) -> States:
        """One element of the list; `more__ID` says that another one follows, `empty__ID` that there is none."""
        here = join(path, block.id)
        (inside,) = self.chart.definition.children(block.id)
        more = f"{here}/.more"
        children = self.sequence(inside, here, more)
        first = self.chart.first(inside, here, more)
        begin, none = f"{here}/.each", Demand(name_of("empty", block.id), block.id)
        self.chart.row(GO, begin, first, Refusal(none))
        self.chart.row(GO, begin, after, none)
        self.chart.row(GO, more, first, Demand(name_of("more", block.id), block.id))
        self.chart.row(GO, more, after, Refusal(Demand(name_of("more", block.id), block.id)))
        states = [self.chart.leaf(begin, "choice"), *children, self.chart.leaf(more, "choice")]
        return [self.chart.compound(here, "each", states, ".each", self.chart.label(block.id))]

    def parallel(self, block: Block, path: str, after: str) -> States:
        """A state per branch, all at once; they wait for one another in `.done`."""
        here = join(path, block.id)
        regions: States = []
        for branch in self.chart.definition.children(block.id):
            inside = f"{here}/{branch.order}"
            done = f"{inside}/.done"
            states = self.sequence(branch, inside, done)
            initial = self.chart.first(branch, inside, done)
            if block.kind is BlockKind.INCLUDE:
                initial = self.inclusion(block, branch, inside, initial)
                states.insert(0, self.chart.leaf(initial, "choice"))
            states.append(self.chart.leaf(done, "done"))
            regions.append(
                self.chart.compound(
                    inside, "branch", states, initial.rpartition("/")[2], self.chart.label(block.id)
                )
            )
        self.chart.row(GO, here, after, joined=here)
        kind = block.kind.value
        return [
            self.chart.compound(
                here, kind, regions, [region["name"] for region in regions], self.chart.label(block.id)
            )
        ]

    def inclusion(self, block: Block, branch: Block, inside: str, first: str) -> str:
        """A branch that may not be taken; the default is taken when no other is."""
        choice = f"{inside}/.if"
        taken = self._taken(block)
        if branch.order in taken:
            self.chart.row(GO, choice, first, taken[branch.order])
            self.chart.row(GO, choice, f"{inside}/.done", Refusal(taken[branch.order]))
        else:
            self.chart.row(GO, choice, first, *(Refusal(demand) for demand in taken.values()))
            for demand in taken.values():
                self.chart.row(GO, choice, f"{inside}/.done", demand)
        return choice

    def choose(self, block: Block, path: str, after: str) -> States:
        here = join(path, block.id)
        choice = f"{here}/.if"
        taken = self._taken(block)
        children: States = [self.chart.leaf(choice, "choice")]
        for branch in self.chart.definition.children(block.id):
            children += self.sequence(branch, here, after)
            demand = (taken[branch.order],) if branch.order in taken else ()
            self.chart.row(GO, choice, self.chart.first(branch, here, after), *demand)
        return [self.chart.compound(here, "choose", children, ".if", self.chart.label(block.id))]

    def _taken(self, block: Block) -> Mapping[int, Demand]:
        """order -> the condition of that branch; the default branch has none."""
        node = self.chart.definition.nodes[block.id]
        assert isinstance(node, ExclusiveGateway | InclusiveGateway)
        branches = len(self.chart.definition.children(block.id))
        orders = range(1, branches if node.default else branches + 1)
        return {order: when(block.id, str(order)) for order in orders}

    def step(self, block: Block, path: str, after: str) -> States:
        return step.states(self.chart, block, path, after)


def _repeat(build: Projection, block: Block, path: str, after: str) -> States:
    """One pass after the other; `again__ID` says that what it waits for does not hold yet."""
    here = join(path, block.id)
    (inside,) = build.chart.definition.children(block.id)
    begin, tested = f"{here}/.repeat", f"{here}/.until"
    children = build.sequence(inside, here, tested)
    first = build.chart.first(inside, here, tested)
    again = Demand(name_of("again", block.id), block.id)
    build.chart.row(GO, begin, first)
    build.chart.row(GO, tested, first, again)
    build.chart.row(GO, tested, after, Refusal(again))
    states = [build.chart.leaf(begin, "choice"), *children, build.chart.leaf(tested, "choice")]
    return [build.chart.compound(here, "repeat", states, ".repeat", build.chart.label(block.id))]


def _race(build: Projection, block: Block, path: str, after: str) -> States:
    """Whichever event comes first says which branch is gone."""
    here = join(path, block.id)
    waiting = f"{here}/.wait"
    children: States = [build.chart.leaf(waiting, "choice")]
    for branch in build.chart.definition.children(block.id):
        children += build.sequence(branch, here, after)
        event = build.chart.definition.children(branch.id)[0].id
        build.chart.row(f"finish:{event}", waiting, build.chart.first(branch, here, after))
    return [build.chart.compound(here, "race", children, ".wait", build.chart.label(block.id))]


def _is_each(definition: Definition, node: Node) -> bool:
    block = definition.blocks.get(node.id)
    return block is not None and block.kind in (BlockKind.EACH, BlockKind.REPEAT)


_BUILD: Mapping[BlockKind, Callable[[Projection, Block, str, str], States]] = {
    BlockKind.STEP: Projection.step,
    BlockKind.PARALLEL: Projection.parallel,
    BlockKind.INCLUDE: Projection.parallel,
    BlockKind.CHOOSE: Projection.choose,
    BlockKind.STAGE: Projection.stage,
    BlockKind.RACE: _race,
    BlockKind.EACH: Projection.each,
    BlockKind.REPEAT: _repeat,
}
