"""A database administrator with bad intentions: rewrites rows, and mends every hash after them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from signoff.store import chain, codec, ids, schema, sealed
from signoff.store.schema import instance as instances
from signoff.store.schema import journal
from tests.evidence.office import Office
from tests.ready import unguard

Rows = list[dict[str, Any]]


def rows_of(office: Office, instance: str) -> Rows:
    """The journal of an instance as parsed JSON."""
    with office.engine.core.database.read() as handle:
        found = select(journal.c.bytes).where(journal.c.instance == instance).order_by(journal.c.n)
        return [codec.parse(text) for text in handle.connection.execute(found).scalars()]


def beside_of(office: Office, instance: str) -> dict[str, Any]:
    """What stands beside the journal of an instance, all together."""
    with office.engine.core.database.read() as handle:
        found = select(journal.c.sealed).where(journal.c.instance == instance)
        columns = handle.connection.execute(found).scalars().all()
    return {seal: pair for column in columns for seal, pair in codec.beside_of(column).items()}


def rewrite(office: Office, instance: str, change: Callable[[Rows], None]) -> None:
    """Change the journal and make every number, link and hash fit again; state and projections are left alone."""
    rows, beside = rows_of(office, instance), beside_of(office, instance)
    change(rows)
    before, made = "", []
    used: set[str | None] = set()
    for n, row in enumerate(rows, start=1):
        row["n"], row["prev"] = n, before
        bytes = codec.compact(row)
        before = chain.link_hash(before, bytes)
        at = schema.micros(codec.decode_entry(bytes, None).envelope.at)
        nonce = (row.get("signed") or {}).get("nonce")
        nonce = None if nonce in used else nonce  # the database takes it only once
        used.add(nonce)
        made.append({"shard": ids.shard_in(instance), "instance": instance, "n": n, "bytes": bytes, "hash": before,
                     "request_id": row.get("request_id"), "recorded_at": at, "nonce": nonce,
                     "sealed": codec.written_beside({s: beside[s] for _, s in sealed.places(row) if s in beside})})  # fmt: skip
    with office.engine.core.database.write() as handle:
        unguard(handle.connection)
        handle.connection.execute(delete(journal).where(journal.c.instance == instance))
        handle.connection.execute(insert(journal), made)
        here = update(instances).where(instances.c.id == instance)
        handle.connection.execute(here.values(head=before, n=len(made)))


def rewrite_chain(office: Office, name: str, change: Callable[[Rows], None]) -> None:
    """The same for a system chain."""
    with office.engine.core.database.write() as handle:
        unguard(handle.connection)
        mend_chain(handle.connection, name, change)


def mend_chain(connection: Connection, name: str, change: Callable[[Rows], None]) -> None:
    """Change a system chain and make every number, link and hash fit again; the guards are down."""
    table, head = schema.chain, schema.chain_head
    links = connection.execute(select(table).where(table.c.name == name).order_by(table.c.n)).all()
    rows = [codec.parse(link.bytes) for link in links]
    change(rows)
    before, made = "", []
    for n, row in enumerate(rows, start=1):
        row["n"], row["prev"] = n, before
        bytes = codec.compact(row)
        before = chain.link_hash(before, bytes)
        at = links[min(n, len(links)) - 1].recorded_at
        made.append({"name": name, "n": n, "bytes": bytes, "hash": before, "recorded_at": at})
    connection.execute(delete(table).where(table.c.name == name))
    connection.execute(insert(table), made)
    connection.execute(update(head).where(head.c.name == name).values(n=len(made), hash=before))


def classes(office: Office, instance: str = "") -> set[str]:
    """The names of what `verify` finds."""
    office.engine.core.keys.clear()
    return {finding.fault.value if hasattr(finding.fault, "value") else finding.fault
            for finding in office.engine.verify(instance).findings}  # fmt: skip
