"""The inbox: what a person has to do now, and what nobody can do.

One query over the index of candidates, in the order of due dates, paged by key. Must import only store.schema.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, or_, select, tuple_

from signoff.model import argument
from signoff.model.priority import Priority, ranked
from signoff.store.schema import candidate, desk, instance, instant, micros, task

NEVER = 2**62  # sorts after every instant
PAGE = 500

ENTRY = "#"  # before the number of an entry, in the id of its row
#: Whether somebody may act for another at this step (process, step); what else a grant asks is judged when he acts.
Reach = Callable[[str, str], bool]

#: Where a row stands in its list: rank of its priority, due (microseconds), instance, row of the task. The next page
#: begins after it.
Place = tuple[int, int, str, str]

_TASK_OF = and_(
    task.c.shard == candidate.c.shard, task.c.instance == candidate.c.instance, task.c.id == candidate.c.task
)
#: A vote is drafted at its gate, whichever entry asks.
_ON_DESK = and_(
    desk.c.shard == task.c.shard,
    desk.c.instance == task.c.instance,
    or_(desk.c.task == task.c.id, task.c.id.like(desk.c.task + "#%")),
)
_DRAFTED = case((desk.c.draft != "", desk.c.at)).label("drafted")
_INSTANCE_OF = and_(instance.c.shard == task.c.shard, instance.c.id == task.c.instance)
_DUE = func.coalesce(task.c.due, NEVER)
_ORDER = (task.c.rank, _DUE, task.c.instance, task.c.id)
_SHOWN = (
    task.c.id,
    task.c.instance,
    task.c.node,
    task.c.kind,
    task.c.due,
    task.c.opened_at,
    task.c.claimed_by,
    task.c.subject,
    task.c.rank,
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
    priority: Priority = Priority.NORMAL
    subject: str = ""  # of a gate: the hash that a vote has to name as seen
    on_behalf_of: str = ""  # whose it is, where the person stands in for somebody; empty: the person's own
    drafted_at: datetime | None = None  # when the person kept a draft of it
    until: datetime | None = None  # the person has put it off until then


def inbox(
    connection: Connection,
    person: str,
    *,
    limit: int = PAGE,
    after: Place | None = None,
    now: datetime | None = None,
    standing_in: Mapping[str, Reach] | None = None,
    off: bool = False,
) -> list[InboxRow]:
    """What `person` has to do, the most pressing and the earliest due first; what others have claimed is left out.

    With `now`, tasks that open later are left out too, and what the person has put off until later unless `off`. A gate that asks a person twice is one row, so a page
    may hold fewer rows than `limit`; the list is at its end when a page is empty. `standing_in`: for whom else the
    person may act, each with whether that reaches a step of a process; what is the person's own stands as such.
    """
    reach = dict(standing_in or {})
    argument.text(person, "person")
    whose = (person, *reach)
    rows = (
        select(*_SHOWN, candidate.c.person, desk.c.until, _DRAFTED)
        .select_from(candidate)
        .join(task, _TASK_OF)
        .join(instance, _INSTANCE_OF)
        .outerjoin(desk, and_(_ON_DESK, desk.c.person == person))
        .where(candidate.c.person.in_(whose) if reach else candidate.c.person == person)
        .where(candidate.c.state == "open", task.c.open)
        .where(task.c.claimed_by.in_(("", *whose)), *_opened(now))
        .where(*(() if now is None or off else (_here(now),)))
    )
    return _page(connection, rows, limit, after, person, reach)


def let_go(connection: Connection, person: str) -> list[InboxRow]:
    """The open gates at which this person was asked, and is not at the moment: among them votes that wait for an opinion."""
    rows: Select[Any] = (
        select(*_SHOWN, candidate.c.person)
        .select_from(candidate)
        .join(task, _TASK_OF)
        .join(instance, _INSTANCE_OF)
        .where(candidate.c.person == person, candidate.c.state == "gone", task.c.open, task.c.kind == "gate")
    )
    return [_row(row, person) for row in connection.execute(rows.order_by(*_ORDER).limit(PAGE)).all()]


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


def _here(now: datetime) -> ColumnElement[bool]:
    return or_(desk.c.until.is_(None), desk.c.until <= micros(now))


def _page(
    connection: Connection,
    rows: Select[Any],
    limit: int,
    after: Place | None,
    person: str = "",
    reach: Mapping[str, Reach] | None = None,
) -> list[InboxRow]:
    """The next page; empty only at the end, though the rows of one gate may fill a page and be left out."""
    most = argument.most(limit)
    while True:
        page = rows if after is None else rows.where(tuple_(*_ORDER) > tuple_(*after))
        found = [_row(row, person) for row in connection.execute(page.order_by(*_ORDER).limit(most)).all()]
        before = _before(connection, rows, found, after, person) if after else frozenset[str]()
        shown = list(_distinct(found, before, reach or {}))
        if shown or not found:
            return shown
        after = found[-1].place


def _before(
    connection: Connection, rows: Select[Any], found: list[InboxRow], after: Place, person: str
) -> frozenset[str]:
    """The gates of a page that stand on an earlier one already: their entries may have deadlines of their own."""
    gates = {row.task.rpartition(":")[2] for row in found if ENTRY in row.place[3]}
    if not gates:
        return frozenset({address(after[2], after[3])})
    named = or_(*(task.c.id.like(f"{gate}{ENTRY}%") for gate in sorted(gates)))
    here = task.c.instance.in_({row.instance for row in found})
    earlier = rows.where(tuple_(*_ORDER) <= tuple_(*after), here, named)
    return frozenset(_row(row, person).task for row in connection.execute(earlier).all())


def _distinct(
    rows: Iterable[InboxRow], before: frozenset[str], reach: Mapping[str, Reach]
) -> Iterator[InboxRow]:
    """Each task or gate once, where its first entry stands: one's own before another's."""
    found: dict[str, list[InboxRow]] = {}
    for row in rows:
        if row.task not in before and _reaches(row, reach):
            found.setdefault(row.task, []).append(row)
    for same in found.values():
        yield next((row for row in same if not row.on_behalf_of), same[0])


def _reaches(row: InboxRow, reach: Mapping[str, Reach]) -> bool:
    if not row.on_behalf_of:
        return row.claimed_by not in reach
    return reach[row.on_behalf_of](row.process, row.node)


def _row(row: Row[Any], person: str) -> InboxRow:
    whose = getattr(row, "person", person)
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
        place=(row.rank, row.sorted_by, row.instance, row.id),
        priority=ranked(row.rank),
        subject=row.subject,
        on_behalf_of="" if whose == person else whose,
        drafted_at=_instant(row, "drafted"),
        until=_instant(row, "until"),
    )


def _instant(row: Row[Any], name: str) -> datetime | None:
    found = getattr(row, name, None)
    return None if found is None else instant(found)
