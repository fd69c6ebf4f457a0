"""The worker and the post of a sandbox: what is owed is worked off at once, what is sent is kept.

A call of a handler that nobody gave is not claimed: it waits until a test completes it. May import runtime and store.
"""

from copy import deepcopy
from datetime import datetime
from typing import Any

from signoff.errors import BpmnError
from signoff.kernel.effect import Owed
from signoff.runtime.channels import Notice
from signoff.runtime.clock import VirtualClock
from signoff.runtime.core import Core
from signoff.runtime.handlers import Handler
from signoff.runtime.worker import MIXED, Worker
from signoff.store.agenda import Obligation
from signoff.store.schema import instant

STILL = tuple(kind for kind in Owed if kind not in (Owed.TIMER, Owed.START))


class Post:
    """A channel that keeps what it is given."""

    name = "sandbox"

    def __init__(self) -> None:
        self.sent: list[Notice] = []

    def send(self, notice: Notice, /) -> None:
        self.sent.append(notice)


class Bench(Worker):
    """A worker by a clock that tests move: it stops at every instant at which something is due."""

    def __init__(self, core: Core, clock: VirtualClock) -> None:
        super().__init__(core, "sandbox")
        self._clock = clock
        self._kinds: tuple[Owed, ...] | None = None

    def settle(self, kinds: tuple[Owed, ...] = STILL) -> None:
        """Work off what is due of these kinds: timers fire when the clock moves, or when they are fired."""
        self._kinds = kinds
        try:
            self.drain()
        finally:
            self._kinds = None

    def _claim(self) -> list[Obligation]:
        return self._claimed(self._kinds, MIXED)

    def go_to(self, at: datetime) -> None:
        """Move the clock on to `at`; what is due until then is worked off in order, the clock standing at each."""
        self.drain()
        while (due := self.next_due()) is not None and instant(due) <= at:
            self._clock.set(max(self._clock.now(), instant(due)))
            self.drain()
        self._clock.set(max(self._clock.now(), at))
        self.drain()


def handler(answer: Any) -> Handler:
    """A function as it is; anything else is what the handler answers, or the BpmnError it raises."""
    if callable(answer):
        function: Handler = answer
        return function

    def answered(_inputs: dict[str, Any]) -> Any:
        if isinstance(answer, BpmnError):
            raise BpmnError(answer.error, answer.message, answer.variables)
        return deepcopy(answer)

    return answered
