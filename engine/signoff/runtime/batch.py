"""What is due on different instances, in one transaction: many timers share one commit.

An instance that somebody else holds is left out. If one command is refused nothing of the batch is kept: then its
parts are worked off one by one. Must not import `engine`.
"""

from collections.abc import Callable, Mapping, Sequence

from signoff.errors import NotFound
from signoff.kernel import commands as c
from signoff.kernel.commands import SYSTEM
from signoff.kernel.effect import Owed
from signoff.kernel.world import World
from signoff.runtime import execution, intake
from signoff.runtime.core import Core
from signoff.runtime.reference import world
from signoff.store import agenda
from signoff.store.agenda import Obligation
from signoff.store.unit import LOCKED, Loaded, Locked, Unit

# how the command of each kind of obligation is made from the id of what it is about
COMMANDS: Mapping[str, Callable[[str], c.Command]] = {
    Owed.TIMER: lambda id: c.FireTimer(timer=id, by=SYSTEM, at=intake.UNKNOWN),
    Owed.OPEN: lambda id: c.OpenTask(task=id, by=SYSTEM, at=intake.UNKNOWN),
    Owed.RUNG: lambda id: c.Escalate(task=id, by=SYSTEM, at=intake.UNKNOWN),
    Owed.LAPSE: lambda id: c.Lapse(task=id, by=SYSTEM, at=intake.UNKNOWN),
    Owed.CALENDAR: lambda id: c.Recalculate(instance=id.partition(":")[0], by=SYSTEM, at=intake.UNKNOWN),
}


def command_of(obligation: Obligation) -> c.Command:
    """The command that a timer, opening, rung or lapse is due to give."""
    return COMMANDS[obligation.kind](f"{obligation.instance}:{obligation.key.partition('/')[0]}")


def rounds(claimed: Sequence[Obligation]) -> list[list[Obligation]]:
    """What was claimed, round by round: of each instance one at a time, in the order in which they were due."""
    found: list[list[Obligation]] = []
    for queue in agenda.by_instance(claimed).values():
        for number, each in enumerate(queue):
            if number == len(found):
                found.append([])
            found[number].append(each)
    return [sorted(each, key=lambda one: (one.due, one.instance)) for each in found]


def advance(core: Core, due: Sequence[Obligation], *, now: int | None = None) -> list[Obligation]:
    """Advance the instances of these timers, openings, rungs and lapses, each of another instance, in one commit.

    Returns those whose instance somebody else holds. Raises whatever one of them raises; then nothing was done.
    """

    def whole() -> list[Obligation]:
        with Unit(core.database) as unit:
            loaded = unit.load_all_free([each.instance for each in due])
            # A refresh waits for no instance: what it owes has to come before we look at calendars, or after all.
            counted = [each for each in due if each.kind == Owed.CALENDAR]
            free = agenda.hold_fast(unit.connection, counted)
            loaded |= {each.instance: LOCKED for each in counted if each.instance not in free}
            around = world(core, unit.connection)
            in_order = sorted(due, key=lambda each: each.instance)
            return [
                each
                for each in in_order
                if not _advance(core, unit, each, loaded.pop(each.instance), around, now)
            ]

    return core.database.attempt(whole)


def _advance(
    core: Core,
    unit: Unit,
    obligation: Obligation,
    held: Loaded | Locked | None,
    around: World,
    now: int | None,
) -> bool:
    """Whether the instance was free. The command consumes the row it came from."""
    if isinstance(held, Locked):
        return False
    if held is None:
        raise NotFound("no_such_instance", instance=obligation.instance)
    if not execution.perform(core, unit, command_of(obligation), held=held, around=around).events:
        agenda.finish(unit.connection, obligation, now=now)
    return True
