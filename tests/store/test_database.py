"""Opening databases, and what the operator is told when one cannot serve; nothing is left half done."""

import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from signoff.errors import Conflict, SchemaMismatch, SignoffError, StoreError, Unavailable, UnsafeDatabase
from signoff.sentences import catalogue
from signoff.store import engines, fault, migrations
from signoff.store.database import Database
from signoff.store.unit import Unit
from tests.postgres import Cluster
from tests.store.story import AT, load, new_id, start, vote


@pytest.fixture
def file(tmp_path: Path, sqlite_template: Path) -> Path:
    """A SQLite file with the tables in it."""
    path = tmp_path / "signoff.db"
    shutil.copy(sqlite_template, path)
    return path


def _code(path: Path) -> str:
    db = Database(f"sqlite:///{path}")
    try:
        with Unit(db) as unit:
            start(unit, new_id())
    except SignoffError as error:
        return error.code
    finally:
        db.dispose()
    return ""


# SQLite -------------------------------------------------------------------------------------------------


def test_a_file_is_opened_safely_and_says_how(file: Path) -> None:
    db = Database(f"sqlite:///{file}")
    safe = sqlite3.sqlite_version_info >= engines.SAFE_WAL
    with db.read() as handle:
        assert handle.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert handle.execute(text("PRAGMA busy_timeout")).scalar() == 5000
        assert handle.execute(text("PRAGMA journal_mode")).scalar() == ("wal" if safe else "delete")
    assert db.mode.startswith("wal: " if safe else "delete: ")
    assert sqlite3.sqlite_version in db.mode
    db.dispose()
    assert Database("sqlite://").mode.startswith("memory")


def test_a_file_with_the_write_ahead_log_is_taken_back_from_it(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    safe = sqlite3.sqlite_version_info >= engines.SAFE_WAL
    db = Database(f"sqlite:///{file}")
    assert db.mode.startswith("wal" if safe else "delete")
    db.dispose()


def test_a_locked_file_is_a_conflict_that_may_be_repeated(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "PATIENCE", 0.0)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert _code(file) == "database_locked"
    assert "database_locked" in fault.REPEATABLE
    holder.execute("ROLLBACK")
    assert _code(file) == ""
    holder.close()


def test_a_command_takes_the_write_lock_at_once_and_a_reader_takes_none(file: Path) -> None:
    db = Database(f"sqlite:///{file}")
    other = sqlite3.connect(file, isolation_level=None, timeout=0)
    with db.write(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    with db.read():
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    other.close()
    db.dispose()


def test_a_full_disk_refuses_and_works_again_once_there_is_room(file: Path) -> None:
    db = Database(f"sqlite:///{file}")
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    with db.read() as handle:
        pages = handle.execute(text("PRAGMA page_count")).scalar()
        handle.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(Unavailable) as caught:
        _grow(db)
    assert caught.value.code == "disk_full"
    with db.read() as handle:
        handle.execute(text("PRAGMA max_page_count = 100000"))
    with Unit(db) as unit:
        assert load(unit, id).n == 1
    _grow(db)
    db.dispose()


def _grow(db: Database) -> None:
    with db.write() as handle:
        for n in range(200):
            handle.execute(text("INSERT INTO signoff_info VALUES (:n, :v)"), {"n": str(n), "v": "x" * 1000})


def test_a_read_only_file_is_named_as_such(file: Path) -> None:
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True))
    db = Database(engine)
    assert db.is_ready()
    with pytest.raises(Unavailable) as caught, Unit(db) as unit:
        start(unit, new_id())
    assert caught.value.code == "database_read_only"
    engine.dispose()


def test_what_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear Sir or Madam, this is a letter and no database at all. " * 20)
    before = path.read_bytes()
    assert _code(path) == "not_a_database"
    assert path.read_bytes() == before
    assert _code(tmp_path) == "cannot_open"


