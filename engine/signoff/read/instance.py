"""Instances: found by what people call them, listed, shown as decoded state.

Must import only store.schema, store.codec, store.ids and kernel.state.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, select, tuple_

from signoff.errors import Invalid, NotFound
from signoff.kernel.state import State
from signoff.model import argument
from signoff.store import codec, ids
from signoff.store.schema import definition, instance, instant, micros

PAGE = 500
SHORTEST_PART = 3  # characters of an id that are looked for inside ids
LONGEST_PART = 64  # no id is longer, and databases refuse to look for just anything
NAMED_AT_MOST = 5

#: Where a row stands in its list: when it started (microseconds) and its id. The next page begins after it.
Place = tuple[int, str]

_SHOWN = (
    instance.c.id,
    instance.c.process,
    instance.c.version,
    instance.c.key,
    instance.c.title,
    instance.c.status,
    instance.c.outcome,
    instance.c.starter,
    instance.c.started_at,
    instance.c.ended_at,
    instance.c.recorded_at,
    instance.c.n,
    instance.c.head,
)


@dataclass(slots=True, frozen=True)
class InstanceRow:
    """An instance as a list shows it. `records` counts its journal, `head` is the hash of the last record."""

    id: str
    process: str
    version: str
    key: str
    title: str
    status: str
    outcome: str
    starter: str
    started_at: datetime | None
    ended_at: datetime | None
    recorded_at: datetime
    records: int
    head: str

    @property
    def place(self) -> Place:
        return (0 if self.started_at is None else micros(self.started_at), self.id)


@dataclass(slots=True, frozen=True)
class Shown:
    """An instance with its state. `number` and `label` are those of the definition it runs on."""

    row: InstanceRow
    state: State
    number: int
    label: str


def find(connection: Connection, text: str) -> str:
    """The id of the instance that `text` names: an id, a business key, or a part of an id that fits only one.

    A running instance goes before ended ones of the same key. Raises NotFound, and Invalid for several.
    """
    text = argument.text(text, "instance").strip()
    by_id = _known_id(connection, text)
    if by_id or not text:
        return by_id or _unknown(text)
    keyed = _several(connection, instance.c.key == text)
    live = [row.id for row in keyed if row.live]
    named = live or [row.id for row in keyed] or _by_part(connection, text)
    if len(named) > 1:
        shown = [*named[:NAMED_AT_MOST], *(["…"] if len(named) > NAMED_AT_MOST else [])]
        raise Invalid("instance_ambiguous", text=text, instances=shown)
    return named[0] if named else _unknown(text)


def listed(
    connection: Connection,
    *,
    process: str | None = None,
    status: str | None = None,
    live: bool | None = None,
    starter: str | None = None,
    limit: int = PAGE,
    after: Place | None = None,
) -> list[InstanceRow]:
    """Instances, the latest started first."""
    for name, said in (("process", process), ("status", status)):
        argument.text(said or "", name)
    asked = {"process": process, "status": status, "live": live, "starter": starter}
    order = (instance.c.started_at, instance.c.id)
    rows = select(*_SHOWN).where(
        *(instance.c[name] == value for name, value in asked.items() if value is not None)
    )
    if after is not None:
        rows = rows.where(tuple_(*order) < tuple_(*after))
    page = rows.order_by(*(column.desc() for column in order)).limit(argument.most(limit))
    return [_row(row) for row in connection.execute(page).all()]


def runs_under(connection: Connection, process: str, key: str) -> bool:
    """Whether an instance of the process runs under that business key."""
    mine = and_(instance.c.process == process, instance.c.key == key, instance.c.live)
    return connection.execute(select(instance.c.id).where(mine).limit(1)).first() is not None


def row_of(connection: Connection, id: str) -> InstanceRow:
    """One instance as a list shows it. Raises NotFound."""
    found = connection.execute(select(*_SHOWN).where(here(id))).first()
    return _row(found) if found is not None else _unknown(id)


def show(connection: Connection, id: str) -> Shown:
    """One instance with its decoded state. Raises NotFound, UnreadableState."""
    columns = (instance.c.state, instance.c.variables, instance.c.format)
    rows = (
        select(*_SHOWN, *columns, definition.c.number, definition.c.label)
        .select_from(instance)
        .outerjoin(definition, definition.c.version == instance.c.version)
        .where(here(id))
    )
    found = connection.execute(rows).first()
    if found is None:
        _unknown(id)
    state = codec.decode_state(found.state, found.variables, found.format)
    return Shown(_row(found), state, found.number or 0, found.label or "")


def standing_still(connection: Connection, *, limit: int = PAGE) -> list[str]:
    """Living instances that have incidents, the oldest first: the state says so where there are any."""
    wanted = select(instance.c.id).where(instance.c.live, instance.c.state.contains('"incidents":{'))
    return list(connection.execute(wanted.order_by(instance.c.started_at).limit(limit)).scalars())


def here(id: str) -> ColumnElement[bool]:
    """The row of that instance. Raises NotFound for what cannot be an id."""
    return and_(instance.c.shard == ids.shard_in(id), instance.c.id == id)


def _known_id(connection: Connection, text: str) -> str | None:
    """The instance of an id, or of a task or gate inside it."""
    id = text.partition(":")[0]
    try:
        return connection.execute(select(instance.c.id).where(here(id))).scalar()
    except NotFound:
        return None


def _by_part(connection: Connection, text: str) -> list[str]:
    if not SHORTEST_PART <= len(text) <= LONGEST_PART:
        return []
    return [row.id for row in _several(connection, instance.c.id.contains(text.lower(), autoescape=True))]


def _several(connection: Connection, condition: ColumnElement[bool]) -> list[Row[Any]]:
    rows: Select[Any] = select(instance.c.id, instance.c.live).where(condition)
    return list(connection.execute(rows.order_by(instance.c.id).limit(NAMED_AT_MOST + 1)).all())


def _unknown(text: str) -> NoReturn:
    raise NotFound("instance_unknown", text=text)


def _row(row: Any) -> InstanceRow:
    return InstanceRow(
        row.id,
        row.process,
        row.version,
        row.key,
        row.title,
        row.status,
        row.outcome,
        row.starter,
        None if row.started_at is None else instant(row.started_at),
        None if row.ended_at is None else instant(row.ended_at),
        instant(row.recorded_at),
        row.n,
        row.head,
    )
