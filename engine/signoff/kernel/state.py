"""The state of one instance: what a later decision can ask, and no more.

Only `fold/` assigns to these objects. Plain data with JSON-able leaves (see `model.value`); `store.codec`
writes it, with the data of the scopes in a column of their own. Must import nothing but model values.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from signoff.kernel.clock import Clock, Pause
from signoff.kernel.pending import Incident, Level, Objection, Timer, Undo, Wait
from signoff.model.gate import Meaning, NeedKind, Strength
from signoff.model.priority import Priority
from signoff.model.value import Value


class Status(StrEnum):
    """Of an instance."""

    NEW = "new"
    RUNNING = "running"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"  # by who started it


LIVE = frozenset({Status.RUNNING, Status.SUSPENDED})


class ActivityStatus(StrEnum):
    SCHEDULED = "scheduled"  # opens later
    OPEN = "open"
    IN_REVIEW = "in_review"  # work handed in, the gate decides
    PASSED = "passed"
    LAPSED = "lapsed"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


#: How an element was left that counts as done, as long as nothing returns to what lies before it.
DONE = frozenset({ActivityStatus.PASSED, ActivityStatus.LAPSED, ActivityStatus.SKIPPED})


class GateStatus(StrEnum):
    OPEN = "open"
    PASSED = "passed"
    DECLINED = "declined"
    RETURNED = "returned"
    STALE = "stale"  # passed once, asked again because what was approved has changed
    CANCELLED = "cancelled"


class EntryStatus(StrEnum):
    WAITING = "waiting"  # its turn has not come
    ASKED = "asked"  # the directory is being asked for its roster
    OPEN = "open"
    PASSED = "passed"
    DECLINED = "declined"
    SKIPPED = "skipped"


class Purpose(StrEnum):
    """What a roster is asked for."""

    OWNER = "owner"
    ENTRY = "entry"
    RUNG = "rung"
    COPY = "copy"
    PICK = "pick"  # whether those who were picked may be
    NOTICE = "notice"  # a step that tells somebody something
    ASSIGN = "assign"  # to whom a late decision goes
    LATE = "late"  # a task that was overdue when it opened: its owner and who leads them are told once


class Decision(StrEnum):
    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"  # heard, but no yes


class Mode(StrEnum):
    """How a yes came about."""

    MANUAL = "manual"
    AUTO = "auto"  # by a rule of the definition, never by the person


class Place(StrEnum):
    """Where an added signer stands to the one who added him."""

    BEFORE = "before"
    BESIDE = "beside"
    AFTER = "after"


@dataclass(slots=True)
class Person:
    """A person as known when asked: a snapshot, never looked up again."""

    id: str
    name: str = ""
    department: str = ""
    title: str = ""
    groups: tuple[str, ...] = ()
    role: str = ""  # the role that put the person on a roster

    def value(self) -> dict[str, Value]:
        """As data of type person."""
        return {
            "id": self.id,
            "name": self.name or self.id,
            "department": self.department,
            "title": self.title,
            "groups": list(self.groups),
        }


@dataclass(slots=True)
class Delivered:
    """A version of a document: content hash, size in bytes, headings found in it."""

    document: str
    version: int
    sha256: str
    size: int
    name: str
    media: str
    sections: tuple[str, ...]
    by: str
    at: datetime
    step: str  # the node that delivered it
    on_behalf_of: str = ""


@dataclass(slots=True)
class Completion:
    """How an element last ended. `print` covers what it read, wrote and bound; see `kernel.subject`."""

    status: ActivityStatus
    at: datetime
    by: str = ""
    approvers: tuple[str, ...] = ()
    print: str = ""
    verdict: str = ""  # passed, declined, lapsed, skipped
    smart: bool = False  # superseded, and may stand again if nothing it touches has changed
    direct: bool = False  # superseded, and stands again unless votes between here and there no longer fit
    behalf: str = ""  # for whom `by` did it, where that was another


@dataclass(slots=True)
class Multi:
    """A multi-instance body: its frozen list, how many were started and finished, results by position."""

    items: list[Value]
    started: int = 0
    finished: int = 0
    results: dict[str, Value] = field(default_factory=dict)  # position -> {list: value}
    authors: tuple[str, ...] = ()  # whose work the results are


@dataclass(slots=True)
class Scope:
    """A running process, sub-process, occurrence or called process: data of its own.

    `node` is the sub-process (empty: a process), `activity` the activity that it is the inside of, `home` the
    scope that keeps completions and documents for it: itself, or the one around for a plain sub-process.
    `kept` is the data of sub-processes that have ended, for one that is opened again by a return. `authors` says
    for each name whose work its values have been, for whom `not_by: preparer` leaves out; of a home only.
    """

    id: str
    node: str
    parent: str
    activity: str
    version: str
    home: str
    origin: str = ""  # of a handler's occurrence: the timer or element whose event started it
    position: int = 0  # in a multi-instance body, from 1
    data: dict[str, Value] = field(default_factory=dict)
    done: dict[str, Completion] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    documents: dict[str, Delivered] = field(default_factory=dict)
    kept: dict[str, dict[str, Value]] = field(default_factory=dict)
    authors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    picks: dict[str, tuple[str, ...]] = field(default_factory=dict)  # role -> its people; of a process
    by: str = ""  # who asked, of a request
    taken: bool = False  # whether that request has taken effect
    interrupted: bool = False  # an interrupting event sub-process runs in its place
    undo: list[Undo] = field(default_factory=list)  # what was done in it and can be undone, in order
    objections: tuple[Objection, ...] = ()  # to a request: what its approvers should know


@dataclass(slots=True)
class Activity:
    """An element that takes time. `roster` are those who may do it, `assignee` who claimed it."""

    id: str
    node: str
    scope: str
    status: ActivityStatus
    since: datetime
    opens: datetime | None = None
    due: datetime | None = None
    base: datetime | None = None  # what its ladder hangs on
    rung: int = 0  # of the ladder: the next one
    rung_at: datetime | None = None  # and when it is due
    lapses: datetime | None = None
    owner: str = ""  # who handed the work in
    behalf: str = ""  # for whom, where that was another
    editors: tuple[str, ...] = ()  # everybody who wrote data or documents in this round
    assignee: str = ""
    roster: list[Person] = field(default_factory=list)
    gate: str = ""
    round: int = 0
    waived: dict[str, str] = field(default_factory=dict)  # rule -> person
    waived_on: dict[str, str] = field(
        default_factory=dict
    )  # rule -> hash of what it read; none yet: open work
    ticks: tuple[str, ...] = ()
    attempts: int = 0
    parent: str = ""  # the multi-instance body it is one instance of
    origin: str = ""  # the timer or activity whose handler it runs for
    multi: Multi | None = None
    inner: str = ""  # the scope that is its inside
    repeats: dict[str, datetime] = field(
        default_factory=dict
    )  # rung, by its number -> when it repeats itself
    holds: tuple[str, ...] = ()  # gates that stay shut as long as it is late
    pauses: list[Pause] = field(default_factory=list)  # its own: questions that stopped its clock


@dataclass(slots=True)
class Vote:
    person: str
    decision: Decision
    at: datetime
    subject: str
    meaning: Meaning
    strength: Strength
    role: str = ""
    note: str = ""
    mode: Mode = Mode.MANUAL
    on_behalf_of: str = ""  # whose seat it is, where `person` stands in
    grant: str = ""


@dataclass(slots=True)
class Group:
    """Signers whom somebody on the roster added before or after his own vote: any, all, or all in turn."""

    by: str  # whose seat they belong to
    place: Place
    need: NeedKind
    people: list[Person]


@dataclass(slots=True)
class Opinion:
    """What a delegate thinks; it binds nobody, least of all the one who asked."""

    owner: str
    person: str
    advice: Decision | None
    note: str
    at: datetime


@dataclass(slots=True)
class Entry:
    """One entry of a gate in this round; whose move it is see `kernel.seat`.

    `in_turn`: the roster is asked one after the other. `beside`: who was added to the roster, and by whom.
    `delegated`: whose opinion an owner waits for, the chain of those who passed the question on.
    """

    status: EntryStatus = EntryStatus.WAITING
    since: datetime | None = None
    subject: str = ""
    roster: list[Person] = field(default_factory=list)
    votes: dict[str, Vote] = field(default_factory=dict)
    in_turn: bool = False
    groups: list[Group] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)
    delegated: dict[str, list[Person]] = field(default_factory=dict)
    opinions: list[Opinion] = field(default_factory=list)


@dataclass(slots=True)
class GateRecord:
    """A gate that is open, or passed and still in force. `bound` names what its subject covers: part -> hash.

    `changed` are the parts that differ from the round before; `waived` as of its activity, which may have ended.
    """

    id: str
    node: str
    scope: str
    activity: str
    status: GateStatus
    since: datetime
    round: int
    subject: str
    bound: dict[str, str]
    preparers: tuple[str, ...] = ()
    entries: list[Entry] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    waived: dict[str, str] = field(default_factory=dict)
    waived_on: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Question:
    """Asked of the directory: who are the people of these terms (see `kernel.roster`)?"""

    id: str
    purpose: Purpose
    target: str  # an activity, GATE#entry, or an element
    node: str
    terms: list[list[Any]]
    parked: bool = False  # the directory failed; an incident says so


@dataclass(slots=True)
class Copy:
    """What a person has got a copy of: the work handed in, the decision; and whether that was read."""

    occasions: tuple[str, ...] = ()
    read: bool = False


@dataclass(slots=True)
class Inquiry:
    """A question to a person about a task or gate, which goes on without the answer."""

    id: str
    target: str
    node: str
    by: str
    person: str
    text: str
    at: datetime


@dataclass(slots=True)
class State:
    """One instance. `joins`: SCOPE|NODE -> flow -> tokens parked there."""

    id: str
    process: str = ""
    version: str = ""
    status: Status = Status.NEW
    outcome: str = ""
    title: str = ""
    key: str = ""
    starter: Person | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    recorded_at: datetime | None = None
    seq: int = 0
    scopes: dict[str, Scope] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    gates: dict[str, GateRecord] = field(default_factory=dict)
    timers: dict[str, Timer] = field(default_factory=dict)
    joins: dict[str, dict[str, int]] = field(default_factory=dict)
    waits: dict[str, Wait] = field(default_factory=dict)
    met: dict[str, list[int]] = field(
        default_factory=dict
    )  # SCOPE|NODE|HOST -> parts of all that have happened
    begun: dict[str, list[str]] = field(
        default_factory=dict
    )  # SCOPE|COMPLEX GATEWAY -> flows of its first round
    undoing: dict[str, list[Level]] = field(
        default_factory=dict
    )  # the activity that waits for it -> outermost first
    incidents: dict[str, Incident] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    copies: dict[str, Copy] = field(default_factory=dict)  # person -> what was copied
    inquiries: dict[str, Inquiry] = field(default_factory=dict)
    salt: str = ""  # of the hashes over personal data
    urged: dict[str, datetime] = field(default_factory=dict)  # TASK|person -> when, of the last hours
    clocks: dict[str, Clock] = field(default_factory=dict)  # GATE#entry -> its own
    pauses: list[Pause] = field(default_factory=list)
    ranks: dict[str, Priority] = field(default_factory=dict)  # as said by command; "": of the instance
    calendars: dict[str, str] = field(
        default_factory=dict
    )  # name -> the version that deadlines are counted by
    first_ended: datetime | None = None  # of one that was opened again: when it was over for the first time
