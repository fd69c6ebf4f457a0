"""What a person had to do with: started by me, done by me, copied to me; the latest first, paged by key.

Must import only store.schema and the addresses of `read.inbox`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, literal, select, tuple_

from signoff.model import argument
from signoff.read.inbox import PAGE, address
from signoff.store.schema import candidate, instance, instant, involvement, task

#: Where a row stands in its list: when, instance, row of the task. The next page begins after it.
Place = tuple[int, str, str]

_SHOWN = (
    instance.c.id.label("instance"),
    instance.c.title,
    instance.c.process,
    instance.c.key,
    instance.c.status,
    instance.c.outcome,
)


@dataclass(slots=True, frozen=True)
class InvolvementRow:
    """An instance that a person started, acted in or was copied on. `task` and `node` only for what was done."""

    instance: str
    title: str
    process: str
    key: str
    status: str
    outcome: str
    at: datetime
    task: str
    node: str
    place: Place
    read_at: datetime | None = None  # of a copy: when its receipt was given


def started(
    connection: Connection, person: str, *, limit: int = PAGE, after: Place | None = None
) -> list[InvolvementRow]:
    """The instances that `person` started."""
    return _involved(connection, person, "started", limit, after)


def copied(
    connection: Connection, person: str, *, limit: int = PAGE, after: Place | None = None
) -> list[InvolvementRow]:
    """The instances of which `person` got a copy, read or not."""
    found = _involved(connection, person, "copied", limit, after)
    receipts = (
        select(involvement.c.instance, involvement.c.at)
        .where(involvement.c.person == person, involvement.c.how == "read")
        .where(involvement.c.instance.in_([row.instance for row in found]))
    )
    read = {row.instance: instant(row.at) for row in connection.execute(receipts)} if found else {}
    return [replace(row, read_at=read.get(row.instance)) for row in found]


def done(
    connection: Connection, person: str, *, limit: int = PAGE, after: Place | None = None
) -> list[InvolvementRow]:
    """The tasks that `person` handed in and the gates on which `person` decided."""
    rows = (
        select(*_SHOWN, candidate.c.at, candidate.c.task, task.c.node)
        .select_from(candidate)
        .join(instance, _same(candidate))
        .join(
            task,
            and_(
                task.c.shard == candidate.c.shard,
                task.c.instance == candidate.c.instance,
                task.c.id == candidate.c.task,
            ),
        )
        .where(candidate.c.person == argument.text(person, "person"), candidate.c.state == "done")
    )
    return _page(connection, rows, (candidate.c.at, candidate.c.instance, candidate.c.task), limit, after)


def _involved(
    connection: Connection, person: str, how: str, limit: int, after: Place | None
) -> list[InvolvementRow]:
    rows = (
        select(*_SHOWN, involvement.c.at, literal("").label("task"), literal("").label("node"))
        .select_from(involvement)
        .join(instance, _same(involvement))
        .where(involvement.c.person == argument.text(person, "person"), involvement.c.how == how)
    )
    return _page(connection, rows, (involvement.c.at, involvement.c.instance, literal("")), limit, after)


def _same(table: Any) -> ColumnElement[bool]:
    return and_(instance.c.shard == table.c.shard, instance.c.id == table.c.instance)


def _page(
    connection: Connection, rows: Select[Any], order: tuple[Any, ...], limit: int, after: Place | None
) -> list[InvolvementRow]:
    if after is not None:
        rows = rows.where(tuple_(*order) < tuple_(*after))
    latest_first = (column.desc() for column in order)
    found = connection.execute(rows.order_by(*latest_first).limit(argument.most(limit))).all()
    return [
        InvolvementRow(
            instance=row.instance,
            title=row.title,
            process=row.process,
            key=row.key,
            status=row.status,
            outcome=row.outcome,
            at=instant(row.at),
            task=address(row.instance, row.task) if row.task else "",
            node=row.node,
            place=(row.at, row.instance, row.task),
        )
        for row in found
    ]
