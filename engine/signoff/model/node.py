"""What every element of a process has, and the flows between them.

May import expressions and types of model/; nothing else of signoff.
"""

from dataclasses import dataclass

from signoff.model.expression import Expression
from signoff.model.types import Text

Assignments = tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every element has. `scope` is the enclosing sub-process, empty at the top."""

    id: str
    label: Text = Text()
    scope: str = ""
    ref: str = ""  # the clause of the source document
    help: Text = Text()


@dataclass(frozen=True, slots=True)
class SequenceFlow:
    """From one node to another of the same scope, under a condition if one is given."""

    id: str
    source: str
    target: str
    condition: Expression | None = None
