"""What holds in a state of the kernel, under the names that machines ask by: `STEP:NAME`.

Each name has one reading here, taken from data, documents, votes and tokens, never from what `decide` answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from signoff.kernel import ballot, missing, reach
from signoff.kernel.events import Event, flow
from signoff.kernel.events.gate import GatePassed
from signoff.kernel.sight import Sight
from signoff.kernel.state import ActivityStatus, Entry, EntryStatus, GateRecord, GateStatus, State
from signoff.kernel.world import World
from signoff.model.block import Block, BlockKind
from signoff.model.expression import Expression, ExpressionFault
from signoff.model.gate import Approval, Meaning
from signoff.model.nodes import (
    Activity,
    GateTask,
    HumanTask,
    IntermediateCatchEvent,
    Node,
    SubProcess,
    TerminateEndEvent,
    UserTask,
)
from signoff.notation.states.situation import Demand, name_of, of_approval, when

ASKING = (GateStatus.OPEN, GateStatus.STALE)
_SETTLED = (EntryStatus.PASSED, EntryStatus.SKIPPED)
_CONDITIONAL = (Activity, IntermediateCatchEvent, TerminateEndEvent)
_BRANCHED = (BlockKind.CHOOSE, BlockKind.INCLUDE)


class Facts:
    """One state, and the ticks that are handed in with it (step -> items)."""

    def __init__(
        self, world: World, state: State, at: datetime, ticks: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.world = world
        self.state = state
        self.at = at
        self.ticks = ticks or {}
        self.definition = world.definition(state.version)
        self._sights: dict[str, Sight] = {}

    def sight(self, scope: str) -> Sight:
        """What is seen from the inside of a sub-process; from the process while it is not open."""
        if scope not in self._sights:
            self._sights[scope] = self._from_inside(scope)
        return self._sights[scope]

    def _from_inside(self, scope: str) -> Sight:
        scopes = self.state.scopes
        found = next((s.id for s in scopes.values() if s.node == scope), next(iter(scopes)))
        return Sight(self.world, self.state, found, self.at)

    def names(self) -> frozenset[str]:
        """All names that hold."""
        demands = [d for node in self.definition.nodes.values() for d in self._of_node(node)]
        demands += [d for block in self.definition.blocks.values() for d in self._of_block(block)]
        return frozenset(f"{d.step}:{d.name}" for d in demands)

    def record(self, node: str) -> GateRecord | None:
        """The gate of a step that is asking now."""
        return next((g for g in self.state.gates.values() if g.node == node and g.status in ASKING), None)

    def skipped(self, scope: str, block: str) -> bool:
        """Whether the flow has not come to a block in this round."""
        sight, entry = self.sight(scope), self.definition.blocks[block].entry
        done = sight.done(entry)
        return not sight.passed(entry) and (done is None or done.status is ActivityStatus.SUPERSEDED)

    def _of_node(self, node: Node) -> Iterator[Demand]:
        sight = self.sight(node.scope)
        condition = node.condition if isinstance(node, _CONDITIONAL) else None
        if condition is not None and holds(sight, condition):
            yield when(node.id)
        if isinstance(node, SubProcess) and node.loop is not None and not _items(sight, node.loop.collection):
            yield Demand(name_of("empty", node.id), node.id)
        if isinstance(node, HumanTask):
            yield from (Demand(name, node.id) for name in self._of_human(sight, node))
        if isinstance(node, UserTask):
            yield from (Demand(name, node.id) for name in self._of_work(sight, node))

    def _of_block(self, block: Block) -> Iterator[Demand]:
        outgoing = self.definition.outgoing
        if block.kind in _BRANCHED:
            for order, taken in enumerate(outgoing[block.id], 1):
                if taken.condition is not None and holds(self._sight_at(block.id), taken.condition):
                    yield when(block.id, str(order))
        fork = outgoing.get(f"{block.id}.if")
        if fork and holds(self._sight_at(block.id), fork[0].condition):
            yield when(block.id)

    def _sight_at(self, node: str) -> Sight:
        return self.sight(self.definition.nodes[node].scope)

    def _of_work(self, sight: Sight, node: UserTask) -> Iterator[str]:
        yield from (name_of("filled", n) for n in node.form.fill if sight.names.get(n) is not None)
        yield from (name_of("document", id) for id in node.delivers if self._delivered(sight, id, node.id))
        for number, check in enumerate(node.checklist, 1):
            ticked = {check.item.zh, check.item.en} & set(self.ticks.get(node.id, ()))
            if ticked or not holds(sight, check.condition):
                yield f"ticked__{number}"

    def _delivered(self, sight: Sight, id: str, step: str) -> bool:
        found, document = sight.delivered(id), self.definition.documents.get(id)
        if found is None or found.step != step:
            return False
        if document is None:
            return True
        suffix = found.name.rpartition(".")[2].lower()
        return {*document.sections} <= {*found.sections} and suffix in (document.formats or (suffix,))

    def _of_human(self, sight: Sight, node: HumanTask) -> Iterator[str]:
        activity = next((a for a in self.state.activities.values() if a.node == node.id), None)
        record = self.record(node.id)
        if activity is not None and activity.status is not ActivityStatus.SCHEDULED:
            yield name_of("opened", node.id)
        holder = record or activity
        for rule in node.gate.rules:
            if missing.waived(sight, holder, rule) or missing.fails(sight, rule) is None:
                yield name_of("rule", rule.id)
        if any(
            g.status is GateStatus.STALE and g.id != getattr(record, "id", "")
            for g in self.state.gates.values()
        ):
            yield "stale__approvals"
        if isinstance(node, GateTask):
            own = activity.id if activity else ""
            yield from (
                name_of("document", id)
                for id in node.gate.binds.documents
                if not _ahead(sight, id, node, own)
            )
        targets = [t for t in node.gate.return_to if t in self.definition.blocks and t != node.id]
        yield from (name_of("skipped", t) for t in targets if self.skipped(node.scope, t))
        yield from self._of_votes(sight, node, record)

    def _of_votes(self, sight: Sight, node: HumanTask, record: GateRecord | None) -> Iterator[str]:
        entries = record.entries if record else [Entry() for _ in node.gate.approvals]
        pairs = list(zip(node.gate.approvals, entries, strict=True))
        unsettled = {name for a, e in pairs for name in _unsettled(sight, a, e)}
        yield from {name for a, _ in pairs for name in of_approval(a)} - unsettled
        if not any(_judges(a, e) and ballot.outstanding(e) for a, e in pairs):
            yield "unasked__anybody"
        if not any(vetoed(a, e) for a, e in pairs):
            yield "open__no"
        for approval, entry in pairs:
            if vetoed(approval, entry):
                yield from (name_of("declined", n.partition("__")[2]) for n in of_approval(approval))


def holds(sight: Sight, condition: Expression | None) -> bool:
    """Whether a condition can be computed and is true."""
    try:
        return sight.holds(condition)
    except ExpressionFault:
        return False


def vetoed(approval: Approval, entry: Entry) -> bool:
    """Whether the noes of this entry decide it."""
    return _judges(approval, entry) and ballot.tally(approval, entry) is ballot.Verdict.DECLINED


def _judges(approval: Approval, entry: Entry) -> bool:
    """Whether this entry is open to somebody who may say no; who only takes note neither declines nor sends back."""
    return approval.meaning is not Meaning.ACKNOWLEDGE and entry.status is EntryStatus.OPEN


def moved(events: list[Event], *, asked: str) -> Iterator[str]:
    """What a command let pass unasked: steps that stand, gates whose votes were kept or not needed."""
    for event in events:
        if isinstance(event, flow.ElementReused):
            yield f"{event.node}:{name_of('reused', event.node)}"
        if isinstance(event, GatePassed) and event.node != asked:
            yield f"{event.node}:standing__approvals"


def _items(sight: Sight, collection: Expression) -> bool:
    try:
        return bool(sight.value(collection))
    except ExpressionFault:
        return False


def _ahead(sight: Sight, document: str, gate: Node, own: str) -> bool:
    steps = sight.definition.deliverers.get(document, ())
    return sight.delivered(document) is None and any(reach.is_ahead(sight, step, gate, own) for step in steps)


def _unsettled(sight: Sight, approval: Approval, entry: Entry) -> set[str]:
    """The names of an entry that wait for a yes."""
    passed = entry.status is EntryStatus.OPEN and ballot.tally(approval, entry) is ballot.Verdict.PASSED
    unneeded = entry.status is EntryStatus.WAITING and not holds(sight, approval.condition)
    if passed or unneeded or entry.status in _SETTLED:
        return set()
    return set(of_approval(approval))
