"""Decision tables: what each hit policy makes of the rules that hold, and what is reported instead (DMN 1.3 chapter 8)."""

from decimal import Decimal
from typing import Any

import pytest

from signoff.errors import Invalid
from signoff.model.decision import (
    Aggregator,
    Decision,
    Decisions,
    DecisionTable,
    HitPolicy,
    Input,
    InputData,
    Output,
    Rule,
    Sort,
)
from signoff.model.decision.table import Found
from signoff.model.feel import Feel, Scope, UnaryTests

D = Decimal
ORDER = Feel('["high", "low"]')


def table(
    policy: HitPolicy, *rows: tuple[str, str], how: Aggregator | None = None, default: str = ""
) -> DecisionTable:
    """One input `n`, one output; a row is a test and what it gives."""
    return DecisionTable(
        inputs=(Input(Feel("n", ("n",))),),
        outputs=(Output("rate", order=ORDER, default=Feel(default) if default else None),),
        rules=tuple(Rule((UnaryTests(test, ("n",)),), (Feel(out, ("n",)),)) for test, out in rows),
        policy=policy,
        aggregator=how,
    )


def decided(found: DecisionTable, n: int) -> Found:
    return found.decide(Scope({"n": D(n)}))


ROWS = (("> 1", '"low"'), ("> 2", '"high"'), ("> 3", '"low"'))


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        (HitPolicy.PRIORITY, "high"),
        (HitPolicy.FIRST, "low"),
        (HitPolicy.RULE_ORDER, ["low", "high", "low"]),
        (HitPolicy.OUTPUT_ORDER, ["high", "low", "low"]),
        (HitPolicy.COLLECT, ["low", "high", "low"]),
    ],
)
def test_several_rules_that_hold_are_settled_by_the_policy(policy: HitPolicy, wanted: Any) -> None:
    assert decided(table(policy, *ROWS), 5).value == wanted


@pytest.mark.parametrize(
    ("policy", "code"), [(HitPolicy.UNIQUE, "decision_two_rules"), (HitPolicy.ANY, "decision_rules_differ")]
)
def test_what_the_policy_does_not_allow_is_a_fault_and_no_value(policy: HitPolicy, code: str) -> None:
    found = decided(table(policy, *ROWS), 3)
    assert found.value is None
    assert [(fault.code, fault.params) for fault in found.faults] == [(code, {"rules": [1, 2]})]


def test_any_takes_rules_that_agree() -> None:
    assert decided(table(HitPolicy.ANY, ("> 1", '"low"'), ("> 2", '"low"')), 3) == Found("low", (1, 2))


@pytest.mark.parametrize(
    ("how", "wanted"),
    [(Aggregator.SUM, D(6)), (Aggregator.MIN, D(1)), (Aggregator.MAX, D(3)), (Aggregator.COUNT, D(3))],
)
def test_collect_adds_up(how: Aggregator, wanted: Decimal) -> None:
    found = table(HitPolicy.COLLECT, ("-", "1"), ("-", "2"), ("-", "3"), how=how)
    assert decided(found, 1).value == wanted
    nothing = table(HitPolicy.COLLECT, ("> 5", "1"), how=how)
    assert decided(nothing, 1).value == (D(0) if how is Aggregator.COUNT else None)


def test_where_no_rule_holds_the_default_comes_out() -> None:
    assert decided(table(HitPolicy.UNIQUE, ("> 5", '"high"'), default='"low"'), 1).value == "low"
    assert decided(table(HitPolicy.UNIQUE, ("> 5", '"high"')), 1) == Found(None)


def test_an_input_has_the_values_that_are_allowed() -> None:
    found = DecisionTable(
        (Input(Feel("n", ("n",)), allowed=UnaryTests("[1..3]")),),
        (Output(),),
        (Rule((UnaryTests("-"),), (Feel("1"),)),),
    )
    assert decided(found, 2).value == D(1)
    assert decided(found, 4).faults[0].params == {"input": "n"}


def graph(*decisions: Decision) -> Decisions:
    return Decisions("g", inputs=(InputData("i", "n", Sort("number")),), decisions=decisions)


def test_decisions_rest_on_decisions_however_many() -> None:
    from signoff.model.decision import Literal

    first = Decision("d0", "d0", Literal(Feel("n", ("n",))), needs=("i",))
    more = [
        Decision(f"d{k}", f"d{k}", Literal(Feel(f"d{k - 1} + 1", (f"d{k - 1}",))), needs=(f"d{k - 1}",))
        for k in range(1, 1_000)
    ]
    found = graph(first, *more)
    assert found.decide("d999", {"n": D(1)}).value == D(1000)
    assert found.decide("d999", {"d998": D(5)}).value == D(6), "a decision may be given"
    assert [data.name for data in found.required(found.decision("d999"))] == ["n"]


def test_what_is_no_number_where_one_belongs_is_reported() -> None:
    from signoff.model.decision import Literal

    found = graph(Decision("d", "d", Literal(Feel("n", ("n",))), needs=("i",)))
    decided = found.decide("d", {"n": "text"})
    assert decided.value is None
    assert [fault.code for fault in decided.faults] == ["decision_misfit"]


def test_a_decision_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(Invalid) as refused:
        graph().decide("x", {})
    assert refused.value.params == {"decision": "x", "known": []}
