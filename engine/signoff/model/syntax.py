"""The syntax tree of the expression language: what a checked text became. Must import nothing of signoff.

`start` and `end` count characters of the text as it was written.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

Written: TypeAlias = bool | int | Decimal | str | None


@dataclass(frozen=True, slots=True)
class Literal:
    value: Written
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Path:
    """A name and the fields read from it; `slot` is set when a `for` binds the name (innermost: highest)."""

    root: str
    fields: tuple[str, ...]
    start: int
    end: int
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """Fields read from something computed."""

    of: "Node"
    fields: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Negation:
    """Minus."""

    of: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Denial:
    """not."""

    of: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    sign: str
    left: "Node"
    right: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A chain: first sign node sign node …; the signs are == != < <= > >= in, not in."""

    first: "Node"
    rest: tuple[tuple[str, "Node"], ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Logic:
    """and, or; left to right, as far as needed."""

    word: str
    parts: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Choice:
    test: "Node"
    then: "Node"
    otherwise: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Each:
    """`body for name in source if test`, the only argument of its function."""

    body: "Node"
    name: str
    slot: int
    source: "Node"
    test: "Node | None"
    start: int
    end: int
    weight: int  # parts computed per element: what one turn costs


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language; `named` arguments belong to record() alone."""

    name: str
    arguments: tuple["Node | Each", ...]
    named: tuple[tuple[str, "Node"], ...]
    start: int
    end: int


Node: TypeAlias = (
    Literal | Path | Field | Negation | Denial | Arithmetic | Comparison | Logic | Choice | Listing | Call
)


def children(node: "Node | Each") -> tuple["Node | Each", ...]:
    """What a node is made of, in the order of evaluation."""
    match node:
        case Literal() | Path():
            return ()
        case Field() | Negation() | Denial():
            return (node.of,)
        case Arithmetic():
            return (node.left, node.right)
        case Comparison():
            return (node.first, *(part for _, part in node.rest))
        case Logic():
            return node.parts
        case Choice():
            return (node.test, node.then, node.otherwise)
        case Listing():
            return node.items
        case Each():
            return (node.source, *((node.test,) if node.test else ()), node.body)
        case Call():
            return (*node.arguments, *(part for _, part in node.named))
