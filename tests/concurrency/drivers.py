"""Drivers that stop before each statement and before each commit, and that tell when a lock keeps them waiting.

`engine(url, watch)` is a host's engine on real connections. On SQLite the busy handler is the watcher's: it is told,
and the statement is tried again when the watcher says so. Must import nothing of signoff.
"""

import sqlite3
from typing import Any, Protocol

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, create_engine, make_url


class Watch(Protocol):
    """Who looks on at one side."""

    def before(self, statement: str) -> None:
        """Called before a statement is handed to the database; COMMIT and ROLLBACK too."""

    def busy(self) -> None:
        """SQLite only: somebody else has the file; returns when it is worth another try."""


def engine(url: str, watch: Watch) -> Engine:
    """An engine whose connections are watched."""
    sqlite = make_url(url).get_backend_name() == "sqlite"
    return create_engine(url, creator=(_sqlite if sqlite else _postgresql)(url, watch))


def _sqlite(url: str, watch: Watch) -> Any:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = ()) -> "Cursor":
            return _again(lambda: super(Cursor, self).execute(sql, parameters), sql, watch)

        def executemany(self, sql: str, parameters: Any) -> "Cursor":
            return _again(lambda: super(Cursor, self).executemany(sql, parameters), sql, watch)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def commit(self) -> None:
            watch.before("COMMIT")
            super().commit()

        def rollback(self) -> None:
            if self.in_transaction:  # the pool rolls back whatever it gets
                watch.before("ROLLBACK")
            super().rollback()

    def connect() -> Any:
        path = str(make_url(url).database)
        connection = sqlite3.connect(path, factory=Connection, check_same_thread=False, timeout=0)
        sqlite3.Connection.execute(connection, "PRAGMA synchronous=OFF")  # nobody cuts the power here
        return connection

    return connect


def _again(run: Any, sql: str, watch: Watch) -> Any:
    watch.before(sql)
    while True:
        try:
            return run()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        watch.busy()


def _postgresql(url: str, watch: Watch) -> Any:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> "Cursor":
            watch.before(query.decode() if isinstance(query, bytes) else str(query))
            super().execute(query, params, **options)
            return self

    class Connection(psycopg.Connection[Any]):
        def commit(self) -> None:
            watch.before("COMMIT")
            super().commit()

        def rollback(self) -> None:
            if self.info.transaction_status != TransactionStatus.IDLE:
                watch.before("ROLLBACK")
            super().rollback()

    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return lambda: Connection.connect(plain, cursor_factory=Cursor)
