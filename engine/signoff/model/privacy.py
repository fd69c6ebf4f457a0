"""Which data of a process is personal: of each declared name the whole value, or the parts that are.

Pure, and compiled once per definition. May import model.types.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from signoff.model.types import Declaration, ListOf, Record, Type

if TYPE_CHECKING:
    from signoff.model.definition import Definition


class Whole(Enum):
    """All of a value is personal."""

    WHOLE = "whole"


WHOLE: Final = Whole.WHOLE


@dataclass(frozen=True, slots=True)
class Items:
    """Of each item of a list these parts."""

    part: "Part"


#: None: nothing of it; a mapping: of a record these fields.
Part: TypeAlias = "Whole | Items | Mapping[str, Part] | None"


@dataclass(frozen=True, slots=True)
class Privacy:
    """What a definition declares personal. `known` are the names that it declares at all."""

    parts: Mapping[str, Part]
    known: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()  # what may be asked to be erased: data, fields, documents

    def part(self, name: str) -> Part:
        """What of the value of this name is personal; a name that nobody declares counts as derived, so all of it."""
        return self.parts.get(name) if name in self.known else WHOLE

    def of_any(self, name: str) -> bool:
        """Whether anything of the data visible under this name may be personal."""
        return bool(self.parts) and self.part(name) is not None

    def __bool__(self) -> bool:
        return bool(self.parts or self.documents)


NOTHING = Privacy({})


def privacy_of(definition: "Definition") -> Privacy:
    """What a definition declares personal, in whichever scope."""
    parts: dict[str, Part] = {}
    known: set[str] = set()
    documents = {each.id for each in definition.documents.values() if each.personal}
    names = set(documents)
    for scope in {"", *definition.starts}:
        for declared in definition.declared(scope).values():
            known.add(declared.name)
            names |= set(_named(declared))
            part = WHOLE if declared.personal else part_of(declared.type)
            if part is not None:
                before = parts.get(declared.name, part)
                parts[declared.name] = part if before == part else WHOLE
    _spread(parts, definition.formulas)
    return Privacy(parts, frozenset(known), frozenset(documents), frozenset(names))


def part_of(type_: Type) -> Part:
    """What of a value of this type is personal by the fields of its records."""
    if isinstance(type_, ListOf):
        inside = part_of(type_.item)
        return None if inside is None else WHOLE if inside is WHOLE else Items(inside)
    if not isinstance(type_, Record):
        return None
    found = {f.name: WHOLE if f.personal else part_of(f.type) for f in type_.fields}
    kept = {name: part for name, part in found.items() if part is not None}
    return kept or None


def _named(declaration: Declaration) -> Iterable[str]:
    """The personal names in a declaration: its own, and those of its fields."""
    if declaration.personal:
        yield declaration.name
    type_ = declaration.type
    while isinstance(type_, ListOf):
        type_ = type_.item
    for field in type_.fields if isinstance(type_, Record) else ():
        yield from _named(field)


def _spread(parts: dict[str, Part], reads: Mapping[str, frozenset[str]]) -> None:
    """What is computed of personal data is personal: it is not stored, but hashes over it are."""
    while more := {name for name, read in reads.items() if name not in parts and not read.isdisjoint(parts)}:
        parts.update(dict.fromkeys(more, WHOLE))
