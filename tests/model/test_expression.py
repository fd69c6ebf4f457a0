"""What expressions compute, what they refuse to compute, and what they say then."""

import copy
import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from signoff.model.expression import Expression, ExpressionFault
from signoff.model.grammar import may_name
from tests.model.samples import FACTS, Answers, value_of

LI = {"id": "li", "name": "李", "department": "市场部", "title": "经理", "groups": ["staff"]}
GOALS = [
    {"metric": "新增用户", "target": {"text": "1万", "compare": ">=", "number": Decimal(10000)}},
    {"metric": "退货率", "target": {"text": "<= 2%", "compare": "<=", "number": Decimal("0.02")}},
]
DAY = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2 == 0.3", True),
        ("1 / 4", Decimal("0.25")),
        ("7 - 2 * 3", 1),
        ("-(2 + 3) * 2", -10),
        ("10000000000000000000000000000 / 3", None),
        ("1 < 2 < 3 and not 3 < 2 < 1", True),
        ("'a' + 'b'", "ab"),
        ("1 if 2 > 1 else 1 / 0", 1),
        ("true or 1 / 0 > 1", True),
        ("false and 1 / 0 > 1", False),
        ("null == null", True),
        ("null == 'a'", False),
        ("2 in [1, 2.0]", True),
        ("'x' not in ['a', 'b']", True),
        ("[1, 2] == [1, 2.0]", True),
        ("5 ＞ 3 and （2 ≤ 3） and 1 ≠ 2 and 6 ÷ 2 × 1 ＝＝ 3", True),
    ],
)
def test_operators(text: str, expected: Any) -> None:
    if expected is None:
        with pytest.raises(Exception, match="28 digits"):
            value_of(text)
        return
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum([])", 0),
        ("sum(x for x in [1, 2, 3] if x > 1)", 5),
        ("count(x for x in [1, 2, 3] if x > 1)", 2),
        ("count([1, 1])", 2),
        ("unique([1, 1.0, 2])", [1, 2]),
        ("count(unique([true, 1]))", 2),
        ("first(x for x in [1, 2, 3] if x > 1)", 2),
        ("first([]) == null", True),
        ("min(3, 1, 2)", 1),
        ("max([3, 5, 2])", 5),
        ("all([]) and not any([])", True),
        ("any(x == 2 for x in [1, 2])", True),
        ("all(any(x == y for x in [1, 2]) for y in [1, 2])", True),
        ("sum(sum(x * y for x in [1, 2]) for y in [10, 100])", 330),
        ("filled('') or filled([]) or filled(null)", False),
        ("filled(0) and filled(false)", True),
        ("default(null, 3)", 3),
        ("default(2, 1 / 0)", 2),
        ("abs(-2.5)", Decimal("2.5")),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(2.345, 2)", Decimal("2.35")),
        ("floor(-1.5)", -2),
        ("ceil(1.2)", 2),
        ("length('广告')", 2),
        ("length([1, 2])", 2),
        ("lower(' A ') + trim(' b ')", " a b"),
        ("text(1.50) + text(true) + text(3)", "1.50true3"),
        ("number('1.2亿')", Decimal(120000000)),
        ("number('30%')", Decimal("0.30")),
        ("append([1], 2)", [1, 2]),
        ("nth([7, 8, 9], 2)", 8),
        ("nth([7, 8, 9], -1)", 9),
        ("nth([7], 2)", None),
        ("record(a=1, b='x')", {"a": 1, "b": "x"}),
        ("record(a=record(b=3)).a.b", 3),
        ("(record(a=1) if true else record(a=2)).a", 1),
    ],
)
def test_functions_over_values(text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today()", date(2026, 10, 1)),  # half past midnight in Shanghai
        ("now() - now()", timedelta()),
        ("today() + days(3)", date(2026, 10, 4)),
        ("days(3) + today() - days(3) == today()", True),
        ("date('2026-10-15') - date('2026-10-12')", timedelta(days=3)),
        ("date(now())", date(2026, 10, 1)),
        ("year(now()) * 10000 + month(now()) * 100 + day(now())", 20261001),
        ("weekday(date('2026-10-12'))", 1),
        ("months_after(date('2026-01-31'), 1)", date(2026, 2, 28)),
        ("months_after(date('2026-03-31'), -1)", date(2026, 2, 28)),
        ("hours(36) == days(1.5) and minutes(90) < hours(2)", True),
        ("working_day(date('2026-10-10')) and not working_day(date('2026-10-01'))", True),
        ("working_days(date('2026-09-30'), date('2026-10-12'))", 4),
        ("working_days(date('2026-09-30'), date('2026-09-30'))", 0),
        ("add_working_days(date('2026-09-30'), 3)", date(2026, 10, 10)),
        ("add_working_days(date('2026-10-10'), -3)", date(2026, 9, 30)),
        ("text(now())", "2026-10-01 00:30"),
        ("text(today()) + '-' + text(hours(3))", "2026-10-01-PT3H"),
    ],
)
def test_functions_of_time(text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("A*?", "Abc", True),
        ("A*?", "A", False),
        ("*", "", True),
        ("", "", True),
        ("", "x", False),
        ("**a**b**", "xaxbx", True),
        ("?x", "?x", True),
        ("a?c", "abc", True),
        ("a.c", "abc", False),
        ("*[ab]", "x[ab]", True),
        ("预*期", "预热期", True),
    ],
)
def test_like(pattern: str, text: str, fits: bool) -> None:
    assert value_of("like(t, p)", t=text, p=pattern) is fits


