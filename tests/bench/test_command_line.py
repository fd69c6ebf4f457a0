"""How soon the command line answers, beside the import that it cannot avoid once it opens a database.

Targets: `signoff --help` within 3 times, and `inbox` on a database with 10,000 open tasks within 5 times, the time of
`python -c "import sqlalchemy"`. Fresh processes in turn, measured by the clock on the wall.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import sqlalchemy

from tests.bench.approval import Office
from tests.bench.contest import Board, Figure, alternate, ratio

OPEN, ROUNDS = 10_000, 9
HELP, INBOX = 3, 5
PEOPLE = """
signoff_people: 1
groups:
  bosses: {name: Bosses}
  staff: {name: Staff}
people:
  boss: {name: Boss, groups: [bosses]}
  amy: {name: Amy, groups: [staff]}
"""


def process(*arguments: str) -> Callable[[], int]:
    """A turn: one process from its start to its end."""
    command = [sys.executable, *arguments]

    def turn() -> int:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return 1

    return turn


def signoff(*arguments: str) -> Callable[[], int]:
    """The console script in a process of its own, as the installed one runs it."""
    return process("-c", "from signoff_cli.main import main; main()", *arguments)


def fill(path: Path) -> None:
    """So many open gates, each of an instance of its own, all of them waiting for one person."""
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")

    @sqlalchemy.event.listens_for(engine, "connect")
    def _hurry(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")  # only while it is filled

    office = Office(engine)
    for _ in range(OPEN):
        office.engine.start("gates", by=office.amy)
    engine.dispose()


@pytest.mark.bench
def test_answers(board: Board, sqlite_template: Path, tmp_path: Path) -> None:
    path, people = tmp_path / "signoff.db", tmp_path / "people.yaml"
    shutil.copy(sqlite_template, path)
    people.write_text(PEOPLE)
    url = f"sqlite:///{path}"
    signoff("people", "import", str(people), "--yes", "--db", url)()
    fill(path)
    inbox = signoff("inbox", "--as", "boss", "--db", url)
    turns = [process("-c", "import sqlalchemy"), signoff("--help"), inbox]
    bare, helped, listed = alternate(turns, time.perf_counter, ROUNDS)
    shown = []
    for what, times, target in (("--help", helped, HELP), (f"inbox of {OPEN:,} open tasks", listed, INBOX)):
        by = 1 / ratio(times, bare)
        shown.append(
            Figure(f"signoff {what}", millis(times), f"{by:.2f} times", f"<= {target} times", by <= target)
        )
    board.add(
        "The command line answers", Figure("python -c 'import sqlalchemy'", millis(bare), "", ""), *shown
    )


def millis(seconds: list[float]) -> str:
    return f"{median(seconds) * 1000:,.0f} ms"
