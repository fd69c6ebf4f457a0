"""Decision files as the modelers of engines write them: names are data of the process, drawn as required or not."""

import pytest

from signoff.errors import InvalidDefinition
from signoff.notation.dmn_reader import read
from signoff.testing import Sandbox

C7 = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn11.xsd" id="fees" name="Fees"
 namespace="http://camunda.org/schema/1.0/dmn" xmlns:camunda="http://camunda.org/schema/1.0/dmn">
 <decision id="grade" name="Grade of the claim" camunda:historyTimeToLive="30">
  <informationRequirement><requiredInput href="#in1"/></informationRequirement>
  <decisionTable id="t1">
   <input id="i1" label="Sum" camunda:inputVariable=""><inputExpression id="e1" typeRef="double"><text>sum</text></inputExpression></input>
   <output id="o1" label="Grade" name="gradeOfClaim" typeRef="string"/>
   <rule id="r1"><inputEntry id="c1"><text><![CDATA[<= 100]]></text></inputEntry><outputEntry id="c2"><text>"small"</text></outputEntry></rule>
   <rule id="r2"><inputEntry id="c3"><text><![CDATA[> 100]]></text></inputEntry><outputEntry id="c4"><text>"large"</text></outputEntry></rule>
  </decisionTable></decision>
 <decision id="fee" name="Fee"><variable id="v" name="fee" typeRef="integer"/>
  <informationRequirement><requiredDecision href="#grade"/></informationRequirement>
  <decisionTable id="t2" hitPolicy="COLLECT">
   <input id="i2" label="Grade"><inputExpression id="e2" typeRef="string"><text>gradeOfClaim</text></inputExpression></input>
   <input id="i3" label="Member"><inputExpression id="e3" typeRef="boolean"><text>isMember</text></inputExpression></input>
   <output id="o2" name="fee" typeRef="integer"/>
   <rule id="r3"><inputEntry id="c5"><text>"small","tiny"</text></inputEntry><inputEntry id="c6"><text></text></inputEntry><outputEntry id="c7"><text>5</text></outputEntry></rule>
   <rule id="r4"><inputEntry id="c8"><text>not("small")</text></inputEntry><inputEntry id="c9"><text>false</text></inputEntry><outputEntry id="d1"><text>20</text></outputEntry></rule>
  </decisionTable></decision>
 <inputData id="in1" name="Sum of the claim"/><knowledgeSource id="k" name="Handbook"/>
</definitions>"""

PROCESS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="claim" isExecutable="true">
 <startEvent id="s"/><sequenceFlow id="a" sourceRef="s" targetRef="d"/>
 <businessRuleTask id="d" camunda:decisionRef="fee" camunda:resultVariable="fees" camunda:mapDecisionResult="collectEntries"/>
 <sequenceFlow id="b" sourceRef="d" targetRef="u"/><userTask id="u"/></process></definitions>"""


@pytest.mark.parametrize(
    ("given", "fees"), [({"sum": 70, "isMember": True}, [5]), ({"sum": 700, "isMember": False}, [20])]
)
def test_what_nobody_requires_is_data_of_the_process(given: dict[str, object], fees: list[int]) -> None:
    found = read(C7)
    assert {problem.code for problem in found.problems} == {"dmn_input_implied"}
    box = Sandbox()
    box.deploy(C7, PROCESS)
    assert box.start("claim", given).variables["fees"] == fees


def test_the_parts_of_a_decision_and_its_id_can_be_read_by_the_next() -> None:
    text = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="D" exporter="Camunda Modeler">
    <decision id="rate" name="Rating"><decisionTable hitPolicy="FIRST">
     <input><inputExpression typeRef="number"><text>age</text></inputExpression></input>
     <output name="group" typeRef="string"/><output name="points" typeRef="number"/>
     <rule><inputEntry><text>&lt; 30</text></inputEntry><outputEntry><text>"young"</text></outputEntry><outputEntry><text>age * 2</text></outputEntry></rule>
    </decisionTable></decision>
    <decision id="sum" name="Total"><informationRequirement><requiredDecision href="#rate"/></informationRequirement>
     <literalExpression><text>group + "-" + string(points + rate.points)</text></literalExpression></decision></definitions>"""
    decisions = read(text).decisions
    assert decisions.decide("sum", {"age": 20}).value == "young-80"
    assert [data.name for data in decisions.only("sum").inputs] == ["age"]


def test_without_an_engine_s_sign_a_decision_that_requires_something_reads_nothing_else() -> None:
    strict = C7.replace("http://camunda.org/schema/1.0/dmn", "http://example.org")
    with pytest.raises(InvalidDefinition) as refused:
        read(strict)
    assert {problem.code for problem in refused.value.problems} >= {"dmn_unknown_name"}
    alone = strict.replace(
        '<informationRequirement><requiredInput href="#in1"/></informationRequirement>', ""
    )
    alone = alone[: alone.index('<decision id="fee"')] + alone[alone.index("<inputData") :]
    assert read(alone).decisions.decide("grade", {"sum": 5}).value == "small"


def test_what_a_cell_calls_its_own_input_is_no_data() -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read(C7.replace("<![CDATA[<= 100]]>", "cellInput &lt; 100"))
    assert [problem.code for problem in refused.value.problems if not problem.warning] == ["dmn_unknown_name"]
