"""Databases that already hold signoff's tables: migrated once per session, then copied.

Owns the fixture `db`; a folder's conftest takes it by importing it. Must import only signoff.store.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, make_url

from signoff.store import guards, migrations, schema
from signoff.store.database import Database
from tests.postgres import Cluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables in it; copy it, never open it."""
    path = tmp_path_factory.mktemp("template") / "signoff.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster) -> str:
    """The name of a database with the tables in it, for `Cluster.create`."""
    name = postgres.create()
    _migrate(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def postgres_ready(postgres: Cluster, postgres_template: str) -> str:
    """The URL of one database with the tables in it, for all tests in turn: a copy each takes ten times as long."""
    return postgres.url(postgres.create(postgres_template))


@pytest.fixture(params=["sqlite", "postgresql"])
def ready(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test's own with the tables in it, once of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "signoff.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url: str = request.getfixturevalue("postgres_ready")
    yield url
    _empty(url)


@pytest.fixture
def db(ready: str) -> Iterator[Database]:
    """That database, opened."""
    db = Database(ready)
    yield db
    db.dispose()


def _empty(url: str) -> None:
    """Leave the tables as a migration leaves them, and nothing else; whoever is still connected is sent away."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    ours = [f'"{table}"' for table in schema.metadata.tables if table != schema.info.name]
    deletes = "; ".join(f"DELETE FROM {table}" for table in ours)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(_SEND_AWAY)
        others = connection.execute(_TABLES).fetchall()
        for (name,) in others:
            if not schema.owns(name):
                connection.execute(f'DROP TABLE "{name}"'.encode())
        connection.execute(f"{_UNGUARDED}; {deletes}; {_FACTS}; {_GUARDED}".encode())


_SEND_AWAY = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_UNGUARDED = "; ".join(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guards.TABLES)
_GUARDED = "; ".join(
    f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_guard_{verb}"
    for table in guards.TABLES
    for verb in ("change", "truncate")
)
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_FACTS = f"DELETE FROM {schema.info.name} WHERE name NOT IN ('installation', 'write_format')"


def _migrate(url: str) -> None:
    db = Database(url)
    migrations.upgrade(db)
    db.dispose()


def unguard(connection: Connection) -> None:
    """Take the guards down for what follows, as the owner of the tables can: for tests that forge."""
    if connection.dialect.name == "sqlite":
        guards.drop(connection)
    else:
        connection.exec_driver_sql(_UNGUARDED)
