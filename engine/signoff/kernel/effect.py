"""Effects: rows of the inbox and the agenda that an event asks for, as values.

Which event asks for which stands in `effects`. `store.unit` folds several on one row into one write.
Must import nothing of signoff but the words of the model.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from signoff.model.priority import Priority


class Owed(StrEnum):
    """Kinds of obligation on the agenda."""

    TIMER = "timer"
    RUNG = "rung"
    OPEN = "open"
    LAPSE = "lapse"
    JOB = "job"
    NOTICE = "notice"
    MESSAGE = "message"  # to be handed to a taker
    SIGNAL = "signal"  # to be handed to everybody who listens
    MATCH = "match"  # whether a message waits for a subscription that is new
    DELIVERY = "delivery"  # of a signal to one subscription
    START = "start"  # a start event that is due; owed by a definition
    CALENDAR = "calendar"  # deadlines are to be counted by a calendar's newest version


# What is ended without a record of the instance that owes it: only while it stands there can it be looked at.
TOLD = frozenset({Owed.NOTICE, Owed.MESSAGE, Owed.SIGNAL, Owed.MATCH})
# What no record of the instance made owed: somebody else threw a signal, or a definition has a start event.
UNTOLD = frozenset({Owed.DELIVERY, Owed.START})


@dataclass(slots=True)
class TaskPut:
    """The inbox row of a task or of an open gate entry: `id` is ACTIVITY or GATE#entry."""

    id: str
    node: str
    kind: str  # task or gate
    due: datetime | None = None
    opens: datetime | None = None
    subject: str = ""  # of a gate's entry: what a voter has to have seen
    priority: Priority = Priority.NORMAL


@dataclass(slots=True)
class TaskDueMoved:
    id: str
    due: datetime | None


@dataclass(slots=True)
class TaskRenamed:
    """Its step is called otherwise now."""

    id: str
    node: str


@dataclass(slots=True)
class TaskRanked:
    """How pressing it is now."""

    id: str
    priority: Priority


@dataclass(slots=True)
class TaskClaimedBy:
    """Somebody holds the task; empty: it is back in the pool."""

    id: str
    person: str


@dataclass(slots=True)
class TaskDropped:
    """Nobody has to do it any more."""

    id: str


@dataclass(slots=True)
class CandidatesPut:
    """These people may act on the row; replaces those before."""

    task: str
    people: tuple[str, ...]


@dataclass(slots=True)
class CandidateDone:
    """This person has acted on it: it leaves the inbox and stays under done by me."""

    task: str
    person: str


@dataclass(slots=True)
class CandidateGone:
    """Somebody else has acted for this person: it leaves the inbox, and is not done by him."""

    task: str
    person: str


@dataclass(slots=True)
class Involved:
    """started or copied."""

    person: str
    how: str


@dataclass(slots=True)
class Owe:
    """Something owed at a time; a second one with the same key replaces the first. `at` None: at once."""

    key: str
    kind: Owed
    at: datetime | None
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Settled:
    """No longer owed."""

    key: str


@dataclass(slots=True)
class Subscribed:
    """The instance listens for a message or signal of that name and key."""

    id: str
    kind: str
    name: str
    key: str


@dataclass(slots=True)
class Unsubscribed:
    """It listens no more."""

    id: str


Effect = (
    TaskPut
    | TaskDueMoved
    | TaskClaimedBy
    | TaskRanked
    | TaskRenamed
    | TaskDropped
    | CandidatesPut
    | CandidateDone
    | CandidateGone
    | Involved
    | Owe
    | Settled
    | Subscribed
    | Unsubscribed
)
