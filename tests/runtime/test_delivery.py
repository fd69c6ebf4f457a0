"""Delivering to many: who cannot be reached keeps nobody else waiting, and whoever was told is not told again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from signoff import Engine
from signoff.errors import Permanent, Retryable
from signoff.kernel.commands import Actor
from signoff.runtime.channels import Notice
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from tests.runtime.test_preferred import PROCESS

PEOPLE = {who: {"groups": ("makers",)} for who in ("ann", "bea", "cem")}


class Refusing:
    """A channel that cannot tell bea, until it can."""

    name = "post"

    def __init__(self, error: Callable[[], Exception]) -> None:
        self.error: Callable[[], Exception] | None = error
        self.told: list[str] = []

    def send(self, notice: Notice, /) -> None:
        if notice.to.id == "bea" and self.error is not None:
            raise self.error()
        self.told.append(notice.to.id)


def _engine(url: str, channel: Refusing) -> tuple[Engine, VirtualClock]:
    clock = VirtualClock(datetime(2027, 3, 1, 8, tzinfo=UTC))
    engine = Engine(url, directory=StaticDirectory(PEOPLE), channels=(channel,), clock=clock)
    engine.deploy(PROCESS)
    engine.start("note", by="ann")
    return engine, clock


@pytest.mark.parametrize("error", [Retryable, ValueError])
def test_another_try_tells_only_whom_the_first_did_not_reach(
    ready: str, error: Callable[[], Exception]
) -> None:
    post = Refusing(error)
    engine, clock = _engine(ready, post)
    assert engine.worker().drain().failed == 1
    assert sorted(post.told) == ["ann", "cem"]
    assert not engine.verify().findings
    post.error = None
    clock.set(clock.now() + timedelta(hours=2))
    assert engine.worker().drain().failed == 0
    assert sorted(post.told) == ["ann", "bea", "cem"]
    engine.dispose()


def test_who_can_never_be_reached_is_given_up_at_once_and_alone(ready: str) -> None:
    post = Refusing(lambda: Permanent("bea has no mail address"))
    engine, clock = _engine(ready, post)
    engine.worker().drain()
    clock.set(clock.now() + timedelta(days=2))
    engine.worker().drain()
    assert sorted(post.told) == ["ann", "cem"]
    post.error = None
    [task] = engine.inbox("ann")
    engine.worker().revive(task.instance, by=Actor("root", admin=True))
    engine.worker().drain()
    assert sorted(post.told) == ["ann", "bea", "cem"]
    engine.dispose()


def test_a_receiver_that_names_a_time_is_not_asked_before(ready: str) -> None:
    post = Refusing(lambda: Retryable("busy", after=1800))
    engine, clock = _engine(ready, post)
    engine.worker().drain()
    post.error = None
    for minutes, told in ((29, False), (2, True)):
        clock.set(clock.now() + timedelta(minutes=minutes))
        engine.worker().drain()
        assert ("bea" in post.told) is told
    engine.dispose()
