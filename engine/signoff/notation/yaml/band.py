"""The cells of a table: a literal, a list of them, or a band of numbers; and whether rows overlap or leave gaps.

Code B04. Bands: `below 5000` 不满5000, `5000 to below 2万` 5000以上不满2万, `from 20万` 20万以上, `over 5` 超过5,
`up to 5` 5以下; 以上 and 以下 include the number (Civil Code, art. 1259). May import model and its siblings.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, pairwise, product
from typing import TypeAlias

from signoff.model import literal
from signoff.model.types import Kind, OneOf, Scalar, Type
from signoff.notation.yaml.context import Context
from signoff.notation.yaml.tree import Items, Leaf, Tree

Point: TypeAlias = Decimal | str | bool

_NUMBERS = (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY)
_MOST_POINTS = 20_000  # combinations of inputs that are tried
_BANDS = (
    (re.compile(r"(.+?) to below (.+)|(.+?)以上不满(.+)"), ("from", "below")),
    (re.compile(r"below (.+)|不满(.+)"), ("below",)),
    (re.compile(r"from (.+)|(.+)以上"), ("from",)),
    (re.compile(r"over (.+)|超过(.+)"), ("over",)),
    (re.compile(r"up to (.+)|(.+)以下"), ("upto",)),
)
SIGNS = {"from": ">=", "over": ">", "below": "<", "upto": "<="}


@dataclass(frozen=True, slots=True)
class Band:
    """Numbers between limits; each limit is a sign and a number."""

    limits: tuple[tuple[str, Decimal], ...]

    def text(self, value: str) -> str:
        """The test as an expression over `value`."""
        return " and ".join(f"({value}) {SIGNS[kind]} {number:f}" for kind, number in self.limits)

    def holds(self, point: Point) -> bool:
        assert isinstance(point, Decimal)
        return all(_compare(kind, point, number) for kind, number in self.limits)


@dataclass(frozen=True, slots=True)
class Among:
    """One of a few values."""

    values: tuple[Point, ...]

    def text(self, value: str) -> str:
        if len(self.values) == 1:
            return f"({value}) == {_written(self.values[0])}"
        return f"({value}) in [{', '.join(_written(one) for one in self.values)}]"

    def holds(self, point: Point) -> bool:
        return point in self.values


Test: TypeAlias = Band | Among


def _compare(kind: str, point: Decimal, number: Decimal) -> bool:
    match kind:
        case "from":
            return point >= number
        case "over":
            return point > number
        case "below":
            return point < number
    return point <= number


def _written(value: Point) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else f"'{value}'"


def read_cell(context: Context, type_: Type, cell: Tree) -> Test | None:
    """What the cell demands of its input, or None (then B04)."""
    leaves = [leaf for leaf in cell if isinstance(leaf, Leaf)] if isinstance(cell, Items) else [cell]
    if len(leaves) == 1 and isinstance(leaves[0], Leaf) and _is_number(type_):
        return _band(context, leaves[0])
    values = [_value(context, type_, leaf) for leaf in leaves if isinstance(leaf, Leaf)]
    return None if None in values else Among(tuple(value for value in values if value is not None))


def _is_number(type_: Type) -> bool:
    return isinstance(type_, Scalar) and type_.kind in _NUMBERS


def _band(context: Context, leaf: Leaf) -> Test | None:
    text = " ".join(leaf.text.split())
    for pattern, kinds in _BANDS:
        if found := pattern.fullmatch(text):
            numbers = [_number(part) for part in found.groups() if part is not None]
            if None not in numbers:
                return Band(tuple(zip(kinds, (n for n in numbers if n is not None), strict=True)))
    if (number := _number(text)) is not None:
        return Among((number,))
    context.report("B04", leaf.place, "not_a_band", text=leaf.text)
    return None


def _number(text: str) -> Decimal | None:
    try:
        return literal.number(text.strip().removesuffix("元"))
    except ValueError:
        return None


def _value(context: Context, type_: Type, leaf: Leaf) -> Point | None:
    """A literal of the input's type."""
    if _is_number(type_) and (number := _number(leaf.text)) is not None:
        return number
    if isinstance(type_, Scalar) and type_.kind is Kind.BOOLEAN and leaf.text in ("true", "false"):
        return leaf.text == "true"
    if isinstance(type_, Scalar) and type_.kind is Kind.TEXT and "'" not in leaf.text:
        return leaf.text
    if isinstance(type_, OneOf):
        if leaf.text in type_.options:
            return leaf.text
        context.report.strange("B04", leaf.place, leaf.text, type_.options, "value_option")
        return None
    context.report("B04", leaf.place, "not_a_band", text=leaf.text)
    return None


# overlaps and gaps ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Conflicts:
    """The first values that two rows match, and the first that none matches; as people read them."""

    overlap: tuple[tuple[int, int], str] | None = None
    gap: str = ""


def conflicts(inputs: Mapping[str, Type], rows: Sequence[Mapping[str, Test]]) -> Conflicts:
    """Tries every combination of the values at, between and beyond the limits that the rows name."""
    axes = {
        name: list(_points(type_, [row[name] for row in rows if name in row]))
        for name, type_ in inputs.items()
    }
    overlap: tuple[tuple[int, int], str] | None = None
    gap = ""
    for values in islice(product(*axes.values()), _MOST_POINTS):
        point = dict(zip(axes, values, strict=True))
        hits = [n for n, row in enumerate(rows) if all(test.holds(point[name]) for name, test in row.items())]
        if len(hits) > 1 and overlap is None:
            overlap = ((hits[0], hits[1]), _shown(point))
        if not hits and not gap:
            gap = _shown(point)
    return Conflicts(overlap, gap)


def _points(type_: Type, tests: Sequence[Test]) -> Iterator[Point]:
    if isinstance(type_, OneOf):
        yield from type_.options
    elif isinstance(type_, Scalar) and type_.kind is Kind.BOOLEAN:
        yield from (True, False)
    elif _is_number(type_) and isinstance(type_, Scalar):
        yield from _numbers(type_, tests)
    else:
        words = dict.fromkeys(value for test in tests if isinstance(test, Among) for value in test.values)
        yield from words
        yield "…"  # any other text


def _numbers(type_: Scalar, tests: Sequence[Test]) -> Iterator[Decimal]:
    """Each limit, and one number in every stretch between, below and above them."""
    found = {number for test in tests if isinstance(test, Band) for _, number in test.limits}
    found |= {
        value
        for test in tests
        if isinstance(test, Among)
        for value in test.values
        if isinstance(value, Decimal)
    }
    marks = sorted(found) or [Decimal(0)]
    step = Decimal(1) if type_.kind is Kind.INTEGER else Decimal("0.01")
    between = [low + step for low, high in pairwise(marks) if low + step < high]
    for number in [*marks, *between, marks[0] - step, marks[-1] + step]:
        if (type_.min is None or number >= type_.min) and (type_.max is None or number <= type_.max):
            yield number


def _shown(point: Mapping[str, Point]) -> str:
    return ", ".join(
        f"{name} {value:f}" if isinstance(value, Decimal) else f"{name} {value}"
        for name, value in point.items()
    )
