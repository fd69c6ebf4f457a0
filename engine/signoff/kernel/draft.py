"""Who may keep a draft of what, or put it off, and for how long that is needed.

A draft is no fact: it changes no state, and nobody decides on it. What is judged here is judged as at a submission,
but nothing has to be complete. Must import kernel below `decide`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from signoff.errors import Invalid, NotAllowed, WrongState
from signoff.kernel import duty, missing, seat, target, work
from signoff.kernel.commands import Attachment, Command
from signoff.kernel.run import Run
from signoff.kernel.state import LIVE, Activity, ActivityStatus, GateStatus, Person, State
from signoff.model.nodes import GateTask, HumanTask, UserTask

_ASKING = frozenset({GateStatus.OPEN, GateStatus.STALE})


@dataclass(slots=True, kw_only=True)
class Save(Command):
    """Keep what is filled in so far."""

    task: str
    data: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, Attachment] = field(default_factory=dict)
    ticks: tuple[str, ...] = ()
    note: str = ""
    people: Mapping[str, Person] = field(default_factory=dict)


class Held(NamedTuple):
    """What somebody has to do: the id inside the instance; the task of it, where it is work and no vote."""

    id: str
    node: HumanTask | None
    activity: Activity | None


def held(run: Run, id: str) -> Held:
    """The task, vote or question that the actor has to do something about. Raises NotFound, NotAllowed, WrongState."""
    if run.state.status not in LIVE:
        raise WrongState("nothing_open", instance=run.state.id)
    name = target.local(id).partition("#")[0]
    inquiry = run.state.inquiries.get(name)
    if inquiry is not None:
        if inquiry.person != run.actor.id:
            raise NotAllowed("not_asked", step=inquiry.node, person=run.actor.id, roles=[inquiry.person])
        return Held(name, None, None)
    activity = run.state.activities.get(name)
    if activity is None or activity.status is ActivityStatus.IN_REVIEW or activity.gate in run.state.gates:
        record, only = target.gate(run, id)
        node = duty.node_of(run, record)
        duty.seat_for(run, record, node, only)
        return Held(record.id, node, None)
    activity, node = target.task(run, id)
    missing.check_open(activity, node)
    work.holder(run, activity, node)
    return Held(activity.id, node, activity)


def judge(run: Run, command: Save) -> str:
    """The id of what the draft is of; raises for what could not be handed in. Nothing has to be complete."""
    id, node, activity = held(run, command.task)
    if activity is None or not isinstance(node, UserTask):
        if node is None or (isinstance(node, GateTask) and not node.gate.approvals):
            raise WrongState("nothing_to_submit", step=missing.texts(node.label, node.id) if node else id)
        if command.data or command.documents or command.ticks:
            raise Invalid("draft_of_a_vote", step=missing.texts(node.label, node.id))
        return id
    work.read_form(run, command, activity, node)
    work.check_papers(run, command.documents, activity, node)
    return id


def is_needed(state: State, person: str, task: str) -> bool:
    """Whether what this person has kept for a task still is of use to him."""
    activity, record = state.activities.get(task), state.gates.get(task)
    if activity is not None:
        return activity.status is not ActivityStatus.IN_REVIEW
    if record is not None:
        voted = any(seat.has_voted(entry, person) for entry in record.entries)
        return record.status in _ASKING and not voted
    return task in state.inquiries
