"""Setting a rule aside: by whom it names, with a reason, for as long as what it reads stays. Must import kernel below `decide`."""

from signoff.errors import Invalid, NotAllowed, NotFound
from signoff.kernel import missing, roster, subject
from signoff.kernel.commands import Waive
from signoff.kernel.duty import label
from signoff.kernel.events import gate
from signoff.kernel.run import Run
from signoff.kernel.sight import Sight
from signoff.kernel.state import Activity, ActivityStatus, GateRecord
from signoff.model.gate import Rule
from signoff.model.nodes import HumanTask, UserTask


def waive(run: Run, command: Waive, holder: Activity | GateRecord, node: HumanTask) -> None:
    """Set one rule aside, by whom it names, with a reason; at a task, or a gate asking again after its task."""
    rule = next((r for r in node.gate.rules if r.id == command.rule), None)
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


def _waived_on(sight: Sight, holder: Activity | GateRecord, node: HumanTask, rule: Rule) -> str:
    """What the waiver counts for; work that is still open says so when it is handed in."""
    open_work = isinstance(node, UserTask) and holder.status in (
        ActivityStatus.OPEN,
        ActivityStatus.SCHEDULED,
    )
    return "" if isinstance(holder, Activity) and open_work else subject.of_rule(sight, rule)
