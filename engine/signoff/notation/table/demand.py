"""What one clause of a remark says, before it is put into a step.

Owns the kinds of demands. The clauses are read in `chinese` and `english`. Must not import either.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What a clause asks for."""

    APPROVE = "approve"  # a decision of named people
    UNNAMED = "unnamed"  # a decision, but nobody is named
    COPY = "copy"
    SECTIONS = "sections"
    CHECK = "check"
    DUE = "due"
    PARALLEL = "parallel"
    MODES = "modes"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Demand:
    """One clause: its text, and by kind the names, the items, the deadline or the row it speaks of.

    `need`: any, each, all, in turn, or a number. `rest`: something in the clause was not understood, so its
    text is kept as a note as well.
    """

    kind: Kind
    text: str
    names: tuple[str, ...] = ()
    need: str = "any"
    meaning: str = "approve"
    sign: bool = False
    items: tuple[str, ...] = ()
    phrase: str = ""
    rest: bool = False


class Person(Protocol):
    """Who may be named: `known` = met as an owner of the table, `person` = that, or called like a person or body."""

    def known(self, name: str) -> bool: ...

    def person(self, name: str) -> bool: ...


# Whether a text is a deadline.
Deadline = Callable[[str], bool]
