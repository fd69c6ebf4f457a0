"""The inbox: what a person has to do now, and what nobody can do.

One query over the index of candidates, in the order of due dates, paged by key. Must import only store.schema.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, or_, select, tuple_

from signoff.store.schema import candidate, instance, instant, micros, task

NEVER = 2**62  # sorts after every instant
PAGE = 500

#: Where a row stands in its list: due (microseconds), instance, row of the task. The next page begins after it.
Place = tuple[int, str, str]

_TASK_OF = and_(
    task.c.shard == candidate.c.shard, task.c.instance == candidate.c.instance, task.c.id == candidate.c.task
)
_INSTANCE_OF = and_(instance.c.shard == task.c.shard, instance.c.id == task.c.instance)
_DUE = func.coalesce(task.c.due, NEVER)
_ORDER = (_DUE, task.c.instance, task.c.id)
_SHOWN = (
    task.c.id,
    task.c.instance,
    task.c.node,
    task.c.kind,
    task.c.due,
    task.c.opened_at,
    task.c.claimed_by,
    task.c.subject,
    instance.c.title,
    instance.c.process,
    instance.c.version,
    instance.c.key,
    instance.c.status,
    _DUE.label("sorted_by"),
)


@dataclass(slots=True, frozen=True)
class InboxRow:
    """Something to do. `task` is what commands take: a task's or a gate's id, its instance in front."""

    task: str
    instance: str
    title: str
    process: str
    version: str
    node: str
    kind: str  # task or gate
    due: datetime | None
    opened_at: datetime
    claimed_by: str
    key: str  # business key
    status: str  # of the instance: running or suspended
    place: Place
    subject: str = ""  # of a gate: the hash that a vote has to name as seen


def inbox(
    connection: Connection,
    person: str,
    *,
    limit: int = PAGE,
    after: Place | None = None,
    now: datetime | None = None,
) -> list[InboxRow]:
    """What `person` has to do, the earliest due first; what others have claimed is left out.

    With `now`, tasks that open later are left out too. A gate that asks a person twice is one row, so a page
    may hold fewer rows than `limit`; the list is at its end when a page is empty.
    """
    rows = (
        select(*_SHOWN)
        .select_from(candidate)
        .join(task, _TASK_OF)
        .join(instance, _INSTANCE_OF)
        .where(candidate.c.person == person, candidate.c.state == "open", task.c.open)
        .where(task.c.claimed_by.in_(("", person)), *_opened(now))
    )
    return _page(connection, rows, limit, after)


def unassigned(
    connection: Connection, *, limit: int = PAGE, after: Place | None = None, now: datetime | None = None
) -> list[InboxRow]:
    """Open tasks and gates that nobody can act on: an administrator appoints somebody."""
    somebody = exists().where(_TASK_OF, candidate.c.state == "open")
    rows = (
        select(*_SHOWN)
        .select_from(task)
        .join(instance, _INSTANCE_OF)
        .where(task.c.open, task.c.claimed_by == "", ~somebody, *_opened(now))
    )
    return _page(connection, rows, limit, after)


def waiting(connection: Connection, instance_id: str) -> list[InboxRow]:
    """The open tasks and gates of one instance, whoever they wait for."""
    rows = select(*_SHOWN).select_from(task).join(instance, _INSTANCE_OF)
    return _page(connection, rows.where(task.c.open, task.c.instance == instance_id), PAGE, None)


def address(instance_id: str, row: str) -> str:
    """What commands call the task or gate behind a row: its id without the entry, its instance in front."""
    own = row.partition("#")[0]
    return own if own.startswith(f"{instance_id}:") else f"{instance_id}:{own}"


def _opened(now: datetime | None) -> Iterable[ColumnElement[bool]]:
    return () if now is None else (or_(task.c.opens.is_(None), task.c.opens <= micros(now)),)


def _page(connection: Connection, rows: Select[Any], limit: int, after: Place | None) -> list[InboxRow]:
    """The next page; empty only at the end, though the rows of one gate may fill a page and be left out."""
    while True:
        page = rows if after is None else rows.where(tuple_(*_ORDER) > tuple_(*after))
        found = [_row(row) for row in connection.execute(page.order_by(*_ORDER).limit(limit)).all()]
        shown = list(_distinct(found, address(after[1], after[2]) if after else ""))
        if shown or not found:
            return shown
        after = found[-1].place


def _distinct(rows: Iterable[InboxRow], before: str) -> Iterator[InboxRow]:
    """The last row of each task or gate; those of one gate follow one another."""
    for task_id, same in groupby(rows, key=lambda row: row.task):
        *_, last = same
        if task_id != before:
            yield last


def _row(row: Row[Any]) -> InboxRow:
    return InboxRow(
        task=address(row.instance, row.id),
        instance=row.instance,
        title=row.title,
        process=row.process,
        version=row.version,
        node=row.node,
        kind=row.kind,
        due=None if row.due is None else instant(row.due),
        opened_at=instant(row.opened_at),
        claimed_by=row.claimed_by,
        key=row.key,
        status=row.status,
        place=(row.sorted_by, row.instance, row.id),
        subject=row.subject,
    )
