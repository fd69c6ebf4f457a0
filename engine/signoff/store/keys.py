"""Public keys: who signs with which, from when to when, and which are revoked. The truth is the chain `keys`.

The table `signoff_key` is its projection, for look-ups; `rebuild` makes it again. No secret is ever stored. May import
store.schema, store.chain, store.codec; how a signature is checked is `store.signed`'s.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from signoff.errors import Invalid, NotFound, WrongState
from signoff.store import chain, codec
from signoff.store.form import decode_value
from signoff.store.schema import chain_head, instant, micros
from signoff.store.schema import key as table

CHAIN = "keys"
SHORTEST = 8  # characters that still name a key


class Purpose(StrEnum):
    """What a key is for."""

    DECISION = "decision"  # a person's own
    CHECKPOINT = "checkpoint"  # the installation's, nobody's


class Standing(StrEnum):
    """Whether a key counts at an instant."""

    VALID = "valid"
    NOT_YET = "not_yet"
    OVER = "over"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A public key: `id` is the SHA-256 over its bytes, `public` those in hex. `person` is empty for a checkpoint's."""

    id: str
    person: str
    public: str
    method: str = "ed25519"
    purpose: Purpose = Purpose.DECISION
    valid_from: datetime
    valid_to: datetime | None = None
    revoked_at: datetime | None = None
    reason: str = ""

    def standing(self, at: datetime) -> Standing:
        """Whether it counts at that instant."""
        if self.revoked_at is not None and self.revoked_at <= at:
            return Standing.REVOKED
        if at < self.valid_from:
            return Standing.NOT_YET
        if self.valid_to is not None and self.valid_to <= at:
            return Standing.OVER
        return Standing.VALID


# changing -----------------------------------------------------------------------------------------------


def add(connection: Connection, found: Key, *, by: str, at: datetime) -> None:
    """Register a key, for good: its id is never given away again. Raises Invalid."""
    chain.lock(connection, CHAIN)
    if found.valid_to is not None and found.valid_to <= found.valid_from:
        raise Invalid("key_never_valid", since=found.valid_from, until=found.valid_to)
    known = _one(connection, found.id)
    if known is not None:
        raise Invalid("key_known", key=found.id[:SHORTEST], person=known.person or known.purpose.value)
    chain.append(connection, CHAIN, {"kind": "key", "by": by, **_written(found)}, at=at)
    connection.execute(insert(table).values(_row(found)))


def revoke(connection: Connection, id: str, *, reason: str, by: str, at: datetime) -> Key:
    """Let a key count no more from now on. Raises WrongState, NotFound, Invalid for an empty reason."""
    chain.lock(connection, CHAIN)
    if not reason.strip():
        raise Invalid("revocation_reason_missing", key=id[:SHORTEST])
    found = named(connection, id)
    if found.revoked_at is not None:
        raise WrongState("key_revoked_already", key=found.id[:SHORTEST], at=found.revoked_at)
    chain.append(connection, CHAIN, {"kind": "revoked", "key": found.id, "reason": reason, "by": by}, at=at)
    connection.execute(
        update(table).where(table.c.id == found.id).values(revoked_at=micros(at), reason=reason)
    )
    return replace(found, revoked_at=at, reason=reason)


def rebuild(connection: Connection) -> None:
    """Make the table again from the chain, in the caller's transaction."""
    chain.lock(connection, CHAIN)
    connection.execute(delete(table))
    rows = [_row(each) for each in recorded(chain.walk(connection, CHAIN)).values()]
    if rows:
        connection.execute(insert(table), rows)


# looking up ---------------------------------------------------------------------------------------------


def listed(connection: Connection) -> list[Key]:
    """Every key that was ever registered, by person and beginning."""
    rows = select(table).order_by(table.c.person, table.c.valid_from, table.c.id)
    return [key_of(row) for row in connection.execute(rows).all()]


