"""How many user tasks a second in memory, beside the SpiffWorkflow package on the same process.

Target: at least 25 times the faster way to drive SpiffWorkflow. Both sides are driven through their public core: its
workflow object, signoff's `decide` with the roster answered by a constant. Measured in processor time, because nothing
waits.
"""

import time

import pytest

from tests.bench import approval
from tests.bench.contest import Board, Figure, alternate, rate, ratio

TARGET, RUNS, ROUNDS = 25, 10, 25


@pytest.mark.bench
def test_user_tasks_in_memory(board: Board) -> None:
    from tests.bench import spiffwork

    gates = approval.Table(approval.GATES, approval.approve)
    forms = approval.Table(approval.FORMS, approval.fill_in)
    ours = [approval.many(table.run, RUNS * 4) for table in (gates, forms)]
    ways = (spiffwork.Memory(), spiffwork.Memory(spiffwork.as_documented))
    other = [approval.many(way.run, RUNS) for way in ways]
    as_gates, as_forms, theirs, documented = alternate([*ours, *other], time.process_time, ROUNDS)
    times, twin = ratio(as_gates, theirs), ratio(as_forms, theirs)
    board.add(
        "User tasks in memory (processor time)",
        Figure("SpiffWorkflow, do_engine_steps()", rate(theirs), "", ""),
        Figure("SpiffWorkflow, the loop of its documentation", rate(documented), "", ""),
        Figure(
            "signoff, five gates", rate(as_gates), f"{times:.1f} times", f">= {TARGET} times", times >= TARGET
        ),
        Figure("signoff, five forms with a choice behind each", rate(as_forms), f"{twin:.1f} times", ""),
    )
