"""Event definitions on the way out, and the messages, signals and codes that they refer to. May import the model."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from signoff.model import nodes as m
from signoff.model.definition import Definition
from signoff.notation.bpmn_writer.leaf import add, formula
from signoff.notation.bpmn_writer.quantity import Quantities
from signoff.time.span import Measure

_PLACEHOLDER = "false"  # what BPMN has no event for: its settings say what it is


@dataclass(slots=True)
class Catalogue:
    """What stands beside the processes: ids by what they are for."""

    root: Any
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def declare(self, kind: str, key: str, attributes: dict[str, str]) -> str:
        """The id of a root element; made when it is asked for first."""
        if (kind, key) not in self.ids:
            id = attributes.get("id") or f"{kind.capitalize()}_{len(self.ids) + 1}"
            while id in self.taken:
                id = f"{kind.capitalize()}_{id}"
            self.taken.add(id)
            self.ids[kind, key] = id
            add(self.root, kind, {**attributes, "id": id})
        return self.ids[kind, key]


@dataclass(slots=True)
class Triggers:
    """Writes the events of one definition."""

    definition: Definition
    catalogue: Catalogue
    quantities: Quantities = field(default_factory=Quantities)

    def declare(self) -> None:
        """Everything that the definition declares, whether an event refers to it or not."""
        for message in self.definition.messages.values():
            self.message(message.id)
        for signal in self.definition.signals.values():
            self._signal(signal.id)
        for code in self.definition.errors.values():
            self._code("error", code.code)
        for code in self.definition.escalations.values():
            self._code("escalation", code.code)

    def write(self, element: Any, event: m.Event | None) -> None:
        """The event definitions of an element."""
        if isinstance(event, m.MultipleEvent) and event.parallel:
            element.set("parallelMultiple", "true")
        for one in m.parts(event):
            writer: Callable[..., None] = _WRITERS.get(type(one), unknown)
            writer(self, element, one)

    def message(self, id: str) -> str:
        declared = self.definition.messages.get(id)
        named = declared.name if declared else id
        return self.catalogue.declare("message", id, {"id": id, "name": named})

    def _signal(self, id: str) -> str:
        declared = self.definition.signals.get(id)
        return self.catalogue.declare("signal", id, {"id": id, "name": declared.name if declared else id})

    def _code(self, kind: str, code: str) -> str:
        known = self.definition.errors if kind == "error" else self.definition.escalations
        declared = next((one for one in known.values() if one.code == code), None)
        label = (declared.label.zh or declared.label.en) if declared else ""
        attributes = {"id": declared.id if declared else "", "name": label, f"{kind}Code": code}
        return self.catalogue.declare(kind, code, attributes)

    # kinds -----------------------------------------------------------------------------------------------

    def of_timer(self, element: Any, event: m.TimerEvent) -> None:
        timer = add(element, "timerEventDefinition")
        (kind, says), *_ = [*_times(event), ("timeDate", "")]
        if says:
            add(timer, kind, {"xsi:type": "bpmn:tFormalExpression"}, says=says)
        elif event.text is not None:
            formula(timer, "timeDate", event.text)

    def of_message(self, element: Any, event: m.MessageEvent) -> None:
        add(element, "messageEventDefinition", {"messageRef": self.message(event.message)})

    def of_signal(self, element: Any, event: m.SignalEvent) -> None:
        add(element, "signalEventDefinition", {"signalRef": self._signal(event.signal)})

    def of_error(self, element: Any, event: m.ErrorEvent) -> None:
        reference = self._code("error", event.error) if event.error else ""
        add(element, "errorEventDefinition", {"errorRef": reference})

    def of_escalation(self, element: Any, event: m.EscalationEvent) -> None:
        reference = self._code("escalation", event.escalation) if event.escalation else ""
        add(element, "escalationEventDefinition", {"escalationRef": reference})

    def of_condition(self, element: Any, event: m.ConditionalEvent) -> None:
        formula(add(element, "conditionalEventDefinition"), "condition", event.condition)

    def of_link(self, element: Any, event: m.LinkEvent) -> None:
        add(element, "linkEventDefinition", {"name": event.link})

    def of_compensation(self, element: Any, event: m.CompensateEvent) -> None:
        waits = "" if event.waits else "false"
        add(
            element,
            "compensateEventDefinition",
            {"activityRef": event.activity, "waitForCompletion": waits},
        )


def _times(event: m.TimerEvent) -> Iterator[tuple[str, str]]:
    """How ISO 8601 says a time, where it can."""
    if event.at is not None and event.at.span is not None and event.at.span.measure is Measure.CLOCK:
        yield "timeDuration", event.at.text
    elif event.at is not None:
        yield "timeDate", event.at.text
    elif event.every is not None:
        yield "timeCycle", event.every.text


def unknown(triggers: Triggers, element: Any, event: m.Event) -> None:
    del triggers, event
    formula(add(element, "conditionalEventDefinition"), "condition", _PLACEHOLDER)


_WRITERS: Mapping[type, Callable[..., None]] = {
    m.TimerEvent: Triggers.of_timer,
    m.MessageEvent: Triggers.of_message,
    m.SignalEvent: Triggers.of_signal,
    m.ErrorEvent: Triggers.of_error,
    m.EscalationEvent: Triggers.of_escalation,
    m.ConditionalEvent: Triggers.of_condition,
    m.LinkEvent: Triggers.of_link,
    m.CompensateEvent: Triggers.of_compensation,
    m.CancelEvent: lambda _, element, _event: add(element, "cancelEventDefinition"),
}
