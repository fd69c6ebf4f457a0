"""All IANA zones over five years against the C library's zone rules and dateutil's rrule: no difference."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice

import pytest
from dateutil import rrule

from signoff.kernel.events.time import OccurrencesSkipped, TimerFired
from signoff.model.definition import Definition
from signoff.time.calendar import Calendar
from signoff.time.recurrence import CAUGHT_UP
from signoff.time.relative import Words, parse_every
from tests.kernel.desk import Desk
from tests.kernel.people import process
from tests.time import zones
from tests.time.conftest import Facts
from tests.time.zones import Clocks

SAMPLE = (
    "Africa/Casablanca", "Africa/El_Aaiun", "America/New_York", "America/St_Johns", "America/Santiago", "Asia/Gaza",
    "Asia/Shanghai", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Berlin", "Europe/Dublin", "Pacific/Chatham",
)  # fmt: skip
DAYS = [zones.FIRST + timedelta(days=n) for n in range((zones.LAST - zones.FIRST).days + 1)]
AT = time(2, 30)  # in the gap or the fold of most zones
ARMED = datetime(2025, 12, 31, 12, tzinfo=UTC)

# a recurrence armed on 31 December 2025, and the same as a rule of RFC 5545
RULES = [
    ("day at 02:30", {"freq": rrule.DAILY}),
    ("monday and thursday at 02:30", {"freq": rrule.WEEKLY, "byweekday": (rrule.MO, rrule.TH)}),
    ("month on day 30 at 02:30", {"freq": rrule.MONTHLY, "bymonthday": (28, 29, 30), "bysetpos": -1}),
    ("month on the last day at 02:30", {"freq": rrule.MONTHLY, "bymonthday": -1}),
    ("year on 03-28 at 02:30", {"freq": rrule.YEARLY, "bymonth": 3, "bymonthday": 28}),
    ("year on 02-29 at 02:30", {"freq": rrule.YEARLY, "bymonth": 2, "bymonthday": (28, 29), "bysetpos": -1}),
]


@pytest.fixture(scope="module")
def clocks() -> Iterator[Callable[[str], Clocks]]:
    with zones.c_library():
        yield cache(zones.clocks)


@cache
def shown(rule: int) -> list[datetime]:
    """What clocks show at each occurrence of a rule in the five years: the same in every zone."""
    _, terms = RULES[rule]
    start = datetime.combine(zones.FIRST, AT)
    return list(rrule.rrule(dtstart=start, until=datetime.combine(zones.LAST, AT), **terms))


def wrong_days(zone: str, clocks: Clocks) -> list[tuple[date, time]]:
    """Days and times of day that the calendar reads otherwise than the C library."""
    calendar = Calendar("x", zone)
    near = {change.date() + timedelta(days=n) for change in clocks.changes for n in (-1, 0, 1)}
    fine = [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)]
    cases = [(day, at) for day in DAYS for at in (fine if day in near else (AT,))]
    return [(d, at) for d, at in cases if calendar.local(d, at) != clocks.instant(datetime.combine(d, at))]


def wrong_rules(zone: str, clocks: Clocks) -> list[str]:
    """Recurrences whose occurrences differ from rrule's, read by the C library's clocks."""
    calendar, facts = Calendar("x", zone), Facts(opened=ARMED)
    wrong = []
    for number, (text, _) in enumerate(RULES):
        every = parse_every(text, Words())
        expected = [clocks.instant(at) for at in shown(number)]
        first = every.passed(
            expected[0], facts, calendar
        )  # the day before may be the zone's first of January
        found = [every.occurrence(first + n, facts, calendar) for n in range(len(expected))]
        wrong += [text] * (found != expected)
    return wrong


def kinds(clocks: Callable[[str], Clocks]) -> dict[str, Clocks]:
    """A zone for each of the clocks there are: zones with the same clocks have the same occurrences."""
    found = {clocks(zone): zone for zone in zones.names()}
    assert len(found) > 50
    return {zone: kind for kind, zone in found.items()}


@pytest.mark.parametrize("zone", SAMPLE)
def test_clocks_and_recurrences_agree_with_the_oracles(zone, clocks):
    found = clocks(zone)
    assert wrong_days(zone, found) == []
    assert wrong_rules(zone, found) == []


@pytest.mark.exhaustive
def test_in_every_zone_clocks_and_recurrences_agree_with_the_oracles(clocks):
    assert len(zones.names()) > 400
    assert {zone: wrong for zone in zones.names() if (wrong := wrong_days(zone, clocks(zone)))} == {}
    assert {zone: wrong for zone, kind in kinds(clocks).items() if (wrong := wrong_rules(zone, kind))} == {}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_hours_are_hours_whatever_clocks_show(zone):
    every = parse_every("36 hours", Words())
    found = [every.occurrence(n, Facts(opened=ARMED), Calendar("x", zone)) for n in range(1, 400)]
    assert found == [ARMED + n * timedelta(hours=36) for n in range(1, 400)]


# what is missed around a change of clocks -----------------------------------------------------------------

TICKING = """
zone: {zone}
data: {{ticks: {{type: integer, default: 0}}}}
steps:
  - step: work
    owner: worker
    checklist: [done]
    upon: [{{every: day at 02:30, id: tick, missed: {missed}, set: {{ticks: ticks + 1}}}}]
