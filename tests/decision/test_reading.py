"""DMN files: what is read from them, and what is refused with its place, everything in one pass."""

import pytest

from signoff.errors import InvalidDefinition
from signoff.notation.dmn_reader import read

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
TABLE = """
<decision id="rate" name="Rate"><variable name="Rate" typeRef="number"/>
 <informationRequirement><requiredInput href="#age"/></informationRequirement>
 <decisionTable hitPolicy="FIRST">
  <input label="Age"><inputExpression typeRef="number"><text>Age</text></inputExpression></input>
  <output name="rate" typeRef="number"/>
  <rule><inputEntry><text>&lt; 18</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
  <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>Age / 10</text></outputEntry></rule>
 </decisionTable>
</decision>
<inputData id="age" name="Age"><variable name="Age" typeRef="number"/></inputData>
"""


def file(body: str = TABLE, namespace: str = NAMESPACE) -> str:
    return f'<definitions xmlns="{namespace}" id="defs" name="Rates">{body}</definitions>'


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        NAMESPACE,
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_of_dmn_is_read(namespace: str) -> None:
    decisions = read(file(namespace=namespace)).decisions
    assert (decisions.id, [d.id for d in decisions.decisions]) == ("defs", ["rate"])


REFUSED = [
    ("FIRST", "BEST", "dmn_hit_policy"),
    ('hitPolicy="FIRST"', 'hitPolicy="FIRST" aggregation="SUM"', "dmn_aggregation"),
    ('hitPolicy="FIRST"', 'hitPolicy="PRIORITY"', "dmn_no_order"),
    ("<text>Age</text>", "<text>Height</text>", "dmn_unknown_name"),
    ("Age / 10", "Age /", "feel_unreadable"),
    ("#age", "#height", "dmn_unknown_requirement"),
    ("#age", "#rate", "dmn_circle"),
    ("requiredInput", "requiredDecision", None),
    ('typeRef="number"/>\n <inf', 'typeRef="tRate"/>\n <inf', "dmn_unknown_type"),
    ("<outputEntry><text>1</text></outputEntry>", "", "dmn_cells"),
    ('id="age" name="Age"', 'id="age"', "dmn_nameless"),
    ('id="age" name', 'id="rate" name', "dmn_same_id"),
    (
        '<inputExpression typeRef="number">',
        '<inputExpression expressionLanguage="javascript">',
        "dmn_language",
    ),
    ('<output name="rate" typeRef="number"/>', "", "dmn_no_output"),
    ("<decisionTable", "<import namespace='x'/><decisionTable", None),
]


@pytest.mark.parametrize(("old", "new", "code"), REFUSED)
def test_what_cannot_run_is_refused_with_its_place(old: str, new: str, code: str | None) -> None:
    assert old in TABLE
    text = file(TABLE.replace(old, new))
    if code is None:
        read(text)
        return
    with pytest.raises(InvalidDefinition) as refused:
        read(text, "rates.dmn")
    problems = [problem for problem in refused.value.problems if problem.code == code]
    assert problems
    assert problems[0].place.file == "rates.dmn"
    assert problems[0].place.line > 0


def test_everything_is_found_in_one_pass() -> None:
    broken = TABLE.replace("FIRST", "BEST").replace("Age / 10", "Age /").replace("&lt; 18", "&lt; height")
    with pytest.raises(InvalidDefinition) as refused:
        read(file(broken))
    assert {p.code for p in refused.value.problems} == {
        "dmn_hit_policy",
        "feel_unreadable",
        "dmn_unknown_name",
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<definitions/>", "dmn_no_dmn"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x/>', "bpmn_doctype"),
        ("<definitions", "bpmn_unclosed"),
        (file("<import name='other'/>"), "dmn_not_run"),
        (file("<decision id='a' name='a'><for/></decision>"), "dmn_not_run"),
        (
            file(
                "<businessKnowledgeModel id='a' name='a'><encapsulatedLogic kind='Java'><context/></encapsulatedLogic>"
                "</businessKnowledgeModel>"
            ),
            "dmn_external",
        ),
        (file("<itemDefinition name='t'><itemComponent name='x'><typeRef>t</typeRef></itemComponent></itemDefinition>"),
         "dmn_type_circle"),
    ],
)  # fmt: skip
def test_files_that_are_none_or_hold_what_is_not_run(text: str, code: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read(text)
    assert code in {problem.code for problem in refused.value.problems}


def test_a_large_table_carries_no_names_that_its_cells_do_not_mean() -> None:
    row = (
        "<rule><inputEntry><text>&lt; {}</text></inputEntry><outputEntry><text>{}</text></outputEntry></rule>"
    )
    rows = "".join(row.format(n, n) for n in range(500))
    decisions = read(file(TABLE.replace("</decisionTable>", rows + "</decisionTable>"))).decisions
    table = decisions.decisions[0].logic
    assert {rule.tests[0].names for rule in table.rules} == {()}  # type: ignore[union-attr]  # it is a table
