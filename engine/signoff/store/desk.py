"""What lies on a person's own desk: drafts of open work and of votes, and until when a task is put off.

No fact of the process, so it stands outside the journal and its chain, and is erased for good with its task. Must
import only the columns and ids of the store.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    and_,
    delete,
    select,
)

from signoff.store.columns import instant, instant_column, metadata, micros, text_column
from signoff.store.ids import shard_in
from signoff.store.upsert import upsert

# `task` is the activity, the gate or the question, without its instance.
desk = Table(
    "signoff_desk",
    metadata,
    Column("shard", SmallInteger, nullable=False),
    Column("instance", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("task", Text, nullable=False),
    text_column("draft"),  # canonical JSON; empty: none
    Column("until", BigInteger, nullable=True),  # not before then in the inbox
    instant_column("at"),
    PrimaryKeyConstraint("shard", "instance", "person", "task", name="signoff_desk_pk"),
)


@dataclass(slots=True, frozen=True)
class Kept:
    """One row: the text of a draft (empty: none), until when the task is put off, when that was said."""

    person: str
    task: str
    draft: str
    until: datetime | None
    at: datetime


def find(connection: Connection, instance: str, person: str, task: str) -> Kept | None:
    """What this person has on the desk of one task."""
    found = connection.execute(select(desk).where(_mine(instance, person, task))).first()
    return None if found is None else _kept(found)


def every(connection: Connection, instance: str) -> list[Kept]:
    """Whatever lies on anybody's desk of one instance."""
    return [_kept(row) for row in connection.execute(select(desk).where(_of(instance))).all()]


def put(connection: Connection, instance: str, kept: Kept) -> None:
    """Lay it there, in place of what was; a row that says nothing any more is erased."""
    if not kept.draft and kept.until is None:
        connection.execute(delete(desk).where(_mine(instance, kept.person, kept.task)))
        return
    said = {
        "draft": kept.draft,
        "until": None if kept.until is None else micros(kept.until),
        "at": micros(kept.at),
    }
    key = {"shard": shard_in(instance), "instance": instance, "person": kept.person, "task": kept.task}
    statement = upsert(connection, desk).values(**key, **said)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=said))


def erase(connection: Connection, instance: str, gone: Iterable[Kept]) -> None:
    """Nobody needs these any more."""
    for kept in gone:
        connection.execute(delete(desk).where(_mine(instance, kept.person, kept.task)))


def _of(instance: str) -> ColumnElement[bool]:
    return and_(desk.c.shard == shard_in(instance), desk.c.instance == instance)


def _mine(instance: str, person: str, task: str) -> ColumnElement[bool]:
    return and_(_of(instance), desk.c.person == person, desk.c.task == task)


def _kept(row: Any) -> Kept:
    until = None if row.until is None else instant(row.until)
    return Kept(row.person, row.task, row.draft, until, instant(row.at))
