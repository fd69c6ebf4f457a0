"""Stored calendars: every version that deadlines were computed with, and which one is the latest of its name.

A new version is one record in the chain `deployment`. May import store.schema, store.codec, store.chain,
store.upsert and time.calendar; where the days come from is the runtime's.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from signoff.errors import NotFound
from signoff.store import chain, codec
from signoff.store.definitions import CHAIN
from signoff.store.schema import calendar as table
from signoff.store.schema import micros
from signoff.store.upsert import upsert
from signoff.time.calendar import Calendar


def put(connection: Connection, calendar: Calendar, *, by: str, at: datetime) -> bool:
    """Make a sealed calendar the latest of its name, in the caller's transaction; False when it is already."""
    assert calendar.version, "a stored calendar is sealed"
    chain.lock(connection, CHAIN)
    newest = connection.execute(_newest(calendar.name)).first()
    if newest is not None and newest.version == calendar.version:
        return False
    # Two in one microsecond still follow one another.
    created = max(micros(at), newest.created_at + 1 if newest is not None else 0)
    row = {"version": calendar.version, "name": calendar.name, "data": codec.canonical(calendar.to_json())}
    entry = upsert(connection, table).values(**row, created_at=created)
    connection.execute(entry.on_conflict_do_update(index_elements=["version"], set_={"created_at": created}))
    record = {"kind": "calendar", "name": calendar.name, "version": calendar.version, "by": by}
    chain.append(connection, CHAIN, record, at=at)
    return True


def latest(connection: Connection, name: str) -> Calendar | None:
    """The calendar of that name put last."""
    found = connection.execute(_newest(name)).first()
    return None if found is None else Calendar.from_json(codec.parse(found.data))


def load(connection: Connection, version: str) -> Calendar:
    """The calendar of that version. Raises NotFound."""
    found = connection.execute(select(table.c.data).where(table.c.version == version)).scalar()
    if found is None:
        raise NotFound("calendar_not_stored", version=version)
    return Calendar.from_json(codec.parse(found))


def names(connection: Connection) -> list[str]:
    """The names of all stored calendars."""
    return list(connection.execute(select(table.c.name).distinct().order_by(table.c.name)).scalars().all())


def _newest(name: str) -> Select[Any]:
    return select(table).where(table.c.name == name).order_by(table.c.created_at.desc()).limit(1)
