"""The English half of the time grammar (language §8): words are separated by blanks, keywords in any case.

    when  = ( "within" span | span ("before" | "after") anchor | anchor ) [ "at" HH:MM ] [ roll ] ;
    every = ( days | UNIT | span ) [ "at" HH:MM ] [ "during" WINDOW ] [ "for" N "times" ] ;

May import `phrase`, `moment`, `recurrence` and what they build on.
"""

import re
from dataclasses import dataclass

from signoff.time import hints
from signoff.time.anchor import Anchor, AnchorKind, Edge, Side
from signoff.time.hanging import hung, no_hours
from signoff.time.moment import Roll, When
from signoff.time.phrase import Phrase
from signoff.time.recurrence import Every, Pattern
from signoff.time.span import MOST, Span, Unit, month_day


def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{text})(?![\w-])", re.IGNORECASE)


_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ROLLS = {"exactly": Roll.NONE, "rolled back": Roll.BACK, "rolled forward": Roll.FORWARD}

_NUMBER = re.compile(r"[0-9]+(?![\w.,:-])")
_UNIT = _word(f"(?P<unit>{'|'.join(sorted(MOST, key=len, reverse=True))})(?P<s>s?)")
_WITHIN, _AT, _AND, _DURING, _FOR, _TIMES = map(_word, ("within", "at", "and", "during", "for", "times?"))
_SIDE = _word("before|after")
_EDGE = _word("start|end")
_ROLL = _word("|".join(_ROLLS))
_PLAIN_DAY = _word("(working )?day")
_WEEKDAY = _word("|".join(_DAYS))
_MONTH_DAY = _word("month on day ([0-9]+)")
_MONTH_LAST = _word("month on the last (working )?day")
_YEAR_DAY = re.compile(r"year on ([0-9]{2})-([0-9]{2})(?![\w-])", re.IGNORECASE)
_NAMED_EDGE = re.compile(r"(\S+) (?:start|end)(?= at |$)", re.IGNORECASE)


def when(phrase: Phrase) -> When:
    """Read a whole phrase as a moment. Raises UnreadablePhrase."""
    anchor, side, length = _hanging(phrase)
    at = None
    if phrase.take(_AT) and (at := phrase.clock(digits=2)) is None:
        raise phrase.error(hints.CLOCK)
    found = phrase.take(_ROLL)
    roll = _ROLLS[found[0].lower()] if found else None
    phrase.finish()
    return When(anchor, side, length, at, roll, text=phrase.source)


def _hanging(phrase: Phrase) -> tuple[Anchor, Side, Span | None]:
    if phrase.take(_WITHIN):
        return Anchor(AnchorKind.OPENED), Side.AFTER, _needed_span(phrase)
    length = span(phrase)
    if length is None:
        return _anchor(phrase, Side.AT), Side.AT, None
    found = phrase.take(_SIDE)
    if found is None:
        raise phrase.error(hints.SIDE)
    side = Side(found[0].lower())
    return _anchor(phrase, side), side, length


def _anchor(phrase: Phrase, side: Side) -> Anchor:
    anchor = phrase.anchor()
    if anchor is None:
        raise _no_anchor(phrase, side)
    found = phrase.take(_EDGE)
    if found and not phrase.words.is_window(anchor):
        raise phrase.error(hints.ONLY_WINDOW)
    return hung(phrase, anchor, Edge(found[0].lower()) if found else Edge.EITHER, side)


def _no_anchor(phrase: Phrase, side: Side) -> Exception:
    name = phrase.token()
    if side is not Side.AT and name:
        return phrase.unknown(name)
    found = phrase.take(_NAMED_EDGE)
    return phrase.unknown(found[1]) if found else phrase.error(hints.PHRASE)


