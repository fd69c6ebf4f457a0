"""Audit and approval sheet show the whole of what was decided on, sums that are computed included."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from signoff.testing import Case, Sandbox
from tests.workflows.campaign import reach

PROCESS = """
signoff: 1
process: spend
lang: en
types:
  budget:
    fields:
      place: {type: money}
      food: {type: money}
      total: {type: money, formula: "place + food"}
data:
  budget: budget
  twice: {type: money, formula: "budget.total * 2"}
roles:
  clerk: {group: clerks}
  boss: {group: bosses, LIMIT}
start: {by: [clerk]}
steps:
  - step: ask
    owner: clerk
    form: {fill: [budget]}
    binds: [BOUND]
    approve: [{by: boss}]
"""
PEOPLE: dict[str, dict[str, Any]] = {
    "ann": {"groups": ["clerks"]},
    "bea": {"groups": ["bosses"], "limits": {"budget": 1000}},
}


def decided(bound: str, limit: str = 'name: {en: "Boss"}') -> Case:
    """A spending of 60 and 40 that was approved."""
    box = Sandbox("2027-01-05T04:00Z", people=PEOPLE)
    box.deploy(PROCESS.replace("BOUND", bound).replace("LIMIT", limit))
    case = box.start("spend", by="ann")
    case.submit("ask", {"budget": {"place": 60, "food": 40}}, by="ann")
    case.approve("ask", by="bea")
    return case


@pytest.mark.parametrize(
    ("bound", "limit", "amount"),
    [
        ("budget", 'name: {en: "Boss"}', 100),
        ("twice", 'name: {en: "Boss"}', 200),
        ("budget", "limit: {for: budget, covers: budget.total * 3}", 300),
    ],
    ids=["in-a-record", "beside-it", "by-the-limit"],
)
def test_a_computed_sum_is_what_was_decided_on(bound: str, limit: str, amount: int) -> None:
    case = decided(bound, limit)
    (row,) = case.box.engine.audit()
    assert row.amount == amount


def test_the_auditor_finds_the_whole_budget_of_the_campaign() -> None:
    case = reach("allocate")
    found = case.box.engine.audit(over=Decimal(100_000))
    assert {(row.node, row.person, row.amount) for row in found} == {
        ("draft-budget", "zhou", Decimal(150_000)),
        ("formal-budget", "zhou", Decimal(150_000)),
        ("formal-budget", "chen", Decimal(150_000)),
    }


def test_the_approval_sheet_shows_the_sums_that_were_decided_on() -> None:
    case = reach("allocate")
    found = {each.step: each for each in case.box.engine.sheet(case.instance).gates}
    (formal,) = (part for part in found["formal-budget"].parts if part.id == "formal")
    assert "150,000.00" in formal.shown["zh"]
    assert formal.value["total"] == "150000.00"


def statements(box: Sandbox) -> int:
    """How many statements the audit takes."""
    said: list[str] = []
    engine = box.engine.core.database.engine

    def tell(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", tell)
    list(box.engine.audit())
    event.remove(engine, "before_cursor_execute", tell)
    return len([each for each in said if not each.startswith(("BEGIN", "PRAGMA"))])


def test_an_audit_takes_no_statement_per_instance() -> None:
    case = decided("budget")
    one = statements(case.box)
    for _ in range(5):
        again = case.box.start("spend", by="ann")
        again.submit("ask", {"budget": {"place": 60, "food": 40}}, by="ann")
        again.approve("ask", by="bea")
    assert statements(case.box) == one


def test_what_is_not_about_money_is_not_looked_at() -> None:
    box = Sandbox("2027-01-05T04:00Z", people=PEOPLE)
    text = (
        PROCESS.replace("money", "integer").replace("BOUND", "budget").replace("LIMIT", 'name: {en: "Boss"}')
    )
    box.deploy(text)
    case = box.start("spend", by="ann")
    case.submit("ask", {"budget": {"place": 60, "food": 40}}, by="ann")
    case.approve("ask", by="bea")
    assert statements(box) < statements(decided("budget").box)
    assert [row.amount for row in box.engine.audit()] == [None]
