"""An instance as one JSON document: what it is now, what it ran on, and every record as it was written.

The bytes of the journal stand in it unchanged, so it can be verified without a database. Must import only
store.schema, store.codec, store.ids and the read side.
"""

from typing import Any

from sqlalchemy import Connection, Row, Select, Table, select

from signoff.errors import NotFound
from signoff.read.history import PAGE, links
from signoff.store import codec, ids
from signoff.store.schema import candidate, chain_head, definition, instance, involvement, task

FORMAT = 1
_KEPT = ("id", "process", "version", "key", "title", "status", "outcome", "starter", "n", "head", "seq")
_TIMES = ("started_at", "ended_at", "recorded_at")  # microseconds since 1970 UTC


def export(connection: Connection, id: str) -> dict[str, Any]:
    """Everything about an instance as JSON-able data, in the caller's transaction. Raises NotFound."""
    here = (instance.c.shard == ids.shard_in(id), instance.c.id == id)
    row = connection.execute(select(instance).where(*here)).first()
    if row is None:
        raise NotFound("instance_unknown", text=id)
    heads = connection.execute(select(chain_head).order_by(chain_head.c.name)).all()
    return {
        "signoff_export": FORMAT,
        "instance": {name: getattr(row, name) for name in (*_KEPT, *_TIMES)},
        "state": codec.parse(row.state),
        "variables": codec.parse(row.variables or "{}"),
        "format": row.format,
        "definition": _definition(connection, row.version),
        "journal": _journal(connection, id),
        "tasks": _rows(connection, task, id),
        "candidates": _rows(connection, candidate, id),
        "involvement": _rows(connection, involvement, id),
        "chains": {head.name: {"n": head.n, "hash": head.hash} for head in heads},
    }


def _definition(connection: Connection, version: str) -> dict[str, Any] | None:
    row = connection.execute(select(definition).where(definition.c.version == version)).first()
    if row is None:
        return None
    return {
        "process": row.process,
        "number": row.number,
        "version": row.version,
        "model": row.model,  # as text: its hash is the version
        "source": row.source,
    }


def _journal(connection: Connection, id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        after = found[-1]["n"] if found else 0
        page = connection.execute(links(id, after=after).limit(PAGE)).all()
        found += [{"n": row.n, "bytes": row.bytes, "hash": row.hash, "sealed": row.sealed} for row in page]
        if len(page) < PAGE:
            return found


def _rows(connection: Connection, table: Table, id: str) -> list[dict[str, Any]]:
    columns = [column for column in table.columns if column.name not in ("shard", "instance")]
    rows: Select[Any] = select(*columns).where(table.c.shard == ids.shard_in(id), table.c.instance == id)
    return [_plain(row) for row in connection.execute(rows.order_by(*table.primary_key.columns)).all()]


def _plain(row: Row[Any]) -> dict[str, Any]:
    return dict(zip(row._fields, row, strict=True))
