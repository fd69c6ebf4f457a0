"""BPMN's static constraints: valid models are accepted, invalid ones yield a finding where they are invalid."""

import pytest

from signoff.notation.bpmn_reader import survey
from tests.bpmn.conformance import FOLDER, cases, needs_data

pytestmark = needs_data
IMPORTS = {"EXT.001", "EXT.002"}  # told at the import itself: other files are not read along
#: The constraints accept them; they are refused because nobody could say what they would do when run.
NOT_RUN = {
    "012/EXT012_success_multiInstanceLoopCharacteristics.bpmn": {"bpmn_expression"},  # `dummy cardinality`
    "012/EXT012_success_sequenceFlow.bpmn": {"bpmn_expression"},  # `dummy condition expression`
    "022/success_gateways.bpmn": {"bpmn_flow_no_condition"},  # two flows, which of them?
    "098/success_multiple.bpmn": {"bpmn_timer_times", "bpmn_signal_undeclared"},  # no time, no name
    "098/success_signal.bpmn": {"bpmn_signal_undeclared"},  # no name
    "098/success_timer.bpmn": {"bpmn_timer_times"},  # no time
}


@pytest.mark.parametrize("case", [c for c in cases("constraints") if c["valid"]], ids=lambda c: c["id"])
def test_a_valid_model_is_accepted(case):
    found = survey((FOLDER / case["file"]).read_bytes(), file=case["file"])
    reasons = NOT_RUN.get(case["file"].partition("bpmnspector/")[2], set())
    assert {problem.code for problem in found.errors} == reasons, found.errors


@pytest.mark.parametrize(
    "case", [c for c in cases("constraints") if not c["valid"]], ids=lambda c: f"{c['id']}-{c['file']}"
)
def test_an_invalid_model_yields_a_finding_at_the_element_named(case):
    found = survey((FOLDER / case["file"]).read_bytes(), file=case["file"])
    informal = "bpmn_informal" if case["constraint"] != "EXT.012" else ""
    lines = {problem.place.line for problem in found.problems if problem.code != informal}
    assert lines
    if case["constraint"] not in IMPORTS:
        assert lines >= {expected["line"] for expected in case["expected"] if expected["line"]}


def test_the_data_are_complete():
    assert len(cases("constraints")) == 192
