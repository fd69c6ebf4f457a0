"""Whether each instance still is what its records lead to: links, bytes, columns, state, and the rows beside it.

Each finding names its class, as in `read.finding`. How records become a state and rows again, which documents are
kept and who had the right to decide is handed in. Must import only store.schema, store.codec, store.ids, store.chain,
store.sealed and kernel.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Table, select, tuple_

from signoff.errors import SignoffError, UnreadableState
from signoff.kernel.effect import TOLD, UNTOLD
from signoff.kernel.events.aside import PersonalErased
from signoff.kernel.events.data import DocumentDelivered
from signoff.kernel.state import LIVE, State
from signoff.read.finding import Fault, Finding
from signoff.read.history import links
from signoff.store import chain, codec, ids, sealed
from signoff.store.codec import Entry
from signoff.store.schema import agenda, candidate, instance, involvement, journal, micros, subscription, task

Place: TypeAlias = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Means:
    """What the checks ask; what is not given is not checked.

    `replay`: the state that the records of one instance lead to. `project`: table -> the rows beside it that they
    lead to; only the columns given are compared. `lost`: which of these documents are not kept as they were put.
    `judge`: number, class and reason of each record whose decision was not its actor's to take, or not on what was there.
    """

    replay: Callable[[Sequence[Entry]], State] | None = None
    project: Callable[[Sequence[Entry]], Mapping[str, Iterable[Mapping[str, Any]]]] | None = None
    lost: Callable[[Connection, Collection[str]], Collection[str]] | None = None
    judge: Callable[[Connection, Sequence[Entry]], Iterable[tuple[int, Fault, str]]] | None = None


NOTHING = Means()
_BESIDE: Mapping[str, Table] = {t.name: t for t in (task, candidate, involvement, subscription, agenda)}
_KEYS = {name: [c.name for c in table.primary_key.columns] for name, table in _BESIDE.items()}


@dataclass(slots=True, frozen=True)
class Verified:
    """How many instances were looked at, what was found, and where the next page begins (None: the end)."""

    instances: int
    findings: list[Finding]
    after: Place | None


def verify_instances(
    connection: Connection, means: Means = NOTHING, *, limit: int = 100, after: Place | None = None
) -> Verified:
    """A page of instances, each whole."""
    key = (instance.c.shard, instance.c.id)
    rows = select(*key).order_by(*key).limit(limit)
    if after is not None:
        rows = rows.where(tuple_(*key) > tuple_(*after))
    places = [(row.shard, row.id) for row in connection.execute(rows).all()]
    found = [finding for _, id in places for finding in verify_instance(connection, id, means)]
    return Verified(len(places), found, places[-1] if len(places) == limit else None)


def verify_instance(connection: Connection, id: str, means: Means = NOTHING) -> list[Finding]:
    """Everything that does not hold about one instance; nothing found is an empty list."""
    row = connection.execute(
        select(instance).where(instance.c.shard == ids.shard_in(id), instance.c.id == id)
    ).first()
    records = _records(connection, id)
    if row is None:
        return [Finding(id, Fault.ORPHAN)] if records else []
    chained = [chain.Link(each.n, each.bytes, each.hash) for each in records]
    broken = chain.verify_links(chained, head=(row.n, row.head))
    found = [Finding(id, each.fault, each.n) for each in broken]
    entries, misread = _entries(id, records)
    found += misread
    found += _course(id, row, entries)
    found += _columns_of_state(id, row)
    if found:
        return found  # what the records lead to says nothing while they do not hold
    try:
        return [
            *_replayed(id, row, entries, means),
            *_projected(connection, id, entries, means),
            *_kept(connection, id, entries, means),
            *_judged(connection, id, entries, means),
        ]
    except (AssertionError, LookupError, TypeError, AttributeError, ValueError):
        return [Finding(id, Fault.STATE, detail="the records lead to no state at all")]


def orphans(connection: Connection) -> list[Finding]:
    """Instances that are gone while records or rows of theirs are still there."""
    found: set[str] = set()
    for table in (journal, *_BESIDE.values()):
        here = (instance.c.shard == table.c.shard) & (instance.c.id == table.c.instance)
        rows = (
            select(table.c.instance)
            .outerjoin(instance, here)
            .where(instance.c.id.is_(None), table.c.instance != "")
            .distinct()
        )
        found |= {*connection.execute(rows).scalars()}
    return [Finding(id, Fault.ORPHAN) for id in sorted(found)]


# one instance -------------------------------------------------------------------------------------------


def _records(connection: Connection, id: str) -> list[Row[Any]]:
    rows = links(id).add_columns(journal.c.request_id, journal.c.recorded_at)
    return list(connection.execute(rows).all())


def _entries(id: str, records: Iterable[Row[Any]]) -> tuple[list[Entry], list[Finding]]:
    """The records that can be read, and where columns say something else than the bytes."""
    entries: list[Entry] = []
    found: list[Finding] = []
    for row in records:
        beside = row.sealed
        try:
            codec.beside_of(beside)
        except UnreadableState:
            found.append(Finding(id, sealed.Fault.SEAL, row.n, "beside"))
            beside = None
        try:
            entry = codec.decode_entry(row.bytes, beside)
        except UnreadableState as error:
            found.append(Finding(id, chain.Fault.UNREADABLE, row.n, str(error.params.get("detail", ""))))
            continue
        entries.append(entry)
        found += _columns(id, row, entry)
    return entries, [*found, *_hidden(id, records, entries)]


def _hidden(id: str, records: Iterable[Row[Any]], entries: Iterable[Entry]) -> Iterator[Finding]:
    """What stands beside the records, against the hashes in them and against what is recorded as erased."""
    said = (event for entry in entries for event in entry.events if isinstance(event, PersonalErased))
    erased = {seal for event in said for seal in event.seals}
    for row in records:
        try:
            places, beside = [*sealed.places(codec.parse(row.bytes))], codec.beside_of(row.sealed)
        except UnreadableState:
            continue  # told already
        wrong = dict.fromkeys(sealed.faults(places, beside, erased))
        if row.sealed != codec.written_beside(beside):
            wrong[sealed.Fault.SEAL, "beside"] = None
        yield from (Finding(id, fault, row.n, detail) for fault, detail in wrong)


def _columns(id: str, row: Row[Any], entry: Entry) -> Iterator[Finding]:
    """What stands beside the bytes, and how the bytes are written."""
    envelope = entry.envelope
    if entry.instance != id:
        yield Finding(id, Fault.ELSEWHERE, row.n, entry.instance)
    if not codec.is_as_written(row.bytes, entry):
        yield Finding(id, Fault.ENCODING, row.n)
    said = {
        "request_id": envelope.request_id or None,
        "recorded_at": micros(envelope.at),
    }
    for name, value in said.items():
        if getattr(row, name) != value:
            yield Finding(id, Fault.COLUMN, row.n, name)


def _course(id: str, row: Row[Any], entries: Sequence[Entry]) -> Iterator[Finding]:
    for before, entry in pairwise(entries):
        if entry.envelope.at < before.envelope.at:
            yield Finding(id, Fault.BACKWARDS, entry.n)
    counted = sum(len(entry.events) for entry in entries)
    if counted != row.seq:
        yield Finding(id, Fault.COUNT, detail=f"{counted} events, {row.seq} counted")
    if entries and micros(entries[-1].envelope.at) != row.recorded_at:
        yield Finding(id, Fault.COLUMN, detail="recorded_at")
    if entries and (entries[0].envelope.request_id or None) != row.request_id:
        yield Finding(id, Fault.COLUMN, detail="request_id")


def _columns_of_state(id: str, row: Row[Any]) -> Iterator[Finding]:
    """The columns that lists and searches read, against the state."""
    try:
        state = codec.decode_state(row.state, row.variables, row.format)
    except SignoffError as error:
        yield Finding(id, Fault.STATE, detail=error.code)
        return
    said = {
        "id": state.id,
        "process": state.process,
        "version": state.version,
        "key": state.key,
        "title": state.title,
        "status": state.status.value,
        "outcome": state.outcome,
        "starter": state.starter.id if state.starter else "",
        "live": state.status in LIVE,
        "started_at": None if state.started_at is None else micros(state.started_at),
        "ended_at": None if state.ended_at is None else micros(state.ended_at),
        "seq": state.seq,
    }
    for name, value in said.items():
        if getattr(row, name) != value:
            yield Finding(id, Fault.COLUMN, detail=name)


def _replayed(id: str, row: Row[Any], entries: Sequence[Entry], means: Means) -> Iterator[Finding]:
    if means.replay is None:
        return
    derived = means.replay(entries)
    stored = codec.decode_state(row.state, row.variables, row.format)
    texts = (row.state, codec.state_text(stored), codec.state_text(derived))
    yield from _text(id, Fault.STATE, *texts, newest=row.format == codec.FORMAT)
    texts = (row.variables or "{}", codec.variables_text(stored), codec.variables_text(derived))
    yield from _text(id, Fault.VARIABLES, *texts, newest=row.format == codec.FORMAT)


def _text(
    id: str, fault: Fault, written: str, stored: str, derived: str, *, newest: bool
) -> Iterator[Finding]:
    if stored != derived:
        yield Finding(id, fault, detail="not what the records lead to")
    elif newest and written != stored:
        yield Finding(id, Fault.ENCODING, detail=fault.value)


def _kept(connection: Connection, id: str, entries: Sequence[Entry], means: Means) -> Iterator[Finding]:
    """Documents that a record names and that are not there any more."""
    if means.lost is None:
        return
    named: dict[str, int] = {}
    for entry in entries:
        for event in entry.events:
            if isinstance(event, DocumentDelivered):
                named[event.sha256] = entry.n
            elif isinstance(event, PersonalErased):
                named = {sha256: n for sha256, n in named.items() if sha256 not in event.documents}
    lost = means.lost(connection, named.keys()) if named else ()
    yield from (Finding(id, Fault.DOCUMENT, named[sha256], f"{sha256} is gone") for sha256 in sorted(lost))


def _judged(connection: Connection, id: str, entries: Sequence[Entry], means: Means) -> Iterator[Finding]:
    for n, fault, detail in means.judge(connection, entries) if means.judge is not None else ():
        yield Finding(id, fault, n, detail)


def _projected(connection: Connection, id: str, entries: Sequence[Entry], means: Means) -> Iterator[Finding]:
    if means.project is None:
        return
    derived = means.project(entries)
    for name, table in _BESIDE.items():
        problem = _owed if table is agenda else _compared
        stored = {_key(name, row): row for row in _beside(connection, table, id)}
        wanted = {_key(name, row): row for row in derived.get(name, ())}
        for key in sorted({*stored, *wanted}, key=str):
            if found := problem(stored.get(key), wanted.get(key)):
                yield Finding(id, Fault.PROJECTION, detail=f"{name} {'/'.join(map(str, key[2:]))}: {found}")


def _beside(connection: Connection, table: Table, id: str) -> list[dict[str, Any]]:
    """The rows that the records of the instance made; those of the agenda as long as they are owed."""
    rows = select(table).where(table.c.shard == ids.shard_in(id), table.c.instance == id)
    if table is agenda:
        rows = rows.where(agenda.c.state != "done", agenda.c.kind.not_in(UNTOLD))
    return [dict(row) for row in connection.execute(rows).mappings().all()]


def _key(table: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _KEYS[table])


def _compared(stored: Mapping[str, Any] | None, wanted: Mapping[str, Any] | None) -> str:
    if stored is None:
        return "missing"
    if wanted is None:
        return "left over"
    return ", ".join(name for name, value in wanted.items() if stored[name] != value)


def _owed(stored: Mapping[str, Any] | None, wanted: Mapping[str, Any] | None) -> str:
    """As `_compared`, but the worker may have tried in vain, put it off, or given it up: never earlier than owed.

    And what was only to be told it may have told.
    """
    if stored is None and wanted is not None and wanted["kind"] in TOLD:
        return ""
    if stored is None or wanted is None:
        return _compared(stored, wanted)
    late = (
        {"due_at": stored["due_at"]} if stored["generation"] and stored["due_at"] > wanted["due_at"] else {}
    )
    dead = {"state": "dead"} if stored["state"] == "dead" else {}
    return _compared(stored, {**wanted, **late, **dead})
