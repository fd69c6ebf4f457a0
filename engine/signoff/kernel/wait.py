"""Arming what an element waits for: timers, messages, signals, conditions; and asking conditions again.

Errors, escalations, compensation, cancellation and links are not waited for: whoever throws them finds who catches
them. What follows when something happens see `elements.event`. Must import model, time and kernel below `elements`.
"""

from collections.abc import Container

from signoff.errors import SignoffError
from signoff.kernel import timer
from signoff.kernel.events import data
from signoff.kernel.events import wait as e
from signoff.kernel.pending import Hears, Wait
from signoff.kernel.run import Run
from signoff.kernel.sight import CONVERSATION, Sight
from signoff.model import nodes
from signoff.model.expression import Expression, ExpressionFault
from signoff.model.value import Value

Listener = nodes.BoundaryEvent | nodes.EventSubProcess | nodes.IntermediateCatchEvent | nodes.ReceiveTask


def awaited(node: nodes.Node) -> tuple[nodes.Event, ...]:
    """The single events that a node listens for, in the order written."""
    if isinstance(node, nodes.ReceiveTask):
        return (nodes.MessageEvent(node.message, node.key),) if node.message else ()
    return nodes.parts(getattr(node, "event", None))


def wants_all(node: nodes.Node) -> bool:
    """Whether every one of its events has to happen."""
    event = getattr(node, "event", None)
    return isinstance(event, nodes.MultipleEvent) and event.parallel


def check(run: Run, scope: str, node: nodes.Node) -> None:
    """Compute what arming will need. Raises ExpressionFault while nothing has changed."""
    for part, event in enumerate(awaited(node)):
        if isinstance(event, nodes.TimerEvent) and event.text is not None:
            assert isinstance(node, timer.Timed)
            timer.event_of(run, scope, node, part)
        elif isinstance(event, nodes.MessageEvent | nodes.SignalEvent):
            address(run.sight(scope), event)


def arm_beside(run: Run, scope: str, node: nodes.Node, host: str = "") -> None:
    """Listen beside an activity or a scope that has begun: what cannot be computed is an incident of the listener."""
    try:
        check(run, scope, node)
        arm(run, scope, node, host)
    except SignoffError as fault:
        run.incident(scope, node.id, fault, retry="arm", activity=host)


def arm(run: Run, scope: str, node: nodes.Node, host: str) -> None:
    """Listen for every event of a node, from now on. Raises ExpressionFault."""
    for part, event in enumerate(awaited(node)):
        match event:
            case nodes.TimerEvent():
                assert isinstance(node, timer.Timed)
                timer.arm(run, scope, node, host, part)
            case nodes.MessageEvent() | nodes.SignalEvent():
                kind = Hears.MESSAGE if isinstance(event, nodes.MessageEvent) else Hears.SIGNAL
                name, key = address(run.sight(scope), event)
                run.emit(e.WaitArmed(run.next("w"), node.id, scope, host, kind, name, key, part))
            case nodes.ConditionalEvent():
                id = run.next("w")
                run.emit(e.WaitArmed(id, node.id, scope, host, Hears.CONDITION, part=part))
                run.armed.append(id)


def address(sight: Sight, event: nodes.MessageEvent | nodes.SignalEvent) -> tuple[str, str]:
    """The name under which a message or signal goes by here, and its key. Raises ExpressionFault."""
    if isinstance(event, nodes.SignalEvent):
        signal = sight.definition.signals.get(event.signal)
        named, plain = (signal.named, signal.name) if signal else (None, event.signal)
        return (plain if named is None else _word(sight, named)), ""
    message = sight.definition.messages.get(event.message)
    named, plain = (message.named, message.name) if message else (None, event.message)
    name = plain if named is None else _word(sight, named)
    return name, conversation(sight, event) if event.key is None else _word(sight, event.key)


def conversation(sight: Sight, event: nodes.MessageEvent) -> str:
    """The key of what an instance talks about, for a message that is read by one; nothing before it talks."""
    message = sight.definition.messages.get(event.message)
    keyed = message is not None and message.reads is not None
    return str(sight.process.data.get(CONVERSATION) or "") if keyed else ""


def _word(sight: Sight, expression: Expression) -> str:
    """A key or a name, as text: 7 and "7" are one key."""
    found: Value = sight.value(expression)
    if found is None or found == "":
        raise ExpressionFault("null_value", name=expression.text, expression=expression.text)
    return str(found)


# conditions -----------------------------------------------------------------------------------------------


def condition_of(run: Run, wait: Wait) -> Expression:
    """The condition that a wait of that kind is for."""
    event = awaited(run.node(wait.scope, wait.node))[wait.part]
    assert isinstance(event, nodes.ConditionalEvent)
    return event.condition


def to_ask(run: Run, names: frozenset[str], armed: Container[str]) -> list[Wait]:
    """The conditions that were just armed, or read some of the data that have changed, the oldest first."""
    return [
        wait
        for wait in run.state.waits.values()
        if wait.kind is Hears.CONDITION
        and (wait.id in armed or not names.isdisjoint(condition_of(run, wait).names))
    ]


def has_come_true(run: Run, wait: Wait) -> bool:
    """Whether a condition holds that did not hold when it was last asked; what cannot be computed is an incident."""
    before = [i for i in run.state.incidents.values() if i.via == wait.id]
    try:
        holds = run.sight(wait.scope).holds(condition_of(run, wait))
    except SignoffError as fault:
        if not before:
            run.incident(wait.scope, wait.node, fault, retry="ask", activity=wait.host, via=wait.id)
        return False
    for incident in before:
        run.emit(data.IncidentResolved(incident.id))
    if holds and not wait.holds:
        return True
    if holds != wait.holds:
        run.emit(e.ConditionAsked(wait.id, holds))
    return False
