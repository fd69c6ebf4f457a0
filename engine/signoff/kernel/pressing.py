"""How pressing a task is: what was said of it by command, then of its instance, then what the definition says.

It changes the order of inboxes and nothing else. Must import kernel below `decide`.
"""

from signoff.errors import NotAllowed
from signoff.kernel.asides import Prioritize
from signoff.kernel.events import task
from signoff.kernel.run import Run, in_inbox
from signoff.kernel.state import Activity, EntryStatus, GateRecord
from signoff.kernel.target import spot
from signoff.model.definition import Definition
from signoff.model.nodes import HumanTask
from signoff.model.priority import Priority


def of(run: Run, definition: Definition, node: HumanTask, *ids: str) -> Priority:
    """The priority of what has these ids inside the instance: a gate's own and its task's."""
    ranks = run.state.ranks
    if ranks:
        for id in (*ids, ""):
            if id in ranks:
                return ranks[id]
    return node.priority or definition.priority


def of_gate(run: Run, record: GateRecord, node: HumanTask) -> Priority:
    """The same of a gate."""
    return of(run, run.definition(record.scope), node, record.id, record.activity)


def prioritize(run: Run, command: Prioritize) -> None:
    """Say how pressing it is: by an administrator, or by who started it."""
    starter = run.state.starter
    if not (command.by.admin or (starter is not None and starter.id == command.by.id)):
        who = starter.id if starter else ""
        raise NotAllowed("may_not_prioritize", person=command.by.id, starter=who)
    at = spot(run, command.task) if command.task else None
    rows = _every_row(run) if at is None else _rows(at.gate, at.id)
    node = at.node.id if at is not None else ""
    name = command.by.name or command.by.id
    run.emit(task.Prioritized(at.id if at else "", node, command.priority, command.by.id, name, tuple(rows)))


def press(run: Run, activity: Activity, node: HumanTask, priority: Priority) -> None:
    """A rung says how pressing it is from now on."""
    record = None if in_inbox(node, activity) else run.state.gates.get(activity.gate)
    rows = _rows(record, activity.id)
    run.emit(task.Prioritized(activity.id, node.id, priority, "", "signoff", tuple(rows)))


def _rows(record: GateRecord | None, id: str) -> list[str]:
    if record is None:
        return [id]
    return [f"{record.id}#{n}" for n, e in enumerate(record.entries) if e.status is EntryStatus.OPEN]


def _every_row(run: Run) -> list[str]:
    """What stands in inboxes and has no priority of its own by command."""
    state, found = run.state, list[str]()
    for activity in state.activities.values():
        node = run.node(activity.scope, activity.node)
        if in_inbox(node, activity) and activity.multi is None and activity.id not in state.ranks:
            found.append(activity.id)
    for record in state.gates.values():
        if record.id not in state.ranks and record.activity not in state.ranks:
            found += _rows(record, record.id)
    return found
