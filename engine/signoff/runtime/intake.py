"""What comes in with a command, made ready for it: instance ids, attachments, persons.

Bytes are stored under their hash before the command (DESIGN §4). Must not import `engine`.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from signoff.errors import Invalid, NotFound
from signoff.kernel.commands import Actor, Approve, Attachment, Command, Decline, ReturnTo, Start
from signoff.kernel.motions import Abstain
from signoff.kernel.state import Person
from signoff.model import argument
from signoff.runtime import attachments
from signoff.runtime.attachments import Loaded
from signoff.runtime.core import Core
from signoff.store import ids
from signoff.store.documents import DatabaseDocuments

E = TypeVar("E", bound=StrEnum)
Source = str | Path | bytes | Loaded | Attachment
UNKNOWN = datetime(1, 1, 1, tzinfo=UTC)  # the shell puts the recorded time in its place


def start(process: str, actor: Actor, given: Mapping[str, Any]) -> Start:
    """The command that starts the current version of a process, with the id of the new instance."""
    process, key = argument.text(process, "process"), argument.text(given["key"], "key")
    entropy = "" if given["request_id"] else secrets.token_hex(16)
    instance = ids.new_instance(process, key=key, request_id=given["request_id"], entropy=entropy)
    return Start(instance=instance, version="", process=process, by=actor, at=UNKNOWN, **given)


def choice(kind: type[E], said: E | str, at: str) -> E:
    """One of a closed set, by its word; raises Invalid."""
    try:
        return kind(said)
    except ValueError:
        raise Invalid("no_such_choice", at=at, said=str(said), known=[str(each) for each in kind]) from None


def several(people: str | Sequence[str]) -> tuple[str, ...]:
    """One person's id, or several."""
    return (people,) if isinstance(people, str) else argument.texts(people, "people")


def decision(which: str, given: Mapping[str, Any]) -> Command:
    """The command of a decision by its name; raises Invalid."""
    kinds: Mapping[str, type[Abstain | Approve | Decline | ReturnTo]] = {
        "abstain": Abstain,
        "approve": Approve,
        "decline": Decline,
        "return": ReturnTo,
    }
    if which not in kinds:
        raise Invalid("no_such_decision", decision=which, known=sorted(kinds))
    return kinds[which](**given)


def attach(
    core: Core, documents: Mapping[str, Source], connection: Connection | None
) -> dict[str, Attachment]:
    """Store what is attached and name it by its hash. Raises Invalid for what holds no bytes."""
    if not isinstance(documents, Mapping):
        raise Invalid("untyped_value", at="documents", type=type(documents).__name__)
    return {name: _attachment(core, source, connection) for name, source in documents.items()}


def _attachment(core: Core, source: Source, connection: Connection | None) -> Attachment:
    if isinstance(source, Attachment):
        return source
    if not isinstance(source, Loaded | str | Path | bytes):
        raise Invalid("untyped_value", at="documents", type=type(source).__name__)
    loaded = source if isinstance(source, Loaded) else attachments.read(source)
    kept = core.documents
    if connection is not None and isinstance(kept, DatabaseDocuments):
        kept = kept.within(connection)
    sha256, size = kept.put(loaded.data, media=loaded.media)
    return Attachment(
        sha256=sha256, size=size, name=loaded.name, media=loaded.media, sections=loaded.sections
    )


def person(core: Core, id: str, connection: Connection | None) -> Person:
    """A person of the directory; raises NotFound."""
    found = core.directory.person(id, connection=connection) if isinstance(id, str) else None
    if found is None:
        raise NotFound("unknown_person", at="person", person=id)
    return found
