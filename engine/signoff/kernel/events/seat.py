"""Events of those who vote at a gate: passed on, asked for an opinion, added, removed, taken back."""

from dataclasses import dataclass
from datetime import datetime

from signoff.kernel.events.base import Event, Said
from signoff.kernel.state import Decision, Person, Place
from signoff.model.gate import NeedKind
from signoff.model.priority import Priority


@dataclass(slots=True)
class SignersAsked(Event):
    """Whose move it is now in an entry; `new` are those of them whose move it was not before."""

    gate: str
    entry: int
    node: str
    people: tuple[str, ...]
    new: tuple[str, ...] = ()


@dataclass(slots=True)
class VoteTransferred(Event):
    """`person` votes from now on in the place of `source`, who has no right any more; the deadline stays."""

    gate: str
    entry: int
    node: str
    source: str
    person: Person
    note: Said = ""


@dataclass(slots=True)
class OpinionAsked(Event):
    """`owner` keeps the vote; `by` (he, or a delegate of his) asks this person for an opinion first."""

    gate: str
    entry: int
    node: str
    owner: str
    by: str
    person: Person
    note: Said = ""
    name: str = ""  # of the one who asks


@dataclass(slots=True)
class OpinionGiven(Event):
    """Binds nobody; the question is back at its owner."""

    gate: str
    entry: int
    node: str
    owner: str
    person: str
    name: str
    advice: Decision | None
    note: Said


@dataclass(slots=True)
class OpinionRecalled(Event):
    """The owner waits for it no longer."""

    gate: str
    entry: int
    node: str
    owner: str


@dataclass(slots=True)
class SignersAdded(Event):
    """Somebody on the roster has others sign before, beside or after him."""

    gate: str
    entry: int
    node: str
    by: str
    place: Place
    need: NeedKind
    people: list[Person]
    note: Said = ""


@dataclass(slots=True)
class SignerRemoved(Event):
    """Somebody who had not voted is asked no more and counts as neither yes nor no; signers of his go with him."""

    gate: str
    entry: int
    node: str
    person: str
    by: str
    reason: Said


@dataclass(slots=True)
class VoteTakenBack(Event):
    """A vote counts no more, while its entry is open, or passes without it."""

    gate: str
    entry: int
    node: str
    person: str
    reason: Said = ""


@dataclass(slots=True)
class EntryReopened(Event):
    """An approval was taken back: its entry is open again, what was asked after it (`reset`) waits again.

    `closed`: what leaves the inboxes, as GATE#entry; `people`, `due`, `subject`: of the row that comes back.
    """

    gate: str
    entry: int
    node: str
    person: str
    reason: Said
    reset: list[int]
    closed: tuple[str, ...]
    people: tuple[str, ...]
    due: datetime | None
    subject: str
    priority: Priority = Priority.NORMAL


@dataclass(slots=True)
class ApprovalTakenBack(Event):
    """The same after the gate had passed: nobody had acted on it, and `activity` takes the gate over."""

    gate: str
    node: str
    activity: str
    person: str
    reason: Said
    owner: Person | None = None


@dataclass(slots=True)
class EntryAssigned(Event):
    """A late decision is these people's from now on, instead of those who were asked and had not voted."""

    gate: str
    entry: int
    node: str
    people: list[Person]
