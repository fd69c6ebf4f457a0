"""The lifecycles as `transitions` machines: instance, activity, gate, obligation, incident.

A machine decides, an event carries the target, fold assigns it. Each machine is shared (`model=None`): it
moves a throw-away context with a `status`, never a row; a context is dropped after a failing trigger. INSTANCE
and GATE run on the real path; ACTIVITY, OBLIGATION and INCIDENT have no conditions and are compiled at import
into look-up tables. Must import kernel.state only.
"""

from collections.abc import Container, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from transitions import EventData, Machine, MachineError, State, Transition

from signoff.kernel.state import ActivityStatus, GateStatus, Scope, Status

_S = TypeVar("_S", bound=StrEnum)


class _Named(State):
    """A state that knows its name, which transitions asks for at every turn and every line it might log."""

    name = ""

    def __init__(self, name: str | StrEnum, *args: Any, **options: Any) -> None:
        super().__init__(name, *args, **options)
        self.name = name.name if isinstance(name, StrEnum) else name


class _Transition(Transition):
    """The conditions, then the new state. No row here has callbacks: asking for them at six places, with a line for
    the log at each, is more than half of what a trigger costs.
    """

    def execute(self, event_data: EventData) -> bool:
        if not self._eval_conditions(event_data):
            return False
        if self.dest is not None:
            event_data.machine.set_state(self.dest, event_data.model)
        return True


class _Machine(Machine):
    state_cls = _Named
    transition_cls = _Transition


def _machine(states: type[StrEnum], initial: StrEnum, rows: list[dict[str, Any]]) -> Machine:
    return _Machine(
        model=None,
        states=states,
        initial=initial,
        transitions=rows,
        auto_transitions=False,
        model_attribute="status",
    )


class InstanceContext:
    """What the end of an instance depends on."""

    __slots__ = ("_fresh", "_left", "status")

    def __init__(self, status: Status, *, nothing_left: bool = False, approvals_fresh: bool = True) -> None:
        self.status = status
        self._left = nothing_left
        self._fresh = approvals_fresh

    def nothing_left(self) -> bool:
        return self._left

    def approvals_fresh(self) -> bool:
        return self._fresh


class GateContext:
    """What the ballot says, and whether anything but the ballot still stands in the way."""

    __slots__ = ("_clear", "_declined", "_passed", "status")

    def __init__(
        self, status: GateStatus, *, passed: bool = False, declined: bool = False, clear: bool = True
    ) -> None:
        self.status = status
        self._passed = passed
        self._declined = declined
        self._clear = clear

    def ballot_passed(self) -> bool:
        return self._passed

    def ballot_declined(self) -> bool:
        return self._declined

    def nothing_missing(self) -> bool:
        return self._clear


_LIVE = [Status.RUNNING, Status.SUSPENDED]

INSTANCE = _machine(
    Status,
    Status.NEW,
    [
        {"trigger": "start", "source": Status.NEW, "dest": Status.RUNNING},
        {
            "trigger": "finish",
            "source": Status.RUNNING,
            "dest": Status.COMPLETED,
            "conditions": ["nothing_left", "approvals_fresh"],
        },
        {"trigger": "suspend", "source": Status.RUNNING, "dest": Status.SUSPENDED},
        {"trigger": "resume", "source": Status.SUSPENDED, "dest": Status.RUNNING},
        {"trigger": "decline", "source": Status.RUNNING, "dest": Status.DECLINED},
        {"trigger": "terminate", "source": Status.RUNNING, "dest": Status.TERMINATED},
        {"trigger": "withdraw", "source": Status.RUNNING, "dest": Status.WITHDRAWN},
        {"trigger": "cancel", "source": _LIVE, "dest": Status.CANCELLED},
        {"trigger": "recall", "source": Status.COMPLETED, "dest": Status.RUNNING},
    ],
)

_ASKING = [GateStatus.OPEN, GateStatus.STALE]

