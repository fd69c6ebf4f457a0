"""What is known about the type of a part of an expression, and what the operators make of it (reference §10).

A written number may stand for money, a number variable may not; a written text is a word of its own. What is
not known (open data, null) fits everything. May import `model.types`.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from signoff.model.types import Declaration, Kind, ListOf, OneOf, Record, Scalar, Type

NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
ORDERED = frozenset({Kind.DATE, Kind.DATETIME, Kind.DURATION})


@dataclass(frozen=True, slots=True)
class Guess:
    """`type` is None when nothing is known; `written`: put together from literals alone; `null`: the word null."""

    type: Type | None
    written: bool = False
    null: bool = False

    @property
    def kind(self) -> Kind | None:
        """The scalar kind; a choice of words counts as text."""
        if isinstance(self.type, OneOf):
            return Kind.TEXT
        return self.type.kind if isinstance(self.type, Scalar) else None


UNKNOWN = Guess(None)
NULL = Guess(None, null=True)


def of(kind: Kind, *, written: bool = False) -> Guess:
    return Guess(Scalar(kind), written)


def literal(value: object) -> Guess:
    match value:
        case None:
            return NULL
        case bool():
            return of(Kind.BOOLEAN, written=True)
        case str():
            return Guess(OneOf((value,)), written=True)
    return of(Kind.DECIMAL if isinstance(value, Decimal) else Kind.INTEGER, written=True)


def word(type_: Type | None) -> str:
    """What a type is called in messages."""
    match type_:
        case Scalar():
            return f"{type_.kind} {type_.currency}" if type_.currency else str(type_.kind)
        case ListOf():
            return f"list of {word(type_.item)}"
        case Record():
            return "record"
        case OneOf():
            return "text"
    return "unknown"


def is_number(guess: Guess) -> bool:
    return guess.kind in NUMBERS


def is_money(guess: Guess) -> bool:
    return guess.kind is Kind.MONEY


def stands_for_money(guess: Guess) -> bool:
    return is_money(guess) or (is_number(guess) and guess.written)


def one_currency(left: Guess, right: Guess) -> bool:
    """Whether two amounts may meet: both money of one currency, or one of them a written number."""
    if is_money(left) and is_money(right):
        currencies = {getattr(left.type, "currency", ""), getattr(right.type, "currency", "")} - {""}
        return len(currencies) < 2
    return (is_money(left) or is_money(right)) and stands_for_money(left) and stands_for_money(right)


def compute(sign: str, left: Guess, right: Guess) -> Guess | None:
    """The type of `left sign right`; None when it cannot be computed."""
    if left.null or right.null:
        return None
    if left.type is None or right.type is None:
        return UNKNOWN
    if is_number(left) and is_number(right):
        whole = sign != "/" and left.kind is right.kind is Kind.INTEGER
        return of(Kind.INTEGER if whole else Kind.DECIMAL, written=left.written and right.written)
    if is_money(left) or is_money(right):
        return _money(sign, left, right)
    return _moments(sign, left, right)


def _money(sign: str, left: Guess, right: Guess) -> Guess | None:
    amount = replace(left if is_money(left) else right, written=False)
    if sign in {"+", "-"}:
        return amount if one_currency(left, right) else None
    if sign == "/" and is_money(left) and is_money(right):
        return of(Kind.DECIMAL) if one_currency(left, right) else None
    one_number = is_number(right) or (sign == "*" and is_number(left))
    return amount if one_number else None


def _moments(sign: str, left: Guess, right: Guess) -> Guess | None:
    kinds = (left.kind, right.kind)
    if kinds == (Kind.TEXT, Kind.TEXT) and sign == "+":
        return of(Kind.TEXT)
    if sign == "-" and kinds in {(Kind.DATE, Kind.DATE), (Kind.DATETIME, Kind.DATETIME)}:
        return of(Kind.DURATION)
    if sign in {"+", "-"} and right.kind is Kind.DURATION and left.kind in ORDERED:
        return Guess(left.type)
    if sign == "+" and left.kind is Kind.DURATION and right.kind in ORDERED:
        return Guess(right.type)
    return None


def ordered(left: Guess, right: Guess) -> bool:
    """Whether `<` has a meaning between them."""
    if left.null or right.null:
        return False
    if left.type is None or right.type is None:
        return True
    if is_number(left) and is_number(right):
        return True
    return one_currency(left, right) or (left.kind in ORDERED and left.kind is right.kind)


def comparable(left: Guess, right: Guess) -> bool:
    """Whether `==` has a meaning between them."""
    return merge(left, right) is not None


def merge(left: Guess, right: Guess) -> Guess | None:
    """The type that both have; None when they have none in common."""
    if left.type is None or right.type is None:
        return right if left.null else left if right.null else UNKNOWN
    both = left.written and right.written
    if is_number(left) and is_number(right):
        return of(Kind.INTEGER if left.kind is right.kind is Kind.INTEGER else Kind.DECIMAL, written=both)
    if one_currency(left, right):
        return Guess(left.type if is_money(left) else right.type)
    if left.kind is Kind.TEXT and right.kind is Kind.TEXT:
        return _words(left, right, written=both)
    if isinstance(left.type, ListOf) and isinstance(right.type, ListOf):
        item = merge(_item(left), _item(right))
        return Guess(ListOf(item.type or left.type.item), both) if item else None
    if isinstance(left.type, Record) and isinstance(right.type, Record):
        return left if fits(right, left.type) or fits(left, right.type) else None
    return Guess(left.type) if left.kind is not None and left.kind is right.kind else None


def _words(left: Guess, right: Guess, *, written: bool) -> Guess:
    if isinstance(left.type, OneOf) and isinstance(right.type, OneOf):
        return Guess(OneOf(tuple(dict.fromkeys(left.type.options + right.type.options))), written)
    return of(Kind.TEXT)


NOTHING: Type = OneOf(())  # the item of `[]`: no word at all, so it fits every list


def item(guess: Guess) -> Guess | None:
    """What a list holds; None when it is no list."""
    if guess.type is None:
        return None if guess.null else UNKNOWN
    return _item(guess) if isinstance(guess.type, ListOf) else None


def _item(guess: Guess) -> Guess:
    assert isinstance(guess.type, ListOf)
    inner = guess.type.item
    return UNKNOWN if inner == NOTHING else Guess(inner, guess.written)


def fits(got: Guess, want: Type) -> bool:
    """Whether a value may be stored under the type; limits and the exact words of a text are left to run time."""
    if got.type is None:
        return True
    match want:
        case OneOf():
            return isinstance(got.type, OneOf) and set(got.type.options) <= set(want.options)
        case ListOf():
            return isinstance(got.type, ListOf) and fits(_item(got), want.item)
        case Record():
            return isinstance(got.type, Record) and _fields_fit(got.type, want)
        case Scalar(kind=Kind.MONEY):
            return one_currency(got, Guess(want))
        case Scalar(kind=Kind.DECIMAL):
            return is_number(got)
    return got.kind is want.kind


def _fields_fit(got: Record, want: Record) -> bool:
    wanted = {field.name: field for field in want.fields if field.formula is None}
    given = {field.name: field for field in got.fields if field.formula is None}
    needed = {name for name, field in wanted.items() if not field.optional and field.default is None}
    return needed <= given.keys() <= wanted.keys() and all(
        fits(_field(field), wanted[name].type) for name, field in given.items()
    )


def _field(field: Declaration) -> Guess:
    return UNKNOWN if field.type == NOTHING else Guess(field.type)
