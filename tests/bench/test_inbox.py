"""What a person's lists cost among many rows and among few: the inbox, started by me, done by me, copied to me.

Target: among 200,000 rows less than twice what they take among 1,000, on both databases; a person has as many of them
either way.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from sqlalchemy import delete

from signoff.read.inbox import inbox
from signoff.read.involvement import copied, done, started
from signoff.store.database import Database
from signoff.store.schema import candidate, instance, involvement, task
from tests.bench.contest import Board, Figure
from tests.read.rows import fill

FEW, MANY, EACH = 500, 100_000, 40  # instances, each with two candidates; rows of one person
TARGET, ROUNDS = 2.0, 41
LISTS: dict[str, Callable[..., Any]] = {"inbox": inbox, "started": started, "done": done, "copied": copied}


def seconds(db: Database, list_: Callable[..., Any]) -> float:
    """The median of many readings."""
    found = []
    for _ in range(ROUNDS):
        with db.read() as handle:
            begun = time.perf_counter()
            list_(handle.connection, "p3", limit=20)
            found.append(time.perf_counter() - begun)
    return median(found)


@pytest.mark.bench
def test_lists_among_many_rows(board: Board, db: Database) -> None:
    fill(db, instances=FEW, tasks=1, people=2 * FEW // EACH)
    before = {name: seconds(db, list_) for name, list_ in LISTS.items()}
    _empty(db)
    fill(db, instances=MANY, tasks=1, people=2 * MANY // EACH)
    for name, list_ in LISTS.items():
        after = seconds(db, list_)
        times = after / before[name]
        board.add(
            f"{name} among {2 * MANY:,} rows, against {2 * FEW:,} ({db.dialect})",
            Figure("among few", f"{before[name] * 1000:.2f} ms", "", ""),
            Figure(
                "among many", f"{after * 1000:.2f} ms", f"{times:.2f} times", f"< {TARGET}", times < TARGET
            ),
        )


def _empty(db: Database) -> None:
    with db.write() as handle:
        for table in (candidate, involvement, task, instance):
            handle.execute(delete(table))
