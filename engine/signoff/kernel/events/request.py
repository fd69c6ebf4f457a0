"""Events of what people ask for: raised, taken effect, refused, withdrawn. Until one takes effect all goes on."""

from dataclasses import dataclass

from signoff.kernel.events.base import Event, Said
from signoff.kernel.pending import Objection


@dataclass(slots=True)
class RequestRaised(Event):
    """A person asked for something in `scope`; `inner` is the scope of the request, `activity` around it."""

    activity: str
    request: str
    inner: str
    scope: str
    by: str
    name: str = ""
    reason: Said = ""
    objections: tuple[Objection, ...] = ()  # what speaks against it as things stand


@dataclass(slots=True)
class RequestTaken(Event):
    """An approved request took effect; `carried`: the names that now leave it for the data around it."""

    activity: str
    request: str
    inner: str
    scope: str
    by: str
    approvers: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()


@dataclass(slots=True)
class RequestRefused(Event):
    """A request came to nothing: it was declined, or too late when it was approved (`reason`: a code)."""

    activity: str
    request: str
    inner: str
    scope: str
    by: str
    reason: str


@dataclass(slots=True)
class RequestWithdrawn(Event):
    """Who asked does not ask any more."""

    activity: str
    request: str
    scope: str
    by: str
    reason: Said = ""
