"""Events of what is waited for and thrown: subscriptions, messages, signals, escalations."""

from dataclasses import dataclass, field
from typing import Annotated

from signoff.kernel.events.base import Event, Hidden
from signoff.kernel.pending import Hears
from signoff.model.value import Value


@dataclass(slots=True)
class WaitArmed(Event):
    """An element listens; `name` and `key` are what a message or signal has to bear."""

    id: str
    node: str
    scope: str
    host: str
    kind: Hears
    name: str = ""
    key: str = ""
    part: int = 0


@dataclass(slots=True)
class WaitMet(Event):
    """What was waited for is there; `lasting`: the element goes on listening. `via`: under which id it was sent."""

    id: str
    node: str
    kind: Hears
    lasting: bool = False
    via: str = ""
    name: str = ""
    key: str = ""


@dataclass(slots=True)
class WaitDropped(Event):
    id: str
    node: str
    kind: Hears


@dataclass(slots=True)
class ConditionAsked(Event):
    """Whether the condition of a wait is true has changed, and nothing begins by it."""

    id: str
    holds: bool


@dataclass(slots=True)
class PartMet(Event):
    """One of several events that are all waited for has happened."""

    scope: str
    node: str
    host: str
    part: int


@dataclass(slots=True)
class PartsDone(Event):
    """All of them have, or nobody waits for them any more."""

    scope: str
    node: str
    host: str


@dataclass(slots=True)
class MessageThrown(Event):
    """A message for one taker, wherever it is; `keep`: how long it waits for one, in seconds."""

    node: str
    scope: str
    name: str
    key: str = ""
    data: Annotated[dict[str, Value], Hidden.DERIVED] = field(default_factory=dict)
    keep: int = 0


@dataclass(slots=True)
class SignalThrown(Event):
    """A signal for everybody who listens now; in this instance it has been heard already."""

    node: str
    scope: str
    name: str
    data: Annotated[dict[str, Value], Hidden.DERIVED] = field(default_factory=dict)


@dataclass(slots=True)
class EscalationRaised(Event):
    """An escalation, and the element that catches it (empty: none does, and nothing comes of it)."""

    node: str
    scope: str
    escalation: str
    catcher: str = ""


@dataclass(slots=True)
class RoundBegun(Event):
    """A complex gateway has fired with tokens of these flows; those of the others make its late round."""

    scope: str
    node: str
    flows: list[str]


@dataclass(slots=True)
class RoundOver(Event):
    scope: str
    node: str
