"""What takes time: tasks, calls, sub-processes, and how they repeat (BPMN 2.0.2 §10.3).

May import the rest of model/ below it and time/; nothing else of signoff.
"""

from dataclasses import dataclass
from enum import StrEnum

from signoff.model.decision import Decisions
from signoff.model.expression import Expression
from signoff.model.gate import Check, Form, Gate, Rung, Strength
from signoff.model.node import Assignments, Node
from signoff.model.priority import Priority
from signoff.model.trigger import Event
from signoff.model.types import Declaration, Type
from signoff.time.relative import Retry, Span, When


class Notable(StrEnum):
    """Which ends of a multi-instance activity's instances throw its events (§10.3.8, `behavior`)."""

    ALL = "all"  # none of them
    NONE = "none"  # each
    ONE = "one"  # the first
    COMPLEX = "complex"  # those at which a condition holds


@dataclass(frozen=True, slots=True)
class Remark:
    """An event that a multi-instance activity throws at an instance's end, to be caught on its boundary."""

    event: Event
    condition: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiInstance:
    """Once per element of a list, or so many times; frozen at entry (BPMN 2.0.2 §10.3.8).

    Each instance sees `item`, `position` (from 1) and the counters `numberOfInstances`,
    `numberOfActiveInstances`, `numberOfCompletedInstances`, `numberOfTerminatedInstances`, `loopCounter` (from 0);
    as `nrOf…` too.
    """

    item: str = ""  # empty: the element has no name
    collection: Expression | None = None
    cardinality: Expression | None = None  # instead of a collection
    sequential: bool = False
    until: Expression | None = None  # completion condition, tested after each instance
    collect: Assignments = ()  # list name -> value of each instance, in index order
    behavior: Notable = Notable.ALL
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardLoop:
    """Again as long as the condition holds; without one until `maximum` (BPMN 2.0.2 §10.3.8).

    Each pass sees `loopCounter`, from 0. Of `until` True ends the loop instead. One pass more than `limit` (0: no
    limit) is an incident, where `maximum` ends the loop.
    """

    condition: Expression | None = None
    until: Expression | None = None
    test_before: bool = False
    maximum: Expression | None = None
    limit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Node):
    """What takes time: entered when `condition` holds, else skipped; `assign` runs on completion.

    `default` is the flow taken when the conditions of all others are false (BPMN 2.0.2 §13.2.1).
    `compensates`: no token comes to it; it runs when what it undoes is undone. `start_quantity` tokens
    begin it, `completion_quantity` leave by each flow.
    """

    condition: Expression | None = None
    assign: Assignments = ()
    loop: MultiInstance | StandardLoop | None = None
    default: str = ""
    compensates: bool = False
    start_quantity: int = 1
    completion_quantity: int = 1

    @property
    def multi(self) -> MultiInstance | None:
        """How it runs once per element, if it does."""
        return self.loop if isinstance(self.loop, MultiInstance) else None


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
    priority: Priority | None = None  # None: that of the process
    cc: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTask(HumanTask):
    """A person's work, and the gate on the way out."""

    form: Form = Form()
    delivers: tuple[str, ...] = ()
    checklist: tuple[Check, ...] = ()
    least: Strength = Strength.ASSERTED  # proof that the owner's submission takes
    at_start: bool = (
        False  # the start form: handed in with the start, and asked for again after a return to it
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTask(HumanTask):
    """A gate without work of its own: phase gate, go/no-go. Without approvals it opens once all holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstractTask(Activity):
    """A task of no type: nobody is told what to do, so the token goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualTask(Activity):
    """Done without any system's help, so none waits for it: the token goes on (BPMN 2.0.2 §10.3.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveTask(Activity):
    """Waits for its message; without one, until somebody completes it. `instantiate`: the message starts a process."""

    message: str = ""
    key: Expression | None = None
    instantiate: bool = False


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
class ScriptTask(ServiceTask):
    """A script, run by the code that is registered for it; its text is never evaluated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTask(ServiceTask):
    """Sends a message with `inputs` as its data; or a `notice` `to` roles; or, with a handler, calls the code that sends.

    A notice goes to whom the roles name when the step is come to.
    """

    message: str = ""
    key: Expression | None = None
    notice: str = ""
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessRuleTask(ServiceTask):
    """A decision: that of its own `table`, of the deployed decision `decision`, or of the registered code."""

    decision: str = ""
    table: Decisions | None = None  # whose one decision is called like `decision`


@dataclass(frozen=True, slots=True, kw_only=True)
class CallActivity(Activity):
    """Another process, run inside this instance as a scope of its own; its version is pinned at entry.

    `named` computes the process at entry. `inputs`: data there -> value here; `outputs`: data here -> value there,
    beside `assign`, which sees `result`. `passes` hands over everything visible here, `hands_back` everything there.
    """

    process: str
    inputs: Assignments = ()
    named: Expression | None = None
    outputs: Assignments = ()
    passes: bool = False
    hands_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubProcess(Activity):
    """A scope of its own: a stage, an occurrence, or the body of a handler.

    `initial`: names of its own that no declaration types, with the value that each begins with.
    """

    data: tuple[Declaration, ...] = ()
    initial: Assignments = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction(SubProcess):
    """All of it, or what was done is undone: see `CancelEvent` (BPMN 2.0.2 §13.2.7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdHocSubProcess(SubProcess):
    """Its activities are begun by people, in any order; with `sequential` one at a time (BPMN 2.0.2 §13.2.5).

    It ends when `completion` holds after one of them has ended: at once, with `cancel_remaining`, or when the
    last of those that run has ended. Without `completion` somebody completes it.
    """

    sequential: bool = False
    completion: Expression | None = None
    cancel_remaining: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSubProcess(SubProcess):
    """Runs beside its scope each time its event happens, or instead of it when interrupting (§10.3.5.2).

    The start event inside it is a none start event: what starts it stands here, with what it assigns.
    `continue_at`: the block of its scope where the flow goes on after an interrupting one; until a token comes there it
    may happen.
    """

    event: Event
    interrupting: bool = False
    accepts: Assignments = ()
    continue_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHandler(EventSubProcess):
    """What people may ask for. `host`: about which activity."""

    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEffect(Node):
    """Where an approved request takes effect."""

    request: str
    assign: Assignments = ()
