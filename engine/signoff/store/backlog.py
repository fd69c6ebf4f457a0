"""Looking at the agenda without touching it: what is due next, how far behind the work is, what was given up.

May import store.agenda, store.codec and store.schema; changes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, select

from signoff.errors import UnreadableState
from signoff.store import codec
from signoff.store.agenda import DEAD, HELD, JOB, READY, ROW, calls, clock, free_at, wanted
from signoff.store.schema import agenda, instant

COUNTED = 10_000


@dataclass(slots=True, frozen=True)
class Dead:
    """An obligation that was given up, with its last error."""

    shard: int
    instance: str
    key: str
    kind: str
    due: int
    attempts: int
    error: str


@dataclass(slots=True, frozen=True)
class Unhandled:
    """Calls of one handler that are due and in nobody's hands: how many, and since when the first is due."""

    handler: str
    number: int
    since: datetime


@dataclass(slots=True, frozen=True)
class Lag:
    """How far behind: rows due and not done, those of them in work, rows given up, age of the oldest due.

    Of what is due at most `COUNTED` are counted: that many means that many or more.
    """

    due: int
    leased: int
    dead: int
    behind: timedelta


def next_due(
    connection: Connection,
    now: int | None = None,
    *,
    shard: int | None = None,
    kinds: Sequence[str] | None = None,
    handlers: Collection[str] | None = None,
) -> int | None:
    """When there is something to claim next, in microseconds; in the past when there is now, None for never."""
    return _next(connection, now, shard=shard, kinds=kinds, handlers=handlers)[0]


def pause(
    connection: Connection,
    now: int | None = None,
    *,
    kinds: Sequence[str] | None = None,
    handlers: Collection[str] | None = None,
) -> timedelta | None:
    """How long until there is something to claim, by the clock that decides what is due; None for never."""
    due, at = _next(connection, now, kinds=kinds, handlers=handlers)
    return None if due is None else timedelta(microseconds=max(0, due - at))


def _next(
    connection: Connection,
    now: int | None,
    *,
    shard: int | None = None,
    kinds: Sequence[str] | None = None,
    handlers: Collection[str] | None = None,
) -> tuple[int | None, int]:
    """When something is due next, and what time it is, in one statement."""
    asked, at = wanted(shard, kinds, handlers), clock(connection, now)
    free = select(agenda.c.due_at).where(*asked, agenda.c.lease_until.is_(None))
    first = free.order_by(agenda.c.due_at).limit(1).scalar_subquery()
    leased = select(func.min(agenda.c.lease_until)).where(
        *asked, agenda.c.lease_until.is_not(None), agenda.c.due_at <= at
    )
    # Where something is due and free, nobody needs to look through what is in work.
    found = select(first, case((first <= at, None), else_=leased.scalar_subquery()), at)
    *due, present = connection.execute(found).one()
    return min((each for each in due if each is not None), default=None), present


def lag(connection: Connection, now: int | None = None) -> Lag:
    """How far the work is behind the clock; looks at no more than `COUNTED` rows."""
    at = clock(connection, now)
    late = (
        select(agenda.c.due_at, agenda.c.lease_until)
        .where(agenda.c.state == READY, agenda.c.due_at <= at)
        .order_by(agenda.c.due_at)
        .limit(COUNTED)
        .subquery()
    )
    given_up = select(func.count()).select_from(agenda).where(agenda.c.state == DEAD).scalar_subquery()
    leased = func.count(case((late.c.lease_until > at, 1)))
    behind = at - func.min(late.c.due_at)
    row = connection.execute(select(func.count(), leased, given_up, behind).select_from(late)).one()
    return Lag(row[0], row[1], row[2], timedelta(microseconds=row[3] or 0))


def queue(connection: Connection) -> dict[tuple[str, str], int]:
    """How many rows are owed, by (kind, state): ready, held and dead; of each state at most `COUNTED` are looked at."""
    found: dict[tuple[str, str], int] = {}
    for state in (READY, HELD, DEAD):
        rows = select(agenda.c.kind).where(agenda.c.state == state).limit(COUNTED).subquery()
        counted = select(rows.c.kind, func.count()).group_by(rows.c.kind)
        found |= {(kind, state): number for kind, number in connection.execute(counted).all()}
    return found


def dead(connection: Connection, *, instance: str | None = None, limit: int = 1000) -> list[Dead]:
    """What was given up, of one instance or of all, the longest due first."""
    columns = (*ROW, agenda.c.kind, agenda.c.due_at, agenda.c.attempts, agenda.c.last_error)
    rows = select(*columns).where(agenda.c.state == DEAD).order_by(agenda.c.due_at, *ROW).limit(limit)
    if instance is not None:
        rows = rows.where(agenda.c.instance == instance)
    return [Dead(*row) for row in connection.execute(rows).all()]


def unhandled(
    connection: Connection, *, now: int | None = None, but: Collection[str] = ()
) -> list[Unhandled]:
    """The calls that wait for somebody with their handler, by handler, those of the handlers `but` left out.

    Of what is due at most `COUNTED` are looked at.
    """
    at = clock(connection, now)
    waiting = [agenda.c.state == READY, agenda.c.kind == JOB, agenda.c.due_at <= at, free_at(at)]
    rows = select(agenda.c.payload, agenda.c.due_at).where(*waiting, ~calls(but))
    found: dict[str, Unhandled] = {}
    for written, due in connection.execute(rows.order_by(agenda.c.due_at).limit(COUNTED)).all():
        name = _handler(written)
        known = found.get(name, Unhandled(name, 0, instant(due)))
        found[name] = Unhandled(name, known.number + 1, known.since)
    return list(found.values())


def _handler(written: str) -> str:
    """The handler that a call names; empty where the row cannot be read."""
    try:
        return str(codec.parse(written)["handler"])
    except (UnreadableState, KeyError, TypeError):
        return ""
