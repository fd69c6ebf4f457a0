"""An administrator's override: a task or gate goes on without its work or votes, as an event of its own.

It is no approval, and nothing that demands a signature is passed by it. Must import kernel below `decide`.
"""

from signoff.errors import Invalid, NotAllowed, WrongState
from signoff.kernel import missing, review, roster
from signoff.kernel.asides import Override
from signoff.kernel.events import aside, gate
from signoff.kernel.run import Run, stopped
from signoff.kernel.state import Activity
from signoff.kernel.target import Spot, spot
from signoff.model.gate import Strength
from signoff.model.nodes import HumanTask, UserTask

VERDICT = "overridden"


def override(run: Run, command: Override) -> None:
    """Let it go on, by an administrator who has nothing else to do with it, with a reason."""
    at = spot(run, command.task)
    step = missing.texts(at.node.label, at.node.id)
    roster.check_admin(command.by)
    if not command.reason.strip():
        raise Invalid("reason_needed", step=step)
    if at.activity is None or stopped(run, at.activity.id):
        raise WrongState("not_to_override", step=step)
    if at.gate is None:
        missing.check_open(at.activity, at.node)
    check_signature(at.node, step)
    if command.by.id in interested(run, at):
        raise NotAllowed("own_work", step=step, person=command.by.id)
    lacking = tuple(dict.fromkeys(each.code for each in _lacking(run, at, at.activity)))
    name = command.by.name or command.by.id
    run.emit(aside.Overridden(at.id, at.node.id, command.by.id, name, command.reason, lacking))
    if at.gate is not None:
        run.emit(gate.GateCancelled(at.gate.id, VERDICT, review.open_entries(at.gate)))
    review.finish(run, at.activity, at.node, VERDICT)


def check_signature(node: HumanTask, step: dict[str, str]) -> None:
    """Raises NotAllowed: nothing but a signature may stand where one is demanded, of an approver or of who hands the work in."""
    if demands_signature(node):
        raise NotAllowed("signature_demanded", step=step)


def demands_signature(node: HumanTask) -> bool:
    """Whether an approver, or who hands the work in, has to prove who that is."""
    proofs = [approval.least for approval in node.gate.approvals]
    proofs += [node.least] if isinstance(node, UserTask) else []
    return any(least is not Strength.ASSERTED for least in proofs)


def interested(run: Run, at: Spot) -> set[str]:
    """Who started it or prepared what is decided on: administrators are not exempt."""
    found = {run.state.starter.id} if run.state.starter else set()
    found |= set(at.activity.editors) if at.activity else set()
    return found | (set(at.gate.preparers) if at.gate else set())


def _lacking(run: Run, at: Spot, activity: Activity) -> list[missing.Missing]:
    sight = run.sight(activity.scope)
    if at.gate is not None:
        return missing.of_gate(sight, at.gate, activity, at.node)
    if isinstance(at.node, UserTask):
        return missing.of_work(sight, activity, at.node)
    return missing.obstacles(sight, None, activity, at.node)
