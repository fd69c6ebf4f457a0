"""Gates that nobody decides: they open by themselves once all holds. Must import kernel below `elements`."""

from signoff.kernel import copies, missing, review
from signoff.kernel.run import Run, stopped
from signoff.kernel.state import Activity, ActivityStatus
from signoff.model.nodes import GateTask


def open_what_can(run: Run) -> bool:
    """Open every gate without approvals at which nothing is missing any more; whether there was one."""
    if not any(definition.self_opening for definition in run.definitions()):
        return False
    before = len(run.events)
    for activity in tuple(run.state.activities.values()):
        definition = run.definition(activity.scope)
        if activity.node in definition.self_opening and activity.status is ActivityStatus.OPEN:
            node = definition.nodes[activity.node]
            assert isinstance(node, GateTask)
            if activity.multi is None:
                _open_by_itself(run, activity, node)
    return len(run.events) > before


def _open_by_itself(run: Run, activity: Activity, node: GateTask) -> None:
    if not stopped(run, activity.id) and not missing.obstacles(
        run.sight(activity.scope), None, activity, node
    ):
        copies.ask(run, activity.scope, node, activity, copies.DECISION)
        review.finish(run, activity, node)