GATE = _machine(
    GateStatus,
    GateStatus.OPEN,
    [
        # a ballot is never both; the usual row stands first
        {
            "trigger": "decide",
            "source": _ASKING,
            "dest": GateStatus.PASSED,
            "conditions": ["ballot_passed", "nothing_missing"],
        },
        {
            "trigger": "decide",
            "source": _ASKING,
            "dest": GateStatus.DECLINED,
            "conditions": "ballot_declined",
        },
        # the vote counts, the quorum is not met: nothing moves
        {"trigger": "decide", "source": _ASKING, "dest": None},
        {"trigger": "send_back", "source": _ASKING, "dest": GateStatus.RETURNED},
        {"trigger": "void", "source": _ASKING, "dest": None},
        {"trigger": "resubmit", "source": GateStatus.RETURNED, "dest": GateStatus.OPEN},
        {"trigger": "reopen", "source": GateStatus.PASSED, "dest": GateStatus.STALE},
        {"trigger": "take_back", "source": GateStatus.PASSED, "dest": GateStatus.OPEN},
        {
            "trigger": "cancel",
            "source": [*_ASKING, GateStatus.PASSED, GateStatus.RETURNED],
            "dest": GateStatus.CANCELLED,
        },
    ],
)

ACTIVITY = _machine(
    ActivityStatus,
    ActivityStatus.SCHEDULED,
    [
        {"trigger": "open", "source": ActivityStatus.SCHEDULED, "dest": ActivityStatus.OPEN},
        {"trigger": "review", "source": ActivityStatus.OPEN, "dest": ActivityStatus.IN_REVIEW},
        {"trigger": "send_back", "source": ActivityStatus.IN_REVIEW, "dest": ActivityStatus.OPEN},
        {
            "trigger": "finish",
            "source": [ActivityStatus.OPEN, ActivityStatus.IN_REVIEW],
            "dest": ActivityStatus.PASSED,
        },
        {"trigger": "lapse", "source": ActivityStatus.OPEN, "dest": ActivityStatus.LAPSED},
        {
            "trigger": "cancel",
            "source": [ActivityStatus.SCHEDULED, ActivityStatus.OPEN, ActivityStatus.IN_REVIEW],
            "dest": ActivityStatus.CANCELLED,
        },
        {"trigger": "supersede", "source": ActivityStatus.PASSED, "dest": ActivityStatus.SUPERSEDED},
        {"trigger": "reuse", "source": ActivityStatus.SUPERSEDED, "dest": ActivityStatus.PASSED},
    ],
)


class ObligationStatus(StrEnum):
    """Of something owed: `ready` rows are claimed with a lease, which is not a state of its own."""

    READY = "ready"
    DONE = "done"
    DEAD = "dead"


OBLIGATION = _machine(
    ObligationStatus,
    ObligationStatus.READY,
    [
        {"trigger": "finish", "source": ObligationStatus.READY, "dest": ObligationStatus.DONE},
        {"trigger": "retry", "source": ObligationStatus.READY, "dest": None},
        {"trigger": "bury", "source": ObligationStatus.READY, "dest": ObligationStatus.DEAD},
        {"trigger": "revive", "source": ObligationStatus.DEAD, "dest": ObligationStatus.READY},
    ],
)


class IncidentStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


INCIDENT = _machine(
    IncidentStatus,
    IncidentStatus.OPEN,
    [{"trigger": "resolve", "source": IncidentStatus.OPEN, "dest": IncidentStatus.RESOLVED}],
)


def table(machine: Machine, states: type[_S]) -> Mapping[tuple[_S, str], _S | None]:
    """(state, trigger) -> target of a machine without conditions; None for an internal transition."""
    rows: dict[tuple[_S, str], _S | None] = {}
    for trigger, event in machine.events.items():
        for source, transitions in event.transitions.items():
            (transition,) = transitions
            rows[states[source], trigger] = None if transition.dest is None else states[transition.dest]
    return rows


_ACTIVITY = table(ACTIVITY, ActivityStatus)


def activity(status: ActivityStatus, trigger: str) -> ActivityStatus:
    """Where an activity goes; an assertion where the machine has no such row."""
    target = _ACTIVITY[status, trigger]
    assert target is not None
    return target


def decide(context: GateContext) -> GateStatus:
    """Let the GATE machine judge the ballot: the status afterwards."""
    GATE.events["decide"].trigger(context)
    return context.status


def ending(requests: Container[str], scope: Scope) -> str:
    """How a process ends whose scope is finished: as its built-in request said that took effect, else by itself."""
    asked = (n for n in ("cancel", "withdraw") if n in requests and n in scope.done)
    return next((name for name in asked if scope.done[name].verdict == "passed"), "finish")


def move(machine: Machine, context: InstanceContext | GateContext, trigger: str) -> bool:
    """Whether `trigger` moved the context; False where the machine has no such row or a condition fails."""
    try:
        return bool(machine.events[trigger].trigger(context))
    except MachineError:
        return False
