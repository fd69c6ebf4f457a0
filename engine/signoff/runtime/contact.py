"""Where a person is reached, and when: what a directory tells a channel. Must import nothing of signoff."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

#: What a digest does not keep waiting: somebody is late, or somebody waits for an answer.
PRESSING = frozenset({"overdue", "born_late", "urge", "incident", "question"})
_DAY = timedelta(days=1)
_QUIET = re.compile(r"([0-9]{2}:[0-9]{2}) to ([0-9]{2}:[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Contact:
    """`active` is false for somebody who is known and has left; `lang` is empty where nobody said it.

    `channels`: by which of them notices are wanted; none: by all. `quiet`: when none are wanted, as `22:00 to 08:00`.
    `digest`: the time of day at which what does not press comes, all at once.
    """

    id: str
    name: str = ""
    mail: str = ""
    lang: str = ""
    active: bool = True
    channels: tuple[str, ...] = ()
    quiet: str = ""
    digest: str = ""

    def waits_until(self, now: datetime, zone: str, kind: str) -> datetime | None:
        """Until when a notice of this kind waits, by the clocks of that zone; None: it goes out now."""
        here = now.astimezone(ZoneInfo(zone))
        if self.digest and kind not in PRESSING:
            return _next(here, time.fromisoformat(self.digest))
        quiet = quiet_of(self.quiet) if self.quiet else None
        if quiet is None or not _within(here.time(), *quiet):
            return None
        return _next(here, quiet[1])


def quiet_of(text: str) -> tuple[time, time] | None:
    """From when until when, over midnight too; None for a text that does not say it."""
    found = _QUIET.fullmatch(text.strip())
    times = tuple(clock_of(each) for each in found.groups()) if found else (None, None)
    first, last = times[0], times[1]
    return (first, last) if first is not None and last is not None and first != last else None


def clock_of(text: str) -> time | None:
    """A time of day as HH:MM, or None."""
    try:
        return time.fromisoformat(text) if re.fullmatch("[0-9]{2}:[0-9]{2}", text) else None
    except ValueError:
        return None


def _within(now: time, first: time, last: time) -> bool:
    return first <= now < last if first < last else now >= first or now < last


def _next(here: datetime, at: time) -> datetime:
    """The next moment at which clocks there show that time."""
    today = here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0, fold=0)
    return today if here.replace(fold=0) < today else today + _DAY
