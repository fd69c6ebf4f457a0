"""Messages and signals on their way to whoever listens.

A message is handed to one taker, or kept for one; a subscription that is new looks for what was kept. Both hold a
lock on name and key, so whoever commits last is seen. A signal is owed to each that listens when it is thrown.
Must not import `engine`.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from signoff.errors import NotFound, WrongState
from signoff.kernel import arrival
from signoff.kernel.commands import SYSTEM, Actor
from signoff.kernel.effect import Owed
from signoff.kernel.state import Status
from signoff.runtime import execution, gathering, inception, intake
from signoff.runtime.core import Core
from signoff.runtime.execution import Receipt
from signoff.store import agenda, ids, postbox
from signoff.store.agenda import Obligation
from signoff.store.postbox import Letter, Listener
from signoff.store.schema import micros
from signoff.store.unit import Loaded, Locked, Unit

AGAIN = timedelta(days=1)  # how long the id of a message that was taken at once is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message as it is sent. `keep`: how long it waits for a taker.

    `key` empty: as processes read it from `data`, else for whoever waits without one; None: else for anybody.

    `id`: under which it counts once; `node`: the element that is to take it. `ranks` are numbers of instances, which
    decide between those that began to wait at the same moment.
    """

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = ""
    keep: timedelta = timedelta()
    id: str = ""
    node: str = ""
    by: Actor = SYSTEM
    ranks: Mapping[str, int] = field(default_factory=dict)

    def order(self, each: Listener) -> tuple[bool, int, int]:
        """Who takes it first: an instance before a start event, the one that has waited longest."""
        return not each.instance, each.at, self.ranks.get(each.instance, 0)


def send(core: Core, sent: Sent, *, connection: Connection | None = None) -> Receipt | None:
    """Hand a message to its taker: the receipt of that; None when it waits for one, or was sent before.

    Raises NotFound where nobody takes it and it may not wait.
    """
    if connection is not None:
        with Unit(core.database, connection) as unit:
            return _hand_over(core, unit, sent)

    def own() -> Receipt | None:
        with Unit(core.database) as unit:
            return _hand_over(core, unit, sent)

    return core.database.attempt(own)


def _hand_over(core: Core, unit: Unit, sent: Sent) -> Receipt | None:
    connection = unit.connection
    read = [] if sent.key else gathering.keys_of(core, unit, sent.name, sent.data)
    keys = [*read, ""] if read else [sent.key]
    key = keys[0] or ""
    now = micros(core.now(unit.handle))
    for each in keys:
        postbox.lock(connection, sent.name, each or "")
    if sent.id and postbox.is_known(connection, sent.name, key, sent.id, now=now):
        return None
    receipt = next(filter(None, (_taken(core, unit, sent, each) for each in keys)), None)
    letter = Letter(sent.name, key, sent.id or secrets.token_hex(16), sent.data)
    if receipt is None and not sent.keep:
        raise NotFound("nobody_takes", name=sent.name, key=key)
    if receipt is None or sent.id:
        until = now + (max(sent.keep, AGAIN) if receipt else sent.keep) // timedelta(microseconds=1)
        postbox.keep(connection, letter, at=now, expires=until, taken=receipt is not None)
    return receipt if isinstance(receipt, Receipt) else None


def _taken(core: Core, unit: Unit, sent: Sent, key: str | None) -> Receipt | bool:
    """The receipt of the first that takes it: an instance that waits before a start event; see `gathering.begin`."""
    for each in sorted(postbox.listeners(unit.connection, postbox.MESSAGE, sent.name, key), key=sent.order):
        if not each.instance:
            if sent.node in ("", each.node) and (
                begun := gathering.begin(core, unit, each, sent.data, sent.by)
            ):
                return begun
            continue
        held = unit.load(each.instance)
        if held is None or not _listens(held, each, sent.node):
            continue
        receipt = execution.perform(core, unit, _delivery(each, sent.data, sent.by, sent.id), held=held)
        if receipt.events:
            return receipt
    return False


def _listens(held: Loaded, each: Listener, node: str) -> bool:
    """Whether it still waits, of that element where one is named, and does not stand still."""
    found = held.state.waits.get(each.id)
    return held.status == Status.RUNNING and found is not None and node in ("", found.node)


def _delivery(each: Listener, data: Mapping[str, Any], by: Actor, via: str = "") -> arrival.Deliver:
    return arrival.Deliver(
        instance=each.instance,
        wait=f"{each.instance}:{each.id}",
        data=data,
        via=via,
        by=by,
        at=intake.UNKNOWN,
    )


