"""Decision tables written in YAML: `tables` with `outputs`, and the block `decide` (language reference §3, §7)."""

from typing import Any

import pytest

from signoff.errors import InvalidDefinition
from signoff.notation import yaml
from signoff.testing import Sandbox
from tests.decision.test_task import rates

FILE = """\
signoff: 1
process: buy
lang: en
data:
  amount: {type: money, optional: true}
  category: {one_of: [it, office], optional: true}
  quotes: {type: integer, optional: true}
  found: {list_of: quote, default: []}
types:
  quote: {fields: {quotes: integer}}
roles: {staff: {group: staff}}
tables:
  sourcing:
    inputs: {category: {one_of: [it, office]}, amount: money}
    outputs: {quotes: integer}
    rows:
      - {amount: 不满5000, quotes: 1}
      - {amount: 5000 to below 5万, quotes: 3}
      - {amount: from 5万, category: [office], quotes: 4}
      - {amount: from 5万, category: it, quotes: 5}
start: {by: [staff], form: {fill: [amount, category]}}
steps:
  - decide: rule
    table: sourcing
    with: {category: category, amount: amount}
    set: {quotes: result.quotes}
  - {step: go, owner: staff, checklist: [Done]}
"""
ROWS = FILE[FILE.index("    rows:") : FILE.index("start:")]
PEOPLE = {"amy": {"groups": ["staff"]}}


def decided(text: str, amount: int, category: str = "it") -> dict[str, Any]:
    box = Sandbox(people=PEOPLE)
    box.deploy(text)
    return dict(box.start("buy", {"amount": amount, "category": category}, by="amy").variables)


@pytest.mark.parametrize(
    ("amount", "category", "quotes"),
    [(4999, "it", 1), (5000, "it", 3), (49_999, "office", 3), (50_000, "office", 4), (50_000, "it", 5)],
)
def test_the_row_that_applies_gives_its_values(amount: int, category: str, quotes: int) -> None:
    assert decided(FILE, amount, category)["quotes"] == quotes


def test_the_first_of_several_rows() -> None:
    text = FILE.replace(ROWS, "    hit: first\n    rows: [{amount: from 100, quotes: 2}, {quotes: 1}]\n")
    assert [decided(text, amount)["quotes"] for amount in (99, 100)] == [1, 2]


def test_all_rows_that_apply() -> None:
    text = FILE.replace(ROWS, "    hit: all\n    rows: [{amount: from 100, quotes: 2}, {quotes: 1}]\n")
    text = text.replace("set: {quotes: result.quotes}", "set: {found: result}")
    assert decided(text, 100)["found"] == [{"quotes": 2}, {"quotes": 1}]
    assert decided(text, 99)["found"] == [{"quotes": 1}]


def test_otherwise_is_what_no_row_says() -> None:
    text = FILE.replace(ROWS, "    rows: [{amount: from 100, quotes: 2}]\n    otherwise: {quotes: 0}\n")
    assert [decided(text, amount)["quotes"] for amount in (99, 100)] == [0, 2]


def test_a_shared_table_is_the_one_deployed() -> None:
    start, end = FILE.index("  sourcing:"), FILE.index("start:")
    text = FILE[:start] + "  sourcing: {shared: rate}\n" + FILE[end:]
    text = text.replace(
        "with: {category: category, amount: amount}", "with: {Age: amount}\n    returns: decimal"
    )
    text = text.replace("result.quotes", "result").replace("quotes: {type: integer", "quotes: {type: decimal")
    box = Sandbox(people=PEOPLE)
    box.deploy(rates(), text)
    assert box.start("buy", {"amount": 45, "category": "it"}, by="amy").variables["quotes"] == 4.5


BROKEN = [
    ("B01", ROWS, "    rows: []\n"),
    ("B02", "quotes: 1}", "quotes: 1, colour: red}"),
    ("B02", "amount: amount}", "amount: amount, colour: amount}"),
    ("B03", "quotes: 1}", "category: it}"),
    ("B04", "quotes: 1}", "quotes: many}"),
    ("B04", "不满5000", "少于5000"),
    ("B05", "from 5万, category: [office]", "from 4万, category: [office]"),
    ("B06", "不满5000", "不满4000"),
    ("B07", "  - {step: go, owner: staff, checklist: [Done]}", "  - {step: go, owner: staff, approve: [{table: sourcing}]}"),
    ("B07", "outputs: {quotes: integer}\n", "\n"),
    ("B07", "quotes: 1}", "approve: [{by: staff}], quotes: 1}"),
    ("B08", ", amount: amount}", "}"),
    ("N09", "table: sourcing", "table: sorcing"),
    ("E01", "result.quotes", "result.price"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "old", "new"), BROKEN)
def test_a_mistake_is_named_with_its_place(code: str, old: str, new: str) -> None:
    assert old in FILE
    with pytest.raises(InvalidDefinition) as refused:
        yaml.read(FILE.replace(old, new), file="buy.yaml")
    assert code in {problem.code for problem in refused.value.problems}
    assert all(problem.place.line for problem in refused.value.problems)