def test_a_database_in_memory_is_one_for_all_threads() -> None:
    db = Database("sqlite://")
    migrations.create(db)
    ids = [new_id(str(n)) for n in range(8)]

    def work(id: str) -> None:
        with Unit(db) as unit:
            start(unit, id)
        with Unit(db) as unit:
            vote(unit, id, "amy")

    threads = [threading.Thread(target=work, args=(id,)) for id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    with db.read() as handle:
        assert handle.execute(text("SELECT count(*) FROM signoff_journal")).scalar() == 16


def test_in_memory_a_question_inside_a_transaction_sees_it_and_a_second_command_is_refused() -> None:
    db = Database("sqlite://")
    migrations.create(db)
    with Unit(db) as unit:
        start(unit, new_id())
        unit.save()
        with db.read() as handle:
            assert handle.execute(text("SELECT count(*) FROM signoff_journal")).scalar() == 1
        with pytest.raises(Conflict), db.write():
            pass
    with db.read() as handle:
        assert handle.execute(text("SELECT count(*) FROM signoff_journal")).scalar() == 1


# PostgreSQL ---------------------------------------------------------------------------------------------


@pytest.fixture
def server(postgres: Cluster, postgres_template: str) -> Iterator[str]:
    name = postgres.create(postgres_template)
    yield postgres.url(name)
    postgres.drop(name)


def test_an_absent_server_and_an_absent_database_cannot_be_reached(postgres: Cluster, tmp_path: Path) -> None:
    for url in (postgres.url("nowhere"), f"postgresql+psycopg://signoff@/x?host={tmp_path}"):
        db = Database(url)
        with pytest.raises(Unavailable) as caught:
            db.ensure()
        assert caught.value.code == "unreachable"
        assert not db.is_ready()
        db.dispose()


def test_a_standby_is_read_only(server: str) -> None:
    db = Database(create_engine(server, connect_args={"options": "-c default_transaction_read_only=on"}))
    with pytest.raises(Unavailable) as caught, Unit(db) as unit:
        start(unit, new_id())
    assert caught.value.code == "database_read_only"
    db.engine.dispose()


def test_a_reader_sees_one_state(server: str) -> None:
    db, id = Database(server), new_id()
    with Unit(db) as unit:
        start(unit, id)
    count = text("SELECT count(*) FROM signoff_journal")
    with db.read() as handle:
        before = handle.execute(count).scalar()
        with Unit(db) as unit:
            vote(unit, id, "amy")
        assert handle.execute(count).scalar() == before
    db.dispose()


def test_after_the_server_dropped_every_connection_the_next_attempt_succeeds(server: str) -> None:
    db, id = Database(server), new_id()
    with Unit(db) as unit, db.read():
        start(unit, id)
    _drop_connections(server)
    tries = []

    def once() -> None:
        tries.append(1)
        with Unit(db) as unit:
            vote(unit, id, "amy")

    db.attempt(once)
    assert len(tries) == 2
    db.dispose()


def _drop_connections(url: str) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_schema_of_its_own_is_used_by_every_statement(server: str) -> None:
    db, id = Database(server, schema="approvals"), new_id()
    migrations.create(db)
    with Unit(db) as unit:
        start(unit, id)
    host = create_engine(server)
    with host.begin() as connection:
        with Unit(db, connection) as unit:
            vote(unit, id, "amy")
        assert connection.execute(text("SELECT count(*) FROM signoff_journal")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM approvals.signoff_journal")).scalar() == 2
    host.dispose()
    db.dispose()


# clocks -------------------------------------------------------------------------------------------------


def test_the_clock_is_the_databases_own(db: Database) -> None:
    with db.read() as handle:
        first = db.now(handle)
        assert first <= db.now(handle)
    told = Database(db.url, clock=lambda: AT)
    with told.read() as handle:
        assert (told.now(handle) == AT) is (db.dialect == "sqlite")
    told.dispose()


# errors -------------------------------------------------------------------------------------------------


def test_other_databases_are_refused() -> None:
    with pytest.raises(UnsafeDatabase) as caught:
        Database("mysql://x@localhost/y")
    assert caught.value.code == "unsupported_database"
    with pytest.raises(UnsafeDatabase):
        Database("sqlite://", schema="approvals")


def test_every_operational_state_of_postgresql_is_somebodys_move() -> None:
    for state in ("40001", "40P01", "25006", "57P01", "08006", "53300", "53100", "55P03", "42P01", "28P01"):
        found = fault.translated(psycopg.errors.lookup(state)("x"))
        assert isinstance(found, (StoreError, Conflict)), state
    assert fault.translated(psycopg.errors.UniqueViolation("x")) is None
    assert fault.translated(ValueError("x")) is None
    assert isinstance(fault.translated(psycopg.errors.UndefinedTable("x")), SchemaMismatch)


def test_every_error_of_the_store_has_a_sentence() -> None:
    known = catalogue()
    codes = {code for _, code in (*fault.SQLITE.values(), *fault.SQLSTATE.values())}
    for code in sorted(codes | set(_written_codes())):
        assert code in known, f"{code} has no sentence"


def _written_codes() -> list[str]:
    """The codes that stand in the source of the store."""
    kinds = "Conflict|Unavailable|SchemaMismatch|UnsafeDatabase|UnreadableState|Invalid|NotFound"
    raised = re.compile(rf'(?:{kinds})\(\s*"([a-z_]+)"')
    folder = Path(engines.__file__).parent
    return [code for path in folder.rglob("*.py") for code in raised.findall(path.read_text())]
