"""How much of the raw driver's speed is left when the engine writes through it.

Target: at least 60 %, in the journal mode that the engine picks itself. What the driver does is what the engine did:
the statements that write, with the same rows, recorded from the engine and played again on a copy of the file as it
was before; one transaction a command on both sides, one instance a turn, so that both meet the same disk. Measured
by the clock on the wall.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from signoff.store import engines
from tests.bench import approval
from tests.bench.contest import Board, Figure, alternate, rate, ratio

TARGET, ROUNDS = 0.6, 40
_COMMANDS = 1 + approval.STEPS  # of one instance
_READS = ("SELECT", "PRAGMA")
Call = tuple[str, str, Any]  # method, statement, parameters


class Tape(list[Call]):
    """What the driver's cursors were told, while `on`."""

    on = False

    def cursors(self) -> type[sqlite3.Cursor]:
        tape = self

        class Cursor(sqlite3.Cursor):
            def execute(self, sql: str, parameters: Any = ()) -> "Cursor":
                tape.take("execute", sql, parameters)
                return super().execute(sql, parameters)

            def executemany(self, sql: str, parameters: Any) -> "Cursor":
                tape.take("executemany", sql, parameters)
                return super().executemany(sql, parameters)

        return Cursor

    def take(self, method: str, sql: str, parameters: Any) -> None:
        if self.on and not sql.startswith(_READS):
            self.append((method, sql, parameters))


def recorded(path: Path, before: Path) -> tuple[Tape, str]:
    """What the engine writes in all turns, told from the file as `before` has it, and the journal mode."""
    tape = Tape()
    cursors = tape.cursors()

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = cursors) -> Any:
            return super().cursor(factory)

    host = sqlalchemy.create_engine(
        f"sqlite:///{path}", creator=lambda: sqlite3.connect(path, factory=Connection, isolation_level=None)
    )
    sqlalchemy.event.listen(host, "connect", engines._settle)
    office = approval.Office(host)
    mode = office.engine.core.database.mode
    office.run()
    shutil.copy(path, before)
    tape.on = True
    for _ in range(ROUNDS + 1):
        office.run()
    host.dispose()
    return tape, mode


def commands(tape: Tape) -> Iterator[list[Call]]:
    """The statements of one transaction after another, without those that begin it."""
    batch: list[Call] = []
    for call in tape:
        if call[1].startswith("BEGIN"):
            if batch:
                yield batch
            batch = []
        else:
            batch.append(call)
    yield batch


def replay(db: sqlite3.Connection, tape: Tape) -> Callable[[], int]:
    """Turns of the raw driver: each writes the rows of the next instance."""
    batches = commands(tape)
    cursor = db.cursor()

    def turn() -> int:
        for batch in islice(batches, _COMMANDS):
            cursor.execute("BEGIN IMMEDIATE")
            for method, sql, parameters in batch:
                getattr(cursor, method)(sql, parameters)
            cursor.execute("COMMIT")
        return approval.STEPS

    return turn


@pytest.mark.bench
def test_share_of_the_raw_driver(board: Board, sqlite_template: Path, tmp_path: Path) -> None:
    path, before = tmp_path / "signoff.db", tmp_path / "before.db"
    shutil.copy(sqlite_template, path)
    tape, mode = recorded(path, before)
    own = tmp_path / "own.db"
    shutil.copy(before, own)
    office = approval.Office(f"sqlite:///{own}")
    driver = sqlite3.connect(before, isolation_level=None)
    engines._settle(driver, None)
    ours, raw = alternate([office.run, replay(driver, tape)], time.perf_counter, ROUNDS)
    driver.close()
    office.engine.core.database.dispose()
    share = ratio(ours, raw)
    board.add(
        f"Share of the raw driver, same rows ({mode})",
        Figure("sqlite3, the recorded writes", rate(raw), "", ""),
        Figure("signoff", rate(ours), f"{share:.0%}", f">= {TARGET:.0%}", share >= TARGET),
    )
