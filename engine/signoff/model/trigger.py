"""What an event waits for or throws: the event definitions of BPMN (BPMN 2.0.2 §10.5.5).

The same definition stands on events that catch and on events that throw. Messages and signals are named by their
ids in the definition, errors and escalations by their codes. May import expressions and time/; nothing else of
signoff.
"""

from dataclasses import dataclass

from signoff.model.expression import Expression
from signoff.model.gate import Form, Rule
from signoff.time.recurrence import Every, Missed
from signoff.time.relative import Span, When


@dataclass(frozen=True, slots=True)
class TimerEvent:
    """A moment (`at`) or a recurrence (`every`), or an ISO 8601 text computed when it is armed; one of the three."""

    at: When | None = None
    every: Every | None = None
    missed: Missed = Missed.ONCE  # of a recurrence
    text: Expression | None = None


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """A modelled error by its code; an empty code catches every error (BPMN 2.0.2 §10.5.5.3)."""

    error: str = ""


@dataclass(frozen=True, slots=True)
class EscalationEvent:
    """An escalation by its code; an empty code catches every one. Whoever throws it goes on (§10.5.5.4)."""

    escalation: str = ""


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """A message (its id in `Definition.messages`), for one taker. `key`: what takers wait with, and senders send.

    Without a key it is taken by whoever waits without one.
    """

    message: str
    key: Expression | None = None


@dataclass(frozen=True, slots=True)
class SignalEvent:
    """A signal (its id in `Definition.signals`): it reaches everybody who waits for it at that moment."""

    signal: str


@dataclass(frozen=True, slots=True)
class ConditionalEvent:
    """Happens when the condition becomes true: asked when armed, and when data that it reads change."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """A jump from its throw events to the one catch event of that name in the same scope (§10.5.5.7)."""

    link: str


@dataclass(frozen=True, slots=True)
class CompensateEvent:
    """Thrown: undo one activity, or (empty) all of the scope, newest first; caught: this is how (§10.6.1).

    `waits`: whether the thrower goes on only when everything is undone.
    """

    activity: str = ""
    waits: bool = True


@dataclass(frozen=True, slots=True)
class CancelEvent:
    """A transaction is called off: undone as far as it came, then left by its cancel boundary (§10.6.3)."""


@dataclass(frozen=True, slots=True)
class MultipleEvent:
    """Any one of several, or with `parallel` all of them; a throw event throws them all (§10.5.5.9)."""

    events: tuple["Event", ...]
    parallel: bool = False


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """Somebody of these roles asks for it by name, with a form; it takes effect once its approvals passed.

    `within`: for how long also after the process has completed; of `withdraw` only.
    """

    request: str
    by: tuple[str, ...] = ()
    form: Form = Form()
    rules: tuple[Rule, ...] = ()
    moves: tuple[str, ...] = ()
    within: Span | None = None

    @property
    def given(self) -> tuple[str, ...]:
        """The names that it may bring."""
        return tuple(dict.fromkeys((*self.form.writable, *self.moves)))


Event = (
    TimerEvent
    | ErrorEvent
    | EscalationEvent
    | MessageEvent
    | SignalEvent
    | ConditionalEvent
    | LinkEvent
    | CompensateEvent
    | CancelEvent
    | MultipleEvent
    | RequestEvent
)


def parts(event: Event | None) -> tuple[Event, ...]:
    """The single events that an event is made of; none of no event."""
    if event is None:
        return ()
    return event.events if isinstance(event, MultipleEvent) else (event,)
