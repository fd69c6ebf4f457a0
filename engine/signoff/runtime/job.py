"""Calling the handler of a service task: its answer as a command, or when to try again.

Runs outside any transaction. The request id is the attempt's, so an answer counts once; one that comes after its
time does not count. Must not import `engine`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

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
from signoff.runtime.pool import unlimited
from signoff.runtime.reference import world
from signoff.runtime.text import visible
from signoff.store.agenda import Obligation
from signoff.time.calendar import Calendar

Answer: TypeAlias = Mapping[str, Any] | None
#: How a handler is called: `limited` or `unlimited` of the pool.
Caller: TypeAlias = Callable[[Callable[[], Answer], timedelta], Answer]
LIMIT = timedelta(seconds=60)  # of a task that is gone


@dataclass(frozen=True, slots=True)
class Later:
    """The handler failed for now: try again after `wait`."""

    error: Exception
    wait: timedelta


def call(core: Core, obligation: Obligation, caller: Caller = unlimited) -> c.FinishJob | c.FailJob | Later:
    """Call the handler once; whatever it raises becomes a command or a later attempt.

    With `limited` it gets the time that its step gives it (language: `timeout`).
    """
    try:
        answer = _finished(obligation, _handle(core, obligation, caller))
        digest_of(answer)  # what cannot be written down is the handler's failure
        return answer  # noqa: TRY300 - it is only an answer when it can be written down
    except BpmnError as error:
        return _failed(obligation, error.code, error.message, error.error, error.variables)
    except Permanent as error:
        return _failed(obligation, "handler_failed", _said(error))
    except Exception as error:  # noqa: BLE001 - a handler may raise anything; it is tried again
        wait = _wait(core, obligation, error)
        return _failed(obligation, "handler_failed", _said(error)) if wait is None else Later(error, wait)


def _handle(core: Core, obligation: Obligation, caller: Caller) -> Answer:
    payload = obligation.payload
    name = str(payload["handler"])
    handler = core.handlers.get(name)
    if handler is None:  # such rows are not claimed
        raise Retryable(f"no handler is registered for {name}")
    task, step = _task(obligation), str(payload.get("node", ""))
    job = Job(task, obligation.attempts, handler=name, instance=obligation.instance, step=step)
    inputs = dict(payload.get("inputs", {}))
    longest = LIMIT if caller is unlimited else _limit(core, obligation)
    return caller(lambda: handler(inputs, job), longest)


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
    node, _ = _node(core, obligation)
    wait = node.retry.wait(obligation.attempts) if node is not None else None
    after = error.after if isinstance(error, Retryable) else None
    return wait if wait is None or after is None else timedelta(seconds=after)


def _limit(core: Core, obligation: Obligation) -> timedelta:
    """How long the handler may take."""
    node, calendar = _node(core, obligation)
    if node is None or calendar is None:
        return LIMIT
    begun = core.moment()
    return max(node.timeout.add(begun, calendar) - begun, timedelta())


def _node(core: Core, obligation: Obligation) -> tuple[nodes.ServiceTask | None, Calendar | None]:
    """The service task, from the definition that its instance runs on, and the calendar there."""
    with core.database.read() as handle:
        state = instance.show(handle.connection, obligation.instance).state
        activity = state.activities.get(obligation.key.partition("/")[0])
        if activity is None:
            return None, None
        now = state.recorded_at or intake.UNKNOWN
        sight = Sight(world(core, handle.connection), state, activity.scope, now)
        node = sight.node(activity.node)
        return (node, sight.calendar) if isinstance(node, nodes.ServiceTask) else (None, None)
