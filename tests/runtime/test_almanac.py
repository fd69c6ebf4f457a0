"""Calendars that change while instances run: deadlines are counted again, once, on record, and nothing is told twice."""

from datetime import date, datetime
from typing import Any

import pytest

from signoff import (
    CalendarTaken,
    DueSet,
    Engine,
    NotFound,
    StaticDirectory,
    VirtualClock,
    preview_calendar,
    recount_deadlines,
    refresh_calendar,
    stored_calendar,
    stored_calendars,
)
from signoff.testing import Case, Sandbox

PEOPLE: Any = {"amy": {"groups": ("makers",)}, "bob": {"groups": ("bosses",)}, "root": {"admin": True}}
FAIR = """
signoff: 1
process: fair
lang: en
data: {day: {type: date}}
dates: {fair: {day: day}}
roles: {maker: {group: makers}, boss: {group: bosses}}
start: {by: [maker], form: {fill: [day]}}
steps:
  - step: plan
    owner: maker
    due: 20 working days before fair
    checklist: [done]
    escalate: [{level: L0, at: 2 working days before due, notify: [pending]}, {level: L1, at: due, notify: [boss]}]
  - step: build
    owner: maker
    due: 2 days before fair exactly
    checklist: [done]
  - step: ship
    owner: maker
    due: 1 day before fair
    checklist: [done]
upon:
  - {every: working day at 17:30, id: daily, steps: [{step: note, owner: maker, due: within 1 hour}]}
"""
OFF = {"off": [f"2027-09-{day}" for day in range(20, 25)]}


@pytest.fixture
def box() -> Sandbox:
    found = Sandbox(at="2027-08-02T09:00+08:00", people=PEOPLE)
    found.deploy(FAIR)
    return found


def start(box: Sandbox, day: str = "2027-10-15") -> Case:
    return box.start("fair", {"day": date.fromisoformat(day)}, by="amy", key="F")


def due_of(case: Case, step: str) -> str:
    row = next(row for row in case.box.engine.timeline(case.instance) if row.step == step)
    return f"{row.due.astimezone():%Y-%m-%d}" if row.due else ""


def take(box: Sandbox, overrides: dict[str, Any] | None) -> int:
    refresh_calendar(box.engine.core, "CN", by="root", overrides=overrides)
    return sum(each.moved for each in recount_deadlines(box.engine.core))


def test_a_deadline_in_an_unconfirmed_year_is_provisional_where_working_days_count(box: Sandbox) -> None:
    case = start(box)
    rows = {row.step: row.provisional for row in box.engine.timeline(case.instance)}
    assert (rows["plan"], rows["build"], rows["ship"]) == (True, False, True)


def test_data_that_arrive_move_only_the_deadlines_that_come_out_otherwise(box: Sandbox) -> None:
    case = start(box)
    assert take(box, OFF | {"confirmed_through": 2027}) == 1
    rows = {row.step: row for row in box.engine.timeline(case.instance)}
    assert due_of(case, "plan") == "2027-09-06"
    assert not any(row.provisional for row in rows.values())
    events = box.engine.history(case.instance)[-1].events
    (taken,) = [event for event in events if isinstance(event, CalendarTaken)]
    assert taken.name == "CN"
    assert taken.before != taken.version == stored_calendar(box.engine.core, "CN").calendar.version
    assert taken.moved == {}
    assert [event.moved for event in events if isinstance(event, DueSet)] == [True]


def test_what_moves_of_steps_not_begun_stands_in_the_record(box: Sandbox) -> None:
    case = start(box)
    assert take(box, {"off": ["2027-10-14"]}) == 2
    taken = next(e for e in box.engine.history(case.instance)[-1].events if isinstance(e, CalendarTaken))
    assert list(taken.moved) == ["ship"]


def test_the_same_calendar_again_moves_and_records_nothing(box: Sandbox) -> None:
    case = start(box)
    take(box, OFF)
    number = len(box.engine.history(case.instance))
    assert take(box, OFF) == 0
    assert (
        take(box, None) == 0
    )  # what an organisation said stays when the days of the country are asked for again
    box.advance("PT1H")
    assert len(box.engine.history(case.instance)) == number


