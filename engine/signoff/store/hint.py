"""Hints that something may be due: NOTIFY and LISTEN on PostgreSQL, the file's change counter on SQLite.

A hint says nothing and may be lost; whoever waits for one looks by itself from time to time as well. A NOTIFY within
a command's transaction would make commits wait for one another, so it has a transaction of its own. May import
store.database only.
"""

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from signoff.errors import SignoffError, StoreError
from signoff.store import fault
from signoff.store.database import Database

CHANNEL = "signoff_due"
EVERY = timedelta(seconds=1)  # between two looks at SQLite's counter, and at whether to end


def nudge(database: Database) -> None:
    """Tell the daemons of this database to look now. Does nothing on SQLite, whose daemons see it by themselves.

    What keeps it from it is no error: the daemons look by themselves, too.
    """
    if database.dialect != "postgresql":
        return
    with suppress(SignoffError), database.write() as handle:
        # The hint need not outlive a power cut, so its commit waits for no disk.
        handle.connection.execute(text("SET LOCAL synchronous_commit = off"))
        told = {"channel": CHANNEL, "schema": database.schema or ""}
        handle.connection.execute(text("SELECT pg_notify(:channel, :schema)"), told)


def heard(database: Database, over: threading.Event, *, every: timedelta = EVERY) -> Iterator[None]:
    """One item for each hint until `over` is set. Ends by itself where this database gives none.

    Raises StoreError when the connection is lost: then wait, and listen again.
    """
    if database.in_memory:
        return
    with fault.guard():
        driver = _apart(database)
        try:
            yield from (
                _counted(driver, over, every)
                if database.dialect == "sqlite"
                else _told(driver, over, every, database.schema or "")
            )
        finally:
            driver.close()


def _apart(database: Database) -> Any:
    """The driver's connection, taken out of the pool: nobody else gets one that listens."""
    pooled = database.engine.raw_connection()
    driver = pooled.driver_connection
    pooled.detach()
    return driver


def _told(driver: Any, over: threading.Event, every: timedelta, schema: str) -> Iterator[None]:
    if not hasattr(driver, "notifies"):  # a host's psycopg2
        return
    driver.rollback()
    driver.autocommit = True
    driver.execute(f"LISTEN {CHANNEL}")
    yield  # what was told before is not heard any more
    while not over.is_set():
        for note in driver.notifies(timeout=every.total_seconds(), stop_after=1):
            if note.payload == schema:
                yield


def _counted(driver: Any, over: threading.Event, every: timedelta) -> Iterator[None]:
    known = None
    while not over.wait(every.total_seconds()):
        try:
            (count,) = driver.execute("PRAGMA data_version").fetchone()
        except Exception as error:
            if isinstance(fault.translated(error), StoreError):
                raise
            continue  # somebody is writing this very moment
        if known is not None and count != known:
            yield
        known = count
