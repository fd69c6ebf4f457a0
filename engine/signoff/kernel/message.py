"""What a message or a signal carries, as its declaration types it. Must import the model only."""

from collections.abc import Mapping

from signoff.model import nodes
from signoff.model.definition import Definition
from signoff.model.types import Declaration
from signoff.model.value import Value, coerce


def typed(
    definition: Definition, event: nodes.Event, data: Mapping[str, Value] | None
) -> Mapping[str, Value] | None:
    """The data of an event with its declared fields as they are typed; what is not declared is let go.

    Nothing is changed where nothing is declared. Raises Invalid for a value that does not fit.
    """
    fields = _fields(definition, event)
    if data is None or not fields:
        return data
    return {each.name: _fitted(definition, each, data.get(each.name)) for each in fields}


def _fields(definition: Definition, event: nodes.Event) -> tuple[Declaration, ...]:
    match event:
        case nodes.MessageEvent():
            message = definition.messages.get(event.message)
            return message.fields if message else ()
        case nodes.SignalEvent():
            signal = definition.signals.get(event.signal)
            return signal.fields if signal else ()
    return ()


def _fitted(definition: Definition, declared: Declaration, value: Value) -> Value:
    if value is None:
        return None
    return coerce(declared.type, value, at=declared.name, zone=definition.zone)
