"""Cron of imported files: read where it means days at one time of day, exactly; refused where it means anything else."""

from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger

from signoff.errors import UnreadablePhrase
from signoff.time.calendar import Calendar
from signoff.time.relative import is_cron, parse_cycle, parse_every
from tests.time.conftest import Facts

SHANGHAI = Calendar("PLAIN", "Asia/Shanghai", confirmed_through=9999)
UNIX = [
    "0 9 * * *",
    "30 17 * * 1-5",
    "15 6 * * 0,6",
    "0 0 1 * *",
    "45 23 28 * *",
    "0 8 1 1 *",
    "0 12 * * fri-mon",
    "0 12 24 DEC *",
]
JAVA = [
    ("0 0 9 * * MON-FRI", "monday and tuesday and wednesday and thursday and friday at 09:00"),
    ("0 0 9 ? * MON-FRI *", "monday and tuesday and wednesday and thursday and friday at 09:00"),
    ("0 30 17 L * ?", "month on the last day at 17:30"),
    ("0 0 9 * * *", "day at 09:00"),
]


@pytest.mark.parametrize("text", UNIX)
def test_it_fires_when_another_reader_says(text: str) -> None:
    armed = datetime(2026, 3, 20, 11, 30, tzinfo=UTC)
    day, month, weekday = text.upper().split()[2:]
    named = weekday.replace("0,6", "sun,sat").replace("1-5", "mon-fri").replace("FRI-MON", "fri,sat,sun,mon")
    minute, hour = text.split()[:2]
    oracle = CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=named.lower(), timezone="Asia/Shanghai"
    )
    every, face = parse_cycle(text), Facts(opened=armed)
    expected, last = [], None
    for _ in range(12):
        last = oracle.get_next_fire_time(last, armed if last is None else last + timedelta(seconds=1))
        assert last is not None
        expected.append(last.astimezone(UTC))
    assert [every.occurrence(n, face, SHANGHAI) for n in range(1, 13)] == expected


@pytest.mark.parametrize(("text", "phrase"), JAVA)
def test_it_means_what_a_phrase_means(text: str, phrase: str, words) -> None:  # type: ignore[no-untyped-def]  # a fixture
    assert parse_cycle(text) == parse_every(phrase, words)


@pytest.mark.parametrize(
    "text",
    [
        "*/5 * * * *", "0 9-17 * * *", "0 9 31 * *", "0 9 1 * 1", "0 9 * 1 *", "0 9 * * 8", "60 9 * * *", "0 24 * * *",
        "0 0 9 ? * 2-6", "30 0 9 * * *", "0 0 9 ? * MON-FRI 2027", "0 9 1,15 * *", "0 9 * * 1#2", "0 9 L-3 * *",
    ],
)  # fmt: skip
def test_what_means_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UnreadablePhrase):
        parse_cycle(text)


def test_what_is_no_cron_is_not_taken_for_it() -> None:
    assert not any(map(is_cron, ("R3/PT10H", "2027-01-31T09:00:00Z", "day at 09:00 for 3 times", "")))
