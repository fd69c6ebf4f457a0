"""The graph under construction: nodes, flows and the tree of blocks, and how pieces are put one after the other.

Ids with `.` `/` `#` `>` belong to the compiler; no id of a file contains them. May import model and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeAlias

from signoff.model.block import Block, BlockKind
from signoff.model.expression import Expression
from signoff.model.nodes import (
    EndEvent,
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    Node,
    ParallelGateway,
    SequenceFlow,
    StartEvent,
    UserTask,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A compiled block: where it is entered, and the nodes that lead on; none when nothing follows it."""

    entry: str
    exit: str
    leads: tuple[str, ...]


@dataclass(slots=True)
class Graph:
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, SequenceFlow] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)

    def add(self, node: Node) -> str:
        self.nodes[node.id] = node
        return node.id

    def flow(self, source: str, target: str, condition: Expression | None = None) -> str:
        plain = f"{source}->{target}"
        id_, n = plain, 1
        while id_ in self.flows:
            n += 1
            id_ = f"{plain}#{n}"
        self.flows[id_] = SequenceFlow(id_, source, target, condition)
        return id_

    def block(self, block: Block) -> None:
        self.blocks[block.id] = block

    def chain(self, pieces: Sequence[Piece]) -> Piece | None:
        """The pieces one after the other, as one piece."""
        for before, after in pairwise(pieces):
            target = self.gathered(after.entry) if len(before.leads) > 1 else after.entry
            for lead in before.leads:
                self.flow(lead, target)
        return Piece(pieces[0].entry, pieces[-1].exit, pieces[-1].leads) if pieces else None

    def gathered(self, entry: str, *, before: bool = False) -> str:
        """Where several ways lead on to a block: a split would wait for a token on each of them.

        `before`: some lead there already, which then lead to where they are gathered.
        """
        split = self.nodes[entry]
        if not isinstance(split, ParallelGateway | InclusiveGateway):
            return entry
        merge = self.add(ExclusiveGateway(id=f"{entry}.in", scope=split.scope))
        if before:
            for flow in [one for one in self.flows.values() if one.target == entry]:
                del self.flows[flow.id]
                self.flow(flow.source, merge, flow.condition)
        self.flow(merge, entry)
        self.blocks[entry] = replace(self.blocks[entry], entry=merge)
        return merge

    def body(
        self, owner: str, pieces: Sequence[Piece], *, scope: str, also: Sequence[StartEvent] = ()
    ) -> None:
        """The pieces between the start and the end event of a sub-process, or of the process (no owner).

        `also`: other start events, which lead to the first piece that is no start form.
        """
        for event in also:
            self.add(event)
        begins = f"{owner}.start" if owner else "start"
        start = self.add(StartEvent(id=begins if begins not in self.nodes else "start.event", scope=scope))
        end = self.add(EndEvent(id=f"{owner}.end" if owner else "end", scope=scope))
        if also and not isinstance(self.nodes.get(pieces[0].entry), UserTask):
            pieces = [replace(pieces[0], entry=self.gathered(pieces[0].entry)), *pieces[1:]]
        inner = self.chain([Piece(start, start, (start,)), *pieces])
        first = [piece for piece in pieces if not getattr(self.nodes[piece.entry], "at_start", False)][:1]
        for event in also:
            self.flow(event.id, first[0].entry if first else end)
        for lead in inner.leads if inner else ():
            self.flow(lead, end)
        self.block(Block(f"{owner}/", BlockKind.SEQUENCE, parent=owner, entry=start, exit=end))

    def put_first(self, node: Node, pieces: Sequence[Piece]) -> list[Piece]:
        """A block of one node before those of the process."""
        for block in [b for b in self.blocks.values() if b.parent == "/" and b.order >= 0]:
            self.block(replace(block, order=block.order + 1))
        self.add(node)
        self.block(Block(node.id, BlockKind.STEP, "/", 0, entry=node.id, exit=node.id))
        return [Piece(node.id, node.id, (node.id,)), *pieces]

    def branch(
        self, split: str, order: int, pieces: Sequence[Piece], condition: Expression | None = None
    ) -> str:
        """A branch from a split to its join; gives the id of the flow that enters it."""
        join = f"{split}.join"
        id_ = f"{split}/{order}"
        inner = self.chain(pieces)
        if inner is None:
            direct = self.flow(split, join, condition)
            self.block(Block(id_, BlockKind.SEQUENCE, parent=split, order=order, exit_flow=direct))
            return direct
        enter = self.flow(split, inner.entry, condition)
        exit_ = inner.exit
        leads = inner.leads
        if len(leads) > 1:
            # A join counts tokens by flow: a branch must reach it over one flow, however it ended.
            exit_ = self.add(ExclusiveGateway(id=f"{id_}.merge", scope=self.nodes[split].scope))
            for lead in leads:
                self.flow(lead, exit_)
            leads = (exit_,)
        leaves = [self.flow(lead, join) for lead in leads]
        flow = leaves[0] if leaves else ""
        self.block(
            Block(
                id_,
                BlockKind.SEQUENCE,
                parent=split,
                order=order,
                entry=inner.entry,
                exit=exit_,
                exit_flow=flow,
            )
        )
        return enter

    def guard(self, id_: str, scope: str, condition: Expression, leads: tuple[str, ...]) -> Piece:
        """A composite block that is passed by when its condition is false."""
        fork, merge = f"{id_}.if", f"{id_}.fi"
        self.add(ExclusiveGateway(id=merge, scope=scope))
        self.flow(fork, id_, condition)
        past = self.flow(fork, merge)
        self.add(ExclusiveGateway(id=fork, scope=scope, default=past))
        for lead in leads:
            self.flow(lead, merge)
        return Piece(fork, merge, (merge,))


Gateway: TypeAlias = type[ExclusiveGateway | InclusiveGateway | ParallelGateway | EventBasedGateway]
#: A block with branches -> the gateway that opens it, the one that joins them, and its kind.
SPLITS: dict[str, tuple[Gateway, Gateway, BlockKind]] = {
    "parallel": (ParallelGateway, ParallelGateway, BlockKind.PARALLEL),
    "choose": (ExclusiveGateway, ExclusiveGateway, BlockKind.CHOOSE),
    "include": (InclusiveGateway, InclusiveGateway, BlockKind.INCLUDE),
    "race": (EventBasedGateway, ExclusiveGateway, BlockKind.RACE),
}