def test_a_deadline_that_moves_back_is_warned_of_again_and_one_that_stays_is_not(box: Sandbox) -> None:
    case = start(box)
    due = next(row.due for row in box.engine.timeline(case.instance) if row.step == "plan")
    assert due is not None
    box.clock.set(datetime.fromisoformat("2027-09-13T10:00+08:00"))
    box.advance("PT0S")
    told = [notice for notice in box.post.sent if notice.kind == "overdue"]
    assert len(told) == 1  # L0
    assert take(box, {"work": ["2027-12-26"]}) == 0  # far away: nothing moves
    box.advance("PT1H")
    assert len([notice for notice in box.post.sent if notice.kind == "overdue"]) == 1
    moved = take(
        box, {"work": ["2027-10-03", "2027-10-09", "2027-10-10"]}
    )  # three more days to work on: later, so ahead again
    assert moved == 1
    box.clock.set(datetime.fromisoformat("2027-09-15T10:00+08:00"))
    box.advance("PT0S")
    assert len([notice for notice in box.post.sent if notice.kind == "overdue"]) == 2


def test_a_recurrence_on_working_days_skips_a_day_off_that_became_known(box: Sandbox) -> None:
    case = start(box)
    (timer,) = box.engine.show(case.instance).state.timers.values()
    assert timer.at is not None
    assert f"{timer.at:%Y-%m-%d}" == "2027-08-02"
    take(box, {"off": ["2027-08-02", "2027-08-03"]})
    (timer,) = box.engine.show(case.instance).state.timers.values()
    assert timer.at is not None
    assert f"{timer.at:%Y-%m-%d}" == "2027-08-04"


def test_an_instance_that_stands_still_counts_again_when_it_goes_on(box: Sandbox) -> None:
    case = start(box)
    box.engine.suspend(case.instance, by="root")
    take(box, OFF)
    assert due_of(case, "plan") != "2027-09-06"
    box.engine.resume(case.instance, by="root")
    box.advance("PT0S")
    assert due_of(case, "plan") == "2027-09-06"


def test_new_instances_count_by_the_newest_calendar_at_once(box: Sandbox) -> None:
    start(box)
    take(box, OFF)
    late = box.start("fair", {"day": date(2027, 10, 15)}, by="amy", key="G")
    assert due_of(late, "plan") == "2027-09-06"
    assert box.engine.show(late.instance).state.calendars == {
        "CN": stored_calendar(box.engine.core, "CN").calendar.version
    }


def test_an_organisations_hours_close_its_day(box: Sandbox) -> None:
    take(box, {"hours": "08:30 to 17:30"})
    case = start(box)
    due = next(row.due for row in box.engine.timeline(case.instance) if row.step == "plan")
    assert due is not None
    assert f"{due:%H:%M}" == "09:30"  # 17:30 in Shanghai


def test_a_preview_says_what_would_change_and_keeps_nothing(box: Sandbox) -> None:
    core = box.engine.core
    change = preview_calendar(core, "CN", overrides=OFF)
    assert change.changed
    assert [str(day) for day in change.off] == OFF["off"]
    assert stored_calendar(core, "CN").overrides == {}
    assert [each.calendar.name for each in stored_calendars(core)] == ["CN"]
    with pytest.raises(NotFound):
        stored_calendar(core, "DE")


def test_history_proves_itself_after_calendars_changed(box: Sandbox) -> None:
    start(box)
    take(box, OFF)
    take(box, {})
    assert box.engine.verify().findings == ()


def test_the_worker_counts_again_on_both_databases(ready: str) -> None:
    clock = VirtualClock(datetime.fromisoformat("2027-08-02T09:00+08:00"))
    engine = Engine(ready, directory=StaticDirectory(PEOPLE), clock=clock)
    other = Engine(
        ready, directory=StaticDirectory(PEOPLE), clock=clock
    )  # another daemon, which has read the old days
    try:
        engine.deploy(FAIR)
        ids = [
            each.start("fair", {"day": "2027-10-15"}, by="amy", key=f"F{n}").instance
            for n, each in enumerate((engine, other))
        ]
        change = refresh_calendar(engine.core, "CN", by="root", overrides=OFF)
        assert change.instances == 2
        other.worker().drain()
        for id in ids:
            assert [record.command for record in engine.history(id)] == ["Start", "Recalculate"]
        late = other.start("fair", {"day": "2027-10-15"}, by="amy", key="F9").instance
        dues = {engine.timeline(id)[0].due for id in (*ids, late)}
        assert len(dues) == 1
        assert engine.dead_letters() == []
    finally:
        engine.dispose()
        other.dispose()