def test_like_takes_time_linear_in_the_text() -> None:
    assert value_of("like(t, p)", t="a" * 60_000, p="*a" * 400 + "b") is False


def test_facts_of_steps_and_documents() -> None:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    facts = Answers(
        documents={"offer": {"sha256": "ab", "version": 2, "state": "final", "by": "li", "at": at}},
        verdicts={"draft": "passed"},
        done={"draft": (at, "li")},
        groups={"staff": {"li"}},
    )

    def ask(text: str) -> Any:
        return Expression.of(text).evaluate({"starter": LI}, facts)

    assert ask("document('offer').sha256 == 'ab' and document('offer').version == 2")
    assert ask("document('other') == null and document('other').sha256 == null")
    assert ask("verdict('draft') == 'passed' and verdict('other') == null")
    assert ask("done_at('draft') < now() and done_by('draft') == starter")
    assert ask("document('offer').by == starter and member(starter, 'staff')")
    assert not ask("member(done_by('draft'), 'finance')")


def test_a_target_is_met_by_its_own_comparator() -> None:
    assert value_of("meets(12000, first(g.target for g in goals if g.metric == '新增用户'))", goals=GOALS)
    assert not value_of("meets(0.03, first(g.target for g in goals if g.metric == '退货率'))", goals=GOALS)
    assert value_of("all(g.target.number > 0 for g in goals)", goals=GOALS)


def test_chinese_names_and_both_quotes_work() -> None:
    assert value_of("金额 > 5000 and 部门 == '财务'", 金额=Decimal(6000), 部门="财务")
    assert value_of('金额 ＞ 5000 and 部门 == "财务"', 金额=Decimal(6000), 部门="财务")
    assert value_of("ｔｏｔａｌ > １００", total=101)


def test_text_in_quotes_is_kept_as_written() -> None:
    assert value_of("'（甲）＞＂'") == "（甲）＞＂"
    assert value_of('"it\'s"') == "it's"


def test_a_person_equals_his_later_self() -> None:
    assert value_of("a == b and a in [b] and count(unique([a, b])) == 1", a=LI, b={**LI, "title": "总监"})
    assert value_of("a != b", a=LI, b={**LI, "id": "wang"})


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("a + 1 > 2", "null_value", "a"),
        ("1 < r.x", "null_value", "r.x"),
        ("r.x.y * 2 == 4", "null_value", "r.x.y"),
        ("-a == 1", "null_value", "a"),
        ("a and true", "null_value", "a"),
        ("not a", "null_value", "a"),
        ("1 if a else 2", "null_value", "a"),
        ("lower(a) == ''", "null_value", "a"),
        ("round(1.5, a) == 1", "null_value", "a"),
        ("all(x for x in a)", "null_value", "a"),
        ("sum(r.x)", "null_value", "r.x"),
        ("1 in a", "null_value", "a"),
        ("max(1, a)", "null_value", "a"),
        ("meets(1, a)", "null_value", "a"),
    ],
)
def test_what_is_empty_is_named(text: str, code: str, named: str) -> None:
    with pytest.raises(ExpressionFault) as raised:
        value_of(text, a=None, r={})
    assert (raised.value.code, raised.value.params["name"]) == (code, named)
    assert raised.value.params["expression"] == text
    assert named in raised.value.sentence("en")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1 / 0 > 1", "division_by_zero"),
        ("0 / 0 > 1", "division_by_zero"),
        ("1.5 / 0.0 > 1", "division_by_zero"),
        ("nobody > 1", "unknown_name"),
        ("a.b == 1", "no_field"),
        ("a + 'x'", "wrong_operands"),
        ("true + 1", "wrong_operands"),
        ("today() + 1", "wrong_operands"),
        ("today() < now()", "not_comparable"),
        ("'a' < 'b'", "not_comparable"),
        ("a == 'x'", "not_comparable"),
        ("true == 1", "not_comparable"),
        ("a and true", "not_boolean"),
        ("1 if a else 2", "not_boolean"),
        ("all([1])", "wrong_type"),
        ("sum(['a'])", "wrong_type"),
        ("lower(a)", "wrong_type"),
        ("1 in a", "wrong_type"),
        ("count(a)", "wrong_type"),
        ("min([])", "empty_list"),
        ("max(x for x in [1] if x > 1)", "empty_list"),
        ("today() + hours(1)", "not_whole_days"),
        ("today() + days(9999999)", "out_of_range"),
        ("add_working_days(today(), 99999)", "out_of_range"),
        ("months_after(today(), 99999)", "out_of_range"),
        ("number('many')", "unreadable_text"),
        ("date('soon')", "unreadable_text"),
    ],
)
def test_what_cannot_be_computed_is_a_fault_with_a_sentence(text: str, code: str) -> None:
    with pytest.raises(ExpressionFault) as raised:
        value_of(text, a=5)
    assert raised.value.code == code
    assert "{" not in raised.value.sentence("en")


