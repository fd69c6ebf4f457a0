"""Correlation keys: which instance a message is for (BPMN 2.0.2 §8.4.2).

What a message is read by stands with the message, what an instance waits with stands with its events. May import
the model and the modules beside it that know no process.
"""

from collections.abc import Iterator

from signoff.model.expression import Expression
from signoff.notation.bpmn_reader.context import Context
from signoff.notation.bpmn_reader.index import plain, process_of
from signoff.notation.xml.element import Element


def reads(context: Context, message: str) -> Expression | None:
    """The key as it is computed of what a message carries."""
    paths = [
        context.formulas.condition(retrieval.first("messagePath"))
        for property in _properties(context)
        for retrieval in property.all("correlationPropertyRetrievalExpression")
        if plain(retrieval.get("messageRef")) == message
    ]
    return _joined([path for path in paths if path is not None])


def key(context: Context, message: str, event: Element) -> Expression | None:
    """The key as an instance of the process around an event computes it, when its process subscribes by one."""
    process = process_of(event)
    if process is None or reads(context, message) is None:
        return None
    paths = [
        context.formulas.condition(binding.first("dataPath"))
        for subscription in process.all("correlationSubscription")
        for binding in subscription.all("correlationPropertyBinding")
    ]
    return _joined([path for path in paths if path is not None])


def _properties(context: Context) -> Iterator[Element]:
    """The properties of all keys, in the order of the keys."""
    named = [
        plain(reference.text)
        for one in context.index.all("correlationKey")
        for reference in one.all("correlationPropertyRef")
    ]
    for name in dict.fromkeys(named):
        found = context.index.find(name, "correlationProperty")
        if found is not None:
            yield found


def _joined(paths: list[Expression]) -> Expression | None:
    if len(paths) < 2:
        return paths[0] if paths else None
    return Expression.of(" + '|' + ".join(f"text({path.text})" for path in paths))
