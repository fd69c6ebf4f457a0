"""User tasks and stand-alone gates: scheduled, opened, lapsed; what people then do stands in `work` and `review`."""

from signoff.kernel import deadline, lifecycle, pressing, review, roster, subject
from signoff.kernel.elements.behaviour import Plain
from signoff.kernel.elements.inside import arm_boundaries
from signoff.kernel.events import flow, gate, task
from signoff.kernel.run import Run
from signoff.kernel.state import Activity, ActivityStatus, Purpose
from signoff.kernel.timer import instant
from signoff.model.nodes import GateTask, HumanTask, UserTask
from signoff.model.priority import Priority
from signoff.time import relative


def enter(run: Run, scope: str, node: HumanTask, _via: str) -> str:
    """Open now, or wait for the moment it opens."""
    if isinstance(node, UserTask) and node.at_start and run.sight(scope).done(node.id) is None:
        return _handed_in(run, scope, node)
    opens = None
    if node.opens is not None:
        opens = instant(run, scope, node.opens, relative.Purpose.OPENS, run.at)
    waits = node.opens is not None and (opens is None or opens > run.at)
    id, inbox = run.next("a"), _in_inbox(node)
    run.emit(
        flow.ElementEntered(
            id,
            node.id,
            scope,
            type(node).__name__,
            ActivityStatus.SCHEDULED if waits else ActivityStatus.OPEN,
            opens=opens if waits else None,
            origin=run.origin,
            inbox=inbox,
            priority=pressing.of(run, run.definition(scope), node) if inbox else Priority.NORMAL,
        )
    )
    if not waits:
        _begin(run, run.state.activities[id], node)
    return id


def _handed_in(run: Run, scope: str, node: UserTask) -> str:
    """The start form, which came with the start: done by who started, without anybody being asked."""
    id, starter = run.next("a"), run.state.starter
    run.emit(flow.ElementEntered(id, node.id, scope, type(node).__name__, ActivityStatus.OPEN))
    status = lifecycle.activity(ActivityStatus.OPEN, "finish")
    by, print = starter.id if starter else "", subject.print_of(run.sight(scope), node)
    run.leave(scope, node, flow.ElementCompleted(id, node.id, scope, status, "passed", by, print=print))
    return ""


def open_now(run: Run, activity: Activity, node: HumanTask) -> None:
    """A scheduled task reaches its opening time."""
    lifecycle.activity(activity.status, "open")
    run.emit(flow.ElementOpened(activity.id))
    _begin(run, activity, node)
    arm_boundaries(run, activity)


def _begin(run: Run, activity: Activity, node: HumanTask) -> None:
    if node.owner and _in_inbox(node):
        sight = run.sight(activity.scope)
        terms = roster.terms(sight, node.owner, deadline.words(run, activity))
        run.emit(task.RosterAsked(run.next("q"), Purpose.OWNER, activity.id, node.id, terms))
    deadline.begin(run, activity, node)
    if node.gate.approvals and isinstance(node, GateTask):
        review.open_round(run, activity, node)


def reopen(run: Run, activity: Activity, node: UserTask) -> None:
    """Sent back to its owner: the next round of the same task."""
    lifecycle.activity(activity.status, "send_back")
    people = tuple(dict.fromkeys(p.id for p in activity.roster))
    run.emit(
        task.WorkReopened(
            activity.id,
            activity.node,
            activity.round + 1,
            activity.due,
            people,
            activity.assignee,
            pressing.of(run, run.definition(activity.scope), node, activity.id),
        )
    )
    deadline.begin(run, activity, node, reopened=True)


def lapse(run: Run, activity: Activity, node: HumanTask) -> None:
    """Closed as missed: the flow goes on."""
    status = lifecycle.activity(activity.status, "lapse")
    sight = run.sight(activity.scope)
    run.leave(
        activity.scope,
        node,
        flow.ElementCompleted(
            activity.id,
            node.id,
            activity.scope,
            status,
            "lapsed",
            print=subject.print_of(sight, node),
            inbox=_in_inbox(node),
        ),
    )


def stop(run: Run, activity: Activity) -> None:
    """A cancelled task takes its gate along."""
    record = run.state.gates.get(activity.gate)
    if record is not None:
        run.emit(gate.GateCancelled(record.id, "cancelled", review.open_entries(record)))


def _in_inbox(node: HumanTask) -> bool:
    return isinstance(node, UserTask) or not node.gate.approvals


HUMAN = {UserTask: Plain(enter, stop=stop), GateTask: Plain(enter, stop=stop)}
