"""Driver errors as errors of signoff: whose move it is, by SQLSTATE or SQLite result code.

Unknown ones, among them violated constraints, stay what they are: bugs. Must import nothing of signoff but
`errors`.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from signoff.errors import (
    Conflict,
    Invalid,
    SchemaMismatch,
    SignoffError,
    StoreError,
    Unavailable,
    UnsafeDatabase,
)

Made = tuple[type[SignoffError], str]

# Whole transactions that may simply be run again.
REPEATABLE = frozenset({"concurrent_change", "database_locked", "connection_lost"})

# https://www.sqlite.org/rescode.html, primary codes
SQLITE: Mapping[int, Made] = {
    3: (Unavailable, "no_permission"),
    5: (Conflict, "database_locked"),
    6: (Conflict, "database_locked"),
    8: (Unavailable, "database_read_only"),
    10: (Unavailable, "disk_error"),
    11: (UnsafeDatabase, "database_corrupt"),
    13: (Unavailable, "disk_full"),
    14: (Unavailable, "cannot_open"),
    17: (Conflict, "concurrent_change"),
    23: (Unavailable, "no_permission"),
    26: (UnsafeDatabase, "not_a_database"),
}

# https://www.postgresql.org/docs/15/errcodes-appendix.html, five characters or the class of two
SQLSTATE: Mapping[str, Made] = {
    "40001": (Conflict, "concurrent_change"),
    "40P01": (Conflict, "concurrent_change"),
    "55P03": (Conflict, "database_locked"),
    "57014": (Conflict, "database_locked"),  # cancelled, by statement_timeout as a rule
    "25006": (Unavailable, "database_read_only"),
    "53100": (Unavailable, "disk_full"),
    "42501": (Unavailable, "no_permission"),
    "42P01": (SchemaMismatch, "schema_missing"),
    "42703": (SchemaMismatch, "schema_missing"),
    "3F000": (SchemaMismatch, "schema_missing"),
    "3D000": (Unavailable, "unreachable"),
    "08": (Unavailable, "connection_lost"),
    "28": (Unavailable, "unreachable"),
    "53": (Unavailable, "unreachable"),
    "57": (Unavailable, "connection_lost"),
    "58": (Unavailable, "disk_error"),
    "XX": (UnsafeDatabase, "database_corrupt"),
}


def translated(error: BaseException) -> SignoffError | None:
    """The error of signoff that a driver's error stands for; None for what is no operational failure."""
    # Half a character for both; a NUL for PostgreSQL, whose driver gives it no SQLSTATE.
    if isinstance(error, UnicodeEncodeError) or "NUL (0x00)" in str(error):
        return Invalid("unwritable_text", text=ascii(getattr(error, "object", "\0")))
    if _is_nonce(error):
        return Conflict("nonce_used")
    if isinstance(error, DBAPIError):
        return translated(error.orig) if error.orig is not None else None
    if isinstance(error, sqlite3.Error):
        return _sqlite(error)
    if hasattr(error, "sqlstate"):
        return _postgresql(error, error.sqlstate)
    return None


def _is_nonce(error: BaseException) -> bool:
    """Whether a signed decision was refused because its nonce stands in the journal."""
    said = str(error)
    return (
        "signoff_journal_nonce_uq" in said or "failed: signoff_journal.shard, signoff_journal.nonce" in said
    )


def _sqlite(error: sqlite3.Error) -> SignoffError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if "no such table: signoff_" in str(error) or "no such column" in str(error):
        return SchemaMismatch("schema_missing")
    made = SQLITE.get(code & 0xFF)
    return _make(made, error) if made else None


def _postgresql(error: BaseException, state: str | None) -> SignoffError | None:
    if state is None:
        # The client's own errors carry no SQLSTATE: no server there, or gone in the middle of a conversation.
        kind = type(error).__name__
        lost = (
            Unavailable,
            "connection_lost" if "clos" in str(error) or "lost" in str(error) else "unreachable",
        )
        return (
            _make(lost, error) if kind in {"OperationalError", "ConnectionTimeout", "AdminShutdown"} else None
        )
    made = SQLSTATE.get(state) or SQLSTATE.get(state[:2])
    return _make(made, error) if made else None


def _make(made: Made, error: BaseException) -> SignoffError:
    kind, code = made
    return kind(code, detail=str(error).strip())


@contextmanager
def guard() -> Iterator[None]:
    """Turn the drivers' operational failures inside the block into StoreError or Conflict."""
    try:
        yield
    except (SignoffError, AssertionError):
        raise
    except Exception as error:
        if (found := translated(error)) is None:
            raise
        raise found from error


def is_lost(error: BaseException) -> bool:
    """Whether the connection itself is gone: those in the pool probably are too."""
    return isinstance(error, StoreError) and error.code in {"connection_lost", "unreachable"}
