"""BPMN's static constraints: valid models are accepted, invalid ones yield a finding where they are invalid."""

import pytest

from signoff.notation.bpmn_reader import survey
from tests.bpmn.conformance import FOLDER, cases, needs_data
from tests.conformance.reasons import CONSTRAINTS

pytestmark = needs_data
IMPORTS = {"EXT.001", "EXT.002"}  # told at the import itself: other files are not read along


@pytest.mark.parametrize("case", [c for c in cases("constraints") if c["valid"]], ids=lambda c: c["id"])
def test_a_valid_model_is_accepted(case):
    found = survey((FOLDER / case["file"]).read_bytes(), file=case["file"])
    codes, _ = CONSTRAINTS.get(case["file"].partition("bpmnspector/")[2], (set(), ""))
    assert {problem.code for problem in found.errors} == codes, found.errors


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
