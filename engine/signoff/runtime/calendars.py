"""Builds calendars from the `holidays` library and an organisation's own overrides.

The only place that knows the library, which is imported when first needed; everything else reads stored
calendars. May import time/ and errors.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from signoff.errors import DefinitionError
from signoff.time.calendar import DAY, Calendar
from signoff.time.relative import parse_day

PLAIN = "PLAIN"
ROUND_THE_CLOCK = "24x7"
ALWAYS = 9999  # nobody announces anything for these calendars, so every year is confirmed

# Countries that move working days by a notice of their own for each year: without it a year is provisional.
_ANNOUNCED = ("CN",)
_ZONES = {"CN": "Asia/Shanghai"}


def build(name: str, years: range, *, overrides: Mapping[str, Any] | None = None) -> Calendar:
    """The sealed calendar of a country for these years, with an organisation's overrides on top.

    `name`: an ISO 3166 code (CN, DE), with a subdivision (DE-BY), PLAIN or none for Monday to Friday, 24x7 for
    every day. CN has its make-up working days (调休) and is confirmed through the last year that the library
    knows them for; other countries through the last of `years`. `overrides` may hold `off` and `work` (lists
    of dates), `hours` ("09:00 to 18:00"), `zone` and `confirmed_through`. Raises DefinitionError.
    """
    calendar = _simple(name) or _national(name, years)
    return _overridden(calendar, overrides or {}).sealed()


def _simple(name: str) -> Calendar | None:
    if name.upper() in (PLAIN, "NONE"):
        return Calendar(PLAIN, "UTC", confirmed_through=ALWAYS)
    if name == ROUND_THE_CLOCK:
        return Calendar(
            name, "UTC", weekend=frozenset(), confirmed_through=ALWAYS, opens=time(0), closes=time(23, 59)
        )
    return None


@lru_cache(maxsize=16)  # to ask the library about each day of many years takes a tenth of a second
def _national(name: str, years: range) -> Calendar:
    import holidays  # noqa: PLC0415 - takes a quarter of a second, and most runs read a stored calendar

    country, _, subdivision = name.partition("-")
    if not (len(country) == 2 and country.isascii() and country.isupper()):
        raise DefinitionError("unknown_calendar", calendar=name)
    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    except (NotImplementedError, AttributeError) as problem:
        raise DefinitionError("unknown_calendar", calendar=name) from problem
    weekend = frozenset(found.weekend)
    worked = {day: found.is_working_day(day) for day in _days(years)}
    made_up = getattr(found, "weekend_workdays", ())
    return Calendar(
        name,
        _ZONES.get(country, "UTC"),
        off=frozenset(day for day, works in worked.items() if not works and day.weekday() not in weekend),
        work=frozenset(day for day, works in worked.items() if works and day.weekday() in weekend),
        weekend=weekend,
        confirmed_through=_confirmed(country, years, made_up),
    )


def _days(years: range) -> Iterator[date]:
    for year in years:
        day = date(year, 1, 1)
        while day.year == year:
            yield day
            day += DAY


def _confirmed(country: str, years: range, made_up: Iterable[date]) -> int:
    """The library knows a year's notice when it knows make-up days of that year; there were some in every one."""
    if country in _ANNOUNCED:
        return max((day.year for day in made_up if day.year in years), default=0)
    return max(years, default=0)


def _overridden(calendar: Calendar, overrides: Mapping[str, Any]) -> Calendar:
    for key, value in overrides.items():
        wrong_text = key in ("hours", "zone") and not isinstance(value, str)
        if wrong_text or key not in ("off", "work", "hours", "zone", "confirmed_through"):
            raise _misread(calendar, key, value)
    off, work = (frozenset(_dates(calendar, key, overrides.get(key) or ())) for key in ("off", "work"))
    if both := sorted(off & work):
        raise DefinitionError(
            "calendar_contradiction", calendar=calendar.name, days=[str(day) for day in both]
        )
    opens, closes = (
        parse_day(overrides["hours"]) if "hours" in overrides else (calendar.opens, calendar.closes)
    )
    return replace(
        calendar,
        off=(calendar.off - work) | {day for day in off if day.weekday() not in calendar.weekend},
        work=(calendar.work - off) | {day for day in work if day.weekday() in calendar.weekend},
        confirmed_through=_year(calendar, overrides.get("confirmed_through", calendar.confirmed_through)),
        opens=opens,
        closes=closes,
        zone=overrides.get("zone", calendar.zone),
    )


def _dates(calendar: Calendar, key: str, values: object) -> Iterator[date]:
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
        raise _misread(calendar, key, values)
    for value in values:
        if isinstance(value, date) and not isinstance(value, datetime):
            yield value
            continue
        try:
            yield date.fromisoformat(value)
        except (TypeError, ValueError) as problem:
            raise _misread(calendar, key, value) from problem


def _year(calendar: Calendar, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= ALWAYS:
        raise _misread(calendar, "confirmed_through", value)
    return value


def _misread(calendar: Calendar, key: str, value: object) -> DefinitionError:
    return DefinitionError("calendar_override", calendar=calendar.name, key=key, value=value)
