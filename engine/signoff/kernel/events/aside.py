"""Events of what people do beside work and votes; none of them moves a token."""

from dataclasses import dataclass
from datetime import date, datetime

from signoff.kernel.events.base import Event, Said


@dataclass(slots=True)
class Urged(Event):
    """These people were told that their move is waited for. What was urged up to `forget` counts no more."""

    target: str
    node: str
    people: tuple[str, ...]
    by: str
    name: str
    note: Said
    forget: datetime


@dataclass(slots=True)
class CopyRead(Event):
    """A person has read the copy of this instance."""

    person: str


@dataclass(slots=True)
class Commented(Event):
    """Somebody said something; `target` and `node` of the task or gate it is about, empty for the instance."""

    person: str
    name: str
    text: Said
    target: str = ""
    node: str = ""
    effective: date | None = None


@dataclass(slots=True)
class InformationAsked(Event):
    """A person was asked something about a task or gate, which does not wait for the answer."""

    id: str
    target: str
    node: str
    by: str
    name: str
    person: str
    text: Said


@dataclass(slots=True)
class InformationGiven(Event):
    """The answer of who was asked, to who asked."""

    question: str
    node: str
    person: str
    name: str
    to: str
    text: Said


@dataclass(slots=True)
class InformationDropped(Event):
    """The instance ended before there was an answer."""

    question: str


@dataclass(slots=True)
class Overridden(Event):
    """An administrator let a task or gate go on, for a reason; `lacking`: codes of what was missing then."""

    target: str
    node: str
    by: str
    name: str
    reason: Said
    lacking: tuple[str, ...] = ()


@dataclass(slots=True)
class PersonalErased(Event):
    """Personal values of the records before were erased for a reason; `seals` are the hashes that stand for them.

    `names`: the data and documents that were named (none: all that can be erased); `documents`: the hashes
    of those that went; their bytes did where no other instance has them. The reason is not erased itself: it says why nothing else is there.
    """

    by: str
    name: str
    reason: str
    names: tuple[str, ...]
    seals: tuple[str, ...]
    documents: tuple[str, ...] = ()


@dataclass(slots=True)
class Moved(Event):
    """An administrator let the flow go on at `to`, for a reason; `over`: the steps that were jumped over, undone."""

    target: str
    node: str
    to: str
    by: str
    name: str
    reason: Said
    over: tuple[str, ...] = ()
