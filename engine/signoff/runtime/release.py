"""Releasing a definition: one that demands it comes in force only once somebody else than who deployed it lets it.

The demand is that of the version in force, for nobody may deploy a rule away; where that has none, the new version's
own. Must not import `execution` or `engine`.
"""

from sqlalchemy import Connection

from signoff.errors import Invalid, NotAllowed, NotFound, WrongState
from signoff.kernel import missing, roster
from signoff.kernel.commands import Actor
from signoff.model.definition import Definition
from signoff.runtime import inception, refusal
from signoff.runtime.core import Core
from signoff.runtime.text import meant
from signoff.store import definitions
from signoff.store.database import Handle
from signoff.store.definitions import Deployed, Waiting


def demanded(core: Core, connection: Connection, definition: Definition, by: str) -> bool:
    """Whether a deployment has to wait for a release. Raises Invalid where nobody would know who deployed it."""
    rule = _rule(core, connection, definitions.lock(connection, definition.id), definition)
    if rule is not None and (not by or core.directory.person(by, connection=connection) is None):
        raise Invalid("deployer_unknown", process=definition.id, person=by or "?")
    return rule is not None


def release(
    core: Core, process: str, *, by: Actor, version: str = "", connection: Connection | None = None
) -> Deployed:
    """Put in force what waits, which has to be `version` where that is named. Raises NotAllowed, WrongState, NotFound."""

    def own() -> Deployed:
        with core.database.write() as handle:
            return _released(core, handle, process, by, version)

    with refusal.trying("Release", process, by):
        if connection is None:
            return core.database.attempt(own)
        with core.database.join(connection) as handle:
            return _released(core, handle, process, by, version)


def refuse_unreleased(connection: Connection, process: str, version: str) -> None:
    """Raises WrongState for a version that has to be released and never was."""
    if version in definitions.unreleased(connection):
        raise WrongState("version_not_released", process=process, version=version[:12])


def not_in_force(connection: Connection, process: str) -> WrongState | NotFound:
    """Why nothing can be started of a process of which no version is in force."""
    found = definitions.waiting(connection).get(process)
    if found is not None:
        return WrongState("not_released", **_about(found))
    return NotFound(
        "no_such_process", process=process, hint=meant(process, definitions.processes(connection))
    )


def _released(core: Core, handle: Handle, process: str, by: Actor, version: str) -> Deployed:
    connection = handle.connection
    current = definitions.lock(connection, process)
    found = definitions.waiting(connection).get(process)
    if found is None:
        raise WrongState("nothing_to_release", process=process)
    if version and version != found.version:
        raise WrongState("other_waits", **_about(found))
    rule = _rule(core, connection, current, core.library.load(connection, found.version))
    _refuse(found, rule, by)
    at = core.now(handle)
    said = {"by": by.id, "name": by.name, "auth": by.auth.value, "via": by.via}
    done = definitions.release(connection, found, said=said, at=at)
    inception.replace(core, connection, found.version, at)
    return done


def _refuse(found: Waiting, rule: Definition | None, by: Actor) -> None:
    """Nobody is exempt, administrators neither; and nobody does it in somebody else's place."""
    if not by.id or by.id in found.deployers:
        raise NotAllowed("own_deployment", process=found.process, person=by.id)
    if rule is not None and not roster.may(rule, by, rule.start.released_by):
        roles = missing.roles(rule, rule.start.released_by)
        raise NotAllowed("may_not_release", process=found.process, person=by.id, roles=roles)


def _rule(core: Core, connection: Connection, current: str, definition: Definition) -> Definition | None:
    """The definition whose demand counts."""
    in_force = core.library.load(connection, current) if current else definition
    return next((each for each in (in_force, definition) if each.start.released_by), None)


def _about(found: Waiting) -> dict[str, object]:
    return {"process": found.process, "number": found.number, "people": sorted(found.deployers)}
