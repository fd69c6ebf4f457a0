"""Two sides moved forward statement by statement, and every order of their statements that the locks allow.

Each side stops before each statement and each commit. Where both could go on, one course lets the one go and another
the other, until no course is left. Nothing sleeps. Must import what stands in this folder.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60  # seconds; who waits longer is stuck
_LOOK = 0.0005  # until the database is asked whether somebody waits


class Side:
    """One of the two: it goes one statement at a time, when it is told to."""

    def __init__(self, changed: threading.Condition) -> None:
        self.changed = changed
        self.state = "done"  # goes, ready (before a statement), blocked (by a lock) or done
        self.steps: list[str] = []
        self.watched = False

    def before(self, statement: str) -> None:
        """A statement is about to be handed over."""
        if self.watched:
            self._stop("ready", statement)

    def busy(self) -> None:
        """SQLite: the file is somebody else's."""
        assert self.watched, "only two who meet are in each other's way"
        self._stop("blocked", "busy")

    def _stop(self, state: str, statement: str) -> None:
        with self.changed:
            self.state = state
            self.steps.append(statement)
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: self.state == "goes", PATIENCE), "the test has gone"


@dataclass
class Course:
    """Moves two sides; `plan` says who goes where both could, and `taken` what was taken."""

    waits: Callable[
        [], bool
    ]  # whether a lock of the server keeps somebody waiting; SQLite's sides say so themselves
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.sides = (Side(self.changed), Side(self.changed))

    def run(
        self, works: Sequence[Callable[[], T]], plan: Sequence[int]
    ) -> tuple[list[T], list[int], list[bool]]:
        """Answers, who went each time, and whether the other could have."""
        with ThreadPoolExecutor(2) as pool:
            futures = []
            for side, work in zip(self.sides, works, strict=True):
                side.steps, side.state, side.watched = [], "goes", True
                futures.append(pool.submit(self._work, side, work))
            taken, free = self._move(list(plan))
            return [future.result(PATIENCE) for future in futures], taken, free

    def _work(self, side: Side, work: Callable[[], T]) -> T:
        try:
            return work()
        finally:
            with self.changed:
                side.state, side.watched = "done", False
                self.changed.notify_all()

    def _move(self, plan: list[int]) -> tuple[list[int], list[bool]]:
        taken: list[int] = []
        free: list[bool] = []
        self._settle()
        while ready := [n for n, side in enumerate(self.sides) if side.state == "ready"]:
            who = plan[len(taken)] if len(taken) < len(plan) else ready[0]
            assert who in ready, "the same course goes the same way again"
            taken.append(who)
            free.append(len(ready) == 2)
            self._go(self.sides[who])
        assert all(side.state == "done" for side in self.sides), "both wait for each other"
        return taken, free

    def _go(self, side: Side) -> None:
        ends = side.steps[-1] in ("COMMIT", "ROLLBACK")
        with self.changed:
            side.state = "goes"
            self.changed.notify_all()
        self._settle()
        if ends:  # whom SQLite kept waiting may try again
            for other in self.sides:
                if other.state == "blocked" and other.steps[-1] == "busy":
                    other.state = "ready"

    def _settle(self) -> None:
        """Return when each side stands before a statement, waits for a lock, or is done."""
        with self.changed:
            for side in self.sides:
                if side.state == "blocked" and side.steps[-1] != "busy":
                    side.state = "goes"  # the lock may be free by now
        while not self._still():
            goes = [side for side in self.sides if side.state == "goes"]
            if len(goes) == 1 and self.waits():  # the other one stands, so it frees nothing meanwhile
                with self.changed:
                    goes[0].state = "blocked" if goes[0].state == "goes" else goes[0].state

    def _still(self) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: all(side.state != "goes" for side in self.sides), _LOOK)


def courses(run: Callable[[Sequence[int]], tuple[list[int], list[bool]]]) -> Iterator[list[int]]:
    """Every course there is, each once: `run` follows a plan and says how it went on."""
    plan: list[int] | None = []
    while plan is not None:
        taken, free = run(plan)
        yield taken
        plan = _next(plan, taken, free)


def _next(plan: list[int], taken: list[int], free: list[bool]) -> list[int] | None:
    """The plan of the next course: where the first could go last, the other goes."""
    for place in reversed(range(len(taken))):
        if free[place] and taken[place] == 0:
            return [*taken[:place], 1]
    return None
