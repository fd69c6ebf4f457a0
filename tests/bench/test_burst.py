"""Many deadlines that fall due at the same moment, worked off by two daemons on one PostgreSQL, many to a commit.

Target: more than 5,000 a second on two cores with a full step each (loaded under lock, decided, chained into its journal,
saved, the next deadline armed), and inbox queries meanwhile within twice their idle time. Beside it the raw driver: the
statements that the daemons gave, with the same parameters, played again by psycopg on a copy of the database as it was
before. The daemons are as nice as their systemd unit makes them. SIGNOFF_BURST says how many; 100,000 is the promise,
10,000 the default.
"""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Self

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from signoff import Engine
from signoff.runtime import execution, intake
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.pool import Pool
from signoff.store import migrations
from signoff.store.database import Database
from signoff.store.unit import Unit
from tests.bench.contest import Board, Figure
from tests.postgres import Cluster

NUMBER = int(os.environ.get("SIGNOFF_BURST", "10000"))
TARGET, WORKERS, ROWS = 5000, 2, 50
ROOT = Path(__file__).resolve().parents[2]
PEOPLE: Any = {"ann": {"groups": ("makers",)}}
WAITS = """
signoff: 1
process: pause
lang: en
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {wait: quiet, after: 1 second}
  - {wait: more, after: 30 days}
  - {step: write, owner: maker, checklist: [written]}
"""
DESK = """
signoff: 1
process: desk
lang: en
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {step: write, owner: maker, due: within 30 days, checklist: [written]}
"""


def _engine(db: Any) -> Engine:
    return Engine(db, directory=StaticDirectory(PEOPLE))


def _seed(url: str) -> None:
    database = Database(url)
    migrations.upgrade(database)
    database.dispose()
    engine = _engine(url)
    engine.deploy(WAITS, DESK)
    for _ in range(ROWS):
        engine.start("desk", by="ann")
    ann, given = engine.actor("ann"), {"data": {}, "key": "", "title": "", "picks": {}, "request_id": ""}
    for begin in range(0, NUMBER, 200):
        with Unit(engine.core.database) as unit:
            for _ in range(min(200, NUMBER - begin)):
                execution.perform(engine.core, unit, intake.start("pause", ann, given))
    engine.dispose()
    host = create_engine(url, isolation_level="AUTOCOMMIT")
    with host.connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    host.dispose()


# in a process of its own --------------------------------------------------------------------------------


@dataclass
class Tape:
    """What was given to the driver: statements with parameters, None for a commit."""

    told: list[tuple[Any, Any] | None] = field(default_factory=list)

    def connect(self, url: str) -> psycopg.Connection[Any]:
        told = self.told

        class Cursor(psycopg.Cursor[Any]):
            def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
                if "given_instance" in str(query) or "FOR UPDATE OF" in str(query):
                    told.append((query, params))
                return super().execute(query, params, **more)

        class Connection(psycopg.Connection[Any]):
            def commit(self) -> None:
                told.append(None)
                super().commit()

        return Connection.connect(_driver(url), cursor_factory=Cursor)


def _driver(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def child(url: str, copy: str) -> None:
    """Drain, then play what was recorded on the copy; a line of figures after each."""
    os.nice(5)  # as the unit of docs/operations.md runs it
    tape = Tape()
    engine = _engine(create_engine(url, creator=lambda: tape.connect(url)))
    worker = engine.worker(pool=Pool(1))
    print("ready", flush=True)
    sys.stdin.readline()
    tape.told.clear()
    before = time.process_time()
    drained = worker.drain()
    print(json.dumps({"done": drained.done, "cpu": time.process_time() - before}), flush=True)
    sys.stdin.readline()
    before = time.process_time()
    with psycopg.connect(_driver(copy)) as raw:
        for each in tape.told:
            if each is None:
                raw.commit()
            else:
                raw.execute(*each).fetchall()
    print(json.dumps({"done": drained.done, "cpu": time.process_time() - before}), flush=True)
    engine.dispose()


def _round(children: list[subprocess.Popen[str]]) -> tuple[float, int, float]:
    """Let all go at once: seconds until the last is through, pieces, and their processor time."""
    before = time.perf_counter()
    for each in children:
        assert each.stdin
        each.stdin.write("go\n")
        each.stdin.flush()
    found = [json.loads(each.stdout.readline()) for each in children if each.stdout]
    over = time.perf_counter() - before
    return over, sum(each["done"] for each in found), sum(each["cpu"] for each in found)


class Reader:
    """Somebody who opens the inbox again and again."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._over = threading.Event()
        self.times: list[float] = []
        self._thread = threading.Thread(target=self._read)

    def ask(self) -> float:
        before = time.perf_counter()
        assert len(self._engine.inbox("ann")) == ROWS
        return time.perf_counter() - before

    def _read(self) -> None:
        while not self._over.wait(0.02):
            self.times.append(self.ask())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._engine.dispose()


@pytest.mark.bench
def test_a_burst_of_deadlines(board: Board, postgres: Cluster) -> None:
    name = postgres.create()
    url = postgres.url(name)
    _seed(url)
    copy = postgres.url(postgres.create(name))
    reader = Reader(url)
    due = time.perf_counter() + 1.5
    while time.perf_counter() < due:  # until the youngest is due; the inbox is warm then
        reader.ask()
    idle = median([reader.ask() for _ in range(30)][5:])
    command = [sys.executable, "-m", "tests.bench.test_burst", url, copy]
    children = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(WORKERS)
    ]
    for each in children:
        assert each.stdout
        assert each.stdout.readline().strip() == "ready"
    with reader:
        seconds, done, cpu = _round(children)
    assert done == NUMBER
    raw, _, raw_cpu = _round(children)
    for each in children:
        each.communicate(timeout=60)
        assert each.returncode == 0
    busy = median(reader.times)
    rate, load = done / seconds, os.getloadavg()[0]
    board.add(
        f"{NUMBER:,} deadlines at one moment, {WORKERS} daemons, PostgreSQL (load of the machine {load:.1f})",
        Figure(
            "psycopg, the same statements", f"{done / raw:,.0f}/s", f"{raw_cpu / done * 1e6:,.0f} µs cpu", ""
        ),
        Figure(
            "signoff", f"{rate:,.0f}/s", f"{cpu / done * 1e6:,.0f} µs cpu", f"> {TARGET:,}/s", rate > TARGET
        ),
        Figure("of the raw driver", "", f"{raw / seconds:.0%}", ""),
        Figure("inbox, idle", f"{idle * 1e3:.1f} ms", "", ""),
        Figure("inbox meanwhile", f"{busy * 1e3:.1f} ms", f"{busy / idle:.1f}x", "<= 2x", busy <= 2 * idle),
    )


if __name__ == "__main__":
    child(sys.argv[1], sys.argv[2])
