"""Behaviour and trace cases made by others, played on a `Sandbox`; what is not passed is listed with its reason."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.bpmn.conformance import FOLDER, cases, needs_data
from tests.conformance import adapter, reasons, traces

EVERY = 15  # of which the default run plays one; the exhaustive run plays all


def portions(name: str) -> list[Any]:
    """The cases of a file as parameters, most of them for the exhaustive run."""
    slow = pytest.mark.exhaustive
    return [
        pytest.param(case, id=case["id"], marks=() if number % EVERY == 0 else slow)
        for number, case in enumerate(cases(name))
    ]


def judged(case: Mapping[str, Any], play: Callable[[Mapping[str, Any], Any], str], reason: str) -> None:
    wrong = play(case, FOLDER)
    if reason:
        assert wrong, f"it is passed after all, although: {reason}"
    else:
        assert not wrong


@needs_data
@pytest.mark.parametrize("case", portions("flowable"))
def test_a_model_behaves_as_its_case_says(case: Mapping[str, Any]) -> None:
    judged(case, adapter.play, reasons.of_flowable(case))


@needs_data
@pytest.mark.parametrize("case", portions("patterns"))
def test_a_pattern_leaves_its_trace(case: Mapping[str, Any]) -> None:
    judged(case, traces.play, reasons.of_pattern(case))


@needs_data
def test_every_case_that_engines_agree_on_is_passed() -> None:
    assert not [case["id"] for case in cases("flowable") if case["consensus"] and reasons.of_flowable(case)]


@needs_data
def test_every_reason_is_of_a_case() -> None:
    known = {case["id"].partition("/")[2] for name in ("flowable", "patterns") for case in cases(name)}
    assert not {*reasons.FLOWABLE, *reasons.PATTERNS} - known
