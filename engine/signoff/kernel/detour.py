"""The way back after a direct return: once the target is done again, on to the one who sent it back, past all between.

Only if nothing has changed that the votes between are bound to; else all of it is done again (language §4). Must
import kernel below `settle`.
"""

from signoff.kernel import missing, subject
from signoff.kernel.events import flow
from signoff.kernel.run import Run
from signoff.kernel.state import ActivityStatus, GateRecord, GateStatus, Scope
from signoff.model.nodes import Activity, CallActivity, HumanTask


def holds(run: Run, home: Scope) -> bool:
    """Whether all that lies between may be passed unasked; if not, none of it is any more."""
    waiting = [
        id for id, done in home.done.items() if done.direct and done.status is ActivityStatus.SUPERSEDED
    ]
    gates = [id for id in waiting if not _fits(run, home, id)]
    if not gates:
        return True
    run.emit(flow.DetourEnded(home.id, sorted(waiting), sorted(gates)))
    return False


def _fits(run: Run, home: Scope, id: str) -> bool:
    """Whether the votes at an element, if it has any, are bound to what is there now, and its rules hold."""
    node = run.definition(home.id).nodes[id]
    if isinstance(node, CallActivity) or (isinstance(node, Activity) and node.loop is not None):
        return not _votes_inside(run, home, id)
    if not isinstance(node, HumanTask):
        return True
    record = _passed(run, home, id)
    sight = run.sight(record.scope if record else home.id)
    if any(missing.broken_rules(sight, record, None, node)):
        return False  # a gate is never passed by what its rules refuse
    if not node.gate.approvals:
        return True
    return record is not None and record.bound == subject.bound(sight, node.gate.covers)


def _votes_inside(run: Run, home: Scope, id: str) -> bool:
    """Whether people voted in what is repeated or called, where nobody keeps what it was on."""
    definition = run.definition(home.id)
    if isinstance(definition.nodes[id], CallActivity):
        return True  # whatever it is that was called
    around = (n for n in definition.nodes.values() if id in (n.id, *definition.scope_chain(n.scope)))
    return any(isinstance(n, HumanTask) and bool(n.gate.approvals) for n in around)


def _passed(run: Run, home: Scope, id: str) -> GateRecord | None:
    scopes = run.state.scopes
    return next(
        (
            g
            for g in run.state.gates.values()
            if g.node == id and g.status is GateStatus.PASSED and scopes[g.scope].home == home.id
        ),
        None,
    )
