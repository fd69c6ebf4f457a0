"""Why an instance stands where it stands: what is missing, who can supply it, since when, and what comes by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from signoff.kernel import missing, roster
from signoff.kernel.missing import Missing, texts
from signoff.kernel.pending import Hears
from signoff.kernel.sight import Sight
from signoff.kernel.state import Activity, ActivityStatus, GateRecord, GateStatus, State
from signoff.kernel.world import World
from signoff.model import nodes
from signoff.sentences import Sentence

_NEVER = "none"  # the way to retry of an incident that no retry repairs
_BESIDE = "fire"  # that of an event beside an activity, which goes on


@dataclass(frozen=True, slots=True)
class Reason:
    """One place at which an instance waits. `task` is the id commands take; `who` may move it."""

    task: str
    node: str
    label: dict[str, str]
    status: str
    since: datetime
    due: datetime | None
    who: tuple[str, ...]
    missing: tuple[Missing, ...]
    subject: str = ""


def why(world: World, state: State, now: datetime) -> list[Reason]:
    """Every place at which the instance waits, in the order in which they began; the engine's own reasons."""
    stopped = {each.activity for each in state.incidents.values() if each.retry != _BESIDE}
    found = [
        reason
        for activity in state.activities.values()
        if activity.id not in stopped
        for reason in _activity(world, state, activity, now)
    ]
    found += _stale(world, state, now)
    found += _incidents(world, state, now)
    return sorted(found, key=lambda reason: reason.since)


def _activity(world: World, state: State, activity: Activity, now: datetime) -> Iterator[Reason]:
    sight = Sight(world, state, activity.scope, now)
    node = sight.node(activity.node)
    id = f"{state.id}:{activity.id}"
    label = texts(node.label, node.id)
    if isinstance(node, nodes.HumanTask):
        record = state.gates.get(activity.gate)
        waits = tuple(_missing(sight, activity, node))
        who = roster.pending(activity, record)
        seen = record.subject if record is not None else ""
        shown = f"{state.id}:{record.id}" if record is not None and record.status == "open" else id
        due = activity.due if record is None else _due(state, record, activity.due)
        yield Reason(shown, node.id, label, activity.status.value, activity.since, due, who, waits, seen)
    elif activity.multi is None and isinstance(node, _WAITING):
        at = next((t.at for t in state.timers.values() if t.host == activity.id), None)
        owed = tuple(_awaited(state, activity, node, label, at))
        yield Reason(id, node.id, label, activity.status.value, activity.since, at, (), owed)


_WAITING = (
    nodes.ServiceTask,
    nodes.IntermediateCatchEvent,
    nodes.ReceiveTask,
    nodes.EventBasedGateway,
    nodes.AdHocSubProcess,
)
_HEARD = {
    Hears.MESSAGE: "message_to_come",
    Hears.SIGNAL: "signal_to_come",
    Hears.CONDITION: "condition_to_come",
}


def _awaited(
    state: State, activity: Activity, node: nodes.Node, label: dict[str, str], at: datetime | None
) -> Iterator[Missing]:
    """What has to happen at an element that waits for no person."""
    since = activity.since
    if isinstance(node, nodes.ServiceTask):
        yield Missing("handler_owed", {"step": label, "at": at, "handler": node.handler}, (), since)
        return
    heard = [wait for wait in state.waits.values() if wait.host == activity.id]
    for wait in heard:
        yield Missing(_HEARD[wait.kind], {"step": label, "name": wait.name, "key": wait.key}, (), since)
    if any(timer.host == activity.id for timer in state.timers.values()):
        yield Missing("moment_to_come", {"step": label, "at": at}, (), since)
    elif not heard:
        yield Missing("completion_to_come", {"step": label}, (), since)


def _due(state: State, record: GateRecord, due: datetime | None) -> datetime | None:
    """The earliest of what is due at a gate: entries may have deadlines of their own."""
    own = (clock.due for target, clock in state.clocks.items() if target.startswith(f"{record.id}#"))
    return min((each for each in (due, *own) if each is not None), default=None)


def _missing(sight: Sight, activity: Activity, node: nodes.HumanTask) -> Iterator[Missing]:
    record = sight.state.gates.get(activity.gate)
    if activity.status is ActivityStatus.SCHEDULED:
        yield Missing("opens_later", {"at": activity.opens}, (), activity.since)
    elif record is not None and record.status is GateStatus.OPEN:
        yield from missing.of_gate(sight, record, activity, node)
    elif isinstance(node, nodes.UserTask):
        if not activity.roster:
            yield Missing("nobody_to_do", {"roles": list(node.owner)}, (), activity.since)
        yield from missing.of_work(sight, activity, node)
    else:
        yield from missing.obstacles(sight, None, activity, node)


def _stale(world: World, state: State, now: datetime) -> Iterator[Reason]:
    for gate in state.gates.values():
        if gate.status is GateStatus.STALE:
            sight = Sight(world, state, gate.scope, now)
            node = sight.node(gate.node)
            assert isinstance(node, nodes.HumanTask)
            waits = tuple(missing.of_gate(sight, gate, None, node))
            who = tuple(dict.fromkeys(id for e in gate.entries for id in roster.waiting_for(e)))
            yield Reason(
                f"{state.id}:{gate.id}",
                gate.node,
                texts(node.label, node.id),
                gate.status.value,
                gate.since,
                _due(state, gate, None),
                who,
                waits,
                gate.subject,
            )


def _incidents(world: World, state: State, now: datetime) -> Iterator[Reason]:
    for incident in state.incidents.values():
        sight = Sight(world, state, incident.scope, now)
        label = texts(sight.node(incident.node).label, incident.node)
        cause = Sentence(incident.code, incident.params)
        code = "incident_final" if incident.retry == _NEVER else "incident_open"
        found = Missing(code, {"code": incident.code, "cause": cause}, (), incident.at)
        yield Reason(
            f"{state.id}:{incident.id}",
            incident.node,
            label,
            "incident",
            incident.at,
            None,
            (),
            (found,),
        )
