"""Daemons on one database: what is due is done once, a stop waits for what is under way, nothing fires early."""

import threading
from collections import Counter
from datetime import timedelta

import pytest

from signoff.kernel.events.time import RungFired, TimerFired
from signoff.runtime.channels import Notice
from signoff.runtime.clock import VirtualClock
from signoff.runtime.daemon import Daemon
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.engine import Engine
from signoff.runtime.pool import Pool
from signoff.store import migrations
from signoff.store.database import Database

LADDER = """
signoff: 1
process: report
lang: en
calendar: PLAIN
zone: UTC
roles: {staff: {group: staff}, boss: {group: bosses}}
start: {by: [staff]}
steps:
  - step: write
    owner: staff
    due: within 2 days
    escalate:
      - {at: 1 day before due, level: L0, notify: [pending]}
      - {at: due, level: L1, notify: [pending]}
      - {at: 1 day after due, level: L2, notify: [boss]}
    upon:
      - after: 1 day
        steps:
          - step: remind
            owner: boss
"""

PEOPLE = StaticDirectory({"lin": {"groups": ("staff",)}, "chen": {"groups": ("bosses",)}})
PATIENCE = 60  # seconds: only a hang takes so long


class Letters:
    """A channel that keeps what it was given."""

    name = "letters"

    def __init__(self) -> None:
        self.sent: list[Notice] = []

    def send(self, notice: Notice, /) -> None:
        self.sent.append(notice)


@pytest.fixture
def ready(database: str) -> str:
    own = Database(database)
    migrations.create(own)
    own.dispose()
    return database


def _engine(url: str, clock: VirtualClock, letters: Letters) -> Engine:
    return Engine(url, directory=PEOPLE, clock=clock, channels=(letters,))


def test_two_daemons_fire_nothing_twice_and_stop_cleanly(ready: str) -> None:
    clock, letters = VirtualClock("2027-01-04T09:00Z"), Letters()
    engines = [_engine(ready, clock, letters) for _ in range(2)]
    engines[0].deploy(LADDER)
    started = [engines[0].start("report", by="lin").instance for _ in range(6)]
    clock.advance(timedelta(days=10))
    daemons = [Daemon(engine.worker(pool=Pool(2)), poll=timedelta(seconds=1)) for engine in engines]
    threads = [threading.Thread(target=daemon.run) for daemon in daemons]
    for thread in threads:
        thread.start()
    for daemon in daemons:
        assert daemon.idle.wait(PATIENCE)
    for daemon in daemons:
        daemon.stop()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    for instance in started:
        events = [event for record in engines[0].history(instance) for event in record.events]
        rungs = [event.level for event in events if isinstance(event, RungFired)]
        assert rungs == ["L0", "L1", "L2"]
        assert len([event for event in events if isinstance(event, TimerFired)]) == 1
    assert max(Counter(notice.id for notice in letters.sent).values()) == 1
    assert not engines[0].verify().findings
    for engine in engines:
        engine.dispose()


def test_what_is_not_due_is_left_alone(ready: str) -> None:
    clock, letters = VirtualClock("2027-01-04T09:00Z"), Letters()
    engine = _engine(ready, clock, letters)
    engine.deploy(LADDER)
    instance = engine.start("report", by="lin").instance
    worker = engine.worker()
    worker.drain()
    due = worker.next_due()
    assert due is not None
    clock.set("2027-01-04T23:59:59Z")
    worker.drain()
    assert [record.command for record in engine.history(instance)] == ["Start"]
    engine.dispose()


def test_a_broken_channel_is_tried_again_and_harms_nobody_else(ready: str) -> None:
    class Broken(Letters):
        def send(self, notice: Notice, /) -> None:
            if not self.sent:
                self.sent.append(notice)
                raise OSError("the mail server is away")
            super().send(notice)

    clock, letters = VirtualClock("2027-01-04T09:00Z"), Broken()
    engine = _engine(ready, clock, letters)
    engine.deploy(LADDER)
    engine.start("report", by="lin")
    worker = engine.worker()
    first = worker.drain()
    assert (first.done, first.failed) == (0, 1)
    clock.advance(timedelta(hours=1))
    worker.drain()
    assert len({notice.id for notice in letters.sent}) == 1
    assert len(letters.sent) == 2
    engine.dispose()


def test_a_service_that_fails_for_now_is_retried_and_one_that_fails_for_good_is_an_incident(
    ready: str,
) -> None:
    calls: list[dict[str, object]] = []

    def flaky(inputs: dict[str, object]) -> dict[str, object]:
        calls.append(inputs)
        raise OSError("down")

    clock, letters = VirtualClock("2027-01-04T09:00Z"), Letters()
    engine = Engine(ready, directory=PEOPLE, clock=clock, channels=(letters,), handlers={"post": flaky})
    engine.deploy(
        """
signoff: 1
process: post
lang: en
calendar: PLAIN
zone: UTC
steps:
  - run: send
    handler: post
    retry: 2 times every 1 minute
"""
    )
    instance = engine.start("post", by="lin").instance
    worker = engine.worker()
    worker.drain()
    for _ in range(5):
        clock.advance(timedelta(minutes=2))
        worker.drain()
    assert len(calls) == 3
    (reason,) = [r for r in engine.why(instance) if r.status == "incident"]
    assert reason.node == "send"
    engine.dispose()
