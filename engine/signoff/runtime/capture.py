"""What a decision rests on, captured when the command is carried out: limits, and the grants that lead to who acts.

Asked of the directory only where it can matter: where a role knows limits, or who acts is not asked himself. Must
not import `execution` or `engine`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from signoff.kernel import commands as c
from signoff.kernel.commands import Actor
from signoff.kernel.draft import Save
from signoff.kernel.events import Event, gate, task
from signoff.kernel.motions import Abstain
from signoff.kernel.state import State
from signoff.kernel.target import local
from signoff.kernel.world import World
from signoff.model.authority import Grant, Limit, Way, ways
from signoff.model.definition import Definition
from signoff.runtime.core import Core
from signoff.runtime.directory import Directory
from signoff.runtime.mandate import Lapses
from signoff.runtime.roster import powers

_JUDGED = (c.Approve, c.Decline, Abstain, c.ReturnTo, c.Submit, c.Claim, Save)


def captured(core: Core, connection: Connection, world: World, state: State, command: c.Command) -> c.Command:
    """The command, its actor with what the directory gives him at this instant; an actor who brings it along keeps it."""
    by = command.by
    if not isinstance(command, _JUDGED) or by.authority is not None or not _matters(world, state, command):
        return command
    found = powers(core.directory, by.id, command.at, connection)
    if found is None:
        return command
    if found.grants:
        found = replace(found, groups=tuple(_groups(core, connection, found.grants)))
    elif isinstance(core.directory, Lapses):  # whoever stands in for nobody now is told for whom he did
        found = replace(found, lapsed=tuple(core.directory.lapsed(by.id, command.at, connection=connection)))
    return replace(command, by=replace(by, authority=found))


def _groups(
    core: Core, connection: Connection, grants: Iterable[Grant]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """In which groups those are from whom the grants come, now: a role that was lost is lost for substitutes too."""
    for id in dict.fromkeys(grant.principal for grant in grants):
        person = core.directory.person(id, connection=connection)
        if person is not None:
            yield id, tuple(person.groups)


def _matters(world: World, state: State, command: c.Command) -> bool:
    name = local(getattr(command, "gate", "") or getattr(command, "task", "")).partition("#")[0]
    activity = state.activities.get(name)
    record = state.gates.get(activity.gate if activity else name)
    if command.by.on_behalf_of:
        return True
    if record is not None:
        asked = {person.id for entry in record.entries for person in entry.roster}
        scope = record.scope
    elif activity is not None:
        asked, scope = {person.id for person in activity.roster}, activity.scope
    else:
        return False
    return command.by.id not in asked or _limited(world.definition(state.scopes[scope].version))


def _limited(definition: Definition) -> bool:
    return any(role.limit is not None for role in definition.roles.values())


def reaches(
    directory: Directory, who: str, at: datetime, connection: Connection | None = None
) -> dict[str, Callable[[str, str], bool]]:
    """For whom a person may act at that instant: each with whether that reaches a step of a process."""
    found = powers(directory, who, at, connection)
    by_principal: dict[str, list[Way]] = {}
    for way in ways(found.grants, who, at) if found is not None else ():
        if way.passed_on:
            by_principal.setdefault(way.principal, []).append(way)
    return {principal: partial(_somewhere, given) for principal, given in by_principal.items()}


def _somewhere(given: list[Way], process: str, step: str) -> bool:
    return any(all(grant.reaches(process, step) for grant in way.grants) for way in given)


def on_behalf(events: Iterable[Event]) -> str:
    """For whom these events were decided; empty: for nobody but who acted."""
    found = (each.on_behalf_of for each in events if isinstance(each, _IN_PLACE_OF))
    return next((who for who in found if who), "")


_IN_PLACE_OF = (gate.VoteCast, gate.GateReturned, task.WorkSubmitted)


def authority(by: Actor, events: Iterable[Event]) -> str:
    """What who acted was captured with, for the record: groups, whom he leads, limits, the grants that were used."""
    used = [each.grant for each in events if isinstance(each, _IN_PLACE_OF) and each.grant]
    parts: dict[str, Iterable[str]] = {}
    if by.groups:
        parts["groups"] = sorted(by.groups)
    if by.leads:
        parts["leads"] = sorted(by.leads)
    if by.authority is not None and by.authority.limits:
        parts["limits"] = sorted(map(_limit, by.authority.limits))
    if used:
        parts["grants"] = dict.fromkeys(used)
    said = [f"{name}: {', '.join(values)}" for name, values in parts.items()]
    return "; ".join([*said, *(["administrator"] if by.admin else [])])


def _limit(limit: Limit) -> str:
    amount = "*" if limit.amount is None else f"{limit.amount:f}"
    return f"{limit.holder} {limit.category} {amount} {limit.currency}".strip()
