"""Whether definitions and calendars still are what was deployed, and in force what was deployed last.

Each finding names its class, as in `read.finding`. Must import only store.schema, store.codec and time/calendar.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Row, select

from signoff.errors import SignoffError
from signoff.read.finding import Fault, Finding
from signoff.read.ledger import Said, contents, said
from signoff.store import codec
from signoff.store.schema import calendar, definition, definition_current, micros
from signoff.time.calendar import Calendar

CHAIN = "deployment"


def verify_definitions(connection: Connection) -> list[Finding]:
    """Each stored version, column by column, against its model and against the record of its deployment."""
    recorded: dict[str, Said] = {}
    for each in said(connection, CHAIN):
        if each.content.get("kind") == "definition":
            recorded.setdefault(str(each.content.get("version")), each)
    found: list[Finding] = []
    for row in connection.execute(
        select(definition).order_by(definition.c.process, definition.c.number)
    ).all():
        found += [Finding(row.version, Fault.DEFINITION, detail=name) for name in _model(row)]
        if row.version in recorded:
            deployed = _deployed(row, recorded[row.version])
            found += [Finding(row.version, Fault.DEFINITION, detail=name) for name in deployed]
        else:
            found.append(Finding(row.version, Fault.UNRECORDED))
    return found


def _model(row: Row[Any]) -> Iterator[str]:
    """The columns that do not fit the model."""
    if codec.version_of(row.model) != row.version:
        yield "model"
        return
    try:
        model = codec.decode_definition(row.model)
        written = codec.parse(row.model)["format"]
    except (SignoffError, KeyError, TypeError):
        yield "unreadable"
        return
    said = {"process": model.id, "label": model.label.get(model.lang), "format": written}
    yield from (name for name, value in said.items() if getattr(row, name) != value)


def _deployed(row: Row[Any], record: Said) -> Iterator[str]:
    """The columns that are not as they were recorded."""
    content = record.content
    said = {name: content.get(name) for name in ("process", "number")}
    said |= {"deployed_by": content.get("by"), "deployed_at": micros(record.at)}
    yield from (name for name, value in said.items() if getattr(row, name) != value)
    if content.get("source") != codec.version_of(row.source):
        yield "source"


def verify_current(connection: Connection) -> list[Finding]:
    """The versions in force, and the calendars, against the last deployment of each; none may be gone."""
    versions: dict[str, str] = {}
    calendars: dict[str, str] = {}
    deployed: list[str] = []
    for content in contents(connection, CHAIN):
        if content.get("kind") in ("definition", "release"):
            if not content.get("waits"):
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
    return [*gone, *compared("current version", current, versions), *_calendars(connection, calendars)]


def verify_releases(connection: Connection) -> Iterator[Finding]:
    """Each version that came in force: by the release of somebody else, where the one before or it itself demands that."""
    demands, brought = _demands(connection), dict[str, set[str]]()
    current: dict[str, str] = {}
    pending: dict[str, str] = {}
    for each in said(connection, CHAIN):
        content = each.content
        kind, process, version = (str(content.get(name, "")) for name in ("kind", "process", "version"))
        if kind == "definition":
            brought.setdefault(version, set()).add(str(content.get("by")))
            waits, before = bool(content.get("waits")), current.get(process, "")
            alone = not waits and version != before and not demands.isdisjoint({before, version})
            if alone:
                yield Finding(version, Fault.UNRELEASED, each.n, "by who deployed it alone")
            pending.pop(process, None)
            (pending if waits else current)[process] = version
        elif kind == "release":
            if pending.pop(process, "") != version:
                yield Finding(version, Fault.UNRELEASED, each.n, "another version waited")
            elif str(content.get("by", "")) in {"", *brought.get(version, ())}:
                yield Finding(version, Fault.UNRELEASED, each.n, "by who deployed it")
            current[process] = version


def _demands(connection: Connection) -> set[str]:
    """The versions that demand a release; of one that cannot be read that is told elsewhere."""
    found: set[str] = set()
    for row in connection.execute(select(definition.c.version, definition.c.model)).all():
        with suppress(SignoffError, KeyError, TypeError):
            if codec.decode_definition(row.model).start.released_by:
                found.add(row.version)
    return found


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
    yield from compared("calendar", newest, recorded)


def compared(what: str, stored: Mapping[str, Any], recorded: Mapping[str, Any]) -> Iterator[Finding]:
    """Every name under which what is stored is not what was recorded."""
    for name in sorted({*stored, *recorded}):
        if stored.get(name) != recorded.get(name):
            yield Finding(name, Fault.RECORDED, detail=what)
