"""The types of the functions of the expression language: what each takes, and what it gives.

May import `model.guess` and `model.types`.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from signoff.model.guess import (
    NOTHING,
    Guess,
    is_money,
    is_number,
    item,
    merge,
    of,
    ordered,
)
from signoff.model.types import Declaration, Kind, ListOf, OneOf, Record, Scalar

_Kinds: TypeAlias = frozenset[Kind]
#: Arguments in; the result, or the words for what was wanted of the argument at that position.
Signature: TypeAlias = Callable[..., "Guess | tuple[int, str]"]

BOOLEAN, INTEGER, DECIMAL = of(Kind.BOOLEAN), of(Kind.INTEGER), of(Kind.DECIMAL)
TEXT, DATE, DATETIME, DURATION = of(Kind.TEXT), of(Kind.DATE), of(Kind.DATETIME), of(Kind.DURATION)
PERSON = of(Kind.PERSON)
_TEXTS = frozenset({Kind.TEXT})
_WHOLE = frozenset({Kind.INTEGER})
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
_DAYS = frozenset({Kind.DATE, Kind.DATETIME})
_SHOWN = frozenset(Kind)

DOCUMENT = Record(
    (
        Declaration("sha256", Scalar(Kind.TEXT)),
        Declaration("version", Scalar(Kind.INTEGER)),
        Declaration("state", Scalar(Kind.TEXT)),
        Declaration("by", Scalar(Kind.PERSON)),
        Declaration("at", Scalar(Kind.DATETIME)),
    )
)
VERDICTS = OneOf(("passed", "declined", "lapsed", "skipped", "overridden"))


def _takes(*kinds: _Kinds, gives: Guess) -> Signature:
    def check(*arguments: Guess) -> Guess | tuple[int, str]:
        for n, (argument, wanted) in enumerate(zip(arguments, kinds, strict=False)):
            if argument.null or (argument.type is not None and argument.kind not in wanted):
                return n, _words(wanted)
        return gives

    return check


def _words(kinds: _Kinds) -> str:
    return "value" if kinds == _SHOWN else " / ".join(kind for kind in Kind if kind in kinds)


# over a list: the argument is what the list holds -------------------------------------------------------------


def _booleans(inner: Guess) -> Guess | tuple[int, str]:
    return BOOLEAN if inner.type is None or inner.kind is Kind.BOOLEAN else (0, "list of boolean")


def _sum(inner: Guess) -> Guess | tuple[int, str]:
    return inner if inner.type is None or is_number(inner) or is_money(inner) else (0, "list of number")


def _extreme(*values: Guess) -> Guess | tuple[int, str]:
    found = values[0]
    for n, value in enumerate(values):
        both = merge(found, value) if ordered(found, value) else None
        if both is None:
            return n, "number / date / duration"
        found = both
    return found


def _list(inner: Guess) -> Guess:
    return Guess(ListOf(inner.type or NOTHING), inner.written)


OVER_LISTS: Mapping[str, Signature] = {
    "all": _booleans,
    "any": _booleans,
    "count": lambda _: INTEGER,
    "sum": _sum,
    "min": _extreme,
    "max": _extreme,
    "unique": _list,
    "first": lambda inner: inner,
}


# over values -------------------------------------------------------------------------------------------------


def _same_number(value: Guess) -> Guess | tuple[int, str]:
    return value if value.type is None or is_number(value) or is_money(value) else (0, "number")


def _whole(value: Guess) -> Guess | tuple[int, str]:
    number = _same_number(value)
    return number if isinstance(number, tuple) or is_money(value) else INTEGER


def _round(value: Guess, places: Guess = INTEGER) -> Guess | tuple[int, str]:
    number = _same_number(value)
    if places.type is not None and places.kind is not Kind.INTEGER:
        return 1, "integer"
    if isinstance(number, tuple) or is_money(value):
        return number
    return INTEGER if places is INTEGER else DECIMAL


def _default(value: Guess, instead: Guess) -> Guess | tuple[int, str]:
    both = merge(value, instead)
    return both if both is not None else (1, "value of the same type")


def _length(value: Guess) -> Guess | tuple[int, str]:
    is_list = isinstance(value.type, ListOf)
    return INTEGER if value.type is None or is_list or value.kind is Kind.TEXT else (0, "text / list")


def _append(items: Guess, added: Guess) -> Guess | tuple[int, str]:
    inner = item(items)
    if inner is None:
        return 0, "list"
    both = merge(inner, added)
    return (1, "value of the same type") if both is None else _list(both)


def _nth(items: Guess, place: Guess) -> Guess | tuple[int, str]:
    inner = item(items)
    if place.type is not None and place.kind is not Kind.INTEGER:
        return 1, "integer"
    return (0, "list") if inner is None else inner


def _meets(value: Guess, target: Guess) -> Guess | tuple[int, str]:
    if target.type is not None and target.kind is not Kind.TARGET:
        return 1, "target"
    number = _same_number(value)
    return number if isinstance(number, tuple) else BOOLEAN


def _person(value: Guess, group: Guess) -> Guess | tuple[int, str]:
    if value.type is not None and value.kind is not Kind.PERSON:
        return 0, "person"
    return BOOLEAN if group.type is None or group.kind is Kind.TEXT else (1, "text")


FUNCTIONS: Mapping[str, Signature] = {
    "filled": lambda _: BOOLEAN,
    "default": _default,
    "abs": _same_number,
    "round": _round,
    "floor": _whole,
    "ceil": _whole,
    "length": _length,
    "lower": _takes(_TEXTS, gives=TEXT),
    "trim": _takes(_TEXTS, gives=TEXT),
    "like": _takes(_TEXTS, _TEXTS, gives=BOOLEAN),
    "text": _takes(_SHOWN, gives=TEXT),
    "number": _takes(_TEXTS, gives=DECIMAL),
    "today": lambda: DATE,
    "now": lambda: DATETIME,
    "date": _takes(_DAYS | _TEXTS, gives=DATE),
    "year": _takes(_DAYS, gives=INTEGER),
    "month": _takes(_DAYS, gives=INTEGER),
    "day": _takes(_DAYS, gives=INTEGER),
    "weekday": _takes(_DAYS, gives=INTEGER),
    "days": _takes(_NUMBERS, gives=DURATION),
    "hours": _takes(_NUMBERS, gives=DURATION),
    "minutes": _takes(_NUMBERS, gives=DURATION),
    "months_after": _takes(_DAYS, _WHOLE, gives=DATE),
    "working_day": _takes(_DAYS, gives=BOOLEAN),
    "working_days": _takes(_DAYS, _DAYS, gives=INTEGER),
    "add_working_days": _takes(_DAYS, _WHOLE, gives=DATE),
    "meets": _meets,
    "member": _person,
    "append": _append,
    "nth": _nth,
    "document": lambda _: Guess(DOCUMENT),
    "verdict": lambda _: Guess(VERDICTS),
    "done_at": lambda _: DATETIME,
    "done_by": lambda _: PERSON,
}


def result(name: str, arguments: list[Guess]) -> Guess | tuple[int, str]:
    """What a function gives for arguments of these types, or which argument is wrong and what was wanted."""
    if name not in OVER_LISTS:
        return FUNCTIONS[name](*arguments)
    if len(arguments) > 1:
        return OVER_LISTS[name](*arguments)
    inner = item(arguments[0])
    return (0, "list") if inner is None else OVER_LISTS[name](inner)
