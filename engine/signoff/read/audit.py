"""The audit: who decided what, when, on what and with which right, over all instances.

Read from the journal itself, never from a projection. Must import only store.schema, store.codec, kernel.events,
`read.amount` and the records of `read.history`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Select, and_, or_, select, tuple_

from signoff.kernel.events import aside, gate, seat, time
from signoff.kernel.events.migration import InstanceMigrated
from signoff.kernel.state import Decision, Mode
from signoff.kernel.waiver import HOLD
from signoff.model.definition import Definition
from signoff.model.gate import Meaning, Strength
from signoff.read.amount import amounts, may_weigh
from signoff.read.history import Record, histories, record_of
from signoff.store.schema import instance, journal, micros, task

PAGE = 500  # journal rows

PassedBy: TypeAlias = (
    gate.RuleWaived
    | time.HoldReleased
    | aside.Overridden
    | aside.Moved
    | InstanceMigrated
    | seat.VoteTakenBack
    | seat.EntryReopened
)
_PASSED_BY = (
    gate.RuleWaived,
    time.HoldReleased,
    aside.Overridden,
    aside.Moved,
    InstanceMigrated,
    seat.VoteTakenBack,
    seat.EntryReopened,
)

#: Where a page ended: recorded at (microseconds), shard, instance, number. The next page begins after it.
Place = tuple[int, int, str, int]

_ORDER = (journal.c.recorded_at, journal.c.shard, journal.c.instance, journal.c.n)
# What decisions and what let something go on without one look like in the bytes: rows without one are not decoded.
_NAMES = (
    "VoteCast",
    "GateReturned",
    "RuleWaived",
    "HoldReleased",
    "Overridden",
    "Moved",
    "InstanceMigrated",
    "VoteTakenBack",
    "EntryReopened",
)
_MARKS = ('%"mode":"auto"%', *(f'%"{name}"%' for name in _NAMES))


@dataclass(slots=True, frozen=True)
class AuditRow:
    """A decision. `subject` is the hash of what was decided on; `n` and `hash` the record that proves it.

    `what` is vote, return, taken back, waiver, override, move, migration or rule; only votes and rules have a decision and a
    meaning, and of a waiver the rule stands in `node`. An override and a move let the flow go on and are no approval:
    `gate` is then the task or gate that was passed over. A rule decided in nobody's name: it let an earlier yes of `person` count, or passed an entry
    without anybody (`note`: that vote as GATE#entry, or the rule). `key` is that of the instance, `signing_key` the one
    signed with; `amount` is the largest that was decided on.
    """

    at: datetime
    instance: str
    title: str
    process: str
    version: str
    key: str
    what: str
    node: str
    gate: str
    person: str
    name: str
    role: str
    decision: Decision | None
    meaning: Meaning | None
    strength: Strength
    note: str
    subject: str
    on_behalf: str
    authority: str
    via: str
    n: int
    hash: str
    grant: str = ""
    signing_key: str = ""
    amount: Decimal | None = None
    currency: str = ""


@dataclass(slots=True, frozen=True)
class AuditPage:
    """Decisions in the order in which they were recorded; `after` leads to the next page, None: this was the last."""

    rows: list[AuditRow]
    after: Place | None


def audit(
    connection: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    by: str | None = None,
    process: str | None = None,
    over: Decimal | None = None,
    definition: Callable[[str], Definition] | None = None,
    limit: int = PAGE,
    after: Place | None = None,
) -> AuditPage:
    """Decisions recorded from `since` on and before `until`, by one person, of one process, over more than an amount.

    Whoever stood in for that person is told too: it was decided in the person's stead.
    With `definition`, which gives that of a version, each says how much was decided on; `over` needs it. `limit` counts
    the records looked at, so a page may be empty and not the last.
    """
    assert over is None or definition is not None, "without definitions nobody knows what is money"
    found = connection.execute(_page(since, until, process, after).limit(limit)).all()
    nodes = _nodes(connection, found)
    moves = _migrations(connection, found)
    told = (_as_then(made, moves) for row in found for made in _decisions(row, nodes))
    rows = [made for made in told if by is None or by in (made.person, made.on_behalf)]
    if definition is not None:
        rows = _weighed(connection, rows, definition)
    if over is not None:
        rows = [row for row in rows if row.amount is not None and row.amount > over]
    last = found[-1] if len(found) == limit else None
    return AuditPage(rows, None if last is None else (last.recorded_at, last.shard, last.instance, last.n))


def _page(
    since: datetime | None, until: datetime | None, process: str | None, after: Place | None
) -> Select[Any]:
    columns = (instance.c.title, instance.c.process, instance.c.version, instance.c.key)
    rows = (
        select(*_ORDER, journal.c.bytes, journal.c.hash, journal.c.sealed, *columns)
        .join(instance, and_(instance.c.shard == journal.c.shard, instance.c.id == journal.c.instance))
        .where(or_(*(journal.c.bytes.like(mark) for mark in _MARKS)))
    )
    if since is not None:
        rows = rows.where(journal.c.recorded_at >= micros(since))
    if until is not None:
        rows = rows.where(journal.c.recorded_at < micros(until))
    if process is not None:
        rows = rows.where(instance.c.process == process)
    if after is not None:
        rows = rows.where(tuple_(*_ORDER) > tuple_(*after))
    return rows.order_by(*_ORDER)


def _nodes(connection: Connection, rows: Iterable[Row[Any]]) -> dict[tuple[str, str], str]:
    """(instance, gate) -> the element that has the gate, for the instances of a page."""
    places = {(row.shard, row.instance) for row in rows}
    if not places:
        return {}
    gates = select(task.c.instance, task.c.id, task.c.node).where(
        tuple_(task.c.shard, task.c.instance).in_(places), task.c.kind == "gate"
    )
    return {(row.instance, row.id.partition("#")[0]): row.node for row in connection.execute(gates).all()}


def _migrations(connection: Connection, rows: Iterable[Row[Any]]) -> dict[str, list[tuple[int, str]]]:
    """instance -> the records that migrated it, and the version before, for the instances of a page."""
    places = {(row.shard, row.instance) for row in rows}
    found: dict[str, list[tuple[int, str]]] = {}
    columns = (journal.c.instance, journal.c.n, *_ORDER, journal.c.bytes, journal.c.hash, journal.c.sealed)
    migrated: Select[Any] = select(*columns).where(
        tuple_(journal.c.shard, journal.c.instance).in_(places), journal.c.bytes.like('%"InstanceMigrated"%')
    )
    for row in connection.execute(migrated.order_by(journal.c.n)).all() if places else ():
        events = (event for event in record_of(row).events if isinstance(event, InstanceMigrated))
        found.setdefault(row.instance, []).extend((row.n, event.before) for event in events)
    return found


def _as_then(made: AuditRow, moves: Mapping[str, list[tuple[int, str]]]) -> AuditRow:
    """The same with the version that the instance ran on then."""
    before = next((version for n, version in moves.get(made.instance, ()) if n >= made.n), "")
    return replace(made, version=before) if before else made


def _decisions(row: Row[Any], nodes: dict[tuple[str, str], str]) -> Iterator[AuditRow]:
    record = record_of(row)
    for event in record.events:
        if isinstance(event, gate.VoteCast | gate.EntryPassed) and event.mode is Mode.AUTO:
            yield _by_rule(row, record, event, nodes.get((row.instance, event.gate), ""))
        elif isinstance(event, gate.VoteCast):
            yield _vote(row, record, event, nodes.get((row.instance, event.gate), ""))
        elif isinstance(event, gate.GateReturned) and event.entry is not None:
            yield _return(row, record, event)
        elif isinstance(event, _PASSED_BY):
            yield _passed_by(row, record, event)


def _passed_by(row: Row[Any], record: Record, event: PassedBy) -> AuditRow:
    """What takes a vote away, or lets something go on without one."""
    match event:
        case gate.RuleWaived():
            said = "waiver", event.rule, event.activity, event.person
        case time.HoldReleased():
            said = "waiver", HOLD, event.activity, event.by
        case aside.Overridden():
            said = "override", event.node, event.target, event.by
        case aside.Moved():
            said = "move", event.node, event.target, event.by
        case InstanceMigrated():
            said = "migration", "", "", event.by
        case seat.VoteTakenBack() | seat.EntryReopened():
            said = "taken back", event.node, event.gate, event.person
    what, node, about, person = said
    return AuditRow(
        what=what,
        node=node,
        gate=about,
        person=person,
        name=record.name,
        role="",
        decision=None,
        meaning=None,
        strength=record.auth,
        note=event.reason,
        subject="",
        **_around(row, record),
    )


def _vote(row: Row[Any], record: Record, event: gate.VoteCast, node: str) -> AuditRow:
    return AuditRow(
        what="vote",
        node=node,
        gate=event.gate,
        person=event.person,
        name=event.name,
        role=event.role,
        decision=event.decision,
        meaning=event.meaning,
        strength=event.strength,
        note=event.note,
        subject=event.subject,
        grant=event.grant,
        **_around(row, record, event.on_behalf_of),
    )


def _return(row: Row[Any], record: Record, event: gate.GateReturned) -> AuditRow:
    return AuditRow(
        what="return",
        node=event.node,
        gate=event.gate,
        person=event.by,
        name=event.name,
        role=event.role,
        decision=None,
        meaning=None,
        strength=event.strength,
        note=event.note,
        subject=event.subject,
        grant=event.grant,
        **_around(row, record, event.on_behalf_of),
    )


def _by_rule(row: Row[Any], record: Record, event: gate.VoteCast | gate.EntryPassed, node: str) -> AuditRow:
    """What a rule decided, and never who happened to act when it did."""
    vote = event if isinstance(event, gate.VoteCast) else None
    around = _around(row, record) | {"on_behalf": "", "authority": "", "via": "", "signing_key": ""}
    return AuditRow(
        what="rule",
        node=node,
        gate=event.gate,
        person=vote.person if vote else "",
        name=vote.name if vote else "",
        role=vote.role if vote else "",
        decision=Decision.YES,
        meaning=vote.meaning if vote else None,
        strength=Strength.ASSERTED,
        note=event.source if isinstance(event, gate.VoteCast) else event.rule,
        subject=vote.subject if vote else "",
        **around,
    )


def _weighed(
    connection: Connection, rows: list[AuditRow], definition: Callable[[str], Definition]
) -> list[AuditRow]:
    """The same with how much was decided on; instances in which nothing is counted in money are not looked at."""
    asked = dict.fromkeys(row.instance for row in rows if may_weigh(definition(row.version)))
    told = histories(connection, asked)
    known = {(id, *place): much for id in asked for place, much in amounts(id, told[id], definition).items()}
    found = [(row, known.get((row.instance, row.n, row.gate))) for row in rows]
    return [replace(row, amount=much.value, currency=much.currency) if much else row for row, much in found]


def _around(row: Row[Any], record: Record, on_behalf: str = "") -> dict[str, Any]:
    """What every decision says of its instance and its record."""
    return {
        "at": record.at,
        "instance": row.instance,
        "title": row.title,
        "process": row.process,
        "version": row.version,
        "key": row.key,
        "on_behalf": on_behalf or record.on_behalf,
        "authority": record.authority,
        "via": record.via,
        "n": record.n,
        "hash": row.hash,
        "signing_key": record.key,
    }
