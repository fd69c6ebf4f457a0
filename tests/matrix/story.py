"""What happened, in its order and in few signs, and how each kind of event is made to happen.

`+a` begins, `=a` is completed, `-a` is cancelled, `a` is passed; `!m` is thrown; a status ends it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from signoff.kernel.events import data, flow, wait
from signoff.testing import Case, Sandbox

_SIGNS: Mapping[type, str] = {
    flow.ElementEntered: "+",
    flow.ElementCompleted: "=",
    flow.ElementCancelled: "-",
    flow.ElementPassed: "",
}


def story(case: Case) -> str:
    """The instance from its beginning."""
    return " ".join(filter(None, map(_word, case.events)))


def _word(event: object) -> str:
    match event:
        case flow.ElementEntered() | flow.ElementCompleted() | flow.ElementCancelled() | flow.ElementPassed():
            return _SIGNS[type(event)] + event.node
        case wait.MessageThrown() | wait.SignalThrown():
            return f"!{event.name}"
        case wait.EscalationRaised():
            return f"!{event.escalation}"
        case data.ErrorRaised():
            return f"!{event.error}"
        case data.IncidentRaised():
            return f"?{event.code}"
        case flow.InstanceEnded():
            return event.outcome
    return ""


def begun(text: str, *, process: str = "p", **variables: object) -> Case:
    """A case of the first process of a file, with data."""
    box = Sandbox()
    box.deploy(text)
    return box.start(process, variables or None)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A kind of event: its definition, and how the world makes it happen once."""

    xml: str
    happen: Callable[[Sandbox], object]


def _filled(box: Sandbox) -> None:
    """The data change that a condition reads: first so that it does not hold, then so that it does."""
    for row in box.engine.instances(status="running"):
        case = box._case("p", row.id)
        case.set({"x": 0})
        case.set({"x": 9})


def _all(box: Sandbox) -> None:
    box.message("m")
    box.signal("s")


MESSAGE = "<messageEventDefinition messageRef='M'/>"
SIGNAL = "<signalEventDefinition signalRef='S'/>"
ERROR = "<errorEventDefinition errorRef='E'/>"
ESCALATION = "<escalationEventDefinition escalationRef='L'/>"
COMPENSATE = "<compensateEventDefinition/>"
CONDITION = "<conditionalEventDefinition><condition>${x &gt; 5}</condition></conditionalEventDefinition>"
CANCEL = "<cancelEventDefinition/>"
TERMINATE = "<terminateEventDefinition/>"


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


CAUGHT: Mapping[str, Trigger] = {
    "message": Trigger(MESSAGE, lambda box: box.message("m")),
    "signal": Trigger(SIGNAL, lambda box: box.signal("s")),
    "timer, date": Trigger(timer("timeDate", "2027-01-02T00:00:00Z"), lambda box: box.advance("P1D")),
    "timer, duration": Trigger(timer("timeDuration", "PT24H"), lambda box: box.advance("P1D")),
    "timer, cycle": Trigger(timer("timeCycle", "R3/PT24H"), lambda box: box.advance("P1D")),
    "conditional": Trigger(CONDITION, _filled),
    "multiple": Trigger(MESSAGE + SIGNAL, lambda box: box.signal("s")),
    "parallel multiple": Trigger(MESSAGE + SIGNAL, _all),
}
#: Thrown by the work itself, so that only its boundary and what stands around it can catch it.
RAISED: Mapping[str, Trigger] = {
    "error": Trigger(ERROR, lambda box: box.error("w", "E")),
    "escalation": Trigger(ESCALATION, lambda box: box.escalation("w", "L")),
}
ALL = {**CAUGHT, **RAISED}
AGAIN = ("message", "signal", "timer, cycle", "conditional", "multiple", "parallel multiple", "escalation")


def parallel(kind: str) -> Mapping[str, str]:
    """The attribute that an event needs whose definitions must all happen."""
    return {"parallelMultiple": "true"} if kind == "parallel multiple" else {}
