"""Deployed definitions: each version once, which one is current, and the decoded models in memory.

A version is the SHA-256 of the compiled model; instances run on it and never on the source. Deploying what is
current already writes nothing; everything else is one record in the chain `deployment`.
May import store.schema, store.codec, store.chain, store.upsert; compiling is notation's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from signoff.errors import NotFound, UnreadableState
from signoff.model.definition import Definition
from signoff.store import chain, codec
from signoff.store.schema import chain as chain_rows
from signoff.store.schema import definition, definition_current, instant, micros
from signoff.store.upsert import upsert

CHAIN = "deployment"
_CURRENT = definition_current.c.version == definition.c.version


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deployment came to. `number` counts a process's versions from 1; `repeated`: it changed nothing.

    `waits`: it is not in force before somebody else has released it.
    """

    version: str
    number: int
    repeated: bool
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A version in the list of definitions."""

    process: str
    number: int
    version: str
    label: str
    current: bool
    deployed_at: datetime
    deployed_by: str
    waits: bool = False  # to be released


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that waits to be released, and everybody who had a hand in deploying it."""

    process: str
    version: str
    number: int
    deployers: frozenset[str]


def deploy(
    connection: Connection,
    *,
    model: str,
    process: str,
    source: str,
    label: str,
    by: str,
    at: datetime,
    waits: bool = False,
) -> Deployed:
    """Make the canonical `model` the current version of `process`, in the caller's transaction; or let it wait.

    An earlier version deployed again becomes current again under its old number. `waits`: nothing of this process
    comes in force without a release; what is in force deployed again takes back what waits.
    """
    version = codec.version_of(model)
    before, pending = lock(connection, process), waiting(connection).get(process) if waits else None
    waits = waits and before != version
    if (before == version and pending is None) or (pending is not None and pending.version == version):
        return Deployed(version, _number(connection, version), repeated=True, waits=waits)
    new = (
        connection.execute(select(definition.c.number).where(definition.c.version == version)).scalar()
        is None
    )
    if new:
        _enter(connection, model, version, process=process, source=source, label=label, by=by, at=at)
    number = _number(connection, version)
    if not waits:
        _put_in_force(connection, process, version)
    record = {"process": process, "version": version, "number": number, "by": by, "new": new}
    more = {"source": codec.version_of(source), **({"waits": True} if waits else {})}
    chain.append(connection, CHAIN, {"kind": "definition", **record, **more}, at=at)
    return Deployed(version, number, repeated=False, waits=waits)


def release(connection: Connection, pending: Waiting, *, said: Mapping[str, str], at: datetime) -> Deployed:
    """Put in force what waits, in the caller's transaction, which holds the lock; `said`: by whom, and how proved."""
    _put_in_force(connection, pending.process, pending.version)
    record = {
        "kind": "release",
        "process": pending.process,
        "version": pending.version,
        "number": pending.number,
    }
    chain.append(connection, CHAIN, {**record, **said}, at=at)
    return Deployed(pending.version, pending.number, repeated=False)


def recorded(connection: Connection) -> Iterator[Mapping[str, Any]]:
    """What the chain says of deployments; nothing where none ever had to wait."""
    rows = chain_rows.c
    one = select(rows.n).where(rows.name == CHAIN, rows.bytes.like('%"waits":true%')).limit(1)
    if connection.execute(one).first() is not None:
        yield from (codec.parse(link.bytes)["content"] for link in chain.walk(connection, CHAIN))


def waiting(connection: Connection) -> dict[str, Waiting]:
    """process -> the version that waits to be released: the one deployed last."""
    found: dict[str, Waiting] = {}
    for said in recorded(connection):
        process = said.get("process", "")
        found.pop(process, None)
        if said.get("waits"):
            found[process] = Waiting(process, said["version"], said["number"], frozenset({said["by"]}))
    return {
        process: replace(each, deployers=each.deployers | {author(connection, each.version) or ""})
        for process, each in found.items()
    }


