"""An incident is told in words: what happened, and what puts it right."""

from datetime import timedelta

import pytest

from signoff import Engine, Permanent, Retryable, VirtualClock
from signoff.store import migrations
from tests.runtime.test_daemon import PEOPLE, Letters

POST = """
signoff: 1
process: post
lang: en
calendar: PLAIN
zone: UTC
steps:
  - run: send
    handler: post
    retry: 1 times every 1 minute
"""


def failing(url: str, error: Exception) -> tuple[Engine, str, Letters]:
    def post(_inputs: dict[str, object]) -> None:
        raise error

    clock, letters = VirtualClock("2027-01-04T09:00Z"), Letters()
    engine = Engine(url, directory=PEOPLE, clock=clock, channels=(letters,), handlers={"post": post})
    migrations.create(engine.core.database)
    engine.deploy(POST)
    instance = engine.start("post", by="lin").instance
    for _ in range(3):
        engine.worker().drain()
        clock.advance(timedelta(minutes=2))
    return engine, instance, letters


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError("the line is dead"), "OSError: the line is dead"),
        (Permanent("no such address."), "no such address"),
        (Retryable("the line is busy"), "the line is busy"),
    ],
)
def test_why_says_what_the_handler_said_and_how_to_go_on(
    sqlite_database: str, error: Exception, said: str
) -> None:
    engine, instance, _ = failing(sqlite_database, error)
    (reason,) = engine.why(instance)
    (missing,) = reason.missing
    assert missing.sentence() == (
        f"Stopped by an incident. The handler failed: {said}. Repair the cause. "
        "Once that is put right, an administrator lets it go on with `signoff retry`."
    )
    assert missing.sentence("zh").startswith(f"因故障停止。处理程序失败：{said}。")
    assert missing.params["code"] == "handler_failed"
    engine.dispose()


def test_what_an_incident_stopped_waits_for_nothing_else(sqlite_database: str) -> None:
    engine, instance, _ = failing(sqlite_database, OSError("down"))
    assert [reason.status for reason in engine.why(instance)] == ["incident"]
    engine.dispose()
