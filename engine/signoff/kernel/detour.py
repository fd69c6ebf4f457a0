"""The way back after a direct return: once the target is done again, on to the one who sent it back, past all between.

Only if nothing has changed that the votes between are bound to, and nobody who voted has done the work since; else
all of it is done again (language §4). Must import kernel below `settle`.
"""

from signoff.kernel import missing, review, roster, seat, subject
from signoff.kernel.events import flow
from signoff.kernel.run import Run
from signoff.kernel.sight import Sight
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
    if record is None or record.bound != subject.bound(sight, node.gate.covers):
        return False
    return independent(sight, record, node)


def stand(run: Run, home: Scope, node: Activity) -> bool:
    """Whether those who passed the gate of this element, if it has one, may still have voted there."""
    record = _passed(run, home, node.id) if isinstance(node, HumanTask) else None
    if record is None or not isinstance(node, HumanTask):
        return True
    return independent(run.sight(record.scope), record, node)


def independent(sight: Sight, record: GateRecord, node: HumanTask) -> bool:
    """Whether nobody who voted has had a hand in the work since, where separation of duties forbids that (I3)."""
    prepared = (*record.preparers, *review.preparers(sight, (), node))
    return all(
        roster.left_out(sight, approval.not_by, prepared)[0].isdisjoint(seat.deciders(entry))
        for approval, entry in zip(node.gate.approvals, record.entries, strict=True)
    )


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
