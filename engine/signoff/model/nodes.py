"""One frozen dataclass per element kind, named as BPMN names them (BPMN 2.0.2 chapter 10).

A node knows its own settings and the id of the sub-process it lies in; flows, indexes and blocks stand in
`definition`. May import the rest of model/ and time/; nothing else of signoff.
"""

from dataclasses import dataclass

from signoff.model.expression import Expression
from signoff.model.gate import Check, Form, Gate, Rung, Strength
from signoff.model.types import Declaration, Text, Type
from signoff.time.recurrence import Every, Missed
from signoff.time.relative import Retry, Span, When

Assignments = tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every element has. `scope` is the enclosing sub-process, empty at the top."""

    id: str
    label: Text = Text()
    scope: str = ""
    ref: str = ""  # the clause of the source document
    help: Text = Text()


# events -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimerEvent:
    """A moment (`at`) or a recurrence (`every`); exactly one of the two (BPMN 2.0.2 §10.5.5.10)."""

    at: When | None = None
    every: Every | None = None
    missed: Missed = Missed.ONCE  # of a recurrence


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """A modelled error; an empty code catches every error (BPMN 2.0.2 §10.5.5.3)."""

    error: str = ""


Event = TimerEvent | ErrorEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEvent(Node):
    """Where a process or a sub-process begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEvent(Node):
    """Consumes the token that reaches it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateEndEvent(Node):
    """Ends the innermost scope with all that still runs in it (BPMN 2.0.2 §13.5.6), or its whole process.

    At the top that is the instance, with this outcome.
    """

    condition: Expression | None = None
    outcome: str = ""
    whole_process: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IntermediateCatchEvent(Node):
    """Waits in the flow for its event."""

    event: TimerEvent
    condition: Expression | None = None
    assign: Assignments = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryEvent(Node):
    """Sits on an activity while that is open; interrupting ones end it first (BPMN 2.0.2 §10.5.4)."""

    host: str
    event: Event
    interrupting: bool = True
    assign: Assignments = ()


# gateways -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusiveGateway(Node):
    """The first flow whose condition holds, else the default flow."""

    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusiveGateway(Node):
    """Every flow whose condition holds, else the default; joins what can still arrive (BPMN 2.0.2 §13.3.3)."""

    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelGateway(Node):
    """Joins one token of each incoming flow, then takes all outgoing ones."""


# activities ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiInstance:
    """Once per element of a list frozen at entry (BPMN 2.0.2 §10.3.8)."""

    item: str
    collection: Expression
    sequential: bool = False
    until: Expression | None = None  # completion condition, tested after each instance
    collect: Assignments = ()  # list name -> value of each instance, in index order


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Node):
    """What takes time: entered when `condition` holds, else skipped; `assign` runs on completion.

    `default` is the flow taken when the conditions of all others are false (BPMN 2.0.2 §13.2.1).
    """

    condition: Expression | None = None
    assign: Assignments = ()
    loop: MultiInstance | None = None
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanTask(Activity):
    """What a user task and a stand-alone gate share: owner, clock, gate."""

    owner: tuple[str, ...] = ()  # role ids
    gate: Gate = Gate()
    opens: When | None = None
    due: When | None = None
    lapses: When | None = None
    takes: Span | None = None
    escalate: tuple[Rung, ...] = ()
    cc: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTask(HumanTask):
    """A person's work, and the gate on the way out."""

    form: Form = Form()
    delivers: tuple[str, ...] = ()
    checklist: tuple[Check, ...] = ()
    least: Strength = Strength.ASSERTED  # proof that the owner's submission takes


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTask(HumanTask):
    """A gate without work of its own: phase gate, go/no-go. Without approvals it opens once all holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTask(Activity):
    """A call of registered code, at least once with a stable key."""

    handler: str
    inputs: Assignments = ()
    returns: Type | None = None
    errors: tuple[str, ...] = ()
    retry: Retry
    timeout: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CallActivity(Activity):
    """Another process, run inside this instance as a scope of its own; its version is pinned at entry."""

    process: str
    inputs: Assignments = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubProcess(Activity):
    """A scope of its own: a stage, an occurrence, or the body of a handler."""

    data: tuple[Declaration, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSubProcess(SubProcess):
    """Runs beside its scope each time its event happens, or instead of it when interrupting (§10.3.5.2)."""

    event: Event
    interrupting: bool = False


@dataclass(frozen=True, slots=True)
class SequenceFlow:
    """From one node to another of the same scope, under a condition if one is given."""

    id: str
    source: str
    target: str
    condition: Expression | None = None
