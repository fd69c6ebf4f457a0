"""What waits to be told to a person all at once: one row of the agenda for each, owed to nobody's instance.

May import store.schema, store.codec, store.ids, store.upsert and store.agenda.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, select, update

from signoff.store import codec
from signoff.store.agenda import DONE, READY
from signoff.store.ids import shard_of
from signoff.store.schema import agenda
from signoff.store.upsert import upsert

MOST = 200  # lines of one basket; of more only the number is kept


def put(connection: Connection, person: str, kind: str, line: Mapping[str, Any], *, due: int) -> None:
    """One more line (`id` and what else it says), told at `due` (microseconds) or when the others are, if sooner.

    The same id again changes nothing.
    """
    key = f"digest/{person}"
    shard = shard_of(key)
    place = {"shard": shard, "instance": "", "key": key}
    empty = upsert(connection, agenda).values(**place, kind=kind, due_at=due, payload="{}", state=DONE)
    connection.execute(empty.on_conflict_do_nothing(index_elements=list(place)))
    here = and_(agenda.c.shard == shard, agenda.c.instance == "", agenda.c.key == key)
    row = connection.execute(
        select(agenda.c.state, agenda.c.due_at, agenda.c.payload).where(here).with_for_update()
    ).one()
    kept = codec.parse(row.payload) if row.state != DONE else {}
    lines, more = list(kept.get("lines", ())), int(kept.get("more", 0))
    if any(each["id"] == line["id"] for each in lines):
        return
    full = len(lines) >= MOST
    payload = {
        "template": "digest",
        "people": [person],
        "lines": lines if full else [*lines, dict(line)],
        "more": more + full,
    }
    connection.execute(
        update(agenda)
        .where(here)
        .values(
            state=READY,
            due_at=min(due, row.due_at) if row.state == READY else due,
            payload=codec.canonical(payload),
            generation=agenda.c.generation + 1,
            attempts=0,
            owner="",
            lease_until=None,
            told="",
        )
    )
