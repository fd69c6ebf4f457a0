"""A question that stops the clock of its step, where the definition says so."""

from datetime import datetime

import pytest

from signoff.kernel import asides
from signoff.kernel.events import gate, time
from signoff.kernel.state import Activity
from tests.kernel.desk import Desk
from tests.kernel.people import person

# Monday 31 August 2026, noon in Shanghai, is when stories start.
ROAD = """
defaults: {{asked: {policy}{more}}}
data: {{day: {{type: date, optional: true}}, num: {{type: integer, default: 0}}}}
start: {{form: {{edit: [day]}}}}
dates: {{event: {{day: day, name: Event}}}}
steps:
  - parallel: all
    branches:
      - steps:
          - step: work
            owner: worker
            due: within 24 hours
            lapses: 72 hours after opened
            escalate: [{{at: 4 hours after due, notify: [boss], level: L1}}]
            upon: [{{after: 30 hours, id: nudge, interrupts: false, set: {{num: 1}}}}]
      - steps: [{{step: dated, owner: worker, form: {{edit: [day]}}, due: 3 days before event}}]
      - steps: [{{gate: agreed, approve: {{by: lawyer, declined: end, due: within 5 hours}}}}]
      - steps: [{{step: other, owner: worker, due: within 24 hours}}]
"""


def here(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def story(policy: str = "shift", more: str = "") -> Desk:
    desk = Desk(ROAD.format(policy=policy, more=more)).start(day="2026-09-20")
    desk.idle("2026-08-31T14:00+08:00")
    return desk


def at(desk: Desk, node: str) -> Activity:
    return next(a for a in desk.state.activities.values() if a.node == node)


def ask(desk: Desk, node: str, by: str = "amy", to: str = "leo") -> str:
    desk.aside(asides.Ask, by, node, person=person(to), text="?")
    return next(reversed(desk.state.inquiries))


def answer(desk: Desk, question: str, by: str = "leo") -> None:
    desk.aside(asides.Answer, by, question=f"i:{question}", text="so")


def asked_for(hours: str, node: str = "work", policy: str = "shift") -> Desk:
    desk = story(policy)
    question = ask(desk, node)
    desk.idle(hours)
    answer(desk, question)
    return desk


def test_everything_of_the_step_is_later_by_as_long_as_the_question_was_open() -> None:
    desk = asked_for("2026-09-01T10:00+08:00")  # twenty hours
    work = at(desk, "work")
    assert (work.due, work.rung_at) == (here("2026-09-02T08:00"), here("2026-09-02T12:00"))
    assert work.lapses == here("2026-09-04T08:00")
    (timer,) = desk.state.timers.values()
    assert timer.at == here("2026-09-02T14:00")
    assert at(desk, "other").due == here("2026-09-01T12:00"), "the other steps go on"


def test_meanwhile_nothing_of_it_falls_due_and_the_deadline_stays_in_sight() -> None:
    desk = story()
    question = ask(desk, "work")
    assert at(desk, "work").due == here("2026-09-01T12:00")
    desk.advance("2026-09-04T12:00+08:00")
    assert not desk.names(time.RungFired)
    assert desk.data["num"] == 0
    assert "work" in desk.waiting, "it has not lapsed"
    answer(desk, question)
    desk.advance("2026-09-05T15:00+08:00")
    assert [e.level for e in desk.names(time.RungFired)] == ["L1"]


def test_the_clock_of_an_entry_stands_as_well() -> None:
    desk = story()
    question = ask(desk, "agreed", by="leo", to="amy")
    desk.idle("2026-08-31T20:00+08:00")
    answer(desk, question, "amy")
    (clock,) = desk.state.clocks.values()
    assert clock.due == here("2026-08-31T23:00")
    assert desk.names(gate.EntryDueSet)[-1].moved


def test_the_clock_goes_on_with_the_last_answer() -> None:
    desk = story()
    first, second = ask(desk, "work"), ask(desk, "work", to="liu")
    desk.idle("2026-08-31T16:00+08:00")
    answer(desk, first)
    assert len(desk.names(time.ClockStopped)) == 1
    assert not desk.names(time.ClockWentOn)
    desk.idle("2026-08-31T18:00+08:00")
    answer(desk, second, "liu")
    assert at(desk, "work").due == here("2026-09-01T16:00")


def test_what_hangs_on_a_date_does_not_move_and_a_date_that_changes_counts_the_pause() -> None:
    desk = asked_for("2026-09-01T10:00+08:00", "dated")
    assert at(desk, "dated").due == story().state.activities[at(desk, "dated").id].due
    open_ = story()
    question = ask(open_, "work")
    open_.submit("dated", day="2026-10-20")
    assert at(open_, "work").rung_at is None, "a change of dates starts no clock"
    open_.idle("2026-08-31T16:00+08:00")
    answer(open_, question)
    assert at(open_, "work").due == here("2026-09-01T14:00")


@pytest.mark.parametrize(("policy", "due"), [("shift", "2026-09-01T18:00"), ("keep", "2026-09-01T18:00")])
def test_a_suspension_meanwhile_counts_once(policy: str, due: str) -> None:
    desk = story(more=f", suspended: {policy}")
    question = ask(desk, "work")
    desk.idle("2026-08-31T15:00+08:00")
    desk.suspend()
    desk.idle("2026-08-31T18:00+08:00")
    desk.resume()
    desk.idle("2026-08-31T20:00+08:00")
    answer(desk, question)
    assert at(desk, "work").due == here(due)


def test_without_the_word_a_question_stops_nothing() -> None:
    desk = asked_for("2026-09-01T10:00+08:00", policy="keep")
    assert at(desk, "work").due == here("2026-09-01T12:00")
    assert not desk.names(time.ClockStopped)


def test_work_that_is_handed_in_meanwhile_takes_its_clock_along() -> None:
    desk = story()
    question = ask(desk, "work")
    desk.submit("work")
    answer(desk, question)
    assert not desk.names(time.ClockWentOn)
