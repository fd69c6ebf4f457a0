"""Setting a rule aside: by whom it names, with a reason, for as long as what it reads stays. Must import kernel below `decide`."""

from signoff.errors import Invalid, NotAllowed, NotFound
from signoff.kernel import missing, roster, subject
from signoff.kernel.commands import Waive
from signoff.kernel.duty import label
from signoff.kernel.events import gate, time
from signoff.kernel.run import Run
from signoff.kernel.sight import Sight
from signoff.kernel.state import Activity, ActivityStatus, GateRecord
from signoff.model.gate import Rule
from signoff.model.nodes import HumanTask, UserTask

HOLD = "hold"  # what is waived where late work keeps gates shut


def waive(run: Run, command: Waive, holder: Activity | GateRecord, node: HumanTask) -> None:
    """Set one rule aside, by whom it names, with a reason; at a task, or a gate asking again after its task."""
    rule = next((r for r in node.gate.rules if r.id == command.rule), None)
    if rule is None and command.rule == HOLD and isinstance(holder, Activity) and holder.holds:
        _release(run, command, holder, node)
        return
    if rule is None:
        names = [r.id for r in node.gate.rules]
        raise NotFound("no_such_rule", rule=command.rule, step=label(node), rules=names)
    sight = run.sight(holder.scope)
    if not rule.waive or not roster.may(sight.definition, run.actor, rule.waive, sight):
        roles = missing.roles(sight.definition, rule.waive)
        raise NotAllowed(
            "may_not_waive" if roles else "never_waived",
            rule=rule.id,
            person=run.actor.id,
            roles=roles,
            step=label(node),
        )
    if not command.reason.strip():
        raise Invalid("reason_missing", rule=rule.id)
    run.emit(
        gate.RuleWaived(
            holder.id, rule.id, run.actor.id, command.reason, _waived_on(sight, holder, node, rule)
        )
    )


def _release(run: Run, command: Waive, activity: Activity, node: HumanTask) -> None:
    """Let the gates pass that this late work holds, by whom its ladder names."""
    sight = run.sight(activity.scope)
    allowed = tuple(dict.fromkeys(role for rung in node.escalate if rung.hold for role in rung.waive))
    if not allowed or not roster.may(sight.definition, run.actor, allowed, sight):
        roles = missing.roles(sight.definition, allowed)
        code = "may_not_waive" if roles else "never_waived"
        raise NotAllowed(code, rule=HOLD, person=run.actor.id, roles=roles, step=label(node))
    if not command.reason.strip():
        raise Invalid("reason_missing", rule=HOLD)
    by = run.actor
    run.emit(time.HoldReleased(activity.id, node.id, by.id, by.name, command.reason, activity.holds))


def _waived_on(sight: Sight, holder: Activity | GateRecord, node: HumanTask, rule: Rule) -> str:
    """What the waiver counts for; work that is still open says so when it is handed in."""
    open_work = isinstance(node, UserTask) and holder.status in (
        ActivityStatus.OPEN,
        ActivityStatus.SCHEDULED,
    )
    return "" if isinstance(holder, Activity) and open_work else subject.of_rule(sight, rule)
