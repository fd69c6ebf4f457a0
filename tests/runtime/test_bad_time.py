"""Times that cannot be meant: each is a clear error with its place, or recorded; none is skipped, none becomes a storm."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from signoff import (
    Engine,
    Invalid,
    InvalidDefinition,
    RungFired,
    StaticDirectory,
    VirtualClock,
    read_definition,
)
from signoff.kernel.events.flow import InstanceStarted
from signoff.kernel.events.time import DueSet, OccurrencesSkipped, TimerFired
from signoff.testing import Sandbox

PEOPLE: Any = {"amy": {"groups": ("makers",)}, "bob": {"groups": ("bosses",)}, "root": {"admin": True}}
FAIR = """
signoff: 1
process: fair
lang: en
data: {day: {type: date}}
dates: {fair: {day: day}}
roles: {maker: {group: makers}, boss: {group: bosses}}
start: {by: [maker], form: {fill: [day]}}
steps:
  - step: plan
    owner: maker
    due: 30 days before fair
    checklist: [done]
    escalate:
      - {level: L0, at: 2 working days before due, notify: [pending]}
      - {level: L1, at: due, notify: [boss]}
      - {level: L2, at: 1 working day after due, notify: [boss]}
upon:
  - {request: reschedule, by: [maker], moves: [day]}
"""
TICK = """
signoff: 1
process: tick
lang: en
zone: UTC
calendar: PLAIN
roles: {maker: {group: makers}}
start: {by: [maker]}
data: {beats: {type: integer, default: 0}}
steps:
  - step: work
    owner: maker
    checklist: [done]
    upon: [{every: 1 second, id: beat, missed: MISSED, set: {beats: beats + 1}}]
"""


def box(*definitions: str, at: str = "2026-11-02T09:00+08:00") -> Sandbox:
    found = Sandbox(at=at, people=PEOPLE)
    found.deploy(*definitions)
    return found


@pytest.mark.parametrize(
    ("right", "wrong", "code", "line"),
    [
        ("30 days before fair", "about a month before", "P01", 12),
        ("30 days before fair", "活动前大约30天", "P01", 12),
        ("30 days before fair", "30 days before fiar", "P01", 12),
        ("at: due,", "at: soon,", "P01", 16),
        ("lang: en", "zone: Asia/Peking", "S01", 4),
        ("moves: [day]}", "moves: [day]}\n  - {every: year on 02-31, id: y, steps: []}", "P01", 20),
        ("moves: [day]}", "moves: [day]}\n  - {every: 0 seconds, id: y, steps: []}", "P01", 20),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(right: str, wrong: str, code: str, line: int) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        read_definition(FAIR.replace(right, wrong), file="fair.yaml")
    assert (code, line) in [(problem.code, problem.place.line) for problem in caught.value.problems]


@pytest.mark.parametrize("day", ["2027-02-31", "31 February", "2027-13-01", "soon"])
def test_a_day_that_does_not_exist_is_no_date(day: str) -> None:
    with pytest.raises(Invalid) as caught:
        box(FAIR).start("fair", {"day": day}, by="amy")
    assert day in caught.value.sentence("en")


def test_a_deadline_before_the_start_is_born_late_and_climbs_no_ladder() -> None:
    office = box(FAIR)
    case = office.start("fair", {"day": date(2026, 11, 10)}, by="amy")
    office.advance("PT0S")
    (due,) = [event for event in case.events if isinstance(event, DueSet)]
    assert due.born_late
    assert {notice.to.id for notice in office.post.sent if notice.kind == "born_late"} == {"amy"}
    assert not [event for event in case.events if isinstance(event, RungFired) and event.level == "L2"]


def test_an_event_is_not_moved_into_the_past() -> None:
    office = box(FAIR)
    case = office.start("fair", {"day": date(2027, 3, 1)}, by="amy")
    with pytest.raises(Invalid) as caught:
        office.engine.reschedule(case.instance, {"day": "2026-11-01"}, by="amy")
    assert caught.value.code == "moved_into_past"
    assert not [e for e in case.events if isinstance(e, DueSet) and e.moved]


def test_a_cycle_that_fires_every_second_is_warned_of() -> None:
    read = read_definition(TICK.replace("MISSED", "once"), file="tick.yaml")
    assert [(problem.code, problem.warning) for problem in read.warnings] == [("P06", True)]


@pytest.mark.parametrize(("missed", "most"), [("once", 1), ("all", 101), ("skip", 1)])
def test_a_cycle_of_a_second_is_no_storm_after_two_days_of_downtime(missed: str, most: int) -> None:
    office = box(TICK.replace("MISSED", missed))
    case = office.start("tick", by="amy")
    office.clock.set(office.clock.now() + timedelta(hours=48))
    office.engine.worker().drain()
    fired = [event for event in case.events if isinstance(event, TimerFired)]
    skipped = [event for event in case.events if isinstance(event, OccurrencesSkipped)]
    assert 0 <= len(fired) <= most
    assert sum(event.last - event.first + 1 for event in skipped) + len(fired) >= 48 * 3600 - 1
    assert case.active == {"work": 1}


def test_a_clock_that_jumps_by_hours_to_and_fro_fires_nothing_early_or_twice_or_never(ready: str) -> None:
    begin = datetime.fromisoformat("2026-11-02T09:00+08:00")
    clock = VirtualClock(begin)
    engine = Engine(ready, directory=StaticDirectory(PEOPLE), clock=clock)
    try:
        engine.deploy(TICK.replace("MISSED", "all").replace("1 second", "30 minutes"))
        id = engine.start("tick", by="amy").instance
        daemons = [engine.worker(), engine.worker()]
        for n, hours in enumerate(
            (1, 4, 2, 5, 3, 6, 1, 7)
        ):  # to and fro; what the clock shows is what counts
            clock.set(begin + timedelta(hours=hours))
            daemons[n % 2].drain()
        records = engine.history(id)
        times = [record.at for record in records]
        assert times == sorted(times)  # recorded time never runs backwards
        fired = [
            (event.occurrence, record.at)
            for record in records
            for event in record.events
            if isinstance(event, TimerFired)
        ]
        assert [number for number, _ in fired] == list(
            range(1, 15)
        )  # seven hours, every half an hour, each once
        assert all(at >= begin + number * timedelta(minutes=30) for number, at in fired)
        assert engine.dead_letters() == []
        assert engine.verify().findings == ()
        assert isinstance(records[0].events[0], InstanceStarted)
    finally:
        engine.dispose()
