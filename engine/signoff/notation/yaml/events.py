"""What is waited for, as written: a moment, a recurrence, a message, a signal, a condition, an error, an escalation.

The same keys stand in a wait, in the branches of a race, in handlers and at the start (reference §3, §9). Codes F08,
N09, S01 and those of the context. May import model and its siblings.
"""

from signoff.model.expression import Expression
from signoff.model.nodes import (
    ConditionalEvent,
    ErrorEvent,
    EscalationEvent,
    Event,
    MessageEvent,
    SignalEvent,
    TimerEvent,
)
from signoff.notation.yaml.parts import Parts, key_of
from signoff.notation.yaml.tree import Keyed, Leaf
from signoff.time.anchor import Anchor, AnchorKind
from signoff.time.recurrence import Missed
from signoff.time.relative import Side, When, parse_span

BUSINESS_KEY = Expression.of("process_key")  # what a message is taken with that says nothing else
ANY = "any"


def event(parts: Parts, id_: str, tree: Keyed) -> Event | None:
    """The event of an element; nothing where it cannot be read, which is told."""
    if "key" in tree and "message" not in tree:
        parts.context.report.strange("S01", key_of(tree, "key").place, "key", ["message"], "key_unknown")
    if (said := tree.leaf("missed")) and "every" not in tree:
        parts.context.report("F08", said.place, "missed_without_every")
    if leaf := tree.leaf("message"):
        return message(parts, id_, leaf, tree)
    if leaf := tree.leaf("signal"):
        name = parts.context.lookup("N09", leaf, parts.context.ids("signals"), "signal_unknown")
        return SignalEvent(name) if name else None
    if "condition" in tree:
        condition = parts.context.expression(tree.get("condition"), f"{id_}|condition")
        return ConditionalEvent(condition) if condition else None
    parts.context.mark(f"{id_}|error", tree.key("error") or tree.key("escalation"))
    if leaf := tree.leaf("error"):
        return ErrorEvent("" if leaf.text == ANY else leaf.text)
    if leaf := tree.leaf("escalation"):
        return EscalationEvent("" if leaf.text == ANY else leaf.text)
    return timer(parts, id_, tree)


def message(parts: Parts, id_: str, leaf: Leaf, tree: Keyed) -> MessageEvent | None:
    """A message to be taken; without a key with the business key."""
    name = parts.context.lookup("N09", leaf, parts.context.ids("messages"), "message_unknown")
    key = parts.context.expression(tree.get("key"), f"{id_}|key") if "key" in tree else BUSINESS_KEY
    return MessageEvent(name, key) if name and key else None


def timer(parts: Parts, id_: str, tree: Keyed) -> TimerEvent | None:
    """A recurrence, or a moment."""
    if "every" in tree:
        every = parts.context.every(tree.get("every"))
        return TimerEvent(every=every, missed=missed(tree)) if every else None
    when = moment(parts, tree)
    parts.context.mark(f"{id_}|at", tree.get("at") or tree.get("after"))
    return TimerEvent(at=when) if when else None


def missed(tree: Keyed) -> Missed:
    """What becomes of occurrences that were missed."""
    said = tree.leaf("missed")
    return Missed(said.text) if said else Missed.ONCE


def moment(parts: Parts, tree: Keyed) -> When | None:
    """`at: when`, or `after: span` counted from when the wait begins."""
    if "after" in tree:
        return parts.context.phrase(tree.get("after"), _after)
    return parts.context.when(tree.get("at"))


def _after(text: str) -> When:
    return When(Anchor(AnchorKind.OPENED), Side.AFTER, parse_span(text), text=f"{text} after opened")
