"""The states and rows of one definition while they are put together, and where a block stands in them.

A path is the ids from the outermost block down, joined by "/"; a part that begins with a dot, and `.if`, are
made here. May import model and situation.
"""

from dataclasses import dataclass, field
from typing import Any

from signoff.errors import Problem, UnsupportedElement
from signoff.model.block import Block, BlockKind
from signoff.model.definition import Definition
from signoff.model.nodes import Activity, IntermediateCatchEvent, RequestEffect
from signoff.model.types import Text
from signoff.notation.states.situation import Demand, Refusal

GO = "go"  # the trigger by which the flow moves on by itself
States = list[dict[str, Any]]
Condition = Demand | Refusal

_NO_TEXT = Text()


@dataclass(frozen=True, slots=True)
class Row:
    """A transition. `joined` names the parallel state whose branches must all be done."""

    trigger: str
    source: str
    dest: str
    conditions: tuple[Condition, ...] = ()
    joined: str = ""


@dataclass(slots=True)
class Chart:
    """Collects rows, and what each state is (`kinds`) and is called (`labels`)."""

    definition: Definition
    rows: list[Row] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Text] = field(default_factory=dict)

    def row(self, trigger: str, source: str, dest: str, *conditions: Condition, joined: str = "") -> None:
        self.rows.append(Row(trigger, source, dest, conditions, joined))

    def leaf(self, path: str, kind: str, label: Text = _NO_TEXT) -> dict[str, Any]:
        self.kinds[path] = kind
        self.labels[path] = label
        return {"name": path.rpartition("/")[2]}

    def compound(
        self, path: str, kind: str, children: States, initial: str | list[str], label: Text
    ) -> dict[str, Any]:
        return {**self.leaf(path, kind, label), "children": children, "initial": initial}

    def label(self, id: str) -> Text:
        node = self.definition.nodes.get(id)
        return node.label if node else _NO_TEXT

    def entry(self, block: Block) -> str:
        """The state by which a block is entered."""
        return f"{block.id}.if" if self.guarded(block) else block.id

    def guarded(self, block: Block) -> bool:
        """Whether the block may be passed by."""
        node = self.definition.nodes.get(block.id)
        if isinstance(node, Activity | IntermediateCatchEvent):
            return node.condition is not None
        return block.entry == f"{block.id}.if"

    def steps(self, sequence: Block) -> list[Block]:
        """The blocks of a list that the flow goes through; how a request is asked and approved is none of them."""
        children = self.definition.children(sequence.id)
        runs = self.definition.blocks.get(sequence.parent)
        first = 1 if runs is not None and runs.kind is BlockKind.RACE else 0  # the event of a race's branch
        return [b for b in children[first:] if b.kind is not BlockKind.HANDLER and not self._asks(b)]

    def _asks(self, block: Block) -> bool:
        node = self.definition.nodes.get(block.id)
        return node is not None and (isinstance(node, RequestEffect) or bool(self.definition.asks(node)))

    def first(self, sequence: Block, path: str, after: str) -> str:
        """Where a sequence begins; where it ends, when it is empty."""
        blocks = self.steps(sequence)
        return join(path, self.entry(blocks[0])) if blocks else after

    def unsupported(self, elements: list[str]) -> UnsupportedElement:
        params = {"process": self.definition.id, "elements": elements}
        return UnsupportedElement([Problem("no_machine", params=params)], "no_machine", **params)


def join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name
