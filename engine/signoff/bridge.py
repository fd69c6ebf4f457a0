"""Hosts that do not speak SQLAlchemy: a connection of theirs as one that `connection=` takes.

For Django: inside `transaction.atomic()`, `with django_connection() as connection: engine.approve(…,
connection=connection)`. Commands and the host's rows are then kept or dropped together. `AsyncSession` needs no
bridge: `await session.run_sync(lambda s: engine.approve(…, connection=s.connection()))`.
Must import nothing of signoff but `errors`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from signoff.errors import UnsafeDatabase

_DRIVERS = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}


class _Borrowed:
    """A driver's connection that belongs to somebody else: it is used, never ended, committed or closed."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def commit(self) -> None:
        """The host commits."""

    def rollback(self) -> None:
        """The host rolls back."""

    def close(self) -> None:
        """The host closes."""


@contextmanager
def django_connection(using: str = "default") -> Iterator[Connection]:
    """The transaction of `atomic()` on a Django database, as a SQLAlchemy connection.

    Raises UnsafeDatabase outside `atomic()`, and for a database that signoff does not run on.
    """
    from django.db import connections  # noqa: PLC0415 - Django is the host's, and optional

    wrapper = connections[using]
    if wrapper.vendor not in _DRIVERS:
        raise UnsafeDatabase("unsupported_database", name=wrapper.vendor)
    if not wrapper.in_atomic_block:
        raise UnsafeDatabase("no_transaction")
    wrapper.ensure_connection()
    borrowed = _Borrowed(wrapper.connection)
    # Without the dialect's first look at the server: it ends with a rollback, which would be the host's.
    engine = create_engine(
        _DRIVERS[wrapper.vendor], creator=lambda: borrowed, poolclass=StaticPool, _initialize=False
    )
    with engine.connect() as connection:
        yield connection
