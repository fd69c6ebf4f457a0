"""Bringing a database to the schema of this release, and nothing else: `upgrade`, `status`, `create`.

The migrations are Alembic's and lie in `versions/`; its version table is `signoff_version`. Must import nothing
of signoff but the database, the schema and `errors`.
"""

import secrets
import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateSchema

from signoff.errors import Unavailable
from signoff.store import guards
from signoff.store.database import Database
from signoff.store.handle import Handle
from signoff.store.revision import REVISION, revision_of
from signoff.store.schema import VERSION_TABLE, info, metadata

FOLDER = Path(__file__).resolve().parent
WRITE_FORMAT = "1"
_LOCK = 0x5349474E  # of PostgreSQL's advisory locks: two upgrades wait for each other


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: its revision and what it does."""

    revision: str
    title: str


def status(database: Database) -> tuple[str, str]:
    """The revision the database is at (empty: none) and the one this release wants."""
    if _missing(database):
        return "", REVISION
    with database.unchecked("BEGIN") as handle:
        return revision_of(handle), REVISION


def upgrade(database: Database, *, dry_run: bool = False) -> tuple[Step, ...]:
    """Apply the migrations that the database lacks, all or none, and say which; with `dry_run` only say.

    Creates a SQLite file that does not exist, and the schema if one was named. Raises StoreError.
    """
    steps = _pending(status(database)[0])
    if dry_run or not steps:
        return steps
    _make_file(database)
    with database.unchecked("BEGIN IMMEDIATE") as handle:
        _apply(database, handle)
    database.ensure()
    return steps


def create(database: Database) -> None:
    """Make sure the database has this release's schema; in memory it is copied from a template."""
    if database.in_memory and not status(database)[0]:
        with database.unchecked("") as handle:
            driver = handle.connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection), "in memory is sqlite3"
            driver.deserialize(_template())
    upgrade(database)


def _pending(current: str) -> tuple[Step, ...]:
    if current == REVISION:  # the scripts need not be read for that
        return ()
    script = ScriptDirectory.from_config(_config())
    found = [step for step in script.walk_revisions() if not current or step.revision > current]
    return tuple(Step(step.revision, str(step.doc)) for step in reversed(found))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _apply(database: Database, handle: Handle) -> None:
    if database.dialect == "postgresql":
        handle.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if database.schema:
            handle.execute(CreateSchema(database.schema, if_not_exists=True))
    config = _config()
    config.attributes["connection"] = handle.connection
    config.attributes["schema"] = database.schema
    command.upgrade(config, "head")
    _introduce(handle, secrets.token_hex(8))


def _introduce(handle: Handle, installation: str) -> None:
    """Give the database its name, by which its chains are told apart from others."""
    if handle.execute(select(info.c.value).where(info.c.name == "installation")).scalar() is None:
        facts = {"installation": installation, "write_format": WRITE_FORMAT}
        handle.execute(insert(info), [{"name": name, "value": value} for name, value in facts.items()])


def _missing(database: Database) -> bool:
    return database.path is not None and not database.path.exists()


def _make_file(database: Database) -> None:
    if not _missing(database):
        return
    assert database.path is not None, "only a file can be missing"
    try:
        database.path.touch()
    except OSError as error:
        raise Unavailable("cannot_open", detail=str(error)) from error


@cache
def _template() -> bytes:
    """An empty database of this release, as the bytes of a SQLite file."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        metadata.create_all(connection)
        guards.create(connection)
        connection.execute(
            text(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
        connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES (:revision)"), {"revision": REVISION})  # noqa: S608 - a fixed name
        _introduce(Handle(connection, "sqlite", None, own=False), "memory")
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection), "in memory is sqlite3"
        content = driver.serialize()
    engine.dispose()
    return content
