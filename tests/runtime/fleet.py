"""Several daemons on one database, and a PostgreSQL whose clock a test moves.

The clock of the database is a table: functions of the same names stand before those of PostgreSQL in the search path.
So the statements of production run as they are, and what is due is decided by the database while the clocks of the
machines say whatever they like.
"""

import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, event, make_url

from signoff import Engine, SystemClock
from signoff.kernel.events.time import RungFired, TimerFired
from signoff.runtime.daemon import Daemon
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.pool import Pool

PEOPLE: Any = {"ann": {"groups": ("makers",)}, "bob": {"groups": ("bosses",)}}
TIMER = """
signoff: 1
process: pause
lang: en
calendar: PLAIN
zone: UTC
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {wait: quiet, after: 5 seconds}
  - {step: write, owner: maker, checklist: [written]}
"""
LADDER = """
signoff: 1
process: report
lang: en
calendar: PLAIN
zone: UTC
roles: {maker: {group: makers}, boss: {group: bosses}}
start: {by: [maker]}
steps:
  - step: write
    owner: maker
    due: within 24 hours
    escalate:
      - {at: 1 hour before due, level: L0, notify: [pending]}
      - {at: due, level: L1, notify: [pending]}
      - {at: 1 hour after due, level: L2, notify: [boss]}
"""
_CLOCK = """
CREATE SCHEMA machine;
CREATE TABLE machine.clock (at TIMESTAMPTZ NOT NULL);
INSERT INTO machine.clock VALUES (%s);
CREATE FUNCTION machine.statement_timestamp() RETURNS TIMESTAMPTZ STABLE LANGUAGE sql AS 'SELECT at FROM machine.clock';
CREATE FUNCTION machine.clock_timestamp() RETURNS TIMESTAMPTZ STABLE LANGUAGE sql AS 'SELECT at FROM machine.clock';
"""


class Killed(BaseException):
    """The process is gone."""


class Skewed(SystemClock):
    """The clock of a machine that is wrong by `skew`."""

    def __init__(self, skew: timedelta) -> None:
        self._skew = skew

    def now(self) -> datetime:
        return super().now() + self._skew


@dataclass
class MovedClock:
    """The clock of one PostgreSQL database; `url` is that of a database that goes by it."""

    plain: str
    at: datetime

    def __post_init__(self) -> None:
        url = make_url(self.plain)
        self.url = url.update_query_dict({"options": "-csearch_path=machine,public,pg_catalog"})
        driver = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(driver, autocommit=True)
        for statement in _CLOCK.strip().split(";\n"):
            if statement.strip():
                told = (self.at,) if "%s" in statement else None
                self._connection.execute(sql.SQL(statement), told)  # type: ignore[arg-type]  # our own text

    def set(self, at: datetime) -> None:
        self.at = at
        self._connection.execute("UPDATE machine.clock SET at = %s", (at,))

    def advance(self, by: timedelta) -> None:
        self.set(self.at + by)

    def close(self) -> None:
        self._connection.execute("DROP SCHEMA machine CASCADE")
        self._connection.close()


@dataclass
class Machine:
    """One daemon on a machine of its own, whose clock is wrong; it can be killed between two transactions, and starts anew."""

    url: Any
    skew: timedelta
    clock: Any = None  # None: the database's
    deaths: int = 0
    _dies_at: int = 0

    def __post_init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self.engine = Engine(self.url, directory=StaticDirectory(PEOPLE), clock=self.clock)
        event.listen(self.engine.core.database.engine, "begin", self._beginning)
        self.pool = Pool(2)
        self.daemon = Daemon(self.engine.worker(pool=self.pool), clock=Skewed(self.skew))

    def _beginning(self, _connection: Connection) -> None:
        if threading.current_thread().name == _TURN and self._dies_at:
            self._dies_at -= 1
            if not self._dies_at:
                raise Killed

    def turn(self, dies_at: int = 0) -> None:
        """One waking; killed before the transaction with this number, 0: not at all."""
        self._dies_at = dies_at
        try:
            self.daemon._turn()
        except Killed:
            self.deaths += 1
            self.close()
            self._start()
        while self.pool.busy:
            self.pool.wait()

    def close(self) -> None:
        while self.pool.busy:
            self.pool.wait()
        self.engine.dispose()


_TURN = "turn"


def together(machines: list[Machine], chance: random.Random, deadly: float) -> None:
    """All daemons wake at the same moment, each in a thread; each is killed somewhere with this probability."""
    deaths = [chance.randint(1, 6) if chance.random() < deadly else 0 for _ in machines]
    threads = [
        threading.Thread(target=machine.turn, args=(dies_at,), name=_TURN)
        for machine, dies_at in zip(machines, deaths, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def fired(engine: Engine, instance: str) -> Iterator[tuple[str, datetime]]:
    """What fired in an instance, and when that was recorded."""
    for record in engine.history(instance):
        for each in record.events:
            if isinstance(each, TimerFired):
                yield each.id, record.at.astimezone(UTC)
            if isinstance(each, RungFired):
                yield each.level, record.at.astimezone(UTC)
