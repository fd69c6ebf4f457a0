"""Who has left: their keys count no more, and their ids are given to nobody else.

Reads what the chain `directory` says of earlier days. May import store.chain, store.codec, store.keys, store.schema.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import Connection, select

from signoff.errors import Invalid
from signoff.store import chain, codec, keys
from signoff.store.keys import Purpose
from signoff.store.schema import key

CHAIN = "directory"
REASON = "no longer active in the directory"


def check(connection: Connection, newcomers: Mapping[str, str]) -> None:
    """Raises Invalid for an id, given with its name, that has belonged to somebody of another name (21 CFR 11.100).

    Who comes back under the name he left with is the same person.
    """
    before = _last_names(connection, newcomers.keys()) if newcomers else {}
    for id, name in newcomers.items():
        was = before.get(id, name)
        if was != name:
            raise Invalid("directory_id_taken", id=id, name=name, was=was)


def _last_names(connection: Connection, ids: AbstractSet[str]) -> dict[str, str]:
    """What each of these was called last; a name that was erased is not told."""
    found: dict[str, str] = {}
    for link in chain.walk(connection, CHAIN):
        persons = codec.parse(link.bytes)["content"].get("persons", {})
        for id in ids & persons.keys():
            name = persons[id].get("name")
            if isinstance(name, str):
                found[id] = name
    return found


def lock_out(connection: Connection, people: AbstractSet[str], *, by: str, at: datetime) -> None:
    """Revoke every key that these people decide with. Who comes back registers a new one."""
    if not people:
        return
    held = select(key.c.id, key.c.person).where(
        key.c.purpose == Purpose.DECISION.value, key.c.revoked_at.is_(None)
    )
    for row in connection.execute(held.order_by(key.c.id)).all():
        if row.person in people:
            keys.revoke(connection, row.id, reason=REASON, by=by, at=at)
