"""FEEL: what expressions and tests come to, and what is refused (DMN 1.3 chapter 10)."""

from contextlib import suppress
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.errors import UnsafeExpression
from signoff.model.feel import Feel, Scope, UnaryTests
from signoff.model.feel.moment import moment, written
from signoff.model.feel.value import Months

D = Decimal
SEEN = {
    "Full Name": "Ada",
    "Approved/Declined": "Approved",
    "a": D(2),
    "loan": {"monthly rate": D("0.5"), "terms": [{"n": D(1)}, {"n": D(3)}]},
    "nothing": None,
}
NAMES = (*SEEN, "monthly rate")

VALUES = [
    ("1 + 2 * 3 ** 2 - 4 / 2", D(17)),
    ("-2 ** 2", D(4)),
    ("10 ** -5", D("0.00001")),
    ("(10 + 20) / 0", None),
    ("0.1 + 0.2 = 0.3", True),
    ("10 ** 5000", None),
    ("null + 1", None),
    ('"a" + 1', None),
    ('"Hello " + Full Name', "Hello Ada"),
    ("Full  Name", "Ada"),
    ("Approved/Declined", "Approved"),
    ("loan.monthly rate * a", D("1.0")),
    ("loan.terms.n", [D(1), D(3)]),
    ("loan.terms[n > 1].n", [D(3)]),
    ("loan.terms[-1].n", D(3)),
    ("loan.terms[5]", None),
    ("nothing.whatever", None),
    ('1 = "1"', None),
    ("null = null", True),
    ("nothing != null", False),
    ('1 < "1"', None),
    ("true and nothing", None),
    ("false and nothing", False),
    ("true or nothing", True),
    ("false or nothing", None),
    ("not(nothing)", None),
    ("if nothing then 1 else 2", D(2)),
    ("a between 1 and 2", True),
    ("a in (1..2]", True),
    ("a in ]1..2[", False),
    ("a in (1, 3)", False),
    ("a in [1, 2]", True),
    ("a in < 3", True),
    ("for i in 1..3 return i * i", [D(1), D(4), D(9)]),
    ("for i in 3..1 return i", [D(3), D(2), D(1)]),
    ("for i in [1, 2], j in [i, 10] return i * j", [D(1), D(10), D(4), D(20)]),
    ("for i in 1..4 return if i < 3 then 1 else partial[-1] + partial[-2]", [D(1), D(1), D(2), D(3)]),
    ("some x in [1, 2] satisfies x > 1", True),
    ("every x in [1, 2] satisfies x > 1", False),
    ("some x in [] satisfies true", False),
    ("{net: 5, vat rate: 0.2, gross: net * (1 + vat rate)}.gross", D("6.0")),
    ('{"odd key": 1}', {"odd key": D(1)}),
    ("{f: function(n) if n < 2 then 1 else n * f(n - 1), x: f(5)}.x", D(120)),
    ("(function(x, y) x - y)(y: 1, x: 3)", D(2)),
    ('substring(string: "signoff", start position: -3)', "off"),
    ('substring before("a-b", "-") + upper case("x")', "aX"),
    ('string length("横綱")', D(2)),
    ('string(1.50) + string(["a", null])', '1.5["a", null]'),
    ('number("1 000,5", " ", ",")', D("1000.5")),
    ('number("1_000")', None),
    ("decimal(2.5, 0) + round half up(2.5, 0)", D(5)),
    ("modulo(-12, 5)", D(3)),
    ("floor(-1.5) + ceiling(-1.5)", D(-3)),
    ("even(2) and odd(3)", True),
    ("sqrt(16) + abs(-1)", D(5)),
    ("sum([1, 2, 3]) + max(4, 5) + min([2, 3])", D(13)),
    ("mean([1, 2]) + median([3, 1, 2]) + count([])", D("3.5")),
    ("sort([3, 1])", None),
    ("distinct values([1, 2, 1]) = [1, 2]", True),
    ("flatten([1, [2, [3]]])", [D(1), D(2), D(3)]),
    ("index of([1, 2, 1], 1)", [D(1), D(3)]),
    ("insert before([1, 3], 2, 2)", [D(1), D(2), D(3)]),
    ("sublist([1, 2, 3], 2)", [D(2), D(3)]),
    ("list contains([1, null], null)", True),
    ('date("2024-01-31") + duration("P1M")', date(2024, 2, 29)),
    ("date(2024, 2, 30)", None),
    ('@"2026-10-15".weekday', D(4)),
    ('@"2026-10-15T18:00:00+08:00" - @"2026-10-15T00:00:00Z"', timedelta(hours=10)),
    ('time("18:00:00") + duration("PT7H")', time(1)),
    ('years and months duration(date("2024-03-31"), date("2025-02-28")).months', D(10)),
    ('day of week(date("2026-10-15"))', "Thursday"),
    ('duration("P1DT25H").hours', D(1)),
    ('1 instance of number and "x" instance of string', True),
    ('duration("P1D") instance of days and time duration', True),
    ("before(1, [2..3]) and includes([1..3], 2) and meets([1..2], [2..3])", True),
    ("1 // a remark\n + /* another */ 1", D(2)),
    ('"\\u6a2a\\n"', "横\n"),
    ('get value({a: 1}, "a") + count(get entries({b: 2}))', D(2)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), VALUES)
