"""The functions of the expression language: pure, bounded, over values and the facts of a command.

Each takes the frame it runs in and its arguments, already computed; those over a list take an iterator.
Names are looked up in `FUNCTIONS` when a text is compiled, never by attribute. May import model/ and time/.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any, Protocol, TypeAlias

from signoff.model import literal
from signoff.model.facts import Facts
from signoff.model.fault import ExpressionFault
from signoff.model.operation import (
    LONGEST_LIST,
    LONGEST_TEXT,
    NUMBER,
    ORDERED,
    ORDERS,
    arithmetic,
    cost_of,
    frozen,
    kind_of,
    unordered,
)
from signoff.time.span import months_after

FARTHEST = 10_000  # working days
_ROUND = Context(prec=60)
_add = arithmetic("+")


class Frame(Protocol):
    """What a function may use of the evaluation it runs in."""

    facts: Facts

    def spend(self, steps: int, /) -> None: ...


Function: TypeAlias = Callable[..., Any]


def _wrong(function: str, want: str, got: Any) -> ExpressionFault:
    if got is None:
        return ExpressionFault("null_value", name="")
    return ExpressionFault("wrong_type", function=function, want=want, got=kind_of(got))


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is Decimal


def _number(function: str, value: Any) -> int | Decimal:
    if _is_number(value):
        return value  # type: ignore[no-any-return]  # just tested
    raise _wrong(function, "number", value)


def _whole(function: str, value: Any, most: int) -> int:
    number = _number(function, value)
    whole = int(number)
    if number != whole:
        raise ExpressionFault("wrong_type", function=function, want="integer", got="decimal")
    if abs(whole) > most:
        raise ExpressionFault("out_of_range")
    return whole


def _text(function: str, value: Any) -> str:
    if type(value) is str:
        return value
    raise _wrong(function, "text", value)


def _day(frame: Frame, function: str, value: Any) -> date:
    if type(value) is date:
        return value
    if type(value) is datetime:
        return frame.facts.calendar.day_of(value)
    raise _wrong(function, "date", value)


def elements(value: Any, function: str = "for") -> list[Any]:
    """The list itself; a fault for null, for anything else, and for more than 10,000 elements."""
    if type(value) is not list:
        raise _wrong(function, "list", value)
    if len(value) > LONGEST_LIST:
        raise ExpressionFault("list_too_long", most=LONGEST_LIST)
    return value


# over a list -----------------------------------------------------------------------------------------------


def _true(function: str, value: Any) -> bool:
    if value is True or value is False:
        return value is True
    raise ExpressionFault("null_value", name="") if value is None else _wrong(function, "boolean", value)


def _all(_: Frame, items: Iterable[Any]) -> bool:
    return all(_true("all", item) for item in items)


def _any(_: Frame, items: Iterable[Any]) -> bool:
    return any(_true("any", item) for item in items)


def _count(_: Frame, items: Iterable[Any]) -> int:
    return sum(1 for _ in items)


def _sum(_: Frame, items: Iterable[Any]) -> Any:
    total: Any = 0
    for item in items:
        total = _add(total, _number("sum", item))
    return total


def _extreme(function: str, sign: str) -> Function:
    better = ORDERS[sign]

    def run(_: Frame, items: Iterable[Any]) -> Any:
        found: Any = None
        for item in items:
            if found is None:
                found = item
            if (type(item), type(found)) not in ORDERED:
                raise unordered(sign, item, found)
            found = item if better(item, found) else found
        if found is None:
            raise ExpressionFault("empty_list", function=function)
        return found

    return run


def _unique(frame: Frame, items: Iterable[Any]) -> list[Any]:
    found: dict[Any, Any] = {}
    for item in items:
        frame.spend(1 + cost_of(item))
        found.setdefault(frozen(item), item)
    return list(found.values())


def _first(_: Frame, items: Iterator[Any]) -> Any:
    return next(iter(items), None)


# values ----------------------------------------------------------------------------------------------------


def _filled(_: Frame, value: Any) -> bool:
    return value is not None and value not in ("", [])


def _abs(_: Frame, value: Any) -> Any:
    number = _number("abs", value)
    return abs(number) if type(number) is int else NUMBER.abs(number)


def _rounded(function: str, mode: str) -> Function:
    def run(_: Frame, value: Any, *places: Any) -> Any:
        number = _number(function, value)
        digits = _whole(function, places[0], 28) if places else 0
        try:
            result = Decimal(number).quantize(Decimal(1).scaleb(-digits), rounding=mode, context=_ROUND)
        except InvalidOperation:
            raise ExpressionFault("out_of_range") from None
        return literal.bounded(result) if places else int(result)

    return run


def _length(_: Frame, value: Any) -> int:
    if type(value) is str or type(value) is list:
        return len(value)
    raise _wrong("length", "text", value)


def _change(function: str, change: Callable[[str], str]) -> Function:
    def run(frame: Frame, value: Any) -> str:
        text = _text(function, value)
        frame.spend(len(text) // 256)
        return change(text)

    return run


def _like(frame: Frame, value: Any, pattern: Any) -> bool:
    """`*` any text, `?` one character. All positions of the pattern at once, as bits: time grows with the text."""
    text, shape = _text("like", value), _text("like", pattern)
    if len(text) > LONGEST_TEXT or len(shape) > 1_000:
        raise ExpressionFault("text_too_long", most=LONGEST_TEXT)
    frame.spend(len(text) // 16)
    shape = _squeezed(shape)
    wanted = [char for char in shape if char != "*"]
    stars = _star_places(shape)
    places: dict[str, int] = {}
    for bit, char in enumerate(wanted):
        places[char] = places.get(char, 0) | 1 << bit
    anyone = places.get("?", 0)
    reached = 1
    for char in text:
        reached = (reached & (places.get(char, 0) | anyone)) << 1 | (reached & stars)
        if not reached:
            return False
    return bool(reached >> len(wanted) & 1)


def _squeezed(shape: str) -> str:
    while "**" in shape:
        shape = shape.replace("**", "*")
    return shape


def _star_places(shape: str) -> int:
    """A bit for every number of matched characters after which a star lets the text run on."""
    bits = matched = 0
    for char in shape:
        if char == "*":
            bits |= 1 << matched
        else:
            matched += 1
    return bits


def _as_text(frame: Frame, value: Any) -> str:
    match value:
        case None:
            raise ExpressionFault("null_value", name="")
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return f"{Decimal(value):f}"
        case datetime():
            return frame.facts.calendar.here(value).strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
        case timedelta():
            return literal.iso_length(value)
        case str():
            return value
        case {"text": str(text), "compare": _, "number": _} | {"name": str(text), "id": _, "groups": _}:
            return text
    raise _wrong("text", "text", value)


def _read(function: str, read: Callable[[str], Any]) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        try:
            return read(_text(function, value))
        except ValueError:
            raise ExpressionFault("unreadable_text", function=function, text=str(value)[:60]) from None

    return run


_read_number, _read_day = _read("number", literal.number), _read("date", literal.day)


def _as_date(frame: Frame, value: Any) -> date:
    if type(value) is str:
        day: date = _read_day(value)
        return day
    return _day(frame, "date", value)


# time ------------------------------------------------------------------------------------------------------


def _span(function: str, seconds: int) -> Function:
    def run(_: Frame, value: Any) -> timedelta:
        try:
            microseconds = NUMBER.multiply(Decimal(_number(function, value)), seconds * 1_000_000)
            return timedelta(microseconds=int(microseconds))
        except OverflowError:
            raise ExpressionFault("out_of_range") from None

    return run


def _months_after(frame: Frame, value: Any, months: Any) -> date:
    day, count = _day(frame, "months_after", value), _whole("months_after", months, 120_000)
    try:
        return months_after(day, count)
    except (OverflowError, ValueError):
        raise ExpressionFault("out_of_range") from None


def _working_days(frame: Frame, start: Any, end: Any) -> int:
    frame.spend(10)
    day = _day(frame, "working_days", start)
    return frame.facts.calendar.count_working(day, _day(frame, "working_days", end))


def _add_working_days(frame: Frame, start: Any, count: Any) -> date:
    number = _whole("add_working_days", count, FARTHEST)
    frame.spend(1 + abs(number) // 5)
    try:
        return frame.facts.calendar.add_working(_day(frame, "add_working_days", start), number)
    except OverflowError:
        raise ExpressionFault("out_of_range") from None


# facts and records -----------------------------------------------------------------------------------------


def _meets(_: Frame, value: Any, target: Any) -> bool:
    number = _number("meets", value)
    if not isinstance(target, dict) or "compare" not in target:
        raise _wrong("meets", "target", target)
    if target["compare"] == "==":
        return bool(number == target["number"])
    return bool(ORDERS[target["compare"]](number, target["number"]))


def _member(frame: Frame, person: Any, group: Any) -> bool:
    if not isinstance(person, dict) or "id" not in person:
        raise _wrong("member", "person", person)
    return frame.facts.member(person["id"], _text("member", group))


def _append(frame: Frame, items: Any, item: Any) -> list[Any]:
    frame.spend(len(elements(items, "append")) // 10)
    if len(items) >= LONGEST_LIST:
        raise ExpressionFault("list_too_long", most=LONGEST_LIST)
    return [*items, item]


def _nth(_: Frame, items: Any, place: Any) -> Any:  # from 1, or -1 for the last; null beyond the ends
    found, number = elements(items, "nth"), _whole("nth", place, LONGEST_LIST)
    return found[number - (number > 0)] if 0 < abs(number) <= len(found) else None


def _document(frame: Frame, document: str) -> dict[str, Any] | None:
    found = frame.facts.document(document)
    return None if found is None else {**found, "by": _person(found.get("by"))}


def _done_by(frame: Frame, step: str) -> dict[str, Any] | None:
    return _person(frame.facts.done_by(step))


def _person(found: str | Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not isinstance(found, str):
        return dict(found) if found else None
    return {"id": found, "name": found, "department": "", "title": "", "groups": []}


#: Functions over a list or a `for`: they take an iterator.
OVER_LISTS: Mapping[str, Function] = {
    "all": _all,
    "any": _any,
    "count": _count,
    "sum": _sum,
    "min": _extreme("min", "<"),
    "max": _extreme("max", ">"),
    "unique": _unique,
    "first": _first,
}

#: Functions over values; `default` and `record` are built by the compiler.
FUNCTIONS: Mapping[str, Function] = {
    "filled": _filled,
    "abs": _abs,
    "round": _rounded("round", ROUND_HALF_UP),
    "floor": _rounded("floor", ROUND_FLOOR),
    "ceil": _rounded("ceil", ROUND_CEILING),
    "length": _length,
    "lower": _change("lower", str.lower),
    "trim": _change("trim", str.strip),
    "like": _like,
    "text": _as_text,
    "number": lambda _, value: _read_number(value),
    "today": lambda frame: frame.facts.calendar.day_of(frame.facts.now),
    "now": lambda frame: frame.facts.now,
    "date": _as_date,
    "year": lambda frame, value: _day(frame, "year", value).year,
    "month": lambda frame, value: _day(frame, "month", value).month,
    "day": lambda frame, value: _day(frame, "day", value).day,
    "weekday": lambda frame, value: _day(frame, "weekday", value).isoweekday(),
    "days": _span("days", 86_400),
    "hours": _span("hours", 3_600),
    "minutes": _span("minutes", 60),
    "months_after": _months_after,
    "working_day": lambda frame, value: frame.facts.calendar.is_working(_day(frame, "working_day", value)),
    "working_days": _working_days,
    "add_working_days": _add_working_days,
    "meets": _meets,
    "member": _member,
    "append": _append,
    "nth": _nth,
    "document": _document,
    "verdict": lambda frame, step: frame.facts.verdict(step),
    "done_at": lambda frame, step: frame.facts.done_at(step),
    "done_by": _done_by,
}
