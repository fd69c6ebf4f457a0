"""The database as signoff holds it: transactions of its own, those of a host, retries, and whether it fits.

`Database` is made from a URL or from a host's Engine; `Handle` is what a transaction hands out: Core statements
by `execute`, compiled ones on the driver's cursor by `row`, `rows`, `change` and `many`. Must not import kernel.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, CursorResult, Engine, Executable, make_url, text
from sqlalchemy.pool import StaticPool

from signoff.errors import Conflict, SchemaMismatch, SignoffError, StoreError, Unavailable, UnsafeDatabase
from signoff.store import engines, fault
from signoff.store.schema import VERSION_TABLE

T = TypeVar("T")
Row = tuple[Any, ...]
Params = Mapping[str, Any]

DIALECTS = ("sqlite", "postgresql")
REVISION = "0001"  # the newest migration: what this release reads and writes
ATTEMPTS = 8  # of a whole transaction
FIRST_PAUSE = 0.01  # seconds, doubled each time, with jitter


@dataclass(slots=True)
class Handle:
    """One transaction. `connection` is SQLAlchemy's, for hooks of the host; `own` whether signoff ends it."""

    connection: Connection
    dialect: str
    schema: str | None
    own: bool
    _cursor: Any = None

    def execute(
        self, statement: Executable, parameters: Params | Sequence[Params] | None = None
    ) -> CursorResult[Any]:
        """Run a Core statement on signoff's tables."""
        return self.connection.execute(statement, parameters)

    @property
    def cursor(self) -> Any:
        """The driver's cursor, of this connection's transaction."""
        if self._cursor is None:
            if not self.connection.in_transaction():
                self.connection.begin()  # as Connection.execute does by itself: so that commit() commits
            self._cursor = self.connection.connection.cursor()
        return self._cursor

    def row(self, sql: str, parameters: Params) -> Row | None:
        """The only row of a compiled statement."""
        self.cursor.execute(sql, parameters)
        found = self._cursor.fetchone()
        return None if found is None else tuple(found)

    def rows(self, sql: str, parameters: Params) -> list[Row]:
        self.cursor.execute(sql, parameters)
        return [tuple(row) for row in self._cursor.fetchall()]

    def change(self, sql: str, parameters: Params) -> int:
        """Run a compiled statement that returns nothing; how many rows it touched."""
        self.cursor.execute(sql, parameters)
        return int(self._cursor.rowcount)

    def many(self, sql: str, rows: Sequence[Params]) -> None:
        """Run one compiled statement for all rows; nothing for none."""
        if rows:
            self.cursor.executemany(sql, rows)

    def close(self) -> None:
        if self._cursor is not None:
            self._cursor.close()
            self._cursor = None


