"""What a command costs in statements through the real Engine, counted at the driver; executemany is one.

The definition is cached and the directory in memory asks no database, so what is counted is the command alone.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy

from signoff import Engine
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from tests.store.counting import Log, counted

AT = datetime.fromisoformat("2026-08-31T12:00+08:00")
PEOPLE: Any = {
    "ann": {"groups": ("makers",)},
    "bob": {"groups": ("bosses",)},
    "cid": {"groups": ("bosses",)},
}
PROCESS = """
signoff: 1
process: purchase
lang: en
data: {note: {type: text, default: none}}
roles: {maker: {group: makers}, boss: {group: bosses}}
start: {by: [maker], form: {edit: [note]}}
steps:
  - step: write
    owner: maker
    due: within 3 working days
    form: {edit: [note]}
    approve: [{by: boss, need: all}]
  - gate: release
    approve: [{by: boss, declined: end}]
"""


class Counter:
    """An engine that has done all this before, and what its next command costs."""

    def __init__(self, host: sqlalchemy.Engine, log: Log) -> None:
        self._log = log
        self.engine = Engine(host, directory=StaticDirectory(PEOPLE), clock=VirtualClock(AT))
        self.engine.deploy(PROCESS)
        self.ann, self.bob, self.cid = (self.engine.actor(id) for id in ("ann", "bob", "cid"))
        self.sqlite = host.dialect.name == "sqlite"
        self.work_through()

    def work_through(self) -> dict[str, int]:
        """One instance from its start to its end: command -> statements."""
        engine, found = self.engine, {}
        found["start"], receipt = self.count(lambda: engine.start("purchase", by=self.ann))
        found["submit"], receipt = self.count(lambda: engine.submit(receipt.opened[0], by=self.ann))
        gate = receipt.opened[0]
        found["vote"], _ = self.count(lambda: engine.approve(gate, by=self.bob))
        found["deciding vote"], receipt = self.count(lambda: engine.approve(gate, by=self.cid))
        found["last vote"], _ = self.count(lambda: engine.approve(receipt.opened[0], by=self.bob))
        return found

    def count(self, work: Callable[[], Any]) -> tuple[int, Any]:
        self._log.clear()
        result = work()
        return len(self._log), result


@pytest.fixture
def counter(ready: str) -> Iterator[Counter]:
    host, log = counted(ready)
    try:
        yield Counter(host, log)
    finally:
        host.dispose()


def test_every_command_keeps_its_budget_of_statements(counter: Counter) -> None:
    costs = counter.work_through()
    if counter.sqlite:
        # A start writes six tables. Which version is current it knows; that it still is, the first write asks.
        assert costs == {"start": 6, "submit": 7, "vote": 4, "deciding vote": 7, "last vote": 6}
    else:
        assert costs == dict.fromkeys(costs, 2)


def test_a_claim_is_one_statement(counter: Counter) -> None:
    worker = counter.engine.worker()
    worker.drain()
    assert counter.count(worker.drain)[0] == 1


def test_the_first_start_after_a_deployment_asks_which_version_and_which_calendar_is_current(
    counter: Counter,
) -> None:
    counter.engine.deploy(PROCESS.replace("need: all", "need: any"))
    first, _ = counter.count(lambda: counter.engine.start("purchase", by=counter.ann))
    second, _ = counter.count(lambda: counter.engine.start("purchase", by=counter.ann))
    assert second == (6 if counter.sqlite else 2)
    assert second <= first <= second + (5 if counter.sqlite else 1)
