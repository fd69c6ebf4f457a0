"""Mermaid text: every node and flow is in it, ids and labels cannot be read as syntax, states are nested."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import signoff_workflows
from signoff.model.definition import Definition
from signoff.model.nodes import SubProcess
from signoff.notation.machine import machine
from signoff.notation.mermaid import flowchart, machine_mermaid
from signoff.notation.yaml import read
from tests.notation.trees import definition, trees

SHIPPED = Path(signoff_workflows.__file__).parent
NODE = re.compile(r'(n\d+)(?:\(\("[^"]*"\)\)|\(\(\("[^"]*"\)\)\)|\{+"[^"]*"\}+|\[+"[^"]*"\]+)')
FLOW = re.compile(r'n\d+ -->(\|"[^"]*"\|)? n\d+')


@pytest.fixture(scope="module")
def leave() -> Definition:
    return read((SHIPPED / "leave_request.yaml").read_text("utf-8")).definition


@pytest.fixture(scope="module")
def campaign() -> Definition:
    return read((SHIPPED / "marketing_campaign.yaml").read_text("utf-8")).definition


def test_a_small_process_reads_as_one_would_write_it(leave: Definition) -> None:
    assert flowchart(leave, "en") == (
        "flowchart LR\n"
        '  n0{{"Approval ✔"}}\n'
        '  n1["Choose a stand-in"]\n'
        '  n2["Hand over"]\n'
        '  n3[["Book the days"]]\n'
        '  n4["Back at work"]\n'
        '  n5((" "))\n'
        '  n6(((" ")))\n'
        "  n5 --> n0\n"
        "  n0 --> n1\n"
        "  n1 --> n2\n"
        "  n2 --> n3\n"
        "  n3 --> n4\n"
        "  n4 --> n6\n"
    )


def test_stages_are_subgraphs_and_conditions_stand_on_their_flows(campaign: Definition) -> None:
    text = flowchart(campaign, "zh")
    assert 'subgraph n0["筹备阶段"]' in text
    assert "|\"mode in ['offline', 'both']\"|" in text
    drawn = sum(isinstance(node, SubProcess) for node in campaign.nodes.values())
    assert text.count("subgraph") == text.count("end\n") == drawn


@settings(max_examples=30, deadline=None)
@given(trees)
def test_every_line_of_a_flowchart_is_a_node_a_flow_or_a_frame(tree: list[dict[str, Any]]) -> None:
    process = definition(tree)
    first, *lines = flowchart(process, "en").splitlines()
    assert first == "flowchart LR"
    kinds = {"node": 0, "flow": 0}
    for line in (each.strip() for each in lines):
        if NODE.fullmatch(line):
            kinds["node"] += 1
        elif FLOW.fullmatch(line):
            kinds["flow"] += 1
        else:
            assert re.fullmatch(r'subgraph n\d+\["[^"]*"\]|end|n\d+ -\.- n\d+', line), line
            kinds["node"] += line.startswith("subgraph")
    assert kinds == {"node": len(process.nodes), "flow": len(process.flows)}


def test_a_machine_is_a_state_diagram_with_triggers_and_demands(campaign: Definition) -> None:
    text = machine_mermaid(machine(campaign))
    assert text.startswith("stateDiagram-v2\n  [*] --> ")
    assert 'state "预算确认" as ' in text
    assert ": approve [signed__management, rule__R1]\n" in text
    assert "\n      --\n" in text, "branches are set apart"
    assert text.count("{") == text.count("}")


def test_states_are_named_in_the_language_of_the_machine(leave: Definition) -> None:
    assert 'state "work" as' in machine_mermaid(machine(leave, "en"))
    assert 'state "办理" as' in machine_mermaid(machine(leave, "zh"))


@settings(max_examples=15, deadline=None)
@given(trees)
def test_every_line_of_a_state_diagram_is_a_state_a_transition_or_a_frame(tree: list[dict[str, Any]]) -> None:
    chart = machine(definition(tree), "en")
    first, *lines = machine_mermaid(chart).splitlines()
    assert first == "stateDiagram-v2"
    states = 0
    for line in (each.strip() for each in lines):
        if re.fullmatch(r'state "[^"\n]*" as s\d+', line):
            states += 1
            continue
        assert re.fullmatch(r"state s\d+ \{|\}|--|(\[\*\]|s\d+) --> (s\d+|\[\*\])(: [^:]+)?", line), line
    assert states == len(chart.kinds)
