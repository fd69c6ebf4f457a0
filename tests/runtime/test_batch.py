"""What is due on many instances shares one commit; none of them costs another its turn."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Connection, select, text, update

from signoff import Engine, Recorded
from signoff.kernel.events.time import TimerFired
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.pool import Pool
from signoff.runtime.tally import Outcome
from signoff.store.schema import agenda, journal
from tests.store.counting import Log, counted

AT = datetime.fromisoformat("2026-08-31T12:00+08:00")
DAY = timedelta(days=1)
PEOPLE: Any = {"ann": {"groups": ("makers",)}}
PROCESS = """
signoff: 1
process: pause
lang: en
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {wait: quiet, after: 1 day}
  - {step: write, owner: maker, checklist: [written]}
"""


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Deadly(Log):
    """Kills whoever gives the statement with this number; 0: nobody."""

    at: int = 0
    told: int = 0

    def tell(self, statement: Any) -> None:
        self.told += 1
        if self.told == self.at:
            raise Killed


@dataclass
class Shop:
    """An engine on a host's engine, its clock, and how often it commits."""

    host: sqlalchemy.Engine
    log: Deadly
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(AT))
    commits: int = 0

    def __post_init__(self) -> None:
        sqlalchemy.event.listen(self.host, "commit", self._committed)
        self.engine = Engine(self.host, directory=StaticDirectory(PEOPLE), clock=self.clock)

    def _committed(self, _connection: Connection) -> None:
        self.commits += 1

    def start(self, number: int) -> list[str]:
        """So many instances whose timer is due."""
        self.engine.deploy(PROCESS)
        found = [self.engine.start("pause", by="ann").instance for _ in range(number)]
        self.engine.worker().drain()
        self.clock.advance(DAY)
        return found

    def fired(self) -> list[str]:
        """The instances whose timer has fired, once for each time."""
        with self.engine.core.database.read() as handle:
            rows = select(journal.c.instance).where(journal.c.bytes.contains('"is":"TimerFired"'))
            return sorted(handle.connection.execute(rows).scalars())

    def row(self, instance: str) -> Any:
        with self.engine.core.database.read() as handle:
            rows = select(agenda).where(agenda.c.instance == instance, agenda.c.kind == "timer")
            return handle.connection.execute(rows).one()

    def tried(self, attempts: int) -> None:
        """Make what is owed have been tried so often, and come to no end."""
        with self.host.begin() as connection:
            connection.execute(update(agenda).where(agenda.c.state == "ready").values(attempts=attempts))


@pytest.fixture
def shop(ready: str) -> Iterator[Shop]:
    log = Deadly()
    host, _ = counted(ready, log)
    yield Shop(host, log)
    host.dispose()


def test_many_due_timers_share_one_commit(shop: Shop) -> None:
    instances = shop.start(20)
    shop.commits = 0
    drained = shop.engine.worker().drain(20)
    assert shop.commits == 2, "one claims, one advances all"
    assert drained.done == 20
    assert shop.fired() == sorted(instances)


def test_several_that_are_due_on_one_instance_follow_one_another(shop: Shop) -> None:
    (instance,) = shop.start(1)
    worker = shop.engine.worker()
    assert worker.drain(1).done == 1
    assert shop.fired() == [instance]
    assert worker.drain().failed == 0


def test_one_that_is_refused_does_not_cost_the_others_their_turn(shop: Shop) -> None:
    instances = shop.start(5)
    bad = sorted(instances)[2]
    shop.engine.on(TimerFired, lambda recorded, _: _refuse(recorded, bad))
    drained = shop.engine.worker().drain()
    assert drained.failed == 1
    assert shop.fired() == sorted(set(instances) - {bad})
    row = shop.row(bad)
    assert (row.state, row.attempts) == ("ready", 1)
    assert "not now" in row.last_error


def _refuse(recorded: Recorded, bad: str) -> None:
    if recorded.instance == bad:
        raise ValueError("not now")


