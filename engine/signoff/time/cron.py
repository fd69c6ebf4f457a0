"""Cron expressions of imported files, as far as they mean days of the calendar at one time of day.

Five fields as on Unix, six or seven as in Java, whose numbers of weekdays differ from one reader to the next: there a
weekday is written by its name. Whatever else is refused. May import `recurrence`, `hints` and errors.
"""

import re
from collections.abc import Mapping
from datetime import time

from signoff.errors import UnreadablePhrase
from signoff.time import hints
from signoff.time.recurrence import Every, Pattern

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_NAMED: Mapping[str, int] = {name: number for number, name in enumerate(_DAYS)}
_NUMBERED: Mapping[str, int] = {"7": 6} | {
    str((number + 1) % 7): number for number in range(7)
}  # 0 and 7 are Sunday
_ANY = ("*", "?")
_SURE = 28  # the last day that every month has: a later one is left out by cron in shorter months
_FIELDS = {5: (), 6: ("0",), 7: ("0",)}


def is_cron(text: str) -> bool:
    """Whether a text has the form of a cron expression, whatever it means."""
    return len(text.split()) in _FIELDS and re.fullmatch(r"[-0-9A-Za-z*/?,#\s]+", text) is not None


def parse_cron(text: str) -> Every:
    """`0 9 * * 1-5`, `0 0 9 ? * MON-FRI`, `30 17 L * *`: every day, weekday, or day of a month or year at one time.

    Raises UnreadablePhrase for what is no cron expression, and for what means anything else.
    """
    fields = text.upper().split()
    if not is_cron(text):
        raise _refused(text)
    named_only = len(fields) > 5
    if named_only and (fields[0] != "0" or fields[6:] not in ([], ["*"], ["?"])):
        raise _refused(text)
    minute, hour, day, month, weekday = fields[1:6] if named_only else fields
    at = _at(hour, minute)
    found = None if at is None else _days(day, month, weekday, {} if named_only else _NUMBERED)
    if found is None:
        raise _refused(text)
    pattern, days, day_number, month_number = found
    return Every(pattern, None, days, day_number, month_number, at, text=text)


def _refused(text: str) -> UnreadablePhrase:
    return UnreadablePhrase("unreadable_when", text=text, offset=0, hint=hints.CRON)


def _at(hour: str, minute: str) -> time | None:
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        return None
    return time(int(hour), int(minute))


def _days(
    day: str, month: str, weekday: str, numbers: Mapping[str, int]
) -> tuple[Pattern, tuple[int, ...], int, int] | None:
    """The pattern with its weekdays, its day and its month."""
    if weekday not in _ANY:
        found = _weekdays(weekday, numbers) if day in _ANY and month in _ANY else ()
        return (Pattern.WEEKDAYS, found, 0, 0) if found else None
    if day in _ANY:
        return (Pattern.DAY, (), 0, 0) if month in _ANY else None
    number = 31 if day == "L" else int(day) if day.isdigit() and 1 <= int(day) <= _SURE else 0
    if not number:
        return None
    if month in _ANY:
        return Pattern.MONTH_DAY, (), number, 0
    place = _MONTHS.index(month) + 1 if month in _MONTHS else int(month) if month.isdigit() else 0
    return (Pattern.YEAR_DAY, (), number, place) if 1 <= place <= 12 else None


def _weekdays(text: str, numbers: Mapping[str, int]) -> tuple[int, ...]:
    """Names or numbers, alone, in ranges, or several; nothing for anything else."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        begin, end = (_NAMED.get(each, numbers.get(each, -1)) for each in (first, last or first))
        if begin < 0 or end < 0:
            return ()
        found |= {(begin + n) % 7 for n in range((end - begin) % 7 + 1)}
    return tuple(sorted(found))
