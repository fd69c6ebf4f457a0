"""Laws over arbitrary texts, calendars and moments."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.errors import UnreadablePhrase
from signoff.time.calendar import Calendar
from signoff.time.relative import (
    DateWord,
    Every,
    Purpose,
    Roll,
    When,
    Words,
    parse_day,
    parse_every,
    parse_iso_duration,
    parse_iso_every,
    parse_iso_when,
    parse_retry,
    parse_span,
    parse_when,
    split_range,
)
from tests.time.conftest import Facts

WORDS = Words(
    dates={"event": DateWord("window", ("活动", "T")), "needed": DateWord("day", ("需用",))},
    steps={"confirm-goals": ("立项",)},
)
PIECES = [
    "within", "30", "0", "三十五", "days", "working day", "hours", "before", "after", "event", "needed", "confirm-goals",
    "opened", "due", "start", "end", "at", "09:00", "25:00", "exactly", "rolled back", "rolled forward", "活动", "需用",
    "立项", "开始", "结束", "完成", "前", "后", "天", "个工作日", "个工作小时", "小时", "周", "个月", "内", "当天", "提前", "T",
    "-", "+", "不调整", "遇节假日顺延", "每", "期间", "周一、四", "月31日", "共", "次", "day", "during", "for", "times", "month on day 31",
    "year on 02-29", "monday", "and", " ", "3",
]  # fmt: skip

texts = st.one_of(
    st.text(),
    st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join),
)
units = ["second", "minute", "hour", "working hour", "day", "working day", "week", "month", "year"]
spans = st.builds(lambda n, unit: f"{n} {unit}s", st.integers(1, 100), st.sampled_from(units))
hours = st.sampled_from(["", " at 00:00", " at 02:30", " at 23:59"])
whens = st.one_of(
    st.builds(
        lambda span, side, anchor, at, roll: f"{span} {side} {anchor}{at}{roll}",
        spans,
        st.sampled_from(["before", "after"]),
        st.sampled_from(
            ["event", "event start", "event end", "needed", "confirm-goals", "opened", "due", "start"]
        ),
        hours,
        st.sampled_from(["", " exactly", " rolled back", " rolled forward"]),
    ),
    st.sampled_from(
        ["event end", "needed", "confirm-goals", "opened", "due", "start", "活动当天", "立项当天", "T+2"]
    ),
)
day_spans = st.builds(lambda n, unit: f"{n} {unit}s", st.integers(1, 40), st.sampled_from(units[4:]))
hour_spans = st.builds(lambda n, unit: f"{n} {unit}s", st.integers(1, 40), st.sampled_from(units[:4]))
patterns = [
    "day", "working day", "monday", "monday and friday and sunday", "month on day 31", "month on day 1",
    "month on the last working day", "month on the last day", "year on 02-29", "week", "month",
]  # fmt: skip
everies = st.one_of(
    st.builds(
        lambda p, at, w: p + at + w,
        st.sampled_from(patterns) | day_spans,
        hours,
        st.sampled_from(["", " during event"]),
    ),
    hour_spans,
)

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
calendars = st.builds(
    lambda zone, off, work, weekend: Calendar(
        "x", zone, off=frozenset(off) - frozenset(work), work=frozenset(work), weekend=weekend
    ),
    st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    st.lists(days, max_size=20),
    st.lists(days, max_size=20),
    st.sampled_from([frozenset({5, 6}), frozenset({4, 5}), frozenset({6}), frozenset()]),
)
anywhen = st.datetimes(timezones=st.just(UTC))
lately = st.builds(datetime.combine, days, st.times(), st.just(UTC))


def read(parse, text):
    """The meaning of a text, or the refusal, which points into it."""
    try:
        return parse(text, WORDS)
    except UnreadablePhrase as problem:
        refusal = problem
    assert 0 <= refusal.params["offset"] <= len(text)
    return refusal


def facts_of(instants, dates):
    first, last = sorted(dates)
    return Facts(
        dates={"event": (first, last), "needed": (first, first)},
        steps={"confirm-goals": instants[0]},
        opened=instants[1],
        due=instants[2],
        started=instants[3],
    )


@settings(deadline=None, max_examples=400)
@given(texts)
def test_reading_gives_a_meaning_or_refuses(text):
    for parse in (parse_when, parse_every):
        assert isinstance(read(parse, text), When | Every | UnreadablePhrase)
    for parse in (parse_span, parse_retry, parse_day, parse_iso_duration, parse_iso_when, parse_iso_every):
        with suppress(UnreadablePhrase):
            parse(text)
    split_range(text)


@settings(deadline=None)
@given(whens, everies)
def test_what_was_read_is_read_again_from_its_text(when, every):
    assert parse_when(parse_when(when, WORDS).text, WORDS) == parse_when(when, WORDS)
    assert parse_every(parse_every(every, WORDS).text, WORDS) == parse_every(every, WORDS)


@settings(deadline=None)
@given(whens, calendars, st.lists(anywhen, min_size=4, max_size=4), st.tuples(st.dates(), st.dates()))
def test_resolving_never_raises(text, calendar, instants, dates):
    for purpose in Purpose:
        for roll in Roll:
            found = parse_when(text, WORDS).resolve(
                facts_of(instants, dates), calendar, purpose=purpose, roll=roll
            )
            assert found is not None
            assert found.utcoffset() == timedelta()


@settings(deadline=None)
@given(day_spans, calendars, st.lists(lately, min_size=4, max_size=4), st.tuples(days, days))
def test_a_deadline_in_days_is_worked_and_lies_on_its_side_of_the_anchor(span, calendar, instants, dates):
    facts = facts_of(instants, dates)
    before = calendar.day_of(
        parse_when(f"{span} before event", WORDS).resolve(facts, calendar, purpose=Purpose.DUE)
    )
    after = calendar.day_of(
        parse_when(f"{span} after event", WORDS).resolve(facts, calendar, purpose=Purpose.DUE)
    )
    assert before < min(dates) <= max(dates) < after
    assert calendar.is_working(before)
    assert calendar.is_working(after)


@settings(deadline=None)
@given(calendars, days, st.integers(1, 300))
def test_adding_and_counting_working_days_agree(calendar, day, n):
    later, earlier = calendar.add_working(day, n), calendar.add_working(day, -n)
    assert calendar.is_working(later)
    assert calendar.is_working(earlier)
    assert calendar.count_working(day, later) == n
    one = timedelta(days=1)
    assert calendar.count_working(earlier - one, day - one) == n


@settings(deadline=None)
@given(calendars, lately, st.integers(1, 200), st.integers(1, 200))
def test_working_hours_add_up(calendar, instant, a, b):
    assert calendar.add_working_hours(
        calendar.add_working_hours(instant, a), b
    ) == calendar.add_working_hours(instant, a + b)
    later = calendar.add_working_hours(instant, a)
    assert calendar.add_working_hours(calendar.add_working_hours(later, -a), a) == later


@settings(deadline=None)
@given(everies, calendars, st.lists(lately, min_size=4, max_size=4), st.tuples(days, days))
def test_occurrences_ascend_and_each_is_found_from_the_one_before(text, calendar, instants, dates):
    every, facts = parse_every(text, WORDS), facts_of(instants, dates)
    found = [at for n in range(1, 9) if (at := every.occurrence(n, facts, calendar)) is not None]
    assert all(a < b for a, b in pairwise(found))
    for n, at in enumerate(found, 1):
        assert every.after(at - timedelta(seconds=1), facts, calendar) == (n, at)
    if found and not every.window:
        assert found[0] > facts.opened


@settings(deadline=None)
@given(anywhen, everies, calendars, st.tuples(st.dates(), st.dates()))
def test_occurrences_never_raise(instant, text, calendar, dates):
    every, facts = parse_every(text, WORDS), facts_of([instant] * 4, dates)
    every.after(instant, facts, calendar)
    for n in (1, 2, 1000):
        every.occurrence(n, facts, calendar)


@settings(deadline=None)
@given(calendars, st.times(), st.times())
def test_a_calendar_round_trips(calendar, a, b):
    if a != b:
        calendar = calendar.with_hours(min(a, b), max(a, b))
    calendar = calendar.sealed()
    assert Calendar.from_json(calendar.to_json()) == calendar


@settings(deadline=None)
@given(calendars, days, st.times())
def test_a_local_time_exists_on_its_day_or_just_after_a_gap(calendar, day, at):
    here = calendar.here(calendar.local(day, at)).replace(tzinfo=None)
    assert timedelta() <= here - datetime.combine(day, at) <= timedelta(hours=1)
