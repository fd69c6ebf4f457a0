"""What the grammar reads: every production in English and Chinese, and the variants that tables contain."""

import pytest

from signoff.time.numeral import number
from signoff.time.relative import (
    DateWord,
    Purpose,
    Roll,
    Unit,
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
from tests.time.conftest import shanghai

DUE, LAPSES, OPENS, POINT, RUNG = Purpose.DUE, Purpose.LAPSES, Purpose.OPENS, Purpose.POINT, Purpose.RUNG

READ = [
    ("within 90 seconds", DUE, "2026-09-30 16:01:30"),
    ("within 10 minutes", DUE, "2026-09-30 16:10"),
    ("within 1 hour", DUE, "2026-09-30 17:00"),
    ("within 2 years", LAPSES, "2028-09-30 18:00"),
    ("1 day after opened", LAPSES, "2026-10-01 18:00"),  # a lapse does not move off a holiday
    ("1 day after opened", POINT, "2026-10-01 09:00"),
    ("within 3 days", OPENS, "2026-10-03 09:00"),
    ("4 working hours before due", RUNG, "2026-09-24 14:00"),
    ("10 working hours before due", RUNG, "2026-09-23 17:00"),
    ("due", RUNG, "2026-09-24 18:00"),
    ("confirm-goals", POINT, "2026-09-16 11:20"),
    ("start", POINT, "2026-08-31 10:00"),
    ("start at 12:00", POINT, "2026-08-31 12:00"),
    ("needed", POINT, "2026-11-30 09:00"),
    ("needed", DUE, "2026-11-30 18:00"),
    ("event end rolled forward", DUE, "2026-10-19 18:00"),
    ("event end rolled back", DUE, "2026-10-16 18:00"),
    ("2 hours before event", POINT, "2026-10-15 07:00"),
    ("2 hours after event start", POINT, "2026-10-15 11:00"),
    ("2 hours after event", POINT, "2026-10-17 20:00"),
    ("20 days before event at 12:00", DUE, "2026-09-24 12:00"),
    ("24 hours after opened rolled forward", POINT, "2026-10-08 16:00"),
    ("24 hours after opened exactly", POINT, "2026-10-01 16:00"),
    ("24 hours after opened at 08:00", POINT, "2026-10-01 08:00"),
    ("Within 3 Working Days", DUE, "2026-10-10 18:00"),
    ("  30   days before event ", DUE, "2026-09-15 18:00"),
    ("30 days before 活动", DUE, "2026-09-15 18:00"),
    ("活动前20天不调整", DUE, "2026-09-25 18:00"),
    ("活动前12天遇节假日顺延", DUE, "2026-10-08 18:00"),
    ("活动前12天遇节假日提前", DUE, "2026-09-30 18:00"),
    ("活动前20天12:00不调整", DUE, "2026-09-25 12:00"),
    ("活动结束", DUE, "2026-10-17 18:00"),
    ("活动开始07:30", POINT, "2026-10-15 07:30"),
    ("活动结束当天", DUE, "2026-10-17 18:00"),
    ("立项完成", POINT, "2026-09-16 11:20"),
    ("立项当天", DUE, "2026-09-16 18:00"),
    ("目标确认完成后3个工作日", DUE, "2026-09-20 18:00"),
    ("开启后6个工作小时", DUE, "2026-10-08 13:00"),
    ("到期前2个工作日", RUNG, "2026-09-22 09:00"),
    ("到期", RUNG, "2026-09-24 18:00"),
    ("流程开始后5天", DUE, "2026-09-07 18:00"),
    ("需用前2周", DUE, "2026-11-16 18:00"),
    ("1个月内", DUE, "2026-10-30 18:00"),
    ("30分钟内", DUE, "2026-09-30 16:30"),
    ("T", DUE, "2026-10-15 18:00"),
    ("T日", DUE, "2026-10-15 18:00"),
    ("T-30日", DUE, "2026-09-15 18:00"),
    ("T-3 09:00", POINT, "2026-10-12 09:00"),
    # as tables have it
    ("活动前30日", DUE, "2026-09-15 18:00"),
    ("活动前 30 天", DUE, "2026-09-15 18:00"),
    ("活动前３０天", DUE, "2026-09-15 18:00"),
    ("活动之前30天", DUE, "2026-09-15 18:00"),
    ("活动前三十天", DUE, "2026-09-15 18:00"),
    ("活动前2周", DUE, "2026-09-30 18:00"),
    ("活动前两周", DUE, "2026-09-30 18:00"),
    ("活动前１天１２：００", DUE, "2026-10-14 12:00"),
    ("活动前1天9:00", POINT, "2026-10-14 09:00"),
    ("立项后5个工作日内", DUE, "2026-09-22 18:00"),
    ("立项后5工作日", DUE, "2026-09-22 18:00"),
    ("Ｔ－３０", DUE, "2026-09-15 18:00"),
]


@pytest.mark.parametrize(("text", "purpose", "expected"), READ)
def test_a_phrase_is_read(text, purpose, expected, stage):
    assert stage.when(text, purpose) == shanghai(expected)


def test_the_default_roll_of_a_process_applies_to_deadlines_that_do_not_say(stage):
    expected = {
        Roll.OUTWARD: "2026-09-30 18:00",
        Roll.BACK: "2026-09-30 18:00",
        Roll.FORWARD: "2026-10-08 18:00",
        Roll.NONE: "2026-10-03 18:00",
    }
    found = {roll: stage.when("12 days before event", DUE, roll) for roll in Roll}
    assert found == {roll: shanghai(at) for roll, at in expected.items()}
    assert stage.when("12 days before event exactly", DUE, Roll.FORWARD) == shanghai("2026-10-03 18:00")


ONE = Words(dates={"event": DateWord("window", ("活动",))})
TWO = Words(dates={"event": DateWord("window"), "needed": DateWord("day")})


def test_with_one_date_the_phrases_that_leave_it_out_are_readable():
    assert parse_when("提前1天", ONE) == parse_when("活动前1天", ONE)
    assert parse_when("提前5个工作日12:00", ONE) == parse_when("活动前5个工作日12:00", ONE)
    assert parse_when("当天", ONE) == parse_when("活动当天", ONE)
    assert parse_when("D-3 09:00", ONE) == parse_when("3 days before event at 09:00", ONE)
    assert parse_when("T-30", ONE) == parse_when("活动前30天", ONE)
    assert parse_when("当日", Words(dates={"needed": DateWord("day")})) == parse_when(
        "needed", Words(dates={"needed": DateWord("day")})
    )


def test_the_longest_name_is_meant():
    words = Words(
        dates={"first": DateWord("day", ("活动",)), "first-day": DateWord("day", ("活动结束日",))},
        steps={"plan": ("方案",), "plan-2": ("方案二次提交",)},
    )
    assert parse_when("3 days before first-day", words).dates == ("first-day",)
    assert parse_when("3 days before first", words).dates == ("first",)
    assert parse_when("活动结束日前3天", words).dates == ("first-day",)
    assert parse_when("活动前3天", words).dates == ("first",)
    assert parse_when("方案二次提交后1天", words).steps == ("plan-2",)
    assert parse_when("1 day after plan", words).steps == ("plan",)


def test_a_stage_called_before_the_event_does_not_swallow_the_word():
    words = Words(dates={"活动": DateWord("window")}, steps={"活动前": (), "活动期间": (), "活动后": ()})
    assert parse_when("活动前7天", words).dates == ("活动",)
    assert parse_when("活动后3个工作日内", words).dates == ("活动",)
    assert parse_every("活动期间每天17:30", words).window == "活动"
    assert parse_when("活动前后3天", words).steps == ("活动前",)
    assert parse_when("活动前完成后2天", words).steps == ("活动前",)


def test_a_phrase_tells_what_it_reads(words):
    assert parse_when("3 days after event", words).dates == ("event",)
    assert parse_when("3 days after event", words).steps == ()
    assert parse_when("3 days after confirm-goals", words).steps == ("confirm-goals",)
    assert parse_when("within 3 days", words).dates == parse_when("within 3 days", words).steps == ()
    assert parse_when("within 3 days", words).text == "within 3 days"


def test_what_has_not_happened_gives_no_instant(stage):
    stage.facts.dates.clear()
    stage.facts.steps.clear()
    stage.facts.opened = stage.facts.due = stage.facts.started = None
    for text, purpose, _ in READ:
        assert stage.when(text, purpose) is None


def test_spans_are_read_in_both_languages():
    assert parse_span("60 seconds").fixed.total_seconds() == 60
    assert parse_span("2 hours") == parse_span("2小时") == parse_span("2个小时")
    assert parse_span("5 working days") == parse_span("5个工作日") == parse_span("五个工作日")
    assert parse_span("10 years").months == 120
    assert parse_span("2 weeks").days == 14
    assert parse_span("30 days").fixed is None
    assert {unit for unit in Unit if parse_span(f"1 {unit}") == parse_span(f"1 {unit}s")} == set(Unit)


def test_a_span_makes_a_moment_of_its_own(words):
    assert When.within(parse_span("3 working days")) == parse_when("within 3 working days", words)
    assert When.within(parse_span("24小时")) == parse_when("24小时内", words)


def test_retries_are_read():
    retry = parse_retry("3 times every 1 minute doubling")
    assert (retry.times, retry.first.total_seconds(), retry.doubling) == (3, 60, True)
    assert [retry.wait(n).total_seconds() for n in (1, 2, 3)] == [60, 120, 240]
    assert retry.wait(4) is None
    assert parse_retry("1 time every 2 hours").wait(1).total_seconds() == 7200
    assert parse_retry("never").times == 0
    assert parse_retry("1000 times every 1 minute doubling").wait(1000).days == 365


def test_a_day_is_read():
    opens, closes = parse_day("09:00 to 18:00")
    assert (opens.hour, closes.hour) == (9, 18)


def test_iso_8601_is_read(stage):
    assert parse_iso_duration("P3DT2H").days == 3
    assert parse_iso_duration("P3DT2H").seconds == 7200
    assert parse_iso_duration("P1Y2M").months == 14
    assert parse_iso_duration("P2W").days == 14
    assert parse_iso_duration("PT0.5S").seconds == 0.5
    assert parse_iso_duration("PT0S").seconds == 0

    def at(text):
        return parse_iso_when(text).resolve(stage.facts, stage.calendar, purpose=POINT)

    assert at("P1D") == shanghai("2026-10-01 16:00")  # keeps the time of day
    assert at("PT24H") == shanghai("2026-10-01 16:00")
    assert at("2026-10-15T10:00:00Z") == shanghai("2026-10-15 18:00")
    assert at("2026-10-15T10:00:00") == shanghai("2026-10-15 10:00")


def test_iso_8601_cycles_are_read(stage):
    def firings(text, count):
        every = parse_iso_every(text)
        return [every.occurrence(n, stage.facts, stage.calendar) for n in range(1, count + 1)]

    assert firings("R3/PT10H", 4) == [
        shanghai("2026-10-01 02:00"), shanghai("2026-10-01 12:00"), shanghai("2026-10-01 22:00"), None,
    ]  # fmt: skip
    assert firings("R/P1D", 2) == [shanghai("2026-10-01 16:00"), shanghai("2026-10-02 16:00")]
    assert firings("R/2027-01-31T09:00:00+08:00/P1M", 3) == [
        shanghai("2027-01-31 09:00"), shanghai("2027-02-28 09:00"), shanghai("2027-03-31 09:00"),
    ]  # fmt: skip


def test_ranges_are_split():
    assert split_range("活动前7天起至活动前1天") == ("活动前7天", "活动前1天")
    assert split_range("活动前7天至活动前1天") == ("活动前7天", "活动前1天")
    assert split_range("从活动前7天到活动前1天") == ("活动前7天", "活动前1天")
    assert split_range("T-7 ~ T-1") == ("T-7", "T-1")
    assert split_range("T-7～T-1") == ("T-7", "T-1")
    assert split_range("活动前7天——活动前1天") == ("活动前7天", "活动前1天")
    assert split_range("from 7 days before event to event end") == ("7 days before event", "event end")
    for single in (
        "活动前7天",
        "T-7",
        "30 days before event",
        "到期前2天",
        "至活动前1天",
        "活动前3天至",
        "a~b~c",
        "",
    ):
        assert split_range(single) is None


def test_chinese_numerals():
    read = {
        "十": 10,
        "两": 2,
        "二十": 20,
        "三十五": 35,
        "一百二十": 120,
        "一百零五": 105,
        "两百": 200,
        "一千零一": 1001,
    }
    assert {text: number(text) for text in read} == read
    assert number("１２".translate(str.maketrans("１２", "12"))) == 12
    for wrong in (
        "",
        "十十",
        "百",
        "三百五五",
        "一百一五",
        "零五",
        "二两",
        "五百零",
        "一〇",
        "abc",
        "1.5",
        "²",
    ):
        assert number(wrong) is None


@pytest.mark.parametrize(
    "value", [1, 9, 10, 11, 20, 21, 99, 100, 101, 110, 111, 999, 1000, 1001, 1010, 1100, 9999]
)
def test_chinese_numerals_are_read_as_they_are_spelled(value):
    from signoff.time.numeral import _spelled

    assert number(_spelled(value)) == value
