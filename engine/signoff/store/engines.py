"""SQLAlchemy engines of signoff's own, from a URL: how SQLite and PostgreSQL are opened, and in which mode.

A host's Engine never comes here: no listener and no pragma is set on it. Must import nothing of signoff but
`errors`.
"""

import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sqlalchemy import URL, Engine, Pool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import QueuePool, StaticPool
from sqlalchemy.util import LRUCache

from signoff.errors import Unavailable, UnsafeDatabase

PATIENCE = 5.0  # seconds that SQLite waits for another writer
STATEMENTS = 1000  # that are kept compiled
SAFE_WAL = (3, 51, 3)  # earlier libraries can corrupt the file when the write-ahead log is reset


def address(db: str | URL) -> URL:
    """The URL that a text is; raises UnsafeDatabase, without the text, for it may hold a password."""
    try:
        return make_url(db)
    except (ArgumentError, ValueError):
        raise UnsafeDatabase("not_a_url") from None


def build(url: URL) -> Engine:
    """An engine of our own; a SQLite file that does not exist is not created by it."""
    backend = url.get_backend_name()
    if backend == "sqlite":
        return _memory() if in_memory(url) else _file(url)
    if backend == "postgresql":
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        try:
            return create_engine(url, isolation_level="READ COMMITTED")
        except (NoSuchModuleError, ImportError):
            raise UnsafeDatabase("no_driver", name=url.drivername) from None
    raise UnsafeDatabase("unsupported_database", name=backend)


def in_memory(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and (url.database or ":memory:") == ":memory:"


def file_of(url: URL) -> Path | None:
    """The SQLite file of a URL; None in memory and on PostgreSQL."""
    if url.get_backend_name() != "sqlite" or in_memory(url):
        return None
    return Path(str(url.database)).absolute()


def _memory() -> Engine:
    # Every connection is the same one: nothing may roll it back behind a transaction that is under way.
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)

    pool = StaticPool(connect, reset_on_return=None, dialect=_sqlite().dialect)  # type: ignore[arg-type]  # SQLAlchemy's protocol is wider than sqlite3
    return _of_sqlite(pool, make_url("sqlite://"))


def _file(url: URL) -> Engine:
    path = file_of(url)
    assert path is not None, "a file was asked for"
    pool = QueuePool(_opener(path), dialect=_sqlite().dialect)  # type: ignore[arg-type]  # SQLAlchemy's protocol is wider than sqlite3
    event.listen(pool, "connect", _settle)
    return _of_sqlite(pool, url)


def _of_sqlite(pool: Pool, url: URL) -> Engine:
    """An engine that knows the statements which others in this process have compiled before."""
    sqlite = _sqlite()
    known = sqlite.get_execution_options()
    return Engine(pool, sqlite.dialect, url).execution_options(**known)


@cache
def _sqlite() -> Engine:
    """The process has one library of SQLite, so one dialect of it, and one cache of what was compiled for it."""
    engine = create_engine("sqlite://")
    engine.connect().close()  # the dialect asks the library what it can do, once
    engine.dispose()
    return engine.execution_options(compiled_cache=LRUCache(STATEMENTS))


def _opener(path: Path) -> Callable[[], sqlite3.Connection]:
    def connect() -> sqlite3.Connection:
        if not path.exists():
            raise Unavailable("no_database", path=str(path))
        return sqlite3.connect(
            f"{path.as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            timeout=PATIENCE,
            check_same_thread=False,
        )

    return connect


def _settle(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=FULL")
    wanted = "wal" if sqlite3.sqlite_version_info >= SAFE_WAL else "delete"
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != wanted:
        connection.execute(f"PRAGMA journal_mode={wanted}")


def sqlite_mode(found: str) -> str:
    """Which journal SQLite uses, and why, in one line."""
    version = sqlite3.sqlite_version
    safe = ".".join(str(part) for part in SAFE_WAL)
    if found != "wal":
        reason = "in memory" if found == "memory" else f"SQLite {version} is older than {safe}"
        if found != "memory" and sqlite3.sqlite_version_info >= SAFE_WAL:
            reason = "as the file was opened"
        return f"{found}: {reason}"
    if sqlite3.sqlite_version_info >= SAFE_WAL:
        return f"wal: SQLite {version} is free of the WAL-reset corruption bug (fixed in {safe})"
    return f"wal: SQLite {version} can corrupt the file; set journal_mode=delete or use {safe} or newer"
