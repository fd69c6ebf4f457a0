"""Data as expressions see it: stored values by name, with formulas computed when they are read.

A view shows one moment: after a write, make a new one. A formula is null while what it needs is empty. May
import the rest of model/.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from signoff.model.facts import Facts
from signoff.model.fault import ExpressionFault
from signoff.model.literal import money
from signoff.model.types import Declaration, Kind, ListOf, Record, Scalar, Type, is_computed
from signoff.model.value import Value, minor_digits


class View(Mapping[str, Value]):
    """The names in a scope: its declared data, then what else `values` holds, then the surrounding scope.

    A declared name without a value shows its default. A look-up raises KeyError for a name that is nowhere and
    ExpressionFault for a formula that fails for another reason than something empty.
    """

    __slots__ = ("_busy", "_declarations", "_facts", "_parent", "_seen", "_values")

    def __init__(
        self,
        declarations: Mapping[str, Declaration],
        values: Mapping[str, Value],
        facts: Facts,
        parent: Mapping[str, Value] | None = None,
    ) -> None:
        self._declarations = declarations
        self._values = values
        self._facts = facts
        self._parent = parent
        self._seen: dict[str, Value] = {}
        self._busy: set[str] = set()

    def __getitem__(self, name: str) -> Value:
        try:
            return self._seen[name]
        except KeyError:
            return self._find(name)

    def _find(self, name: str) -> Value:
        declared = self._declarations.get(name)
        if declared is None and name not in self._values:
            if self._parent is None:
                raise KeyError(name)
            return self._parent[name]
        if declared is None:
            value = self._values[name]
        elif declared.formula is not None:
            value = _compute(declared, self, self._facts, self._busy)
        else:
            value = _seen(declared.type, self._values.get(name, declared.default), self, self._facts)
        self._seen[name] = value
        return value

    def __contains__(self, name: object) -> bool:
        if name in self._declarations or name in self._values:
            return True
        return self._parent is not None and name in self._parent

    def __iter__(self) -> Iterator[str]:
        outside = () if self._parent is None else self._parent
        return iter({**self._declarations, **self._values, **dict.fromkeys(outside)})

    def __len__(self) -> int:
        return sum(1 for _ in self)


class ComputedRecord(dict[str, Value]):
    """A stored record whose computed fields can be read too.

    As a dictionary it holds what is stored and nothing else; `record[name]` also gives computed fields, and null
    for declared fields that are absent.
    """

    __slots__ = ("_busy", "_computed", "_facts", "_outer", "_type")

    def __init__(
        self, stored: Mapping[str, Value], type_: Record, outer: Mapping[str, Value], facts: Facts
    ) -> None:
        super().__init__(stored)
        self._type = type_
        self._outer = outer
        self._facts = facts
        self._computed: dict[str, Value] = {}
        self._busy: set[str] = set()
        for field in type_.fields:
            if is_computed(field.type) and field.name in self:
                self[field.name] = _seen(field.type, self[field.name], _Inside(self, outer), facts)

    def __missing__(self, name: str) -> Value:
        declared = self._type.index[name]
        if declared.formula is None:
            return declared.default
        if name not in self._computed:
            inside = _Inside(self, self._outer)
            self._computed[name] = _compute(declared, inside, self._facts, self._busy)
        return self._computed[name]

    @property
    def type(self) -> Record:
        return self._type


class _Inside(Mapping[str, Value]):
    """The names that a formula inside a record sees: the record's own fields, then those around it."""

    __slots__ = ("_outer", "_record")

    def __init__(self, record: ComputedRecord, outer: Mapping[str, Value]) -> None:
        self._record = record
        self._outer = outer

    def __getitem__(self, name: str) -> Value:
        return self._record[name] if name in self._record.type.index else self._outer[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._record.type.index, **dict.fromkeys(self._outer)})

    def __len__(self) -> int:
        return sum(1 for _ in self)


def full(value: Value) -> Value:
    """The value with its computed fields, as plain dictionaries: for people, handlers and exports."""
    if isinstance(value, ComputedRecord):
        return {name: full(value[name]) for name in value.type.index}
    return _each_part(value, full)


def stored(value: Value) -> Value:
    """The value without computed fields, as plain dictionaries: what is kept."""
    return _each_part(value, stored)


def _each_part(value: Value, change: Any) -> Value:
    if isinstance(value, dict):
        return {name: change(part) for name, part in value.items()}
    return [change(part) for part in value] if isinstance(value, list) else value


def _seen(type_: Type, value: Value, scope: Mapping[str, Value], facts: Facts) -> Value:
    """The value with computed fields wherever its type has some; itself when it has none."""
    if value is None or not is_computed(type_):
        return value
    if isinstance(type_, ListOf):
        return [_seen(type_.item, part, scope, facts) for part in value]
    assert isinstance(type_, Record)
    return ComputedRecord(value, type_, scope, facts)


def _compute(declared: Declaration, scope: Mapping[str, Value], facts: Facts, busy: set[str]) -> Value:
    assert declared.formula is not None
    if declared.name in busy:
        raise ExpressionFault("computed_from_itself", name=declared.name)
    busy.add(declared.name)
    try:
        value = declared.formula.evaluate(scope, facts)
    except ExpressionFault as fault:
        if fault.is_empty:
            return None
        raise
    finally:
        busy.discard(declared.name)
    return _seen(declared.type, _fitted(declared.type, value), scope, facts)


def _fitted(type_: Type, value: Value) -> Value:
    """A computed number in the form of its type: money in minor units, decimals as Decimal."""
    if not isinstance(type_, Scalar) or type(value) not in {int, Decimal}:
        return value
    if type_.kind is Kind.MONEY:
        return money(Decimal(value), minor_digits(type_.currency))
    if type_.kind is Kind.INTEGER:
        return int(value) if value == int(value) else value
    return Decimal(value) if type_.kind is Kind.DECIMAL else value
