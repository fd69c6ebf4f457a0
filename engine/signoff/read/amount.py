"""How much was decided on: the money in what a vote was bound to, as it stood when the vote was cast.

Folds the records and looks nothing up. Must import only kernel.fold, kernel.events, kernel.state, kernel.sight,
kernel.world, the amounts of kernel.roster, model and the records of `read.history`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from signoff.kernel.events.gate import EntryPassed, GateReturned, VoteCast
from signoff.kernel.fold import apply
from signoff.kernel.roster import amount_of
from signoff.kernel.sight import Sight
from signoff.kernel.state import GateRecord, State
from signoff.kernel.world import World
from signoff.model.definition import Definition
from signoff.model.fault import ExpressionFault
from signoff.model.nodes import CallActivity
from signoff.model.types import Kind, ListOf, Record, Scalar, Type
from signoff.model.view import full
from signoff.read import history


class Amount(NamedTuple):
    value: Decimal
    currency: str


def amounts(
    instance: str, records: Iterable[history.Record], definition: Callable[[str], Definition]
) -> dict[tuple[int, str], Amount]:
    """(number of the record, gate) -> the largest amount decided on there; nothing where no money was.

    Counted are the values declared as money that the gate is bound to, also inside records and lists, and the number
    that the voter's role has to cover.
    """
    found: dict[tuple[int, str], Amount] = {}
    state = State(instance)
    for record in records:
        for event in record.events:
            if isinstance(event, VoteCast | GateReturned | EntryPassed) and (
                gate := state.gates.get(event.gate)
            ):
                model = definition(state.scopes[gate.scope].version)
                sight = sight_of(state, gate.scope, model, record.at)
                if here := max(_at(sight, gate, getattr(event, "role", "")), default=None):
                    found[record.n, gate.id] = max(here, found.get((record.n, gate.id), here))
            apply(state, event, record.at)
    return found


def may_weigh(definition: Definition) -> bool:
    """Whether a decision on this version can be about an amount; what it calls may be, whatever it says itself."""
    return (
        any(_is_money(declared.type) for declared in definition.data.values())
        or any(role.limit is not None for role in definition.roles.values())
        or any(isinstance(node, CallActivity) for node in definition.nodes.values())
    )


def _is_money(type_: Type) -> bool:
    if isinstance(type_, ListOf):
        return _is_money(type_.item)
    if isinstance(type_, Record):
        return any(_is_money(field.type) for field in type_.fields)
    return isinstance(type_, Scalar) and type_.kind is Kind.MONEY


def sight_of(state: State, scope: str, definition: Definition, at: datetime) -> Sight:
    """What is seen from a scope of a process, with what is computed of its data; without calendars."""
    return Sight(World({state.scopes[scope].version: definition}, {}), state, scope, at)


def value_of(sight: Sight, name: str) -> Any:
    """A value with what is computed of it; None where there is none, or where computing it fails."""
    try:
        return full(sight.names[name])
    except (ExpressionFault, KeyError):
        return None


def _at(sight: Sight, gate: GateRecord, role: str) -> Iterator[Amount]:
    definition = sight.definition
    for name in gate.bound:
        declared = definition.data.get(name)
        if declared is not None and (value := value_of(sight, name)) is not None:
            yield from _money(value, declared.type)
    limit = definition.roles[role].limit if role in definition.roles else None
    if limit is not None:
        _, number, currency = amount_of(sight, limit)
        if number is not None:
            yield Amount(Decimal(number), currency)


def _money(value: Any, type_: Type) -> Iterator[Amount]:
    if isinstance(type_, Scalar) and type_.kind is Kind.MONEY and value is not None:
        yield Amount(Decimal(value), type_.currency)
    elif isinstance(type_, ListOf) and isinstance(value, list):
        for part in value:
            yield from _money(part, type_.item)
    elif isinstance(type_, Record) and isinstance(value, Mapping):
        for field in type_.fields:
            yield from _money(value.get(field.name), field.type)
