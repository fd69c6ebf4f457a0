"""What the grammar does not know is refused, with the place and what to write instead; never guessed."""

import pytest

from signoff.errors import UnreadablePhrase
from signoff.time.relative import (
    DateWord,
    Words,
    parse_day,
    parse_every,
    parse_iso_duration,
    parse_iso_every,
    parse_iso_when,
    parse_retry,
    parse_span,
    parse_when,
)

WRONG = [
    "", " ", "soon", "tomorrow", "asap", "next monday", "30 days", "30days before event", "event", "preheat",
    "0 days before event", "活动前0天", "within 0 hours", "30 days before", "days before event", "before event",
    "30 days event", "1.5 days before event", "-3 days before event", "thirty days before event",
    "30 days before event at 9", "30 days before event at 25:00", "30 days before event at 9:00",
    "30 days before event at noon", "30 days before event rolled", "30 days before event rolled up",
    "30 days before event exactly exactly", "30 days before event, at 09:00", "30 fortnights before event",
    "within 3 days of event", "within", "within event", "needed start", "opened end", "confirm-goals start",
    "1000000 days before event", "99999999999999999999 days before event", "30 days before event-2",
    "活动", "活动前", "活动30天", "活动前30", "活动前天", "活动前半个月", "活动前3月", "活动前十十天", "活动前30天左右",
    "活动前一周左右", "活动前30天内", "大约活动前30天", "尽快", "下周一", "月底", "立项开始", "活动完成", "立项后5个工作日以前",
    "T-", "T-0", "T--3", "T-30-5", "T-3d", "X", "提前1天", "当天", "提前", "活动当天晚上", "活动前1天下午", "活动前1天24:00",
    "活动前1天12点", "活动前7天起至活动前1天", "2026-10-15", "10月15日", "P3D", "* * * * *", "day at 17:30",
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_a_plausible_but_wrong_phrase_is_refused(text, words):
    with pytest.raises(UnreadablePhrase) as caught:
        parse_when(text, words)
    assert caught.value.params["text"] == text
    assert 0 <= caught.value.params["offset"] <= len(text)
    assert "{" not in caught.value.sentence("en")
    assert "{" not in caught.value.sentence("zh")


WRONG_EVERY = [
    "", "daily", "every day", "days", "event", "day at", "day at 9:00", "day during", "day during needed", "2 days for",
    "day for 0 times", "day for 3", "0 days", "10 hours at 09:00", "monday and", "monday, thursday", "mon", "mondays",
    "month on day 0", "month on day 32", "month on the first day", "year on 13-01", "year on 02-30", "year on 1-1",
    "day for 3 times during event", "30 days before event", "每", "每隔2天", "每周一次", "每周八", "每月32日", "每月0日",
    "每年2月30日", "每天早上", "每10小时09:00", "需用期间每天", "活动期间", "活动每天", "每天共0次", "每天共三", "天", "每个天",
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG_EVERY)
def test_a_plausible_but_wrong_recurrence_is_refused(text, words):
    with pytest.raises(UnreadablePhrase) as caught:
        parse_every(text, words)
    assert caught.value.params["text"] == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("30 days before evnt", "evnt"),
        ("3 days after deploy", "deploy"),
        ("deploy start", "deploy"),
        ("上线前3天", "上线"),
        ("上线完成后3个工作日", "上线"),
        ("上线当天", "上线"),
        ("X-30", "X"),
    ],
)
def test_an_unknown_anchor_has_its_own_code_and_lists_the_known_ones(text, name, words):
    with pytest.raises(UnreadablePhrase) as caught:
        parse_when(text, words)
    assert caught.value.code == "unknown_anchor"
    assert caught.value.params["name"] == name
    assert caught.value.params["known"][:3] == ["event", "preheat", "needed"]


def test_an_unknown_anchor_names_the_nearest_known_one(words):
    with pytest.raises(UnreadablePhrase, match="did you mean `event`"):
        parse_when("30 days before evnt", words)
    with pytest.raises(UnreadablePhrase, match="unknown anchor `evnt`"):
        parse_every("day during evnt", words)
    with pytest.raises(UnreadablePhrase, match="unknown anchor `上线`"):
        parse_every("上线期间每天", words)


def test_the_offset_says_where_reading_stopped(words):
    for text, rest in [
        ("30 days before event roled back", "roled back"),
        ("30 dayz before event", "dayz before event"),
        ("活动前30天晚上", "晚上"),
        ("within 3 days at noon", "noon"),
    ]:
        with pytest.raises(UnreadablePhrase) as caught:
            parse_when(text, words)
        assert text[caught.value.params["offset"] :] == rest


def test_a_word_with_two_meanings_is_refused():
    words = Words(dates={"event": DateWord("window", ("活动",))}, steps={"hold-event": ("活动",)})
    with pytest.raises(UnreadablePhrase) as caught:
        parse_when("活动前3天", words)
    assert caught.value.code == "ambiguous_anchor"
    assert parse_when("3 days before event", words).dates == ("event",)


def test_what_leaves_the_date_out_needs_exactly_one_date(words):
    for text in ("提前1天", "当天", "D-3"):
        for several in (words, Words()):
            with pytest.raises(UnreadablePhrase):
                parse_when(text, several)


@pytest.mark.parametrize(
    ("parse", "texts"),
    [
        (parse_span, ["", "0 days", "days", "30", "30 days ago", "1,5 days", "P3D", "forever", "三", "101 years"]),
        (parse_retry, ["", "3", "3 times", "0 times every 1 minute", "3 times every 2 days", "3 times every 1 minute trebling",
                       "always", "9999 times every 1 minute", "3 times every 99999 hours"]),
        (parse_day, ["", "09:00", "18:00 to 09:00", "09:00 to 09:00", "9:00 to 18:00", "09:00-18:00", "09:00 to 25:00", "09:00 to 18:00 daily"]),
        (parse_iso_duration, ["", "P", "PT", "P1", "1D", "-P1D", "P1DT", "P1.5D", "P1H", "PT1D", "P9999999D", "P1D x"]),
        (parse_iso_when, ["", "tomorrow", "2026-13-01", "P", "0001-01-01T00:00:00"]),
        (parse_iso_every, ["", "R3", "R3/", "R-1/PT1H", "R3/PT0S", "R3/tomorrow/PT1H", "0 0 * * *", "R3/PT1H/2027-01-01T00:00:00Z"]),
    ],
)  # fmt: skip
def test_every_reader_refuses_what_it_does_not_know(parse, texts):
    for text in texts:
        with pytest.raises(UnreadablePhrase):
            parse(text)
