"""A hundred thousand timers in real time: four daemons with wrong clocks, killed and restarted, on one PostgreSQL.

On demand: `pytest -n 0 -s -m soak tests/runtime/test_soak.py`. SIGNOFF_SOAK_TIMERS and SIGNOFF_SOAK_RATE (a second)
say how many.
"""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from signoff import Engine, SystemClock
from signoff.runtime import execution, intake
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.store.schema import instance, journal
from signoff.store.unit import Unit
from tests.runtime.fleet import PEOPLE, TIMER
from tests.runtime.soldier import POLL

NUMBER = int(os.environ.get("SIGNOFF_SOAK_TIMERS", "100000"))
RATE = int(os.environ.get("SIGNOFF_SOAK_RATE", "500"))
SEEDED = int(os.environ.get("SIGNOFF_SOAK_SEEDED", "400"))  # a second, by one process
SKEWS = (300, -300, 120, 0)
WAIT = timedelta(hours=1)
RISE = timedelta(seconds=10)  # until the daemons are there
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Army:
    """Daemons in processes of their own; one is killed, or asked to end, and started anew."""

    url: str
    skews: tuple[int, ...]
    chance: random.Random
    killed: int = 0
    ended: int = 0
    _ranks: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def _enlist(self, skew: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.runtime.soldier", self.url, str(skew)]
        return subprocess.Popen(command, cwd=ROOT)

    def march(self, length: timedelta) -> None:
        """Let them march that long; one that falls on its own ends the test."""
        with suppress(subprocess.TimeoutExpired):
            code = self._ranks[0].wait(length.total_seconds())
            raise AssertionError(f"a daemon ended with {code}")

    def strike(self) -> None:
        """Take one at random out, and start it anew at once."""
        place = self.chance.randrange(len(self._ranks))
        if self.chance.random() < 0.5:
            self._ranks[place].kill()
            self.killed += 1
        else:
            self._ranks[place].terminate()
            self.ended += 1
        self._ranks[place].wait()
        self._ranks[place] = self._enlist(self.skews[place])

    @contextmanager
    def marching(self) -> Iterator[None]:
        self._ranks = [self._enlist(skew) for skew in self.skews]
        try:
            yield
        finally:
            for each in self._ranks:
                each.send_signal(signal.SIGTERM)
            for each in self._ranks:
                each.wait(timeout=60)


def _seed(url: str, number: int, rate: int) -> tuple[Engine, datetime]:
    """So many instances whose timers fall due `rate` a second, and when the first does."""
    first = SystemClock().now() + timedelta(seconds=number / SEEDED) + RISE
    clock = VirtualClock(first)
    seeding = Engine(url, directory=StaticDirectory(PEOPLE), clock=clock)
    (version,) = seeding.deploy(TIMER.replace("5 seconds", "1 hour"))
    assert version
    ann = seeding.actor("ann")
    given = {"data": {}, "key": "", "title": "", "picks": {}, "request_id": ""}
    for begin in range(0, number, 200):
        with Unit(seeding.core.database) as unit:
            for place in range(begin, min(begin + 200, number)):
                clock.set(first + timedelta(seconds=place / rate) - WAIT)
                execution.perform(seeding.core, unit, intake.start("pause", ann, given))
    return seeding, first


def _fired(engine: Engine) -> int:
    with engine.core.database.read() as handle:
        found = select(func.count()).select_from(instance).where(instance.c.n > 1)
        return int(handle.connection.execute(found).scalar_one())


def _late(engine: Engine) -> tuple[list[float], int]:
    """How late each timer fired, in seconds, and how many instances fired not exactly once."""
    times = select(instance.c.started_at, journal.c.recorded_at, journal.c.bytes).join(
        journal, (journal.c.instance == instance.c.id) & (journal.c.shard == instance.c.shard)
    )
    with engine.core.database.read() as handle:
        rows = handle.connection.execute(times.where(journal.c.bytes.contains('"is":"TimerFired"'))).all()
        odd = handle.connection.execute(
            select(func.count()).select_from(instance).where(instance.c.n != 2)
        ).scalar_one()
    micros = WAIT // timedelta(microseconds=1)
    return sorted((row.recorded_at - row.started_at - micros) / 1e6 for row in rows), int(odd)


def _march(url: str, number: int, rate: int, skews: tuple[int, ...]) -> None:
    engine, first = _seed(url, number, rate)
    army = Army(url, skews, random.Random(1))
    last = first + timedelta(seconds=number / rate + 120)
    started = SystemClock().now()
    with army.marching():
        while SystemClock().now() < last and _fired(engine) < number:
            army.march(timedelta(seconds=10))
            if SystemClock().now() > first:
                army.strike()
    late, odd = _late(engine)
    over = (SystemClock().now() - started).total_seconds()
    p50, p99 = late[len(late) // 2], late[int(len(late) * 0.99)]
    print(
        f"\n{len(late)} timers, {rate} a second, {len(skews)} daemons, {army.killed} killed, {army.ended} restarted:"
        f" late p50 {p50:.3f} s, p99 {p99:.3f} s, longest {late[-1]:.3f} s; seeded late by "
        f"{max(0.0, (started - first).total_seconds()):.0f} s; {over:.0f} s in all"
    )
    assert (len(late), odd) == (number, 0), "each exactly once"
    assert late[0] >= 0, "none early"
    if started < first:  # else the seeding was overtaken by what it seeded
        assert p99 <= 2 * POLL.total_seconds()
    engine.dispose()


@pytest.mark.soak
def test_four_daemons_on_postgresql(postgres_ready: str) -> None:
    _march(postgres_ready, NUMBER, RATE, SKEWS)


@pytest.mark.soak
def test_two_daemons_on_sqlite(ready: str) -> None:
    if ready.startswith("sqlite"):
        _march(ready, NUMBER // 10, RATE // 10, (0, 0))
