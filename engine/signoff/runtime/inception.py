"""Start events of a definition: what they listen for, and when they are due; kept while its version is current.

Must not import `engine`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from signoff.kernel import wait
from signoff.kernel.effect import Owed
from signoff.kernel.sight import Sight
from signoff.kernel.state import Scope, State
from signoff.kernel.timer import Clockface
from signoff.kernel.world import World
from signoff.model import nodes
from signoff.model.definition import Definition
from signoff.runtime.core import Core
from signoff.runtime.reference import world
from signoff.store import ids, postbox
from signoff.store.postbox import Opening
from signoff.store.schema import instant, micros
from signoff.time.relative import Purpose


def replace(core: Core, connection: Connection, version: str, at: datetime) -> None:
    """Make the start events of this version those of its process. Raises ExpressionFault for a name it cannot compute."""
    around = world(core, connection)
    definition = around.definition(version)
    sight = _blank(around, version, at)
    postbox.replace(connection, definition.id, list(_openings(sight, definition, at)), at=micros(at))


def _blank(around: World, version: str, at: datetime) -> Sight:
    """What is known before there is an instance."""
    scope = Scope("s0", "", "", "", version, "s0")
    return Sight(around, State("", version=version, scopes={"s0": scope}), "s0", at)


def _openings(sight: Sight, definition: Definition, at: datetime) -> Iterator[Opening]:
    for node in _starters(definition):
        for event in wait.awaited(node):
            match event:
                case nodes.MessageEvent() | nodes.SignalEvent():
                    kind = postbox.MESSAGE if isinstance(event, nodes.MessageEvent) else postbox.SIGNAL
                    yield Opening(node.id, kind, wait.address(sight, event)[0])
                case nodes.TimerEvent():
                    due = _due(sight, event, at, 1)
                    if due is not None:
                        yield Opening(
                            node.id, Owed.START, "", micros(due), _payload(definition.id, node.id, at, 1)
                        )


def _starters(definition: Definition) -> Iterator[nodes.Node]:
    """The elements whose event makes an instance."""
    for node in definition.nodes.values():
        if node.scope:
            continue
        if isinstance(node, nodes.StartEvent) or (isinstance(node, nodes.ReceiveTask) and node.instantiate):
            yield node
        elif isinstance(node, nodes.EventBasedGateway) and node.instantiate:
            yield from (definition.nodes[f.target] for f in definition.outgoing[node.id])


def _payload(process: str, node: str, since: datetime, occurrence: int) -> Mapping[str, Any]:
    return {"id": f"{process}/{node}", "data": {}, "occurrence": occurrence, "since": micros(since)}


def _due(sight: Sight, event: nodes.TimerEvent, since: datetime, number: int) -> datetime | None:
    """When the occurrence of that number is; a moment has one."""
    face = Clockface(sight, opened=since)
    if event.every is not None:
        return event.every.occurrence(number, face, sight.calendar)
    if event.at is None or number > 1:
        return None
    return event.at.resolve(face, sight.calendar, purpose=Purpose.POINT, roll=sight.definition.roll)


def again(core: Core, connection: Connection, payload: Mapping[str, Any], now: datetime) -> None:
    """After a timer has started an instance: its next occurrence is owed, the first that lies ahead."""
    process, _, node = str(payload["id"]).rpartition("/")
    around = world(core, connection)
    version = around.current.get(process)
    found = around.definition(version).nodes.get(node) if version else None
    if found is None or version is None:
        return
    since, sight = instant(int(payload["since"])), _blank(around, version, now)
    for event in wait.awaited(found):
        if isinstance(event, nodes.TimerEvent) and event.every is not None:
            passed = event.every.passed(now, Clockface(sight, opened=since), sight.calendar)
            number = max(int(payload["occurrence"]), passed) + 1
            due = _due(sight, event, since, number)
            if due is not None:
                fresh = _payload(process, node, since, number)
                key, shard = f"timer/{process}/{node}", ids.shard_of(process)
                postbox.owe(connection, "", key, Owed.START, micros(due), fresh, shard)
