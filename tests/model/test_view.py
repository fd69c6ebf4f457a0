"""Data as expressions see it: formulas are computed when read, and null while what they need is empty."""

import json
from decimal import Decimal
from typing import Any

import pytest

from signoff.model.expression import Expression, ExpressionFault
from signoff.model.types import ListOf, Record, Type
from signoff.model.value import coerce
from signoff.model.view import View, full, stored
from tests.model.samples import BUDGET, FACTS, declare, record, scalar

LINE = record(
    declare("item", "text"),
    declare("quantity", "decimal"),
    declare("price", "money"),
    declare("amount", "money", "price * quantity"),
)
GOAL = record(declare("metric", "text"), declare("target", "target"))
ACTUAL = record(
    declare("metric", "text"),
    declare("value", "decimal"),
    declare("met", "boolean", "meets(value, first(g.target for g in goals if g.metric == metric))"),
)
DATA = {
    found.name: found
    for found in (
        declare("initial", BUDGET),
        declare("lines", ListOf(LINE)),
        declare("total", "money", "sum(l.amount for l in lines)"),
        declare("recent", "money", default=Decimal("0.00")),
        declare("exposure", "money", "total + recent"),
        declare("goals", ListOf(GOAL)),
        declare("actuals", ListOf(ACTUAL)),
        declare("lowest", "money", "min(l.price for l in lines)"),
        declare("ratio", "decimal", "initial.contingency / initial.total"),
        declare("note", "text", optional=True),
    )
}
RAW: dict[str, Any] = {
    "initial": {"venue": 60, "materials": 25, "contingency": 15},
    "lines": [{"item": "a", "quantity": "1.5", "price": "3.33"}, {"item": "b", "quantity": 2, "price": 10}],
    "goals": [{"metric": "新增", "target": "1万"}, {"metric": "退货", "target": "<= 2%"}],
    "actuals": [{"metric": "新增", "value": 12000}, {"metric": "退货", "value": "3%"}],
}
VALUES = {name: coerce(DATA[name].type, raw, at=name) for name, raw in RAW.items()}


def view(**changes: Any) -> View:
    return View(DATA, {**VALUES, **changes}, FACTS)


def ask(text: str, **changes: Any) -> Any:
    return Expression.of(text).evaluate(view(**changes), FACTS)


def test_formulas_are_computed_at_the_top_in_records_and_in_lists() -> None:
    assert ask("0.10 <= initial.contingency / initial.total <= 0.15") is True
    assert str(ask("total")) == "25.00"  # each line rounded half up, then added
    assert ask("exposure") == Decimal("25.00")
    assert ask("first(l.amount for l in lines)") == Decimal("5.00")
    assert ask("count(a for a in actuals if a.met)") == 1
    assert ask("first(a.metric for a in actuals if not a.met)") == "退货"


def test_a_formula_is_null_while_what_it_needs_is_empty() -> None:
    assert ask(
        "total == null and exposure == null and ratio == null and initial.total == null",
        lines=None,
        initial=None,
    )
    assert ask("lowest", lines=[]) is None
    partial = {"venue": Decimal(1), "materials": None, "contingency": Decimal(1)}
    assert ask("initial.subtotal == null and initial.total == null and initial.venue == 1", initial=partial)
    with pytest.raises(ExpressionFault) as raised:
        ask("initial.total > 5", initial=partial)
    assert raised.value.params["name"] == "initial.total"


def test_a_formula_that_fails_otherwise_is_a_fault() -> None:
    with pytest.raises(ExpressionFault) as raised:
        ask("ratio", initial=coerce(BUDGET, {"venue": 0, "materials": 0, "contingency": 0}, at="x"))
    assert raised.value.code == "division_by_zero"
    assert raised.value.params["expression"] == "initial.contingency / initial.total"


def test_defaults_show_until_something_is_stored() -> None:
    assert ask("recent") == Decimal("0.00")
    assert ask("recent", recent=Decimal(5)) == Decimal(5)
    assert ask("note") is None
    with pytest.raises(ExpressionFault, match="nothing is called `stranger`"):
        ask("stranger == 1")


def test_a_view_falls_back_to_the_scope_around_it() -> None:
    inner = View(
        {"note": declare("note", "text")}, {"item": 7, "note": "inner"}, FACTS, parent=view(note="outer")
    )
    assert inner["note"] == "inner"
    assert inner["item"] == 7
    assert inner["total"] == Decimal("25.00")
    assert "exposure" in inner
    assert "stranger" not in inner
    assert set(inner) >= {"item", "note", "lines", "total"}
    assert len(inner) == len(set(inner))


def test_a_circle_of_formulas_is_a_fault_not_a_crash() -> None:
    data = {name: declare(name, "integer", f"{other} + 1") for name, other in [("a", "b"), ("b", "a")]}
    with pytest.raises(ExpressionFault) as raised:
        View(data, {}, FACTS)["a"]
    assert raised.value.code == "computed_from_itself"
    itself = record(declare("a", "integer", "a + 1"))
    with pytest.raises(ExpressionFault, match="computed from itself"):
        Expression.of("r.a").evaluate(View({"r": declare("r", itself)}, {"r": {}}, FACTS), FACTS)


def test_a_long_chain_of_formulas_is_computed_or_refused_but_never_overflows() -> None:
    chain = {f"x{n}": declare(f"x{n}", "integer", f"x{n + 1} + 1") for n in range(400)}
    with pytest.raises(ExpressionFault) as raised:
        View(chain, {"x400": 0}, FACTS)["x0"]
    assert raised.value.code == "too_many_steps"
    assert View(chain, {"x400": 0}, FACTS)["x370"] == 30


def test_computed_fields_are_seen_by_people_and_not_stored() -> None:
    seen = view()["initial"]
    assert json.loads(json.dumps(seen, default=str)) == {
        "venue": "60.00",
        "materials": "25.00",
        "contingency": "15.00",
    }
    assert full(seen)["total"] == Decimal("100.00")
    assert type(full(seen)) is dict
    assert stored(seen) == VALUES["initial"]
    assert type(stored(ask("[initial]"))[0]) is dict
    assert full(view()["lines"])[0]["amount"] == Decimal("5.00")


def test_a_record_inside_a_record_sees_the_names_around_it() -> None:
    share = record(
        declare("amount", "money"),
        declare("part", "decimal", "amount / limit"),
        declare("all_in", "boolean", "amount == limit"),
    )
    plan = record(declare("limit", "money"), declare("shares", ListOf(share)))
    value = coerce(plan, {"limit": 100, "shares": [{"amount": 25}, {"amount": 100}]}, at="plan")
    seen = View({"plan": declare("plan", plan)}, {"plan": value}, FACTS)
    found = Expression.of("sum(s.part for s in plan.shares)").evaluate(seen, FACTS)
    assert found == Decimal("1.25")
    assert [full(part)["all_in"] for part in seen["plan"]["shares"]] == [False, True]


def test_values_without_formulas_are_handed_out_as_they_are() -> None:
    seen = view()
    assert seen["goals"] is VALUES["goals"]
    assert seen["lines"] is seen["lines"]


def test_computed_is_known_from_the_type() -> None:
    nested: Type = record(declare("inner", ListOf(BUDGET)))
    assert isinstance(nested, Record)
    assert nested.computed
    assert not record(declare("a", scalar("text"))).computed
