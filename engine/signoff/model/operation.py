"""What the operators of the expression language do with values: tables from the types of both sides.

Numbers are int or Decimal with 28 digits, half even; booleans are no numbers. May import `model.fault` only.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, TypeAlias

from signoff.model.fault import ExpressionFault

Operation: TypeAlias = Callable[[Any, Any], Any]

DIGITS = 28
LONGEST_TEXT = 65_536  # characters an expression may put together
LONGEST_LIST = 10_000
PERSON = frozenset({"id", "name", "department", "title", "groups"})
NUMBER = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow])
_ONE_DAY = timedelta(days=1)
_BIGGEST = 10**DIGITS

_Pair: TypeAlias = tuple[type, type]
_NUMBERS: tuple[_Pair, ...] = ((Decimal, Decimal), (int, Decimal), (Decimal, int))


def _whole(compute: Operation) -> Operation:
    """Integers stay exact, up to as many digits as a Decimal has here."""

    def run(left: int, right: int) -> int:
        result: int = compute(left, right)
        if -_BIGGEST < result < _BIGGEST:
            return result
        raise ExpressionFault("out_of_range")

    return run


def _shift(compute: Operation) -> Operation:
    def run(day: date, by: timedelta) -> date:
        if by % _ONE_DAY:
            raise ExpressionFault("not_whole_days")
        result: date = compute(day, by)
        return result

    return run


def _join(left: str, right: str) -> str:
    if len(left) + len(right) > LONGEST_TEXT:
        raise ExpressionFault("text_too_long", most=LONGEST_TEXT)
    return left + right


def _later(by: timedelta, day: date) -> date:
    return _shift(operator.add)(day, by)  # type: ignore[no-any-return]  # tables are typed by their keys


_TABLES: Mapping[str, Mapping[_Pair, Operation]] = {
    "+": {
        (int, int): _whole(operator.add),
        **dict.fromkeys(_NUMBERS, NUMBER.add),
        (str, str): _join,
        (date, timedelta): _shift(operator.add),
        (timedelta, date): _later,
        (datetime, timedelta): operator.add,
        (timedelta, datetime): operator.add,
        (timedelta, timedelta): operator.add,
    },
    "-": {
        (int, int): _whole(operator.sub),
        **dict.fromkeys(_NUMBERS, NUMBER.subtract),
        (date, date): operator.sub,
        (datetime, datetime): operator.sub,
        (date, timedelta): _shift(operator.sub),
        (datetime, timedelta): operator.sub,
        (timedelta, timedelta): operator.sub,
    },
    "*": {(int, int): _whole(operator.mul), **dict.fromkeys(_NUMBERS, NUMBER.multiply)},
    "/": dict.fromkeys(((int, int), *_NUMBERS), NUMBER.divide),
}

ORDERED: frozenset[_Pair] = frozenset(
    {*_NUMBERS, (int, int), (date, date), (datetime, datetime), (timedelta, timedelta)}
)
ORDERS: Mapping[str, Operation] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def arithmetic(sign: str) -> Operation:
    """The function of `+ - * /`; it raises ExpressionFault for what cannot be computed, null included."""
    table = _TABLES[sign]

    def run(left: Any, right: Any) -> Any:
        compute = table.get((type(left), type(right)))
        if compute is None:
            raise _impossible("wrong_operands", sign, left, right)
        try:
            return compute(left, right)
        except (DivisionByZero, ZeroDivisionError):
            raise ExpressionFault("division_by_zero") from None
        except InvalidOperation:
            raise ExpressionFault("out_of_range" if left or right else "division_by_zero") from None
        except (Overflow, OverflowError):
            raise ExpressionFault("out_of_range") from None

    return run


def unordered(sign: str, left: Any, right: Any) -> ExpressionFault:
    """The fault of a comparison by order between values that have none."""
    return _impossible("not_comparable", sign, left, right)


def _impossible(code: str, sign: str, left: Any, right: Any) -> ExpressionFault:
    if left is None or right is None:
        return ExpressionFault("null_value", side="left" if left is None else "right", name="")
    return ExpressionFault(code, sign=sign, left=kind_of(left), right=kind_of(right))


def negate(value: Any) -> Any:
    if type(value) is int:
        return -value
    if type(value) is Decimal:
        return NUMBER.minus(value)
    if value is None:
        raise ExpressionFault("null_value", name="")
    raise ExpressionFault("wrong_type", function="-", want="number", got=kind_of(value))


def same(left: Any, right: Any) -> bool:
    """`==`: numbers by value, persons by id, lists and records part by part; null equals null only.

    Raises ExpressionFault for values of different types.
    """
    if left is None or right is None:
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return _same_record(left, right)
    if type(left) is type(right):
        if type(left) is list:
            return len(left) == len(right) and all(map(same, left, right))
        return bool(left == right)
    if (type(left), type(right)) in ORDERED:
        return bool(left == right)
    raise ExpressionFault("not_comparable", sign="==", left=kind_of(left), right=kind_of(right))


def _same_record(left: dict[str, Any], right: dict[str, Any]) -> bool:
    if left.keys() == PERSON == right.keys():
        return bool(left["id"] == right["id"])
    return all(same(left.get(name), right.get(name)) for name in left.keys() | right.keys())


def contains(items: Any, value: Any) -> bool:
    """`value in items`, by `same`."""
    if items is None:
        raise ExpressionFault("null_value", side="right", name="")
    if type(items) is not list:
        raise ExpressionFault("wrong_type", function="in", want="list", got=kind_of(items))
    return any(same(item, value) for item in items)


def cost_of(value: Any) -> int:
    """The steps that comparing or copying a value takes: one per ten parts, at any depth."""
    return parts_of(value) // 10


def parts_of(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return len(value) + sum(map(parts_of, value)) if type(value) is list else 1


def frozen(value: Any) -> Any:
    """A hashable form, equal exactly when `same` says so (booleans apart from numbers)."""
    if isinstance(value, dict):
        if value.keys() == PERSON:
            return ("person", value["id"])
        return tuple(sorted((name, frozen(part)) for name, part in value.items() if part is not None))
    if type(value) is list:
        return tuple(map(frozen, value))
    return ("boolean", value) if type(value) is bool else value


_KINDS: Mapping[type, str] = {
    bool: "boolean",
    int: "integer",
    Decimal: "decimal",
    str: "text",
    date: "date",
    datetime: "datetime",
    timedelta: "duration",
    list: "list",
    type(None): "null",
}


def kind_of(value: Any) -> str:
    """What a value is called in the language."""
    if isinstance(value, dict):
        return "person" if value.keys() == PERSON else "record"
    return _KINDS.get(type(value), type(value).__name__)
