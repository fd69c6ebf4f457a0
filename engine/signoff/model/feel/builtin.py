"""The functions of FEEL that take single values, and the register of all (DMN 1.3 §10.3.4).

Not here: `now` and `today` (the engine's time is no part of a decision), `matches`, `replace` and `split` (regular
expressions of a kind that may run for ever). A wrong argument gives null. May import `value`, `moment`, `listing`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)

from signoff.model.feel import listing, moment, value
from signoff.model.feel.value import CONTEXT, Function, Months, Range, Value

_ZERO, _ONE = Decimal(0), Decimal(1)


# text ----------------------------------------------------------------------------------------------------


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    first = int(start)
    if not first or (length is not None and length < _ONE):
        return None
    begin = first - 1 if first > 0 else max(len(text) + first, 0)
    return text[begin:] if length is None else text[begin : begin + int(length)]


def _before(text: str, mark: str) -> str:
    return text.partition(mark)[0] if mark in text else ""


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark in text else ""


def text_of(of: Value) -> str | None:
    """`string(x)`."""
    if of is None or isinstance(of, str):
        return of
    if isinstance(of, bool):
        return "true" if of else "false"
    if isinstance(of, Decimal):
        return plain(of)
    if isinstance(of, list):
        return "[" + ", ".join(_inside(item) for item in of) + "]"
    if isinstance(of, dict):
        return "{" + ", ".join(f"{name}: {_inside(item)}" for name, item in of.items()) + "}"
    if isinstance(of, Range):
        ends = ("[" if of.with_low else "(", "]" if of.with_high else ")")
        return f"{ends[0]}{_inside(of.low)} .. {_inside(of.high)}{ends[1]}"
    return None if isinstance(of, Function) else moment.written(of)


def plain(of: Decimal) -> str:
    """A number without an exponent and without idle zeros."""
    text = format(of, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _inside(of: Value) -> str:
    if isinstance(of, str):
        return '"' + of.replace('"', '\\"') + '"'
    return text_of(of) or "null"


def _number(text: str, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    if (
        grouping not in (None, " ", ",", ".")
        or point not in (None, ",", ".")
        or (grouping and grouping == point)
    ):
        return None
    bare = text.replace(grouping, "") if grouping else text
    bare = bare.replace(point, ".") if point else bare
    if not bare.isascii() or "_" in bare or bare != bare.strip():
        return None
    found = CONTEXT.create_decimal(bare)
    return found if found.is_finite() else None


# numbers -------------------------------------------------------------------------------------------------


def _rounding(mode: str) -> Callable[..., Value]:
    def rounded(number: Decimal, scale: Decimal = _ZERO) -> Decimal | None:
        if abs(scale) > 6_000:
            return None
        unit = _ONE.scaleb(-int(scale))
        return number.quantize(unit, rounding=mode, context=CONTEXT)

    return rounded


def _modulo(a: Decimal, b: Decimal) -> Decimal:
    floor = CONTEXT.divide(a, b).to_integral_value(rounding=ROUND_FLOOR)
    return CONTEXT.subtract(a, CONTEXT.multiply(b, floor))


def _even(number: Decimal) -> bool | None:
    return None if number != number.to_integral_value() else int(number) % 2 == 0


def _absolute(of: Value) -> Value:
    if isinstance(of, Months):
        return Months(abs(of.count))
    return abs(of) if isinstance(of, Decimal | timedelta) else None


# moments -------------------------------------------------------------------------------------------------


def _date(*parts: Value) -> date | None:
    match parts:
        case (str() as text,):
            return moment.date_of(text)
        case (datetime() as instant,):
            return instant.date()
        case (date() as day,):
            return day
        case (Decimal() as year, Decimal() as month, Decimal() as day):
            return date(int(year), int(month), int(day))
    return None


def _time(*parts: Value) -> time | None:
    match parts:
        case (str() as text,):
            return moment.time_of(text)
        case (datetime() as instant,):
            return instant.timetz()
        case (date(),):
            return time(tzinfo=UTC)
        case (time() as clock,):
            return clock
        case (Decimal() as hour, Decimal() as minute, Decimal() as second, *rest):
            offset = rest[0] if rest else None
            zone = timezone(offset) if isinstance(offset, timedelta) else None
            micros = int((second - int(second)) * 1_000_000)
            return time(int(hour), int(minute), int(second), micros, tzinfo=zone)
    return None


def _instant(*parts: Value) -> datetime | None:
    match parts:
        case (str() as text,):
            day = moment.date_of(text)
            return moment.instant_of(text) if day is None else datetime.combine(day, time())
        case (datetime() as instant,):
            return instant
        case (date() as day,):
            return datetime.combine(day, time())
        case (date() as day, time() as clock):
            return datetime.combine(day, clock)
    return None


def _duration(text: str) -> timedelta | Months | None:
    found = moment.months(text)
    return found if found is not None else moment.span(text)


def _months_between(a: date, b: date) -> Months:
    sign = 1 if a <= b else -1
    first, last = (a, b) if sign > 0 else (b, a)
    count = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return Months(sign * count)


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


# what each takes -----------------------------------------------------------------------------------------

_T, _N, _D = (str,), (Decimal,), (date,)
_ANY = (object,)


def _typed(
    call: Callable[..., Value], *types: tuple[type, ...], least: int | None = None, names: str = ""
) -> Function:
    """A function that is null for what is not of these types; `least` of them have to be given."""
    needed = len(types) if least is None else least

    def checked(arguments: list[Value]) -> Value:
        if not needed <= len(arguments) <= len(types):
            return None
        for at, (argument, allowed) in enumerate(zip(arguments, types, strict=False)):
            if not isinstance(argument, allowed) and not (
                argument is None and (at >= needed or allowed == _ANY)
            ):
                return None
            if isinstance(argument, bool) and allowed is not _ANY and bool not in allowed:
                return None
        return _guarded(call, arguments)

    return Function(checked, tuple(names.split(", ")) if names else ())


def _free(call: Callable[..., Value], names: str = "") -> Function:
    return Function(lambda arguments: _guarded(call, arguments), tuple(names.split(", ")) if names else ())


def _guarded(call: Callable[..., Value], arguments: list[Value]) -> Value:
    try:
        return call(*arguments)
    except (DecimalException, OverflowError, ValueError, ZeroDivisionError, TypeError, OSError):
        return None


_NUMBERS: Mapping[str, Function] = {
    "decimal": _typed(_rounding(ROUND_HALF_EVEN), _N, _N, names="n, scale"),
    "floor": _typed(_rounding(ROUND_FLOOR), _N, _N, least=1, names="n, scale"),
    "ceiling": _typed(_rounding(ROUND_CEILING), _N, _N, least=1, names="n, scale"),
    "round up": _typed(_rounding(ROUND_UP), _N, _N, names="n, scale"),
    "round down": _typed(_rounding(ROUND_DOWN), _N, _N, names="n, scale"),
    "round half up": _typed(_rounding(ROUND_HALF_UP), _N, _N, names="n, scale"),
    "round half down": _typed(_rounding(ROUND_HALF_DOWN), _N, _N, names="n, scale"),
    "abs": _typed(_absolute, (Decimal, timedelta, Months), names="n"),
    "modulo": _typed(_modulo, _N, _N, names="dividend, divisor"),
    "sqrt": _typed(lambda n: CONTEXT.sqrt(n) if n >= 0 else None, _N, names="number"),
    "log": _typed(lambda n: CONTEXT.ln(n) if n > 0 else None, _N, names="number"),
    "exp": _typed(lambda n: CONTEXT.exp(n) if n < 10_000 else None, _N, names="number"),
    "odd": _typed(lambda n: value.negated(_even(n)), _N, names="number"),
    "even": _typed(_even, _N, names="number"),
}
_TEXTS: Mapping[str, Function] = {
    "string": _typed(text_of, _ANY, names="from"),
    "number": _typed(_number, _T, _T, _T, least=1, names="from, grouping separator, decimal separator"),
    "substring": _typed(_substring, _T, _N, _N, least=2, names="string, start position, length"),
    "string length": _typed(lambda text: Decimal(len(text)), _T, names="string"),
    "upper case": _typed(str.upper, _T, names="string"),
    "lower case": _typed(str.lower, _T, names="string"),
    "substring before": _typed(_before, _T, _T, names="string, match"),
    "substring after": _typed(_after, _T, _T, names="string, match"),
    "contains": _typed(lambda text, part: part in text, _T, _T, names="string, match"),
    "starts with": _typed(str.startswith, _T, _T, names="string, match"),
    "ends with": _typed(str.endswith, _T, _T, names="string, match"),
    "string join": _typed(listing.joined, (list,), _T, least=1, names="list, delimiter"),
}
_MOMENTS: Mapping[str, Function] = {
    "date": _free(_date, "from"),
    "time": _free(_time, "from"),
    "date and time": _free(_instant, "date, time"),
    "duration": _typed(_duration, _T, names="from"),
    "years and months duration": _typed(_months_between, _D, _D, names="from, to"),
    "day of year": _typed(lambda day: Decimal(day.timetuple().tm_yday), _D, names="date"),
    "day of week": _typed(lambda day: _WEEKDAYS[day.weekday()], _D, names="date"),
    "month of year": _typed(lambda day: _MONTH_NAMES[day.month - 1], _D, names="date"),
    "week of year": _typed(lambda day: Decimal(day.isocalendar().week), _D, names="date"),
}
_OTHERS: Mapping[str, Function] = {
    "not": _typed(value.negated, _ANY, names="negand"),
    "is": _typed(lambda a, b: value.kind(a) == value.kind(b) and value.equal(a, b) is True, _ANY, _ANY),
    "get value": _typed(dict.get, (dict,), _T, names="m, key"),
    "get entries": _typed(lambda m: [{"key": k, "value": v} for k, v in m.items()], (dict,), names="m"),
}
_LISTS: Mapping[str, Function] = {
    name: _free(call, names) for name, (call, names) in listing.FUNCTIONS.items()
}
BUILTINS: Mapping[str, Function] = {**_NUMBERS, **_TEXTS, **_MOMENTS, **_OTHERS, **_LISTS}
