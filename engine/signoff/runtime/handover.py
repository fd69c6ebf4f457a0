"""离职转办: all that lies with somebody who has left, handed to another: listed first, then one command for each.

What cannot be handed over is told, and keeps nothing else from it. Must not import `engine`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from signoff.errors import Refused
from signoff.kernel import asides
from signoff.kernel.commands import Actor
from signoff.kernel.state import Person
from signoff.read import inbox
from signoff.read.inbox import InboxRow
from signoff.runtime import execution, intake
from signoff.runtime.core import Core

QUESTION = "question"  # what only the one who was asked can answer


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One task or vote; `refusal` says why it stays where it is."""

    task: str
    instance: str
    title: str
    node: str
    kind: str
    due: datetime | None
    refusal: Refused | None = None


def listed(core: Core, source: str, to: str, *, by: Actor, note: str) -> list[HandedOver]:
    """What would be handed over; nothing is kept."""
    return _each(core, source, to, by, note, lambda command: execution.preview(core, command))


def carried_out(core: Core, source: str, to: str, *, by: Actor, note: str) -> list[HandedOver]:
    """Hand it over, each task and vote by a command of its own."""
    return _each(core, source, to, by, note, lambda command: execution.execute(core, command))


def _each(
    core: Core, source: str, to: str, by: Actor, note: str, do: Callable[[asides.HandOver], object]
) -> list[HandedOver]:
    person = intake.person(core, to, None)
    return [_one(row, source, person, by, note, do) for row in list(_open(core, source))]


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
