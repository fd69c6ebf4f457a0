"""What comes from outside or goes there by name: messages, signals, and the codes of errors and escalations.

May import expressions, types and time/; nothing else of signoff.
"""

from dataclasses import dataclass

from signoff.model.expression import Expression
from signoff.model.types import Declaration, Text
from signoff.time.relative import Span


@dataclass(frozen=True, slots=True)
class Message:
    """What may arrive for one taker; its `name` is what the world calls it, computed (`named`) where it is armed.

    `keep`: how long it waits for a taker that is not there yet. `fields` type what it carries. `reads`: the key
    that it is for, computed from what it carries, where whoever sends it names none (correlation property).
    """

    id: str
    name: str
    named: Expression | None = None
    keep: Span | None = None
    fields: tuple[Declaration, ...] = ()
    reads: Expression | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """What everybody hears who listens at that moment, in all instances."""

    id: str
    name: str
    named: Expression | None = None
    fields: tuple[Declaration, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A declared error or escalation: events name it by its `code`."""

    id: str
    code: str
    label: Text = Text()
