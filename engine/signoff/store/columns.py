"""Columns as all tables of the store are made of: texts, instants, and the names they begin with.

Instants are whole microseconds since 1970 UTC, the same on both databases. Must import nothing of signoff.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, Text

PREFIX = "signoff_"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# Of tables with short rows. Long ones stay apart from their key: beyond about 1000 bytes a row would overflow.
SHORT: dict[str, Any] = {"sqlite_with_rowid": False}
# Of tables whose rows change again and again: PostgreSQL writes the new version beside the old, and touches no index.
ROOMY: dict[str, Any] = {"postgresql_with": {"fillfactor": 50}}

metadata = MetaData()


def micros(at: datetime) -> int:
    """An instant as it is stored; exact."""
    return (at - EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """A stored instant, in UTC; exact."""
    return EPOCH + timedelta(microseconds=value)


def text_column(name: str, *, default: str | None = "") -> Column[str]:
    """A text that is never null; `default` None: always written."""
    return Column(name, Text, nullable=False, server_default=default)


def instant_column(name: str) -> Column[int]:
    """An instant that is always there."""
    return Column(name, BigInteger, nullable=False)
