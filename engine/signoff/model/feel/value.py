"""The values of FEEL and what its operators do with them: three truths, and null where nothing fits (DMN 1.3 §10.3.2).

Numbers are Decimals of 34 digits, rounded half even. What cannot be computed is null, never an exception.
May import nothing of signoff.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from typing import Any, TypeAlias

#: None, bool, Decimal, str, date, datetime, time, timedelta, Months, Range, list, dict, Function.
Value: TypeAlias = Any

CONTEXT = Context(prec=34, Emax=6144, Emin=-6143, traps=[InvalidOperation, DivisionByZero, Overflow])
LARGEST = Decimal("1E+1000")  # what a power may come to: beyond it is null
_LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Months:
    """A duration of years and months, in months."""

    count: int


@dataclass(frozen=True, slots=True)
class Range:
    """Values from `low` to `high`; None: open on that side."""

    low: Value
    high: Value
    with_low: bool = True
    with_high: bool = True

    def holds(self, value: Value) -> bool | None:
        """Whether the value lies within; null when it cannot be compared."""
        above = True if self.low is None else order(">=" if self.with_low else ">", value, self.low)
        below = True if self.high is None else order("<=" if self.with_high else "<", value, self.high)
        return both(above, below)


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the model or of the language; `names` are its parameters, empty where only places count."""

    call: Callable[[list[Value]], Value]
    names: tuple[str, ...] = ()


def both(a: object, b: object) -> bool | None:
    """`a and b` of three truths; what is no truth counts as null."""
    if a is False or b is False:
        return False
    return True if a is True and b is True else None


def either(a: object, b: object) -> bool | None:
    """`a or b` of three truths."""
    if a is True or b is True:
        return True
    return False if a is False and b is False else None


def negated(a: object) -> bool | None:
    return None if not isinstance(a, bool) else not a


def kind(value: Value) -> str:
    """The name of a value's type."""
    if isinstance(value, bool):
        return "boolean"
    names: Mapping[type, str] = {
        Decimal: "number",
        str: "string",
        datetime: "date and time",
        time: "time",
        timedelta: "days and time duration",
        Months: "years and months duration",
        Range: "range",
        list: "list",
        dict: "context",
        Function: "function",
    }
    if isinstance(value, date) and not isinstance(value, datetime):
        return "date"
    return names.get(type(value), "null")


def equal(a: Value, b: Value) -> bool | None:
    """`a = b`; null when the two are of different kinds (DMN 1.3 table 53)."""
    if a is None or b is None:
        return a is b
    if kind(a) != kind(b):
        return None
    if isinstance(a, list):
        return len(a) == len(b) and all(equal(x, y) is True for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) is True for key in a)
    if isinstance(a, datetime | time) and (a.tzinfo is None) != (b.tzinfo is None):
        return False
    return bool(a == b)


_ORDERED = frozenset(
    (
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    )
)


def order(sign: str, a: Value, b: Value) -> bool | None:
    """`a < b` and its like; null for what has no order or is of different kinds."""
    if kind(a) != kind(b) or kind(a) not in _ORDERED:
        return None
    if isinstance(a, Months):
        a, b = a.count, b.count
    if isinstance(a, datetime | time) and (a.tzinfo is None) != (b.tzinfo is None):
        return None
    match sign:
        case "<":
            return bool(a < b)
        case "<=":
            return bool(a <= b)
        case ">":
            return bool(a > b)
    return bool(a >= b)


# arithmetic (DMN 1.3 tables 55-58) -----------------------------------------------------------------------


def arithmetic(sign: str, a: Value, b: Value) -> Value:
    """`a + b` and its like; null where the two do not fit or the result is no number."""
    operation = _ARITHMETIC.get((sign, kind(a), kind(b)))
    if operation is None:
        return None
    try:
        return operation(a, b)
    except (DecimalException, OverflowError, ValueError, ZeroDivisionError, TypeError):
        return None


def opposite(a: Value) -> Value:
    """`-a`."""
    if isinstance(a, Decimal):
        return CONTEXT.minus(a)
    if isinstance(a, Months):
        return Months(-a.count)
    return -a if isinstance(a, timedelta) else None


def later(moment: date, months: int) -> date:
    """A date or an instant that many months on; a day that the month lacks is its last."""
    total = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(total, 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)


def _power(a: Decimal, b: Decimal) -> Decimal | None:
    found = CONTEXT.power(a, b)
    if abs(found) > LARGEST:
        raise Overflow
    return found


