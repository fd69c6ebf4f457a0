"""Ladders: each rung once per deadline value; holding gates, handing work on, repeating; and what moving a date does."""

from datetime import UTC, datetime
from typing import Any

import pytest

from signoff.errors import InvalidDefinition, NotAllowed
from signoff.kernel.events import time
from signoff.kernel.events.wait import EscalationRaised
from signoff.kernel.reach import gates_after
from signoff.notation.yaml import read
from signoff.testing import Case

BUILD = """
signoff: 1
process: build
calendar: PLAIN
zone: UTC
data: {day: date, stalls: {type: integer, default: 0}}
dates: {fair: {day: day}}
roles:
  builders: {group: builders}
  reserve: {group: reserve}
  boss: {group: bosses}
start: {by: [boss], form: {fill: [day]}}
steps:
  - parallel: both
    branches:
      - steps:
          - step: pitch
            owner: builders
            due: 10 days before fair
            form: {fill: [stalls]}
            escalate:
              - {level: L0, at: 2 working days before due, notify: [pending]}
              - {level: L1, at: due, notify: [pending], repeat: 1 working day}
              - {level: L2, at: 2 working days after due, assign: reserve}
              - {level: L4, at: 4 working days after due, notify: [boss], hold: ready, waive: [boss]}
      - steps:
          - gate: ready
            approve: [{by: boss, declined: end}]
  - step: open-up
    owner: boss
    due: fair
    checklist: [open]
upon:
  - {request: reschedule, by: [boss], moves: [day]}
"""
PEOPLE: dict[str, Any] = {
    "ann": {"groups": ["builders"]},
    "rex": {"groups": ["reserve"]},
    "bo": {"groups": ["bosses"]},
}


def fair(day: str = "2026-10-15", text: str = BUILD) -> Case:
    """The fair is on a Thursday, so the pitch is due on Monday 5 October at 18:00."""
    return Case.load(text, at="2026-09-14T09:00Z", people=PEOPLE).start({"day": day}, by="bo")


def levels(case: Case) -> list[str]:
    return [e.level for e in case.events if isinstance(e, time.RungFired)]


def test_each_rung_fires_once_in_its_order_and_nothing_after_the_work_is_done() -> None:
    case = fair()
    case.move_to("2026-10-01T10:00")
    assert levels(case) == ["L0"]
    case.move_to("2026-10-05T18:00")
    assert levels(case) == ["L0", "L1"]
    case.submit("pitch", {"stalls": 3}, by="ann")
    case.move_to("2026-11-30T10:00")
    assert levels(case) == ["L0", "L1"]


def test_a_rung_repeats_until_the_work_is_done_and_what_was_missed_fires_once() -> None:
    case = fair()
    case.move_to("2026-10-06T18:00")
    assert levels(case) == ["L0", "L1", "L1"]
    case.box.clock.set(datetime(2026, 10, 9, 18, tzinfo=UTC))  # nobody works for three days
    case.box.settle()
    assert levels(case)[3:] == ["L2", "L1", "L4"]


def test_a_rung_hands_the_work_on() -> None:
    case = fair()
    case.claim("pitch", by="ann")
    case.move_to("2026-10-07T10:00")
    with pytest.raises(NotAllowed):
        case.submit("pitch", {"stalls": 3}, by="ann")
    case.submit("pitch", {"stalls": 3}, by="rex")


def test_work_stays_where_it_is_when_the_role_has_nobody() -> None:
    text = BUILD.replace("{group: reserve}", "{group: empty}")
    case = fair(text=text)
    case.move_to("2026-10-07T10:00")
    case.submit("pitch", {"stalls": 3}, by="ann")


def held() -> Case:
    case = fair()
    case.move_to("2026-10-09T10:00")
    assert "L4" in levels(case)
    case.approve("ready", by="bo")
    assert "ready" in case.active
    reasons = [str(m) for item in case.box.engine.why(case.instance) for m in item.missing]
    assert any("late" in reason for reason in reasons)
    return case


def test_late_work_holds_a_gate_until_it_is_done() -> None:
    case = held()
    case.submit("pitch", {"stalls": 3}, by="rex")
    assert list(case.active) == ["open-up"]


