"""Two commands that meet at one instance: one after the other, or one held back by the lock until the other ends.

`A` works in a host's transaction that stays open until the test says so; `B` comes in a thread of its own, in a
transaction of signoff's own or of another host. Nothing sleeps: the test goes on when the database says that B
waits. Must import the errors of signoff and what stands in this folder.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Engine as Host

from signoff import Engine
from signoff.errors import SignoffError
from signoff.kernel import commands as c
from signoff.model.nodes import AdHocSubProcess
from signoff.runtime.execution import Receipt
from signoff.testing.situation import Situation
from tests.concurrency import drivers
from tests.concurrency.arena import Arena, Rows
from tests.concurrency.moments import REACHED, Moment
from tests.concurrency.operations import SAID

_LOOK = 0.0005  # seconds until PostgreSQL is asked again whether somebody waits
PATIENCE = 60  # seconds; whoever waits longer is stuck


@dataclass(frozen=True, slots=True)
class Answer:
    """What one was told: events, or a refusal by class and code."""

    refused: str = ""
    code: str = ""
    events: tuple[Any, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What it came to: both answers, and everything that is stored."""

    answers: tuple[Answer, ...]
    rows: Rows


class Free:
    """The watch of A, which the test stops between its commands."""

    def before(self, statement: str) -> None:
        """It goes as far as it comes."""

    def busy(self) -> None:
        raise AssertionError("A came first; nothing may be in its way")


class Held(Free):
    """The watch of B: says when SQLite keeps it waiting or it is done, and lets it go on when A has ended."""

    def __init__(self) -> None:
        self.still = threading.Event()
        self.free = threading.Event()

    def busy(self) -> None:
        self.still.set()
        assert self.free.wait(PATIENCE), "A has ended long ago"


@dataclass
class Meeting:
    """Two sides, each with an engine, a pool and connections of its own, as in two processes."""

    arena: Arena

    def __enter__(self) -> Self:
        self.held = Held()
        self.hosts: list[Host] = [drivers.engine(self.arena.url, each) for each in (Free(), self.held)]
        self.engines = [self.arena.engine(host) for host in self.hosts]
        self.thread = ThreadPoolExecutor(1)
        self.lone: dict[tuple[str, str], Outcome] = {}
        self.checked: set[str] = set()
        return self

    def __exit__(self, *_: object) -> None:
        self.held.free.set()
        self.thread.shutdown()
        for host in self.hosts:
            host.dispose()

    def at(self, name: str) -> Moment:
        moment: Moment = self.arena.at(name, REACHED[name])
        return moment

    def alone(self, name: str, operation: str) -> Outcome:
        """What one comes to when nobody else comes."""
        if (name, operation) not in self.lone:
            self.lone[name, operation] = self.in_turn(name, operation)
        return self.lone[name, operation]

    def check(self, outcome: Outcome) -> None:
        """What is stored now holds: chain, state and rows beside; who runs waits for something, who ended does not."""
        if (digest := repr(outcome.rows)) in self.checked:
            return
        self.checked.add(digest)
        for instance, status in self.arena.instances():
            findings = self.engines[0].verify(instance).findings
            assert findings == (), findings
            waits = self.arena.waits(instance) or _waits_for_nobody(self.engines[0], instance)
            assert waits == (status in ("running", "suspended")), (
                status,
                "it is stuck, or goes on after its end",
            )

    # schedules ---------------------------------------------------------------------------------------------

    def in_turn(self, name: str, *operations: str) -> Outcome:
        """One after the other, each in a transaction of its own."""
        moment = self.at(name)
        commands = [said(each, moment) for each in operations]
        answers = [answer(lambda each=each: self._own(0, each)) for each in commands]
        return Outcome(tuple(answers), self.arena.rows())

    def behind(self, name: str, first: str, second: str, *, ends: str, as_host: bool = False) -> Outcome:
        """B comes while the transaction of A is open, which then `ends` by commit or rollback."""
        moment = self.at(name)
        ours, theirs = said(first, moment), said(second, moment)
        run = self._hosted if as_host else self._own
        with self.hosts[0].connect() as connection:
            one = answer(lambda: self.engines[0].execute(ours, connection=connection))
            other = self._come(lambda: run(1, theirs))
            getattr(connection, ends)()
        self.held.free.set()
        answers = (one, other.result(PATIENCE))
        return Outcome(answers, self.arena.rows())

    def _own(self, side: int, command: c.Command) -> Receipt:
        return self.engines[side].execute(command)

    def _hosted(self, side: int, command: c.Command) -> Receipt:
        with self.hosts[side].begin() as connection:
            return self.engines[side].execute(command, connection=connection)

    def _come(self, work: Callable[[], Receipt]) -> "Future[Answer]":
        """Set B off, and return when it waits for A or is done."""
        self.held.still.clear()
        self.held.free.clear()
        found = self.thread.submit(answer, work)
        found.add_done_callback(lambda _: self.held.still.set())
        if self.arena.sqlite:
            assert self.held.still.wait(PATIENCE), "it is stuck"
        while not self.held.still.wait(_LOOK) and not self.arena.somebody_waits():
            pass
        return found


def _waits_for_nobody(engine: Engine, instance: str) -> bool:
    """Whether it waits for what stands on no list of anybody: an incident, or activities that somebody may begin."""
    found = Situation.of(engine, instance)
    return bool(found.state.incidents) or any(
        isinstance(found.node(each.scope, each.node), AdHocSubProcess) for each in found.waiting()
    )


class Chance(threading.local):
    """What is drawn by chance, the same for the same command each time; never twice the same in one record."""

    drawn = 0

    def token_hex(self, n: int) -> str:
        self.drawn += 1
        return f"{self.drawn:0{2 * n}x}"


CHANCE = Chance()


def said(name: str, moment: Moment) -> c.Command:
    """The command of that name, the same each time."""
    CHANCE.drawn = 0
    return SAID[name](moment)


def answer(work: Callable[[], Receipt]) -> Answer:
    CHANCE.drawn = 0
    try:
        receipt = work()
    except SignoffError as error:
        return Answer(type(error).__name__, error.code)
    return Answer(events=receipt.events, repeated=receipt.repeated)
