"""Retrying what an incident stopped: one function for each of the ways of `Incident.retry`.

Must import kernel below `decide`.
"""

from collections.abc import Callable

from signoff.errors import NotFound
from signoff.kernel import review, wait
from signoff.kernel.commands import Retry
from signoff.kernel.elements import event, gateway, inside, multiple, service
from signoff.kernel.events import data, time
from signoff.kernel.fold.task import entry_of
from signoff.kernel.pending import Incident
from signoff.kernel.run import Run
from signoff.kernel.state import ActivityStatus, EntryStatus, GateStatus
from signoff.model import nodes


def retry(run: Run, command: Retry) -> None:
    """Try again what these incidents stopped: one, or all of them."""
    wanted = command.incident.rpartition(":")[2]
    found = [i for i in run.state.incidents.values() if not wanted or i.id == wanted]
    if not found:
        raise NotFound("no_such_incident", incident=command.incident or command.instance)
    for incident in found:
        if incident.id in run.state.incidents:
            run.emit(data.IncidentResolved(incident.id))
            run.touched[incident.scope] = None
            _AGAIN[incident.retry](run, incident)
            _lapse_again(run, incident.activity)


def _lapse_again(run: Run, id: str) -> None:
    """What was stopped did not lapse: its time to lapse is owed again."""
    activity = run.state.activities.get(id)
    if activity is not None and activity.lapses is not None and activity.status is ActivityStatus.OPEN:
        run.emit(time.LapseSet(id, activity.lapses))


def _enter_again(run: Run, incident: Incident) -> None:
    run.enter(incident.scope, incident.node, incident.via, incident.origin)


def _leave_again(run: Run, incident: Incident) -> None:
    run.leave(incident.scope, run.node(incident.scope, incident.node))


def _split_again(run: Run, incident: Incident) -> None:
    node = run.node(incident.scope, incident.node)
    assert isinstance(node, nodes.InclusiveGateway)
    gateway.split(run, incident.scope, node)


def _call_again(run: Run, incident: Incident) -> None:
    node = run.node(incident.scope, incident.node)
    assert isinstance(node, service.Calling)
    service.owe_again(run, run.state.activities[incident.activity], node)


def _fire_again(run: Run, incident: Incident) -> None:
    node = run.node(incident.scope, incident.node)
    assert isinstance(node, nodes.BoundaryEvent)
    event.boundary(run, node, run.state.activities[incident.activity])


def _ask_condition_again(run: Run, incident: Incident) -> None:
    if incident.via in run.state.waits:
        run.armed.append(incident.via)


def _arm_again(run: Run, incident: Incident) -> None:
    wait.arm_beside(run, incident.scope, run.node(incident.scope, incident.node), incident.activity)


def _open_again(run: Run, incident: Incident) -> None:
    inside.begin_inside(run, incident.scope)


def _begin_again(run: Run, incident: Incident) -> None:
    inside.start(run, incident.scope)


def _complete_again(run: Run, incident: Incident) -> None:
    activity = run.state.activities[incident.activity]
    node = run.node(activity.scope, activity.node)
    if activity.multi is not None:
        assert isinstance(node, nodes.Activity)
        multiple.finish_body(run, activity, node)
    elif isinstance(node, nodes.HumanTask):
        review.finish(run, activity, node, incident.via)
    else:
        assert isinstance(node, nodes.IntermediateCatchEvent | nodes.Activity)
        event.done(run, activity, node)


def _ask_again(run: Run, incident: Incident) -> None:
    if incident.via in run.state.questions:
        run.emit(data.QuestionAskedAgain(incident.via))


def _advance_again(run: Run, incident: Incident) -> None:
    record = run.state.gates.get(incident.via)
    if record is not None and record.status in (GateStatus.OPEN, GateStatus.STALE):
        review.advance(run, record)


def _look_up_again(run: Run, incident: Incident) -> None:
    """Those who are asked in an entry, and what their votes weigh, may have changed in the directory."""
    id, number = entry_of(incident.via)
    record = run.state.gates.get(id)
    if record is not None and record.entries[number].status is EntryStatus.OPEN:
        node = run.node(record.scope, record.node)
        assert isinstance(node, nodes.HumanTask)
        review.look_up(run, record, node, number)


def _close_again(_run: Run, _incident: Incident) -> None:
    """The scope is looked at once more when the command settles."""


_AGAIN: dict[str, Callable[[Run, Incident], None]] = {
    "enter": _enter_again,
    "leave": _leave_again,
    "split": _split_again,
    "job": _call_again,
    "fire": _fire_again,
    "ask": _ask_condition_again,
    "arm": _arm_again,
    "begin": _begin_again,
    "open": _open_again,
    "complete": _complete_again,
    "roster": _ask_again,
    "gate": _advance_again,
    "entry": _look_up_again,
    "close": _close_again,
    "none": _close_again,
}
