"""The critical path: float in working days, seen from what is due, and what other dates do to it."""

from typing import Any

import pytest

from signoff.errors import Invalid
from signoff.testing import Case

SHOW = """
signoff: 1
process: show
calendar: PLAIN
zone: UTC
data: {day: date, open_day: {type: date, formula: "day - days(7)"}}
dates: {show: {day: day}, opening: {day: open_day}}
roles: {crew: {group: crew}}
start: {by: [crew], form: {fill: [day]}}
steps:
  - step: write
    owner: crew
    due: 20 working days before show
    takes: 5 working days
    checklist: [written]
  - parallel: both
    branches:
      - steps: [{step: build, owner: crew, due: 5 working days before show, takes: 10 working days, checklist: [built]}]
      - steps: [{step: print, owner: crew, due: 5 working days before show, takes: 2 working days, checklist: [printed]}]
  - step: rehearse
    owner: crew
    due: 1 working day before show
    takes: 3 working days
    checklist: [rehearsed]
upon:
  - {request: reschedule, by: [crew], moves: [day]}
  - {request: help, by: [crew], steps: [{step: assist, owner: crew, due: 1 day after opened, checklist: [helped]}]}
"""
PEOPLE: dict[str, Any] = {"ann": {"groups": ["crew"]}}


def show(day: str = "2026-11-13") -> Case:
    """Started on Monday 14 September; shown on a Friday."""
    return Case.load(SHOW, at="2026-09-14T09:00Z", people=PEOPLE).start({"day": day}, by="ann")


def floats(case: Case) -> dict[str, int | None]:
    return {row.step: row.slack for row in case.box.engine.timeline(case.instance)}


def test_float_is_what_is_left_until_something_that_waits_is_late() -> None:
    # 44 working days until the show; 20 before it is 24, 5 before it 39, 1 before it 43
    assert floats(show()) == {"write": 19, "build": 24, "print": 32, "rehearse": 25}


def test_the_step_with_the_least_float_is_critical() -> None:
    case = show()
    assert [r.step for r in case.box.engine.timeline(case.instance) if r.critical] == ["write"]
    case.submit("write", by="ann")
    assert floats(case) == {"write": None, "build": 29, "print": 37, "rehearse": 30}
    assert [r.step for r in case.box.engine.timeline(case.instance) if r.critical] == ["build"]


def test_a_deadline_further_on_presses_what_comes_before_it() -> None:
    case = Case.load(
        SHOW.replace(
            "due: 5 working days before show, takes: 10", "due: 1 working day before show, takes: 10"
        ),
        at="2026-09-14T09:00Z",
        people=PEOPLE,
    )
    case.start({"day": "2026-11-13"}, by="ann")
    assert floats(case)["build"] == 43 - 3 - 5 - 10  # what rehearsing leaves it


def test_what_other_dates_come_to_is_foreseen_and_nothing_is_changed() -> None:
    case = show()
    before = len(case.events)
    found = case.box.engine.foresee(case.instance, {"day": "2026-10-09"})
    after = {shift.step: shift.after for shift in found.shifts}
    case.request("reschedule", {"day": "2026-10-09"}, by="ann")
    assert {r.step: r.due for r in case.box.engine.timeline(case.instance)} == after
    assert found.dates["day"][1].isoformat() == "2026-10-09"  # type: ignore[union-attr]  # a date
    assert next(type(e).__name__ for e in case.events[before:]) == "ElementEntered"


def test_too_little_room_and_what_is_overdue_at_once_are_conflicts() -> None:
    case = show()
    near = case.box.engine.foresee(case.instance, {"day": "2026-10-02"})
    assert {each.code for each in near.conflicts} == {"move_overdue", "move_no_room"}
    assert case.box.engine.foresee(case.instance, {"day": "2026-11-20"}).conflicts == ()


def test_what_is_foreseen_shows_in_the_timeline() -> None:
    case = show()
    rows = case.box.engine.timeline_if(case.instance, "2026-10-16")
    assert {r.step: r.slack for r in rows}["write"] == -1
    assert floats(case)["write"] == 19


@pytest.mark.parametrize("name", ["open_day", "nothing"])
def test_only_dates_that_deadlines_hang_on_are_asked_about(name: str) -> None:
    case = show()
    with pytest.raises(Invalid):
        case.box.engine.foresee(case.instance, {name: "2026-10-16"})


def test_a_long_way_is_walked_without_falling() -> None:
    steps = "".join(f"  - {{step: s{n}, owner: one}}\n" for n in range(1100))
    case = Case.load(
        f"signoff: 1\nprocess: long\nroles: {{one: {{group: ones}}}}\nsteps:\n{steps}",
        people={"amy": {"groups": ["ones"]}},
    )
    case.start(by="amy")
    rows = case.box.engine.timeline(case.instance)
    assert len(rows) == 1100
