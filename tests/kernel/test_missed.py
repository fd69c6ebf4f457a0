"""What becomes of occurrences that nobody could fire in time: once, all, skip (trap 13; reliability row 13)."""

import pytest

from signoff.kernel.events import time
from signoff.kernel.state import Status
from signoff.time.recurrence import CAUGHT_UP
from tests.kernel.desk import Desk

DAILY = """
data: {{held: {{type: integer, default: 0}}}}
steps:
  - step: work
    owner: worker
    checklist: [done]
    upon: [{{every: {every}, id: tick, missed: {missed}, set: {{held: held + 1}}}}]
"""


def started(missed: str, every: str = "day at 17:30") -> Desk:
    return Desk(DAILY.format(missed=missed, every=every)).start()  # on Mon 31 August 2026 at noon in Shanghai


def down_until(desk: Desk, to: str) -> tuple[list[int], list[tuple[int, int]]]:
    """Numbers of what fired after nobody was there until then, and the stretches that were skipped."""
    seen = len(desk.log)
    desk.idle(to)
    desk.advance("1 second")
    new = [event for _, event in desk.log[seen:]]
    fired = [e.occurrence for e in new if isinstance(e, time.TimerFired)]
    return fired, [(e.first, e.last) for e in new if isinstance(e, time.OccurrencesSkipped)]


@pytest.mark.parametrize(
    ("missed", "fired", "skipped"),
    [
        ("once", [1], [(2, 4)]),
        ("all", [1, 2, 3, 4], []),
        ("skip", [4], [(1, 3)]),
    ],
)
def test_after_four_days_each_does_what_its_policy_says(missed, fired, skipped):
    desk = started(missed)
    assert down_until(desk, "80 hours") == (fired, skipped)
    assert desk.data["held"] == len(fired)
    desk.advance("24 hours")
    assert desk.data["held"] == len(fired) + 1, "the next one comes in its time"


def test_skip_leaves_out_even_the_last_one_when_half_the_time_to_the_next_has_passed():
    desk = started("skip")
    assert down_until(desk, "2026-09-04T06:30+08:00") == ([], [(1, 4)])
    desk.advance("2026-09-04T17:30+08:00")
    assert desk.data["held"] == 1


@pytest.mark.parametrize("missed", ["once", "all", "skip"])
def test_what_is_a_little_late_just_fires(missed):
    assert down_until(started(missed), "2026-08-31T17:35+08:00") == ([1], [])


def test_all_catches_up_with_a_bounded_number():
    desk = started("all", every="1 second")
    desk.unwatched = True
    fired, skipped = down_until(desk, "10 hours")
    assert skipped == [(2, 36_000 - CAUGHT_UP)]
    assert fired == [1, *range(36_001 - CAUGHT_UP, 36_002)]


def test_the_last_occurrence_is_too_late_after_half_the_time_since_the_one_before():
    desk = started("skip", every="day at 17:30 for 2 times")
    assert down_until(desk, "10 days") == ([], [(1, 2)])
    assert not desk.agenda
    alone = started("skip", every="day at 17:30 for 1 time")
    assert down_until(alone, "10 days") == ([1], []), "a single one cannot be too late"


def test_nothing_is_caught_up_with_once_the_work_is_done():
    desk = started("all")
    desk.idle("5 days")
    desk.submit("work", ticks=["done"])
    desk.advance("5 days")
    assert desk.data["held"] == 0
    assert desk.status is Status.COMPLETED
