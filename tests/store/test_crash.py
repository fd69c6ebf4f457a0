"""Killed at any statement, a command is there as a whole or not at all, and the database is sound."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select, text

from signoff.store import chain
from signoff.store.database import Database
from signoff.store.schema import agenda, candidate, instance, involvement, journal, task
from signoff.store.unit import Unit
from tests.store import story
from tests.store.story import new_id, rows

ROOT = Path(__file__).resolve().parents[2]
TABLES = (instance, journal, task, candidate, involvement, agenda)


def test_a_command_killed_at_any_statement_leaves_nothing_behind(db: Database) -> None:
    with Unit(db) as unit:
        story.start(unit, new_id())
    before = _everything(db)
    count = 11 if db.dialect == "sqlite" else 4  # COMMIT counts, and on SQLite BEGIN
    points = [str(n) for n in range(1, count + 1)]
    with _crashing(db, *points) as program:
        assert program.stdin
        assert program.stdout
        for point in points:
            assert program.stdout.readline().strip() == point
            assert _everything(db) == before, f"killed before statement {point}"
            _sound(db)
            program.stdin.write("\n")
            program.stdin.flush()
    with _crashing(db) as program:
        assert program.stdout
        assert int(program.stdout.read()) == count
    assert len(_everything(db)[0]) == 2
    _sound(db)


def _crashing(db: Database, *points: str) -> "subprocess.Popen[str]":
    path = os.pathsep.join([str(ROOT / "engine"), str(ROOT)])
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.crash", db.url.render_as_string(hide_password=False), *points],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _everything(db: Database) -> list[list[tuple[object, ...]]]:
    with db.read() as handle:
        return [rows(handle, table, *(c.name for c in table.columns)) for table in TABLES]


def _sound(db: Database) -> None:
    """Heads are the ends of whole chains, and SQLite finds its file in order."""
    with db.read() as handle:
        if db.dialect == "sqlite":
            assert handle.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        for row in handle.execute(select(instance.c.id, instance.c.n, instance.c.head)).all():
            found = handle.execute(
                select(journal.c.n, journal.c.bytes, journal.c.hash)
                .where(journal.c.instance == row.id)
                .order_by(journal.c.n)
            )
            links = [chain.Link(link.n, link.bytes, link.hash) for link in found]
            assert chain.verify_links(links, head=(row.n, row.head)) == []
