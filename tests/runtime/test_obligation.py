"""What becomes of an obligation that cannot be worked off: dropped when it is owed no more, else tried again."""

import pytest
from sqlalchemy import Connection

from signoff import Conflict, Invalid, Recorded, Refused, RungFired
from signoff.testing import Case
from tests.testing.base import ERRAND, PEOPLE, START


@pytest.mark.parametrize("refusal", [Conflict("key_in_use", process="p", key="k"), Invalid("reason_missing")])
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
