"""Events of the flow: the instance, its scopes, its tokens and its elements."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from signoff.kernel.events.base import Data, Event, Hidden, Said
from signoff.kernel.state import ActivityStatus, Person, Status
from signoff.model.priority import Priority
from signoff.model.value import Value


@dataclass(slots=True)
class InstanceStarted(Event):
    """An instance began on this version of its process.

    `salt` goes into the hashes over personal data that votes are bound to, so that nobody guesses it from them.
    """

    process: str
    version: str
    title: Said
    key: str
    starter: Person
    calendar: str  # the version that its deadlines are computed with
    salt: Said = ""
    counted_by: str = ""  # the name of that calendar


@dataclass(slots=True)
class InstanceEnded(Event):
    """The instance is over, with this status and outcome."""

    status: Status
    outcome: str
    reason: Said = ""


@dataclass(slots=True)
class InstanceReopened(Event):
    """An instance that was over goes on, because somebody asked for `request`; until when that could be asked."""

    request: str
    by: str
    until: datetime


@dataclass(slots=True)
class InstanceSuspended(Event):
    reason: Said


@dataclass(slots=True)
class InstanceResumed(Event):
    """`shifts`: whatever is counted from a moment before is later by as long as it stood still.

    `listening`: name and key of the messages that it waits for, by the ids of the waits; one may have come meanwhile.
    """

    shifts: bool = False
    listening: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class ScopeOpened(Event):
    id: str
    node: str
    parent: str
    activity: str
    version: str
    home: str
    origin: str = ""
    position: int = 0
    data: Data = field(default_factory=dict)
    authors: dict[str, tuple[str, ...]] = field(default_factory=dict)  # name -> whose work it is


@dataclass(slots=True)
class ScopeInterrupted(Event):
    """From here on nothing in this scope begins any more but the event sub-process `node`."""

    id: str
    node: str


@dataclass(slots=True)
class ScopeClosed(Event):
    id: str


@dataclass(slots=True)
class ElementEntered(Event):
    """An activity, catch event or gate began; `items` is the frozen list of a multi-instance body."""

    id: str
    node: str
    scope: str
    kind: str  # the class of the node, as `effects` and the read side tell them apart
    status: ActivityStatus
    opens: datetime | None = None
    due: datetime | None = None
    parent: str = ""
    origin: str = ""
    items: Annotated[list[Value] | None, Hidden.DERIVED] = None
    inbox: bool = False  # it stands in somebody's inbox
    priority: Priority = Priority.NORMAL


@dataclass(slots=True)
class ElementOpened(Event):
    """A scheduled task may now be done."""

    activity: str
    due: datetime | None = None


@dataclass(slots=True)
class ElementCompleted(Event):
    """Ended normally (passed, lapsed). `print` see `Completion`; `owed`: the kinds of what was owed at a time for it."""

    activity: str
    node: str
    scope: str
    status: ActivityStatus
    verdict: str
    by: str = ""
    approvers: tuple[str, ...] = ()
    print: str = ""
    inbox: bool = False
    owed: tuple[str, ...] = ()


@dataclass(slots=True)
class ElementCancelled(Event):
    """Ended from outside: interrupted, returned over, terminated; `missed` for an occurrence that its host outlived.

    `owed` as of `ElementCompleted`.
    """

    activity: str
    node: str
    scope: str
    reason: str
    inbox: bool = False
    owed: tuple[str, ...] = ()


@dataclass(slots=True)
class ElementSkipped(Event):
    """Its `if` was false."""

    node: str
    scope: str


@dataclass(slots=True)
class ElementReused(Event):
    """After a smart return: nothing it touches has changed, so its earlier completion stands."""

    node: str
    scope: str


@dataclass(slots=True)
class ElementPassed(Event):
    """A gateway or event that takes no time let a token through to these flows."""

    node: str
    scope: str
    flows: list[str] = field(default_factory=list)


@dataclass(slots=True)
class TokenParked(Event):
    """A token waits at a join."""

    scope: str
    node: str
    flow: str


@dataclass(slots=True)
class JoinFired(Event):
    """A join consumed one token of each of these flows."""

    scope: str
    node: str
    flows: list[str]


@dataclass(slots=True)
class TokensDropped(Event):
    """Tokens parked at this join went with what was cancelled."""

    scope: str
    node: str


@dataclass(slots=True)
class RegionReturned(Event):
    """`return to`: a block restarts at `target`; these elements' completions are superseded.

    With `smart` those that touch nothing that changed pass again unasked, but never what it was sent back to:
    `again`; with `direct` they all do, until it shows that votes among them are bound to something that changed.
    `passed` are the elements of the block that the flow had come to, and has not in the new round.
    """

    scope: str
    block: str
    target: str
    superseded: list[str]
    smart: bool
    note: Said = ""
    again: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    direct: bool = False


@dataclass(slots=True)
class DetourEnded(Event):
    """What was to be passed unasked after a direct return is done again: votes at `gates` do not fit any more."""

    scope: str
    elements: list[str]
    gates: list[str]


@dataclass(slots=True)
class OccurrenceFinished(Event):
    """One instance of a multi-instance body ended with these results; `by`: whose work they are."""

    body: str
    position: int
    results: Annotated[dict[str, Value], Hidden.DERIVED] = field(default_factory=dict)
    by: tuple[str, ...] = ()


@dataclass(slots=True)
class OccurrenceMissed(Event):
    """An open occurrence of a recurrence was closed with its host: reported, never lost."""

    node: str
    scope: str
    opened_at: datetime
