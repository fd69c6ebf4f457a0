"""Makes the golden database: through the library, by a clock that stands still, so that it comes out the same.

`python -m tests.golden.make VERSION` writes tests/golden/VERSION.sql. A file once released is never made again.
"""

import sqlite3
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import update

from signoff import Engine, Strength
from signoff.errors import BpmnError
from signoff.runtime.clock import VirtualClock
from signoff.store import migrations, schema
from tests.golden.processes import PEOPLE, PROCESSES

FOLDER = Path(__file__).parent
BEGIN = "2027-01-04T09:00+08:00"
PAPER = "# 一、竞品分析\n\n三家。\n".encode()
DRAFT = {"data": {"price": "12.50万"}, "documents": {"方案": PAPER}, "ticks": ["预留应急资金"]}
DAY = timedelta(days=1)


class Letters:
    """A channel that keeps nothing."""

    name = "letters"

    def send(self, notice: object, /) -> None:
        """Take it."""


def refusing(_inputs: Mapping[str, Any]) -> None:
    raise OSError("the line is dead")


def losing(_inputs: Mapping[str, Any]) -> None:
    raise BpmnError("LOST")


class Office:
    """The people at work on one database: steps and gates by their names, each command a minute after the last."""

    def __init__(self, url: str, at: str = BEGIN, **handlers: Any) -> None:
        self.clock = VirtualClock(at)
        self.engine = Engine(
            url, directory=PEOPLE, clock=self.clock, channels=(Letters(),), handlers=handlers
        )
        # Documents are stored by the database's clock, which on SQLite is the machine's.
        self.engine.core.database._clock = self.clock.now
        numbers = count()
        self.engine.core.salt = lambda: f"{next(numbers):032x}"

    def start(self, process: str, key: str, data: Mapping[str, Any] | None = None) -> str:
        self.clock.advance(timedelta(minutes=1))
        request = f"start-{key}"
        return self.engine.start(process, data, by="lin", key=key, request_id=request).instance

    def work(self, key: str) -> str:
        return self.start("work", key, {"day": "2027-03-01"})

    def submit(self, key: str, step: str, by: str = "lin", **given: Any) -> None:
        self.clock.advance(timedelta(minutes=1))
        self.engine.submit(self._task(key, step, by), by=by, **given)

    def vote(self, key: str, step: str, by: str, which: str = "approve", note: str = "") -> None:
        self.clock.advance(timedelta(minutes=1))
        gate = self._task(key, step, by)
        actor = self.engine.actor(by, auth=Strength.ATTESTED)
        seen = self.engine.subject(gate, by)
        getattr(self.engine, which)(gate, by=actor, seen=seen, note=note)

    def claim(self, key: str, step: str, by: str) -> None:
        self.engine.claim(self._task(key, step, by), by=by)

    def wait(self, days: int) -> None:
        """Let days pass; what is due on the way is done, a day at a time."""
        for _ in range(days):
            self.clock.advance(DAY)
            self.engine.worker("golden").drain()

    def drain(self) -> None:
        self.engine.worker("golden").drain()

    def _task(self, key: str, step: str, by: str) -> str:
        rows = [row for row in self.engine.inbox(by) if (row.key, row.node) == (key, step)]
        return rows[0].task


def _open(office: Office) -> None:
    office.work("open")


def _claimed(office: Office) -> None:
    office.work("claimed")
    office.claim("claimed", "draft", "wang")


def _voted(office: Office) -> None:
    office.work("voted")
    office.submit("voted", "draft", **DRAFT, note="请审批")
    office.vote("voted", "draft", "chen", note="同意")


def _scheduled(office: Office) -> None:
    office.work("scheduled")
    office.submit("scheduled", "draft", **DRAFT)
    office.vote("scheduled", "draft", "chen")
    office.vote("scheduled", "draft", "fang")


def _stale(office: Office) -> None:
    office.start("stale", "stale")
    office.vote("stale", "check", "chen")
    office.submit("stale", "offer", data={"price": 2})


def _waived(office: Office) -> None:
    id = office.work("waived")
    task = next(row.task for row in office.engine.inbox("lin") if row.instance == id)
    office.engine.waive(task, "cheap", reason="特批", by="chen")


def _half_joined(office: Office) -> None:
    office.start("join", "parallel")
    office.submit("parallel", "left")
    office.start("join", "inclusive")
    office.submit("inclusive", "left")
    office.submit("inclusive", "right", "chen")
    office.submit("inclusive", "big")


def _half_done(office: Office) -> None:
    office.start("each", "each")
    office.submit("each", "ask", data={"word": "一"})
    office.start("each", "in-turn")
    for word in "一二三":
        office.submit("in-turn", "ask", data={"word": word})
    office.submit("in-turn", "thank")


def _called(office: Office) -> None:
    office.start("caller", "calling")


def _suspended(office: Office) -> None:
    id = office.work("suspended")
    office.engine.suspend(id, by="root", reason="等待预算")


def _completed(office: Office) -> None:
    office.start("called", "completed")
    office.submit("completed", "inside", data={"answer": "好"})


def _declined(office: Office) -> None:
    office.start("stale", "declined")
    for boss in ("chen", "fang"):
        office.vote("declined", "check", boss, "decline", note="不同意")


def _cancelled(office: Office) -> None:
    office.engine.cancel(office.work("cancelled"), by="root", reason="不办了")


def _timers(office: Office) -> None:
    """These begin two days before the end: what is due meanwhile fires, the rest waits."""
    office.start("boundary", "reminded")
    office.start("recurring", "daily")
    office.start("service", "failed")
    office.drain()
    office.wait(2)
    office.start("boundary", "boundary")
    office.start("catch", "catch")


def _owed(office: Office) -> None:
    office.start("service", "owed")


COURSES: tuple[Callable[[Office], None], ...] = (
    _timers, _open, _claimed, _voted, _scheduled, _stale, _waived, _half_joined, _half_done, _called, _suspended,
    _completed, _declined, _cancelled, _owed,
)  # fmt: skip


def build(path: Path) -> str:
    """Make the database in this file, which must not exist; its content as SQL text."""
    office = Office(f"sqlite:///{path}", send=refusing)
    migrations.create(office.engine.core.database)
    with office.engine.core.database.write() as handle:  # every installation is called otherwise
        named = update(schema.info).where(schema.info.c.name == "installation")
        handle.connection.execute(named.values(value="golden"))
    office.engine.deploy(*PROCESSES.values(), by="root")
    for course in COURSES:
        course(office)
    office.engine.dispose()
    return dump(path)


def dump(path: Path) -> str:
    """A SQLite file as SQL text, a statement a line."""
    connection = sqlite3.connect(path)
    try:
        return "\n".join(connection.iterdump()) + "\n"
    finally:
        connection.close()


def restore(text: str, path: Path) -> None:
    """Make the SQLite file again that was dumped."""
    connection = sqlite3.connect(path)
    try:
        connection.executescript(text)
    finally:
        connection.close()


if __name__ == "__main__":
    import tempfile

    version = sys.argv[1]
    with tempfile.TemporaryDirectory() as place:
        FOLDER.joinpath(f"{version}.sql").write_text(build(Path(place) / "golden.db"), encoding="utf-8")
