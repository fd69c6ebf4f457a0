"""A handler that takes long keeps what its worker has claimed; what somebody else took is let go."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from signoff import Engine
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.lease import LEASE, Leases

AT = datetime.fromisoformat("2026-08-31T12:00+08:00")
PEOPLE: Any = {"ann": {"groups": ("makers",)}}
PROCESS = """
signoff: 1
process: order
lang: en
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {run: book, handler: office.book}
  - {step: write, owner: maker, checklist: [written]}
"""


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(AT)


def test_a_slow_handler_is_not_called_again_while_its_worker_holds_on(
    ready: str, clock: VirtualClock
) -> None:
    called: list[str] = []
    others: list[int] = []

    def book(_inputs: dict[str, Any]) -> None:
        called.append("")
        for _ in range(4):
            clock.advance(LEASE * 0.9)
            worker.leases.renew()
            others.append(there.worker().drain().done)

    here, there = (
        Engine(ready, directory=StaticDirectory(PEOPLE), clock=clock, handlers={"office.book": book})
        for _ in range(2)
    )
    here.deploy(PROCESS)
    instance = here.start("order", by="ann").instance
    worker = here.worker()
    worker.drain()
    assert len(called) == 1
    assert others == [0, 0, 0, 0]
    assert [row.node for row in here.inbox("ann") if row.instance == instance] == ["write"]
    here.dispose()
    there.dispose()


def test_what_another_worker_took_is_let_go(ready: str, clock: VirtualClock) -> None:
    engine = Engine(ready, directory=StaticDirectory(PEOPLE), clock=clock, handlers={"office.book": print})
    engine.deploy(PROCESS)
    engine.start("order", by="ann")
    worker = engine.worker()
    (claimed,) = worker._claim()
    with worker.leases.held([claimed]):
        assert worker.leases.holds(claimed)
        worker.leases.renew()
        assert worker.leases.holds(claimed)
        clock.advance(2 * LEASE)
        assert engine.worker()._claim()
        worker.leases.renew()
        assert not worker.leases.holds(claimed)
    engine.dispose()


def test_the_leases_are_renewed_by_themselves(ready: str, clock: VirtualClock) -> None:
    engine = Engine(ready, directory=StaticDirectory(PEOPLE), clock=clock, handlers={"office.book": print})
    engine.deploy(PROCESS)
    engine.start("order", by="ann")
    claimed = engine.worker()._claim()
    renewed = threading.Event()

    def now() -> int | None:
        renewed.set()
        return None

    leases = Leases(engine.core.database, now, every=timedelta())
    with leases.held(claimed):
        assert renewed.wait(60)
    engine.dispose()


CLOCKWORK = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
  <process id="daily" isExecutable="true">
    <startEvent id="tick"><timerEventDefinition><timeCycle>R3/PT10H</timeCycle></timerEventDefinition></startEvent>
    <userTask id="job"/>
    <endEvent id="done"/>
    <sequenceFlow id="h1" sourceRef="tick" targetRef="job"/>
    <sequenceFlow id="h2" sourceRef="job" targetRef="done"/>
  </process>
</definitions>
"""


def test_who_lost_what_it_had_in_hand_starts_nothing_a_second_time(ready: str, clock: VirtualClock) -> None:
    slow, quick = (Engine(ready, directory=StaticDirectory(PEOPLE), clock=clock) for _ in range(2))
    slow.deploy(CLOCKWORK)
    clock.advance(timedelta(hours=10))
    worker = slow.worker()
    (claimed,) = worker._claim()
    clock.advance(2 * LEASE)
    assert quick.worker().drain().done
    worker._work_off(claimed)
    assert len(slow.instances("daily")) == 1
    slow.dispose()
    quick.dispose()
