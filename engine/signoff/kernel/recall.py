"""Recall after the end: an instance that has completed is opened again for a request to withdraw it, and for nothing else.

Its approvals are new ones; until they have passed nothing has changed, and where they are refused the instance is as
complete as before. Must import kernel below `request`.
"""

from signoff.errors import WrongState
from signoff.kernel import lifecycle
from signoff.kernel.events import flow
from signoff.kernel.lifecycle import InstanceContext
from signoff.kernel.run import Run
from signoff.kernel.sight import texts
from signoff.kernel.state import LIVE
from signoff.model.nodes import RequestEvent
from signoff.sentences import Sentence

RECALL = "withdraw"


def reopen(run: Run, request: str) -> None:
    """Let an instance go on that is over, as long as its definition offers that; one that is not over does anyway."""
    state = run.state
    if state.status in LIVE:
        if state.first_ended is not None and request != RECALL:
            raise WrongState("request_not_now", request={"en": request})
        return
    handler = run.world.definition(state.version).requests.get(request) if request == RECALL else None
    event = handler.event if handler is not None and not handler.scope else None
    within = event.within if isinstance(event, RequestEvent) else None
    ended = state.first_ended or state.ended_at
    if handler is None or within is None or ended is None or not _may(run):
        outcome = Sentence(f"instance_is_{state.status.value}")
        raise WrongState("instance_ended", instance=state.id, status=outcome, at=state.ended_at)
    calendar = run.world.calendar(state.version)
    until = within.add(ended, calendar)
    if run.at > until:
        label = texts(handler.label, request)
        raise WrongState("recall_too_late", request=label, until=f"{calendar.here(until):%Y-%m-%d %H:%M}")
    run.emit(flow.InstanceReopened(request, run.actor.id, until))


def _may(run: Run) -> bool:
    return lifecycle.move(lifecycle.INSTANCE, InstanceContext(run.state.status), "recall")
