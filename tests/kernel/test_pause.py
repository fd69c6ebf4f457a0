"""A suspended instance stands still; what it counts goes on later by as much where the definition says so."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.kernel import clock
from signoff.kernel.clock import Pause
from signoff.kernel.events import flow, gate, time
from tests.kernel.desk import Desk

# Monday 31 August 2026, noon in Shanghai, is when stories start.
STILL = """
defaults: {{suspended: {policy}}}
data: {{day: {{type: date, optional: true}}}}
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
      - steps: [{{wait: hours, after: 10 hours}}, {{step: later, owner: worker}}]
      - steps: [{{step: soon, owner: worker, opens: 20 hours after start}}]
      - steps: [{{step: dated, owner: worker, form: {{edit: [day]}}, due: 3 days before event}}]
      - steps:
          - {{gate: agreed, approve: {{by: lawyer, declined: end, due: within 5 hours}}}}
"""


INSTANT = datetime.fromisoformat("2027-01-01T00:00Z")
hours = st.integers(0, 40).map(lambda n: INSTANT + timedelta(hours=n))


@given(st.sets(hours), st.lists(st.tuples(hours, st.integers(1, 5)), unique_by=lambda each: each[0]))
def test_pauses_that_nothing_lies_between_count_as_one(
    moments: set[datetime], stood: list[tuple[datetime, int]]
) -> None:
    pauses = [Pause(since, timedelta(minutes=n)) for since, n in sorted(stood)]
    joined = clock.joined(pauses, moments)
    after = {INSTANT + timedelta(hours=41)}
    for moment in moments | after:
        assert clock.later(moment, joined) == clock.later(moment, pauses)
    assert len(joined) <= len(moments) + 1


def here(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def paused(policy: str, hours: str = "2026-09-01T10:00+08:00") -> Desk:
    desk = Desk(STILL.format(policy=policy)).start(day="2026-09-20")
    desk.idle("2026-08-31T14:00+08:00")
    desk.suspend()
    desk.idle(hours)
    desk.resume()
    return desk


def activity(desk: Desk, node: str) -> object:
    return next(a for a in desk.state.activities.values() if a.node == node)


def test_everything_that_is_counted_is_later_by_as_long_as_it_stood_still() -> None:
    desk = paused("shift")  # for twenty hours
    work = next(a for a in desk.state.activities.values() if a.node == "work")
    assert work.due == here("2026-09-02T08:00")
    assert work.rung_at == here("2026-09-02T12:00")
    assert work.lapses == here("2026-09-04T08:00")
    soon = next(a for a in desk.state.activities.values() if a.node == "soon")
    assert soon.opens == here("2026-09-02T04:00")
    (timer,) = desk.state.timers.values()
    assert timer.at == here("2026-09-01T18:00")
    (clock,) = desk.state.clocks.values()
    assert clock.due == here("2026-09-01T13:00")


def test_what_hangs_on_a_date_does_not_move() -> None:
    before = Desk(STILL.format(policy="shift")).start(day="2026-09-20")
    dated = next(a for a in before.state.activities.values() if a.node == "dated").due
    after = paused("shift")
    assert next(a for a in after.state.activities.values() if a.node == "dated").due == dated


def test_each_clock_that_moves_is_an_event() -> None:
    desk = paused("shift")
    assert [e.shifts for e in desk.names(flow.InstanceResumed)] == [True]
    names = desk.happened()
    for kind in ("DueSet", "LapseSet", "OpeningMoved", "TimerArmed", "EntryDueSet"):
        assert kind in names
    assert desk.names(time.DueSet)[-1].moved
    assert desk.names(gate.EntryDueSet)[-1].moved


def test_nothing_falls_due_for_the_time_it_stood_still() -> None:
    desk = paused("shift")
    assert desk.advance("2026-09-01T12:00+08:00") == []
    desk.advance("2026-09-02T13:00+08:00")
    assert [e.level for e in desk.names(time.RungFired)] == ["L1"]


def test_where_clocks_are_kept_what_fell_due_meanwhile_is_due_at_once() -> None:
    desk = paused("keep")
    work = next(a for a in desk.state.activities.values() if a.node == "work")
    assert work.due == here("2026-09-01T12:00")
    assert not desk.state.pauses
    assert desk.happened() == ["InstanceResumed"]


def test_two_pauses_add_up_and_what_opens_between_counts_only_the_second() -> None:
    desk = paused("shift")
    desk.advance("2026-09-01T18:30+08:00")
    assert "later" in desk.waiting
    desk.suspend()
    desk.idle("2026-09-01T19:30+08:00")
    desk.resume()
    work = next(a for a in desk.state.activities.values() if a.node == "work")
    assert work.due == here("2026-09-02T09:00")


def test_a_date_that_changes_later_still_counts_the_pause() -> None:
    desk = paused("shift")
    desk.submit("dated", day="2026-10-20")
    work = next(a for a in desk.state.activities.values() if a.node == "work")
    assert work.due == here("2026-09-02T08:00")


@pytest.mark.parametrize("policy", ["keep", "shift"])
def test_a_suspended_instance_may_be_cancelled(policy: str) -> None:
    desk = Desk(STILL.format(policy=policy)).start(day="2026-09-20")
    desk.suspend()
    desk.cancel()
    assert not desk.agenda
