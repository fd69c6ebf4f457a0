"""The threads that call handlers and send notices, so that nobody who is slow keeps a deadline waiting.

Threads cannot be ended from outside: a call that outlasts its time is left to itself, and what it answers later
counts no more. Must import nothing of signoff but errors.
"""

import contextvars
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Generic, TypeVar

from signoff.errors import Retryable

T = TypeVar("T")
SIZE = 8


class Pool:
    """At most `size` pieces of work at a time, each in a thread of its own that keeps no process alive.

    `freed` is called whenever one is over.
    """

    def __init__(self, size: int = SIZE, *, freed: Callable[[], None] = lambda: None) -> None:
        self._size = size
        self.freed = freed
        self._busy = 0
        self._finished = 0
        self._changed = threading.Condition()

    @property
    def room(self) -> int:
        """How many pieces of work it would take now."""
        with self._changed:
            return self._size - self._busy

    @property
    def busy(self) -> int:
        """How many are under way."""
        with self._changed:
            return self._busy

    @property
    def finished(self) -> int:
        """How many have come to their end so far."""
        with self._changed:
            return self._finished

    def take(self, work: Callable[[], None]) -> None:
        """Do this in a thread; the caller has made sure that there is room."""
        with self._changed:
            assert self._busy < self._size, "there is room"
            self._busy += 1
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._do, work), daemon=True).start()

    def wait(self, longest: timedelta | None = None) -> bool:
        """Wait until one is over that is under way now, or all are; False when that took too long."""
        with self._changed:
            before = self._busy
            seconds = None if longest is None else longest.total_seconds()
            return self._changed.wait_for(lambda: self._busy < max(1, before), seconds)

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            with self._changed:
                self._busy -= 1
                self._finished += 1
                self._changed.notify_all()
            self.freed()


class _Call(Generic[T]):
    """One call in a thread of its own."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self.over = threading.Event()
        self.answer: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.answer.append(self._work())
        except BaseException as error:  # noqa: BLE001 - it is raised where the call was made
            self.error = error
        finally:
            self.over.set()


def limited(work: Callable[[], T], longest: timedelta) -> T:
    """What `work` answers; Retryable when it has not after `longest`. Then it goes on, and nobody listens."""
    call = _Call(work)
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(call.run,), daemon=True).start()
    if not call.over.wait(longest.total_seconds()):
        raise Retryable(f"no answer within {longest.total_seconds():g} seconds")
    if isinstance(call.error, Exception):
        raise call.error
    if call.error is not None:  # SystemExit would end our thread in silence
        raise Retryable(f"it raised {type(call.error).__name__}") from call.error
    return call.answer[0]


def unlimited(work: Callable[[], T], longest: timedelta) -> T:  # noqa: ARG001 - the same form as `limited`
    """What `work` answers, in this thread, however long it takes."""
    return work()
