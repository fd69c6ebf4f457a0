"""How an instance begins upon what happens outside: an event of a start event, all of several, a condition.

Of events that must all happen those that have happened are kept until the last one does. Must not import `engine`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from signoff.errors import SignoffError
from signoff.kernel import arrival, wait
from signoff.kernel.commands import Actor, Start
from signoff.model import nodes
from signoff.model.expression import Expression
from signoff.runtime import execution, inception, intake
from signoff.runtime.core import Core
from signoff.runtime.execution import Receipt
from signoff.runtime.reference import world
from signoff.store import postbox
from signoff.store.postbox import Letter, Listener
from signoff.store.schema import micros
from signoff.store.unit import Unit

_FOR_EVER = 253_402_300_799_000_000  # microseconds: the end of the year 9999


def begin(core: Core, unit: Unit, each: Listener, data: Mapping[str, Any], by: Actor) -> Receipt | bool:
    """The receipt of the instance that begins; True where others have to happen first, False where it has already."""
    if not each.all:
        return execution.perform(core, unit, beginning(each, data, by))
    connection, name = unit.connection, f"start/{each.process}/{each.node}"
    now = micros(core.now(unit.handle))
    postbox.lock(connection, name, "")
    mine = Letter(name, "", str(each.part), data)
    if not postbox.keep(connection, mine, at=now, expires=_FOR_EVER, taken=False):
        return False
    found = postbox.waiting(connection, name, "", now=now)
    if len(found) < each.all:
        return True
    postbox.forget(connection, name, "")
    brought = {field: value for letter in found for field, value in letter.data.items()}
    return execution.perform(core, unit, beginning(each, brought, by))


def beginning(each: Listener, data: Mapping[str, Any], by: Actor) -> Start:
    """The command that starts an instance by a start event; what it brings is judged by nobody."""
    given = {"data": data, "key": "", "title": "", "picks": {}, "request_id": "", "event": each.node}
    return intake.start(each.process, by, given)


def keys_of(core: Core, unit: Unit, name: str, data: Mapping[str, Any]) -> list[str]:
    """The keys that processes read from what a message of this name carries (BPMN 2.0.2 §8.4.2)."""
    found: dict[str, None] = {}
    now = core.now(unit.handle)
    for each in postbox.openings(unit.connection, postbox.READS, name):
        value = _value(core, unit.connection, each, Expression(each.key), data, now)
        if value not in (None, ""):
            found[str(value)] = None
    return list(found)


def observe(
    core: Core, data: Mapping[str, Any], by: Actor, *, connection: Connection | None = None
) -> list[Receipt]:
    """Tell what is so outside: each start condition that has become true makes an instance begin.

    A condition is asked when everything that it reads is told, and once it holds not before it has been false.
    """

    def own() -> list[Receipt]:
        with Unit(core.database) as unit:
            return _ask_all(core, unit, data, by)

    if connection is not None:
        with Unit(core.database, connection) as unit:
            return _ask_all(core, unit, data, by)
    return core.database.attempt(own)


def _ask_all(core: Core, unit: Unit, data: Mapping[str, Any], by: Actor) -> list[Receipt]:
    connection, now = unit.connection, core.now(unit.handle)
    postbox.lock(connection, postbox.CONDITION, "")
    begun: list[Receipt] = []
    for each in postbox.openings(connection, postbox.CONDITION, ""):
        condition = _condition(core, connection, each)
        if not condition.names <= data.keys():
            continue
        holds = _value(core, connection, each, condition, data, now) is True
        if holds == bool(each.key):
            continue
        postbox.remember(connection, each, "true" if holds else "")
        receipt = begin(core, unit, each, data, by) if holds else False
        begun += [receipt] if isinstance(receipt, Receipt) else []
    return begun


def _condition(core: Core, connection: Connection, each: Listener) -> Expression:
    around = world(core, connection)
    node = around.definition(around.current[each.process]).nodes[each.node]
    event = wait.awaited(node)[each.part]
    assert isinstance(event, nodes.ConditionalEvent)
    return event.condition


def _value(
    core: Core,
    connection: Connection,
    each: Listener,
    expression: Expression,
    data: Mapping[str, Any],
    now: datetime,
) -> object:
    """What an expression of a process gives before there is an instance; None where it cannot be computed."""
    around = world(core, connection)
    sight = inception.blank(around, around.current[each.process], now)
    try:
        return sight.value(expression, arrival.payload(data))
    except SignoffError:
        return None
