"""Withdrawing an instance: by who started it, until the step that the definition names. Must import kernel below `decide`."""

from signoff.errors import NotAllowed, WrongState
from signoff.kernel import missing, recall, request
from signoff.kernel.asides import Withdraw
from signoff.kernel.elements import container
from signoff.kernel.run import Run
from signoff.kernel.state import ActivityStatus, State, Status
from signoff.model.definition import Definition

_STANDS = frozenset({ActivityStatus.PASSED, ActivityStatus.LAPSED, ActivityStatus.SKIPPED})


def withdraw(run: Run, command: Withdraw) -> None:
    """End it as withdrawn, with all that is open. Nobody withdraws for another: administrators cancel."""
    if request.instead(run, "withdraw") is not None:
        request.plainly(run, "withdraw", command.reason)
        return
    recall.reopen(run, recall.RECALL)
    state, definition = run.state, run.world.definition(run.state.version)
    process = missing.texts(definition.label, definition.id)
    if state.starter is None or state.starter.id != command.by.id:
        starter = state.starter.id if state.starter else ""
        raise NotAllowed("withdraws_for_another", person=command.by.id, people=[starter])
    if not definition.start.withdrawal:
        raise NotAllowed("withdrawal_not_offered", process=process)
    if (step := _reached(state, definition)) is not None:
        raise WrongState("too_late_to_withdraw", process=process, step=step)
    container.end(run, "withdraw", Status.WITHDRAWN.value, command.reason)


def _reached(state: State, definition: Definition) -> dict[str, str] | None:
    """The step until which it could be withdrawn, where that is done."""
    step = definition.start.withdraw_until
    found = [scope.done[step] for scope in state.scopes.values() if step in scope.done]
    if not any(done.status in _STANDS for done in found):
        return None
    return missing.texts(definition.nodes[step].label, step)
