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
from signoff.store.postbox import Listener, Opening
from signoff.store.schema import instant, micros
from signoff.time.relative import Purpose


def replace(core: Core, connection: Connection, version: str, at: datetime) -> None:
    """Make the start events of this version those of its process. Raises ExpressionFault for a name it cannot compute."""
    around = world(core, connection)
    definition = around.definition(version)
    sight = blank(around, version, at)
    postbox.replace(connection, definition.id, list(_openings(sight, definition, at)), at=micros(at))


def blank(around: World, version: str, at: datetime) -> Sight:
    """What is known before there is an instance."""
    scope = Scope("s0", "", "", "", version, "s0")
    return Sight(around, State("", version=version, scopes={"s0": scope}), "s0", at)


def _openings(sight: Sight, definition: Definition, at: datetime) -> Iterator[Opening]:
    for node in _starters(definition):
        for part, event in enumerate(wait.awaited(node)):
            found = _opening(sight, definition.id, _place(node, part), event, at)
            if found is not None:
                yield found
    for message in definition.messages.values():
        if message.reads is not None and message.named is None:
            yield Opening(message.id, postbox.READS, message.name, key=message.reads.text)


def _place(node: nodes.Node, part: int) -> str:
    """How the id of a `Listener` ends."""
    wanted = f"+{len(wait.awaited(node))}" if wait.wants_all(node) else ""
    return f"{node.id}#{part}{wanted}" if part or wanted else node.id


def _opening(sight: Sight, process: str, place: str, event: nodes.Event, at: datetime) -> Opening | None:
    match event:
        case nodes.MessageEvent():
            return Opening(place, postbox.MESSAGE, wait.address(sight, event)[0])
        case nodes.SignalEvent():
            return Opening(place, postbox.SIGNAL, wait.address(sight, event)[0])
        case nodes.ConditionalEvent():
            return Opening(place, postbox.CONDITION)
        case nodes.TimerEvent() if (due := _due(sight, event, at, 1)) is not None:
            return Opening(place, Owed.START, "", micros(due), _payload(process, place, at, 1))
    return None


def _starters(definition: Definition) -> Iterator[nodes.Node]:
    """The elements whose event makes an instance."""
    for node in definition.nodes.values():
        if node.scope:
            continue
        if isinstance(node, nodes.StartEvent) or (isinstance(node, nodes.ReceiveTask) and node.instantiate):
            yield node
        elif isinstance(node, nodes.EventBasedGateway) and node.instantiate:
            yield from (definition.nodes[f.target] for f in definition.outgoing[node.id])


def _payload(process: str, place: str, since: datetime, occurrence: int) -> Mapping[str, Any]:
    return {"id": f"{process}/{place}", "data": {}, "occurrence": occurrence, "since": micros(since)}


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
    each = Listener("", str(payload["id"]))
    process, around = each.process, world(core, connection)
    version = around.current.get(process)
    found = around.definition(version).nodes.get(each.node) if version else None
    if found is None or version is None:
        return
    since, sight = instant(int(payload["since"])), blank(around, version, now)
    event = wait.awaited(found)[each.part]
    if isinstance(event, nodes.TimerEvent) and event.every is not None:
        passed = event.every.passed(now, Clockface(sight, opened=since), sight.calendar)
        number = max(int(payload["occurrence"]), passed) + 1
        due = _due(sight, event, since, number)
        if due is not None:
            place = _place(found, each.part)
            fresh = _payload(process, place, since, number)
            key, shard = f"timer/{process}/{place}", ids.shard_of(process)
            postbox.owe(connection, "", key, Owed.START, micros(due), fresh, shard)