def test_until_it_is_waived() -> None:
    case = held()
    with pytest.raises(NotAllowed):
        case.waive("pitch", "hold", by="rex")
    case.waive("pitch", "hold", by="bo")
    assert "ready" not in case.active


def test_until_somebody_else_has_it() -> None:
    case = held()
    case.assign("pitch", "ann")
    assert "ready" not in case.active


def test_until_it_is_due_later() -> None:
    case = held()
    case.request("reschedule", {"day": "2026-11-26"}, by="bo")
    assert "ready" not in case.active


def test_a_date_that_leaves_it_late_releases_nothing() -> None:
    case = held()
    case.request("reschedule", {"day": "2026-10-16"}, by="bo")  # due Tuesday 6 October
    assert "ready" in case.active


def test_a_later_date_arms_the_rungs_that_lie_ahead_again() -> None:
    case = fair()
    case.move_to("2026-10-05T20:00")
    assert levels(case) == ["L0", "L1"]
    case.request("reschedule", {"day": "2026-10-22"}, by="bo")  # due Monday 12 October
    case.move_to("2026-10-08T10:00")
    assert levels(case) == ["L0", "L1", "L0"]
    case.move_to("2026-10-12T18:00")
    assert levels(case) == ["L0", "L1", "L0", "L1"]


def test_an_earlier_date_never_jumps_to_the_top() -> None:
    case = fair("2026-11-26")
    case.move_to("2026-10-14T10:00")
    case.request("reschedule", {"day": "2026-10-15"}, by="bo")  # due nine days ago
    moved = [e for e in case.events if isinstance(e, time.DueSet)]
    assert (moved[-1].moved, moved[-1].born_late) == (True, True)
    assert levels(case) == []
    assert [n for n in case.notified if n[0] == "born_late"] == [("born_late", "pitch", "ann")]
    case.move_to("2026-10-15T18:00")
    assert levels(case) == ["L1"]  # what repeats itself goes on: the work is not done


def test_finished_steps_stay_and_the_same_date_twice_changes_nothing() -> None:
    case = fair()
    case.submit("pitch", {"stalls": 3}, by="ann")
    case.approve("ready", by="bo")
    done = {row.step: row.due for row in case.box.engine.timeline(case.instance) if row.step == "pitch"}
    case.request("reschedule", {"day": "2026-11-26"}, by="bo")
    after = {row.step: row.due for row in case.box.engine.timeline(case.instance)}
    assert after["pitch"] == done["pitch"]
    assert after["open-up"] is not None
    assert after["open-up"].isoformat() == "2026-11-26T18:00:00+00:00"


def test_next_gate_is_the_first_on_each_way() -> None:
    definition = read(BUILD).definition
    assert gates_after(definition, definition.nodes["pitch"]) == ()
    text = BUILD.replace("  - step: open-up", "  - gate: go\n    owner: boss\n  - step: open-up")
    definition = read(text).definition
    assert gates_after(definition, definition.nodes["pitch"]) == ("go",)


@pytest.mark.parametrize("rung", ["{at: due}", "{at: due, hold: nowhere}", "{at: due, assign: nobody}"])
def test_a_rung_that_does_nothing_or_names_nothing_does_not_compile(rung: str) -> None:
    with pytest.raises(InvalidDefinition):
        read(BUILD.replace("{level: L0, at: 2 working days before due, notify: [pending]}", rung))


def test_a_rung_makes_work_more_pressing_and_raises_an_escalation() -> None:
    rung = "{level: L0, at: 2 working days before due, priority: urgent, raise: slow}"
    case = fair(text=BUILD.replace("{level: L0, at: 2 working days before due, notify: [pending]}", rung))
    case.move_to("2026-10-01T10:00")
    assert levels(case) == ["L0"]
    (row,) = [r for r in case.box.engine.inbox("ann") if r.node == "pitch"]
    assert row.priority == "urgent"
    raised = [e for e in case.events if isinstance(e, EscalationRaised)]
    assert [(e.node, e.escalation) for e in raised] == [("pitch", "slow")]
