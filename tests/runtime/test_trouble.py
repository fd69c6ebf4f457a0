"""What failed too often is given up on record, is seen by the operator, and is tried again on demand."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from signoff import Engine, NotAllowed, Notice, StaticDirectory, VirtualClock, Worker, troubles
from signoff.kernel.events.data import ObligationGivenUp, ObligationsOwed

AT = datetime.fromisoformat("2026-11-02T09:00+08:00")
PEOPLE: Any = {"amy": {"groups": ("makers",)}, "root": {"admin": True}}
PROCESS = """
signoff: 1
process: memo
lang: en
roles: {maker: {group: makers}}
start: {by: [maker]}
steps:
  - {step: write, owner: maker, checklist: [done]}
  - {run: print, handler: printer, retry: never}
"""


class Broken:
    """A way to people that fails until it is mended."""

    name = "post"

    def __init__(self) -> None:
        self.sent: list[Notice] = []
        self.mended = False

    def send(self, notice: Notice, /) -> None:
        if not self.mended:
            raise OSError("the mail server is away")
        self.sent.append(notice)


def exhausted(worker: Worker, clock: VirtualClock) -> None:
    for _ in range(10):
        worker.drain()
        clock.set(clock.now() + timedelta(hours=2))


def test_a_notice_that_cannot_be_sent_is_given_up_on_record_and_sent_on_demand(ready: str) -> None:
    post, clock = Broken(), VirtualClock(AT)
    engine = Engine(ready, directory=StaticDirectory(PEOPLE), clock=clock, channels=[post])
    try:
        engine.deploy(PROCESS)
        id = engine.start("memo", by="amy", key="M").instance
        worker = engine.worker()
        exhausted(worker, clock)
        (trouble,) = troubles(engine.core)
        assert (trouble.instance, trouble.name, trouble.kind) == (id, "M", "given up")
        assert "the mail server is away" in trouble.cause.sentence("en")
        last = engine.history(id)[-1]
        (event,) = last.events
        assert isinstance(event, ObligationGivenUp)
        assert (event.kind, event.attempts, event.key) == ("notice", 10, trouble.id)
        with pytest.raises(NotAllowed):
            worker.revive(id, by=engine.actor("amy"))
        post.mended = True
        assert worker.revive(id, by=engine.actor("root"), key=trouble.id) == 1
        worker.drain()
        assert [notice.to.id for notice in post.sent] == ["amy"]
        assert troubles(engine.core) == []
        assert isinstance(engine.history(id)[-1].events[0], ObligationsOwed)
        assert engine.verify().findings == ()
    finally:
        engine.dispose()


def test_an_incident_and_what_was_given_up_stand_in_one_list_also_when_the_instance_has_ended(
    ready: str,
) -> None:
    def printer(_: dict[str, Any]) -> None:
        raise OSError("out of paper")

    post, clock = Broken(), VirtualClock(AT)
    engine = Engine(
        ready,
        directory=StaticDirectory(PEOPLE),
        clock=clock,
        channels=[post],
        handlers={"printer": printer},
    )
    try:
        engine.deploy(PROCESS)
        started = engine.start("memo", by="amy")
        engine.submit(started.opened[0], by="amy", ticks=["done"])
        exhausted(engine.worker(), clock)
        kinds = [each.kind for each in troubles(engine.core, started.instance)]
        assert sorted(set(kinds)) == ["given up", "incident"]
        engine.cancel(started.instance, by="root", reason="enough")
        exhausted(engine.worker(), clock)
        assert {each.kind for each in troubles(engine.core)} == {"given up"}
        assert engine.worker().revive(started.instance, by=engine.actor("root")) > 0
        assert engine.verify().findings == ()
    finally:
        engine.dispose()
