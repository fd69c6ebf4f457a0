"""The database as signoff holds it: transactions of its own, those of a host, and whole attempts at one.

`Database` is made from a URL or from a host's Engine; what a transaction hands out is a `Handle`. Must not import
kernel.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.pool import StaticPool

from signoff.errors import Conflict, SignoffError, StoreError, Unavailable, UnsafeDatabase
from signoff.store import engines, fault, guards, revision
from signoff.store.handle import Handle
from signoff.store.schema import instant
from signoff.store.statements import NOW

__all__ = ["Database", "Handle"]

T = TypeVar("T")

DIALECTS = ("sqlite", "postgresql")
ATTEMPTS = 8  # of a whole transaction
FIRST_PAUSE = 0.01  # seconds, doubled each time, with jitter


class Database:
    """A database of signoff. Opens nothing before it is used; never creates a file or a table by itself."""

    def __init__(
        self,
        db: str | URL | Engine,
        *,
        schema: str | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """`db` is a URL or the host's Engine, of which a copy sharing its pool is used.

        `clock` is the machine's: SQLite has no other, and asking it through SQL costs a statement. PostgreSQL is
        asked for its own. Raises UnsafeDatabase for a database that signoff does not run on.
        """
        self.own = not isinstance(db, Engine)
        self.url = db.url if isinstance(db, Engine) else engines.address(db)
        self.dialect = self.url.get_backend_name()
        if self.dialect not in DIALECTS:
            raise UnsafeDatabase("unsupported_database", name=self.dialect)
        if schema and self.dialect == "sqlite":
            raise UnsafeDatabase("no_schemas", schema=schema)
        self.schema = schema
        self._clock = clock
        engine = db if isinstance(db, Engine) else engines.build(self.url)
        self.engine = engine.execution_options(schema_translate_map={None: schema} if schema else None)
        self._shared = isinstance(engine.pool, StaticPool)
        self._turn = threading.RLock()
        self._active: Handle | None = None
        self._fits = False
        self.standing: dict[str, tuple[str, str]] = {}  # of `standing`: process -> as it was last read

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

    def write(self) -> AbstractContextManager[Handle]:
        """A transaction of signoff's own, committed at the end, rolled back when the block raises.

        On SQLite it takes the write lock at once. Raises Conflict when others were first, StoreError when the
        database cannot serve; neither leaves anything behind.
        """
        self.ensure()
        return self._transaction("BEGIN IMMEDIATE")

    def read(self) -> AbstractContextManager[Handle]:
        """A transaction that sees one state of the database and changes nothing."""
        self.ensure()
        return self._transaction("BEGIN")

    def unchecked(self, begin: str) -> AbstractContextManager[Handle]:
        """A transaction that does not ask whether the schema fits: for migrations. `begin` as SQLite says it."""
        return self._transaction(begin)

    @contextmanager
    def join(self, connection: Connection) -> Iterator[Handle]:
        """Work inside the host's transaction: nothing is begun, committed or rolled back.

        Raises UnsafeDatabase where the connection commits each statement by itself.
        """
        handle = Handle(connection, self.dialect, self.schema, own=False)
        with fault.guard(), _translating(connection, self.schema):
            try:
                handle.refuse_autocommit()
                if not self._fits:
                    self._check(handle)
                yield handle
            finally:
                handle.close()

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
            threading.Event().wait(_pause(turn))
        return work()

    def now(self, handle: Handle) -> datetime:
        """The database's clock, in UTC. SQLite has no other than this machine's."""
        if self.dialect == "sqlite" and self._clock is not None:
            return self._clock().astimezone(UTC)
        return instant(handle.connection.execute(text(f"SELECT {NOW[self.dialect]}")).scalar_one())

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
            _commit(connection)
        except BaseException as error:
            with suppress(Exception):  # an interrupted driver has closed it already; the error is what counts
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

    def unguarded(self) -> tuple[str, ...]:
        """The guards of what is recorded that are not in place; see `store.guards`."""
        with self.unchecked("BEGIN") as handle:
            return guards.missing(handle.connection)

    def _check(self, handle: Handle) -> None:
        revision.check(handle)
        self._fits = True


def _pause(turn: int) -> float:
    """Seconds to wait: longer each time, and not the same for those who collided, whose threads differ."""
    spread = (threading.get_native_id() * 40503 + turn * 9973) % 1000 / 1000
    return FIRST_PAUSE * (1 << turn) * (0.5 + spread)


@contextmanager
def _translating(connection: Connection, schema: str | None) -> Iterator[None]:
    """Find our tables in their schema; execution_options() changes the host's Connection in place."""
    if not schema:
        yield
        return
    before = connection.get_execution_options().get("schema_translate_map")
    connection.execution_options(schema_translate_map={None: schema})
    try:
        yield
    finally:
        connection.execution_options(schema_translate_map=before)


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except Exception as error:
        found = fault.translated(error)
        if found is not None and fault.is_lost(found):
            raise Unavailable("commit_unknown", detail=str(error)) from error
        raise
