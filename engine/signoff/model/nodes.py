"""One frozen dataclass per element kind, named as BPMN names them (BPMN 2.0.2 chapter 10).

Here stand events and gateways; what takes time stands in `activities`, what an event waits for in `trigger`, both
under their names here too. A node knows its own settings and the id of the sub-process it lies in; flows, indexes
and blocks stand in `definition`. May import the rest of model/ and time/; nothing else of signoff.
"""

from dataclasses import dataclass

from signoff.model.activities import (
    AbstractTask,
    Activity,
    AdHocSubProcess,
    BusinessRuleTask,
    CallActivity,
    EventSubProcess,
    GateTask,
    HumanTask,
    ManualTask,
    MultiInstance,
    Notable,
    ReceiveTask,
    Remark,
    RequestEffect,
    RequestHandler,
    ScriptTask,
    SendTask,
    ServiceTask,
    StandardLoop,
    SubProcess,
    Transaction,
    UserTask,
)
from signoff.model.expression import Expression
from signoff.model.node import Assignments, Node, SequenceFlow
from signoff.model.trigger import (
    CancelEvent,
    CompensateEvent,
    ConditionalEvent,
    ErrorEvent,
    EscalationEvent,
    Event,
    LinkEvent,
    MessageEvent,
    MultipleEvent,
    RequestEvent,
    SignalEvent,
    TimerEvent,
    parts,
)

__all__ = [
    "AbstractTask",
    "Activity",
    "AdHocSubProcess",
    "Assignments",
    "BoundaryEvent",
    "BusinessRuleTask",
    "CallActivity",
    "CancelEvent",
    "CompensateEvent",
    "ComplexGateway",
    "ConditionalEvent",
    "EndEvent",
    "ErrorEvent",
    "EscalationEvent",
    "Event",
    "EventBasedGateway",
    "EventSubProcess",
    "ExclusiveGateway",
    "GateTask",
    "HumanTask",
    "InclusiveGateway",
    "IntermediateCatchEvent",
    "IntermediateThrowEvent",
    "LinkEvent",
    "ManualTask",
    "MessageEvent",
    "MultiInstance",
    "MultipleEvent",
    "Node",
    "Notable",
    "ParallelGateway",
    "ReceiveTask",
    "Remark",
    "RequestEffect",
    "RequestEvent",
    "RequestHandler",
    "ScriptTask",
    "SendTask",
    "SequenceFlow",
    "ServiceTask",
    "SignalEvent",
    "StandardLoop",
    "StartEvent",
    "SubProcess",
    "TerminateEndEvent",
    "TimerEvent",
    "Transaction",
    "UserTask",
    "parts",
]

# events -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEvent(Node):
    """Where a process or a sub-process begins; of a process also upon an `event`.

    `assign` sees what came with the event; without it everything that came is kept under its own name. So it is
    with every event that catches.
    """

    event: Event | None = None
    assign: Assignments = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEvent(Node):
    """Consumes the token that reaches it, and throws its event if it has one.

    Of messages and signals `inputs` are the data that go along; with a `handler` registered code sends the message.
    `assign`: written before.
    """

    event: Event | None = None
    inputs: Assignments = ()
    handler: str = ""
    assign: Assignments = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateEndEvent(Node):
    """Ends the innermost scope with all that still runs in it (BPMN 2.0.2 §13.5.6), or its whole process.

    At the top that is the instance, with this outcome. `assign` is written before.
    """

    condition: Expression | None = None
    outcome: str = ""
    whole_process: bool = False
    assign: Assignments = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntermediateCatchEvent(Node):
    """Waits in the flow for its event."""

    event: Event
    condition: Expression | None = None
    assign: Assignments = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntermediateThrowEvent(Node):
    """Throws its event and goes on; without an event it only marks that the flow came by. `assign`: written before."""

    event: Event | None = None
    condition: Expression | None = None
    inputs: Assignments = ()
    handler: str = ""
    assign: Assignments = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryEvent(Node):
    """Sits on an activity while that is open; interrupting ones end it first (BPMN 2.0.2 §10.5.4).

    Of a compensation boundary `handler` is the activity that undoes its host; no flow leaves it. `continue_at`: the
    block to which its flow leads, where that is another one than what follows its host.
    """

    host: str
    event: Event
    interrupting: bool = True
    assign: Assignments = ()
    handler: str = ""
    continue_at: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBasedGateway(Node):
    """Goes on with the first event that happens among the catch events and receive tasks behind it (§13.3.4).

    `instantiate`: it starts the process; with `parallel` the instance then waits for the other events too.
    """

    instantiate: bool = False
    parallel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplexGateway(Node):
    """Fires when `activation` holds, then takes what still comes as one late round (BPMN 2.0.2 §13.3.5).

    The condition is asked at every arrival and sees `activationCount`, the tokens at all its incoming flows;
    those of outgoing flows also see `waitingForStart`.
    """

    activation: Expression | None = None
    default: str = ""
