"""The functions of FEEL over lists and ranges (DMN 1.3 §10.3.4.4, §10.3.4.9). May import `value` only."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal

from signoff.model.feel import value
from signoff.model.feel.value import CONTEXT, Months, Range, Value


def joined(items: list[Value], between: str | None = None) -> str | None:
    """`string join`: null elements are left out."""
    texts = [item for item in items if item is not None]
    return (between or "").join(texts) if all(isinstance(text, str) for text in texts) else None


def _given(items: tuple[Value, ...]) -> list[Value] | None:
    """The elements of the one list, or of those written out."""
    if len(items) == 1 and isinstance(items[0], list):
        return items[0]
    return None if len(items) == 1 and items[0] is None else list(items)


def _numbers(items: tuple[Value, ...]) -> list[Decimal] | None:
    found = _given(items)
    if found is None or not all(isinstance(item, Decimal) for item in found):
        return None
    return found


def _chosen(sign: str) -> Callable[..., Value]:
    def choose(*items: Value) -> Value:
        found = _given(items)
        if not found:
            return None
        best = found[0]
        for item in found:
            better = value.order(sign, item, best)
            if better is None:
                return None
            best = item if better else best
        return best

    return choose


def _sum(*items: Value) -> Value:
    found = _given(items)
    if not found:
        return None
    total = found[0]
    if not isinstance(total, Decimal | timedelta | Months):
        return None
    for item in found[1:]:
        total = value.arithmetic("+", total, item)
    return total


def _mean(*items: Value) -> Value:
    found = _numbers(items)
    return value.arithmetic("/", _sum(found), Decimal(len(found))) if found else None


def _product(*items: Value) -> Value:
    found = _numbers(items)
    if not found:
        return None
    result = Decimal(1)
    for number in found:
        result = CONTEXT.multiply(result, number)
    return result


def _median(*items: Value) -> Value:
    found = sorted(_numbers(items) or [])
    if not found:
        return None
    half = len(found) // 2
    if len(found) % 2:
        return found[half]
    return CONTEXT.divide(CONTEXT.add(found[half - 1], found[half]), Decimal(2))


def _deviation(*items: Value) -> Value:
    found = _numbers(items)
    if found is None or len(found) < 2:
        return None
    mean = _mean(found)
    squares = [CONTEXT.power(CONTEXT.subtract(number, mean), Decimal(2)) for number in found]
    return CONTEXT.sqrt(CONTEXT.divide(_sum(squares), Decimal(len(found) - 1)))


def _mode(*items: Value) -> Value:
    found = _numbers(items)
    if found is None:
        return None
    most = max(map(found.count, found), default=0)
    return sorted({number for number in found if found.count(number) == most})


def _all(*items: Value) -> bool | None:
    verdict: bool | None = True
    for item in _given(items) or []:
        verdict = value.both(verdict, item)
    return verdict if _given(items) is not None else None


def _any(*items: Value) -> bool | None:
    verdict: bool | None = False
    for item in _given(items) or []:
        verdict = value.either(verdict, item)
    return verdict if _given(items) is not None else None


def _contains(items: list[Value], element: Value) -> bool | None:
    if not isinstance(items, list):
        return None
    return any(value.equal(item, element) is True for item in items)


def _sublist(items: list[Value], start: Decimal, length: Decimal | None = None) -> list[Value] | None:
    first = int(start)
    if not isinstance(items, list) or not first or abs(first) > len(items):
        return None
    begin = first - 1 if first > 0 else len(items) + first
    return items[begin:] if length is None else items[begin : begin + int(length)]


def _append(items: list[Value], *more: Value) -> list[Value] | None:
    return [*items, *more] if isinstance(items, list) else None


def _concatenate(*lists: Value) -> list[Value] | None:
    if not all(isinstance(items, list) for items in lists):
        return None
    return [item for items in lists for item in items]


def _insert(items: list[Value], place: Decimal, new: Value) -> list[Value] | None:
    at = _place(items, place)
    return None if at is None else [*items[:at], new, *items[at:]]


def _remove(items: list[Value], place: Decimal) -> list[Value] | None:
    at = _place(items, place)
    return None if at is None else [*items[:at], *items[at + 1 :]]


def _place(items: list[Value], place: Decimal) -> int | None:
    at = int(place)
    if not isinstance(items, list) or not at or abs(at) > len(items):
        return None
    return at - 1 if at > 0 else len(items) + at


def _reverse(items: list[Value]) -> list[Value] | None:
    return items[::-1] if isinstance(items, list) else None


def _index(items: list[Value], element: Value) -> list[Value] | None:
    if not isinstance(items, list):
        return None
    return [Decimal(n) for n, item in enumerate(items, 1) if value.equal(item, element) is True]


def _distinct(items: list[Value]) -> list[Value] | None:
    if not isinstance(items, list):
        return None
    found: list[Value] = []
    for item in items:
        if not any(value.equal(item, seen) is True for seen in found):
            found.append(item)
    return found


def _union(*lists: Value) -> list[Value] | None:
    together = _concatenate(*lists)
    return None if together is None else _distinct(together)


def _flatten(items: Value) -> list[Value] | None:
    if not isinstance(items, list):
        return None
    return [part for item in items for part in (_flatten(item) or [] if isinstance(item, list) else [item])]


def _count(*items: Value) -> Decimal | None:
    found = _given(items)
    return None if found is None else Decimal(len(found))


# ranges --------------------------------------------------------------------------------------------------


def _ends(of: Value) -> Range:
    return of if isinstance(of, Range) else Range(of, of)


def _is_before(a: Value, b: Value) -> bool | None:
    first, second = _ends(a), _ends(b)
    apart = value.order("<", first.high, second.low)
    if apart is True or (first.with_high and second.with_low):
        return apart
    return value.either(apart, value.equal(first.high, second.low))


def _is_after(a: Value, b: Value) -> bool | None:
    return _is_before(b, a)


def _meets(a: Value, b: Value) -> bool | None:
    if not (isinstance(a, Range) and isinstance(b, Range)):
        return None
    return a.with_high and b.with_low and value.equal(a.high, b.low)


def _overlaps(a: Value, b: Value) -> bool | None:
    if not (isinstance(a, Range) and isinstance(b, Range)):
        return None
    return value.both(value.negated(_is_before(a, b)), value.negated(_is_before(b, a)))


def _includes(a: Value, b: Value) -> bool | None:
    if not isinstance(a, Range):
        return None
    if not isinstance(b, Range):
        return a.holds(b)
    low = value.either(
        value.order("<", a.low, b.low), value.equal(a.low, b.low) and (a.with_low or not b.with_low)
    )
    high = value.either(
        value.order(">", a.high, b.high), value.equal(a.high, b.high) and (a.with_high or not b.with_high)
    )
    return value.both(low, high)


FUNCTIONS: Mapping[str, tuple[Callable[..., Value], str]] = {
    "count": (_count, "list"),
    "min": (_chosen("<"), "list"),
    "max": (_chosen(">"), "list"),
    "sum": (_sum, "list"),
    "mean": (_mean, "list"),
    "product": (_product, "list"),
    "median": (_median, "list"),
    "stddev": (_deviation, "list"),
    "mode": (_mode, "list"),
    "all": (_all, "list"),
    "any": (_any, "list"),
    "list contains": (_contains, "list, element"),
    "sublist": (_sublist, "list, start position, length"),
    "append": (_append, ""),
    "concatenate": (_concatenate, ""),
    "insert before": (_insert, "list, position, newItem"),
    "remove": (_remove, "list, position"),
    "reverse": (_reverse, "list"),
    "index of": (_index, "list, match"),
    "union": (_union, ""),
    "distinct values": (_distinct, "list"),
    "flatten": (_flatten, "list"),
    "before": (_is_before, ""),
    "after": (_is_after, ""),
    "meets": (_meets, "range1, range2"),
    "met by": (lambda a, b: _meets(b, a), "range1, range2"),
    "overlaps": (_overlaps, "range1, range2"),
    "includes": (_includes, "range, point"),
    "during": (lambda a, b: _includes(b, a), "point, range"),
}
