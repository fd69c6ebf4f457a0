"""A moment that a phrase names: so long before or after something, on a day, at an hour.

Owns the rules of language §8: what a day begins and ends with, and how deadlines move off days that are not
worked. May import `anchor`, `span` and `calendar`.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum

from signoff.time.anchor import Anchor, AnchorKind, Moments, Side
from signoff.time.calendar import Calendar
from signoff.time.span import Span

# What lies beyond the years that can be counted is long past, or never comes.
LONG_PAST = datetime(2, 1, 1, tzinfo=UTC)
NEVER = datetime(9998, 12, 31, tzinfo=UTC)


class Purpose(StrEnum):
    """What a moment is for: a deadline and a lapse end their day, all others begin it."""

    DUE = "due"
    LAPSES = "lapses"
    OPENS = "opens"
    POINT = "point"  # a wait, a timer
    RUNG = "rung"

    @property
    def ends_day(self) -> bool:
        return self in (Purpose.DUE, Purpose.LAPSES)


class Roll(StrEnum):
    """Where a day that is not worked moves."""

    OUTWARD = "outward"  # away from the anchor: before it earlier, after it later
    BACK = "back"
    FORWARD = "forward"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class When:
    """A moment as a phrase names it; equal when it means the same, however it was written.

    `span` None: the anchor itself. `at`: the hour, else the calendar's. `roll`: what the phrase says about days
    that are not worked; None: it says nothing. `whole_day`: the day of the anchor, not its instant (当天).
    """

    anchor: Anchor
    side: Side = Side.AT
    span: Span | None = None
    at: time | None = None
    roll: Roll | None = None
    whole_day: bool = False
    text: str = field(default="", compare=False)

    @classmethod
    def within(cls, span: Span) -> "When":
        """So long after the activity opened or the timer was armed: what `after: SPAN` of a handler means."""
        return cls(Anchor(AnchorKind.OPENED), Side.AFTER, span, text=span.text)

    @property
    def dates(self) -> tuple[str, ...]:
        """Ids of the named dates it reads."""
        return (self.anchor.id,) if self.anchor.kind is AnchorKind.DATE else ()

    @property
    def steps(self) -> tuple[str, ...]:
        """Ids of the steps it counts from."""
        return (self.anchor.id,) if self.anchor.kind is AnchorKind.STEP else ()

    def resolve(
        self, moments: Moments, calendar: Calendar, *, purpose: Purpose, roll: Roll = Roll.OUTWARD
    ) -> datetime | None:
        """The instant in UTC, None while its anchor is unknown; never raises.

        `roll` is for deadlines in days, weeks, months and years whose phrase says nothing itself. Beyond the
        years 1 to 9999 the answer is LONG_PAST or NEVER.
        """
        try:
            return self._resolved(moments, calendar, purpose, roll)
        except OverflowError:
            return LONG_PAST if self.side is Side.BEFORE else NEVER

    def is_provisional(
        self,
        moments: Moments,
        calendar: Calendar,
        *,
        purpose: Purpose = Purpose.DUE,
        roll: Roll = Roll.OUTWARD,
    ) -> bool:
        """Whether it may still move, for it rests on days of which nobody can say yet whether they are worked."""
        works = self.span is not None and self.span.counts_work
        if not works and self._rule(purpose, roll) is Roll.NONE:
            return False
        reached = self.resolve(moments, calendar, purpose=purpose, roll=roll)
        named = self.resolve(moments, calendar, purpose=purpose, roll=Roll.NONE)
        from_ = self.anchor.instant(moments, calendar, self.side) if works else None
        return any(
            not calendar.is_settled(calendar.day_of(at)) for at in (reached, named, from_) if at is not None
        )

    def _resolved(
        self, moments: Moments, calendar: Calendar, purpose: Purpose, roll: Roll
    ) -> datetime | None:
        if not self._names_day:
            return self._instant_rolled(moments, calendar)
        day = self._day(moments, calendar)
        if day is None:
            return None
        day = self._rolled(day, calendar, self._rule(purpose, roll))
        hour = self.at or (calendar.closes if purpose.ends_day else calendar.opens)
        return calendar.local(day, hour)

    @property
    def _names_day(self) -> bool:
        if self.at is not None or self.whole_day:
            return True
        return self.span.in_days if self.span else self.anchor.kind is AnchorKind.DATE

    def _rule(self, purpose: Purpose, roll: Roll) -> Roll:
        if self.roll is not None:
            return self.roll
        moves = purpose is Purpose.DUE and self.span is not None and self.span.rolls
        return roll if moves else Roll.NONE

    def _rolled(self, day: date, calendar: Calendar, rule: Roll) -> date:
        if rule is Roll.NONE:
            return day
        if rule is Roll.BACK or (rule is Roll.OUTWARD and self.side is Side.BEFORE):
            return calendar.roll_back(day)
        return calendar.roll_forward(day)

    def _day(self, moments: Moments, calendar: Calendar) -> date | None:
        if self.span and not self.span.in_days:
            instant = self._instant(moments, calendar)
            return None if instant is None else calendar.day_of(instant)
        day = self.anchor.day(moments, calendar, self.side)
        if day is None or self.span is None:
            return day
        return self.span.times(self._sign).from_day(day, calendar)

    def _instant(self, moments: Moments, calendar: Calendar) -> datetime | None:
        instant = self.anchor.instant(moments, calendar, self.side)
        if instant is None or self.span is None:
            return instant
        return self.span.times(self._sign).add(instant, calendar)

    def _instant_rolled(self, moments: Moments, calendar: Calendar) -> datetime | None:
        """Hours are exact; only what the phrase itself says moves them, and then the hour stays."""
        instant = self._instant(moments, calendar)
        if instant is None or self.roll in (None, Roll.NONE):
            return instant
        here = calendar.here(instant)
        day = self._rolled(here.date(), calendar, self.roll or Roll.NONE)
        return instant if day == here.date() else calendar.local(day, here.time())

    @property
    def _sign(self) -> int:
        return -1 if self.side is Side.BEFORE else 1
