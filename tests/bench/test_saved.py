"""How many user tasks a second when every step is loaded, made and saved, beside the SpiffWorkflow package.

Target: at least 5 times, on SQLite files with the write-ahead log forced on both, at synchronous NORMAL and FULL.
The starts count on both sides. One instance a turn, measured by the clock on the wall, because commits wait for the
disk; where the disk is slow it makes both sides equal, so the ratio of processor times stands beside it.
"""

import shutil
import time
from pathlib import Path

import pytest

from tests.bench import approval
from tests.bench.contest import Board, Figure, alternate, rate, ratio

TARGET, ROUNDS = 5, 41


@pytest.mark.bench
@pytest.mark.parametrize("synchronous", ["NORMAL", "FULL"])
def test_user_tasks_kept(board: Board, sqlite_template: Path, tmp_path: Path, synchronous: str) -> None:
    from tests.bench import spiffwork

    path = tmp_path / "signoff.db"
    shutil.copy(sqlite_template, path)
    host = approval.host(path, synchronous)
    office = approval.Office(host)
    shelf = spiffwork.Shelf(tmp_path / "spiff.db", synchronous)
    ours, theirs = alternate([office.run, shelf.run], time.perf_counter, ROUNDS)
    busy = ratio(*alternate([office.run, shelf.run], time.process_time, ROUNDS))
    shelf.close()
    host.dispose()
    times = ratio(ours, theirs)
    board.add(
        f"User tasks loaded, stepped and saved (SQLite, WAL, synchronous={synchronous})",
        Figure("SpiffWorkflow", rate(theirs), "", ""),
        Figure("signoff", rate(ours), f"{times:.1f} times", f">= {TARGET} times", times >= TARGET),
        Figure("signoff, by processor time", "", f"{busy:.1f} times", ""),
    )
