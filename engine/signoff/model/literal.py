"""Values as people write them: numbers, targets, dates, instants, lengths of time. Each reader raises ValueError.

Full-width forms are read as plain ones. Nothing is guessed: what has two readings is refused. Must import
nothing of signoff.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any
from zoneinfo import ZoneInfo

MOST_DIGITS = 28
LONGEST = 100  # characters of a number, a date or a length of time
_EXACT = Context(prec=60)

_GROUPED = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_NUMBER = re.compile(rf"(?P<sign>[-+]?)\s*(?P<digits>{_GROUPED})\s*(?P<unit>%|‰|千|万亿|万|亿)?")
_UNITS = {"%": -2, "‰": -3, "千": 3, "万": 4, "亿": 8, "万亿": 12}
_COMPARE = {
    ">=": ">=",
    "≥": ">=",
    "至少": ">=",
    "不少于": ">=",
    "不低于": ">=",
    "at least": ">=",
    "<=": "<=",
    "≤": "<=",
    "至多": "<=",
    "不超过": "<=",
    "不高于": "<=",
    "at most": "<=",
    ">": ">",
    "超过": ">",
    "高于": ">",
    "over": ">",
    "<": "<",
    "不满": "<",
    "低于": "<",
    "below": "<",
    "==": "==",
    "=": "==",
    "等于": "==",
}
_AFTER = {"+": ">=", "以上": ">=", "以下": "<="}
_TARGET = re.compile(
    rf"(?P<before>{'|'.join(sorted(map(re.escape, _COMPARE), key=len, reverse=True))})?\s*"
    rf"(?P<number>.*?)\s*(?P<after>{'|'.join(map(re.escape, _AFTER))})?"
)
_DATE = re.compile(
    r"(?P<y>[0-9]{4})(?:-(?P<m1>[0-9]{1,2})-(?P<d1>[0-9]{1,2})|/(?P<m2>[0-9]{1,2})/(?P<d2>[0-9]{1,2})"
    r"|年(?P<m3>[0-9]{1,2})月(?P<d3>[0-9]{1,2})日)"
)
_TIME = re.compile(
    r"(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2})(?:\.(?P<f>[0-9]{1,6}))?)?"
    r"\s*(?P<zone>Z|[-+][0-9]{2}:?[0-9]{2})?"
)
_ISO_LENGTH = re.compile(
    r"(?P<sign>-?)P(?:(?P<w>[0-9]+)W)?(?:(?P<d>[0-9]+)D)?"
    r"(?:T(?:(?P<h>[0-9]+)H)?(?:(?P<m>[0-9]+)M)?(?:(?P<s>[0-9]+)(?:\.(?P<f>[0-9]{1,6}))?S)?)?"
)
_LENGTH = re.compile(
    r"(?P<n>[0-9]+)\s*(?:(?P<w>weeks?|周)|(?P<d>days?|天|日)|(?P<h>hours?|个?小时)|(?P<m>minutes?|分钟)|(?P<s>seconds?|秒))"
)
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def plain(text: str) -> str:
    """The text in plain forms, without space around it; too long a text is no literal."""
    if len(text) > LONGEST:
        raise ValueError(text[:LONGEST])
    return unicodedata.normalize("NFKC", text).replace("−", "-").strip()


def number(text: str) -> Decimal:
    """`1,200`, `30%` (0.30), `1万`, `1.2亿`; at most 28 digits."""
    match = _NUMBER.fullmatch(plain(text))
    if not match:
        raise ValueError(text)
    digits = match["digits"].replace(",", "")
    return bounded(_EXACT.scaleb(Decimal(match["sign"] + digits), _UNITS.get(match["unit"] or "", 0)))


def bounded(value: Decimal) -> Decimal:
    """The number itself; ValueError when it is no number or has more than 28 digits before or after the point."""
    if (
        not value.is_finite()
        or abs(value.adjusted()) >= MOST_DIGITS
        or len(value.as_tuple().digits) > MOST_DIGITS
    ):
        raise ValueError(str(value)[:LONGEST])
    shown = Decimal(f"{value:f}") if int(value.as_tuple().exponent) > 0 else value
    return _EXACT.plus(shown)  # no minus before zero


def money(value: Decimal, minor: int) -> Decimal:
    """Rounded half up to the minor unit, so many digits after the point."""
    return value.quantize(Decimal(1).scaleb(-minor), rounding=ROUND_HALF_UP, context=_EXACT)


def target(text: str) -> dict[str, Any]:
    """`50万+`, `<= 2%`, `至少 30%`; a bare number is a floor (`>=`)."""
    match = _TARGET.fullmatch(plain(text))
    if not match or (match["before"] and match["after"]):
        raise ValueError(text)
    compare = _COMPARE.get(match["before"] or "") or _AFTER.get(match["after"] or "", ">=")
    return {"text": text.strip(), "compare": compare, "number": number(match["number"])}


def day(text: str) -> date:
    """`2026-10-15`, `2026/10/15`, `2026年10月15日`."""
    match = _DATE.fullmatch(plain(text))
    if not match:
        raise ValueError(text)
    return _date(match)


def _date(match: re.Match[str]) -> date:
    month = match["m1"] or match["m2"] or match["m3"]
    number = match["d1"] or match["d2"] or match["d3"]
    return date(int(match["y"]), int(month), int(number))


def instant(text: str, zone: str) -> datetime:
    """A day and a time, in `zone` unless the text says otherwise, as an instant in UTC."""
    written = plain(text)
    on = _DATE.match(written)
    at = _TIME.fullmatch(written[on.end() :].lstrip(" T")) if on else None
    if not on or not at:
        raise ValueError(text)
    clock = time(int(at["h"]), int(at["m"]), int(at["s"] or 0), int((at["f"] or "0").ljust(6, "0")))
    written_zone = time.fromisoformat("00:00" + at["zone"]).tzinfo if at["zone"] else None
    return utc(datetime.combine(_date(on), clock, written_zone or ZoneInfo(zone)))


def utc(moment: datetime) -> datetime:
    """The same instant in UTC; ValueError without a zone, outside the years 1 to 9999, or skipped by the clocks."""
    try:
        there = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(str(moment)) from None
    if moment.tzinfo is None or there.astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(
        tzinfo=None
    ):
        raise ValueError(str(moment))
    return there


def length(text: str) -> timedelta:
    """`3 days`, `3天`, `2 小时`, `P1DT2H`; months and years have no fixed length and are refused."""
    written = plain(text)
    match = _LENGTH.fullmatch(written.lower())
    if match:
        return _seconds(int(match["n"]) * _SECONDS[str(match.lastgroup)])
    iso = _ISO_LENGTH.fullmatch(written.upper())
    if not iso or written.upper().endswith(("P", "T")):
        raise ValueError(text)
    total = sum(int(iso[part] or 0) * seconds for part, seconds in _SECONDS.items())
    amount = _seconds(total) + timedelta(microseconds=int((iso["f"] or "0").ljust(6, "0")))
    return -amount if iso["sign"] else amount


def _seconds(seconds: int) -> timedelta:
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        raise ValueError(str(seconds)) from None


def iso_length(value: timedelta) -> str:
    """The ISO 8601 form that `length` reads back exactly."""
    amount = abs(value)
    minutes, seconds = divmod(amount.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{amount.microseconds:06}" if amount.microseconds else ""
    parts = [(amount.days, "D"), (hours, "H"), (minutes, "M")]
    days, *clock = [f"{count}{letter}" if count else "" for count, letter in parts]
    last = f"{seconds}{fraction}S" if seconds or fraction else ""
    times = "".join(clock) + last
    sign = "-" if value < timedelta(0) else ""
    return sign + "P" + (days + (f"T{times}" if times else "") or "T0S")
