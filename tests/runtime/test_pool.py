"""Slow handlers keep no deadline waiting, get their time and no more, and what comes too late counts no more."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from signoff import Engine
from signoff.errors import Retryable
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.pool import Pool, limited
from signoff.runtime.tally import Outcome
from signoff.runtime.worker import Drained, Worker

AT = datetime.fromisoformat("2026-08-31T12:00+08:00")
PATIENCE = timedelta(seconds=60)  # only a hang takes so long
PEOPLE: Any = {"ann": {"groups": ("makers",)}}
PROCESS = """
signoff: 1
process: order
lang: en
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {wait: quiet, after: 1 minute}
  - {run: book, handler: office.book, timeout: 90 seconds, retry: 1 times every 1 minute}
  - {step: write, owner: maker, checklist: [written]}
"""

TWICE = """
signoff: 1
process: twice
lang: en
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {run: first, handler: office.book}
  - {run: second, handler: office.book}
  - {step: write, owner: maker, checklist: [written]}
"""


class Office:
    """A handler that answers when it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.calls: list[str] = []

    def book(self, _inputs: dict[str, Any]) -> None:
        self.calls.append("")
        assert self.go.wait(PATIENCE.total_seconds())


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    yield office
    office.go.set()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(AT)


def _engine(url: str, clock: VirtualClock, office: Office) -> Engine:
    people = StaticDirectory(PEOPLE)
    engine = Engine(url, directory=people, clock=clock, handlers={"office.book": office.book})
    engine.deploy(PROCESS)
    return engine


def test_deadlines_are_kept_while_every_thread_is_busy(
    ready: str, clock: VirtualClock, office: Office
) -> None:
    engine = _engine(ready, clock, office)
    for _ in range(3):
        engine.start("order", by="ann")
    worker = engine.worker(pool=(pool := Pool(2)))
    clock.advance(timedelta(minutes=1))
    worker.drain()
    assert (pool.busy, pool.room) == (2, 0)
    engine.start("order", by="ann")
    clock.advance(timedelta(minutes=1))
    assert worker.drain().done == 1, "the timer of the fourth"
    assert worker.pause() is None, "nothing but what waits for the pool"
    office.go.set()
    worker.drain_all()
    assert len(office.calls) == 4
    assert worker.tally.outcomes()["job", Outcome.DONE] == 4
    engine.dispose()


def test_a_handler_that_takes_too_long_is_tried_again_and_its_late_answer_counts_no_more(
    ready: str, clock: VirtualClock, office: Office
) -> None:
    given: list[timedelta] = []

    def impatient(call: Any, longest: timedelta) -> Any:
        given.append(longest)
        return limited(call, timedelta())

    engine = _engine(ready, clock, office)
    instance = engine.start("order", by="ann").instance
    worker = engine.worker(pool=Pool(1))
    worker.caller = impatient
    clock.advance(timedelta(minutes=1))
    worker.drain_all()
    assert worker.tally.outcomes()["job", Outcome.FAILED] == 1, "put off"
    clock.advance(timedelta(minutes=2))
    worker.drain_all()
    assert given.count(timedelta(seconds=90)) == 2, "of the step"
    office.go.set()
    assert [reason.status for reason in engine.why(instance)] == ["incident"]
    engine.dispose()


class Late(Worker):
    """A worker whose pool has always come to its end when it looks."""

    def drain(self, limit: int | None = None) -> Drained:
        found = super().drain(limit)
        while self.pool is not None and self.pool.busy:
            self.pool.wait()
        return found


def test_what_the_end_of_a_call_makes_due_is_worked_off_however_early_it_comes(
    ready: str, clock: VirtualClock, office: Office
) -> None:
    office.go.set()
    engine = _engine(ready, clock, office)
    engine.deploy(TWICE)
    engine.start("twice", by="ann")
    clock.advance(timedelta(minutes=1))
    Late(engine.core, pool=Pool(2)).drain_all()
    assert len(office.calls) == 2
    engine.dispose()


def test_what_a_handler_raises_arrives_and_a_thread_that_ends_itself_is_a_failure() -> None:
    def broken() -> None:
        raise ValueError("no")

    def leaving() -> None:
        raise SystemExit

    with pytest.raises(ValueError, match="no"):
        limited(broken, PATIENCE)
    with pytest.raises(Retryable):
        limited(leaving, PATIENCE)
    assert limited(lambda: 3, PATIENCE) == 3


def test_an_ended_worker_claims_nothing_any_more(ready: str, clock: VirtualClock, office: Office) -> None:
    engine = _engine(ready, clock, office)
    engine.start("order", by="ann")
    clock.advance(timedelta(minutes=1))
    worker = engine.worker(pool=Pool(1))
    worker.end()
    assert worker.drain().done == 0
    assert worker.tally.claims == 0
    engine.dispose()
