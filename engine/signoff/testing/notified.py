"""Who was told what, by the notices that were really sent.

A notice's id leads back to the event that owed it. May import kernel events and runtime.channels.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from signoff.kernel.events import Event, flow, gate, task, time
from signoff.model import nodes
from signoff.model.gate import Rung
from signoff.runtime.channels import Notice
from signoff.testing.situation import Situation

Told: TypeAlias = tuple[str, str, str]


def told(sent: Iterable[Notice], instance: str, events: Sequence[Event], situation: Situation) -> list[Told]:
    """The notices of one instance as (level of the rung or kind of the notice, step, person).

    One that a step sends is named itself, not the step.
    """
    steps = {event.id: event.node for event in events if isinstance(event, flow.ElementEntered)}
    return [
        (_what(notice, event, situation), _step(event, steps), notice.to.id)
        for notice in sent
        for event in _owing(notice, instance, events)
    ]


def _owing(notice: Notice, instance: str, events: Sequence[Event]) -> Iterator[Event]:
    """The event that owed the notice: its number stands in the notice's id, INSTANCE/nNUMBER/PERSON/CHANNEL."""
    if notice.instance == instance:
        yield events[int(notice.id.split("/")[1].removeprefix("n")) - 1]


def _step(event: Event, steps: dict[str, str]) -> str:
    if isinstance(event, task.NoticeSent):
        return event.notice
    named = getattr(event, "request", "") or getattr(event, "node", "")
    return str(named or steps.get(getattr(event, "activity", ""), ""))


def _what(notice: Notice, event: Event, situation: Situation) -> str:
    """The level of a rung; of one without a level the phrase it was written with."""
    if not isinstance(event, time.RungFired | gate.EntryRungFired):
        return notice.kind
    return event.level or _phrase(event, situation) or notice.kind


def _phrase(event: time.RungFired | gate.EntryRungFired, situation: Situation) -> str:
    """How the rung was written. Among several without a level: by its place, as ladders are written in order of time."""
    node = situation.definition.nodes.get(event.node)
    rungs = _ladder(event, node) if isinstance(node, nodes.HumanTask) else ()
    plain = [rung for rung in rungs if not rung.level and rung.say == event.say]
    if len(plain) > 1:
        plain = [rung for rung in rungs[event.rung : event.rung + 1] if rung in plain]
    return plain[0].at.text if plain else ""


def _ladder(event: time.RungFired | gate.EntryRungFired, node: nodes.HumanTask) -> tuple[Rung, ...]:
    """The rungs of the task, or of the entry whose own ladder it is."""
    if isinstance(event, time.RungFired):
        return node.escalate
    return node.gate.approvals[int(event.target.partition("#")[2])].escalate