def test_what_a_refused_batch_told_a_hosts_table_is_told_once(shop: Shop) -> None:
    instances = shop.start(4)
    bad = max(instances)
    with shop.host.begin() as connection:
        connection.execute(text("CREATE TABLE seen (instance TEXT)"))

    def hook(recorded: Recorded, connection: Connection) -> None:
        connection.execute(text("INSERT INTO seen VALUES (:id)"), {"id": recorded.instance})
        _refuse(recorded, bad)

    shop.engine.on(TimerFired, hook)
    shop.engine.worker().drain()
    with shop.host.connect() as connection:
        seen = connection.execute(text("SELECT instance FROM seen")).scalars().all()
    assert sorted(seen) == sorted(set(instances) - {bad})


def test_an_instance_that_somebody_holds_is_given_back_and_costs_no_attempt(shop: Shop) -> None:
    if shop.engine.core.database.dialect == "sqlite":
        return  # one writer at a time: nobody else can hold anything
    instances = shop.start(4)
    held = sorted(instances)[1]
    with shop.host.connect() as other:
        other.execute(text("SELECT 1 FROM signoff_instance WHERE id = :id FOR UPDATE"), {"id": held})
        drained = shop.engine.worker().drain()
        assert (drained.done - 3, drained.failed) == (3, 1)  # and the notices of those three
        other.rollback()
    assert shop.fired() == sorted(set(instances) - {held})
    assert shop.row(held).attempts == 0
    shop.clock.advance(timedelta(seconds=2))
    assert shop.engine.worker().drain().failed == 0
    assert shop.fired() == sorted(instances)


def test_killed_at_any_statement_of_a_batch_each_timer_still_fires_once(shop: Shop) -> None:
    instances = sorted(shop.start(3))
    shop.log.told = 0
    point = 0
    while len(shop.fired()) < len(instances):
        point += 1
        assert point < 100, "it comes to its end"
        shop.log.told, shop.log.at = 0, point
        try:
            shop.engine.worker().drain(3)
        except Killed:
            assert shop.fired() == [], "all or nothing"
        shop.log.at = 0
        shop.clock.advance(timedelta(minutes=6))  # the lease of whoever was killed
        shop.tried(0)  # as if nobody had been killed yet
    assert shop.fired() == instances
    assert point > 3, "it was killed while claiming, while loading and while saving"
    shop.engine.worker().drain()
    assert shop.fired() == instances


def test_what_may_have_killed_who_worked_on_it_is_worked_off_by_itself(shop: Shop) -> None:
    instances = shop.start(3)
    shop.tried(3)
    shop.commits = 0
    shop.engine.worker().drain(3)
    assert shop.commits == 4, "one claims, each advances alone"
    assert shop.fired() == sorted(instances)


def test_notices_that_one_thread_delivers_share_a_commit(shop: Shop) -> None:
    shop.start(20)
    shop.engine.worker().drain(20)
    shop.commits = 0
    worker = shop.engine.worker(pool=Pool(2))
    worker.drain_all()
    assert worker.tally.outcomes() == {("notice", Outcome.DONE): 20}
    assert shop.commits < 10, "claims included"


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_pool_of_any_size_comes_to_its_end(shop: Shop, size: int) -> None:
    instances = shop.start(3)
    worker = shop.engine.worker(pool=Pool(size))
    worker.drain_all()
    assert worker.tally.outcomes() == {("timer", Outcome.DONE): 3, ("notice", Outcome.DONE): 3}
    assert shop.fired() == sorted(instances)


def test_rows_done_long_ago_are_swept_and_no_others(shop: Shop) -> None:
    instances = shop.start(3)
    worker = shop.engine.worker()
    worker.drain()
    assert worker.sweep() == 0
    shop.clock.advance(31 * DAY)
    assert worker.sweep(limit=2) == 2, "a portion at a time"
    worker.sweep()
    with shop.engine.core.database.read() as handle:
        left = handle.connection.execute(select(agenda.c.state)).scalars().all()
    assert "done" not in left
    assert shop.fired() == sorted(instances)
