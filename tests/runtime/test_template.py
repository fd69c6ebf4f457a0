"""A definition's template is rendered only if its cost is known beforehand; everything else is refused by name."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.errors import DefinitionError
from signoff.runtime.template import MAX_OUTPUT, check_template, render_template

FACTS: dict[str, Any] = {
    "title": "夏日狂欢购",
    "amount": Decimal("12345.50"),
    "day": date(2026, 10, 15),
    "at": datetime(2026, 9, 15, 10, tzinfo=UTC),
    "empty": None,
    "yes": True,
    "owner": {"id": "lin", "name": "林", "department": "", "title": "", "groups": []},
    "goals": [{"metric": "新增用户", "target": "1万"}, {"metric": "曝光量", "target": "50万+"}],
    "step": {"name": "确认目标", "due": None, "items": "not a method"},
    "words": ["a", "b"],
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ title }}：{{ amount }}", "夏日狂欢购：12,345.50"),
        ("{{ day }} {{ at }} {{ yes }}", "2026-10-15 2026-09-15 18:00 是"),
        ("{{ owner }} {{ owner.name }}", "林 林"),
        ("[{{ empty }}{{ empty.name }}]", "[]"),
        ("{{ step.items }}", "not a method"),
        (
            "{{ words }} {{ words | join('+') }} {{ words | count }} {{ words|first }}{{ words|last }}",
            "a、b a+b 2 ab",
        ),
        ("{% if step.due %}x{% else %}none{% endif %}", "none"),
        ("{% for goal in goals %}{{ loop.index }}.{{ goal.metric }} {% endfor %}", "1.新增用户 2.曝光量 "),
        ("{{ empty | default('?') }}{{ absent | default('!') }}{{ absent is defined }}", "?!否"),
        ("{{ 'a' if title == '夏日狂欢购' and not empty else 'b' }}", "a"),
        ("{{ 'a' in ['a', 'b'] }}", "是"),
        ("plain { text } %", "plain { text } %"),
    ],
)
def test_people_read_values_as_they_would_write_them(template: str, text: str) -> None:
    assert check_template(template) == []
    assert render_template(template, FACTS, lang="zh", zone="Asia/Shanghai") == text


EXPLODING = [
    "{{ ('a' * 10**9) | length }}",
    "{{ 'a' * 1000000000 }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in words %}{% for b in words %}x{% endfor %}{% endfor %}",
    "{% for a in words %}{% if a %}{% for b in words %}x{% endfor %}{% endif %}{% endfor %}",
    "{% for a in goals recursive %}{{ loop(goals) }}{% endfor %}",
    "{% for a in [1, 2] %}{% endfor %}",
    "{% for a in words | join %}{% endfor %}",
    "{{ '%0199999999d' % 5 }}",
    "{{ '%0199999999d' | format(5) }}",
    "{{ title ~ title }}",
    "{{ 2 ** 99999999 }}",
    "{{ 10 // 3 }}",
    "{{ -amount }}",
    "{% set x = 'a' %}{{ x }}",
    "{% set x %}a{% endset %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% include 'x' %}",
    "{% import 'x' as x %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{% block b %}{% endblock %}",
    "{% with a = 1 %}{% endwith %}",
    "{% filter upper %}x{% endfilter %}",
    "{% call title() %}{% endcall %}",
    "{% autoescape true %}{% endautoescape %}",
    "{{ title.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''.__class__ }}{{ title() }}",
    "{{ title['__class__'] }}",
    "{{ words[0] }}",
    "{{ words[0:1] }}",
    "{{ title | attr('__class__') }}",
    "{{ title | center(99999999) }}",
    "{{ title | indent(99999999) }}",
    "{{ title | replace('', 'aaaaaaaaaa') }}",
    "{{ goals | map(attribute='metric') | list }}",
    "{{ title | default(title) }}",
    "{{ words | join(*words) }}",
    "{{ words | join(**step) }}",
    "{{ title is sameas(title) }}",
    "{{ title is callable }}",
    "{{ self }}",
    "{{ self.x }}",
    "{{ super() }}",
    "{{ {'a': 1} }}",
    "{{ cycler }}{{ lipsum() }}",
    "{{ namespace() }}",
    "{{ [" + "[" * 30 + "]" * 30 + "] }}",
    "{{ " + "(" * 3_000 + "1" + ")" * 3_000 + " }}",
    "{{ " + "not " * 3_000 + "yes }}",
    "{{ title" + ".a" * 3_000 + " }}",
    "{{ title" + "|trim" * 1_000 + " }}",
    "{{ " + "9" * 6_000 + " }}",
    "{{ title }}" * 2_000,
    "{% if yes %}" * 1_000 + "{% endif %}" * 1_000,
    "{% for w in words %}x{% endfor %}" * 6,
    "{% for w in words %}" + "{{ w }}" * 300 + "{% endfor %}",
    "x" * 17_000,
    "{{ title",
    "{% if %}",
    "{{ title | nothing }}",
    "{{ title is nothing }}",
]


@pytest.mark.parametrize("template", EXPLODING, ids=range(len(EXPLODING)))
def test_what_could_explode_or_reach_further_is_refused_before_it_runs(template: str) -> None:
    assert check_template(template) != []
    with pytest.raises(DefinitionError) as refused:
        render_template(template, FACTS)
    assert refused.value.code == "template_refused"


def test_a_finding_names_the_line_and_what_to_do() -> None:
    (finding,) = check_template("a\nb\n{{ words[0] }}", file="p.yaml")
    assert (finding.code, finding.place.file, finding.place.line) == ("template_not_allowed", "p.yaml", 3)
    assert "an index" in finding.sentence("en")


def test_an_unknown_name_is_found_at_deployment() -> None:
    found = check_template(
        "{{ titel }}{% for x in words %}{{ x }}{{ loop.index }}{% endfor %}", {"title", "words"}
    )
    assert [finding.code for finding in found] == ["template_unknown_name"]
    assert "did you mean `title`" in found[0].sentence("en")


@pytest.mark.parametrize(
    "template", ["{{ absent }}", "{{ step.absent }}", "{{ amount.real }}", "{{ title < 3 }}"]
)
def test_what_is_missing_or_does_not_fit_is_a_typed_error(template: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        render_template(template, FACTS)
    assert refused.value.code == "template_not_rendered"


def test_only_plain_data_goes_in() -> None:
    with pytest.raises(DefinitionError, match="not plain data"):
        render_template("x", {"engine": object()})


def test_the_output_is_bounded() -> None:
    loop = "{% for line in lines %}" + "x" * 4_000 + "{% endfor %}"
    with pytest.raises(DefinitionError) as refused:
        render_template(loop, {"lines": list(range(1_000))})
    assert refused.value.code == "template_output_too_large"


def test_the_work_of_filters_is_bounded() -> None:
    loop = "{% for line in lines %}" + "{% if long | upper | lower | trim %}{% endif %}" * 30 + "{% endfor %}"
    with pytest.raises(DefinitionError) as refused:
        render_template(loop, {"lines": list(range(200)), "long": "x" * 4_000})
    assert refused.value.code == "template_too_much_work"


def test_a_chain_of_joins_does_not_multiply() -> None:
    chained = "{{ title" + "|join('--------------------')" * 15 + " }}"
    assert check_template(chained) == []
    assert render_template(chained, {"title": "x" * 4_000}) == "x" * 4_000


def test_huge_values_are_cut() -> None:
    assert len(render_template("{{ long }}", {"long": "x" * 10_000_000})) < 5_000
    assert (
        render_template(
            "{{ n }}{{ d }}{{ e }}", {"n": 10**10_000, "d": Decimal("1E+99999"), "e": Decimal("1E-99999")}
        )
        == "………"
    )
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    assert render_template("{{ deep }}", {"deep": deep}) == "…"
    many = [["y" * 1_000] * 1_000] * 1_000
    assert len(render_template("{{ many | count }}", {"many": many})) == 3


def test_control_and_bidi_characters_in_values_are_written_out() -> None:
    shown = render_template("{{ name }}", {"name": "a\u202eb\x1b[31m\u2066c\r\nd\x00\u2028e"})
    assert shown == "a\\u202eb\\u001b[31m\\u2066c\nd\\u0000\ne"


@given(st.text(alphabet="{}%# abtitle.|()[]'0123456789~*+-=<>\n,_forinedif", max_size=60))
def test_any_text_is_either_refused_or_rendered_or_a_typed_error(template: str) -> None:
    try:
        rendered = render_template(template, FACTS)
    except DefinitionError:
        return
    assert len(rendered.encode()) <= MAX_OUTPUT
    assert check_template(template) == []
