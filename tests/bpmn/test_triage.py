"""`signoff check` on a folder of diagrams: one line per file, the worst first, with what to register; and `convert`."""

import json

import pytest
from click.testing import CliRunner

from signoff_cli.main import cli
from tests.bpmn.sample import file, flow, process


@pytest.fixture
def folder(tmp_path):
    runs = process("plain", "<startEvent id='s'/>", flow("s", "t"), "<userTask id='t'/>")
    bound = process(
        "bound",
        "<startEvent id='s'/>",
        flow("s", "a"),
        "<serviceTask id='a' camunda:type='external' camunda:topic='book-room'/>",
        flow("a", "b"),
        "<serviceTask id='b' camunda:delegateExpression='${mailer}'/>",
        flow("b", "c"),
        "<serviceTask id='c' camunda:class='org.example.Archive'/>",
        flow("c", "d"),
        "<scriptTask id='d' scriptFormat='groovy'><script>x = 1</script></scriptTask>",
    )
    refused = process(
        "refused",
        "<startEvent id='s'/>",
        flow("s", "t"),
        "<userTask id='t'><extensionElements><camunda:taskListener event='create' class='org.example.Spy'/>"
        "</extensionElements></userTask>",
    )
    for name, text in (("a", runs), ("b", bound), ("c", refused)):
        (tmp_path / f"{name}.bpmn").write_text(file(text), encoding="utf-8")
    return tmp_path


def run(*words):
    return CliRunner().invoke(cli, [*words, "--lang", "en"])


def test_each_file_gets_one_line_the_worst_first(folder):
    said = run("check", str(folder))
    lines = [line for line in said.output.splitlines() if line.startswith(str(folder))]
    assert [line.rpartition("/")[2].partition(" (")[0] for line in lines] == [
        "c.bpmn: refused",
        "b.bpmn: runs once bound: book-room",
        "a.bpmn: runs",
    ]
    assert said.exit_code == 2


def test_handlers_are_named_by_topic_else_delegate_else_class_else_element(folder):
    (line,) = [line for line in run("check", str(folder)).output.splitlines() if "once bound" in line]
    assert line.endswith(
        "runs once bound: book-room (topic), mailer (delegate), org.example.Archive (class), d (script)"
    )


def test_a_listener_is_named_with_its_line_its_element_and_its_class(folder):
    said = run("check", str(folder)).output
    assert "bpmn_listener `t` runs `org.example.Spy` upon create" in said


def test_everything_is_there_as_json(folder):
    document = json.loads(run("check", str(folder), "--json").output)
    refused, bound, runs = document["files"]
    assert [each["verdict"] for each in (refused, bound, runs)] == ["refused", "runs once bound", "runs"]
    assert [each["handler"] for each in bound["bindings"]] == [
        "book-room",
        "mailer",
        "org.example.Archive",
        "d",
    ]
    (problem,) = [each for each in refused["problems"] if not each["warning"]]
    assert (problem["code"], problem["params"]["element"]) == ("bpmn_listener", "t")


def test_a_file_of_two_processes_is_deployed_as_two(folder, tmp_path):
    both = file(
        process("one", "<startEvent id='s1'/>"), process("two", "<startEvent id='s2'/>"), prefix="semantic"
    )
    (tmp_path / "both.bpmn").write_text(both, encoding="utf-8")
    said = run("deploy", str(tmp_path / "both.bpmn"), "--db", f"sqlite:///{tmp_path}/x.db")
    assert "one: version 1 is current" in said.output
    assert "two: version 1 is current" in said.output


def test_a_definition_in_yaml_is_converted_to_bpmn_and_deployed(tmp_path):
    text = "signoff: 1\nlang: en\nprocess: small\nroles: {a: {group: a}}\nsteps:\n  - {step: x, owner: a, checklist: [done]}\n"
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    assert run("convert", str(tmp_path / "small.yaml"), "-o", str(tmp_path / "small.bpmn")).exit_code == 0
    assert run("check", str(tmp_path / "small.bpmn")).output.splitlines()[0].endswith("small.bpmn: runs")


def test_a_graph_is_not_written_as_yaml(folder):
    said = run("convert", str(folder / "a.bpmn"), "-o", str(folder / "a.yaml"))
    assert said.exit_code == 2
    assert "a graph need not be made of blocks" in said.output
