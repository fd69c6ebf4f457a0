"""What a deciding vote costs in the kernel, through the `transitions` gate.

Target: at most 25 µs for the whole command: the guard, the vote, the tally, the GATE machine, the completion of the
step, and the next gate opened, up to the question who is asked there. Beside it the machine alone, and the vote that
ends the instance. Measured in processor time.
"""

import time
from collections.abc import Callable
from copy import deepcopy

import pytest

from signoff.kernel import lifecycle
from signoff.kernel.decide import decide
from signoff.kernel.lifecycle import GateContext
from signoff.kernel.state import GateStatus
from tests.bench import approval
from tests.bench.contest import Board, Figure, alternate, micros

TARGET, VOTES, ROUNDS = 25e-6, 300, 9


def machine() -> int:
    """The GATE machine alone."""
    for _ in range(VOTES):
        lifecycle.decide(GateContext(GateStatus.OPEN, passed=True))
    return VOTES


class Ballots:
    """States that wait for their deciding vote; copying them is not counted."""

    def __init__(self, table: approval.Table, *, last: bool) -> None:
        self._table = table
        self._waiting = table.start()
        for _ in range(approval.STEPS - 1 if last else 0):
            table.step(self._waiting)
        self.seconds = 0.0

    def cast(self) -> int:
        states = [deepcopy(self._waiting) for _ in range(VOTES)]
        command = approval.approve(f"i:{next(iter(self._waiting.activities))}")
        before = time.process_time()
        for state in states:
            decide(self._table.world, state, command)
        self.seconds += time.process_time() - before
        return VOTES


def counted(ballots: Ballots) -> Callable[[], float]:
    return lambda: ballots.seconds


@pytest.mark.bench
def test_a_deciding_vote(board: Board) -> None:
    table = approval.Table(approval.GATES, approval.approve)
    last, first = Ballots(table, last=True), Ballots(table, last=False)
    ((ends,), (goes_on,), (alone,)) = (
        alternate([last.cast], counted(last), ROUNDS),
        alternate([first.cast], counted(first), ROUNDS),
        alternate([machine], time.process_time, ROUNDS),
    )
    met = sorted(goes_on)[len(goes_on) // 2] <= TARGET
    board.add(
        "A deciding vote in the kernel (processor time)",
        Figure("the GATE machine alone", micros(alone), "", ""),
        Figure("passes the gate and opens the next", micros(goes_on), "", f"<= {TARGET * 1e6:.0f} µs", met),
        Figure("passes the last gate and ends the instance", micros(ends), "", ""),
    )
