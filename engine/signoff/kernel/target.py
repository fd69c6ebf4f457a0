"""Finding what a command is about: the task or the gate that an id names, or why there is none.

Must import kernel below `decide`.
"""

from typing import NamedTuple

from signoff.errors import NotFound, Refused, WrongState
from signoff.kernel import missing
from signoff.kernel.run import Run
from signoff.kernel.state import Activity, GateRecord, GateStatus
from signoff.model import nodes

_ASKING = frozenset({GateStatus.OPEN, GateStatus.STALE})


class Spot(NamedTuple):
    """Where something waits for people: a gate that asks, else a task. `id` is the gate's, or the task's."""

    id: str
    node: nodes.HumanTask
    activity: Activity | None
    gate: GateRecord | None


def local(id: str) -> str:
    """The part of an id behind its instance."""
    return id.rpartition(":")[2]


def task(run: Run, id: str) -> tuple[Activity, nodes.HumanTask]:
    """The open task of this id."""
    activity = run.state.activities.get(local(id))
    node = run.node(activity.scope, activity.node) if activity else None
    if activity is None or activity.multi is not None or not isinstance(node, nodes.HumanTask):
        raise _absent(run, id)
    return activity, node


def _absent(run: Run, id: str) -> Refused:
    """Nothing is open under this id: unknown, or the step has not come or is over (then it is the id of the step)."""
    for scope in run.state.scopes.values():
        node = run.definition(scope.id).nodes.get(local(id).partition("#")[0])
        if isinstance(node, nodes.HumanTask):
            return WrongState("step_not_open", step=missing.texts(node.label, node.id))
    return NotFound("no_such_task", task=id)


def gate(run: Run, id: str) -> tuple[GateRecord, int | None]:
    """By the gate's id, that of one of its entries (GATE#number), or that of its task."""
    name, _, number = local(id).partition("#")
    activity = run.state.activities.get(name)
    record = run.state.gates.get(activity.gate if activity else name)
    if record is not None:
        return record, int(number) if number.isdigit() else None
    if activity is None:
        raise _absent(run, id)
    node = run.node(activity.scope, activity.node)
    step = missing.texts(node.label, node.id)
    if isinstance(node, nodes.GateTask) and not node.gate.approvals:
        raise WrongState("opens_by_itself", step=step)
    raise WrongState("work_comes_first", step=step)


def spot(run: Run, id: str) -> Spot:
    """The gate that asks under this id, or the task that is open; of a step in review its gate."""
    name = local(id).partition("#")[0]
    activity = run.state.activities.get(name)
    record = run.state.gates.get(activity.gate if activity else name)
    if record is None or record.status not in _ASKING:
        found, human = task(run, f"{id.partition(':')[0]}:{record.activity}" if record else id)
        return Spot(found.id, human, found, None)
    node = run.node(record.scope, record.node)
    assert isinstance(node, nodes.HumanTask)
    return Spot(record.id, node, run.state.activities.get(record.activity), record)