def _joined(a: str, b: str) -> str | None:
    return a + b if len(a) + len(b) <= _LONGEST_TEXT else None


def _between(a: datetime, b: datetime) -> timedelta:
    return a - b


def _ratio(a: timedelta, b: timedelta) -> Decimal:
    return CONTEXT.divide(seconds(a), seconds(b))


def seconds(span: timedelta) -> Decimal:
    """The length of a span in seconds, exactly."""
    micros = (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
    return CONTEXT.divide(Decimal(micros), Decimal(1_000_000))


def span_of(length: Decimal) -> timedelta:
    """That many seconds as a span."""
    return timedelta(microseconds=int(CONTEXT.multiply(length, Decimal(1_000_000)).to_integral_value()))


def _turned(a: time, by: timedelta) -> time:
    day = datetime.combine(date(2000, 1, 2), a)
    return (day + by).timetz()


_DAYS, _MONTHS, _NUMBER = "days and time duration", "years and months duration", "number"
_ARITHMETIC: Mapping[tuple[str, str, str], Callable[[Any, Any], Value]] = {
    ("+", _NUMBER, _NUMBER): CONTEXT.add,
    ("-", _NUMBER, _NUMBER): CONTEXT.subtract,
    ("*", _NUMBER, _NUMBER): CONTEXT.multiply,
    ("/", _NUMBER, _NUMBER): CONTEXT.divide,
    ("**", _NUMBER, _NUMBER): _power,
    ("+", "string", "string"): _joined,
    ("+", _DAYS, _DAYS): lambda a, b: a + b,
    ("-", _DAYS, _DAYS): lambda a, b: a - b,
    ("/", _DAYS, _DAYS): _ratio,
    ("*", _DAYS, _NUMBER): lambda a, b: span_of(CONTEXT.multiply(seconds(a), b)),
    ("*", _NUMBER, _DAYS): lambda a, b: span_of(CONTEXT.multiply(seconds(b), a)),
    ("/", _DAYS, _NUMBER): lambda a, b: span_of(CONTEXT.divide(seconds(a), b)),
    ("+", _MONTHS, _MONTHS): lambda a, b: Months(a.count + b.count),
    ("-", _MONTHS, _MONTHS): lambda a, b: Months(a.count - b.count),
    ("/", _MONTHS, _MONTHS): lambda a, b: CONTEXT.divide(Decimal(a.count), Decimal(b.count)),
    ("*", _MONTHS, _NUMBER): lambda a, b: Months(int(CONTEXT.multiply(Decimal(a.count), b))),
    ("*", _NUMBER, _MONTHS): lambda a, b: Months(int(CONTEXT.multiply(Decimal(b.count), a))),
    ("/", _MONTHS, _NUMBER): lambda a, b: Months(int(CONTEXT.divide(Decimal(a.count), b))),
    ("-", "date", "date"): lambda a, b: a - b,
    ("-", "date and time", "date and time"): _between,
    ("-", "date and time", "date"): lambda a, b: a - datetime.combine(b, time(), tzinfo=a.tzinfo),
    ("-", "date", "date and time"): lambda a, b: datetime.combine(a, time(), tzinfo=b.tzinfo) - b,
    ("-", "time", "time"): lambda a, b: (
        datetime.combine(date(2000, 1, 1), a) - datetime.combine(date(2000, 1, 1), b)
    ),
    ("+", "date", _MONTHS): lambda a, b: later(a, b.count),
    ("+", _MONTHS, "date"): lambda a, b: later(b, a.count),
    ("-", "date", _MONTHS): lambda a, b: later(a, -b.count),
    ("+", "date and time", _MONTHS): lambda a, b: later(a, b.count),
    ("+", _MONTHS, "date and time"): lambda a, b: later(b, a.count),
    ("-", "date and time", _MONTHS): lambda a, b: later(a, -b.count),
    ("+", "date", _DAYS): lambda a, b: a + timedelta(days=b.days),
    ("+", _DAYS, "date"): lambda a, b: b + timedelta(days=a.days),
    ("-", "date", _DAYS): lambda a, b: a - timedelta(days=b.days),
    ("+", "date and time", _DAYS): lambda a, b: a + b,
    ("+", _DAYS, "date and time"): lambda a, b: b + a,
    ("-", "date and time", _DAYS): lambda a, b: a - b,
    ("+", "time", _DAYS): _turned,
    ("+", _DAYS, "time"): lambda a, b: _turned(b, a),
    ("-", "time", _DAYS): lambda a, b: _turned(a, -b),
}
