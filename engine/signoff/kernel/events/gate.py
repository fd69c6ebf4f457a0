"""Events of gates: opened, asked, voted, decided, changed under the feet of the voters."""

from dataclasses import dataclass, field
from datetime import datetime

from signoff.kernel.events.base import Event, Said
from signoff.kernel.state import Decision, Mode, Person
from signoff.model.gate import Meaning, Ruling, Strength


@dataclass(slots=True)
class GateOpened(Event):
    """A round of votes begins. `bound`: what is decided on, part -> hash; `subject` is the hash over it."""

    id: str
    activity: str
    node: str
    scope: str
    round: int
    subject: str
    bound: dict[str, str]
    entries: int
    preparers: tuple[str, ...] = ()


@dataclass(slots=True)
class EntrySkipped(Event):
    """An entry whose `if` is false."""

    gate: str
    entry: int


@dataclass(slots=True)
class EntryPassed(Event):
    """Enough said yes; or, with `mode` auto, the `rule` of the definition that it passes by held."""

    gate: str
    entry: int
    mode: Mode = Mode.MANUAL
    rule: str = ""


@dataclass(slots=True)
class EntryDeclined(Event):
    gate: str
    entry: int


@dataclass(slots=True)
class VoteCast(Event):
    """A person said yes or no or abstained, in which role, how strongly proved, on which subject.

    With `mode` auto a rule has let the person's yes in the entry `source` (GATE#entry) count here as well.
    """

    gate: str
    entry: int
    person: str
    name: str
    role: str
    decision: Decision
    subject: str
    meaning: Meaning
    strength: Strength
    note: Said = ""
    mode: Mode = Mode.MANUAL
    source: str = ""
    on_behalf_of: str = ""  # whose seat it is, where `person` acts under `grant`
    grant: str = ""


@dataclass(slots=True)
class GatePassed(Event):
    """All that the gate demands is there."""

    gate: str
    node: str
    approvers: tuple[str, ...] = ()


@dataclass(slots=True)
class GateDeclined(Event):
    """`closed` here and below: the entries that leave the inboxes, as GATE#entry."""

    gate: str
    node: str
    closed: tuple[str, ...] = ()


@dataclass(slots=True)
class GateReturned(Event):
    """Somebody who was asked sent the work back to `to`.

    `entry`: in which he was asked, as whom, how strongly proved, on which subject; none where a no led here.
    """

    gate: str
    node: str
    to: str
    by: str
    note: Said = ""
    closed: tuple[str, ...] = ()
    entry: int | None = None
    name: str = ""
    role: str = ""
    subject: str = ""
    strength: Strength = Strength.ASSERTED
    on_behalf_of: str = ""
    grant: str = ""


@dataclass(slots=True)
class VotesVoided(Event):
    """What an open or returned gate decides on has changed, or its work came back: a new round begins.

    `voided` entries start again; the others watch nothing that changed, and their votes stand. `activity`: after
    a smart return, the new one that takes the gate over.
    """

    gate: str
    node: str
    round: int
    changed: list[str]
    voided: list[int]
    subject: str
    bound: dict[str, str]
    preparers: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    activity: str = ""


@dataclass(slots=True)
class GateReopened(Event):
    """What a passed gate approved has changed: it is stale and asks again, beside the flow."""

    gate: str
    node: str
    round: int
    changed: list[str]
    voided: list[int]
    subject: str
    bound: dict[str, str]
    preparers: tuple[str, ...] = ()


@dataclass(slots=True)
class GateCancelled(Event):
    """Gone with its activity, or superseded by a return."""

    gate: str
    reason: str
    closed: tuple[str, ...] = ()


@dataclass(slots=True)
class RuleWaived(Event):
    """Of a task; or of a gate (`activity` is its id) that asks again after its task has ended.

    `on`: the hash of what the rule read, beyond which it does not count; empty until open work is handed in.
    """

    activity: str
    rule: str
    person: str
    reason: Said
    on: str = ""


@dataclass(slots=True)
class RuleWarned(Event):
    """A rule that only tells did not hold."""

    activity: str
    rule: str
    fields: list[str] = field(default_factory=list)


# the clock of one entry; `target` is GATE#entry --------------------------------------------------------------


@dataclass(slots=True)
class EntryDueSet(Event):
    """An entry's own deadline, and the next rung of its own ladder; as `time.DueSet` of a task."""

    target: str
    node: str
    due: datetime | None
    base: datetime | None
    rung: int
    rung_at: datetime | None
    born_late: bool = False
    moved: bool = False


@dataclass(slots=True)
class EntryRungFired(Event):
    """A rung of an entry's ladder: these were told, and with `decides` the entry is decided by that rule."""

    target: str
    node: str
    rung: int
    level: str
    say: str
    due: datetime
    people: list[Person]
    next_at: datetime | None = None
    decides: Ruling | None = None


@dataclass(slots=True)
class EntryRungPassed(Event):
    """A rung that does nothing: its condition is false."""

    target: str
    rung: int
    reason: str
    next_at: datetime | None = None


@dataclass(slots=True)
class EntryClockStopped(Event):
    """The entry is closed, or its round is over. `owed`: a rung was still to come."""

    target: str
    owed: bool = False
