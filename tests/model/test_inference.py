"""What is wrong with an expression is said before anything runs: names, types, words, emptiness."""

from typing import Any

import pytest

from signoff.errors import Place, Problem
from signoff.model.expression import Expression
from signoff.model.grammar import ARGUMENTS
from signoff.model.inference import check, infer
from signoff.model.presence import unguarded
from signoff.model.signature import FUNCTIONS, OVER_LISTS
from signoff.model.types import Kind, ListOf, OneOf, Scalar, Type
from tests.model.samples import BUDGET, declare, record, scalar

MODE = OneOf(("online", "offline", "both"))
ENV: dict[str, Type] = {
    "mode": MODE,
    "mode2": OneOf(("on", "off")),
    "initial": BUDGET,
    "amount": scalar("money"),
    "dollars": Scalar(Kind.MONEY, "USD"),
    "yuan": Scalar(Kind.MONEY, "CNY"),
    "n": scalar("integer"),
    "rate": scalar("decimal"),
    "title": scalar("text"),
    "day": scalar("date"),
    "at": scalar("datetime"),
    "slack": scalar("duration"),
    "lead": scalar("person"),
    "goal": record(declare("metric", "text"), declare("target", "target")),
    "goals": ListOf(record(declare("metric", "text"), declare("target", "target"))),
    "tags": ListOf(scalar("text")),
    "open": scalar("boolean"),
}


def inferred(text: str) -> Type | None:
    return infer(Expression.of(text), ENV)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("amount + amount", "money"),
        ("amount + 5", "money"),
        ("5 - amount", "money"),
        ("amount * n", "money"),
        ("rate * amount", "money"),
        ("amount / n", "money"),
        ("amount / amount", "decimal"),
        ("yuan + amount", "money CNY"),
        ("sum(g.target.number for g in goals)", "decimal"),
        ("max(amount - amount, 0)", "money"),
        ("default(amount, 0)", "money"),
        ("round(amount, 2)", "money"),
        ("initial.total", "money"),
        ("n + 1", "integer"),
        ("n / 1", "decimal"),
        ("n * 1.5", "decimal"),
        ("round(rate)", "integer"),
        ("round(rate, 1)", "decimal"),
        ("day - day", "duration"),
        ("day + days(n)", "date"),
        ("at - hours(1)", "datetime"),
        ("date(at)", "date"),
        ("title + 'x'", "text"),
        ("0.10 <= amount / amount <= 0.15", "boolean"),
        ("lead.name", "text"),
        ("document('x').by", "person"),
        ("done_by('x')", "person"),
        ("done_at('x')", "datetime"),
        ("count(tags)", "integer"),
        ("any(t == 'x' for t in tags)", "boolean"),
        ("first(g.metric for g in goals)", "text"),
    ],
)
def test_types_are_inferred(text: str, kind: str) -> None:
    word, _, currency = kind.partition(" ")
    assert inferred(text) == Scalar(Kind(word), currency)


def test_lists_and_records_are_inferred() -> None:
    assert inferred("append(tags, 'x')") == ListOf(scalar("text"))
    assert inferred("unique(g.metric for g in goals)") == ListOf(scalar("text"))
    assert inferred("first(goals)") == ENV["goal"]
    assert inferred("null") is None
    assert inferred("mode") == MODE


def findings(text: str, **options: Any) -> list[tuple[str, str]]:
    found = check(Expression(text), ENV, **options)
    return [(one.code, getattr(one.params.get("reason"), "code", "")) for one in found]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mode == 'ofline'", "never_true"),
        ("mode != 'ofline'", "always_true"),
        ("'ofline' == mode", "never_true"),
        ("mode in ['online', 'ofline']", "never_true"),
        ("any(mode == m for m in ['online', 'ofline'])", "never_true"),
        ("mode == mode2", "never_true"),
        ("verdict('x') == 'pass'", "never_true"),
        ("amount + n > 1", "cannot_compute"),
        ("amount * amount > 1", "cannot_compute"),
        ("n / amount > 1", "cannot_compute"),
        ("yuan + dollars > 1", "cannot_compute"),
        ("amount == n", "cannot_compare"),
        ("amount < rate", "cannot_compare"),
        ("title < 'x'", "cannot_compare"),
        ("day < at", "cannot_compare"),
        ("title == 5", "cannot_compare"),
        ("lead == 'li'", "cannot_compare"),
        ("day + 1 > day", "needs_days"),
        ("title + 1 == 'x'", "cannot_compute"),
        ("null + 1 == 1", "cannot_compute"),
        ("-title == 1", "cannot_negate"),
        ("mode in title", "needs_list"),
        ("all(x for x in n)", "needs_list"),
        ("title.length == 1", "no_fields"),
        ("initial.totl > 1", "no_such_field"),
        ("lead.email == 'x'", "no_such_field"),
        ("(1 if open else 'x') == 1", "different_types"),
        ("[1, 'x'] == []", "different_types"),
        ("lower(n) == 'x'", "wrong_argument"),
        ("working_days(day, n) > 1", "wrong_argument"),
        ("meets(n, title)", "wrong_argument"),
        ("member('li', 'x')", "wrong_argument"),
        ("sum(tags) > 1", "wrong_argument"),
        ("all(tags)", "wrong_argument"),
        ("max(title, 1) > 1", "wrong_argument"),
        ("default(n, 'x') == 1", "wrong_argument"),
        ("append(tags, 1) == tags", "wrong_argument"),
        ("round(rate, rate) > 1", "wrong_argument"),
        ("eval('1')", "unknown_function"),
        ("amount >", "unreadable_expression"),
    ],
)
def test_what_cannot_be_is_found(text: str, reason: str) -> None:
    assert findings(text) == [("E01", reason)]


