"""What a FEEL tree means: its value under the names in sight (DMN 1.3 §10.3.2).

Every part visited and every element run over is a step; too many are refused. May import `tree`, `value`, `builtin`
and errors.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from signoff.errors import UnsafeExpression
from signoff.model.feel import tree, value
from signoff.model.feel.builtin import BUILTINS
from signoff.model.feel.value import Function, Range, Value

MOST_STEPS = 100_000
MOST_CALLS = 30


class Scope:
    """The values in sight; inner scopes see those of the outer ones. Steps are counted for all of them together."""

    __slots__ = ("_budget", "_seen")

    def __init__(
        self,
        values: Mapping[str, Value],
        *,
        seen: Sequence[Mapping[str, Value]] = (),
        budget: "_Budget | None" = None,
    ) -> None:
        self._seen = (values, *seen)
        self._budget = budget or _Budget()

    def value(self, name: str) -> Value:
        """Null for a name that nobody has given a value."""
        return next((values[name] for values in self._seen if name in values), BUILTINS.get(name))

    def inner(self, values: Mapping[str, Value]) -> "Scope":
        return Scope(values, seen=self._seen, budget=self._budget)

    def step(self, count: int = 1) -> None:
        """Raises UnsafeExpression when there have been too many."""
        self._budget.steps -= count
        if self._budget.steps < 0:
            raise UnsafeExpression("feel_too_long_running", most=MOST_STEPS)

    @contextmanager
    def call(self) -> Iterator[None]:
        """The body of a function is worked out. Raises UnsafeExpression where they call each other without end."""
        self._budget.calls += 1
        if self._budget.calls > MOST_CALLS:
            raise UnsafeExpression("feel_too_deep", text="", near="", offset=0)
        yield
        self._budget.calls -= 1


@dataclass(slots=True)
class _Budget:
    """What one evaluation may still take; `calls`: functions inside functions."""

    steps: int = MOST_STEPS
    calls: int = 0


def evaluate(node: tree.Node, scope: Scope) -> Value:
    """The value of a part. Raises UnsafeExpression when it takes too long."""
    scope.step()
    return _PARTS[type(node)](node, scope)


# names, paths, calls -------------------------------------------------------------------------------------


def _path(node: tree.Path, scope: Scope) -> Value:
    return member(evaluate(node.of, scope), node.name)


def member(of: Value, name: str) -> Value:
    """`of.name`: of a context its entry, of a list that of each element, of a moment a part of it."""
    if isinstance(of, list):
        return [member(item, name) for item in of]
    if isinstance(of, dict):
        return of.get(name)
    part = _PROPERTIES.get((value.kind(of), name))
    return part(of) if part else None


def _days(of: timedelta) -> timedelta:
    return -of if of < timedelta() else of


def _signed(of: timedelta, found: int) -> Decimal:
    return Decimal(-found if of < timedelta() else found)


def _zone_name(of: datetime | time) -> str | None:
    return getattr(of.tzinfo, "key", None)


def _offset(of: datetime | time) -> timedelta | None:
    return of.utcoffset()


_CALENDAR: Mapping[str, Callable[[Any], Value]] = {
    "year": lambda of: Decimal(of.year),
    "month": lambda of: Decimal(of.month),
    "day": lambda of: Decimal(of.day),
    "weekday": lambda of: Decimal(of.isoweekday()),
}
_CLOCK: Mapping[str, Callable[[Any], Value]] = {
    "hour": lambda of: Decimal(of.hour),
    "minute": lambda of: Decimal(of.minute),
    "second": lambda of: Decimal(of.second),
    "time offset": _offset,
    "timezone": _zone_name,
}
_PROPERTIES: Mapping[tuple[str, str], Callable[[Any], Value]] = {
    **{("date", name): part for name, part in _CALENDAR.items()},
    **{("date and time", name): part for name, part in {**_CALENDAR, **_CLOCK}.items()},
    **{("time", name): part for name, part in _CLOCK.items()},
    ("years and months duration", "years"): lambda of: Decimal(int(of.count / 12)),
    ("years and months duration", "months"): lambda of: Decimal(int(of.count - int(of.count / 12) * 12)),
    ("days and time duration", "days"): lambda of: _signed(of, _days(of).days),
    ("days and time duration", "hours"): lambda of: _signed(of, _days(of).seconds // 3_600),
    ("days and time duration", "minutes"): lambda of: _signed(of, _days(of).seconds // 60 % 60),
    ("days and time duration", "seconds"): lambda of: _signed(of, _days(of).seconds % 60),
    ("range", "start"): lambda of: of.low,
    ("range", "end"): lambda of: of.high,
    ("range", "start included"): lambda of: of.with_low,
    ("range", "end included"): lambda of: of.with_high,
}


def _call(node: tree.Call, scope: Scope) -> Value:
    function = evaluate(node.function, scope)
    arguments = [evaluate(argument, scope) for argument in node.arguments]
    if not isinstance(function, Function):
        return None
    if node.names:
        given = dict(zip(node.names, arguments, strict=True))
        if not function.names or not given.keys() <= set(function.names):
            return None
        last = max(function.names.index(name) for name in given)
        arguments = [given.get(name) for name in function.names[: last + 1]]
    scope.step(sum(len(argument) for argument in arguments if isinstance(argument, list)))
    return function.call(arguments)


def _lambda(node: tree.Lambda, scope: Scope) -> Value:
    def call(arguments: list[Value]) -> Value:
        if len(arguments) != len(node.names):
            return None
        with scope.call():
            return evaluate(node.body, scope.inner(dict(zip(node.names, arguments, strict=True))))

    return Function(call, node.names)


# filters, loops ------------------------------------------------------------------------------------------


def _filter(node: tree.Filter, scope: Scope) -> Value:
    of = evaluate(node.of, scope)
    if of is None:
        return None
    items = of if isinstance(of, list) else [of]
    if _is_place(node.test):
        return _at(items, evaluate(node.test, scope))
    found = []
    for item in items:
        seen = {**(item if isinstance(item, dict) else {}), "item": item}
        test = evaluate(node.test, scope.inner(seen))
        if isinstance(test, Decimal):
            return _at(items, test)
        if test is True:
            found.append(item)
    return found


def _is_place(test: tree.Node) -> bool:
    return isinstance(test, tree.Constant | tree.Negative)


def _at(items: list[Value], place: Value) -> Value:
    if not isinstance(place, Decimal) or place != place.to_integral_value() or not place:
        return None
    at = int(place)
    return items[at - 1 if at > 0 else at] if abs(at) <= len(items) else None


def _each(node: tree.Each, scope: Scope) -> Value:
    if _run_over(node.over[0], scope) is None:
        return None
    rounds = _rounds(node, scope, {})
    if node.word == "for":
        found: list[Value] = []
        for names in rounds:
            found.append(evaluate(node.body, scope.inner({**names, "partial": found})))
        return found
    join = value.either if node.word == "some" else value.both
    verdict: bool | None = node.word == "every"
    for names in rounds:
        verdict = join(verdict, evaluate(node.body, scope.inner(names)))
    return verdict


def _rounds(node: tree.Each, scope: Scope, chosen: dict[str, Value]) -> Iterator[dict[str, Value]]:
    """Later lists may hang on the names of earlier ones."""
    if len(chosen) == len(node.names):
        yield chosen
        return
    for item in _run_over(node.over[len(chosen)], scope.inner(chosen)) or []:
        scope.step()
        yield from _rounds(node, scope, {**chosen, node.names[len(chosen)]: item})


def _run_over(node: tree.Node, scope: Scope) -> list[Value] | None:
    if not isinstance(node, tree.Interval):
        found = evaluate(node, scope)
        return found if isinstance(found, list) or found is None else [found]
    ends = [evaluate(end, scope) for end in (node.low, node.high) if end is not None]
    if not all(isinstance(end, Decimal) and end == end.to_integral_value() for end in ends):
        return None
    low, high = map(int, ends)
    scope.step(abs(high - low))
    step = 1 if low <= high else -1
    return [Decimal(n) for n in range(low, high + step, step)]


# tests, conditions, literals -----------------------------------------------------------------------------


def _in(node: tree.In, scope: Scope) -> bool | None:
    tested = evaluate(node.value, scope)
    inner = scope.inner({"?": tested})
    verdict: bool | None = False
    for test in node.tests:
        verdict = value.either(verdict, _meets(test, tested, inner))
    return verdict


def _meets(test: tree.Node, tested: Value, scope: Scope) -> bool | None:
    if not isinstance(test, tree.Test):
        found = evaluate(test, scope)
        return found if isinstance(found, bool) else None
    of = evaluate(test.of, scope)
    if test.sign:
        return _compared(test.sign, tested, of)
    return _fits(tested, of, spoken=_asks(test.of))


def _asks(node: tree.Node) -> bool:
    """Whether an expression is a condition about `?` rather than a value to be equal to."""
    match node:
        case tree.Name(name="?"):
            return True
        case (
            tree.Path(of=inner) | tree.Filter(of=inner) | tree.Negative(of=inner) | tree.InstanceOf(of=inner)
        ):
            return _asks(inner)
        case tree.Call(arguments=parts) | tree.Listing(items=parts):
            return any(map(_asks, parts))
        case tree.Binary(left=left, right=right):
            return _asks(left) or _asks(right)
        case tree.In(value=inner):
            return _asks(inner)
    return False


def _fits(tested: Value, of: Value, *, spoken: bool) -> bool | None:
    if spoken:
        return of if isinstance(of, bool) else None
    if isinstance(of, Range):
        return of.holds(tested)
    if isinstance(of, list):
        if isinstance(tested, list):
            return value.equal(tested, of)
        verdict: bool | None = False
        for item in of:
            verdict = value.either(verdict, _fits(tested, item, spoken=False))
        return verdict
    found = value.equal(tested, of)
    return False if found is None and tested is not None and of is not None else found


def _compared(sign: str, left: Value, right: Value) -> bool | None:
    if sign == "=":
        return value.equal(left, right)
    if sign == "!=":
        return value.negated(value.equal(left, right))
    return value.order(sign, left, right)


def _binary(node: tree.Binary, scope: Scope) -> Value:
    left = evaluate(node.left, scope)
    if node.sign == "and":
        return False if left is False else value.both(left, evaluate(node.right, scope))
    if node.sign == "or":
        return True if left is True else value.either(left, evaluate(node.right, scope))
    right = evaluate(node.right, scope)
    if node.sign in ("=", "!=", "<", "<=", ">", ">="):
        return _compared(node.sign, left, right)
    return value.arithmetic(node.sign, left, right)


def _if(node: tree.If, scope: Scope) -> Value:
    return evaluate(node.then if evaluate(node.condition, scope) is True else node.otherwise, scope)


def _not(node: tree.Not, scope: Scope) -> bool | None:
    return value.negated(_in(tree.In(tree.Name("?"), node.tests), scope))


def _entries(node: tree.Entries, scope: Scope) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, part in node.items:
        found[name] = evaluate(part, scope.inner(found))
    return found


def _interval(node: tree.Interval, scope: Scope) -> Value:
    low, high = (None if end is None else evaluate(end, scope) for end in (node.low, node.high))
    return Range(low, high, node.with_low, node.with_high)


def _instance(node: tree.InstanceOf, scope: Scope) -> bool:
    found = value.kind(evaluate(node.of, scope))
    short = {
        "day time duration": "days and time duration",
        "year month duration": "years and months duration",
    }
    wanted = short.get(node.type, node.type)
    return found != "null" if wanted == "Any" else found == wanted


_PARTS: Mapping[type, Callable[[Any, Scope], Value]] = {
    tree.Constant: lambda node, _scope: node.value,
    tree.Name: lambda node, scope: scope.value(node.name),
    tree.Path: _path,
    tree.Filter: _filter,
    tree.Call: _call,
    tree.Negative: lambda node, scope: value.opposite(evaluate(node.of, scope)),
    tree.Binary: _binary,
    tree.In: _in,
    tree.Test: lambda node, scope: _meets(node, scope.value("?"), scope),
    tree.Not: _not,
    tree.Anything: lambda _node, _scope: True,
    tree.Interval: _interval,
    tree.If: _if,
    tree.Each: _each,
    tree.Listing: lambda node, scope: [evaluate(item, scope) for item in node.items],
    tree.Entries: _entries,
    tree.Lambda: _lambda,
    tree.InstanceOf: _instance,
}
