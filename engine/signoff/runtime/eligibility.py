"""Which roles the people hold who are to take over or to sign as well, and who has left: asked of the directory for the command.

The kernel judges by what stands in `holds`. Must not import `execution` or `engine`.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from signoff.kernel import deadline, roster, seat
from signoff.kernel import motions as m
from signoff.kernel.commands import Assign, Command
from signoff.kernel.sight import Sight
from signoff.kernel.state import ActivityStatus, State
from signoff.kernel.target import local
from signoff.kernel.world import World
from signoff.model.nodes import HumanTask
from signoff.runtime.core import Core
from signoff.runtime.roster import resolve

Holds = Mapping[str, tuple[str, ...]]


def complete(core: Core, connection: Connection, world: World, state: State, command: Command) -> None:
    """Look up what the people of a transfer, or of signers to be added, hold of the roles that matter there; who is gone where
    somebody is appointed.
    """
    if isinstance(command, m.Transfer):
        command.holds = _held(core, connection, world, state, command, command.task, [command.person.id])
    elif isinstance(command, m.AddSigners):
        ids = [person.id for person in command.signers]
        command.holds = _held(core, connection, world, state, command, command.gate, ids)
    elif isinstance(command, Assign):
        command.gone = _gone(core, connection, state, command.task)


def _gone(core: Core, connection: Connection, state: State, about: str) -> frozenset[str]:
    """Who of those whose move it is has left: nobody has to wait for them."""
    name = local(about).partition("#")[0]
    activity = state.activities.get(name)
    record = state.gates.get(activity.gate if activity else name)
    asked = {id for entry in record.entries for id in seat.asked(entry)} if record else set()
    return frozenset(id for id in asked if core.directory.person(id, connection=connection) is None)


def _held(
    core: Core,
    connection: Connection,
    world: World,
    state: State,
    command: Command,
    about: str,
    people: Sequence[str],
) -> Holds:
    name = local(about).partition("#")[0]
    activity = state.activities.get(name)
    working = activity is not None and activity.status is not ActivityStatus.IN_REVIEW
    record = None if working else state.gates.get(activity.gate if activity else name)
    place = record or activity
    if place is None:
        return {}
    sight = Sight(world, state, place.scope, command.at)
    node = sight.node(place.node)
    if not isinstance(node, HumanTask):
        return {}
    behind = state.activities.get(record.activity) if record else activity
    words = deadline.behind(state, behind) if behind else roster.nobody
    found: dict[str, list[str]] = {id: [] for id in people}
    for role in _roles(node, transfer=isinstance(command, m.Transfer), at_gate=record is not None):
        ids = {p.id for p in resolve(core.directory, roster.terms(sight, [role], words), connection).people}
        for id in found.keys() & ids:
            found[id].append(role)
    return {id: tuple(roles) for id, roles in found.items()}


def _roles(node: HumanTask, *, transfer: bool, at_gate: bool) -> Sequence[str]:
    """The roles that may matter: of who may be added; of a transfer also of who is asked, or owns the work."""
    if not at_gate:
        return node.owner
    named = [role for entry in node.gate.approvals for role in entry.add_from]
    if transfer:
        named += [role for entry in node.gate.approvals for role in (*entry.by, *entry.transfer_to)]
    return tuple(dict.fromkeys(named))
