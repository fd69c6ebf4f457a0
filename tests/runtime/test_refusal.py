"""Every refused attempt is told to the log `signoff.audit`, with its class and reason, and without what it held."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from signoff import Actor, Engine, Invalid, JsonFormatter, NotAllowed, Refused, VirtualClock
from signoff.kernel import commands
from signoff.kernel.commands import SYSTEM
from signoff.kernel.events.task import WorkSubmitted
from signoff.kernel.events.time import TimerFired
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.intake import UNKNOWN

PROCESS = """
signoff: 1
process: trip
lang: en
calendar: PLAIN
zone: UTC
data: {place: {type: text, optional: true}}
roles: {staff: {group: staff}, boss: {group: bosses}}
start: {by: [staff], form: {edit: [place]}}
steps:
  - step: go
    owner: staff
    form: {edit: [place]}
    approve: [{by: boss}]
    upon: [{after: 1 day, steps: [{step: remind, owner: boss, checklist: [Done]}]}]
"""
PEOPLE = StaticDirectory(
    {"lin": {"groups": ("staff",)}, "bo": {"groups": ("bosses",)}, "dan": {"admin": True}}
)


@pytest.fixture
def engine(ready: str) -> Iterator[Engine]:
    found = Engine(ready, directory=PEOPLE, clock=VirtualClock("2027-01-04T09:00Z"))
    found.deploy(PROCESS)
    yield found
    found.dispose()


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, str]]]:
    """What the log of refusals was told since it was asked last."""
    caplog.set_level(logging.INFO, "signoff.audit")

    def facts() -> list[dict[str, str]]:
        found = [vars(each)["facts"] for each in caplog.records if each.name == "signoff.audit"]
        caplog.clear()
        return found

    return facts


Told = Callable[[], list[dict[str, str]]]


def test_each_verb_that_is_refused_is_told_with_who_what_and_why(engine: Engine, told: Told) -> None:
    case = engine.start("trip", by="lin", key="K")
    (task,) = case.opened
    eve: dict[str, Any] = {"by": "eve"}
    bo: dict[str, Any] = {"by": Actor("bo", via="web")}
    attempts: list[tuple[Callable[[], object], str, str, str]] = [
        (lambda: engine.start("trip", {"place": "secret"}, **bo), "Start", "NotAllowed", "may_not_start"),
        (lambda: engine.start("none", **bo), "Start", "NotFound", "no_such_process"),
        (lambda: engine.submit(task, data={"place": "secret"}, **bo), "Submit", "NotAllowed", ""),
        (lambda: engine.submit(task, documents={"x": "no-such-file"}, **bo), "Submit", "", ""),
        (lambda: engine.approve(task, note="secret", **bo), "Approve", "WrongState", ""),
        (lambda: engine.assign(task, "nobody", **bo), "Assign", "NotFound", "unknown_person"),
        (lambda: engine.cancel(case.instance, reason="secret", **bo), "Cancel", "NotAllowed", ""),
        (lambda: engine.retry(case.instance, **bo), "Retry", "NotAllowed", ""),
        (lambda: engine.claim("zz", **bo), "Claim", "NotFound", "not_an_id"),
        (lambda: engine.approve(task, **eve), "", "NotAllowed", "unknown_actor"),
        (lambda: engine.worker().revive(case.instance, by=engine.actor("lin")), "Revive", "NotAllowed", ""),
    ]
    for attempt, command, kind, code in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        (facts,) = told()
        assert facts["class"] == type(refused.value).__name__
        assert facts["code"] == refused.value.code
        assert kind in ("", facts["class"])
        assert code in ("", facts["code"])
        assert command in ("", facts["command"])
        assert facts["actor"] in ("bo", "eve", "lin")
        assert "secret" not in str(facts)
    assert len(engine.history(case.instance)) == 1, "and nothing to the journal"


def test_what_a_hook_refuses_and_what_is_refused_in_a_hosts_transaction_is_told(
    engine: Engine, told: Told
) -> None:
    def never(*_: object) -> None:
        raise Invalid("reason_missing")

    case = engine.start("trip", by="lin")
    engine.on(WorkSubmitted, never)
    with pytest.raises(Invalid):
        engine.submit(case.opened[0], by="lin")
    assert [(each["command"], each["code"]) for each in told()] == [("Submit", "reason_missing")]
    with engine.core.database.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN" if engine.core.database.dialect == "sqlite" else "SELECT 1")
        with pytest.raises(NotAllowed):
            engine.cancel(case.instance, by="lin", connection=connection)
        connection.rollback()
    assert [each["command"] for each in told()] == ["Cancel"]


def test_what_the_worker_is_refused_is_told(engine: Engine, told: Told) -> None:
    def never(*_: object) -> None:
        raise Invalid("reason_missing")

    engine.start("trip", by="lin")
    engine.on(TimerFired, never)
    assert isinstance(engine.core.clock, VirtualClock)
    engine.core.clock.advance(timedelta(days=2))
    engine.worker().drain()
    assert ("FireTimer", SYSTEM.id, "reason_missing") in {
        (each["command"], each["actor"], each["code"]) for each in told()
    }


def test_what_is_carried_out_is_not_told(engine: Engine, told: Told) -> None:
    case = engine.start("trip", by="lin")
    engine.submit(case.opened[0], by="lin")
    engine.worker().drain()
    assert told() == []


def test_nothing_that_was_asked_for_can_forge_a_line_of_the_log(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    evil = Actor('bo"}\n{"level":"info","message":"all is well\u202e')
    with pytest.raises(Refused):
        engine.execute(commands.Start(instance="x\ny", process="trip", version="", by=evil, at=UNKNOWN))
    (record,) = [each for each in caplog.records if each.name == "signoff.audit"]
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert "\u202e" not in line
    assert json.loads(line)["actor"].startswith("bo")
    assert "\n" not in record.getMessage()
