"""The statements that lock an instance and read it, or say what a start rests on, compiled to text.

PostgreSQL locks by SELECT ... FOR UPDATE, SQLite by the lock on the whole file. May import store.statements and
store.schema.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    SmallInteger,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    update,
)

from signoff.store.schema import definition_current, desk, instance, journal
from signoff.store.statements import NOW, chain_heads, compiled, current_version, given, here

LOADED = ("row_version", "n", "head", "status", "version", "state", "variables", "format")


#: A journal row as one text: the bytes, a line feed (no JSON of ours has one), and what stands beside.
_ROW: ColumnElement[Any] = (
    journal.c.bytes + literal_column("'\n'") + func.coalesce(journal.c.sealed, literal_column("''"))
)


def _earlier() -> ColumnElement[Any]:
    """The journal row of the same request, if there is one."""
    return (
        select(_ROW)
        .where(
            journal.c.shard == given("shard", instance),
            journal.c.instance == given("id", instance),
            journal.c.request_id == given("request_id", journal),
        )
        .scalar_subquery()
    )


def _first() -> ColumnElement[Any]:
    """The journal row of the start of this process by this request, whatever shard its key led it to."""
    started = instance.alias("started").c
    same = [started.process == bindparam("process", type_=Text())]
    same += [started.request_id == given("request_id", journal), journal.c.n == literal_column("1")]
    same += [journal.c.shard == started.shard, journal.c.instance == started.id]
    return select(_ROW).where(*same).scalar_subquery()


def _shown(dialect: str) -> list[ColumnElement[Any]]:
    now: ColumnElement[Any] = literal_column(NOW[dialect])
    return [*(instance.c[name] for name in LOADED), _earlier(), chain_heads(dialect), now, _on_desks()]


def _on_desks() -> ColumnElement[Any]:
    """Whether anybody keeps a draft of something in the instance, or has put it off."""
    kept = and_(desk.c.shard == instance.c.shard, desk.c.instance == instance.c.id)
    return select(literal_column("1")).where(kept).exists()


def load_locked(*, waiting: bool) -> Select[Any]:
    """PostgreSQL: lock the row, read it. The last column is its version before anybody was waited for."""
    other = instance.alias("seen")
    seen = (
        select(other.c.row_version)
        .where(other.c.shard == given("shard", instance), other.c.id == given("id", instance))
        .scalar_subquery()
    )
    found = select(*_shown("postgresql"), seen).where(here())
    return found.with_for_update(of=instance, skip_locked=not waiting)


def load_many() -> Select[Any]:
    """PostgreSQL: lock those of these rows that nobody holds, in the order in which they are named, and read them.

    The first column is the id; then what `load_locked` shows, but for an earlier request. Row by row, by the key:
    a join would read a table of some ten thousand instances from one end to the other.
    """
    shards = cast(bindparam("shards", type_=ARRAY(SmallInteger())), ARRAY(SmallInteger()))
    ids = cast(bindparam("ids", type_=ARRAY(Text())), ARRAY(Text()))
    pairs = func.unnest(shards, ids).table_valued(column("shard", SmallInteger), column("id", Text))
    asked = pairs.render_derived(name="asked")
    other = instance.alias("seen")
    same = and_(other.c.shard == instance.c.shard, other.c.id == instance.c.id)
    seen = select(other.c.row_version).where(same).scalar_subquery().label("seen")
    columns = [instance.c.id, *(instance.c[name] for name in LOADED), _on_desks().label("desks"), seen]
    named = and_(instance.c.shard == asked.c.shard, instance.c.id == asked.c.id)
    held = (
        select(*columns)
        .where(named)
        .limit(literal_column("1"))
        .with_for_update(of=instance, skip_locked=True)
    )
    row = held.lateral("found")
    now: ColumnElement[Any] = literal_column(NOW["postgresql"])
    none: ColumnElement[Any] = literal_column("NULL")
    shown = [row.c.id, *(row.c[name] for name in LOADED)]
    return select(*shown, none, chain_heads("postgresql"), now, row.c.desks, row.c.seen).select_from(
        asked.join(row, literal_column("true"))
    )


def look_up() -> Select[Any]:
    """PostgreSQL: what is known of an instance that need not exist yet."""
    now: ColumnElement[Any] = literal_column(NOW["postgresql"])
    earlier = func.coalesce(_earlier(), _first())
    return select(earlier, chain_heads("postgresql"), now, current_version().scalar_subquery())


def load_plain() -> Select[Any]:
    """SQLite, under the write lock of our own transaction."""
    return select(*_shown("sqlite")).where(here())


def load_host() -> Any:
    """SQLite, in a host's transaction: it takes the write lock before it reads."""
    return (
        update(instance).where(here()).values(row_version=instance.c.row_version).returning(*_shown("sqlite"))
    )


def earlier_row() -> Select[Any]:
    """Why an instance could not be inserted: does its id exist, and what did this request come to before?"""
    exists = select(instance.c.row_version).where(here()).scalar_subquery()
    return select(exists, func.coalesce(_earlier(), _first()))


def starting() -> Select[Any]:
    """SQLite, under the write lock of our own transaction: what a start rests on."""
    return select(current_version().scalar_subquery(), chain_heads("sqlite"))


def starting_host() -> Any:
    """SQLite, in a host's transaction: it takes the write lock before it reads."""
    row = definition_current.c
    mine = update(definition_current).where(row.process == given("process", definition_current))
    return mine.values(version=row.version).returning(row.version, chain_heads("sqlite"))


@dataclass(frozen=True, slots=True)
class Loading:
    """The texts of one dialect and schema that read."""

    waiting: str
    skipping: str
    many: str
    host: str
    look_up: str
    earlier: str
    starting: str
    starting_host: str


@cache
def loading(dialect: str, name: str | None) -> Loading:
    def text(make: Callable[[], Any]) -> str:
        return compiled(make(), dialect, name)

    if dialect == "sqlite":
        plain, others = text(load_plain), map(text, (earlier_row, starting, starting_host))
        return Loading(plain, plain, "", text(load_host), "", *others)
    waiting, skipping = (compiled(load_locked(waiting=waits), dialect, name) for waits in (True, False))
    return Loading(waiting, skipping, text(load_many), waiting, text(look_up), text(earlier_row), "", "")