def test_an_unknown_name_is_found_with_the_one_that_was_meant() -> None:
    (found,) = check(
        Expression.of("all(g.metric == 'x' for g in goal2) or modus == 'x'"), ENV | {"goals": ENV["goals"]}
    )[:1]
    assert (found.code, found.params["name"], found.offset) == ("N01", "goal2", 29)
    assert "did you mean `goal" in Problem(found.code, Place(), found.params).sentence("en")
    assert findings("result.score > 5", open_data=True) == []
    assert findings("zzz == 1") == [("N01", "")]


def test_conditions_must_be_boolean() -> None:
    assert findings("n", want=scalar("boolean")) == [("E02", "")]
    assert findings("n and open") == [("E02", "")]
    assert findings("not title") == [("E02", "")]
    assert findings("1 if n else 2") == [("E02", "")]
    (found,) = check(Expression.of("n"), ENV, want=scalar("boolean"), key="if")
    assert Problem("E02", Place(), found.params).sentence("en").startswith("if needs boolean, but is integer")


@pytest.mark.parametrize(
    ("text", "want", "codes"),
    [
        ("day - day", scalar("date"), ["T06"]),
        ("n / 2", scalar("integer"), ["T06"]),
        ("n", scalar("money"), ["T06"]),
        ("0", scalar("money"), []),
        ("n", scalar("decimal"), []),
        ("mode", scalar("text"), []),
        ("title", MODE, ["T06"]),
        ("'online'", MODE, []),
        ("'ofline'", MODE, ["E01"]),
        ("[]", ListOf(scalar("text")), []),
        ("['a']", ListOf(scalar("text")), []),
        ("[1]", ListOf(scalar("text")), ["T06"]),
        ("record(metric='x')", ENV["goal"], ["T06"]),
        ("record(metric='x', target=goal.target)", ENV["goal"], []),
        ("record(venue=amount, materials=amount, contingency=amount)", BUDGET, []),
        ("null", scalar("date"), []),
    ],
)
def test_a_result_must_fit_what_it_is_declared_as(text: str, want: Type, codes: list[str]) -> None:
    assert [code for code, _ in findings(text, want=want)] == codes


def test_a_for_may_not_hide_a_name_from_outside() -> None:
    assert findings("all(n > 1 for n in [1])") == [("N04", "")]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("mode == 'online' or filled(title)", {"mode"}),
        ("filled(mode) and mode == 'online'", set()),
        ("not filled(n) or n > 5", set()),
        ("n == null or n > 5", set()),
        ("null != n and n > 5", set()),
        ("n != null or n > 5", {"n"}),
        ("filled(n) or n > 5", {"n"}),
        ("n > 5 if filled(n) else false", set()),
        ("1 if not filled(n) else n", set()),
        ("default(n, rate) > 1", {"rate"}),
        ("all(g.metric == 'x' for g in goals if filled(g.metric))", {"goals"}),
        ("all(g.metric == 'x' for g in goals)", {"goals", "goals.metric"}),
        ("filled(initial) and initial.total > 1", set()),
        ("initial.total > 1 and filled(initial)", {"initial.total"}),
        ("filled(n + 1)", {"n"}),
        ("filled(n) and (n > 5 or rate > 1)", {"rate"}),
    ],
)
def test_reads_that_nothing_guards_are_known(text: str, read: set[str]) -> None:
    assert set(unguarded(Expression.of(text))) == read


def test_what_may_be_empty_is_found() -> None:
    (found,) = check(Expression.of("open and initial.total > 1"), ENV, nullable={"initial"})
    assert (found.code, found.params["name"], found.offset) == ("D01", "initial.total", 9)
    assert findings("filled(initial) and initial.total > 1", nullable={"initial"}) == []
    assert findings("initial.total > 1", nullable={"mode"}) == []


def test_every_function_is_typed_and_every_finding_speaks_both_languages() -> None:
    assert {*FUNCTIONS, *OVER_LISTS} == ARGUMENTS.keys() - {"record"}
    (found,) = check(Expression.of("mode == 'ofline'"), ENV)
    said = Problem(found.code, Place(), found.params).sentence("en")
    assert said == "`mode == 'ofline'`: it is never true: ofline is not one of online, offline, both"
