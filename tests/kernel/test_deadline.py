"""Deadlines and their ladders: due, late, moved, missed while nobody was there."""

from datetime import datetime

import pytest

from signoff.errors import WrongState
from signoff.kernel import commands as c
from signoff.kernel.events import flow, time
from signoff.kernel.state import ActivityStatus, Status
from tests.kernel.desk import Desk
from tests.kernel.people import person

# Monday 31 August 2026, noon in Shanghai, is when stories start.
LADDER = """
data: {day: {type: date, optional: true}}
dates: {event: {day: day, name: Event}}
steps:
  - parallel: both
    branches:
      - steps:
          - step: plan
            owner: worker
            form: {edit: [day]}
          - step: move
            owner: worker
            form: {edit: [day]}
      - steps:
          - step: work
            owner: ben
            due: 3 days before event
            checklist: [done]
            escalate:
              - {at: 1 day after due, notify: [boss], level: L2}
              - {at: 2 days before due, notify: [pending], level: L0}
              - {at: due, notify: [pending, worker-lead], level: L1}
              - {at: 2 days after due, notify: [boss], level: L3, if: "day == null"}
"""


def rungs(desk: Desk) -> list[str]:
    return [e.level for e in desk.names(time.RungFired)]


def planned(day: str, at: str = "2026-08-31T12:00+08:00") -> Desk:
    desk = Desk(LADDER, at=datetime.fromisoformat(at)).start()
    desk.submit("plan", day=day)
    return desk


