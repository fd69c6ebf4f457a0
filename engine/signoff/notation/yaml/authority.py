"""Authority tables: rows of bands that say who approves, compiled into conditions of approvals.

Codes N09, B01 to B06, B08. May import model and its siblings.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from signoff.model.expression import Expression
from signoff.model.types import Type
from signoff.notation.yaml.band import Test, conflicts, read_cell
from signoff.notation.yaml.context import Context
from signoff.notation.yaml.sections import entries
from signoff.notation.yaml.tree import Items, Keyed, Leaf
from signoff.notation.yaml.types import Types


@dataclass(frozen=True, slots=True)
class Row:
    """What each input must be (an input left out may be anything), and the entries that then apply."""

    tests: dict[str, Test]
    approve: tuple[Keyed, ...]


@dataclass(slots=True)
class Table:
    inputs: dict[str, Type]
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Authority:
    """The tables of one file."""

    tables: dict[str, Table]

    def rows(
        self, leaf: Leaf, node: Keyed, context: Context, owner: str
    ) -> Iterator[tuple[Expression | None, tuple[Keyed, ...]]]:
        """Each row of the named table: its condition over the values given under `with`, and its entries."""
        if any(key.text == leaf.text and not is_authority(tree) for key, tree in entries(context, "tables")):
            context.report("B07", leaf.place, "table_gives", name=leaf.text)
            return
        name = context.lookup("N09", leaf, self.tables, "table_unknown")
        if not name:
            return
        table = self.tables[name]
        given = _given(context, node, table, name, leaf, owner)
        for row in table.rows:
            parts = [test.text(given[key]) for key, test in row.tests.items() if key in given]
            yield (Expression.of(" and ".join(parts)) if parts else None), row.approve


def _given(context: Context, node: Keyed, table: Table, name: str, leaf: Leaf, owner: str) -> dict[str, str]:
    """The expression of each input; B08 for an input that is not given."""
    given: dict[str, str] = {}
    for key, value in node.node("with") or ():
        if key.text not in table.inputs:
            if table.inputs:
                context.report("B02", key.place, name=key.text)
        elif expression := context.expression(value, f"{owner}|with|{key.text}"):
            given[key.text] = expression.text
    for key_ in table.inputs:
        if key_ not in given and not (node.node("with") and key_ in (node.node("with") or ())):
            context.report("B08", leaf.place, table=name, name=key_)
    return given


def tables(context: Context, types: Types) -> Authority:
    """All tables of the file, each checked for rows that overlap and values that no row covers."""
    found = [(key, tree) for key, tree in entries(context, "tables") if is_authority(tree)]
    return Authority({key.text: _table(context, types, key, tree) for key, tree in found})


def is_authority(tree: Keyed) -> bool:
    """Whether its rows say who approves, and give no values."""
    return "outputs" not in tree and "shared" not in tree


def _table(context: Context, types: Types, key: Leaf, tree: Keyed) -> Table:
    table = Table({name.text: types.read(kind) for name, kind in tree.node("inputs") or ()})
    nodes = tree.nodes("rows")
    rows = tree.get("rows")
    if isinstance(rows, Items) and not rows.items:
        context.report("B01", key.place, name=key.text)
    sound = True
    for node in nodes:
        if "approve" not in node:
            context.report("S01", node.place, "key_missing", name="approve")
        row = _row(context, table, node)
        sound = sound and row is not None
        if row is not None:
            table.rows.append(row)
    if sound and table.rows:
        _covered(context, table, key, nodes)
    return table


def _row(context: Context, table: Table, node: Keyed) -> Row | None:
    """None when a cell cannot be read."""
    tests: dict[str, Test] = {}
    sound = True
    for key, cell in node:
        if key.text == "approve":
            continue
        if key.text not in table.inputs:
            context.report("B02", key.place, name=key.text)
            sound = False
            continue
        test = read_cell(context, table.inputs[key.text], cell)
        sound = sound and test is not None
        if test is not None:
            tests[key.text] = test
    return Row(tests, node.nodes("approve")) if sound else None


def _covered(context: Context, table: Table, key: Leaf, nodes: tuple[Keyed, ...]) -> None:
    """B05 for values that two rows match, B06 for values that none matches; the first of each."""
    found = conflicts(table.inputs, [row.tests for row in table.rows])
    if found.overlap:
        (first, second), values = found.overlap
        context.report("B05", nodes[second].place, first=first + 1, second=second + 1, values=values)
    if found.gap:
        context.report("B06", key.place, values=found.gap)
