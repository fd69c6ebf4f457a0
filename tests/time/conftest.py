"""The calendar, the words and the moments of the examples in the language reference (section Time)."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from signoff.runtime import calendars
from signoff.time.calendar import Calendar
from signoff.time.relative import DateWord, Purpose, Roll, Words, parse_every, parse_when


def shanghai(text: str) -> datetime:
    """`2026-09-30 16:00` in Shanghai, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


@dataclass
class Facts:
    """Moments that are simply told."""

    dates: dict[str, tuple[date, date]] = field(default_factory=dict)
    steps: dict[str, datetime] = field(default_factory=dict)
    opened: datetime | None = None
    due: datetime | None = None
    started: datetime | None = None

    def date(self, id: str) -> tuple[date, date] | None:
        return self.dates.get(id)

    def step(self, id: str) -> datetime | None:
        return self.steps.get(id)


@dataclass
class Stage:
    """Words, moments and calendar together."""

    words: Words
    facts: Facts
    calendar: Calendar

    def when(self, text: str, purpose: Purpose = Purpose.DUE, roll: Roll = Roll.OUTWARD) -> datetime | None:
        return parse_when(text, self.words).resolve(self.facts, self.calendar, purpose=purpose, roll=roll)

    def every(self, text: str, count: int) -> list[datetime | None]:
        every = parse_every(text, self.words)
        return [every.occurrence(n, self.facts, self.calendar) for n in range(1, count + 1)]


@pytest.fixture(scope="session")
def cn() -> Calendar:
    return calendars.build("CN", range(2020, 2032))


@pytest.fixture(scope="session")
def words() -> Words:
    return Words(
        dates={
            "event": DateWord("window", ("活动", "T")),
            "preheat": DateWord("window", ("预热期",)),
            "needed": DateWord("day", ("需用",)),
        },
        steps={"confirm-goals": ("目标确认", "立项"), "draft-budget": ("预算初定",)},
    )


@pytest.fixture
def facts() -> Facts:
    return Facts(
        dates={
            "event": (date(2026, 10, 15), date(2026, 10, 17)),
            "preheat": (date(2026, 10, 8), date(2026, 10, 14)),
            "needed": (date(2026, 11, 30), date(2026, 11, 30)),
        },
        steps={"confirm-goals": shanghai("2026-09-16 11:20")},
        opened=shanghai("2026-09-30 16:00"),
        due=shanghai("2026-09-24 18:00"),
        started=shanghai("2026-08-31 10:00"),
    )


@pytest.fixture
def stage(words: Words, facts: Facts, cn: Calendar) -> Stage:
    return Stage(words, facts, cn)
