"""The clocks of every zone from 2026 to 2030 as the C library shows them: an oracle that shares no code with ours.

Where the C library finds its zones is set to the very files that Python reads, so that editions cannot differ.
"""

import os
import time
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path

FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)
_MARGIN = 3 * 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Stretch:
    """From `start` (seconds since 1970) clocks are `offset` seconds ahead of UTC."""

    start: int
    offset: int


@dataclass(frozen=True)
class Clocks:
    """What clocks show in a zone."""

    stretches: tuple[Stretch, ...]

    @property
    def changes(self) -> list[datetime]:
        """When clocks are set to another time."""
        return [_EPOCH + timedelta(seconds=stretch.start) for stretch in self.stretches[1:]]

    def instant(self, shown: datetime) -> datetime:
        """The first instant at which clocks show it; for what is never shown, later by the length of the gap."""
        seconds = round((shown.replace(tzinfo=UTC) - _EPOCH).total_seconds())
        ends = [stretch.start for stretch in self.stretches[1:]] + [seconds + 2 * _MARGIN]
        for stretch, end in zip(self.stretches, ends, strict=True):
            at = seconds - stretch.offset
            if at < end:  # what a gap leaves out lies behind its end, and is read by the clocks before it
                return _EPOCH + timedelta(seconds=at)
            if at < end + max(0, self._forward(end)):
                return _EPOCH + timedelta(seconds=at)
        raise AssertionError("the last stretch has no end")

    def _forward(self, change: int) -> int:
        """By how many seconds clocks are set forward then."""
        before = max((s for s in self.stretches if s.start < change), key=lambda s: s.start)
        after = next((s for s in self.stretches if s.start == change), before)
        return after.offset - before.offset


def names() -> list[str]:
    """Every IANA zone that a user may name."""
    return sorted(zoneinfo.available_timezones())


@contextmanager
def c_library() -> Iterator[None]:
    """The C library's zone can be set while this lasts, and is as before afterwards."""
    before = {name: os.environ.get(name) for name in ("TZ", "TZDIR")}
    folder = next((path for path in zoneinfo.TZPATH if Path(path).is_dir()), None)
    os.environ["TZDIR"] = folder or str(resources.files("tzdata") / "zoneinfo")
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        time.tzset()


def clocks(zone: str) -> Clocks:
    """The clocks of a zone; within `c_library`."""
    os.environ["TZ"] = f":{zone}"
    time.tzset()
    begin = int(datetime(FIRST.year, 1, 1, tzinfo=UTC).timestamp()) - _MARGIN
    end = int(datetime(LAST.year + 1, 1, 1, tzinfo=UTC).timestamp()) + _MARGIN
    found = [Stretch(begin, _offset(begin))]
    for start in range(begin, end, 86_400):
        if _offset(start + 86_400) != found[-1].offset:
            found.append(_change(start, start + 86_400))
    return Clocks(tuple(found))


def _offset(at: int) -> int:
    return time.localtime(at).tm_gmtoff


def _change(low: int, high: int) -> Stretch:
    """The one change of offset in (low, high]."""
    before = _offset(low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle) == before else (low, middle)
    return Stretch(high, _offset(high))
