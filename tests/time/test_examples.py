"""Every computed example of the language reference, and the campaign vector of event 15 October 2026."""

from datetime import date

import pytest

from signoff.time.relative import Purpose, Roll, parse_when
from tests.time.conftest import shanghai

DUE, OPENS, RUNG, POINT = Purpose.DUE, Purpose.OPENS, Purpose.RUNG, Purpose.POINT

TABLE = [
    ("30 days before event", DUE, "2026-09-15 18:00"),
    ("活动前30天", DUE, "2026-09-15 18:00"),
    ("T-30", DUE, "2026-09-15 18:00"),
    ("20 days before event", DUE, "2026-09-24 18:00"),
    ("20 days before event exactly", DUE, "2026-09-25 18:00"),
    ("20 working days before event", DUE, "2026-09-11 18:00"),
    ("12 days before event rolled forward", DUE, "2026-10-08 18:00"),
    ("1 day before event exactly", DUE, "2026-10-14 18:00"),
    ("活动前1天12:00", DUE, "2026-10-14 12:00"),
    ("event end", DUE, "2026-10-17 18:00"),
    ("活动当天", DUE, "2026-10-15 18:00"),
    ("3 days after event", DUE, "2026-10-20 18:00"),
    ("活动结束后3个工作日", DUE, "2026-10-21 18:00"),
    ("2 days after event start", DUE, "2026-10-19 18:00"),
    ("T+2", DUE, "2026-10-19 18:00"),
    ("within 3 working days", DUE, "2026-10-10 18:00"),
    ("3个工作日内", DUE, "2026-10-10 18:00"),
    ("within 1 month", DUE, "2026-10-30 18:00"),
    ("7个自然日内", DUE, "2026-10-08 18:00"),
    ("3 working days after confirm-goals", DUE, "2026-09-20 18:00"),
    ("24小时内", DUE, "2026-10-01 16:00"),
    ("opened at 20:00", DUE, "2026-09-30 20:00"),
    ("5 days after start", DUE, "2026-09-07 18:00"),
    ("2 weeks before needed", DUE, "2026-11-16 18:00"),
    ("2 working days before due", RUNG, "2026-09-22 09:00"),
    ("1 working day after due", RUNG, "2026-09-28 09:00"),
    ("4 hours after due", RUNG, "2026-09-24 22:00"),
    ("6 working hours after opened", DUE, "2026-10-08 13:00"),
    ("preheat start", OPENS, "2026-10-08 09:00"),
    ("event start at 07:30", POINT, "2026-10-15 07:30"),
]


@pytest.mark.parametrize(("text", "purpose", "expected"), TABLE)
def test_a_phrase_means_what_the_table_says(text, purpose, expected, stage):
    assert stage.when(text, purpose) == shanghai(expected)


EVERY = [
    (
        "day at 17:30 during event",
        ["2026-10-15 17:30", "2026-10-16 17:30", "2026-10-17 17:30", None],
    ),
    ("活动期间每天17:30", ["2026-10-15 17:30", "2026-10-16 17:30", "2026-10-17 17:30", None]),
    ("month on day 31 at 09:00", ["2026-10-31 09:00", "2026-11-30 09:00", "2026-12-31 09:00"]),
    ("10 hours for 3 times", ["2026-10-01 02:00", "2026-10-01 12:00", "2026-10-01 22:00", None]),
]


@pytest.mark.parametrize(("text", "expected"), EVERY)
def test_a_recurrence_means_what_the_table_says(text, expected, stage):
    assert stage.every(text, len(expected)) == [None if at is None else shanghai(at) for at in expected]


def test_spellings_of_the_same_moment_are_equal(words):
    same = ["30 days before event", "活动前30天", "T-30", "活动开始前30天", "30 days before event start"]
    assert len({parse_when(text, words) for text in same}) == 1
    assert parse_when("T+2", words) == parse_when("2 days after event start", words)
    assert parse_when("within 3 working days", words) == parse_when("3个工作日内", words)


# days before the event: calendar day, rolled, exactly; and as many working days before
CAMPAIGN = [
    (30, "09-15", "09-15", "08-28"),
    (25, "09-20", "09-20", "09-04"),  # a Sunday that is worked
    (20, "09-25", "09-24", "09-11"),
    (18, "09-27", "09-24", "09-15"),
    (15, "09-30", "09-30", "09-18"),
    (12, "10-03", "09-30", "09-22"),
    (10, "10-05", "09-30", "09-24"),
    (8, "10-07", "09-30", "09-29"),
    (7, "10-08", "10-08", "09-30"),
    (1, "10-14", "10-14", None),
]


@pytest.mark.parametrize(("days", "plain", "rolled", "worked"), CAMPAIGN)
def test_the_campaign_of_15_october_counts_back_as_published(days, plain, rolled, worked, stage):
    def due(text, roll=Roll.OUTWARD):
        return f"{stage.calendar.day_of(stage.when(text, DUE, roll)):%m-%d}"

    assert due(f"活动前{days}天") == rolled
    assert due(f"{days} days before event exactly") == plain
    assert due(f"{days} days before event", Roll.NONE) == plain
    if worked:
        assert due(f"活动前{days}个工作日") == worked


def test_the_make_up_days_of_2026_are_worked(cn):
    worked = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert [f"{day:%m-%d}" for day in sorted(cn.work) if day.year == 2026] == worked
    assert all(cn.is_working(date.fromisoformat(f"2026-{day}")) for day in worked)
