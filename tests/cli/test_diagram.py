"""A definition in a file can be drawn before what it calls is deployed."""

import re
from pathlib import Path

from tests.cli.conftest import Run

CALLER = """signoff: 1
process: caller
lang: en
name: Caller
data: {total: decimal}
roles: {all: {group: staff}}
steps:
  - step: work
    owner: all
    form: {fill: [total]}
  - call: ask
    name: Ask the others
    process: called
    with: {amount: total}
    set: {total: result.sum}
"""
CALLED = """signoff: 1
process: called
lang: en
data: {amount: decimal, sum: decimal}
returns: [sum]
roles: {all: {group: staff}}
steps:
  - {step: add, owner: all, form: {show: [amount], fill: [sum]}}
"""


def test_a_diagram_shows_calls_whatever_is_deployed_or_lies_beside(run: Run, folder: Path) -> None:
    folder.joinpath("caller.yaml").write_text(CALLER, encoding="utf-8")
    folder.joinpath("broken.yaml").write_bytes(b"\xff\xfe process: x")
    assert run("check", "caller.yaml").exit_code == 2
    for _ in ("alone", "beside"):
        result = run("diagram", "caller.yaml", "-o", "x.svg")
        assert result.exit_code == 0, result.output
        assert "Ask the others" in folder.joinpath("x.svg").read_text(encoding="utf-8")
        folder.joinpath("called.yaml").write_text(CALLED, encoding="utf-8")


def test_a_diagram_of_a_file_with_other_mistakes_is_refused_with_their_places(run: Run, folder: Path) -> None:
    text = CALLER.replace("owner: all", "owner: nobody-knows")
    folder.joinpath("caller.yaml").write_text(text, encoding="utf-8")
    result = run("diagram", "caller.yaml", "-o", "x.svg")
    assert result.exit_code == 2
    assert "caller.yaml:9:" in result.stderr
    assert not folder.joinpath("x.svg").exists()


def drawn(folder: Path, name: str = "x.svg") -> dict[str, str]:
    """The class of each figure of a picture by the id of its element."""
    svg = folder.joinpath(name).read_text(encoding="utf-8")
    return {id: name for name, id in re.findall(r'<g class="([^"]*)" data-node="([^"]*)"', svg)}


BPMN = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
 xmlns:p="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:c="http://www.omg.org/spec/DD/20100524/DC"
 xmlns:k="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
 <collaboration id="c"><participant id="pool" name="Us" processRef="p1"/><participant id="them" name="Them"/></collaboration>
 <process id="p1" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
 <userTask id="a" name="Ask" camunda:assignee="lin"/><sequenceFlow id="f2" sourceRef="a" targetRef="b"/>
 <receiveTask id="b" name="Wait" messageRef="m"/><sequenceFlow id="f3" sourceRef="b" targetRef="e"/><endEvent id="e"/></process>
 <message id="m" name="m"/>
 <p:BPMNDiagram><p:BPMNPlane bpmnElement="c">
 <p:BPMNShape bpmnElement="pool"><c:Bounds x="0" y="0" width="600" height="200"/></p:BPMNShape>
 <p:BPMNShape bpmnElement="them"><c:Bounds x="0" y="300" width="600" height="60"/></p:BPMNShape>
 <p:BPMNShape bpmnElement="s"><c:Bounds x="50" y="50" width="36" height="36"/></p:BPMNShape>
 <p:BPMNShape bpmnElement="a"><c:Bounds x="150" y="30" width="100" height="80"/></p:BPMNShape>
 <p:BPMNShape bpmnElement="b"><c:Bounds x="300" y="30" width="100" height="80"/></p:BPMNShape>
 <p:BPMNShape bpmnElement="e"><c:Bounds x="450" y="50" width="36" height="36"/></p:BPMNShape>
 <p:BPMNEdge bpmnElement="f1"><k:waypoint x="86" y="68"/><k:waypoint x="150" y="68"/></p:BPMNEdge>
 <p:BPMNEdge bpmnElement="f2"><k:waypoint x="250" y="68"/><k:waypoint x="300" y="68"/></p:BPMNEdge>
 <p:BPMNEdge bpmnElement="f3"><k:waypoint x="400" y="68"/><k:waypoint x="450" y="68"/></p:BPMNEdge>
 </p:BPMNPlane></p:BPMNDiagram></definitions>"""


def test_a_bpmn_file_is_drawn_as_it_is_drawn_in_itself(run: Run, folder: Path) -> None:
    folder.joinpath("p.bpmn").write_text(BPMN, encoding="utf-8")
    assert run("diagram", "p.bpmn", "-o", "x.svg").exit_code == 0
    assert drawn(folder) == {
        "pool": "pool",
        "them": "pool",
        "s": "start",
        "a": "task",
        "b": "receive",
        "e": "end",
    }
    refused = BPMN.replace('<userTask id="a"', '<userTask id="a" camunda:skipExpression="${x}"')
    folder.joinpath("p.bpmn").write_text(refused, encoding="utf-8")
    assert run("check", "p.bpmn").exit_code == 2
    assert run("diagram", "p.bpmn", "-o", "x.svg").exit_code == 0
    only = BPMN.replace('isExecutable="true"', 'isExecutable="false"').replace("<k:waypoint", "<k:way")
    folder.joinpath("p.bpmn").write_text(only, encoding="utf-8")
    assert run("diagram", "p.bpmn", "-o", "x.svg").exit_code == 0
    assert "them" not in drawn(folder), "without its ways it is laid out anew"


def test_an_instance_is_drawn_with_what_is_done_and_where_it_stands(office: Run, folder: Path) -> None:
    folder.joinpath("p.bpmn").write_text(BPMN, encoding="utf-8")
    assert office("deploy", "p.bpmn").exit_code == 0
    assert office("start", "p1", "--key", "K-1").exit_code == 0
    assert office("diagram", "K-1", "-o", "x.svg").exit_code == 0
    assert drawn(folder) == {
        "pool": "pool",
        "them": "pool",
        "s": "start done",
        "a": "task active",
        "b": "receive",
        "e": "end",
    }
    assert office("submit", "K-1/a", "--as", "lin").exit_code == 0
    assert office("diagram", "K-1", "-o", "x.svg").exit_code == 0
    assert drawn(folder)["a"] == "task done"
    assert drawn(folder)["b"] == "receive active"
    assert office("diagram", "p1", "-o", "x.svg").exit_code == 0
    assert "done" not in "".join(drawn(folder).values())
