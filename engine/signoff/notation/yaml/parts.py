"""What all kinds of blocks share: the compiler of one file, and the settings that every node has.

Codes N01, N04, T09 and those of the context. May import model and its siblings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from signoff.model.block import Block, BlockKind
from signoff.model.nodes import Assignments, Node
from signoff.model.types import Declaration
from signoff.notation.yaml.context import Context, Scope
from signoff.notation.yaml.decisions import Ruling
from signoff.notation.yaml.gates import Gates
from signoff.notation.yaml.graph import Graph, Piece
from signoff.notation.yaml.kinds import BLOCK_SHAPES
from signoff.notation.yaml.tree import Keyed, Leaf
from signoff.notation.yaml.types import Types


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a block stands: its scope, the sequence it belongs to, and its position there."""

    scope: Scope
    parent: str
    order: int = 0


@dataclass(frozen=True, slots=True)
class Parts:
    """Compiles the blocks of one file into one graph; `builders` has one function per kind of block."""

    context: Context
    types: Types
    gates: Gates
    graph: Graph
    builders: "Mapping[str, Builder]"
    rulings: Mapping[str, Ruling] = field(default_factory=dict)
    later: list[Callable[[], None]] = field(default_factory=list)  # once the blocks they name are there

    def sequence(
        self, blocks: tuple[Keyed, ...], scope: Scope, parent: str, *, first: int = 0
    ) -> list[Piece]:
        """The blocks of a list; `parent` is the id of its sequence block, `first` the position of the first."""
        found = []
        for order, tree in enumerate(blocks, first):
            kind = next((key.text for key, _ in tree if key.text in BLOCK_SHAPES), "")
            leaf = tree.leaf(kind)
            if leaf is None or leaf.text in self.graph.nodes:
                continue
            self.context.mark(leaf.text, leaf)
            found.append(self.builders[kind](self, leaf.text, tree, Spot(scope, parent, order)))
        return found

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

    def ruling(self, leaf: Leaf) -> Ruling | None:
        """The decision table of that name (N09); one of authority names approvers instead (B07)."""
        tables = self.gates.authority.tables
        if leaf.text in tables:
            self.context.report("B07", leaf.place, "table_approves", name=leaf.text)
            return None
        name = self.context.lookup("N09", leaf, self.rulings, "table_unknown")
        return self.rulings[name] if name else None

    def free(self, leaf: Leaf, scope: Scope) -> bool:
        if leaf.text in scope.names:
            self.context.report("N04", leaf.place, name=leaf.text)
            return False
        return self.context.fresh(leaf)


Builder: TypeAlias = Callable[[Parts, str, Keyed, Spot], Piece]


def key_of(tree: Keyed, key: str) -> Leaf:
    """The key itself, for its place."""
    return tree.key(key) or Leaf(key, tree.place)