class Database:
    """A database of signoff. Opens nothing before it is used; never creates a file or a table by itself."""

    def __init__(self, db: str | URL | Engine, *, schema: str | None = None) -> None:
        """`db` is a URL or the host's Engine, of which a copy sharing its pool is used.

        Raises UnsafeDatabase for a database that signoff does not run on.
        """
        self.own = not isinstance(db, Engine)
        self.url = db.url if isinstance(db, Engine) else make_url(db)
        self.dialect = self.url.get_backend_name()
        if self.dialect not in DIALECTS:
            raise UnsafeDatabase("unsupported_database", name=self.dialect)
        if schema and self.dialect == "sqlite":
            raise UnsafeDatabase("no_schemas", schema=schema)
        self.schema = schema
        engine = db if isinstance(db, Engine) else engines.build(self.url)
        self.engine = engine.execution_options(schema_translate_map={None: schema} if schema else None)
        self._shared = isinstance(engine.pool, StaticPool)
        self._turn = threading.RLock()
        self._active: Handle | None = None
        self._fits = False

    @property
    def path(self) -> Path | None:
        """The SQLite file; None for everything else."""
        return engines.file_of(self.url) if self.own else None

    @property
    def in_memory(self) -> bool:
        return engines.in_memory(self.url)

    @property
    def mode(self) -> str:
        """Which journal the database uses, and why: one line for the log at start."""
        if self.dialect != "sqlite":
            return "postgresql: durable as the server is set"
        with self._transaction("") as handle:
            return engines.sqlite_mode(handle.connection.execute(text("PRAGMA journal_mode")).scalar_one())

    def dispose(self) -> None:
        """Close the pool of an engine of our own; a host's stays open."""
        if self.own:
            self.engine.dispose()

    # transactions -----------------------------------------------------------------------------------------

    @contextmanager
    def write(self) -> Iterator[Handle]:
        """A transaction of signoff's own, committed at the end, rolled back when the block raises.

        On SQLite it takes the write lock at once. Raises Conflict when others were first, StoreError when the
        database cannot serve; neither leaves anything behind.
        """
        self.ensure()
        with self._transaction("BEGIN IMMEDIATE") as handle:
            yield handle

    @contextmanager
    def read(self) -> Iterator[Handle]:
        """A transaction that sees one state of the database and changes nothing."""
        self.ensure()
        with self._transaction("BEGIN") as handle:
            yield handle

    def unchecked(self, begin: str) -> AbstractContextManager[Handle]:
        """A transaction that does not ask whether the schema fits: for migrations. `begin` as SQLite says it."""
        return self._transaction(begin)

    @contextmanager
    def join(self, connection: Connection) -> Iterator[Handle]:
        """Work inside the host's transaction: nothing is begun, committed or rolled back.

        Raises UnsafeDatabase where the connection commits each statement by itself.
        """
        handle = Handle(connection, self.dialect, self.schema, own=False)
        with fault.guard(), self._translating(connection):
            try:
                self._in_transaction(handle)
                if not self._fits:
                    self._check(handle)
                yield handle
            finally:
                handle.close()

    @contextmanager
    def _translating(self, connection: Connection) -> Iterator[None]:
        # execution_options() changes the host's Connection in place: put back what was there.
        if not self.schema:
            yield
            return
        before = connection.get_execution_options().get("schema_translate_map")
        connection.execution_options(schema_translate_map={None: self.schema})
        try:
            yield
        finally:
            connection.execution_options(schema_translate_map=before)

    def attempt(self, work: Callable[[], T]) -> T:
        """Do `work`, which opens its own transaction, again whole when others were in its way; bounded.

        Waits a little longer each time, with jitter. The last failure is raised as it is.
        """
        for turn in range(ATTEMPTS - 1):
            try:
                return work()
            except SignoffError as error:
                if error.code not in fault.REPEATABLE:
                    raise
            # Spreads those who collided; nothing secret hangs on it.
            time.sleep(FIRST_PAUSE * 2**turn * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
        return work()

    def now(self, handle: Handle) -> datetime:
        """The database's clock, in UTC. SQLite has no other than this machine's."""
        if self.dialect == "sqlite":
            return datetime.now(UTC)  # noqa: TID251 - SQLite runs in this process: its clock is this one
        found: datetime = handle.connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return found.astimezone(UTC)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Handle]:
        with fault.guard(), self._alone():
            if self._active is not None:
                yield self._nested(begin)
                return
            with self.engine.connect() as connection:
                handle = Handle(connection, self.dialect, self.schema, own=True)
                self._active = handle if self._shared else None
                try:
                    yield from self._kept(handle, begin)
                finally:
                    self._active = None

    def _kept(self, handle: Handle, begin: str) -> Iterator[Handle]:
        connection = handle.connection
        try:
            self._begin(handle, begin)
            yield handle
            handle.close()
            self._commit(connection)
        except BaseException as error:
            handle.close()
            self._undo(connection, error)
            raise

    def _begin(self, handle: Handle, begin: str) -> None:
        connection = handle.connection
        if self.dialect == "postgresql" and begin == "BEGIN":
            connection.execution_options(isolation_level="REPEATABLE READ")
        driver = connection.connection.dbapi_connection
        if self.dialect == "sqlite" and getattr(driver, "in_transaction", False):
            raise Conflict("database_locked", detail="the host's transaction is open on its only connection")
        connection.begin()
        # A host's own listener may have begun already.
        if self.dialect == "sqlite" and begin and not getattr(driver, "in_transaction", False):
            handle.cursor.execute(begin)

    def _commit(self, connection: Connection) -> None:
        try:
            connection.commit()
        except Exception as error:
            found = fault.translated(error)
            if found is not None and fault.is_lost(found):
                raise Unavailable("commit_unknown", detail=str(error)) from error
            raise

    def _undo(self, connection: Connection, error: BaseException) -> None:
        found = fault.translated(error)
        if found is not None and fault.is_lost(found):
            connection.invalidate(error)
            self.dispose()  # the others in the pool are as old
        elif connection.in_transaction():
            connection.rollback()

    def _nested(self, begin: str) -> Handle:
        # In memory there is one connection: who asks inside a transaction sees that transaction.
        assert self._active is not None, "only called inside a transaction"
        if begin == "BEGIN IMMEDIATE":
            raise Conflict("database_locked", detail="a transaction is open on this database in memory")
        return self._active

    def _alone(self) -> AbstractContextManager[Any]:
        return self._turn if self._shared else nullcontext()

    def _in_transaction(self, handle: Handle) -> None:
        _ = handle.cursor
        driver = handle.connection.connection.dbapi_connection
        begun = getattr(driver, "in_transaction", None)
        if begun is None:
            status = getattr(getattr(driver, "info", None), "transaction_status", 0)
            begun = int(status) != 0
        alone = getattr(driver, "isolation_level", "") is None if self.dialect == "sqlite" else False
        if not begun and (alone or getattr(driver, "autocommit", None) is True):
            raise UnsafeDatabase("no_transaction")

    # whether it fits --------------------------------------------------------------------------------------

    def ensure(self) -> None:
        """Check once that the database is there and was made for this release.

        Raises Unavailable when it is not there or cannot be reached, SchemaMismatch when its schema is missing,
        older or newer.
        """
        if self._fits:
            return
        with self._transaction("BEGIN") as handle:
            self._check(handle)

    def is_ready(self) -> bool:
        """Whether commands would find their tables."""
        try:
            self.ensure()
        except StoreError:
            return False
        return True

    def revision(self, handle: Handle) -> str:
        """The migration the database is at; empty: none. No statement of it can fail."""
        if self.dialect == "sqlite":
            question = text("SELECT 1 FROM sqlite_master WHERE name = :name")
            name = VERSION_TABLE
        else:
            question = text("SELECT to_regclass(:name)")
            name = f"{_quoted(self.schema)}.{VERSION_TABLE}" if self.schema else VERSION_TABLE
        if handle.connection.execute(question, {"name": name}).scalar() is None:
            return ""
        found = handle.connection.execute(text(f"SELECT version_num FROM {name}")).scalar()  # noqa: S608 - a fixed name, the schema quoted
        return str(found or "")

    def _check(self, handle: Handle) -> None:
        found = self.revision(handle)
        if not found:
            raise SchemaMismatch("schema_missing")
        if found != REVISION:
            code = "schema_older" if found < REVISION else "schema_newer"
            raise SchemaMismatch(code, found=found, wanted=REVISION)
        self._fits = True


def _quoted(schema: str | None) -> str:
    return '"' + str(schema).replace('"', '""') + '"'
