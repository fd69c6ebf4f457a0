"""Events of data: variables, documents, jobs, incidents."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from signoff.kernel.events.base import Data, Event, Hidden, Said
from signoff.model.value import Value


@dataclass(slots=True)
class VariablesSet(Event):
    """Data was written to the scope that declares it; `step` is the element that wrote it, `by` whose work it is."""

    scope: str
    values: Data
    step: str = ""
    by: tuple[str, ...] = ()


@dataclass(slots=True)
class PeoplePicked(Event):
    """Somebody said who has a role of this process."""

    scope: str
    role: str
    people: tuple[str, ...]
    by: str


@dataclass(slots=True)
class DocumentDelivered(Event):
    """A version of a document arrived; it supersedes the one before."""

    scope: str
    document: str
    version: int
    sha256: str
    size: int
    name: Said
    media: str
    sections: Annotated[tuple[str, ...], Hidden.PAPER]
    by: str
    step: str
    on_behalf_of: str = ""


@dataclass(slots=True)
class DecisionMade(Event):
    """A decision was worked out: by which version, from what, to what; `rules` that held, by decision."""

    node: str
    scope: str
    decision: str
    version: str
    rules: dict[str, list[int]]
    given: Annotated[dict[str, Value], Hidden.DERIVED]
    result: Annotated[Value, Hidden.DERIVED]


@dataclass(slots=True)
class JobOwed(Event):
    """A handler is to be called with these inputs; `attempt` from 1."""

    activity: str
    node: str
    handler: str
    inputs: Annotated[dict[str, Value], Hidden.DERIVED]
    attempt: int = 1


@dataclass(slots=True)
class JobFinished(Event):
    activity: str
    node: str


@dataclass(slots=True)
class ErrorRaised(Event):
    """A modelled error, and the element that catches it (empty: none does)."""

    activity: str
    node: str
    error: str
    message: Annotated[str, Hidden.DERIVED]
    catcher: str = ""


@dataclass(slots=True)
class IncidentRaised(Event):
    """Something stopped and has to be repaired; `retry` says what is done again, `origin` for whom it was done."""

    id: str
    node: str
    scope: str
    activity: str
    code: str
    params: Annotated[dict[str, Any], Hidden.DERIVED] = field(default_factory=dict)
    retry: str = "enter"
    via: str = ""
    origin: str = ""


@dataclass(slots=True)
class IncidentResolved(Event):
    """An incident is over: repaired, or gone with what it was about."""

    id: str


@dataclass(slots=True)
class QuestionParked(Event):
    """The directory failed to answer; an incident keeps the question until it is asked again."""

    id: str


@dataclass(slots=True)
class QuestionAskedAgain(Event):
    id: str


@dataclass(slots=True)
class QuestionDropped(Event):
    """The directory failed, and what it was asked for is over: nobody gets this copy."""

    id: str
    failure: Annotated[str, Hidden.DERIVED]


@dataclass(slots=True)
class ObligationGivenUp(Event):
    """A notice, a call, a timer that failed too often; `retry` makes it owed again."""

    key: str
    kind: str
    attempts: int
    why: Annotated[str, Hidden.DERIVED]


@dataclass(slots=True)
class ObligationsOwed(Event):
    """What was given up is tried again."""

    keys: tuple[str, ...]
    by: str