def here(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def due(desk: Desk) -> datetime:
    return next(a.due for a in desk.state.activities.values() if a.node == "work" and a.due)


def test_a_deadline_on_a_date_that_is_not_known_sleeps_and_wakes() -> None:
    desk = Desk(LADDER).start()
    assert not [key for key in desk.agenda if key.endswith("/rung")]
    desk.submit("plan", day="2026-09-20")
    assert due(desk) == here("2026-09-17T18:00")


def test_a_deadline_off_the_working_days_moves_away_from_its_anchor() -> None:
    assert due(planned("2026-09-16")) == here("2026-09-11T18:00"), "the 13th is a Sunday"


def test_rungs_fire_in_the_order_of_time_whatever_the_order_written() -> None:
    desk = planned("2026-09-20")
    desk.advance("2026-09-30")
    assert rungs(desk) == ["L0", "L1", "L2"]
    assert [e.reason for e in desk.names(time.RungPassed)] == ["condition"]
    told = [[p.id for p in e.people] for e in desk.names(time.RungFired)]
    assert told == [["ben"], ["ben", "xia"], ["xia", "yan", "zoe"]]


def test_after_downtime_every_missed_rung_fires_at_most_once_and_in_order() -> None:
    desk = planned("2026-09-20")
    desk.idle("2026-09-30")
    desk.advance("2026-09-30")
    assert rungs(desk) == ["L0", "L1", "L2"]
    desk.advance("2026-12-30")
    assert rungs(desk) == ["L0", "L1", "L2"]


def test_nothing_fires_once_the_work_is_done() -> None:
    desk = planned("2026-09-20")
    desk.advance("2026-09-16")
    desk.submit("work", "ben", ticks=["done"])
    desk.advance("2026-12-30")
    assert rungs(desk) == ["L0"]


def test_a_rung_does_not_fire_early() -> None:
    desk = planned("2026-09-20")
    command = c.Escalate(by=c.SYSTEM, at=desk.at, task=desk.task("work"))
    with pytest.raises(WrongState) as refused:
        desk.do(command)
    assert refused.value.code == "not_due"


def test_a_moved_date_arms_what_lies_ahead_and_passes_what_lies_behind() -> None:
    desk = planned("2026-09-20")
    desk.advance("2026-09-17")
    assert rungs(desk) == ["L0", "L1"]
    desk.submit("move", day="2026-09-25")  # due on the 22nd now
    assert due(desk) == here("2026-09-22T18:00")
    assert desk.names(time.DueSet)[-1].moved
    desk.advance("2026-10-30")
    assert rungs(desk) == ["L0", "L1", "L0", "L1", "L2"], "once per value of the deadline"


def test_the_same_date_again_moves_nothing() -> None:
    desk = planned("2026-09-20")
    desk.advance("2026-09-17")
    desk.submit("move", day="2026-09-20")
    assert "DueSet" not in desk.happened()
    desk.advance("2026-10-30")
    assert rungs(desk) == ["L0", "L1", "L2"]


def test_a_task_born_late_tells_its_owner_and_who_leads_him_once_and_climbs_no_higher() -> None:
    desk = planned("2026-09-20")
    late = Desk("""
data: {day: {type: date}}
dates: {event: {day: day, name: Event}}
start: {form: {fill: [day]}}
steps:
  - step: work
    owner: ben
    due: 3 days before event
    checklist: [done]
    escalate:
      - {at: due, notify: [pending], level: L1}
      - {at: 1 day after due, notify: [boss], level: L2}
""").start(day="2026-08-20")
    assert [n["people"] for n in late.notices if n["template"] == "born_late"] == [["ben", "xia"]]
    assert rungs(late) == []
    late.advance("2026-10-30")
    assert rungs(late) == ["L2"], "the ladder counts from when it opened"
    assert [n for n in desk.notices if n["template"] == "born_late"] == []


def test_a_step_that_comes_back_to_its_owner_is_not_born_late() -> None:
    desk = Desk("""
data: {day: {type: date}}
dates: {event: {day: day, name: Event}}
start: {form: {fill: [day]}}
steps:
  - {step: work, owner: ben, due: event, checklist: [done], approve: {by: xia}}
""").start(day="2026-09-01")
    desk.submit("work", "ben", ticks=["done"])
    desk.advance("2026-09-10")
    desk.decline("work", "xia")
    assert [n["template"] for n in desk.notices][-1] == "returned"


def test_a_deadline_counts_from_the_end_of_another_step() -> None:
    desk = Desk("""
steps:
  - parallel: both
    branches:
      - steps: [{step: first, owner: worker, checklist: [done]}]
      - steps:
          - step: work
            owner: worker
            due: 2 working days after first
            checklist: [done]
""").start()
    desk.advance("2026-09-01")
    desk.submit("first", ticks=["done"])
    assert due(desk) == here("2026-09-03T18:00")


def test_a_moved_deadline_moves_the_rows_of_those_who_are_asked() -> None:
    desk = Desk(LADDER + "            approve: {by: boss}\n").start()
    desk.submit("work", "ben", ticks=["done"])
    desk.submit("plan", day="2026-09-20")
    assert desk.inbox[f"{desk.gate('work').id}#0"].due == here("2026-09-17T18:00")


def test_a_ladder_tells_those_whose_move_it_is() -> None:
    desk = Desk(LADDER + "            approve: {by: boss, need: all}\n").start()
    desk.submit("plan", day="2026-09-20")
    desk.submit("work", "ben", ticks=["done"])
    desk.approve("work", "yan")
    desk.advance("2026-09-15")
    assert [p.id for p in desk.names(time.RungFired)[0].people] == ["xia", "zoe"]


def test_a_failing_directory_asks_once_and_the_rung_fires_on_retry() -> None:
    desk = planned("2026-09-20")
    desk.directory_down = True
    desk.advance("2026-09-16")
    assert desk.incidents == ["work: directory_failed"]
    desk.do(c.Escalate(by=c.SYSTEM, at=desk.at, task=desk.task("work")))
    assert desk.incidents == ["work: directory_failed"]
    desk.directory_down = False
    desk.retry()
    assert rungs(desk) == ["L0"]
    desk.submit("work", "ben", ticks=["done"])


SLACK = """
data: {day: {type: date}}
dates: {event: {day: day, name: Event}}
start: {form: {fill: [day]}}
steps:
  - step: work
    owner: ben
    due: 10 working days before event
    takes: 2 working days
    checklist: [done]
    escalate: [{at: due, notify: [boss], level: L3, if: "slack <= days(0)"}]
  - stage: later
    steps:
      - {step: next, owner: ben, due: DUE, checklist: [done]}
"""


@pytest.mark.parametrize(("next_due", "fired"), [("8 working days before event", ["L3"]), ("event", [])])
def test_a_rung_may_depend_on_the_slack_that_is_left(next_due: str, fired: list[str]) -> None:
    desk = Desk(SLACK.replace("DUE", next_due)).start(day="2026-09-30")
    desk.advance("2026-09-25")
    assert rungs(desk) == fired


def test_a_rung_whose_condition_cannot_be_computed_tells_rather_than_keep_silent() -> None:
    desk = Desk("""
data: {x: {type: integer, optional: true}}
steps:
  - step: work
    owner: ben
    due: within 1 day
    checklist: [done]
    escalate: [{at: due, notify: [boss], level: L1, if: "x > 3"}]
""").start()
    desk.advance("3 days")
    assert rungs(desk) == ["L1"]


# opening and lapsing ----------------------------------------------------------------------------------------

WINDOW = """
data: {day: {type: date, optional: true}}
dates: {event: {day: day, name: Event}}
steps:
  - parallel: both
    branches:
      - steps: [{step: plan, owner: worker, form: {edit: [day]}}]
      - steps:
          - step: work
            owner: ben
            opens: 2 days before event
            lapses: event
            due: 1 day before event
            checklist: [done]
            upon: [{after: 1 hour, interrupts: true, steps: [{step: rescue, owner: xia, checklist: [done]}]}]
"""


def test_a_step_opens_at_its_time_and_not_before() -> None:
    desk = Desk(WINDOW).start()
    with pytest.raises(WrongState) as refused:
        desk.submit("work", "ben", ticks=["done"])
    assert refused.value.code == "opens_later"
    desk.submit("plan", day="2026-09-20")
    with pytest.raises(WrongState):
        desk.do(c.OpenTask(by=c.SYSTEM, at=desk.at, task=desk.task("work")))
    assert not desk.state.timers, "what sits on it is armed when it opens"
    desk.idle(here("2026-09-18T09:00"))
    desk.fire(next(key for key in desk.agenda if key.endswith("/open")))
    assert desk.state.timers
    desk.submit("work", "ben", ticks=["done"])
    assert desk.status is Status.COMPLETED


def test_the_opening_moves_with_its_date() -> None:
    desk = Desk(WINDOW.replace("upon:", "# upon:")).start()
    assert not desk.agenda, "while the date is not known it sleeps"
    desk.submit("plan", day="2026-09-20")
    task = next(a for a in desk.state.activities.values() if a.node == "work")
    assert task.status is ActivityStatus.SCHEDULED
    assert task.opens == here("2026-09-18T09:00")


def test_a_step_that_nobody_did_lapses_and_the_flow_goes_on() -> None:
    desk = Desk(WINDOW.replace("upon:", "# upon:")).start()
    desk.submit("plan", day="2026-09-20")
    desk.advance(here("2026-09-19T12:00"))
    with pytest.raises(WrongState):
        desk.do(c.Lapse(by=c.SYSTEM, at=desk.at, task=desk.task("work")))
    desk.advance("2026-09-30")
    assert desk.status is Status.COMPLETED
    assert [e.verdict for e in desk.names(flow.ElementCompleted) if e.node == "work"] == ["lapsed"]


def test_a_lapse_moves_with_its_date_even_when_the_deadline_does_not() -> None:
    desk = Desk("""
data: {day: {type: date, default: "2026-09-20"}}
dates: {event: {day: day, name: Event}}
steps:
  - parallel: both
    branches:
      - steps: [{step: plan, owner: worker, form: {edit: [day]}}]
      - steps: [{step: work, owner: ben, due: within 2 days, lapses: event, checklist: [done]}]
""").start()
    desk.submit("plan", day="2026-09-25")
    desk.advance("2026-09-24")
    assert desk.waiting == {"work": 1}
    desk.advance("2026-09-25")
    assert desk.status is Status.COMPLETED


def test_recorded_time_never_runs_backwards() -> None:
    desk = planned("2026-09-20")
    last = desk.state.recorded_at
    desk.at = here("2026-08-01T09:00")
    desk.claim("work", "ben")
    assert desk.state.recorded_at == last


def test_people_are_told_once_though_they_hold_two_roles() -> None:
    desk = planned("2026-09-20")
    desk.advance("2026-09-30")
    assert [p.id for p in desk.names(time.RungFired)[1].people].count(person("xia").id) == 1


def test_a_rung_on_a_date_of_its_own_moves_with_it_while_the_deadline_stands() -> None:
    desk = Desk("""
data: {day: {type: date, default: "2026-09-20"}}
dates: {event: {day: day, name: Event}}
steps:
  - parallel: both
    branches:
      - steps: [{step: plan, owner: worker, form: {edit: [day]}}]
      - steps:
          - step: work
            owner: ben
            due: within 2 days
            checklist: [done]
            escalate: [{at: 1 day before event, notify: [boss], level: L1}]
""").start()
    desk.submit("plan", day="2026-09-25")
    desk.advance("2026-09-23")
    assert rungs(desk) == []
    desk.advance("2026-09-24")
    assert rungs(desk) == ["L1"]


def test_a_step_whose_date_is_known_waits_for_it_from_the_start() -> None:
    desk = Desk("""
data: {day: {type: date, default: "2026-09-20"}}
dates: {event: {day: day, name: Event}}
steps:
  - {step: work, owner: ben, opens: event, checklist: [done]}
""").start()
    desk.advance("2026-09-20")
    desk.submit("work", "ben", ticks=["done"])
    assert desk.status is Status.COMPLETED


@pytest.mark.parametrize("takes", ["", "takes: 2 working days"])
def test_without_anything_that_waits_there_is_all_the_slack_in_the_world(takes: str) -> None:
    desk = Desk(f"""
steps:
  - step: work
    owner: ben
    due: within 2 days
    {takes}
    checklist: [done]
    escalate: [{{at: due, notify: [boss], level: L3, if: "slack <= days(0)"}}]
""").start()
    desk.advance("2026-09-25")
    assert rungs(desk) == []
