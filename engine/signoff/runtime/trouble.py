"""What stands still and why, over all instances: incidents, and what was owed and given up; and trying that again.

Must not import `engine`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from signoff.errors import SignoffError
from signoff.kernel import asides, roster
from signoff.kernel.commands import SYSTEM, Actor
from signoff.kernel.missing import Missing
from signoff.kernel.state import State
from signoff.read import instance
from signoff.runtime import execution, intake, refusal
from signoff.runtime.core import Core
from signoff.store import agenda, backlog
from signoff.store.agenda import Obligation
from signoff.store.schema import instant, micros

GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that waits for an operator. `id`: the incident, or the key of what was given up; `kind` says which.

    `cause` as a sentence in whoever reads it's language; `instance` is empty for a start event of a definition.
    """

    instance: str
    name: str
    kind: str
    id: str
    step: str
    since: datetime
    cause: Missing


def troubles(core: Core, named: str = "") -> list[Trouble]:
    """Incidents and what was given up, of one instance or of all that run, the oldest first."""
    with core.database.read() as handle:
        connection = handle.connection
        ids = [named] if named else instance.standing_still(connection)
        found = [each for id in ids for each in _incidents(instance.show(connection, id).state)]
        dead = backlog.dead(connection, instance=named or None)
        names = {id: _name(connection, id) for id in {each.instance for each in dead}}
    for row in dead:
        cause = Missing("given_up", params={"kind": row.kind, "attempts": row.attempts, "why": row.error})
        at = instant(row.due)
        found.append(Trouble(row.instance, names[row.instance], GIVEN_UP, row.key, "", at, cause))
    return sorted(found, key=lambda each: (each.since, each.instance, each.id))


def _name(connection: Connection, id: str) -> str:
    try:
        return instance.row_of(connection, id).key or id
    except SignoffError:  # it is gone, or it is a definition that owes it
        return id


def _incidents(state: State) -> list[Trouble]:
    return [
        Trouble(
            state.id,
            state.key or state.id,
            "incident",
            each.id,
            each.node,
            each.at,
            Missing(each.code, params=each.params),
        )
        for each in state.incidents.values()
    ]


def record(core: Core, connection: Connection, obligation: Obligation, why: str) -> None:
    """That something was given up, into the history of its instance, in the transaction that gives it up."""
    if not obligation.instance:
        return
    command = asides.GiveUp(
        instance=obligation.instance,
        key=obligation.key,
        kind=obligation.kind,
        attempts=obligation.attempts,
        why=why,
        by=SYSTEM,
        at=intake.UNKNOWN,
    )
    execution.execute(core, command, connection=connection)


def revive(core: Core, id: str, *, by: Actor, key: str = "") -> int:
    """Make what was given up in this instance due at once, with all its attempts before it; how many. On record.

    For administrators; raises NotAllowed.
    """
    with refusal.trying("Revive", id, by):
        roster.check_admin(by)

    def own() -> int:
        with core.database.write() as handle:
            dead = backlog.dead(handle.connection, instance=id)
            keys = tuple(each.key for each in dead if not key or each.key == key)
            if keys:
                command = asides.OweAgain(instance=id, keys=keys, by=by, at=intake.UNKNOWN)
                execution.execute(core, command, connection=handle.connection)
            now = micros(core.clock.now()) if core.clock is not None else None
            for each in keys:
                agenda.revive(handle.connection, instance=id, key=each, now=now)
            return len(keys)

    return core.database.attempt(own)
