"""The rows of the process table, each as a step of the flagship that can be done."""

import re

import pytest

from signoff.model.nodes import HumanTask, UserTask
from signoff.read.timeline import TimelineRow
from tests.workflows.campaign import WORK, hand_in, reach
from tests.workflows.table import definition, row_of

ROWS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10a", "10b", "11", "12", "13", "14", "15"]
PARALLEL = {"research": "draft-budget", "formal-budget": "plan-risks", "set-up-site": "set-up-platform"}


def steps(row: str) -> list[UserTask]:
    return [
        node for node in definition().nodes.values() if isinstance(node, UserTask) and row_of(node) == row
    ]


def test_all_fifteen_rows_are_there() -> None:
    found = {row_of(node) for node in definition().nodes.values() if isinstance(node, HumanTask)}
    assert found - {""} == set(ROWS)
    assert {re.sub(r"\D", "", row) for row in ROWS} == {str(number) for number in range(1, 16)}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_an_owner_a_deadline_and_what_comes_out(row: str) -> None:
    found = steps(row)
    assert found
    assert all(step.owner and step.due for step in found)
    assert any(step.delivers for step in found)


@pytest.mark.parametrize("step", [step for step in WORK if step not in ("phase-2", "go-no-go")])
def test_a_row_is_done_by_its_owner_and_left_when_all_is_there(step: str) -> None:
    case = reach(step)
    hand_in(case, step)
    for person in WORK[step].votes:
        case.approve(step, by=person)
    assert step not in case.active
    assert step in case.log


@pytest.mark.parametrize(("step", "other"), PARALLEL.items())
def test_rows_side_by_side_wait_together(step: str, other: str) -> None:
    assert {step, other} <= set(reach(step).active)


def test_the_timeline_shows_every_row_with_what_came_of_it() -> None:
    case = reach("end")
    shown: list[TimelineRow] = case.box.engine.timeline(case.instance)
    assert {row.step for row in shown} >= set(WORK)
    assert {row.step for row in shown if row.status == "passed"} >= set(WORK)


def test_what_was_recorded_of_a_whole_campaign_verifies() -> None:
    assert not reach("end").box.engine.verify().findings