def named(connection: Connection, text: str) -> Key:
    """The key of this id, or of this unique beginning of one. Raises NotFound."""
    beginning = text.strip().lower()
    rows = select(table).where(table.c.id.like(f"{beginning}%")).limit(2)
    found = connection.execute(rows).all() if beginning.isalnum() and len(beginning) >= SHORTEST else []
    if len(found) != 1:
        raise NotFound("no_such_key", key=text)
    return key_of(found[0])


def look_up(connection: Connection, id: str) -> tuple[str, Key | None]:
    """The head of the chain and the key of this id, both as of one moment: one statement."""
    head = select(chain_head.c.hash).where(chain_head.c.name == CHAIN).scalar_subquery()
    # from a single row, so that the head is told even when there is no such key
    one = select(head.label("head")).subquery()
    row = connection.execute(select(one.c.head, table).outerjoin_from(one, table, table.c.id == id)).one()
    return row.head or "", key_of(row) if row.id is not None else None


def _one(connection: Connection, id: str) -> Key | None:
    row = connection.execute(select(table).where(table.c.id == id)).first()
    return None if row is None else key_of(row)


def key_of(row: Any) -> Key:
    """The key that a row of the table holds."""
    return Key(
        id=row.id,
        person=row.person,
        public=row.public,
        method=row.method,
        purpose=Purpose(row.purpose),
        valid_from=instant(row.valid_from),
        valid_to=None if row.valid_to is None else instant(row.valid_to),
        revoked_at=None if row.revoked_at is None else instant(row.revoked_at),
        reason=row.reason,
    )


# the chain ----------------------------------------------------------------------------------------------


def history(rows: Iterable[chain.Link]) -> Iterator[tuple[str, dict[str, Key]]]:
    """After each link of the chain: its hash and the keys by id as they stood then, the same dict each time.

    Raises UnreadableState.
    """
    found: dict[str, Key] = {}
    for link in rows:
        written = codec.parse(link.bytes)
        _take(found, written["content"], datetime.fromisoformat(written["at"]))
        yield link.hash, found


def recorded(rows: Iterable[chain.Link]) -> dict[str, Key]:
    """The keys as the whole chain has them. Raises UnreadableState."""
    found: dict[str, Key] = {}
    for _, found in history(rows):  # noqa: B007 - the last one is what counts
        pass
    return found


def _take(found: dict[str, Key], content: Mapping[str, Any], at: datetime) -> None:
    if content.get("kind") == "key":
        each = _read(content)
        found.setdefault(each.id, each)  # an id is given once
    elif content.get("kind") == "revoked" and content["key"] in found:
        found[content["key"]] = replace(found[content["key"]], revoked_at=at, reason=content["reason"])


def _written(found: Key) -> dict[str, Any]:
    return {
        "key": found.id,
        "person": found.person,
        "purpose": found.purpose.value,
        "method": found.method,
        "public": found.public,
        "from": found.valid_from,
        "to": found.valid_to,
    }


def _read(content: Mapping[str, Any]) -> Key:
    said = decode_value(dict(content))
    texts = [said[name] for name in ("key", "person", "public", "method")]
    times = [said["from"], *([] if said["to"] is None else [said["to"]])]
    if not all(isinstance(text, str) for text in texts) or any(_naive(at) for at in times):
        raise ValueError("no key")
    return Key(
        id=said["key"],
        person=said["person"],
        public=said["public"],
        method=said["method"],
        purpose=Purpose(said["purpose"]),
        valid_from=said["from"],
        valid_to=said["to"],
    )


def _naive(at: object) -> bool:
    return not isinstance(at, datetime) or at.tzinfo is None


def _row(found: Key) -> dict[str, Any]:
    return {
        "id": found.id,
        "person": found.person,
        "purpose": found.purpose.value,
        "method": found.method,
        "public": found.public,
        "valid_from": micros(found.valid_from),
        "valid_to": None if found.valid_to is None else micros(found.valid_to),
        "revoked_at": None if found.revoked_at is None else micros(found.revoked_at),
        "reason": found.reason,
    }
