"""A calendar of working days: days off, make-up working days, opening hours and a zone.

Pure and immutable; the data comes from outside (`runtime.calendars` builds it, the store keeps it by version).
May import errors; nothing else of signoff.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from signoff.errors import DefinitionError

DAY = timedelta(days=1)
WEEK = 7
_COUNTED_ONE_BY_ONE = 60  # days; beyond it whole weeks are counted and the exceptions looked up


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked, from when to when, and where.

    `off` are days off that would otherwise be worked, `work` worked days that would otherwise be off (调休);
    `weekend` counts from 0 = Monday. Days after the year `confirmed_through` are provisional. `version` names
    the stored calendar that this one is or was derived from. Raises DefinitionError for a contradiction.
    """

    name: str
    zone: str
    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})
    confirmed_through: int = 0
    opens: time = field(default=time(9))
    closes: time = field(default=time(18))
    version: str = ""

    def __post_init__(self) -> None:
        if both := sorted(self.off & self.work):
            raise DefinitionError(
                "calendar_contradiction", calendar=self.name, days=[str(day) for day in both]
            )
        if not self.opens < self.closes:
            raise DefinitionError(
                "calendar_hours", calendar=self.name, opens=_clock(self.opens), closes=_clock(self.closes)
            )
        if self.weekend >= set(range(WEEK)) or not self.weekend <= set(range(WEEK)):
            raise DefinitionError("calendar_weekend", calendar=self.name, weekend=sorted(self.weekend))
        _zone(self.zone)

    # copies and the stored form ---------------------------------------------------------------------------

    def sealed(self) -> "Calendar":
        """A copy whose `version` is the first 16 hex digits of the SHA-256 of its canonical JSON."""
        content = {key: value for key, value in self.to_json().items() if key != "version"}
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return replace(self, version=hashlib.sha256(text.encode()).hexdigest()[:16])

    def with_hours(self, opens: time, closes: time) -> "Calendar":
        """A copy with a process's own day; the version still names the stored calendar."""
        return replace(self, opens=opens, closes=closes)

    def with_zone(self, zone: str) -> "Calendar":
        """A copy with a process's own IANA zone; the version still names the stored calendar."""
        return replace(self, zone=zone)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, lists sorted."""
        return {
            "name": self.name,
            "zone": self.zone,
            "off": sorted(day.isoformat() for day in self.off),
            "work": sorted(day.isoformat() for day in self.work),
            "weekend": sorted(self.weekend),
            "confirmed_through": self.confirmed_through,
            "opens": _clock(self.opens),
            "closes": _clock(self.closes),
            "version": self.version,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Calendar":
        """The calendar that `to_json` wrote; the version is taken as written."""
        return cls(
            name=value["name"],
            zone=value["zone"],
            off=frozenset(map(date.fromisoformat, value["off"])),
            work=frozenset(map(date.fromisoformat, value["work"])),
            weekend=frozenset(value["weekend"]),
            confirmed_through=value["confirmed_through"],
            opens=time.fromisoformat(value["opens"]),
            closes=time.fromisoformat(value["closes"]),
            version=value["version"],
        )

    # days -------------------------------------------------------------------------------------------------

    def is_working(self, day: date) -> bool:
        return day in self.work or (day.weekday() not in self.weekend and day not in self.off)

    def is_confirmed(self, day: date) -> bool:
        """Whether the authority's plan for that year is known."""
        return day.year <= self.confirmed_through

    def is_settled(self, day: date) -> bool:
        """Whether it is certain that the day is worked, or not; else what is computed with it is provisional.

        The last week of a year is not before the plan of the next one is known: that may move working days there.
        """
        return self.is_confirmed(min(day, date.max - WEEK * DAY) + WEEK * DAY)

    @property
    def is_announced(self) -> bool:
        """Whether years are confirmed one by one; where every day is certain for ever, nothing is provisional."""
        return self.confirmed_through < date.max.year

    def roll_back(self, day: date) -> date:
        """`day` if it is worked, else the last working day before it."""
        while not self.is_working(day):
            day -= DAY
        return day

    def roll_forward(self, day: date) -> date:
        """`day` if it is worked, else the first working day after it."""
        while not self.is_working(day):
            day += DAY
        return day

    def add_working(self, day: date, n: int) -> date:
        """The nth working day strictly after `day`, strictly before it for a negative n; `day` itself for 0."""
        left = abs(n)
        while left:  # a stretch of `left` days holds at most `left` working days, so no jump goes too far
            if n > 0:
                target = day + left * DAY
                left -= self.count_working(day, target)
            else:
                target = day - left * DAY
                left -= self.count_working(target - DAY, day - DAY)
            day = target
        return day

    def count_working(self, a: date, b: date) -> int:
        """Working days in (a, b]; negative when b lies before a."""
        if b < a:
            return -self.count_working(b, a)
        days = (b - a).days
        if days <= _COUNTED_ONE_BY_ONE:
            return sum(self.is_working(a + n * DAY) for n in range(1, days + 1))
        weeks, rest = divmod(days, WEEK)
        plain = weeks * (WEEK - len(self.weekend))
        plain += sum((b - n * DAY).weekday() not in self.weekend for n in range(rest))
        extra = sum(a < day <= b and day.weekday() in self.weekend for day in self.work)
        return plain + extra - sum(a < day <= b and day.weekday() not in self.weekend for day in self.off)

    # instants ---------------------------------------------------------------------------------------------

    def local(self, day: date, at: time) -> datetime:
        """The instant in UTC when clocks here show `at` on `day`.

        A time that a clock change skips is moved on by the length of the gap; of a time shown twice, the first.
        """
        return datetime.combine(day, at, _zone(self.zone)).astimezone(UTC)

    def day_of(self, instant: datetime) -> date:
        """The date here at that instant."""
        return self.here(instant).date()

    def here(self, instant: datetime) -> datetime:
        """The same instant as clocks here show it."""
        return instant.astimezone(_zone(self.zone))

    def add_working_hours(self, instant: datetime, hours: float) -> datetime:
        """`hours` of opening time after the instant, before it for negative hours; closed time does not count."""
        left = timedelta(hours=abs(hours))
        day = self.day_of(instant)
        step = DAY if hours >= 0 else -DAY
        while left:
            if self.is_working(day):
                start, end = self.local(day, self.opens), self.local(day, self.closes)
                start, end = (max(start, instant), end) if hours > 0 else (start, min(end, instant))
                open_time = max(end - start, timedelta())
                if left <= open_time:
                    return start + left if hours > 0 else end - left
                left -= open_time
            day += step
        return instant.astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as problem:  # a missing zone, a path, a folder of zones
        raise DefinitionError("unknown_zone", zone=name) from problem


def _clock(at: time) -> str:
    return at.isoformat("minutes") if not at.second and not at.microsecond else at.isoformat()
