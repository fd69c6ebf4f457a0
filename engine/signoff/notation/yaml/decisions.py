"""Decision tables of a process: rows of cells become rules of a decision, read as FEEL (reference §7).

A cell is a literal, a list or a band, as in tables of authority. Codes B01 to B07, S01. May import model and its siblings.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from signoff.errors import Invalid
from signoff.model.decision import (
    Decision,
    Decisions,
    DecisionTable,
    Entries,
    HitPolicy,
    Input,
    InputData,
    Literal,
    Output,
    Rule,
)
from signoff.model.decision.boxed import Logic
from signoff.model.feel import Feel, UnaryTests
from signoff.model.feel.moment import written
from signoff.model.types import Declaration, ListOf, Record, Type
from signoff.model.value import Value, coerce
from signoff.notation.yaml.band import SIGNS, Band, Test, conflicts, read_cell
from signoff.notation.yaml.context import Context
from signoff.notation.yaml.literal import literal
from signoff.notation.yaml.sections import entries
from signoff.notation.yaml.tree import Items, Keyed, Leaf, Tree
from signoff.notation.yaml.types import Types

_POLICIES = {"one": HitPolicy.UNIQUE, "first": HitPolicy.FIRST, "all": HitPolicy.COLLECT}
_WITHIN = "found"  # what the table itself comes to, inside the decision


@dataclass(frozen=True, slots=True)
class Ruling:
    """A table that gives values; without `decisions` that of the deployed decision `decision`."""

    decision: str
    inputs: tuple[str, ...] = ()
    decisions: Decisions | None = None
    returns: Type | None = None


def rulings(context: Context, types: Types) -> dict[str, Ruling]:
    """The decision tables of the file, each checked for rows that overlap and values that no row covers."""
    found = ((key, tree) for key, tree in entries(context, "tables") if "outputs" in tree or "shared" in tree)
    return {key.text: _ruling(context, types, key, tree) for key, tree in found}


def _ruling(context: Context, types: Types, key: Leaf, tree: Keyed) -> Ruling:
    if "shared" in tree:
        return Ruling(tree.text("shared"))
    table = _Table(context, types, key, tree)
    logic = table.logic()
    data = tuple(InputData(name, name) for name in table.inputs)
    decision = Decision(
        key.text, context.label(tree, key.text).get(context.lang), logic, needs=tuple(table.inputs)
    )
    record: Type = Record(tuple(Declaration(name, type_) for name, type_ in table.outputs.items()))
    returns = ListOf(record) if table.policy is HitPolicy.COLLECT else record
    decisions = Decisions(key.text, inputs=data, decisions=(decision,))
    return Ruling(key.text, tuple(table.inputs), decisions, returns)


class _Table:
    """One table being read."""

    def __init__(self, context: Context, types: Types, key: Leaf, tree: Keyed) -> None:
        self._context = context
        self._key = key
        self._tree = tree
        self.inputs = {name.text: types.read(kind) for name, kind in tree.node("inputs") or ()}
        self.outputs = {name.text: types.read(kind) for name, kind in tree.node("outputs") or ()}
        self.policy = _POLICIES[tree.text("hit", "one")]

    def logic(self) -> Logic:
        rows = self._tree.nodes("rows")
        if isinstance(written_rows := self._tree.get("rows"), Items) and not written_rows.items:
            self._context.report("B01", self._key.place, name=self._key.text)
        tests = [self._tests(row) for row in rows]
        results = [self._results(row) for row in rows]
        if all(test is not None for test in tests):
            self._covered([test for test in tests if test is not None], rows)
        rules = (
            Rule(tuple(_cell(test.get(name)) for name in self.inputs), tuple(Feel(text) for text in result))
            for test, result in zip(tests, results, strict=True)
            if test is not None
        )
        table = DecisionTable(self._columns(), self._outputs(), tuple(rules), self.policy)
        return table if len(self.outputs) > 1 else self._named(table)

    def _columns(self) -> tuple[Input, ...]:
        return tuple(Input(Feel(name, (name,)), name) for name in self.inputs)

    def _outputs(self) -> tuple[Output, ...]:
        otherwise = self._tree.node("otherwise")
        if otherwise is None:
            return tuple(Output(name) for name in self.outputs)
        values = self._results(otherwise)
        return tuple(
            Output(name, default=Feel(text)) for name, text in zip(self.outputs, values, strict=True)
        )

    def _named(self, table: DecisionTable) -> Logic:
        """Of one output: DMN gives the bare value, the language a record with its name."""
        name = next(iter(self.outputs))
        record = f"{{{json.dumps(name, ensure_ascii=False)}: "
        several = f"for each in {_WITHIN} return {record}each}}"
        text = several if self.policy is HitPolicy.COLLECT else f"{record}{_WITHIN}}}"
        return Entries(((_WITHIN, table),), Literal(Feel(text, (_WITHIN,))))

    # rows -------------------------------------------------------------------------------------------------

    def _tests(self, row: Keyed) -> dict[str, Test] | None:
        """What each input must be; None when a cell cannot be read."""
        found: dict[str, Test] = {}
        sound = True
        for key, cell in row:
            if key.text in self.outputs:
                continue
            if key.text not in self.inputs:
                self._strange(key)
                sound = False
                continue
            test = read_cell(self._context, self.inputs[key.text], cell)
            sound = sound and test is not None
            if test is not None:
                found[key.text] = test
        return found if sound else None

    def _strange(self, key: Leaf) -> None:
        if key.text == "approve":
            self._context.report("B07", key.place, "table_gives", name=self._key.text)
        else:
            self._context.report("B02", key.place, name=key.text)

    def _results(self, row: Keyed) -> list[str]:
        """The outputs as FEEL."""
        found = []
        for name, type_ in self.outputs.items():
            cell = row.get(name)
            if cell is None:
                self._context.report("B03", row.place, name=name)
            found.append("null" if cell is None else self._literal(name, type_, cell))
        return found

    def _literal(self, name: str, type_: Type, cell: Tree) -> str:
        try:
            return feel(coerce(type_, literal(cell), at=name))
        except Invalid as fault:
            self._context.report("B04", cell.place, fault.code, **fault.params)
            return "null"

    def _covered(self, tests: list[dict[str, Test]], rows: tuple[Keyed, ...]) -> None:
        found = conflicts(self.inputs, tests)
        if found.overlap and self.policy is HitPolicy.UNIQUE:
            (first, second), values = found.overlap
            place = rows[second].place
            self._context.report("B05", place, first=first + 1, second=second + 1, values=values)
        if found.gap and tests and "otherwise" not in self._tree and self.policy is not HitPolicy.COLLECT:
            self._context.report("B06", self._key.place, values=found.gap)


def _cell(test: Test | None) -> UnaryTests:
    """A test of the language as one of FEEL."""
    if test is None:
        return UnaryTests("-")
    if isinstance(test, Band):
        return UnaryTests(_band(test.limits))
    return UnaryTests(", ".join(map(feel, test.values)))


def _band(limits: tuple[tuple[str, Decimal], ...]) -> str:
    if len(limits) == 1:
        ((kind, number),) = limits
        return f"{SIGNS[kind]} {number:f}"
    (low, least), (high, most) = limits
    return f"{'[' if low == 'from' else '('}{least:f}..{most:f}{']' if high == 'upto' else ')'}"


def feel(value: Value) -> str:
    """Data as FEEL writes it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, date | datetime | timedelta):
        return f"@{json.dumps(written(value))}"
    if isinstance(value, list):
        return f"[{', '.join(map(feel, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{feel(name)}: {feel(item)}" for name, item in value.items()) + "}"
    return json.dumps(str(value), ensure_ascii=False)
