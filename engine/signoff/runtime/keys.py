"""Registering, revoking and listing the public keys that people sign with. Must not import `engine`."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from signoff.errors import NotAllowed, NotFound
from signoff.kernel.commands import Actor
from signoff.runtime import refusal
from signoff.runtime.core import Core
from signoff.store import keys
from signoff.store.keys import Key, Purpose
from signoff.store.signed import key_id

T = TypeVar("T")


def add_key(
    core: Core,
    public: bytes,
    person: str = "",
    *,
    by: str,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> Key:
    """Register a person's public key, from now on unless said otherwise; without a person one for checkpoints.

    Only an active administrator may, once the directory has one. Raises NotAllowed for anybody else, NotFound for
    a person whom the directory does not know, Invalid for a key that was registered before.
    """

    def work(connection: Connection, now: datetime) -> Key:
        _check(core, connection, by)
        if person and core.directory.person(person, connection=connection) is None:
            raise NotFound("unknown_person", at="--for", person=person)
        purpose = Purpose.DECISION if person else Purpose.CHECKPOINT
        since = valid_from or now
        found = Key(
            id=key_id(public), person=person, public=public.hex(), purpose=purpose, valid_from=since, valid_to=valid_to
        )  # fmt: skip
        keys.add(connection, found, by=by, at=now)
        return found

    with refusal.trying("AddKey", person, Actor(by)):
        return _changing(core, work)


def revoke_key(core: Core, key: str, *, reason: str, by: str) -> Key:
    """Let a key count no more; what was signed before stays signed. `key` is its id or a beginning of it.

    By an administrator as in `add_key`, or by whose key it is. Raises NotAllowed, NotFound, WrongState for one that
    is revoked, Invalid without a reason.
    """

    def work(connection: Connection, now: datetime) -> Key:
        found = keys.revoke(connection, key, reason=reason, by=by, at=now)
        if found.person != by:
            _check(core, connection, by)
        return found

    with refusal.trying("RevokeKey", key, Actor(by)):
        return _changing(core, work)


def list_keys(core: Core) -> list[Key]:
    """Every key that was ever registered."""
    with core.database.read() as handle:
        return keys.listed(handle.connection)


def _check(core: Core, connection: Connection, by: str) -> None:
    """Whoever registers keys decides whose votes count as signed: no business of everybody's."""
    admins = {each.id for each in core.directory.admins(connection=connection)}
    if admins and by not in admins:
        raise NotAllowed("administrators_only", person=by)


def _changing(core: Core, work: Callable[[Connection, datetime], T]) -> T:
    def own() -> T:
        with core.database.write() as handle:
            now = core.now(handle)
            return work(handle.connection, now)

    return core.database.attempt(own)
