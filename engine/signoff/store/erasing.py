"""Taking personal values out of the tables: what stands beside the records, and what is owed and names them.

In the caller's transaction, which holds the instance's lock. May import store.schema, store.codec, store.ids, store.postbox.
"""

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, and_, select, text, update

from signoff.store import codec, fault, postbox
from signoff.store.codec import Kept
from signoff.store.database import Database
from signoff.store.ids import shard_in
from signoff.store.schema import agenda, desk, instance, journal

_ERASED = "PersonalErased"


def rows(connection: Connection, id: str) -> Iterator[tuple[int, Kept]]:
    """The journal of an instance, in its order."""
    here = and_(journal.c.shard == shard_in(id), journal.c.instance == id)
    columns = select(journal.c.n, journal.c.bytes, journal.c.sealed).where(here).order_by(journal.c.n)
    for n, bytes, sealed in connection.execute(columns).all():
        yield n, Kept(bytes, sealed)


def elsewhere(connection: Connection, id: str, documents: Collection[str]) -> set[str]:
    """Which of these documents another instance still has, in its records or on a desk; each costs a look at all."""
    return {sha256 for sha256 in documents if _is_elsewhere(connection, id, f'%"{sha256}"%', sha256)}


def _is_elsewhere(connection: Connection, id: str, like: str, sha256: str) -> bool:
    drafts = select(desk.c.task).where(desk.c.instance != id, desk.c.draft.like(like))
    if connection.execute(drafts.limit(1)).first() is not None:
        return True
    named = select(journal.c.instance, journal.c.bytes).where(
        journal.c.instance != id, journal.c.bytes.like(like)
    )
    last = dict(tuple(row) for row in connection.execute(named.order_by(journal.c.n)))
    return not all(_erases(bytes, sha256) for bytes in last.values())


def _erases(bytes: str, sha256: str) -> bool:
    """Whether the last that a journal says of a document is that it was erased there."""
    events = codec.parse(bytes)["events"]
    return any(each["is"] == _ERASED and sha256 in each.get("documents", ()) for each in events)


def take_out(
    connection: Connection, id: str, columns: Mapping[int, str | None], payloads: Mapping[str, str]
) -> None:
    """Write what stands beside these records, and what is owed, without the values."""
    here = and_(journal.c.shard == shard_in(id), journal.c.instance == id)
    for n, sealed in columns.items():
        connection.execute(update(journal).where(here, journal.c.n == n).values(sealed=sealed))
    owed = and_(agenda.c.shard == shard_in(id), agenda.c.instance == id)
    known = connection.execute(select(agenda.c.key, agenda.c.payload).where(owed)).all()
    for key, payload in known:
        if payload != payloads.get(key, payload):
            changed = update(agenda).where(owed, agenda.c.key == key)
            connection.execute(changed.values(payload=payloads[key]))
    postbox.take_out(connection, id, payloads)
    # what a handler or a channel said when it failed may hold anything
    connection.execute(update(agenda).where(owed, agenda.c.last_error != "").values(last_error=""))


def purge(database: Database) -> None:
    """Have the database give up what it keeps of rows that were written over.

    SQLite writes its whole file anew, and cuts its log; PostgreSQL frees the dead rows for use by others. Neither
    reaches a backup, a replica's archive, or a snapshot of the disk. Raises Unavailable where others hold it.
    """
    with fault.guard(), database.engine.connect() as opened:
        connection = opened.execution_options(isolation_level="AUTOCOMMIT")
        if database.dialect == "sqlite":
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            connection.execute(text("VACUUM"))
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            return
        for table in (journal, instance, agenda):
            place = f'"{database.schema}".' if database.schema else ""
            connection.execute(text(f'VACUUM {place}"{table.name}"'))
