"""What becomes of an obligation that cannot be worked off: dropped when it is owed no more, else tried again."""

from typing import Any

import pytest
from sqlalchemy import Connection

from signoff import Conflict, Invalid, NotAllowed, NotFound, Recorded, Refused, RungFired, WrongState
from signoff.kernel import commands
from signoff.kernel.state import Person
from signoff.runtime.intake import UNKNOWN
from signoff.testing import Case
from tests.testing.base import ERRAND, PEOPLE, START


@pytest.mark.parametrize(
    "refusal",
    [
        Conflict("key_in_use", process="p", key="k"),
        Invalid("reason_missing"),
        NotFound("no_such_task", task="of-another"),
        WrongState("instance_ended", instance="another"),
    ],
)
def test_a_rung_that_somebody_refuses_for_now_is_climbed_later(refusal: Refused) -> None:
    case = Case.load(ERRAND, people=PEOPLE).start(START)
    refused: list[str] = []

    def once(recorded: Recorded, _connection: Connection) -> None:
        if not refused:
            refused.append(recorded.instance)
            raise refusal

    case.box.engine.on(RungFired, once)
    case.advance("1 week")
    assert refused == [case.instance]
    assert [level for level, *_ in case.notified] == ["task", "task", "due", "due", "L2"]


def test_a_rung_of_an_instance_that_has_ended_is_dropped() -> None:
    case = Case.load(ERRAND, people=PEOPLE).start(START)
    case.cancel()
    case.advance("1 week")
    assert [level for level, *_ in case.notified] == ["task", "task"]


def test_an_answer_that_cannot_be_written_down_is_the_failure_of_its_handler() -> None:
    called: list[str] = []

    def answer(_inputs: dict[str, object]) -> dict[object, int]:
        called.append("")
        return {1: 1, "number": 2}

    case = Case.load(ERRAND, people=PEOPLE, calls={"office.book": answer}).start(START)
    case.submit("prepare", by="amy", documents=["plan", "scan"])
    case.approve("prepare", by="bob")
    case.advance("1 hour")
    assert [incident.code for incident in case.incidents] == ["handler_failed"]
    assert len(called) <= 5


@pytest.mark.parametrize("data", [{1: 1, "amount": 2}, {("a",): 1}, {"amount": 10**5000}, 5, ["amount"]])
def test_data_that_cannot_be_written_down_is_refused(data: Any) -> None:
    case = Case.load(ERRAND, people=PEOPLE)
    with pytest.raises(Invalid) as refused:
        case.start(data, by="amy")
    assert refused.value.code == "untyped_value"


def test_nothing_is_found_under_an_empty_id() -> None:
    case = Case.load(ERRAND, people=PEOPLE).start(START)
    with pytest.raises(NotFound) as refused:
        case.box.engine.submit("", by="amy")
    assert refused.value.code == "not_an_id"


def test_nobody_answers_in_the_place_of_the_directory_or_of_a_handler() -> None:
    case = Case.load(ERRAND, people=PEOPLE).start(START, by="amy")
    engine, amy = case.box.engine, case.box.actor("amy")
    said: dict[str, Any] = {"by": amy, "at": UNKNOWN}
    task = f"{case.instance}:a4"
    for command in (
        commands.ResolveRoster(question=f"{case.instance}:q5", people=(Person("amy"),), **said),
        commands.FinishJob(task=task, **said),
        commands.FailJob(task=task, code="handler_failed", **said),
        commands.Lapse(task=task, **said),
    ):
        with pytest.raises(NotAllowed) as refused:
            engine.execute(command)
        assert refused.value.code == "engine_only"


def test_only_administrators_try_again() -> None:
    case = Case.load(ERRAND, people=PEOPLE).start(START, by="amy")
    with pytest.raises(NotAllowed):
        case.retry(by="amy")
