"""How much was decided on: the money in what a vote was bound to, as it stood when the vote was cast.

Folds the records and looks nothing up. Must import only kernel.fold, kernel.events, kernel.state, model and the
records of `read.history`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from signoff.kernel.events.gate import EntryPassed, GateReturned, VoteCast
from signoff.kernel.fold import apply
from signoff.kernel.state import GateRecord, State
from signoff.model.definition import Definition
from signoff.model.types import Kind, ListOf, Record, Scalar, Type
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
                if here := max(_at(state, gate, getattr(event, "role", ""), model), default=None):
                    found[record.n, gate.id] = max(here, found.get((record.n, gate.id), here))
            apply(state, event, record.at)
    return found


def value_of(state: State, scope: str, name: str) -> Any:
    """A value of the data as this scope of a process sees it; None where there is none."""
    while scope and name not in state.scopes[scope].data:
        scope = state.scopes[scope].parent if state.scopes[scope].node else ""
    return state.scopes[scope].data[name] if scope else None


def _at(state: State, gate: GateRecord, role: str, definition: Definition) -> Iterator[Amount]:
    for name in gate.bound:
        declared = definition.data.get(name)
        if declared is not None:
            yield from _money(value_of(state, gate.scope, name), declared.type)
    limit = definition.roles[role].limit if role in definition.roles else None
    for name in limit.amount.names if limit else ():
        value = value_of(state, gate.scope, name)
        if limit and type(value) in (int, Decimal):
            yield Amount(Decimal(value), limit.currency)


def _money(value: Any, type_: Type) -> Iterator[Amount]:
    if isinstance(type_, Scalar) and type_.kind is Kind.MONEY and value is not None:
        yield Amount(Decimal(value), type_.currency)
    elif isinstance(type_, ListOf) and isinstance(value, list):
        for part in value:
            yield from _money(part, type_.item)
    elif isinstance(type_, Record) and isinstance(value, Mapping):
        for field in type_.fields:
            yield from _money(value.get(field.name), field.type)
