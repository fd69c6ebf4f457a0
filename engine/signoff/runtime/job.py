"""Calling the handler of a service task: its answer as a command, or when to try again.

Runs outside any transaction. The request id is the attempt's, so an answer counts once. Must not import `engine`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from signoff.errors import BpmnError, Permanent, Retryable, SignoffError
from signoff.kernel import commands as c
from signoff.kernel.commands import SYSTEM
from signoff.kernel.sight import Sight
from signoff.model import nodes
from signoff.read import instance
from signoff.runtime import intake
from signoff.runtime.admission import digest_of
from signoff.runtime.core import Core
from signoff.runtime.handlers import Job
from signoff.runtime.reference import world
from signoff.runtime.text import visible
from signoff.store.agenda import Obligation
from signoff.time.relative import Retry


@dataclass(frozen=True, slots=True)
class Later:
    """The handler failed for now: try again after `wait`."""

    error: Exception
    wait: timedelta


def call(core: Core, obligation: Obligation) -> c.FinishJob | c.FailJob | Later:
    """Call the handler once; whatever it raises becomes a command or a later attempt."""
    try:
        answer = _finished(obligation, _handle(core, obligation))
        digest_of(answer)  # what cannot be written down is the handler's failure
        return answer  # noqa: TRY300 - it is only an answer when it can be written down
    except BpmnError as error:
        return _failed(obligation, error.code, error.message, error.error, error.variables)
    except Permanent as error:
        return _failed(obligation, "handler_failed", _said(error))
    except Exception as error:  # noqa: BLE001 - a handler may raise anything; it is tried again
        wait = _wait(core, obligation, error)
        return _failed(obligation, "handler_failed", _said(error)) if wait is None else Later(error, wait)


def _handle(core: Core, obligation: Obligation) -> Mapping[str, Any] | None:
    payload = obligation.payload
    name = str(payload["handler"])
    handler = core.handlers.get(name)
    if handler is None:  # such rows are not claimed
        raise Retryable(f"no handler is registered for {name}")
    task, step = _task(obligation), str(payload.get("node", ""))
    job = Job(task, obligation.attempts, handler=name, instance=obligation.instance, step=step)
    return handler(dict(payload.get("inputs", {})), job)


def _finished(obligation: Obligation, result: Mapping[str, Any] | None) -> c.FinishJob:
    return c.FinishJob(
        task=_task(obligation),
        result=result,
        by=SYSTEM,
        at=intake.UNKNOWN,
        request_id=_request_id(obligation),
    )


def _failed(
    obligation: Obligation,
    code: str,
    message: str,
    error: str = "",
    variables: Mapping[str, Any] | None = None,
) -> c.FailJob:
    return c.FailJob(
        task=_task(obligation),
        code=code,
        message=visible(message),
        error=visible(error),
        variables=variables or {},
        by=SYSTEM,
        at=intake.UNKNOWN,
        request_id=_request_id(obligation),
    )


def _task(obligation: Obligation) -> str:
    return f"{obligation.instance}:{obligation.key.partition('/')[0]}"


def _request_id(obligation: Obligation) -> str:
    return f"{obligation.instance}/{obligation.key}/{obligation.generation}"


def _said(error: Exception) -> str:
    """What the handler says itself; whether it is tried again is no longer its to say."""
    if isinstance(error, (Permanent, Retryable)):
        return str(error.params["message"]) or error.sentence()
    return error.sentence() if isinstance(error, SignoffError) else f"{type(error).__name__}: {error}"


def _wait(core: Core, obligation: Obligation, error: Exception) -> timedelta | None:
    """How long to wait before the next attempt; None when the policy has no further one."""
    policy = _policy(core, obligation)
    wait = policy.wait(obligation.attempts) if policy is not None else None
    after = error.after if isinstance(error, Retryable) else None
    return wait if wait is None or after is None else timedelta(seconds=after)


def _policy(core: Core, obligation: Obligation) -> Retry | None:
    """The retry policy of the service task, from the definition that its instance runs on."""
    with core.database.read() as handle:
        state = instance.show(handle.connection, obligation.instance).state
        activity = state.activities.get(obligation.key.partition("/")[0])
        if activity is None:
            return None
        now = state.recorded_at or intake.UNKNOWN
        node = Sight(world(core, handle.connection), state, activity.scope, now).node(activity.node)
        return node.retry if isinstance(node, nodes.ServiceTask) else None
