"""The types of data: scalars, choices, lists, records, and the declarations that give them names.

A type is closed: named types were resolved when it was read. Limits (`min`, `max`) stand on the type, so that a
value can be read with nothing but its type. May import `model.expression`; nothing of the layers above.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as fresh
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from signoff.model.expression import Expression


@dataclass(frozen=True, slots=True)
class Text:
    """A text for people in Chinese, in English, or in both."""

    zh: str = ""
    en: str = ""

    @classmethod
    def of(cls, text: str, lang: str = "zh") -> "Text":
        return cls(zh=text) if lang == "zh" else cls(en=text)

    def get(self, lang: str) -> str:
        """The text in `lang`, else in the other language, else nothing."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


class Kind(StrEnum):
    """The scalar types; the words are those of the language."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    TEXT = "text"
    DATE = "date"
    DATETIME = "datetime"
    DURATION = "duration"
    PERSON = "person"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. `min` and `max` limit a number's value or a text's length; `currency` belongs to money."""

    kind: Kind
    currency: str = ""
    min: Decimal | None = None
    max: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OneOf:
    """A word out of a closed list."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """Values of one type in an order; `min` and `max` limit how many."""

    item: "Type"
    min: int | None = None
    max: int | None = None


class _Indexed:
    """Room for what a record derives from its fields once; no part of its value."""

    __slots__ = ("_computed", "_index")

    _computed: bool
    _index: Mapping[str, "Declaration"]


@dataclass(frozen=True, slots=True)
class Record(_Indexed):
    """Named fields; a field with a formula is computed and never stored."""

    fields: tuple["Declaration", ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {field.name: field for field in self.fields})
        object.__setattr__(self, "_computed", any(f.formula or is_computed(f.type) for f in self.fields))

    def __reduce__(self) -> tuple[type["Record"], tuple[tuple["Declaration", ...]]]:
        return Record, (self.fields,)

    @property
    def index(self) -> Mapping[str, "Declaration"]:
        """The fields by name."""
        return self._index

    @property
    def computed(self) -> bool:
        """Whether a formula stands anywhere inside."""
        return self._computed

    def get(self, name: str) -> "Declaration | None":
        return self._index.get(name)


Type: TypeAlias = Scalar | OneOf | ListOf | Record


@dataclass(frozen=True, slots=True)
class Declaration:
    """A name for data: a variable or a field. `default` is a value of the type, already read."""

    name: str
    type: Type
    label: Text = Text()
    help: Text = Text()
    optional: bool = False
    default: Any = fresh(default=None, hash=False)  # a Value: lists and records have no hash
    formula: Expression | None = None
    personal: bool = False  # may be erased, and stands in records as a salted hash only
    readers: tuple[str, ...] = ()  # roles; hidden from everybody else who neither works nor decides on it

    def title(self, lang: str) -> str:
        """The label in `lang`, else the name."""
        return self.label.get(lang) or self.name

    def formulas(self, inside: frozenset[str] = frozenset()) -> Iterator[tuple[Expression, frozenset[str]]]:
        """Its formula and those of its fields; with each, the names that it reads from outside of records."""
        if self.formula is not None:
            yield self.formula, self.formula.names - inside
        type_ = self.type
        while isinstance(type_, ListOf):
            type_ = type_.item
        if isinstance(type_, Record) and type_.computed:
            for field in type_.fields:
                yield from field.formulas(inside | type_.index.keys())


PERSON_FIELDS = ("id", "name", "department", "title", "groups")


def scalar(word: str) -> Scalar | None:
    """The scalar type that a word of the language names."""
    return Scalar(Kind(word)) if word in set(Kind) else None


def fields_of(type_: Type) -> Mapping[str, Type] | None:
    """The fields that a dot can read: those of a record, a person, a target; None for everything else."""
    if isinstance(type_, Record):
        return {field.name: field.type for field in type_.fields}
    if isinstance(type_, Scalar):
        return _BUILT_IN.get(type_.kind)
    return None


def is_computed(type_: Type) -> bool:
    """Whether a formula stands anywhere inside."""
    if isinstance(type_, ListOf):
        return is_computed(type_.item)
    return isinstance(type_, Record) and type_.computed


_WORD = Scalar(Kind.TEXT)
_BUILT_IN: Mapping[Kind, Mapping[str, Type]] = {
    Kind.PERSON: dict.fromkeys(PERSON_FIELDS[:-1], _WORD) | {"groups": ListOf(_WORD)},
    Kind.TARGET: {
        "text": _WORD,
        "compare": OneOf((">=", "<=", ">", "<", "==")),
        "number": Scalar(Kind.DECIMAL),
    },
}
