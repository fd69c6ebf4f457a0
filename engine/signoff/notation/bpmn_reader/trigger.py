"""Event definitions: what an event of the file waits for or throws, and the catalogue of what they name.

Messages and signals go by their ids, errors and escalations by their codes. May import the model and the modules
beside it that know no process.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from signoff.model.expression import Expression
from signoff.model.message import Code, Message, Signal
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
    SignalEvent,
)
from signoff.notation.bpmn_reader import correlation, moment
from signoff.notation.bpmn_reader.context import Context, label
from signoff.notation.bpmn_reader.index import ACTIVITIES, THROWING, plain
from signoff.notation.bpmn_reader.rule.link import target_of
from signoff.notation.xml.element import Element


def trigger(context: Context, event: Element) -> Event | None:
    """The event of an element, several of them as one; None when it has none, or when one was refused."""
    definitions = [one for one in context.index.definitions(event) if one.name != "terminateEventDefinition"]
    found = [_READERS[one.name](context, event, one) for one in definitions if one.name in _READERS]
    events = tuple(one for one in found if one is not None)
    if len(events) != len(definitions) or not events:
        return None
    if len(events) == 1:
        return events[0]
    return MultipleEvent(events, parallel=event.flag("parallelMultiple"))


def message(context: Context, reference: str, element: Element) -> str:
    """The id of a declared message; empty when it was refused."""
    declared = context.index.find(reference, "message")
    if declared is None:
        context.report.refuse("bpmn_message_undeclared", element, name=reference)
        return ""
    if declared.id not in context.messages:
        context.messages[declared.id] = _message(context, declared)
    return declared.id


def _message(context: Context, declared: Element) -> Message:
    name = declared.get("name") or declared.id
    made = Message(declared.id, name, reads=correlation.reads(context, declared.id))
    if context.formulas.is_formula(name):
        return replace(made, named=context.formulas.value(name, declared))
    return made


def key_of(context: Context, reference: str, element: Element) -> Expression | None:
    """What a message is matched by: Zeebe's correlation key, else the correlation subscription of the process."""
    declared = context.index.find(reference, "message")
    if declared is None:
        return None
    for subscription in declared.extensions("subscription"):
        if text := subscription.get("correlationKey"):
            return context.formulas.value(text, subscription)
    return correlation.key(context, declared.id, element)


def _of_message(context: Context, event: Element, definition: Element) -> Event | None:
    reference = definition.get("messageRef")
    if reference:
        id = message(context, reference, definition)
        return MessageEvent(id, key_of(context, reference, event)) if id else None
    if sent := _over_flow(context, event):
        return MessageEvent(sent)
    if event.name in THROWING:  # code sends it: the message has no name of its own
        id = f"{event.id}.message"
        context.messages.setdefault(id, Message(id, event.id))
        return MessageEvent(id)
    context.report.refuse("bpmn_message_unnamed", definition)
    return None


def _over_flow(context: Context, event: Element) -> str:
    """The message of the message flow that leads here, or away from here."""
    end = "sourceRef" if event.name in THROWING else "targetRef"
    for flow in context.index.all("messageFlow"):
        if plain(flow.get(end)) == event.id:
            if (named := flow.get("messageRef")) and context.index.find(named, "message"):
                return message(context, named, flow)
            id = f"{flow.id}.message"
            context.messages.setdefault(id, Message(id, flow.id))
            return id
    return ""


def _of_signal(context: Context, event: Element, definition: Element) -> Event | None:
    del event
    reference = definition.get("signalRef")
    declared = context.index.find(reference, "signal")
    if declared is None:
        context.report.refuse("bpmn_signal_undeclared", definition, name=reference)
        return None
    name = declared.get("name") or declared.id
    named = context.formulas.value(name, declared) if context.formulas.is_formula(name) else None
    context.signals.setdefault(declared.id, Signal(declared.id, name, named))
    return SignalEvent(declared.id)


def _of_error(context: Context, event: Element, definition: Element) -> Event | None:
    reference = definition.get("errorRef")
    if not reference:
        if event.name in THROWING:
            context.report.refuse("bpmn_error_nameless", definition)
            return None
        return ErrorEvent()
    declared = context.index.find(reference, "error")
    if declared is None:
        context.report.warn("bpmn_error_undeclared", definition, name=reference)
        return ErrorEvent(plain(reference))
    code = declared.get("errorCode") or declared.id
    context.errors.setdefault(declared.id, Code(declared.id, code, label(declared)))
    return ErrorEvent(code)


def _of_escalation(context: Context, event: Element, definition: Element) -> Event | None:
    reference = definition.get("escalationRef")
    if not reference and event.name not in THROWING:
        return EscalationEvent()
    declared = context.index.find(reference, "escalation")
    if declared is None:
        context.report.refuse("bpmn_escalation_undeclared", definition, name=reference)
        return None
    code = declared.get("escalationCode") or declared.id
    context.escalations.setdefault(declared.id, Code(declared.id, code, label(declared)))
    return EscalationEvent(code)


def _of_condition(context: Context, event: Element, definition: Element) -> Event | None:
    del event
    condition = definition.first("condition")
    if condition is None or not condition.text.strip():
        context.report.refuse("bpmn_condition_empty", definition)
        return None
    found = context.formulas.condition(condition)
    return ConditionalEvent(found) if found else None


def _of_link(context: Context, event: Element, definition: Element) -> Event | None:
    """Both ends of a link carry the name of its catching end."""
    if event.name == "intermediateCatchEvent":
        return LinkEvent(definition.get("name") or definition.id)
    target = target_of(context.index, definition)
    return LinkEvent(target.get("name") or target.id) if target is not None else None


def _of_compensation(context: Context, event: Element, definition: Element) -> Event | None:
    reference = definition.get("activityRef")
    waits = definition.flag("waitForCompletion", default=True)
    if reference and event.name in THROWING:
        found = context.index.find(reference, *ACTIVITIES)
        if found is None:
            context.report.refuse("bpmn_compensation_target", definition, name=reference)
            return None
        return CompensateEvent(found.id, waits)
    return CompensateEvent(waits=waits)


_READERS: Mapping[str, Callable[[Context, Element, Element], Event | None]] = {
    "messageEventDefinition": _of_message,
    "signalEventDefinition": _of_signal,
    "errorEventDefinition": _of_error,
    "escalationEventDefinition": _of_escalation,
    "conditionalEventDefinition": _of_condition,
    "linkEventDefinition": _of_link,
    "compensateEventDefinition": _of_compensation,
    "cancelEventDefinition": lambda _, _event, _definition: CancelEvent(),
    "timerEventDefinition": lambda context, _, definition: moment.timer(context, definition),
}
