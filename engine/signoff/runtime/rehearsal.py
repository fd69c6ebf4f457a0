"""What a command would come to: carried out whole, looked at, and rolled back.

Hooks run, too: what they write in the same transaction goes with it. Must not import `engine`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from signoff.kernel.missing import Missing, texts
from signoff.read import instance
from signoff.runtime import reference, why
from signoff.runtime.core import Core
from signoff.runtime.execution import Receipt
from signoff.runtime.why import Reason
from signoff.store.database import Handle


@dataclass(frozen=True, slots=True)
class Late:
    """A step whose deadline would have passed already."""

    step: str
    label: dict[str, str]
    due: datetime


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`waits`: what would wait then, and for whom; `late`: deadlines that would have passed, the earliest first.

    `crowded`: days on which deadlines come together that name different days; `provisional`: steps whose deadline may
    still move with the calendar. `name` is what people call the instance, `zone` that of its process.
    """

    receipt: Receipt
    title: str
    waits: tuple[Reason, ...]
    late: tuple[Late, ...]
    name: str
    zone: str
    crowded: tuple[Missing, ...] = ()
    provisional: tuple[str, ...] = ()


class _Enough(Exception):
    """Ends the transaction of a rehearsal without keeping it."""


def rehearse(core: Core, command: Callable[[Connection], Receipt]) -> Rehearsal:
    """Give `command` a connection, see what it comes to, keep nothing. Raises what the command raises."""

    def own() -> Rehearsal:
        found: list[Rehearsal] = []
        try:
            with core.database.write() as handle:
                found.append(_looked_at(core, handle, command(handle.connection)))
                raise _Enough  # noqa: TRY301 - how a transaction is rolled back
        except _Enough:
            return found[0]

    return core.database.attempt(own)


def _looked_at(core: Core, handle: Handle, receipt: Receipt) -> Rehearsal:
    state = instance.show(handle.connection, receipt.instance).state
    world = reference.world(core, handle.connection)
    now = core.now(handle)
    definition = world.definition(state.version)
    nodes = definition.nodes
    planned = sorted(reference.planned(world, state, now).items(), key=lambda each: each[1])
    late = tuple(Late(step, texts(nodes[step].label, step), due) for step, due in planned if due < now)
    waits = tuple(why.why(world, state, now))
    crowded = reference.crowded(world, state, now)
    unsure = reference.provisional(world, state, now)
    provisional = tuple(step for step in definition.nodes if step in unsure)
    name = state.key or state.id
    return Rehearsal(receipt, state.title, waits, late, name, definition.zone, crowded, provisional)