def test_an_expression_comes_to_a_value(text: str, wanted: Any) -> None:
    found = Feel(text, NAMES).value(SEEN)
    assert found == wanted
    assert type(found) is type(wanted)


TESTS = [
    ("-", None, True),
    ("< 12", D(5), True),
    ("12, >= 20", D(20), True),
    ("-5", D(-5), True),
    ('"High", "Low"', "Low", True),
    ('not("High", "Low")', "Low", False),
    ("[18..21)", D(21), False),
    ("? + 1 > a", D(2), True),
    ('contains(?, "x")', "axe", True),
    ('not(contains(?, "x"))', "axe", False),
    ("true", True, True),
    ("not(true)", False, True),
    ("a", D(2), True),
    ("null", None, True),
    ("< 5", "text", False),
    ("[1, 2, 3]", D(2), True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tested", "wanted"), TESTS)
def test_a_cell_tests_a_value(text: str, tested: Any, wanted: bool) -> None:
    assert UnaryTests(text, NAMES).hold(tested, Scope(SEEN)) is wanted


REFUSED = [
    ("1 +", "feel_unreadable"),
    ("if a then 1", "feel_unreadable"),
    ("[1, 2", "feel_unreadable"),
    ('"open', "feel_unreadable"),
    ("1 2", "feel_unreadable"),
    ('@"never"', "feel_no_moment"),
    ("function(x) external {java: {}}", "feel_external"),
    ("(" * 100 + "1" + ")" * 100, "feel_too_deep"),
    ("-" * 100 + "1", "feel_too_deep"),
    ("1" * 10_001, "feel_too_long"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, code: str) -> None:
    with pytest.raises(UnsafeExpression) as refused:
        _ = Feel(text, NAMES).parsed
    assert refused.value.code == code


def test_names_that_nothing_in_sight_has_are_told() -> None:
    assert dict(Feel("a + missing", NAMES).parsed.unknown) == {"missing": 4}
    assert not Feel("loan.terms[whatever = 1]", NAMES).parsed.unknown, "entries are in sight inside a filter"


@pytest.mark.parametrize(
    "text",
    [
        "for a in 1..1000, b in 1..1000 return 1",
        "{f: function(n) f(n), x: f(1)}.x",
        "count(for x in 1..1e9 return 1)",
    ],
)
def test_what_takes_too_long_ends_with_an_error(text: str) -> None:
    with pytest.raises(UnsafeExpression) as refused:
        Feel(text).value({})
    assert refused.value.code in ("feel_too_long_running", "feel_too_deep")


@given(st.text(alphabet="aX1.+-*/()[]{}<>=\"',: ?@\\\n横", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for kind in (Feel, UnaryTests):
        with suppress(UnsafeExpression):
            assert kind(text, ("a", "X 1")).parsed.tree is not None


@given(
    st.one_of(
        st.dates(),  # FEEL writes years with four digits, as ISO 8601 does
        st.times().map(lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000)),
        st.datetimes(),
        st.timedeltas(max_value=timedelta(days=100_000), min_value=timedelta(days=-100_000)),
        st.integers(-10_000, 10_000).map(Months),
    )
)
def test_a_moment_is_read_as_it_was_written(value: Any) -> None:
    assert moment(written(value)) == value
