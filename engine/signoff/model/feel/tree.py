"""The parts of a FEEL expression, as the parser leaves them (DMN 1.3 §10.3.1.2).

Must import `value` only.
"""

from dataclasses import dataclass
from typing import TypeAlias

from signoff.model.feel.value import Value


@dataclass(frozen=True, slots=True)
class Constant:
    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Path:
    """`of.name`."""

    of: "Node"
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    """`of[test]`: by place or by condition."""

    of: "Node"
    test: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """`function(…)`; `names` is empty where arguments go by place."""

    function: "Node"
    arguments: tuple["Node", ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Negative:
    of: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, comparison, `and`, `or`; `sign` as written."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class In:
    """`value in tests`; also `between`."""

    value: "Node"
    tests: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Test:
    """A unary test: `< 5`, `= x`; with no sign an expression that may be true of what is tested, or equal to it."""

    sign: str
    of: "Node"


@dataclass(frozen=True, slots=True)
class Not:
    """`not(…)` of unary tests."""

    tests: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """`-`: true of everything."""


@dataclass(frozen=True, slots=True)
class Interval:
    low: "Node | None"
    high: "Node | None"
    with_low: bool
    with_high: bool


@dataclass(frozen=True, slots=True)
class If:
    condition: "Node"
    then: "Node"
    otherwise: "Node"


@dataclass(frozen=True, slots=True)
class Each:
    """`for`, `some`, `every`: the word, the names with what they run over (a pair of ends for `a..b`), the body."""

    word: str
    names: tuple[str, ...]
    over: tuple["Node", ...]
    body: "Node"


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A context: names and expressions, each of which sees those before it."""

    items: tuple[tuple[str, "Node"], ...]


@dataclass(frozen=True, slots=True)
class Lambda:
    """`function(a, b) body`."""

    names: tuple[str, ...]
    body: "Node"


@dataclass(frozen=True, slots=True)
class InstanceOf:
    of: "Node"
    type: str


Node: TypeAlias = (
    Constant
    | Name
    | Path
    | Filter
    | Call
    | Negative
    | Binary
    | In
    | Test
    | Not
    | Anything
    | Interval
    | If
    | Each
    | Listing
    | Entries
    | Lambda
    | InstanceOf
)
