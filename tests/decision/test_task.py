"""Business rule tasks with deployed decisions, from the files to the history, on a real database."""

from decimal import Decimal

import pytest

from signoff.errors import InvalidDefinition
from signoff.kernel.events.data import DecisionMade
from signoff.testing import Case, Sandbox
from signoff.testing.sandbox import TESTER

RATES = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="rates" name="Rates" namespace="x">
 <decision id="rate" name="Rate"><variable name="Rate" typeRef="number"/>
  <informationRequirement><requiredInput href="#age"/></informationRequirement>
  <decisionTable hitPolicy="UNIQUE">
   <input><inputExpression typeRef="number"><text>Age</text></inputExpression></input>
   <output typeRef="number"/>
   <rule><inputEntry><text>&lt; 18</text></inputEntry><outputEntry><text>{young}</text></outputEntry></rule>
   <rule><inputEntry><text>&gt;= {limit}</text></inputEntry><outputEntry><text>Age / 10</text></outputEntry></rule>
  </decisionTable>
 </decision>
 <inputData id="age" name="Age"><variable name="Age" typeRef="number"/></inputData>
</definitions>"""
PROCESS = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 targetNamespace="x">
 <process id="quote" isExecutable="true">
  <startEvent id="start"/><sequenceFlow id="f0" sourceRef="start" targetRef="ask"/>
  <userTask id="ask" camunda:assignee="tester"/><sequenceFlow id="f1" sourceRef="ask" targetRef="decide"/>
  <businessRuleTask id="decide" camunda:decisionRef="rate" camunda:resultVariable="fee"/>
  <sequenceFlow id="f2" sourceRef="decide" targetRef="look"/>
  <userTask id="look"/>
  <sequenceFlow id="f3" sourceRef="look" targetRef="end"/><endEvent id="end"/>
 </process>
</definitions>"""


def rates(young: str = "1", limit: int = 18) -> str:
    return RATES.format(young=young, limit=limit)


def asked(box: Sandbox, age: int) -> Case:
    """A quote whose first task is done, so that the decision has been come to."""
    case = box.start("quote", {"Age": age})
    box.complete("ask")
    return case


def made(case: Case) -> list[tuple[object, ...]]:
    events = [event for event in case.events if isinstance(event, DecisionMade)]
    return [(e.decision, e.rules, e.given, e.result) for e in events]


def test_a_decision_is_worked_out_where_the_token_comes_by_and_recorded() -> None:
    box = Sandbox(people={"tester": {}})
    box.deploy(rates(), PROCESS)
    case = asked(box, 45)
    assert case.variables["fee"] == Decimal("4.5")
    assert made(case) == [("rate", {"rate": [2]}, {"Age": 45}, Decimal("4.5"))]
    assert list(box.active) == ["look"]


def test_the_version_current_at_that_moment_decides() -> None:
    box = Sandbox(people={"tester": {}})
    box.deploy(rates(), PROCESS)
    assert asked(box, 10).variables["fee"] == 1
    waiting = box.start("quote", {"Age": 10})
    box.deploy(rates(young="2"))
    box.complete("ask")
    assert waiting.variables["fee"] == 2


def test_a_table_that_contradicts_itself_is_an_incident_until_it_is_mended() -> None:
    box = Sandbox(people={"tester": {}})
    box.deploy(rates(limit=10), PROCESS)
    case = asked(box, 12)
    assert [incident.code for incident in case.incidents] == ["decision_two_rules"]
    box.deploy(rates(limit=18))
    box.engine.retry(case.instance, by=TESTER)
    assert not case.incidents
    assert case.variables["fee"] == 1


def test_without_the_decision_the_task_waits_for_whoever_decides() -> None:
    box = Sandbox(people={"tester": {}})
    box.deploy(PROCESS)
    asked(box, 12)
    assert list(box.active) == ["decide"]
    box.complete("decide", {"rate": 3})
    assert list(box.active) == ["look"]


def test_deploying_the_same_decision_again_changes_nothing() -> None:
    box = Sandbox(people={"tester": {}})
    first = box.deploy(rates())
    again = box.deploy(rates())
    assert [(d.number, d.repeated) for d in (*first, *again)] == [(1, False), (1, True)]


def test_a_broken_file_refuses_the_whole_deployment() -> None:
    box = Sandbox(people={"tester": {}})
    with pytest.raises(InvalidDefinition):
        box.deploy(rates(young="1 +"), PROCESS)
    assert not box.engine.definitions()
