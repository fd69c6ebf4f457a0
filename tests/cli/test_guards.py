"""Whoever operates it is told when the guards of the records are missing; nothing else is wrong then."""

import sqlite3
from contextlib import closing
from pathlib import Path

from signoff.store.guards import TABLES
from tests.cli.conftest import Run, document


def unguarded(folder: Path) -> None:
    """As an owner of the file may."""
    with closing(sqlite3.connect(folder / "signoff.db")) as file:
        names = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            file.execute(f'DROP TRIGGER "{name}"')
        file.commit()


def test_missing_guards_are_told_and_stop_nothing(leave: Run, folder: Path) -> None:
    assert "in place" in leave("db", "status").stdout
    unguarded(folder)
    shown = leave("db", "status")
    assert shown.exit_code == 0
    assert "missing: " in shown.stdout
    assert all(table in shown.stdout for table in TABLES)
    assert document(leave("db", "status", "--json"))["guards_missing"]
    told = {each["what"]: each for each in document(leave("doctor", "--json"))["findings"]}
    assert told["Guards"]["state"] == "warning"
    assert leave("doctor").exit_code == 0, "a warning"
    assert document(leave("verify", "--json"))["ok"] is True
