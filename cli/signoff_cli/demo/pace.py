"""When people do what waits for them: in office hours, half-way to the deadline, a little apart from each other.

Arithmetic only; must not ask the engine or any clock.
"""

import zlib
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(9, 10), time(17, 0)
_VOTE = timedelta(minutes=50)
_SOON = timedelta(minutes=10)
_SATURDAY = 5


def work(now: datetime, due: datetime | None, zone: ZoneInfo, name: str) -> datetime:
    """When work of this name, which may be done from `now`, is handed in: before `due` if that lies ahead."""
    if due is None or due <= now + _SOON:
        return now + _SOON
    half = now + (due - now) / 2
    at = _office(half, zone) + _apart(name)
    return at if at < due else max(half, due - timedelta(hours=1), now)


def vote(now: datetime, zone: ZoneInfo, name: str) -> datetime:
    """When somebody votes who is asked at `now`."""
    return _office(now + _VOTE, zone) + _apart(name)


def overdue(due: datetime, zone: ZoneInfo) -> datetime:
    """When work that is left late is handed in at the latest."""
    return _office(due + timedelta(days=10), zone)


def _apart(name: str) -> timedelta:
    return timedelta(minutes=zlib.crc32(name.encode()) % 47)


def _office(at: datetime, zone: ZoneInfo) -> datetime:
    """The first moment from `at` on that lies in office hours from Monday to Friday."""
    local = at.astimezone(zone)
    if local.time() > CLOSES:
        local = datetime.combine(local.date() + timedelta(days=1), OPENS, zone)
    elif local.time() < OPENS:
        local = datetime.combine(local.date(), OPENS, zone)
    while local.weekday() >= _SATURDAY:
        local = datetime.combine(local.date() + timedelta(days=1), OPENS, zone)
    return local
