"""Dates, times, instants and durations of FEEL as text (ISO 8601, RFC 3339 with a zone's name; DMN 1.3 §10.3.4.1).

Must import `value` only.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TypeAlias
from zoneinfo import ZoneInfo

from signoff.model.feel.value import Months, span_of

Moment: TypeAlias = "date | datetime | time | timedelta | Months | None"

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIME = re.compile(r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[\w/+-]+)?")
_MONTHS = re.compile(r"(-)?P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?")
_SPAN = re.compile(r"(-)?P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?")


def moment(text: str) -> Moment:
    """Whatever the text names; None for none of them."""
    for read in (date_of, time_of, instant_of, span, months):
        found = read(text)
        if found is not None:
            return found
    return None


def date_of(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def time_of(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second, fraction, zone = found.groups()
    try:
        micros = int((fraction or "0").ljust(6, "0")[:6])
        return time(int(hour), int(minute), int(second), micros, tzinfo=_zone(zone))
    except (ValueError, OSError, KeyError):
        return None


def instant_of(text: str) -> datetime | None:
    """A date alone is its midnight."""
    day, _, clock = text.partition("T")
    found = date_of(day)
    if found is None:
        return None
    at = time_of(clock) if clock else None
    return None if at is None else datetime.combine(found, at)


def span(text: str) -> timedelta | None:
    found = _SPAN.fullmatch(text)
    if found is None or not any(found.groups()[1:]):
        return None
    sign, days, hours, minutes, seconds = found.groups()
    length = (
        Decimal(seconds or 0) + int(minutes or 0) * 60 + int(hours or 0) * 3_600 + int(days or 0) * 86_400
    )
    try:
        return span_of(-length if sign else length)
    except OverflowError:
        return None


def months(text: str) -> Months | None:
    found = _MONTHS.fullmatch(text)
    if found is None or not any(found.groups()[1:]):
        return None
    sign, years, rest = found.groups()
    count = int(years or 0) * 12 + int(rest or 0)
    return Months(-count if sign else count)


def written(value: object) -> str:
    """The text of a moment, as FEEL writes it."""
    if isinstance(value, Months):
        years, rest = divmod(abs(value.count), 12)
        parts = f"{years}Y" * (years > 0) + f"{rest}M" * (rest > 0)
        return ("-" if value.count < 0 else "") + "P" + (parts or "0M")
    if isinstance(value, timedelta):
        return _span_written(value)
    if isinstance(value, datetime):
        return f"{value.date().isoformat()}T{_time_written(value.timetz())}"
    return _time_written(value) if isinstance(value, time) else str(value)


def _time_written(value: time) -> str:
    text = value.replace(tzinfo=None).isoformat()
    text = text.rstrip("0") if "." in text else text
    if isinstance(value.tzinfo, ZoneInfo):
        return f"{text}@{value.tzinfo.key}"
    offset = value.utcoffset()
    if offset is None:
        return text
    return text + "Z" if not offset else text + value.isoformat()[-6:]


def _span_written(value: timedelta) -> str:
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f"{seconds}.{value.microseconds:06d}".rstrip("0") if value.microseconds else str(seconds)
    clock = f"{hours}H" * (hours > 0) + f"{minutes}M" * (minutes > 0) + f"{fraction}S" * (fraction != "0")
    days = f"{value.days}D" * (value.days > 0)
    return f"{sign}P{days}" + ("T" + clock if clock else "" if days else "T0S")


def _zone(text: str | None) -> timezone | ZoneInfo | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    if text.startswith("@"):
        return ZoneInfo(text[1:])
    parts = [int(part) for part in text[1:].split(":")]
    if parts[0] > 14 or any(part > 59 for part in parts[1:]):
        raise ValueError(text)
    offset = timedelta(hours=parts[0], minutes=parts[1])
    return timezone(-offset if text[0] == "-" else offset)