def test_null_meets_equality_filled_default_and_lists_only() -> None:
    assert value_of("a == null and a != 1 and not filled(a) and default(a, 1) == 1 and null in [a]", a=None)
    assert value_of("a.b.c == null", a=None)


def test_the_limits_hold() -> None:
    with pytest.raises(ExpressionFault, match="too many steps"):
        value_of("all(all(x == x for y in many) for x in many)", many=list(range(200)))
    with pytest.raises(ExpressionFault, match="too many steps"):
        value_of("all(x in many for x in many)", many=list(range(9_000)))
    with pytest.raises(ExpressionFault, match="too many steps"):
        value_of("all(deep == deep for x in many)", many=list(range(2_000)), deep=[[0] * 900] * 9)
    with pytest.raises(ExpressionFault, match="too many steps"):
        value_of("all(lower(long) == '' or true for x in many)", many=list(range(2_000)), long="x" * 900_000)
    with pytest.raises(ExpressionFault, match="more than 10000 elements"):
        value_of("sum(many)", many=[0] * 10_001)
    with pytest.raises(ExpressionFault, match="more than 65536"):
        value_of("a + a", a="x" * 40_000)
    with pytest.raises(ExpressionFault, match="range"):
        value_of("a * a * a", a=10**20)
    assert value_of("sum(many)", many=[1] * 10_000) == 10_000
    assert value_of("sum(x for x in many)", many=[1] * 5_000) == 5_000


def test_an_expression_says_what_it_reads() -> None:
    found = Expression.of(
        "all(any(r.kind == k for r in plan.risks) for k in ['a']) and document('图').sha256 == x"
        " and verdict('draft') == 'passed' and done_at('seal') < now() and filled(initial.total)"
    )
    assert found.names == {"plan", "x", "initial"}
    assert found.paths == {"plan.risks", "plan.risks.kind", "x", "initial.total"}
    assert found.documents == {"图"}
    assert found.steps == {"draft", "seal"}


def test_an_expression_is_a_value() -> None:
    one, other = Expression.of("a + 1"), Expression("a + 1")
    assert one == other
    assert len({one, other}) == 1
    for twin in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert twin == one
        assert twin.evaluate({"a": 1}, FACTS) == 2
    with pytest.raises(AttributeError):
        one.text = "b"  # type: ignore[misc]  # that is what is tested


def test_the_decimal_context_of_the_host_neither_matters_nor_changes() -> None:
    import decimal

    with decimal.localcontext(decimal.Context(prec=3)) as context:
        assert value_of("1 / 3") == Decimal("0.3333333333333333333333333333")
        assert not any(context.flags.values())


@pytest.mark.parametrize(
    ("name", "may"),
    [
        *[(name, True) for name in ("goals", "金额", "match", "date")],
        *[(name, False) for name in ("class", "true", "starter", "_x", "a-b", "1a", "", "ｃｌａｓｓ")],
    ],
)
def test_data_may_not_be_called_like_a_word_of_the_language(name: str, may: bool) -> None:
    assert may_name(name) is may
