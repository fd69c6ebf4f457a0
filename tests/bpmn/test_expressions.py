"""JUEL and FEEL inside the stated subset become signoff's expressions; everything else is refused with its part."""

import contextlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.errors import UnsafeExpression
from signoff.model.expression import Expression
from signoff.notation import dialect
from signoff.notation.dialect import Untranslatable, feel, juel, template

JUEL = {
    "${input == 1}": "input == 1",
    "#{a.b >= 3 && !c}": "a.b >= 3 and not c",
    "${a eq 'x' or b ne 2}": "a == 'x' or b != 2",
    "${(a || b) and not c}": "(a or b) and not c",
    "${gender == 'male' ? 'Mr.' : 'Mrs.'}": "'Mr.' if gender == 'male' else 'Mrs.'",
    "${done/total >= 0.5}": "done / total >= 0.5",
    "${5-2}": "5 - 2",
    "${a - (b - c)}": "a - (b - c)",
    "${-a * 2}": "-a * 2",
    "${empty list}": "not filled(list)",
    "${list.size() > 2}": "length(list) > 2",
    "${name.startsWith('A')}": "like(name, 'A*')",
    '${consult == "true"}': "consult == 'true'",
    "${a['b']}": "a.b",
    "${vars:equals(decision, 'up')}": "default(decision, null) == 'up'",
    "${execution.getVariable('x') != null}": "default(x, null) != null",
    "${x == null}": "x == null",
    "plain > 1": "plain > 1",
    "${items[0].price}": "nth(items, 1).price",
    "${items[i]}": "nth(items, i + 1)",
    "${items.get(0) > 1}": "nth(items, 1) > 1",
    "${result.get('code') == 200}": "default(result.code, null) == 200",
    "${'a'.equals(letter)}": "'a' == letter",
    "${letter.equalsIgnoreCase('A')}": "lower(letter) == lower('A')",
    "${execution.hasVariable('x')}": "default(x, null) != null",
    "${vars:getOrDefault('x', 0) > 1}": "default(x, 0) > 1",
}
FEEL = {
    "= amount > 5000 and not(urgent)": "amount > 5000 and not urgent",
    '= status = "ok"': "status == 'ok'",
    '= if a in [1..5) then "x" else "y"': "'x' if 1 <= a < 5 else 'y'",
    "x between 1 and 2": "1 <= x <= 2",
    'x in ("a", "b")': "x in ['a', 'b']",
    '= some r in risks satisfies r = "red"': "any(r == 'red' for r in risks)",
    '= every r in risks satisfies r != "red"': "all(r != 'red' for r in risks)",
    "= string length(name) > 3": "length(name) > 3",
    '= list contains(tags, "x")': "'x' in tags",
    '= contains(name, "ab")': "like(name, '*ab*')",
    "= count(items)": "count(items)",
    '= {a: 1, "b": [1, 2]}': "record(a=1, b=[1, 2])",
    '= duration("P1DT2H")': "days(1) + hours(2)",
    '= date("2027-01-04")': "date('2027-01-04')",
    "= 01": "1",
    "= items[1]": "nth(items, 1)",
    "= is empty(items)": "count(items) == 0",
    "= get or else(x, 3) = 3": "default(x, 3) == 3",
    '= get value(order, "kind") = "a"': "default(order.kind, null) == 'a'",
    "= year(d) = 2027": "year(d) == 2027",
}


@pytest.mark.parametrize(("text", "wanted"), JUEL.items())
def test_juel_is_translated(text, wanted):
    assert juel(text) == wanted
    Expression.of(wanted)


@pytest.mark.parametrize(("text", "wanted"), FEEL.items())
def test_feel_is_translated(text, wanted):
    assert feel(text) == wanted
    Expression.of(wanted)


def test_a_variable_that_need_not_be_there_is_nothing():
    assert Expression.of(juel("${execution.getVariable('x') != null && !x}")).evaluate({}, None) is False
    assert Expression.of(juel("${vars:equals(x, 'up')}")).evaluate({}, None) is False
    assert Expression.of(feel("= is defined(x)")).evaluate({"x": 1}, None) is True