"""


@cache
def ticking(zone: str, policy: str) -> Definition:
    return process(TICKING.format(zone=zone, missed=policy))


def missed(zone: str, policy: str, down: datetime, up: datetime) -> tuple[list[datetime], int]:
    """What fires (when it was due) and how many were skipped, after nobody was there from `down` to `up`."""
    desk = Desk(ticking(zone, policy), at=down).start()
    calendar, facts = Calendar("x", zone), Facts(opened=down)
    every = parse_every("day at 02:30", Words())
    desk.idle(up)
    desk.advance(up)
    fired = [event.occurrence for _, event in desk.log if isinstance(event, TimerFired)]
    skips = [event for _, event in desk.log if isinstance(event, OccurrencesSkipped)]
    due = [every.occurrence(n, facts, calendar) for n in fired]
    return [at for at in due if at is not None], sum(skip.last - skip.first + 1 for skip in skips)


def expected(clocks: Clocks, policy: str, down: datetime, up: datetime) -> tuple[list[datetime], int]:
    """The same, by the oracles alone."""
    start = down.replace(tzinfo=None) - timedelta(days=2)
    rule = rrule.rrule(rrule.DAILY, dtstart=datetime.combine(start.date(), AT))
    all_ = [clocks.instant(at) for at in islice(rule, 40)]
    due = [at for at in all_ if down < at <= up]
    if not due:
        return [], 0
    following = next(at for at in all_ if at > up)
    match policy:
        case "once":
            return due[:1], len(due) - 1
        case "all":
            assert len(due) <= CAUGHT_UP
            return due, 0
    last = [] if up - due[-1] > (following - due[-1]) / 2 else due[-1:]
    return last, len(due) - len(last)


def wrong_policies(zone: str, clocks: Clocks, changes: list[datetime]) -> list[tuple[str, datetime]]:
    wrong = []
    for change in changes:
        down = change - timedelta(days=2, hours=5)
        for up in (
            change + timedelta(minutes=40),
            change + timedelta(days=1, hours=9),
            change + timedelta(days=5),
        ):
            cases = ((policy, down, up) for policy in ("once", "all", "skip"))
            wrong += [(c[0], up) for c in cases if missed(zone, *c) != expected(clocks, *c)]
    return wrong


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe"])
def test_what_was_missed_across_a_change_of_clocks_follows_its_policy(zone, clocks):
    found = clocks(zone)
    assert wrong_policies(zone, found, found.changes[:2]) == []


@pytest.mark.exhaustive
def test_in_every_zone_what_was_missed_follows_its_policy(clocks):
    june = [datetime(2026, 6, 15, 12, tzinfo=UTC)]
    wrong = {zone: wrong_policies(zone, kind, kind.changes or june) for zone, kind in kinds(clocks).items()}
    assert {zone: found for zone, found in wrong.items() if found} == {}
