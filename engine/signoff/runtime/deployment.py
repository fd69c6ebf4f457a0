"""Deploying definitions: read, check, encode, store; all of them or none. Calendars come along as rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from signoff.errors import Invalid, InvalidDefinition
from signoff.model.definition import Definition
from signoff.model.nodes import HumanTask, SubProcess
from signoff.notation import bpmn_reader, dmn_reader, yaml
from signoff.notation.xml.element import text_of
from signoff.runtime import calendars, inception, release
from signoff.runtime.core import Core
from signoff.runtime.notices import check_notice
from signoff.runtime.reference import YEARS
from signoff.runtime.source import Source, source_of
from signoff.store import calendars as calendar_rows
from signoff.store import codec, decisions, definitions
from signoff.store.database import Handle
from signoff.store.definitions import Deployed

AUTHOR = "author"  # in `not_by`


def deploy(
    core: Core, sources: Sequence[str | Path], *, by: str, connection: Connection | None = None
) -> list[Deployed]:
    """Make each source current; raises InvalidDefinition before anything is written."""
    for source in sources:
        if not isinstance(source, str | Path):
            raise Invalid("untyped_value", at="sources", type=type(source).__name__)
    texts = [source_of(source) for source in sources]
    if connection is not None:
        with core.database.join(connection) as handle:
            return _store_all(core, handle, texts, by)

    def own() -> list[Deployed]:
        with core.database.write() as handle:
            return _store_all(core, handle, texts, by)

    return core.database.attempt(own)


def _store_all(core: Core, handle: Handle, texts: list[Source], by: str) -> list[Deployed]:
    """In any order: a process that calls another of the same batch waits until that one is stored."""
    stored: dict[int, list[Deployed]] = {}
    waiting = dict(enumerate(texts))
    seen: frozenset[int] = frozenset()
    while waiting:
        refused: list[InvalidDefinition] = []
        for place, source in tuple(waiting.items()):
            try:
                stored[place] = _store_source(core, handle, source, by)
            except InvalidDefinition as error:
                refused.append(error)
            else:
                del waiting[place]
        if refused and seen == stored.keys():  # nothing could be stored this time round
            raise refused[0]
        seen = frozenset(stored)
    return [each for place in sorted(stored) for each in stored[place]]


def _store_source(core: Core, handle: Handle, source: Source, by: str) -> list[Deployed]:
    """One file, which may define several processes or decisions."""
    if source.is_dmn:
        return _store_decisions(core, handle, source, by)
    known = _known(core, handle.connection)
    if not source.is_xml:
        definition = yaml.read(source.text, file=source.file, known=known).definition
        return [_store(core, handle, definition, source.file, source.text, by)]
    found = bpmn_reader.read(source.content, file=source.file, known=known, registered=core.handlers.keys())
    text = found.survey.text
    return [_store(core, handle, definition, source.file, text, by) for definition in found.definitions]


def _store_decisions(core: Core, handle: Handle, source: Source, by: str) -> list[Deployed]:
    """Each decision of the file with what it rests on: it has its own versions."""
    found = dmn_reader.read(source.content, source.file).decisions
    text = text_of(source.content, source.file)
    at = core.now(handle)
    each = (found.only(decision.id) for decision in found.decisions)
    return [decisions.deploy(handle.connection, one, source=text, by=by, at=at) for one in each]


def _store(core: Core, handle: Handle, definition: Definition, name: str, text: str, by: str) -> Deployed:
    _check_notices(definition, name)
    _check_author(core, handle, definition, by)
    waits = release.demanded(core, handle.connection, definition, by)
    at = core.now(handle)
    _store_calendar(handle.connection, definition, by, at)
    deployed = definitions.deploy(
        handle.connection,
        model=codec.encode_definition(definition),
        process=definition.id,
        source=text,
        label=definition.label.get(definition.lang),
        by=by,
        at=at,
        waits=waits,
    )
    if not deployed.repeated and not deployed.waits:
        inception.replace(core, handle.connection, deployed.version, at)
    return deployed


def _check_author(core: Core, handle: Handle, definition: Definition, by: str) -> None:
    """Whom a definition keeps from deciding has to be somebody, or the rule would keep nobody out."""
    steps = (node for node in definition.nodes.values() if isinstance(node, HumanTask))
    named = any(AUTHOR in entry.not_by for step in steps for entry in step.gate.approvals)
    if not named or AUTHOR in definition.roles:
        return
    if not by or core.directory.person(by, connection=handle.connection) is None:
        raise Invalid("author_unknown", process=definition.id, person=by or "?")


def _check_notices(definition: Definition, file: str) -> None:
    """The texts of notices are checked where they are rendered: here, not by the notation."""
    scopes = ("", *(node.id for node in definition.nodes.values() if isinstance(node, SubProcess)))
    names = {name for scope in scopes for name in definition.declared(scope)}
    problems = [p for notice in definition.notices.values() for p in check_notice(notice, names, file=file)]
    if problems:
        raise InvalidDefinition(problems)


def _known(core: Core, connection: Connection) -> dict[str, Definition]:
    """The current definitions, for calls between processes."""
    listed: Iterable[definitions.Listed] = definitions.listed(connection)
    return {each.process: core.library.load(connection, each.version) for each in listed if each.current}


def _store_calendar(connection: Connection, definition: Definition, by: str, at: datetime) -> None:
    """The engine reads calendars from rows only: the first deployment that names one stores it."""
    if calendar_rows.latest(connection, definition.calendar) is None:
        calendar_rows.put(connection, calendars.build(definition.calendar, YEARS), by=by, at=at)
