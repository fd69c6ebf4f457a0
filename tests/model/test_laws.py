"""Laws: generated expressions mean what a small independent evaluator over Decimal says they mean."""

import decimal
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.model.expression import Expression, ExpressionFault
from signoff.model.inference import check, infer
from signoff.model.types import ListOf, Type
from tests.model.samples import FACTS, record, scalar
from tests.model.samples import declare as field

NAMES: dict[str, Any] = {
    "n": 7,
    "m": -3,
    "price": Decimal("12.50"),
    "rate": Decimal("0.175"),
    "open": True,
    "done": False,
    "items": [1, 2, 3, 10],
    "order": {"total": Decimal("99.90"), "count": 4},
}
ENV: dict[str, Type] = {
    "n": scalar("integer"),
    "m": scalar("integer"),
    "price": scalar("decimal"),
    "rate": scalar("decimal"),
    "open": scalar("boolean"),
    "done": scalar("boolean"),
    "items": ListOf(scalar("integer")),
    "order": record(field("total", "decimal"), field("count", "integer")),
}


@dataclass(frozen=True)
class Said:
    """An expression and what it must give; `fails` when it divides by zero on the way."""

    text: str
    value: Any
    fails: bool = False


CONTEXT = decimal.Context(prec=28, rounding=decimal.ROUND_HALF_EVEN)


def named(path: str) -> Said:
    value: Any = NAMES
    for part in path.split("."):
        value = value[part]
    return Said(path, value if isinstance(value, bool) else Decimal(value))


WHOLE = st.integers(0, 10**6).map(lambda n: Said(str(n), Decimal(n)))
BROKEN = st.decimals(0, 10**4, places=3).map(lambda d: Said(f"{d:f}", d))
NUMBERS = (
    WHOLE
    | BROKEN
    | st.sampled_from([named(path) for path in ("n", "m", "price", "rate", "order.total", "order.count")])
)
TRUTHS = st.sampled_from([Said("true", value=True), Said("false", value=False), named("open"), named("done")])


@st.composite
def number(draw: st.DrawFn, depth: int = 4) -> Said:
    form = draw(st.sampled_from(["leaf", "minus", "choice", "+", "-", "*", "/"])) if depth else "leaf"
    match form:
        case "leaf":
            return draw(NUMBERS)
        case "minus":
            inner = draw(number(depth - 1))
            return Said(f"(-{inner.text})", CONTEXT.minus(inner.value), inner.fails)
        case "choice":
            return choose(draw(truth(depth - 1)), draw(number(depth - 1)), draw(number(depth - 1)))
    return compute(form, draw(number(depth - 1)), draw(number(depth - 1)))


@st.composite
def truth(draw: st.DrawFn, depth: int = 4) -> Said:
    form = (
        draw(st.sampled_from(["leaf", "not", "choice", "and", "or", "<", "<=", ">", ">=", "==", "!="]))
        if depth
        else "leaf"
    )
    match form:
        case "leaf":
            return draw(TRUTHS)
        case "not":
            inner = draw(truth(depth - 1))
            return Said(f"(not {inner.text})", not inner.value, inner.fails)
        case "choice":
            return choose(draw(truth(depth - 1)), draw(truth(depth - 1)), draw(truth(depth - 1)))
        case "and" | "or":
            return join(form, draw(truth(depth - 1)), draw(truth(depth - 1)))
    return compare(form, draw(number(depth - 1)), draw(number(depth - 1)))


def compute(sign: str, left: Said, right: Said) -> Said:
    text = f"({left.text} {sign} {right.text})"
    if left.fails or right.fails or (sign == "/" and not right.value):
        return Said(text, Decimal(0), fails=True)
    operation = {"+": CONTEXT.add, "-": CONTEXT.subtract, "*": CONTEXT.multiply, "/": CONTEXT.divide}[sign]
    return Said(text, operation(left.value, right.value))


def compare(sign: str, left: Said, right: Said) -> Said:
    order = {"<": -1, ">": 1}.get(sign[0])
    found = (left.value > right.value) - (left.value < right.value)
    value = {"==": found == 0, "!=": found != 0}.get(sign, found == order or (found == 0 and "=" in sign))
    return Said(f"({left.text} {sign} {right.text})", value, left.fails or right.fails)


def join(word: str, left: Said, right: Said) -> Said:
    decided = left.value is (word == "or")
    value = left.value if decided else right.value
    return Said(f"({left.text} {word} {right.text})", value, left.fails or (not decided and right.fails))


def choose(test: Said, then: Said, otherwise: Said) -> Said:
    taken = then if test.value else otherwise
    text = f"({then.text} if {test.text} else {otherwise.text})"
    return Said(text, taken.value, test.fails or taken.fails)


EXPRESSIONS = number() | truth()


@given(EXPRESSIONS)
@settings(max_examples=200, deadline=None)
def test_an_expression_means_what_the_independent_evaluator_says(said: Said) -> None:
    expression = Expression.of(said.text)
    if said.fails:
        with pytest.raises(ExpressionFault) as raised:
            expression.evaluate(NAMES, FACTS)
        assert raised.value.code == "division_by_zero"
        return
    found = expression.evaluate(NAMES, FACTS)
    assert found == said.value
    assert isinstance(found, bool) is isinstance(said.value, bool)


@given(EXPRESSIONS)
@settings(max_examples=200, deadline=None)
def test_what_is_inferred_is_what_is_computed(said: Said) -> None:
    expression = Expression.of(said.text)
    type_ = infer(expression, ENV)
    assert check(expression, ENV, want=type_) == []
    assert (type_ == scalar("boolean")) is isinstance(said.value, bool)


@given(st.lists(st.integers(-100, 100), max_size=20), st.integers(-100, 100))
@settings(max_examples=100, deadline=None)
def test_lists_mean_what_python_says(items: list[int], floor: int) -> None:
    names = {"items": items, "floor": floor}
    kept = [item for item in items if item > floor]

    def ask(text: str) -> Any:
        return Expression.of(text).evaluate(names, FACTS)

    assert ask("sum(i for i in items if i > floor)") == sum(kept)
    assert ask("count(i for i in items if i > floor)") == len(kept)
    assert ask("first(i for i in items if i > floor)") == (kept[0] if kept else None)
    assert ask("all(i > floor for i in items)") is (len(kept) == len(items))
    assert ask("any(i > floor for i in items)") is bool(kept)
    assert ask("unique(items)") == list(dict.fromkeys(items))
    assert ask("floor in items") is (floor in items)
    if kept:
        assert ask("min(i for i in items if i > floor)") == min(kept)
        assert ask("max(i for i in items if i > floor)") == max(kept)


@given(st.text("ab*?", max_size=6), st.text("ab", max_size=8))
@settings(max_examples=300, deadline=None)
def test_like_agrees_with_a_backtracking_definition(pattern: str, text: str) -> None:
    def fits(shape: str, rest: str) -> bool:
        if not shape:
            return not rest
        if shape[0] == "*":
            return any(fits(shape[1:], rest[n:]) for n in range(len(rest) + 1))
        return bool(rest) and shape[0] in {"?", rest[0]} and fits(shape[1:], rest[1:])

    assert Expression.of("like(t, p)").evaluate({"t": text, "p": pattern}, FACTS) is fits(pattern, text)