def span(phrase: Phrase) -> Span | None:
    """A number and its unit here, or None."""
    start = phrase.at
    count = phrase.count(_NUMBER)
    if count is None:
        return None
    found = phrase.take(_UNIT)
    if found is None:
        raise phrase.error(hints.UNIT)
    return phrase.length(count, Unit(found["unit"].lower()), start)


def _needed_span(phrase: Phrase) -> Span:
    found = span(phrase)
    if found is None:
        raise phrase.error(hints.SPAN)
    return found


@dataclass(frozen=True, slots=True)
class Days:
    """The first part of a recurrence, before its hour, its window and its count."""

    pattern: Pattern
    span: Span | None = None
    weekdays: tuple[int, ...] = ()
    day: int = 0
    month: int = 0


def every(phrase: Phrase) -> Every:
    """Read a whole phrase as a recurrence. Raises UnreadablePhrase."""
    days = _days(phrase)
    at, window, limit = None, "", None
    if phrase.take(_AT):
        no_hours(phrase, days.span)
        if (at := phrase.clock(digits=2)) is None:
            raise phrase.error(hints.CLOCK)
    if phrase.take(_DURING):
        window = _window(phrase)
    if phrase.take(_FOR):
        limit = phrase.count(_NUMBER)
        if limit is None or not phrase.take(_TIMES):
            raise phrase.error(hints.NUMBER)
    phrase.finish()
    return Every(
        days.pattern, days.span, days.weekdays, days.day, days.month, at, window, limit, text=phrase.source
    )


def _window(phrase: Phrase) -> str:
    anchor = phrase.anchor()
    if anchor is None:
        raise phrase.unknown(phrase.token())
    if not phrase.words.is_window(anchor):
        raise phrase.error(hints.ONLY_WINDOW)
    return anchor.id


def _days(phrase: Phrase) -> Days:
    if found := phrase.take(_PLAIN_DAY):
        return Days(Pattern.WORKING_DAY if found[1] else Pattern.DAY)
    if found := phrase.take(_WEEKDAY):
        return Days(Pattern.WEEKDAYS, weekdays=_weekdays(phrase, found[0]))
    if found := phrase.take(_MONTH_DAY):
        return Days(Pattern.MONTH_DAY, day=day_of_month(phrase, found[1]))
    if found := phrase.take(_MONTH_LAST):
        return Days(Pattern.MONTH_LAST_WORKING_DAY if found[1] else Pattern.MONTH_DAY, day=31)
    if found := phrase.take(_YEAR_DAY):
        month, day = day_of_year(phrase, found[1], found[2])
        return Days(Pattern.YEAR_DAY, month=month, day=day)
    start = phrase.at
    if (found := phrase.take(_UNIT)) and not found["s"]:
        return Days(Pattern.SPAN, phrase.length(1, Unit(found["unit"].lower()), start))
    phrase.at = start
    length = span(phrase)
    if length is None:
        raise phrase.error(hints.EVERY)
    return Days(Pattern.SPAN, length)


def _weekdays(phrase: Phrase, first: str) -> tuple[int, ...]:
    found = [first]
    while phrase.take(_AND):
        more = phrase.take(_WEEKDAY)
        if more is None:
            raise phrase.error(hints.EVERY)
        found.append(more[0])
    return tuple(sorted({_DAYS.index(name.lower()) for name in found}))


def day_of_month(phrase: Phrase, text: str) -> int:
    """1 to 31. Raises UnreadablePhrase."""
    day = int(text) if len(text) < 3 else 0
    if not 1 <= day <= 31:
        raise phrase.error(hints.DAY_OF_MONTH)
    return day


def day_of_year(phrase: Phrase, month: str, day: str) -> tuple[int, int]:
    """Month and day, 29 February included. Raises UnreadablePhrase."""
    leap_year = 2024
    wanted = int(month), int(day)
    if not 1 <= wanted[0] <= 12 or not 1 <= wanted[1] <= month_day(leap_year, wanted[0], 31).day:
        raise phrase.error(hints.DAY_OF_YEAR)
    return wanted
