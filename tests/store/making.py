"""Hypothesis strategies for dataclasses, from their annotations: whatever the types allow."""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from signoff.model.expression import Expression
from signoff.store.form import _kinds

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
INSTANTS = st.datetimes(timezones=st.just(UTC))
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
LENGTHS = st.timedeltas(timedelta(-1000), timedelta(1000))
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), TEXT, NUMBERS, st.dates(), INSTANTS, LENGTHS, st.just("$date")
)
KEYS = st.one_of(TEXT, st.sampled_from(["$decimal", "$date", "$", "$$x", "is"]))
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)
SIMPLE: Mapping[Any, st.SearchStrategy[Any]] = {
    Any: VALUES,
    str: TEXT,
    int: st.integers(-(2**60), 2**60),
    bool: st.booleans(),
    float: st.integers(0, 10**6) | st.floats(0, 10**6, allow_nan=False),
    Decimal: NUMBERS,
    date: st.dates(),
    time: st.times(),
    datetime: INSTANTS,
    timedelta: LENGTHS,
    type(None): st.none(),
    Expression: st.just(Expression("a > 1")),
}


@cache
def anything(annotation: Any) -> st.SearchStrategy[Any]:
    """Objects of that type; recursive types end by themselves, with luck."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in SIMPLE:
        return SIMPLE[annotation]
    if origin in {Union, types.UnionType}:
        return st.one_of([st.deferred(_later(argument)) for argument in arguments])
    if origin is tuple and arguments[-1] is not Ellipsis:
        return st.tuples(*map(anything, arguments))
    if origin in {list, tuple, frozenset}:
        return st.lists(st.deferred(_later(arguments[0])), max_size=2).map(origin)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(KEYS, st.deferred(_later(arguments[1])), max_size=2)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(list(annotation))
    assert is_dataclass(annotation), annotation
    return st.one_of([instances(kind) for kind in _kinds(annotation)])


def _later(annotation: Any) -> Callable[[], st.SearchStrategy[Any]]:
    return lambda: anything(annotation)


@cache
def instances(kind: Any) -> st.SearchStrategy[Any]:
    """Objects of exactly that dataclass, each field left at its default now and then."""
    hints = get_type_hints(kind)
    parts = {part.name: st.deferred(_later(hints[part.name])) for part in fields(kind)}
    return st.fixed_dictionaries(parts).map(lambda values: kind(**values))