def unreleased(connection: Connection) -> frozenset[str]:
    """The versions that had to wait and never came in force: nothing runs on them."""
    waited, came = set[str](), set[str]()
    for said in recorded(connection):
        (waited if said.get("waits") else came).add(str(said.get("version", "")))
    return frozenset(waited - came)


def _put_in_force(connection: Connection, process: str, version: str) -> None:
    here = definition_current.c.process == process
    connection.execute(update(definition_current).where(here).values(version=version))


def lock(connection: Connection, process: str) -> str:
    """The current version, empty for none; two deployments of one process follow one another."""
    current = definition_current.c
    row = upsert(connection, definition_current).values(process=process, version="")
    connection.execute(row.on_conflict_do_nothing())
    return str(
        connection.execute(
            select(current.version).where(current.process == process).with_for_update()
        ).scalar_one()
    )


def _enter(
    connection: Connection,
    model: str,
    version: str,
    *,
    process: str,
    source: str,
    label: str,
    by: str,
    at: datetime,
) -> None:
    last = select(func.max(definition.c.number)).where(definition.c.process == process)
    row = {
        "version": version,
        "process": process,
        "number": (connection.execute(last).scalar() or 0) + 1,
        "format": codec.parse(model)["format"],
        "model": model,
        "source": source,
        "label": label,
        "deployed_at": micros(at),
        "deployed_by": by,
    }
    connection.execute(insert(definition), row)


def _number(connection: Connection, version: str) -> int:
    return int(
        connection.execute(select(definition.c.number).where(definition.c.version == version)).scalar_one()
    )


def current(connection: Connection, process: str) -> str | None:
    """The version that new instances of a process run on."""
    found = select(definition_current.c.version).where(definition_current.c.process == process)
    return connection.execute(found).scalar() or None


def author(connection: Connection, version: str) -> str | None:
    """Who brought this version in first; who makes it current again later changes nothing about that."""
    found = select(definition.c.deployed_by).where(definition.c.version == version)
    return connection.execute(found).scalar()


def source(connection: Connection, version: str) -> str:
    """The text that was deployed. Raises NotFound."""
    found: str | None = connection.execute(
        select(definition.c.source).where(definition.c.version == version)
    ).scalar()
    if found is None:
        raise NotFound("definition_unknown", version=version)
    return found


def processes(connection: Connection) -> list[str]:
    """The keys of all processes that are deployed."""
    rows = select(definition_current.c.process).where(definition_current.c.version != "")
    return list(connection.scalars(rows.order_by(definition_current.c.process)))


def listed(connection: Connection) -> list[Listed]:
    """All versions, by process, the newest first."""
    pending = {each.version for each in waiting(connection).values()}
    rows = (
        select(definition, _CURRENT.label("current"))
        .outerjoin(definition_current, definition_current.c.process == definition.c.process)
        .order_by(definition.c.process, definition.c.number.desc())
    )
    return [
        Listed(
            row.process,
            row.number,
            row.version,
            row.label,
            bool(row.current),
            instant(row.deployed_at),
            row.deployed_by,
            row.version in pending,
        )
        for row in connection.execute(rows).all()
    ]


class Library:
    """Decoded definitions by version, for as long as the process lives; a version never changes.

    Threads may share it: the worst they do is to decode one twice.
    """

    def __init__(self) -> None:
        self._known: dict[str, Definition] = {}

    def load(self, connection: Connection, version: str) -> Definition:
        """The definition of that version. Raises NotFound, and UnreadableState when it is not what it was."""
        found = self._known.get(version)
        if found is None:
            found = self._known[version] = _load(connection, version)
        return found

    def known(self, version: str) -> Definition | None:
        """The definition if it was loaded before; asks no database."""
        return self._known.get(version)


def _load(connection: Connection, version: str) -> Definition:
    model = connection.execute(select(definition.c.model).where(definition.c.version == version)).scalar()
    if model is None:
        raise NotFound("definition_unknown", version=version)
    if codec.version_of(model) != version:
        raise UnreadableState("definition_damaged", version=version)
    return codec.decode_definition(model)
