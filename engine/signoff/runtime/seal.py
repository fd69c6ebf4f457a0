"""A signature at the command that it decides: the statement is made from what is about to be recorded, and compared.

What is signed is the event itself, so nothing can be recorded that was not signed. `check` stands between deciding
and saving; `draw` runs the same way to hand the statement out. Must not import `execution` or `engine`.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from signoff.errors import Invalid, NotAllowed, StaleSubject, UnreadableState, WrongState
from signoff.kernel import commands as c
from signoff.kernel.commands import Signature
from signoff.kernel.events import Event
from signoff.kernel.state import State
from signoff.model.gate import Strength
from signoff.runtime.core import Core
from signoff.runtime.directory import SqlDirectory
from signoff.sentences import Sentence
from signoff.store import codec, keys, signed
from signoff.store.codec import Envelope, Signed
from signoff.store.keys import SHORTEST, Key, Purpose, Standing
from signoff.store.schema import info
from signoff.store.sealed import Sealer
from signoff.store.signed import Place
from signoff.store.unit import Loaded

LIFETIME = timedelta(days=1)  # of a statement that was handed out and not used
NONCE = range(16, 129)  # characters
SALT = re.compile("[0-9a-f]{32,128}")
DRAW = Signature(key="", statement="", value="")  # in place of a signature: hand the statement out


class Drawn(Exception):
    """No error: ends the transaction in which a statement was made. `salts`: under which the note stands in it."""

    def __init__(self, statement: str, salts: tuple[str, ...]) -> None:
        super().__init__()
        self.statement, self.salts = statement, salts


@dataclass(frozen=True, slots=True)
class Sealing:
    """A command that is signed, as strong as that makes it, and where it decides."""

    command: c.Command
    signature: Signature
    place: Place | None  # none at a gate that asks for nothing that could be signed


def sealing(command: c.Command, state: State) -> Sealing | None:
    """What has to be checked of a command; None for one without a signature."""
    given: Signature | None = getattr(command, "signature", None)
    if given is None:
        return None
    place = signed.place_of(state, str(getattr(command, "gate", "")))
    return Sealing(replace(command, by=replace(command.by, auth=Strength.SIGNED)), given, place)


def check(
    core: Core,
    connection: Connection,
    sealing: Sealing,
    loaded: Loaded,
    envelope: Envelope,
    events: Sequence[Event],
    sealer: Sealer,
) -> Signed:
    """The proof that goes into the journal with these events, whose texts `sealer` hides.

    Raises NotAllowed, StaleSubject, Invalid, WrongState where nothing can be signed; or Drawn.
    """
    number = signed.decision_in(codec.encode_events(events))
    given, place = sealing.signature, sealing.place
    if place is None or number is None:
        raise WrongState("nothing_to_sign", gate=str(getattr(sealing.command, "gate", "")))
    row = _row(loaded, envelope)
    installation = _installation(core, connection)
    (decision,) = codec.encode_events([events[number]])
    event = sealer.signed(number, events[number], decision, given.salts)
    if given is DRAW:
        nonce = secrets.token_hex(16)
        raise Drawn(
            signed.statement(installation, row, place, event, envelope.at, nonce), sealer.salts(number)
        )
    if not all(SALT.fullmatch(salt) for salt in given.salts):
        raise Invalid("no_statement")
    key = _key(core, connection, given.key, loaded)
    _refuse_key(given, key, envelope)
    _refuse_leaver(core, connection, key)
    if not signed.fits(key.method, key.public, given.value, given.statement):
        raise NotAllowed("signature_wrong", key=key.id[:SHORTEST])
    at, nonce = _said(given.statement)
    _refuse_other(given.statement, signed.statement(installation, row, place, event, at, nonce))
    if not timedelta() <= envelope.at - at <= LIFETIME:
        raise StaleSubject("statement_too_old", at=at)
    return Signed(
        key=key.id, method=key.method, nonce=nonce, statement=given.statement, value=given.value.lower()
    )


def _row(loaded: Loaded, envelope: Envelope) -> dict[str, Any]:
    """What the record of the decision will say, as far as that is signed."""
    return {
        "instance": loaded.id, "n": loaded.n + 1, "prev": loaded.head, "actor": envelope.actor,
        "name": envelope.name, "on_behalf": envelope.on_behalf, "authority": envelope.authority,
    }  # fmt: skip


def _refuse_key(given: Signature, key: Key, envelope: Envelope) -> None:
    short = key.id[:SHORTEST]
    if key.person != envelope.actor or key.purpose is not Purpose.DECISION:
        raise NotAllowed("key_of_another", key=short, person=envelope.actor)
    standing = key.standing(envelope.at)
    if standing is not Standing.VALID:
        raise NotAllowed("key_not_in_force", key=short, status=Sentence(f"key_is_{standing.value}"))
    if given.method != key.method:
        raise NotAllowed("signature_wrong", key=short)


def _refuse_leaver(core: Core, connection: Connection, key: Key) -> None:
    """Of signoff's own directory nobody leaves without the key being revoked; a host's has to be asked."""
    if isinstance(core.directory, SqlDirectory):
        return
    if core.directory.person(key.person, connection=connection) is None:
        raise NotAllowed("signer_left", person=key.person, key=key.id[:SHORTEST])


def _refuse_other(given: str, expected: str) -> None:
    """The statement must be what would be recorded now, byte for byte."""
    if given == expected:
        return
    differs = signed.differences(given, expected)
    if differs and set(differs) <= {"n", "prev"}:
        raise StaleSubject("history_moved_on")
    raise StaleSubject("signed_something_else", differs=differs or ["form"])


def _said(statement: str) -> tuple[datetime, str]:
    """When a statement was handed out, and its nonce. Raises Invalid."""
    try:
        said: Any = codec.parse(statement)
        at, nonce = datetime.fromisoformat(said["at"]), str(said["nonce"])
    except (UnreadableState, KeyError, TypeError, ValueError):
        raise Invalid("no_statement") from None
    if len(nonce) not in NONCE or at.tzinfo is None:
        raise Invalid("no_statement")
    return at, nonce


def _key(core: Core, connection: Connection, id: str, loaded: Loaded) -> Key:
    """The key of this id as of the head of its chain that the decision records. Asked once per head."""
    head = loaded.heads.get(keys.CHAIN, "")
    kept = core.keys.get(id)
    if kept is not None and kept[0] == head:
        return kept[1]
    head, found = keys.look_up(connection, id)
    if found is None:
        raise NotAllowed("key_not_registered", key=id[:SHORTEST] or "?")
    core.keys[id] = (head, found)
    loaded.heads[keys.CHAIN] = head  # what was asked is what is recorded
    return found


def _installation(core: Core, connection: Connection) -> str:
    """What this database is called; it never changes."""
    if not core.installation:
        named = select(info.c.value).where(info.c.name == "installation")
        core.installation = connection.execute(named).scalar_one()
    return core.installation
