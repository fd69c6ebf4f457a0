"""One transaction as the store hands it out: Core statements by `execute`, compiled ones on the driver's cursor.

Must import nothing of signoff but `errors`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, CursorResult, Executable

from signoff.errors import UnsafeDatabase

Row: TypeAlias = tuple[Any, ...]
Params: TypeAlias = Mapping[str, Any]


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
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def rows(self, sql: str, parameters: Params) -> list[Row]:
        """All rows of a compiled statement; it is over when they are here."""
        cursor = self.cursor
        cursor.execute(sql, parameters)
        return [tuple(row) for row in cursor.fetchall()]

    def change(self, sql: str, parameters: Params) -> int:
        """Run a compiled statement that returns nothing; how many rows it touched."""
        cursor = self.cursor
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)

    def many(self, sql: str, rows: Sequence[Params]) -> None:
        """Run one compiled statement for all rows; nothing for none."""
        if rows:
            self.cursor.executemany(sql, rows)

    def close(self) -> None:
        if self._cursor is not None:
            self._cursor.close()
            self._cursor = None

    def refuse_autocommit(self) -> None:
        """Make sure that what is written here stands or falls together. Raises UnsafeDatabase."""
        _ = self.cursor
        driver = self.connection.connection.dbapi_connection
        begun = getattr(driver, "in_transaction", None)
        if begun is None:
            begun = int(getattr(getattr(driver, "info", None), "transaction_status", 0)) != 0
        # sqlite3 leaves beginning to others where the isolation level is None.
        alone = self.dialect == "sqlite" and getattr(driver, "isolation_level", "") is None
        if not begun and (alone or getattr(driver, "autocommit", None) is True):
            raise UnsafeDatabase("no_transaction")