# signals --------------------------------------------------------------------------------------------------


def broadcast(
    core: Core, name: str, data: Mapping[str, Any], *, but: str = "", connection: Connection | None = None
) -> int:
    """Owe a signal to everybody who listens now, but to the instance that has heard it already; to how many."""
    if connection is not None:
        with core.database.join(connection) as handle:
            return _owe_all(handle.connection, micros(core.now(handle)), name, data, but)

    def own() -> int:
        with core.database.write() as handle:
            return _owe_all(handle.connection, micros(core.now(handle)), name, data, but)

    return core.database.attempt(own)


def _owe_all(connection: Connection, now: int, name: str, data: Mapping[str, Any], but: str) -> int:
    found = [
        each
        for each in postbox.listeners(connection, postbox.SIGNAL, name)
        if each.instance != but or not but
    ]
    once = secrets.token_hex(8)
    for number, each in enumerate(found):
        payload = {"id": each.id, "data": data}
        shard = ids.shard_in(each.instance) if each.instance else ids.shard_of(each.process)
        postbox.owe(connection, each.instance, f"d{once}/{number:06}", Owed.DELIVERY, now, payload, shard)
    return len(found)


# what the worker does -------------------------------------------------------------------------------------


def carry(core: Core, obligation: Obligation, *, now: int | None) -> None:
    """Carry out one obligation of these kinds, and settle it in the same transaction; nothing if it is not ours any more."""

    def own() -> None:
        with Unit(core.database) as unit:
            # First, because carrying it out may owe the same again.
            if agenda.finish(unit.connection, obligation, now=now):
                _CARRY[Owed(obligation.kind)](core, unit, obligation)

    core.database.attempt(own)


def _message(core: Core, unit: Unit, obligation: Obligation) -> None:
    """A message that an instance has thrown."""
    payload = obligation.payload
    keep = timedelta(seconds=int(payload["keep"]))
    via = f"{obligation.instance}/{obligation.key}"
    sent = Sent(name=payload["name"], key=payload["key"], data=payload["data"], keep=keep, id=via)
    _hand_over(core, unit, sent)


def _signal(core: Core, unit: Unit, obligation: Obligation) -> None:
    now = micros(core.now(unit.handle))
    payload = obligation.payload
    _owe_all(unit.connection, now, payload["name"], payload["data"], obligation.instance)


class Held(Exception):
    """No error: somebody else holds the instance, so nothing was tried."""


def _free(unit: Unit, id: str) -> Loaded | None:
    """The instance, for which a worker never waits: others are due too."""
    held = unit.load_free(id)
    if isinstance(held, Locked):
        raise Held(id)
    return held


def _delivered(core: Core, unit: Unit, obligation: Obligation) -> None:
    each = Listener(obligation.instance, str(obligation.payload["id"]))
    if not each.instance:
        gathering.begin(core, unit, each, obligation.payload["data"], SYSTEM)
        return
    held = _free(unit, each.instance)
    if held is None or held.status not in (Status.RUNNING, Status.SUSPENDED):
        return
    if held.status == Status.SUSPENDED:
        raise WrongState("instance_suspended", instance=each.instance)
    execution.perform(core, unit, _delivery(each, obligation.payload["data"], SYSTEM), held=held)


def _match(core: Core, unit: Unit, obligation: Obligation) -> None:
    """A subscription is new: whether a message waits for it."""
    name, key = str(obligation.payload["name"]), str(obligation.payload["key"])
    now = micros(core.now(unit.handle))
    postbox.lock(unit.connection, name, key)
    letters = postbox.waiting(unit.connection, name, key, now=now)
    each = Listener(obligation.instance, obligation.key.partition("/")[0])
    held = _free(unit, each.instance) if letters else None
    if held is None or not _listens(held, each, ""):
        return
    letter = letters[0]
    execution.perform(core, unit, _delivery(each, letter.data, SYSTEM, letter.id), held=held)
    postbox.take(unit.connection, letter)


def _begun(core: Core, unit: Unit, obligation: Obligation) -> None:
    """A timer start event, again and again."""
    payload = obligation.payload
    each = Listener("", str(payload["id"]))
    gathering.begin(core, unit, each, payload["data"], SYSTEM)
    inception.again(core, unit.connection, payload, core.now(unit.handle))


_CARRY = {
    Owed.MESSAGE: _message,
    Owed.SIGNAL: _signal,
    Owed.DELIVERY: _delivered,
    Owed.MATCH: _match,
    Owed.START: _begun,
}
KINDS = tuple(_CARRY)
