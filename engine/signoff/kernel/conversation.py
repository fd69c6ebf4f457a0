"""What an instance is talking about: the key of the first message with one that it takes or sends (BPMN 2.0.2 §8.4.2).

From then on it waits for messages of that conversation only (`wait.address`). A process that subscribes by a key of its
own data needs none of this. Must import kernel.run, kernel.wait and what lies below them.
"""

from collections.abc import Mapping

from signoff.errors import SignoffError
from signoff.kernel import wait
from signoff.kernel.events import data as e
from signoff.kernel.events import wait as w
from signoff.kernel.pending import Hears, Wait
from signoff.kernel.run import Run
from signoff.kernel.sight import CONVERSATION
from signoff.model import nodes
from signoff.model.value import Value


def join(run: Run, scope: str, event: nodes.Event, data: Mapping[str, Value] | None) -> None:
    """A message is taken or sent here: where it is the first with a key, that is the key of the conversation."""
    if not isinstance(event, nodes.MessageEvent) or event.key is not None:
        return
    sight = run.sight(scope)
    message = sight.definition.messages.get(event.message)
    if message is None or message.reads is None or wait.conversation(sight, event):
        return
    try:
        found = sight.value(message.reads, data or None)
    except SignoffError:
        return  # it carries none
    if found is None or found == "":
        return
    run.emit(e.VariablesSet(sight.process.id, {CONVERSATION: str(found)}))
    for each in [one for one in run.state.waits.values() if one.kind is Hears.MESSAGE and not one.key]:
        _narrow(run, each)


def _narrow(run: Run, each: Wait) -> None:
    """What waits already for a message of the conversation waits with its key."""
    event = wait.awaited(run.node(each.scope, each.node))[each.part]
    if not isinstance(event, nodes.MessageEvent) or event.key is not None:
        return
    if key := wait.conversation(run.sight(each.scope), event):
        run.emit(w.WaitDropped(each.id, each.node, each.kind))
        new = run.next("w")
        run.emit(w.WaitArmed(new, each.node, each.scope, each.host, each.kind, each.name, key, each.part))
