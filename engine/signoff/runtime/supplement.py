"""What the shell adds to a command before it is decided: the persons that its data names, documents by their ids.

And what only it can look up: whether a version was ever released.

Must not import `execution` or `engine`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from signoff.errors import Conflict
from signoff.kernel import commands as c
from signoff.kernel.asides import Migrate, Request, Withdraw
from signoff.kernel.draft import Save
from signoff.kernel.request import asked_for
from signoff.kernel.state import Person, State, Status
from signoff.kernel.target import local
from signoff.kernel.world import World
from signoff.model import nodes
from signoff.model.types import Declaration
from signoff.model.value import persons_in
from signoff.read import instance
from signoff.runtime import eligibility, release
from signoff.runtime.core import Core


def complete(core: Core, connection: Connection, world: World, state: State, command: c.Command) -> None:
    """Look up the persons that its data names, and know documents by their names too."""
    eligibility.complete(core, connection, world, state, command)
    _refuse_second(connection, state, command)
    if isinstance(command, c.Start):
        declared = world.definition(command.version).data
        command.people = _people(core, connection, declared, command.data, also=(command.by.id,))
    elif isinstance(command, Migrate):
        release.refuse_unreleased(connection, state.process, command.to)
    elif isinstance(command, Request):
        declared = asked_for(world, state, command.request)
        command.people = _people(core, connection, declared, command.data, also=(command.by.id,))
    elif isinstance(command, (c.Submit, c.FinishJob, Save)):
        activity = state.activities.get(local(command.task))
        if activity is None:
            return
        definition = world.definition(state.scopes[activity.scope].version)
        node = definition.nodes[activity.node]
        if isinstance(command, (c.Submit, Save)):
            declared = {
                name: declaration
                for scope in ("", *definition.scope_chain(node.scope))
                for name, declaration in definition.declared(scope).items()
            }
            command.people = _people(core, connection, declared, command.data)
            command.documents = {_document(definition.documents, n): d for n, d in command.documents.items()}
        elif isinstance(node, nodes.ServiceTask) and node.returns is not None:
            ids = persons_in(node.returns, command.result)
            command.people = _found(core, connection, ids)


def _refuse_second(connection: Connection, state: State, command: c.Command) -> None:
    """What has ended and would go on has given its business key away in the meantime. Raises Conflict."""
    if state.status is not Status.COMPLETED or not isinstance(command, (Request, Withdraw)) or not state.key:
        return
    if instance.runs_under(connection, state.process, state.key):
        raise Conflict("key_in_use", key=state.key, process=state.process)


def _document(documents: Mapping[str, Any], name: str) -> str:
    """The id of a document that was named by its id, or by what people call it."""
    if name in documents:
        return name
    bare = name.strip("《》 ")
    return next((id for id, d in documents.items() if bare in (d.label.zh, d.label.en)), name)


def _people(
    core: Core,
    connection: Connection,
    declared: Mapping[str, Declaration],
    data: Mapping[str, Any],
    also: tuple[str, ...] = (),
) -> dict[str, Person]:
    ids = set(also)
    for name, raw in data.items():
        if name in declared:
            ids |= persons_in(declared[name].type, raw)
    return _found(core, connection, ids)


def _found(core: Core, connection: Connection, ids: Iterable[str]) -> dict[str, Person]:
    found = {id: core.directory.person(id, connection=connection) for id in ids if id}
    return {id: person for id, person in found.items() if person is not None}
