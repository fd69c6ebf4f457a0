"""离职转办: all that lies with somebody who has left, handed to another: listed first, then one command for each.

What cannot be handed over is told, and keeps nothing else from it. Must not import `engine`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from signoff.errors import NotAllowed, Refused
from signoff.kernel import asides
from signoff.kernel.commands import Actor
from signoff.kernel.state import Person
from signoff.model import argument
from signoff.model.authority import Grant
from signoff.read import inbox
from signoff.read.inbox import InboxRow
from signoff.runtime import execution, intake
from signoff.runtime.core import Core
from signoff.runtime.directory import SqlDirectory
from signoff.store import people

GRANT = "grant"  # a substitution, which ends
QUESTION = "question"  # what only the one who was asked can answer


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One task, vote or substitution; `refusal` says why it stays as it is."""

    task: str
    instance: str
    title: str
    node: str
    kind: str
    due: datetime | None
    refusal: Refused | None = None


def listed(core: Core, source: str, to: str, *, by: Actor, note: str) -> list[HandedOver]:
    """What would be handed over; nothing is kept."""
    rows = _each(core, source, to, by, note, lambda command: execution.preview(core, command))
    return [*rows, *_grants(core, source, by, end=False)]


def carried_out(core: Core, source: str, to: str, *, by: Actor, note: str) -> list[HandedOver]:
    """Hand it over, each task and vote by a command of its own; then end the grants that he gave or holds."""
    rows = _each(core, source, to, by, note, lambda command: execution.execute(core, command))
    return [*rows, *_grants(core, source, by, end=True)]


def _grants(core: Core, source: str, by: Actor, *, end: bool) -> list[HandedOver]:
    """The substitutions from and to who has left; a host's own directory ends its own."""
    if not isinstance(core.directory, SqlDirectory):
        return []
    refusal = None if by.admin else NotAllowed("administrators_only", person=by.id)

    def own() -> list[Grant]:
        with core.database.write() as handle:
            at = core.now(handle)
            if end and refusal is None:
                return people.end_grants(handle.connection, source, by=by.id, at=at)
            return people.grants_with(handle.connection, source, at)

    return [
        HandedOver(each.id, "", f"{each.principal} → {each.substitute}", each.id, GRANT, each.until, refusal)
        for each in core.database.attempt(own)
    ]


def _each(
    core: Core, source: str, to: str, by: Actor, note: str, do: Callable[[asides.HandOver], object]
) -> list[HandedOver]:
    person, source = intake.person(core, to, None), argument.text(source, "person")
    found = [_one(row, source, person, by, note, do) for row in list(_open(core, source))]
    known = {row.task for row in found}
    with core.database.read() as handle:
        others = [row for row in inbox.let_go(handle.connection, source) if row.task not in known]
    waiting = (_one(row, source, person, by, note, do) for row in others)
    return [*found, *(row for row in waiting if row.refusal is None or row.refusal.code != "not_asked")]


def _one(
    row: InboxRow, source: str, to: Person, by: Actor, note: str, do: Callable[[asides.HandOver], object]
) -> HandedOver:
    refusal = None
    try:
        do(asides.HandOver(task=row.task, source=source, person=to, note=note, by=by, at=intake.UNKNOWN))
    except Refused as error:
        refusal = error
    return HandedOver(row.task, row.instance, row.title, row.node, row.kind, row.due, refusal)


def _open(core: Core, source: str) -> Iterator[InboxRow]:
    """What lies with this person, page by page; what opens later too."""
    after = None
    while True:
        with core.database.read() as handle:
            rows = inbox.inbox(handle.connection, source, after=after)
        if not rows:
            return
        yield from (row for row in rows if row.kind != QUESTION)
        after = rows[-1].place
