"""Who listens for which message and signal, and messages that wait for a taker.

A subscription belongs to an instance, or (with an empty instance) to a start event of a definition; then its id is
PROCESS/ELEMENT. May import the tables and codec; decides nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, tuple_, update

from signoff.store import codec, statements
from signoff.store.form import decode_value
from signoff.store.handle import Handle
from signoff.store.ids import shard_of
from signoff.store.letter import message
from signoff.store.schema import agenda, subscription
from signoff.store.upsert import upsert

MESSAGE, SIGNAL = "message", "signal"
CONDITION = "condition"  # of a start event, asked about what is so outside; its key says whether it held last
READS = "reads"  # how a message is read by a process: its key is the expression that gives the message's key


# what instances listen for --------------------------------------------------------------------------------


def save(handle: Handle, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write and delete the subscriptions of instances that could be written; nothing for none."""
    if rows:
        put, drop = _texts(handle.dialect, handle.schema)
        handle.many(drop, [row for row in rows if row["name"] is None])
        handle.many(put, [row for row in rows if row["name"] is not None])


@cache
def _texts(dialect: str, schema: str | None) -> tuple[str, str]:
    columns = [c.name for c in subscription.columns]
    given = {name: statements.given(name, subscription) for name in columns}
    put = insert(subscription).values(given)
    mine = (subscription.c[name] == given[name] for name in ("shard", "instance", "id"))
    drop = delete(subscription).where(*mine)
    return statements.compiled(put, dialect, schema), statements.compiled(drop, dialect, schema)


@dataclass(frozen=True, slots=True)
class Listener:
    """A subscription; `instance` is empty for a start event.

    Then its id is PROCESS/NODE, with `#PART` for a further event of the same element, and `+ALL` where that many
    have to happen.
    """

    instance: str
    id: str
    key: str = ""
    at: int = 0  # since when, in microseconds

    @property
    def process(self) -> str:
        return self.id.rpartition("/")[0]

    @property
    def node(self) -> str:
        return self.id.rpartition("/")[2].partition("#")[0]

    @property
    def part(self) -> int:
        """Which of the events of its element it is for."""
        return int(self.id.rpartition("#")[2].partition("+")[0]) if "#" in self.id else 0

    @property
    def all(self) -> int:
        """How many events of its element have to happen; 0 where any one is enough."""
        return int(self.id.rpartition("+")[2]) if "+" in self.id.rpartition("#")[2] else 0


def listeners(connection: Connection, kind: str, name: str, key: str | None = "") -> list[Listener]:
    """Who listens for it: instances in the order in which they began to, then start events. `key` None: any."""
    c = subscription.c
    wanted = [c.kind == kind, c.name == name, *([] if key is None else [c.key == key])]
    rows = connection.execute(
        select(c.instance, c.id, c.key, c.at)
        .where(*wanted)
        .order_by(c.instance == "", c.at, c.instance, c.id)
    )
    return sorted((Listener(*row) for row in rows.all()), key=lambda each: not each.instance)


def openings(connection: Connection, kind: str, name: str) -> list[Listener]:
    """The subscriptions of definitions, with their keys."""
    c = subscription.c
    wanted = (c.instance == "", c.kind == kind, c.name == name)
    rows = connection.execute(select(c.instance, c.id, c.key).where(*wanted).order_by(c.at, c.id))
    return [Listener(*row) for row in rows.all()]


def lock(connection: Connection, name: str, key: str) -> None:
    """Let one at a time match messages of this name and key: whoever commits last is seen."""
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(codec.version_of(f"{name}\0{key}").encode()[:7], "big")
        connection.execute(select(func.pg_advisory_xact_lock(number)))


# messages that wait ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that waits for a taker."""

    name: str
    key: str
    id: str
    data: Mapping[str, Any]


def keep(connection: Connection, letter: Letter, *, at: int, expires: int, taken: bool) -> bool:
    """Keep a message until it is taken or runs out; whether it was not there already. Of one taken only its id."""
    row = {"shard": _shard(letter.name, letter.key), "name": letter.name, "key": letter.key, "id": letter.id}
    data = {} if taken else dict(letter.data)
    more = {"data": codec.canonical(data), "at": at, "expires_at": expires, "taken": taken}
    fresh = upsert(connection, message).values({**row, **more}).on_conflict_do_nothing()
    return connection.execute(fresh, execution_options={"preserve_rowcount": True}).rowcount > 0


def is_known(connection: Connection, name: str, key: str, id: str, *, now: int) -> bool:
    """Whether a message of this id was sent before, and its time has not run out."""
    c = message.c
    found = connection.execute(select(c.id).where(*_of(name, key), c.id == id, c.expires_at > now)).first()
    return found is not None


