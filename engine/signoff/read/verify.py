"""Whether what is stored still is what was recorded: chains, instances against their journal, definitions.

Each finding names its class, so that nobody has to guess what was touched. How a journal becomes a state and rows
again is handed in. Must import only store.schema, store.codec, store.ids, store.chain and kernel.state.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Table, select, tuple_

from signoff.errors import SignoffError, UnreadableState
from signoff.kernel.state import LIVE, State
from signoff.read.history import PAGE, links
from signoff.store import chain, codec, ids
from signoff.store.codec import Entry
from signoff.store.schema import (
    agenda,
    candidate,
    chain_head,
    definition,
    instance,
    involvement,
    journal,
    micros,
    task,
)
from signoff.store.schema import chain as chain_rows

#: The state that the records of one instance lead to.
Replay: TypeAlias = Callable[[Sequence[Entry]], State]
#: table -> the rows beside the instance that they lead to; only the columns given are compared.
Project: TypeAlias = Callable[[Sequence[Entry]], Mapping[str, Iterable[Mapping[str, Any]]]]
Place: TypeAlias = tuple[int, str]

_BESIDE: Mapping[str, Table] = {t.name: t for t in (task, candidate, involvement, agenda)}
_KEYS = {name: [c.name for c in table.primary_key.columns] for name, table in _BESIDE.items()}


class Fault(StrEnum):
    """What can be wrong beside the links of a chain (those are `store.chain.Fault`)."""

    ELSEWHERE = "elsewhere"  # a record that names another instance
    COLUMN = "column"  # a column says something else than the record or the state
    BACKWARDS = "backwards"  # a record is earlier than the one before
    COUNT = "count"  # more or fewer events than the instance has counted
    STATE = "state"  # the state is not what the records lead to
    VARIABLES = "variables"
    PROJECTION = "projection"  # a row beside the instance is missing, left over or different
    ORPHAN = "orphan"  # records or rows of an instance that is not there
    DEFINITION = "definition"  # a model whose hash is not its version
    UNRECORDED = "unrecorded"  # a definition that the chain of deployments does not know
    DOCUMENT = "document"  # bytes whose hash is not their name
    CALENDAR = "calendar"  # days whose hash is not their version
    RECORDED = "recorded"  # a version in force, or a person, is not as the system chains have it


@dataclass(slots=True, frozen=True)
class Finding:
    """Something that does not hold. `where` is an instance, a chain or a definition, `n` a record or nothing."""

    where: str
    fault: str
    n: int = 0
    detail: str = ""


@dataclass(slots=True, frozen=True)
class Verified:
    """How many instances were looked at, what was found, and where the next page begins (None: the end)."""

    instances: int
    findings: list[Finding]
    after: Place | None


def verify_instances(
    connection: Connection,
    *,
    replay: Replay | None = None,
    project: Project | None = None,
    limit: int = 100,
    after: Place | None = None,
) -> Verified:
    """A page of instances, each whole."""
    key = (instance.c.shard, instance.c.id)
    rows = select(*key).order_by(*key).limit(limit)
    if after is not None:
        rows = rows.where(tuple_(*key) > tuple_(*after))
    places = [(row.shard, row.id) for row in connection.execute(rows).all()]
    found = [
        finding
        for _, id in places
        for finding in verify_instance(connection, id, replay=replay, project=project)
    ]
    return Verified(len(places), found, places[-1] if len(places) == limit else None)


def verify_instance(
    connection: Connection, id: str, *, replay: Replay | None = None, project: Project | None = None
) -> list[Finding]:
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
    return [*_replayed(id, row, entries, replay), *_projected(connection, id, entries, project)]


def verify_chains(connection: Connection) -> list[Finding]:
    """The system chains, each against its head; a chain without a head is one that was cut."""
    names = {*connection.execute(select(chain_head.c.name)).scalars()}
    names |= {*connection.execute(select(chain_rows.c.name).distinct()).scalars()}
    return [finding for name in sorted(names) for finding in _chain(connection, name)]


def verify_definitions(connection: Connection) -> list[Finding]:
    """Each stored model against its version, and each version against the chain of deployments."""
    recorded = {
        content.get("version"): content.get("source")
        for content in contents(connection, "deployment")
        if content.get("kind") == "definition"
    }
    found = []
    for row in connection.execute(
        select(definition).order_by(definition.c.process, definition.c.number)
    ).all():
        if codec.version_of(row.model) != row.version:
            found.append(Finding(row.version, Fault.DEFINITION, detail="model"))
        if row.version not in recorded:
            found.append(Finding(row.version, Fault.UNRECORDED))
        elif recorded[row.version] != codec.version_of(row.source):
            found.append(Finding(row.version, Fault.DEFINITION, detail="source"))
    return found


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
        try:
            entry = codec.decode_entry(row.bytes)
        except UnreadableState as error:
            found.append(Finding(id, chain.Fault.UNREADABLE, row.n, str(error.params.get("detail", ""))))
            continue
        entries.append(entry)
        if entry.instance != id:
            found.append(Finding(id, Fault.ELSEWHERE, row.n, entry.instance))
        if (entry.envelope.request_id or None) != row.request_id:
            found.append(Finding(id, Fault.COLUMN, row.n, "request_id"))
        if micros(entry.envelope.at) != row.recorded_at:
            found.append(Finding(id, Fault.COLUMN, row.n, "recorded_at"))
    return entries, found


def _course(id: str, row: Row[Any], entries: Sequence[Entry]) -> Iterator[Finding]:
    for before, entry in pairwise(entries):
        if entry.envelope.at < before.envelope.at:
            yield Finding(id, Fault.BACKWARDS, entry.n)
    counted = sum(len(entry.events) for entry in entries)
    if counted != row.seq:
        yield Finding(id, Fault.COUNT, detail=f"{counted} events, {row.seq} counted")
    if entries and micros(entries[-1].envelope.at) != row.recorded_at:
        yield Finding(id, Fault.COLUMN, detail="recorded_at")


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


def _replayed(id: str, row: Row[Any], entries: Sequence[Entry], replay: Replay | None) -> Iterator[Finding]:
    if replay is None:
        return
    derived = replay(entries)
    stored = codec.decode_state(row.state, row.variables, row.format)
    if codec.state_text(derived) != codec.state_text(stored):
        yield Finding(id, Fault.STATE, detail="is not what the records lead to")
    if codec.variables_text(derived) != codec.variables_text(stored):
        yield Finding(id, Fault.VARIABLES, detail="are not what the records lead to")


def _projected(
    connection: Connection, id: str, entries: Sequence[Entry], project: Project | None
) -> Iterator[Finding]:
    if project is None:
        return
    derived = project(entries)
    for name, table in _BESIDE.items():
        stored = {_key(name, row): row for row in _beside(connection, table, id)}
        wanted = {_key(name, row): row for row in derived.get(name, ())}
        for key in sorted({*stored, *wanted}, key=str):
            problem = _compared(stored.get(key), wanted.get(key))
            if problem:
                yield Finding(id, Fault.PROJECTION, detail=f"{name} {'/'.join(map(str, key[2:]))}: {problem}")


def _beside(connection: Connection, table: Table, id: str) -> list[dict[str, Any]]:
    """The rows that the records decide alone: what is done, and told, the worker ends without a record."""
    rows = select(table).where(table.c.shard == ids.shard_in(id), table.c.instance == id)
    if table is agenda:
        rows = rows.where(agenda.c.state != "done", agenda.c.kind != "notice")
    return [dict(row) for row in connection.execute(rows).mappings().all()]


def _key(table: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _KEYS[table])


def _compared(stored: Mapping[str, Any] | None, wanted: Mapping[str, Any] | None) -> str:
    if stored is None:
        return "missing"
    if wanted is None:
        return "left over"
    return ", ".join(name for name, value in wanted.items() if stored[name] != value)


# chains -------------------------------------------------------------------------------------------------


def _chain(connection: Connection, name: str) -> list[Finding]:
    found = chain.verify_links(_links(connection, name), head=chain.head_of(connection, name))
    return [Finding(name, each.fault, each.n) for each in found]


def _links(connection: Connection, name: str) -> Iterator[chain.Link]:
    after = 0
    while page := chain.links(connection, name, after=after, limit=PAGE):
        yield from page
        after = page[-1].n


def contents(connection: Connection, name: str) -> Iterator[Mapping[str, Any]]:
    """What the readable links of a chain say."""
    for link in _links(connection, name):
        try:
            yield codec.parse(link.bytes)["content"]
        except (UnreadableState, KeyError, TypeError):
            continue
