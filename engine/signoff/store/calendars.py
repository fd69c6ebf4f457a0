"""Stored calendars: every version that deadlines were computed with, and which one is the latest of its name.

A new version is one record in the chain `deployment`. What an organisation made otherwise stands beside the days, so
that it is applied again when those of the country change. May import store.schema, store.codec, store.chain, store.agenda,
store.upsert and time.calendar; where the days come from is the runtime's.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, literal, select

from signoff.errors import NotFound
from signoff.store import chain, codec
from signoff.store.agenda import HELD, READY
from signoff.store.definitions import CHAIN
from signoff.store.schema import agenda, instance, instant, micros
from signoff.store.schema import calendar as table
from signoff.store.upsert import upsert
from signoff.time.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Stored:
    """A calendar as it is kept: since when it is the latest of its name, and what an organisation made otherwise."""

    calendar: Calendar
    since: datetime
    overrides: Mapping[str, Any] = field(default_factory=dict)


def put(
    connection: Connection,
    calendar: Calendar,
    *,
    by: str,
    at: datetime,
    overrides: Mapping[str, Any] | None = None,
) -> bool:
    """Make a sealed calendar the latest of its name, in the caller's transaction; False when it is already."""
    assert calendar.version, "a stored calendar is sealed"
    chain.lock(connection, CHAIN)
    newest = connection.execute(_newest(calendar.name)).first()
    if newest is not None and newest.version == calendar.version:
        return False
    # Two in one microsecond still follow one another.
    created = max(micros(at), newest.created_at + 1 if newest is not None else 0)
    data = calendar.to_json() | ({"overrides": dict(overrides)} if overrides else {})
    row = {"version": calendar.version, "name": calendar.name, "data": codec.canonical(data)}
    entry = upsert(connection, table).values(**row, created_at=created)
    again = {"created_at": created, "data": row["data"]}
    connection.execute(entry.on_conflict_do_update(index_elements=["version"], set_=again))
    record = {"kind": "calendar", "name": calendar.name, "version": calendar.version, "by": by}
    chain.append(connection, CHAIN, record, at=at)
    return True


def stored(connection: Connection, name: str) -> Stored | None:
    """The calendar of that name put last, with what stands beside it."""
    found = connection.execute(_newest(name)).first()
    if found is None:
        return None
    data = codec.parse(found.data)
    return Stored(Calendar.from_json(data), instant(found.created_at), data.get("overrides", {}))


def owe(connection: Connection, versions: Collection[str], kind: str, *, at: datetime) -> int:
    """Every living instance that runs on one of these definitions is to count again; how many. One statement."""
    c = instance.c
    state = case((c.status == "suspended", HELD), else_=READY)
    rows = select(c.shard, c.id, literal(kind), literal(kind), literal(micros(at)), literal("{}"), state)
    rows = rows.where(c.live, c.version.in_(sorted(versions)))
    names = ["shard", "instance", "key", "kind", "due_at", "payload", "state"]
    entry = upsert(connection, agenda).from_select(names, rows)
    fresh = {name: entry.excluded[name] for name in ("due_at", "payload", "state")}
    again = {**fresh, "generation": agenda.c.generation + 1, "attempts": 0, "owner": "", "lease_until": None}
    place = ["shard", "instance", "key"]
    connection.execute(entry.on_conflict_do_update(index_elements=place, set_=again))
    number = select(func.count()).select_from(instance).where(c.live, c.version.in_(sorted(versions)))
    return int(connection.execute(number).scalar_one())


def owing(connection: Connection, kind: str, *, limit: int) -> list[str]:
    """Instances that are to count again and are free to, up to `limit`."""
    wanted = select(agenda.c.instance).where(agenda.c.kind == kind, agenda.c.state == READY)
    return list(connection.execute(wanted.order_by(agenda.c.due_at).limit(limit)).scalars())


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