def waiting(connection: Connection, name: str, key: str, *, now: int) -> list[Letter]:
    """The messages that nobody has taken, the oldest first."""
    c = message.c
    wanted = select(c.id, c.data).where(*_of(name, key), ~c.taken, c.expires_at > now)
    rows = connection.execute(wanted.order_by(c.at, c.id)).all()
    return [Letter(name, key, id, decode_value(codec.parse(data))) for id, data in rows]


def take(connection: Connection, letter: Letter) -> None:
    """Somebody has got it: what it said stands there now, and nowhere else."""
    mine = and_(*_of(letter.name, letter.key), message.c.id == letter.id)
    connection.execute(update(message).where(mine).values(taken=True, data=codec.canonical({})))


def forget(connection: Connection, name: str, key: str) -> None:
    """All messages of this name and key are gone."""
    connection.execute(delete(message).where(*_of(name, key)))


def take_out(connection: Connection, instance: str, payloads: Mapping[str, str]) -> None:
    """Forget the messages of an instance that wait for a taker and say something else than `payloads` by now.

    `payloads`: what is left of what it owed, by its key; the id of a message is that of the instance and the key.
    """
    c = message.c
    mine = select(c.id, c.data).where(c.id.startswith(f"{instance}/", autoescape=True), ~c.taken)
    for id, data in connection.execute(mine).all():
        owed = payloads.get(id.partition("/")[2])
        left = codec.parse(owed).get("data") if owed else None
        if left is None or codec.compact(left) != data:
            connection.execute(delete(message).where(c.id == id))


def sweep(connection: Connection, now: int, *, limit: int = 10_000) -> int:
    """Forget up to `limit` messages whose time has run out; how many."""
    key = tuple(message.primary_key)
    old = select(*key).where(message.c.expires_at <= now).limit(limit)
    return connection.execute(delete(message).where(tuple_(*key).in_(old))).rowcount


def _shard(name: str, key: str) -> int:
    return shard_of(key or name)


def _of(name: str, key: str) -> tuple[Any, ...]:
    c = message.c
    return c.shard == _shard(name, key), c.name == name, c.key == key


# start events ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opening:
    """A start event of a definition: what it listens for, or when it is due first (microseconds)."""

    node: str  # as in the id of its `Listener`, behind the process
    kind: str
    name: str = ""
    due: int = 0
    payload: Mapping[str, Any] | None = None
    key: str = ""


def replace(connection: Connection, process: str, openings: Iterable[Opening], *, at: int) -> None:
    """Make these the start events of a process, instead of those of the version before."""
    shard = shard_of(process)
    c, owed = subscription.c, agenda.c
    connection.execute(
        delete(subscription).where(
            c.shard == shard, c.instance == "", c.id.startswith(f"{process}/", autoescape=True)
        )
    )
    connection.execute(
        delete(agenda).where(
            owed.shard == shard,
            owed.instance == "",
            owed.key.startswith(f"timer/{process}/", autoescape=True),
        )
    )
    for each in openings:
        if each.payload is not None:
            owe(connection, "", f"timer/{process}/{each.node}", each.kind, each.due, each.payload, shard)
            continue
        row = {"shard": shard, "instance": "", "id": f"{process}/{each.node}", "kind": each.kind}
        connection.execute(insert(subscription).values({**row, "name": each.name, "key": each.key, "at": at}))


def remember(connection: Connection, each: Listener, key: str) -> None:
    """Write down the key of a start event's subscription."""
    c = subscription.c
    mine = (c.shard == shard_of(each.process), c.instance == "", c.id == each.id)
    connection.execute(update(subscription).where(*mine).values(key=key))


def owe(
    connection: Connection,
    instance: str,
    key: str,
    kind: str,
    due: int,
    payload: Mapping[str, Any],
    shard: int,
) -> None:
    """Something owed to an instance, or (empty) by a definition; one of the same key that is open is replaced."""
    row = {"shard": shard, "instance": instance, "key": key, "kind": kind, "due_at": due}
    fresh = {**row, "payload": codec.canonical(dict(payload)), "state": "ready"}
    place = upsert(connection, agenda).values(fresh)
    again = {name: place.excluded[name] for name in ("kind", "due_at", "payload", "state")}
    connection.execute(
        place.on_conflict_do_update(
            index_elements=["shard", "instance", "key"],
            set_={
                **again,
                "generation": agenda.c.generation + 1,
                "attempts": 0,
                "owner": "",
                "lease_until": None,
            },
        )
    )