def test_a_text_with_expressions_in_it_is_put_together():
    assert template("Order ${id} of #{who.name}!") == "'Order ' + text(id) + ' of ' + text(who.name) + '!'"
    assert template("${id}") == "id"
    assert template("nothing to compute") == "'nothing to compute'"


@pytest.mark.parametrize(
    ("text", "why", "part"),
    [
        ("${bean.decide(x)}", "method", "bean.decide()"),
        ("${a % 2 == 0}", "modulo", "%"),
        ("${''.getClass().forName('java.lang.Runtime')}", "method", "''.getClass()"),
        ("${execution.setVariable('x', 1)}", "method", "execution.setVariable()"),
        ("${dateTime()}", "function", "dateTime()"),
        ("${a", "unreadable", "${a"),
        ("${}", "unreadable", ""),
        ("${a b}", "unreadable", "b"),
        ("${'\\\\'}", "escapes", "\\"),
    ],
)
def test_what_juel_may_not_say_is_refused_with_its_part(text, why, part):
    with pytest.raises(Untranslatable) as refused:
        juel(text)
    assert (refused.value.why, refused.value.part) == (why, part)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("= orders[item.total > 3]", "filter"),
        ("= for x in list return x + 1", "loop"),
        ("= x instance of number", "type_test"),
        ("= 2 ** 3", "power"),
        ("= string join(list)", "unreadable"),
        ("= sort(list, function(a, b) a < b)", "loop"),
        ("= today", None),
    ],
)
def test_what_feel_may_not_say_is_refused(text, why):
    if why is None:
        assert feel(text) == "today"  # a name like any other; the function is today()
        return
    with pytest.raises(Untranslatable) as refused:
        feel(text)
    assert refused.value.why == why


@pytest.mark.parametrize(("open_", "close"), [("(", ")"), ("!", ""), ("-", "")])
def test_deep_nesting_ends_as_a_refusal(open_, close):
    with pytest.raises(Untranslatable):
        juel("${" + open_ * 900 + "a" + close * 900 + "}")


@given(st.text(alphabet=string.printable, max_size=60))
def test_any_text_is_translated_or_refused_and_nothing_else(text):
    for translate in (juel, feel, template):
        with contextlib.suppress(Untranslatable, UnsafeExpression):
            Expression.of(translate(text))


NUMBERS = st.integers(0, 9).map(str)
TERMS = st.recursive(
    NUMBERS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner)
        | st.builds("{} {} {}".format, inner, st.sampled_from("+-*"), inner)
    ),
    max_leaves=8,
)


@given(TERMS)
def test_arithmetic_keeps_its_meaning(text):
    wanted = eval(text)
    for translate in (juel, feel):
        assert Expression.of(translate(text)).evaluate({}, None) == wanted


@given(
    st.lists(st.booleans(), min_size=3, max_size=3),
    st.sampled_from(["a && b || c", "a || b && c", "!a && b", "!(a || b) && c", "a ? b : c"]),
)
def test_logic_keeps_its_meaning(values, text):
    a, b, c = values
    wanted = {
        "a && b || c": (a and b) or c,
        "a || b && c": a or (b and c),
        "!a && b": not a and b,
        "!(a || b) && c": not (a or b) and c,
        "a ? b : c": b if a else c,
    }[text]
    assert Expression.of(juel(text)).evaluate({"a": a, "b": b, "c": c}, None) == wanted


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("bpmn:getDataObject('approved')", "approved"),
        ("not(bpmn:getDataObject('approved'))", "not approved"),
        ("bpmn:getDataObject('clarified') = 'yes'", "clarified == 'yes'"),
        ("getDataObject('p', 'order')/amount div 2 >= 10 and true()", "order.amount / 2 >= 10 and true"),
        ("getProcessProperty('x') != \"a 'b'\" or bpmn:getDataInput('y') < 3", "x != \"a 'b'\" or y < 3"),
    ],
)
def test_xpath_with_the_functions_of_bpmn_is_translated(text, own):
    assert dialect.is_xpath(text)
    assert dialect.xpath(text) == own


def test_xpath_that_asks_for_what_has_no_name_is_not_translated():
    with pytest.raises(dialect.Untranslatable):
        dialect.xpath("bpmn:getDataObject('Service Level') = 'x'")
