"""The history of an instance: each command that was recorded, by whom, when, how, and what it came to.

Must import only store.schema, store.codec, store.ids and kernel.events.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, tuple_

from signoff.kernel.events import Event
from signoff.model.gate import Strength
from signoff.store import codec, ids
from signoff.store.schema import journal

PAGE = 1000
AT_ONCE = 100  # instances in one statement


@dataclass(slots=True, frozen=True)
class Record:
    """A recorded command; `n` counts from 1, `hash` is its link in the chain of the instance.

    `by` is a person's id, empty for the engine itself; `on_behalf` whom that person stood in for, `authority` the
    right it was done by, `auth` how well the person was known, `via` by which way it came. `key` is the id of the
    key that it was signed with, `proof` what the host's verifier said.
    """

    n: int
    at: datetime
    command: str
    by: str
    name: str
    on_behalf: str
    authority: str
    auth: Strength
    via: str
    request_id: str
    events: tuple[Event, ...]
    hash: str
    key: str = ""
    proof: str = ""


def history(
    connection: Connection, instance: str, *, limit: int | None = None, after: int = 0
) -> list[Record]:
    """The records after number `after`, the oldest first. Raises NotFound for no id, UnreadableState."""
    rows = links(instance, after=after)
    return [record_of(row) for row in connection.execute(rows.limit(limit)).all()]


def histories(connection: Connection, instances: Iterable[str]) -> dict[str, list[Record]]:
    """The whole histories of several instances, many in one statement."""
    found: dict[str, list[Record]] = {id: [] for id in instances}
    asked = [(ids.shard_in(id), id) for id in found]
    for places in (asked[start : start + AT_ONCE] for start in range(0, len(asked), AT_ONCE)):
        rows: Select[Any] = select(
            journal.c.instance, journal.c.n, journal.c.bytes, journal.c.hash, journal.c.sealed
        )
        rows = rows.where(tuple_(journal.c.shard, journal.c.instance).in_(places))
        for row in connection.execute(rows.order_by(journal.c.instance, journal.c.n)).all():
            found[row.instance].append(record_of(row))
    return found


def pages(connection: Connection, instance: str) -> Iterator[list[Record]]:
    """The whole history in pages, for exports; in the caller's transaction."""
    after = 0
    while found := history(connection, instance, limit=PAGE, after=after):
        yield found
        after = found[-1].n


def links(instance: str, *, after: int = 0) -> Select[Any]:
    """The rows of the journal of an instance: number, bytes, hash, and what stands beside."""
    return (
        select(journal.c.n, journal.c.bytes, journal.c.hash, journal.c.sealed)
        .where(
            journal.c.shard == ids.shard_in(instance),
            journal.c.instance == instance,
            journal.c.n > after,
        )
        .order_by(journal.c.n)
    )


def record_of(row: Row[Any]) -> Record:
    """The record that a row of the journal holds. Raises UnreadableState."""
    entry = codec.decode_entry(row.bytes, row.sealed)
    said = entry.envelope
    return Record(
        n=entry.n,
        at=said.at,
        command=said.command,
        by=said.actor,
        name=said.name,
        on_behalf=said.on_behalf,
        authority=said.authority,
        auth=said.auth,
        via=said.via,
        request_id=said.request_id,
        events=tuple(entry.events),
        hash=row.hash,
        key=said.signed.key if said.signed else "",
        proof=said.proof,
    )
