"""BPMN goes through the same door as YAML: files and texts, together, refused as a whole."""

import pytest

from signoff.errors import InvalidDefinition
from signoff.testing import Sandbox
from tests.bpmn.conformance import FOLDER, needs_data
from tests.bpmn.sample import file, flow, process

TASK = process("first", "<startEvent id='s'/>", flow("s", "t"), "<userTask id='t'/>")
SECOND = process(
    "second",
    "<startEvent id='s2'/>",
    flow("s2", "c"),
    "<callActivity id='c' calledElement='first'/>",
    flow("c", "e"),
    "<endEvent id='e'/>",
)
YAML = "signoff: 1\nlang: en\nprocess: third\nroles: {a: {group: a}}\nsteps:\n  - {step: x, owner: a, checklist: [done]}\n"


def test_a_file_a_text_and_yaml_are_deployed_together(tmp_path):
    path = tmp_path / "first.bpmn"
    path.write_bytes(file(TASK).replace("UTF-8", "gb18030").encode("gb18030"))
    box = Sandbox()
    assert len(box.deploy(path, file(SECOND), YAML)) == 3
    box.start("second")
    assert list(box.active) == ["t"]


def test_a_text_on_one_line_is_known_by_its_first_tag():
    text = file(TASK).partition("?>")[2].replace("\n", "")
    box = Sandbox()
    box.deploy(text)
    box.start("first")
    assert list(box.active) == ["t"]


def test_nothing_is_deployed_when_one_is_refused():
    box = Sandbox()
    with pytest.raises(InvalidDefinition):
        box.deploy(file(TASK), file(process("p", "<startEvent id='s'/>", flow("s", "nowhere"))))
    assert not box.engine.definitions()


def test_a_process_that_is_only_drawn_is_not_deployed():
    box = Sandbox()
    assert box.deploy(file(TASK.replace('"true"', '"false"'))) == []


def test_a_function_for_an_element_goes_before_the_name_in_the_file():
    box = Sandbox(calls={"a": lambda _: {"said": "by element"}, "topic": lambda _: {"said": "by topic"}})
    box.deploy(
        file(
            process(
                "p",
                "<startEvent id='s'/>",
                flow("s", "a"),
                "<serviceTask id='a' camunda:type='external' camunda:topic='topic'/>",
                flow("a", "w"),
                "<userTask id='w'/>",
            )
        )
    )
    assert box.start("p").variables["said"] == "by element"


@needs_data
def test_a_reference_model_whose_conditions_are_xpath_runs():
    box = Sandbox()
    box.deploy(FOLDER / "bpmn" / "miwg" / "C.1.1.bpmn")
    (definition,) = box.engine.definitions()
    case = box.start(definition.process)
    case.complete("assignApprover", {"approver": "demo"})
    case.complete("approveInvoice", {"approved": False})
    case.complete("reviewInvoice", {"clarified": "no"})
    assert case.status == "completed"
    assert case.log == ["assignApprover", "approveInvoice", "reviewInvoice"]
