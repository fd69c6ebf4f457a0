"""Deployed decisions: each version of each, and which one is current: the one deployed last.

A version is the SHA-256 of the canonical model. Deploying what is current already writes nothing; everything else is one
record in the chain `deployment`. May import store.schema, store.codec, store.chain, store.form and model.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from signoff.errors import UnreadableState
from signoff.model.decision import Decisions
from signoff.model.decision.graph import FORMAT
from signoff.store import chain, codec
from signoff.store.definitions import CHAIN, Deployed
from signoff.store.form import Forms
from signoff.store.schema import decision as table
from signoff.store.schema import instant, micros

_write, _read = Forms({}).dataclass(Decisions)


@dataclass(frozen=True, slots=True)
class Listed:
    """A version in the list of decisions."""

    decision: str
    number: int
    version: str
    current: bool
    deployed_at: datetime
    deployed_by: str


def encode(decisions: Decisions) -> str:
    """The canonical model, always with its format."""
    assert _write is not None, "dataclasses are encoded"
    return codec.compact({"format": decisions.format, **_write(decisions)})


@lru_cache(maxsize=256)  # a model never changes, and every command that decides by it reads it
def decode(model: str) -> Decisions:
    """The model that `encode` wrote. Raises UnreadableState."""
    written = codec.parse(model)
    if written["format"] > FORMAT:
        raise UnreadableState("newer_format", found=written["format"], known=FORMAT)
    assert _read is not None, "dataclasses are decoded"
    found: Decisions = _read(written)
    return found


def deploy(connection: Connection, decisions: Decisions, *, source: str, by: str, at: datetime) -> Deployed:
    """Make the decision that these rest on, `decisions.id`, current in the caller's transaction."""
    chain.lock(connection, CHAIN)
    model = encode(decisions)
    version = codec.version_of(model)
    newest = connection.execute(_newest(decisions.id)).first()
    if newest is not None and newest.version == version:
        return Deployed(version, newest.number, repeated=True)
    number = newest.number + 1 if newest is not None else 1
    row = {"decision": decisions.id, "number": number, "version": version, "model": model, "source": source}
    connection.execute(insert(table), {**row, "deployed_at": micros(at), "deployed_by": by})
    record = {"kind": "decision", "decision": decisions.id, "version": version, "number": number, "by": by}
    chain.append(connection, CHAIN, {**record, "source": codec.version_of(source)}, at=at)
    return Deployed(version, number, repeated=False)


def current(connection: Connection, decision: str) -> tuple[str, Decisions] | None:
    """The version deployed last, and the model. Raises UnreadableState when it is not what it was."""
    found = connection.execute(_newest(decision)).first()
    if found is None:
        return None
    if codec.version_of(found.model) != found.version:
        raise UnreadableState("definition_damaged", version=found.version)
    return found.version, decode(found.model)


def listed(connection: Connection) -> list[Listed]:
    """All versions, by decision, the newest first."""
    rows = connection.execute(select(table).order_by(table.c.decision, table.c.number.desc())).all()
    seen: set[str] = set()
    found = []
    for row in rows:
        newest = row.decision not in seen
        seen.add(row.decision)
        at = instant(row.deployed_at)
        found.append(Listed(row.decision, row.number, row.version, newest, at, row.deployed_by))
    return found


def _newest(decision: str) -> Select[Any]:
    return select(table).where(table.c.decision == decision).order_by(table.c.number.desc()).limit(1)
