"""A database that cannot serve: said by the class of the error, with what the operator can do; nothing is changed."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from signoff import Engine
from signoff.errors import SchemaMismatch, StoreError, Unavailable
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.store import engines
from tests.cli.conftest import KEY, LEAVE, Run, document
from tests.stories.state import dump

GATE = f"{KEY}/approval"
READS = (["list"], ["why", KEY], ["history", KEY], ["verify"], ["doctor"], ["inbox", "--for", "sun"])
WRITES = (["approve", GATE, "--as", "sun"], ["start", "leave-request", *LEAVE, "--key", "two"])


def told(run: Run, arguments: list[str], code: int, *said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code, (arguments, result.output)
    assert "Traceback" not in result.output
    assert all(each in result.output for each in said), result.output
    if arguments[0] == "doctor":
        return
    error = document(run(*arguments, "--json"))["error"]
    assert (error["exit_code"], bool(error["code"])) == (code, True)


@pytest.mark.parametrize("arguments", [*READS, *WRITES], ids=lambda each: each[0])
class TestEveryVerb:
    def test_tells_of_a_file_that_is_not_there(self, run: Run, folder: Path, arguments: list[str]) -> None:
        told(run, arguments, 9, "signoff db upgrade")
        assert list(folder.iterdir()) == []

    def test_tells_of_a_file_that_is_no_database(self, run: Run, folder: Path, arguments: list[str]) -> None:
        folder.joinpath("signoff.db").write_text("Dear diary, " * 200, encoding="utf-8")
        told(run, arguments, 9, "SQLite")
        assert folder.joinpath("signoff.db").read_text(encoding="utf-8") == "Dear diary, " * 200

    def test_tells_of_an_empty_file(self, run: Run, folder: Path, arguments: list[str]) -> None:
        folder.joinpath("signoff.db").touch()
        told(run, arguments, 9, "db upgrade")

    def test_tells_of_a_database_of_somebody_else(self, run: Run, folder: Path, arguments: list[str]) -> None:
        with sqlite3.connect(folder / "signoff.db") as other:
            other.execute("CREATE TABLE orders (id)")
        other.close()
        before = dump(folder)
        told(run, arguments, 9, "db upgrade")
        assert dump(folder) == before

    def test_tells_of_a_database_of_a_newer_release(
        self, leave: Run, folder: Path, arguments: list[str]
    ) -> None:
        change(folder, "UPDATE signoff_version SET version_num = '9999'")
        told(leave, arguments, 9, "9999")

    def test_tells_of_a_database_cut_in_half(self, leave: Run, folder: Path, arguments: list[str]) -> None:
        path = folder / "signoff.db"
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        result = leave(*arguments)
        assert result.exit_code in (0, 9), result.output
        assert "Traceback" not in result.output


def change(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / "signoff.db") as connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("arguments", WRITES, ids=lambda each: each[0])
def test_a_database_that_may_only_be_read_is_read_and_not_written(
    leave: Run, folder: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened read-only by SQLite itself, because file modes do not stop the root user of a container."""
    before = dump(folder)
    folder.joinpath("signoff.db").chmod(stat.S_IRUSR)
    real = sqlite3.connect

    def read_only(place: str, **more: object) -> sqlite3.Connection:
        return real(place.replace("?mode=rw", "?mode=ro"), **more)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(engines.sqlite3, "connect", read_only)
    assert leave("list").exit_code == 0
    assert leave("why", KEY).exit_code == 0
    told(leave, arguments, 9, "read")
    monkeypatch.undo()
    assert dump(folder) == before


@pytest.fixture
def locked(leave: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Somebody else holds the write lock for good, and nobody waits for it."""
    monkeypatch.setattr(engines, "PATIENCE", 0.0)
    holder = sqlite3.connect(folder / "signoff.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    yield leave
    holder.rollback()
    holder.close()


@pytest.mark.parametrize("arguments", WRITES, ids=lambda each: each[0])
def test_a_locked_database_is_told_as_somebody_being_first(
    locked: Run, folder: Path, arguments: list[str]
) -> None:
    told(locked, arguments, 6)
    assert locked("list").exit_code == 0, "readers are not kept out"


PLAN = """
signoff: 1
process: plan
lang: en
calendar: PLAIN
zone: UTC
data: {text: {type: text, optional: true}}
roles: {staff: {group: staff}}
start: {by: [staff], form: {edit: [text]}}
steps:
  - {step: work, owner: staff, form: {edit: [text]}}
"""
PEOPLE = StaticDirectory({"lin": {"groups": ("staff",)}})


def test_a_full_disk_loses_nothing_and_what_follows_works(sqlite_template: Path, tmp_path: Path) -> None:
    """The file may not grow (`max_page_count`): a command that needs more is refused whole."""
    path = shutil.copy(sqlite_template, tmp_path / "signoff.db")
    engine = Engine(f"sqlite:///{path}", directory=PEOPLE, clock=VirtualClock("2027-01-04T09:00Z"))
    engine.deploy(PLAN)
    instance = engine.start("plan", by="lin").instance
    (row,) = engine.inbox("lin")
    with engine.core.database.unchecked("") as handle:  # goes back to the pool, and limits who takes it next
        pages = handle.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        handle.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    before = dump(path)
    with pytest.raises(Unavailable) as full:
        engine.submit(row.task, by="lin", data={"text": "x" * 200_000})
    assert full.value.code == "disk_full"
    assert dump(path) == before
    with engine.core.database.unchecked("") as handle:
        handle.connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    engine.submit(row.task, by="lin", data={"text": "x" * 200_000})
    assert engine.show(instance).row.status == "completed"
    assert not engine.verify().findings
    engine.dispose()


def test_postgresql_that_is_not_there_or_not_ready_or_read_only(postgres_database: str) -> None:
    engine = Engine(postgres_database, directory=PEOPLE)
    with pytest.raises(SchemaMismatch) as missing:
        engine.instances()
    assert "db upgrade" in missing.value.sentence("en")
    engine.dispose()
    nowhere = make_url(postgres_database).set(database="no_such_database")
    engine = Engine(nowhere, directory=PEOPLE)
    with pytest.raises(Unavailable):
        engine.instances()
    engine.dispose()


def test_postgresql_that_takes_no_writes_says_so(postgres_ready: str) -> None:
    ready = postgres_ready
    plain = make_url(ready).set(drivername="postgresql").render_as_string(hide_password=False)
    name = make_url(ready).database
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode())
        try:
            engine = Engine(ready, directory=PEOPLE)
            with pytest.raises(StoreError) as refused:
                engine.deploy(PLAN)
            assert refused.value.code == "database_read_only"
            assert engine.instances() == []
            engine.dispose()
        finally:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'.encode())
