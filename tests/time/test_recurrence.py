"""Occurrences: what each pattern names, where it begins and ends, and that nothing accumulates."""

from datetime import date

import pytest

from signoff.time.calendar import Calendar
from signoff.time.relative import Words, parse_every
from tests.time.conftest import Facts, shanghai

# armed on Wed 30 Sep 2026 at 16:00; the event lasts from Thu 15 to Sat 17 October
READ = [
    ("day at 17:30", ["09-30 17:30", "10-01 17:30", "10-02 17:30"]),
    ("day at 10:00", ["10-01 10:00", "10-02 10:00"]),
    ("day", ["10-01 09:00", "10-02 09:00"]),
    ("working day at 17:00", ["09-30 17:00", "10-08 17:00", "10-09 17:00", "10-10 17:00", "10-12 17:00"]),
    ("monday and thursday at 09:30", ["10-01 09:30", "10-05 09:30", "10-08 09:30"]),
    ("Friday", ["10-02 09:00", "10-09 09:00"]),
    ("month on day 30 at 17:00", ["09-30 17:00", "10-30 17:00", "11-30 17:00"]),
    ("month on day 30", ["10-30 09:00", "11-30 09:00"]),
    ("month on the last day at 18:00", ["09-30 18:00", "10-31 18:00", "11-30 18:00"]),
    ("month on the last working day at 10:00", ["10-30 10:00", "11-30 10:00", "12-31 10:00"]),
    ("year on 12-31", ["12-31 09:00"]),
    ("week", ["10-07 09:00", "10-14 09:00"]),
    ("week at 10:00", ["10-07 10:00", "10-14 10:00"]),
    ("month", ["10-30 09:00", "11-30 09:00", "12-30 09:00"]),
    ("hour", ["09-30 17:00", "09-30 18:00"]),
    ("3 working days", ["10-10 09:00", "10-14 09:00"]),
    ("2 days at 08:00 for 2 times", ["10-02 08:00", "10-04 08:00", None]),
    ("5 working hours", ["10-08 12:00", "10-08 17:00", "10-09 13:00"]),
    ("day at 17:30 for 1 time", ["09-30 17:30", None]),
    ("working day during event", ["10-15 09:00", "10-16 09:00", None]),
    ("2 days during event", ["10-15 09:00", "10-17 09:00", None]),
    ("24 hours during event", ["10-15 09:00", "10-16 09:00", "10-17 09:00", None]),
    ("saturday at 08:00 during event", ["10-17 08:00", None]),
    ("monday during event", [None]),
    ("day at 17:30 during event for 2 times", ["10-15 17:30", "10-16 17:30", None]),
    ("每天17:30", ["09-30 17:30", "10-01 17:30"]),
    ("每日 17:30", ["09-30 17:30", "10-01 17:30"]),
    ("每个工作日17:00", ["09-30 17:00", "10-08 17:00"]),
    ("每周一、四09:30", ["10-01 09:30", "10-05 09:30"]),
    ("每周一、周四09:30", ["10-01 09:30", "10-05 09:30"]),
    ("每星期日", ["10-04 09:00", "10-11 09:00"]),
    ("每月31日", ["10-31 09:00", "11-30 09:00"]),
    ("每月最后一个工作日10:00", ["10-30 10:00", "11-30 10:00"]),
    ("每月最后一天", ["10-31 09:00", "11-30 09:00"]),
    ("每年12月31日", ["12-31 09:00"]),
    ("每周", ["10-07 09:00", "10-14 09:00"]),
    ("每月", ["10-30 09:00", "11-30 09:00"]),
    ("每小时", ["09-30 17:00", "09-30 18:00"]),
    ("每3个工作日", ["10-10 09:00", "10-14 09:00"]),
    ("每两周10:00", ["10-14 10:00", "10-28 10:00"]),
    ("每10小时共3次", ["10-01 02:00", "10-01 12:00", "10-01 22:00", None]),
    ("活动期间每日17:30", ["10-15 17:30", "10-16 17:30", "10-17 17:30", None]),
    ("活动期间每天17:30共两次", ["10-15 17:30", "10-16 17:30", None]),
    ("预热期间每个工作日10:00", ["10-08 10:00", "10-09 10:00", "10-10 10:00", "10-12 10:00"]),
    ("预热期每天10:00", ["10-08 10:00", "10-09 10:00"]),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_a_recurrence_is_read(text, expected, stage):
    assert stage.every(text, len(expected)) == [at and shanghai(f"2026-{at}") for at in expected]


def test_short_months_do_not_accumulate(stage):
    stage.facts.opened = shanghai("2027-01-31 08:00")
    monthly = ["2027-01-31 09:00", "2027-02-28 09:00", "2027-03-31 09:00", "2027-04-30 09:00"]
    assert stage.every("month on day 31", 4) == [shanghai(at) for at in monthly]
    assert stage.every("month", 3) == [shanghai(at) for at in monthly[1:]]
    assert stage.every("year on 02-29", 2) == [shanghai("2027-02-28 09:00"), shanghai("2028-02-29 09:00")]


def test_the_first_occurrence_after_an_instant_has_its_number(stage):
    every = parse_every("day at 17:30 during event", stage.words)

    def after(text):
        found = every.after(shanghai(text), stage.facts, stage.calendar)
        return found and (found[0], f"{stage.calendar.here(found[1]):%m-%d %H:%M}")

    assert after("2026-09-30 16:00") == (1, "10-15 17:30")
    assert after("2026-10-15 17:29") == (1, "10-15 17:30")
    assert after("2026-10-15 17:30") == (2, "10-16 17:30")
    assert after("2026-10-17 17:30") is None


def test_the_next_occurrence_is_found_far_away(stage):
    every = parse_every("1 second", stage.words)
    found = every.after(shanghai("2056-09-30 16:00"), stage.facts, stage.calendar)
    assert found is not None
    assert found[1] == shanghai("2056-09-30 16:00:01")
    limited = parse_every("1 second for 10 times", stage.words)
    assert limited.after(shanghai("2056-09-30 16:00"), stage.facts, stage.calendar) is None


def test_lateness_does_not_shift_what_follows(stage):
    every = parse_every("10 hours", stage.words)
    found = every.after(shanghai("2026-10-01 11:59"), stage.facts, stage.calendar)
    assert found == (2, shanghai("2026-10-01 12:00"))


def test_without_an_anchor_there_is_no_occurrence(stage):
    nothing = Facts()
    for text, _ in READ:
        every = parse_every(text, stage.words)
        assert every.occurrence(1, nothing, stage.calendar) is None
        assert every.after(shanghai("2026-10-01 12:00"), nothing, stage.calendar) is None


def test_a_window_that_moves_takes_its_occurrences_along(stage):
    stage.facts.dates["event"] = (date(2026, 11, 12), date(2026, 11, 13))
    assert stage.every("活动期间每天17:30", 3) == [
        shanghai("2026-11-12 17:30"),
        shanghai("2026-11-13 17:30"),
        None,
    ]


def test_a_recurrence_keeps_its_hour_across_a_clock_change():
    berlin = Calendar("DE", "Europe/Berlin")
    every = parse_every("day at 02:30", Words())
    facts = Facts(opened=berlin.local(date(2027, 3, 26), berlin.opens))
    found = [f"{berlin.here(every.occurrence(n, facts, berlin)):%d %H:%M}" for n in (1, 2, 3)]
    assert found == ["27 02:30", "28 03:30", "29 02:30"]  # on the 28th 02:30 does not exist


def test_a_recurrence_tells_what_it_reads(words):
    assert parse_every("day during event", words).dates == ("event",)
    assert parse_every("day", words).dates == parse_every("day", words).steps == ()
    assert parse_every("每天17:30", words) == parse_every("day at 17:30", words)
