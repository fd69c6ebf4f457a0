"""Engines whose drivers tell every statement they are given; executemany is one."""

import sqlite3
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, make_url

ENDS = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


class Log(list[str]):
    """The statements since the last `clear`, without those that begin and end transactions."""

    def tell(self, statement: Any) -> None:
        text = statement.decode() if isinstance(statement, bytes) else str(statement)
        if not text.strip().upper().startswith(ENDS):
            self.append(text)


def counted(url: str, log: Log | None = None) -> tuple[Engine, Log]:
    """An engine of the host's on that database, and the log of what its cursors run."""
    log = Log() if log is None else log
    made = make_url(url)
    connect = (
        _sqlite(str(made.database), log) if made.get_backend_name() == "sqlite" else _postgresql(url, log)
    )
    return create_engine(url, creator=connect), log


def _sqlite(path: str, log: Log) -> Any:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = ()) -> "Cursor":
            log.tell(sql)
            return super().execute(sql, parameters)

        def executemany(self, sql: str, parameters: Any) -> "Cursor":
            log.tell(sql)
            return super().executemany(sql, parameters)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    return lambda: sqlite3.connect(path, factory=Connection, check_same_thread=False)


def _postgresql(url: str, log: Log) -> Any:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> "Cursor":
            log.tell(query)
            super().execute(query, params, **options)
            return self

    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return lambda: psycopg.connect(plain, cursor_factory=Cursor)
