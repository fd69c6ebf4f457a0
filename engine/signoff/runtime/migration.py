"""Migration to another version: one instance, or all that run on others, each by a command of its own.

First seen: what each would come to, or why it stays. Must not import `engine`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from signoff.errors import Invalid, NotFound, Refused
from signoff.kernel.asides import Migrate
from signoff.kernel.events import Event, gate, time
from signoff.kernel.events.migration import InstanceMigrated
from signoff.kernel.state import State
from signoff.model import argument
from signoff.read import instance as instances
from signoff.runtime.core import Core
from signoff.runtime.execution import Receipt
from signoff.store import definitions
from signoff.store.definitions import Listed


@dataclass(frozen=True, slots=True)
class Migrated:
    """What became, or would become, of one instance; `refusal` says why it stays as it is, and nothing else is told then.

    `steps`: where it stands, and what that is called now. `asked`: passed approvals that are asked again; `voided`:
    open ones whose round begins anew; `gone`: done before, and no element any more; `over`: new steps that lie behind;
    `due`: deadlines that moved.
    """

    instance: str
    title: str
    before: str
    to: str
    steps: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    voided: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    due: Mapping[str, datetime | None] = field(default_factory=dict)
    refusal: Refused | None = None


def version(core: Core, process: str, said: str) -> str:
    """The version that a number, or the beginning of its name, stands for; nothing stands for the current one.

    Raises NotFound.
    """
    with core.database.read() as handle:
        return _version(handle.connection, process, said)


def version_for(core: Core, instance: str, said: str, connection: Connection | None) -> str:
    """The same for the process of an instance."""
    with core.database.read() if connection is None else core.database.join(connection) as handle:
        process = instances.row_of(handle.connection, instance).process
        return _version(handle.connection, process, said)


def _version(connection: Connection, process: str, said: str) -> str:
    if not isinstance(said, str):
        raise Invalid("untyped_value", at="to", type=type(said).__name__)
    known = [each for each in definitions.listed(connection) if each.process == process]
    found = [each.version for each in known if _is_meant(each, said)]
    if len(found) != 1:
        shown = [f"{each.number} ({each.version[:12]})" for each in known]
        raise NotFound("no_such_version", version=said, process=process, known=shown)
    return found[0]


def _is_meant(each: Listed, said: str) -> bool:
    if not said:
        return each.current
    return str(each.number) == said if len(said) < 6 and said.isdecimal() else each.version.startswith(said)


def concerned(core: Core, process: str, to: str, only: Sequence[str]) -> Iterator[str]:
    """The instances that run on another version, or those that are named."""
    if only:
        yield from argument.texts(only, "only")
        return
    after = None
    while True:
        with core.database.read() as handle:
            rows = instances.listed(handle.connection, process=process, live=True, after=after)
        if not rows:
            return
        yield from (row.id for row in rows if row.version != to)
        after = rows[-1].place


def each(
    core: Core, command: Callable[[str], Migrate], asked: Iterator[str], do: Callable[[Migrate], Receipt]
) -> list[Migrated]:
    """Migrate them one by one, or see what that would come to; what is refused keeps nothing else from it."""
    return [_one(core, command(id), do) for id in list(asked)]


def _one(core: Core, command: Migrate, do: Callable[[Migrate], Receipt]) -> Migrated:
    try:
        with core.database.read() as handle:
            shown = instances.show(handle.connection, command.instance)
    except Refused as error:
        return Migrated(command.instance, "", "", command.to, refusal=error)
    title, before = shown.row.title, shown.row.version
    try:
        receipt = do(command)
    except Refused as error:
        return Migrated(command.instance, title, before, command.to, refusal=error)
    return _told(Migrated(command.instance, title, before, command.to), shown.state, receipt.events)


def _told(row: Migrated, state: State, events: Sequence[Event]) -> Migrated:
    said = next(event for event in events if isinstance(event, InstanceMigrated))
    inside = {scope.activity for scope in state.scopes.values()}
    at = [a for a in state.activities.values() if a.scope in said.scopes and a.id not in inside]
    named = {a.id: said.nodes.get(a.node, a.node) for a in at}
    return Migrated(
        row.instance,
        row.title,
        row.before,
        row.to,
        steps={a.node: named[a.id] for a in at},
        asked=tuple(e.node for e in events if isinstance(e, gate.GateReopened)),
        voided=tuple(e.node for e in events if isinstance(e, gate.VotesVoided)),
        gone=said.gone,
        over=said.over,
        due={named[e.activity]: e.due for e in events if isinstance(e, time.DueSet) and e.activity in named},
    )
