"""Daemons on one database, their clocks wrong by minutes, killed at random: each timer fires once, and none early."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from signoff.runtime.clock import VirtualClock
from signoff.runtime.worker import QUICK_LEASE
from tests.runtime.fleet import LADDER, TIMER, Machine, MovedClock, fired, together

AT = datetime.fromisoformat("2027-01-04T09:00+00:00")
TICK = timedelta(seconds=1)
WAIT = timedelta(seconds=5)
SKEWS = (timedelta(minutes=5), timedelta(minutes=-5), timedelta(seconds=90), timedelta())


class Shared(VirtualClock):
    """What every machine and the SQLite file go by."""

    url: str

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def moved(ready: str) -> Iterator[Any]:
    """A clock that decides what is due: the database's own on PostgreSQL."""
    if ready.startswith("sqlite"):
        clock: Any = Shared(AT)
        clock.url = ready
    else:
        clock = MovedClock(ready, AT)
    yield clock
    clock.close()


def _machines(moved: Any) -> list[Machine]:
    if isinstance(moved, Shared):
        return [Machine(moved.url, skew, moved) for skew in SKEWS[:2]]
    return [Machine(moved.url, skew) for skew in SKEWS]


def _run(moved: Any, number: int, seed: int) -> tuple[list[timedelta], int]:
    """How late each of so many timers fired, ten a second, and how often a daemon was killed."""
    chance, due = random.Random(seed), {}
    machines = _machines(moved)
    machines[0].engine.deploy(TIMER)
    while len(due) < number:
        for _ in range(10):
            starting = chance.choice(machines).engine
            instance = starting.start("pause", by="ann").instance
            due[instance] = starting.show(instance).state.started_at + WAIT
        moved.advance(TICK)
        together(machines, chance, 0.2)
    for step in (1, 1, 1, 1, 1, 1, 30, 30):  # what is due, then what killed daemons had in hand
        moved.advance(step * TICK)
        together(machines, chance, 0)
    late = []
    for instance, at in due.items():
        ((_, when),) = fired(machines[0].engine, instance)
        late.append(when - at)
    assert not machines[0].engine.verify().findings
    for machine in machines:
        machine.close()
    return sorted(late), sum(machine.deaths for machine in machines)


def _check(late: list[timedelta], deaths: int) -> None:
    assert late[0] >= timedelta(), "none early"
    assert late[len(late) // 2] <= TICK
    assert late[-1] <= 60 * TICK + QUICK_LEASE, "what a killed daemon had in hand"
    assert deaths


def test_every_timer_fires_once_and_none_early(moved: Any) -> None:
    _check(*_run(moved, 40, seed=1))


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(3))
def test_every_timer_fires_once_and_none_early_as_often_as_one_likes(moved: Any, seed: int) -> None:
    _check(*_run(moved, 300, seed))


def test_after_two_days_of_downtime_each_timer_and_each_missed_rung_fires_once_in_order(moved: Any) -> None:
    machines = _machines(moved)
    engine = machines[0].engine
    engine.deploy(TIMER, LADDER)
    pauses = [engine.start("pause", by="ann").instance for _ in range(5)]
    reports = [engine.start("report", by="ann").instance for _ in range(5)]
    moved.advance(timedelta(hours=48))
    chance = random.Random(2)
    together(machines, chance, 0.5)
    for _ in range(5):
        moved.advance(timedelta(seconds=40))
        together(machines, chance, 0)
    for instance in pauses:
        assert len(list(fired(engine, instance))) == 1
    for instance in reports:
        assert [level for level, _ in fired(machines[1].engine, instance)] == ["L0", "L1", "L2"]
    for machine in machines:
        machine.close()
