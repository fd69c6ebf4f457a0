"""A length of time: calendar months, days, working days, working hours and seconds, never mixed up.

A month is no fixed number of days and a day no fixed number of hours. Owns the arithmetic and the ISO 8601
reader of durations; the phrases of the language are read in `english` and `chinese`. May import `calendar`.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from signoff.errors import UnreadablePhrase
from signoff.time import hints
from signoff.time.calendar import Calendar


class Unit(StrEnum):
    """The units that phrases count in."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    WORKING_HOUR = "working hour"
    DAY = "day"
    WORKING_DAY = "working day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Measure(StrEnum):
    """What days, weeks and months of a span lead to."""

    DAY = "day"  # they name a day; what is done with it decides its hour
    CLOCK = "clock"  # they keep the time of day, as ISO 8601 durations do


# A hundred years of each: longer is a slip of the pen.
MOST = {
    Unit.SECOND: 3_155_760_000,
    Unit.MINUTE: 52_596_000,
    Unit.HOUR: 876_600,
    Unit.WORKING_HOUR: 250_000,
    Unit.DAY: 36_525,
    Unit.WORKING_DAY: 26_000,
    Unit.WEEK: 5_218,
    Unit.MONTH: 1_200,
    Unit.YEAR: 100,
}


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time; `text` is how it was written and does not count in comparisons."""

    months: int = 0
    days: int = 0
    working_days: int = 0
    working_hours: int = 0
    seconds: float = 0
    measure: Measure = Measure.DAY
    text: str = field(default="", compare=False)

    @classmethod
    def of(cls, count: int, unit: Unit, text: str = "") -> "Span":
        match unit:
            case Unit.SECOND:
                return cls(seconds=count, text=text)
            case Unit.MINUTE:
                return cls(seconds=count * 60, text=text)
            case Unit.HOUR:
                return cls(seconds=count * 3600, text=text)
            case Unit.WORKING_HOUR:
                return cls(working_hours=count, text=text)
            case Unit.DAY:
                return cls(days=count, text=text)
            case Unit.WORKING_DAY:
                return cls(working_days=count, text=text)
            case Unit.WEEK:
                return cls(days=count * 7, text=text)
            case Unit.MONTH:
                return cls(months=count, text=text)
            case Unit.YEAR:
                return cls(months=count * 12, text=text)

    @property
    def in_days(self) -> bool:
        """Whether it names a day; hours and ISO durations lead to an instant."""
        return self.measure is Measure.DAY and bool(self.months or self.days or self.working_days)

    @property
    def rolls(self) -> bool:
        """Whether a `due` counted in it moves off a day that is not worked: days, weeks, months and years do."""
        return self.measure is Measure.DAY and bool(self.months or self.days)

    @property
    def counts_work(self) -> bool:
        """Whether its length depends on which days are worked."""
        return bool(self.working_days or self.working_hours)

    @property
    def fixed(self) -> timedelta | None:
        """Its length when that is the same everywhere (seconds, minutes, hours), else None."""
        if self.months or self.days or self.working_days or self.working_hours:
            return None
        return timedelta(seconds=self.seconds)

    def times(self, n: int) -> "Span":
        """So many of them, counted from the same anchor: the last day of a month is found anew, never accumulated."""
        if n == 1:
            return self
        return Span(
            months=self.months * n,
            days=self.days * n,
            working_days=self.working_days * n,
            working_hours=self.working_hours * n,
            seconds=self.seconds * n,
            measure=self.measure,
        )

    def from_day(self, day: date, calendar: Calendar) -> date:
        """The day that lies this far from `day`, hours left out; OverflowError beyond the years 1 to 9999."""
        day = months_after(day, self.months) + timedelta(days=self.days)
        return calendar.add_working(day, self.working_days)

    def add(self, instant: datetime, calendar: Calendar) -> datetime:
        """That instant moved by this span, in UTC: days keep the time of day here, hours are exact."""
        moved = instant.astimezone(UTC)
        if self.months or self.days or self.working_days:
            here = calendar.here(instant)
            moved = calendar.local(self.from_day(here.date(), calendar), here.time())
        moved += timedelta(seconds=self.seconds)
        return calendar.add_working_hours(moved, self.working_hours) if self.working_hours else moved


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months on, or that month's last day; OverflowError beyond year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return month_day(year, month + 1, day.day)


def month_day(year: int, month: int, day: int) -> date:
    """That day of the month, or its last day when the month is shorter."""
    if not 1 <= year <= 9999:
        raise OverflowError(f"year {year}")
    return date(year, month, min(day, monthrange(year, month)[1]))


_ISO = re.compile(
    r"P(?=[0-9T])(?:(?P<years>[0-9]{1,9})Y)?(?:(?P<months>[0-9]{1,9})M)?(?:(?P<weeks>[0-9]{1,9})W)?(?:(?P<days>[0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,12}(?:[.,][0-9]{1,6})?)H)?(?:(?P<minutes>[0-9]{1,12}(?:[.,][0-9]{1,6})?)M)?"
    r"(?:(?P<seconds>[0-9]{1,12}(?:[.,][0-9]{1,6})?)S)?)?"
)


def parse_iso_duration(text: str) -> Span:
    """An ISO 8601 duration (P3DT2H, PT0.5S, P2W); days keep the time of day. Raises UnreadablePhrase."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise UnreadablePhrase("unreadable_when", text=text, offset=0, hint=hints.ISO_DURATION)
    part = {name: float((value or "0").replace(",", ".")) for name, value in found.groupdict().items()}
    seconds = part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"]
    months, days = part["years"] * 12 + part["months"], part["weeks"] * 7 + part["days"]
    if months > MOST[Unit.MONTH] or days > MOST[Unit.DAY] or seconds > MOST[Unit.SECOND]:
        raise UnreadablePhrase("unreadable_when", text=text, offset=0, hint=hints.TOO_LONG)
    whole = int(seconds) if seconds.is_integer() else seconds
    return Span(months=int(months), days=int(days), seconds=whole, measure=Measure.CLOCK, text=text)
