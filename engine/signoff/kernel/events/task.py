"""Events of people and their work."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from signoff.kernel.events.base import Data, Event, Said
from signoff.kernel.state import Person, Purpose
from signoff.model.priority import Priority


@dataclass(slots=True)
class RosterAsked(Event):
    """Who are they? Answered in the same transaction. `terms`: see `kernel.roster`."""

    id: str
    purpose: Purpose
    target: str
    node: str
    terms: list[list[Any]]


@dataclass(slots=True)
class RosterResolved(Event):
    """The answer, kept with where it comes from; without the people that a gate's `not_by` rules out."""

    question: str
    purpose: Purpose
    target: str
    node: str
    people: list[Person]
    provenance: str = ""
    due: datetime | None = None
    subject: str = ""  # of an entry: what its voters have to have seen
    in_turn: bool = False  # of an entry: they are asked one after the other
    substitutes: tuple[str, ...] = ()  # who may act for one of them just now, and is told too
    priority: Priority = Priority.NORMAL  # of an entry


@dataclass(slots=True)
class TaskClaimed(Event):
    activity: str
    person: str


@dataclass(slots=True)
class TaskReleased(Event):
    activity: str
    person: str


@dataclass(slots=True)
class TaskAssigned(Event):
    """An administrator appointed a person; `people` are all who may now act."""

    target: str
    node: str
    person: Person
    by: str
    people: tuple[str, ...] = ()


@dataclass(slots=True)
class TaskTransferred(Event):
    """The work is `person`'s from now on, and no longer `source`'s; the deadline stays."""

    activity: str
    node: str
    source: str
    person: Person
    people: tuple[str, ...]
    note: Said = ""


@dataclass(slots=True)
class WorkSubmitted(Event):
    """The owner handed the work in; data and documents are events of their own."""

    activity: str
    node: str
    person: str
    name: str
    round: int
    ticks: tuple[str, ...] = ()
    note: Said = ""
    waived: dict[str, str] = field(default_factory=dict)  # rule -> hash of what its waiver counts for
    on_behalf_of: str = ""  # whose work it is, where `person` acts under `grant`
    grant: str = ""


@dataclass(slots=True)
class WorkReopened(Event):
    """Sent back to its owner: the next round of the same task, for the same people."""

    activity: str
    node: str
    round: int
    due: datetime | None = None
    people: tuple[str, ...] = ()
    assignee: str = ""
    priority: Priority = Priority.NORMAL


@dataclass(slots=True)
class Prioritized(Event):
    """How pressing a task or gate is from now on; or, with no `target`, the instance. `rows`: of the inbox."""

    target: str
    node: str
    priority: Priority
    by: str
    name: str
    rows: tuple[str, ...] = ()


@dataclass(slots=True)
class CopySent(Event):
    """A read-only copy for these people, who had none on this occasion: submission or decision."""

    node: str
    people: list[Person]
    occasion: str = "submission"


@dataclass(slots=True)
class NoticeSent(Event):
    """A step has told these people something: a notice of the definition of this version.

    `values`: what its text reads of the data of sub-processes around it, which may be gone when it is read.
    """

    activity: str
    node: str
    version: str
    notice: str
    people: list[Person]
    values: Data = field(default_factory=dict)
