"""Whether what decisions rest on still is what was recorded: documents, versions in force, calendars, people.

Each finding names its class, as in `read.verify`. Must import only store.schema, store.codec, store.chain and
time/calendar.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from signoff.errors import SignoffError
from signoff.read.verify import Fault, Finding, contents
from signoff.store import codec
from signoff.store.schema import (
    calendar,
    definition,
    definition_current,
    document,
    document_chunk,
    login,
    membership,
    person,
)
from signoff.time.calendar import Calendar

_STANDING = ("manager", "active", "admin")  # what makes somebody be asked, beside groups and leads


def verify_documents(connection: Connection) -> list[Finding]:
    """The bytes of every document in the database against its hash, one after the other."""
    found = {row.sha256: row.size for row in connection.execute(select(document)).all()}
    pieces = {*connection.execute(select(document_chunk.c.sha256).distinct()).scalars()}
    lost = [Finding(sha256, Fault.DOCUMENT, detail="without a row") for sha256 in sorted(pieces - {*found})]
    return [
        *(fault for sha256, size in found.items() for fault in _document(connection, sha256, size)),
        *lost,
    ]


def _document(connection: Connection, sha256: str, size: int) -> Iterator[Finding]:
    rows = (
        select(document_chunk.c.bytes).where(document_chunk.c.sha256 == sha256).order_by(document_chunk.c.n)
    )
    digest, length = hashlib.sha256(), 0
    for piece in connection.execute(rows).scalars():
        digest.update(piece)
        length += len(piece)
    if digest.hexdigest() != sha256:
        yield Finding(sha256, Fault.DOCUMENT, detail="bytes")
    elif length != size:
        yield Finding(sha256, Fault.DOCUMENT, detail="size")


def verify_current(connection: Connection) -> list[Finding]:
    """The versions in force, and the calendars, against the last deployment of each; none may be gone."""
    versions: dict[str, str] = {}
    calendars: dict[str, str] = {}
    deployed: list[str] = []
    for content in contents(connection, "deployment"):
        if content.get("kind") == "definition":
            versions[content["process"]] = content["version"]
            deployed.append(content["version"])
        elif content.get("kind") == "calendar":
            calendars[content["name"]] = content["version"]
    stored = {*connection.execute(select(definition.c.version)).scalars()}
    gone = [
        Finding(v, Fault.DEFINITION, detail="is gone") for v in dict.fromkeys(deployed) if v not in stored
    ]
    rows = connection.execute(select(definition_current)).all()
    current = {row.process: row.version for row in rows if row.version}
    return [*gone, *_compared("current version", current, versions), *_calendars(connection, calendars)]


def _calendars(connection: Connection, recorded: Mapping[str, str]) -> Iterator[Finding]:
    newest: dict[str, str] = {}
    for row in connection.execute(select(calendar).order_by(calendar.c.created_at)).all():
        newest[row.name] = row.version
        try:
            sealed = Calendar.from_json(codec.parse(row.data)).sealed()
        except (SignoffError, KeyError, TypeError, ValueError):
            yield Finding(row.version, Fault.CALENDAR, detail="unreadable")
            continue
        if (sealed.version, sealed.name) != (row.version, row.name):
            yield Finding(row.version, Fault.CALENDAR, detail="data")
    yield from _compared("calendar", newest, recorded)


def verify_people(connection: Connection) -> list[Finding]:
    """Who there is, in which groups, who leads, manages, administers and logs in, against the chain of imports."""
    recorded: dict[str, dict[str, Any]] = {}
    for content in contents(connection, "directory"):
        for id, changes in content.get("persons", {}).items():
            recorded.setdefault(id, {}).update(changes)
        for id in content.get("removed", ()):
            recorded.pop(id, None)
    wanted = {id: _recorded(each) for id, each in recorded.items()}
    return list(_compared("person", _people(connection), wanted))


def _recorded(found: Mapping[str, Any]) -> tuple[Any, ...]:
    groups = (tuple(sorted(found.get(name) or ())) for name in ("groups", "leads", "logins"))
    return (found.get("manager", ""), found.get("active", True), found.get("admin", False), *groups)


def _people(connection: Connection) -> dict[str, tuple[Any, ...]]:
    belongs: dict[str, list[str]] = {}
    leads: dict[str, list[str]] = {}
    for row in connection.execute(select(membership).order_by(membership.c.group_id)).all():
        for held, of in ((row.belongs, belongs), (row.leads, leads)):
            if held:
                of.setdefault(row.person, []).append(row.group_id)
    logins: dict[str, list[str]] = {}
    for row in connection.execute(select(login).order_by(login.c.login)).all():
        logins.setdefault(row.person, []).append(row.login)
    return {
        row.id: (
            *(getattr(row, name) for name in _STANDING),
            tuple(belongs.get(row.id, ())),
            tuple(leads.get(row.id, ())),
            tuple(sorted(logins.get(row.id, ()))),
        )
        for row in connection.execute(select(person)).all()
    }


def _compared(what: str, stored: Mapping[str, Any], recorded: Mapping[str, Any]) -> Iterable[Finding]:
    for name in sorted({*stored, *recorded}):
        if stored.get(name) != recorded.get(name):
            yield Finding(name, Fault.RECORDED, detail=what)
