"""A recurrence as a phrase names it, and its nth occurrence.

The nth occurrence is computed from the anchor every time, never from the one before: lateness and short months
do not accumulate. May import `anchor`, `span` and `calendar`.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from signoff.time.anchor import Moments, written
from signoff.time.calendar import DAY, Calendar
from signoff.time.span import Span, month_day


class Pattern(StrEnum):
    """Which days a recurrence names; a SPAN is counted from its anchor."""

    DAY = "day"
    WORKING_DAY = "working day"
    WEEKDAYS = "weekdays"
    MONTH_DAY = "month on day"
    MONTH_LAST_WORKING_DAY = "month on the last working day"
    YEAR_DAY = "year on"
    SPAN = "span"


class Missed(StrEnum):
    """What becomes of occurrences for which nobody was there in time.

    ONCE: the earliest fires late, for all of them. ALL: each fires, in order, at most the last `CAUGHT_UP` of them.
    SKIP: none fires once more than half the time to the next one has passed. What does not fire is recorded.
    """

    ONCE = "once"
    ALL = "all"
    SKIP = "skip"


CAUGHT_UP = 100  # occurrences that one timer catches up with at most: a recurrence by the second is no storm


@dataclass(frozen=True, slots=True)
class Every:
    """A recurrence; equal when it means the same, however it was written.

    Days of the calendar (every day, Mondays, the 31st) begin with the first one after the moment it was armed,
    which may be the same day; in a window, with its first day. A span is counted from the moment it was armed:
    anchor + n × span; in a window the first occurrence is the window's first day (its opening hour, for hours)
    and none lies after its last. A day that a month lacks is its last day. `start`: an ISO 8601 time of the
    first occurrence, of imported files.
    """

    pattern: Pattern
    span: Span | None = None
    weekdays: tuple[int, ...] = ()  # 0 = Monday, ascending
    day: int = 0  # of the month
    month: int = 0
    at: time | None = None
    window: str = ""
    limit: int | None = None
    start: str = ""
    text: str = field(default="", compare=False)

    @property
    def dates(self) -> tuple[str, ...]:
        """Ids of the named dates it reads."""
        return (self.window,) if self.window else ()

    @property
    def steps(self) -> tuple[str, ...]:
        """Ids of the steps it counts from: none, the grammar has no such recurrence."""
        return ()

    def occurrence(self, n: int, moments: Moments, calendar: Calendar) -> datetime | None:
        """The nth occurrence, from 1, in UTC; None past its end or while its anchor is unknown."""
        assert n >= 1, "occurrences count from 1"
        if self.limit is not None and n > self.limit:
            return None
        try:
            return self._within(self._nth(n, moments, calendar), moments, calendar)
        except OverflowError:  # after the year 9999
            return None

    def after(self, instant: datetime, moments: Moments, calendar: Calendar) -> tuple[int, datetime] | None:
        """The number and the instant of the first occurrence strictly after `instant`, or None."""
        number = self.passed(instant, moments, calendar) + 1
        found = self.occurrence(number, moments, calendar)
        return None if found is None else (number, found)

    def passed(self, instant: datetime, moments: Moments, calendar: Calendar) -> int:
        """How many occurrences lie at or before `instant`."""

        def passed(n: int) -> bool:
            found = self.occurrence(n, moments, calendar)
            return found is not None and found <= instant

        low, high = 0, 1  # `low` is passed, `high` is not; doubled, then halved
        while passed(high):
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if passed(middle) else (low, middle)
        return low

    def is_late(self, n: int, instant: datetime, moments: Moments, calendar: Calendar) -> bool:
        """Whether at `instant` more than half the time from the nth occurrence to the next has passed.

        The last one has as long as the one before it had; a single one is never too late.
        """
        here = self.occurrence(n, moments, calendar)
        next = self.occurrence(n + 1, moments, calendar)
        before = self.occurrence(n - 1, moments, calendar) if n > 1 else None
        if here is None or (next is None and before is None):
            return False
        length = next - here if next is not None else here - before  # type: ignore[operator]  # one of them is there
        return instant - here > length / 2

    def _nth(self, n: int, moments: Moments, calendar: Calendar) -> datetime | None:
        if self.window:
            window = moments.date(self.window)
            return None if window is None else self._in_window(n, window[0], calendar)
        if self.start:
            assert self.span is not None
            return self.span.times(n - 1).add(written(self.start, calendar), calendar)
        return None if moments.opened is None else self._from(n, moments.opened.astimezone(UTC), calendar)

    def _in_window(self, n: int, first: date, calendar: Calendar) -> datetime:
        if self.span is None:
            return self._on(self._matching(n, first - DAY, calendar), calendar)
        span = self.span.times(n - 1)
        if self.span.in_days:
            return self._on(span.from_day(first, calendar), calendar)
        return span.add(calendar.local(first, calendar.opens), calendar)

    def _from(self, n: int, opened: datetime, calendar: Calendar) -> datetime:
        today = calendar.day_of(opened)
        if self.span is None:
            over = self._on(self._matching(1, today - DAY, calendar), calendar) <= opened
            return self._on(self._matching(n + over, today - DAY, calendar), calendar)
        span = self.span.times(n)
        if span.in_days:
            return self._on(span.from_day(today, calendar), calendar)
        return span.add(opened, calendar)

    def _on(self, day: date, calendar: Calendar) -> datetime:
        return calendar.local(day, self.at or calendar.opens)

    def _within(self, found: datetime | None, moments: Moments, calendar: Calendar) -> datetime | None:
        window = moments.date(self.window) if self.window else None
        if found is None or window is None:
            return found
        return found if calendar.day_of(found) <= window[1] else None

    def _matching(self, n: int, day: date, calendar: Calendar) -> date:
        """The nth day of this pattern strictly after `day`."""
        match self.pattern:
            case Pattern.WORKING_DAY:
                return calendar.add_working(day, n)
            case Pattern.WEEKDAYS:
                weeks, place = divmod(n - 1, len(self.weekdays))
                week = [day + k * DAY for k in range(1, 8)]
                return [d for d in week if d.weekday() in self.weekdays][place] + timedelta(weeks=weeks)
            case Pattern.MONTH_DAY | Pattern.MONTH_LAST_WORKING_DAY:
                month = day.year * 12 + day.month - 1
                month += self._in_month(month, calendar) <= day
                return self._in_month(month + n - 1, calendar)
            case Pattern.YEAR_DAY:
                year = day.year + (month_day(day.year, self.month, self.day) <= day)
                return month_day(year + n - 1, self.month, self.day)
        return day + n * DAY

    def _in_month(self, month: int, calendar: Calendar) -> date:
        """The day of the pattern in a month counted from the year 0."""
        day = month_day(month // 12, month % 12 + 1, self.day)
        return calendar.roll_back(day) if self.pattern is Pattern.MONTH_LAST_WORKING_DAY else day
