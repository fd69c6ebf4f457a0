"""Instants as people read them: in the zone of the process, to the minute, and how far away they are.

Must import only the standard library and the words of the command line.
"""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from signoff_cli.words import counted, t

SOON = timedelta(days=2)


def shown(at: datetime | None, zone: str = "") -> str:
    """`2026-09-15 18:00` in `zone`, or in the zone of this machine; nothing for no instant."""
    return "" if at is None else f"{at.astimezone(_zone(zone)):%Y-%m-%d %H:%M}"


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def lateness(due: datetime | None, now: datetime) -> str:
    """The style of a deadline: late, soon, or nothing."""
    if due is None:
        return ""
    if due < now:
        return "late"
    return "soon" if due - now < SOON else ""


def away(due: datetime | None, now: datetime) -> str:
    """How late, or how long still: `3 days late`, `in 5 hours`."""
    if due is None:
        return ""
    length = _length(abs(due - now))
    return t("{length} late", length=length) if due < now else t("in {length}", length=length)


def _length(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return t("{n} min", n=minutes)
    if minutes < 48 * 60:
        return counted("{n} hour", "{n} hours", minutes // 60)
    return counted("{n} day", "{n} days", minutes // (24 * 60))
