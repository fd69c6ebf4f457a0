"""The functions that service tasks call: what they are given, and whether a host's function can be called so.

Signatures are read once, when an engine is made. Must not import `engine`.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from signoff.errors import Invalid

Variables: TypeAlias = dict[str, Any]
Result: TypeAlias = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Job:
    """One call of a handler. `key` is the same at every attempt of this occurrence, and of no other occurrence.

    Hand `key` on to the outside system, so that it can drop a repetition. `attempt` counts from 1, and begins anew
    when an administrator tries again after an incident.
    """

    key: str
    attempt: int
    handler: str
    instance: str
    step: str


#: What a host registers: `f(variables)`, or `f(variables, job)`.
Handler: TypeAlias = Callable[[Variables], Result] | Callable[[Variables, Job], Result]
#: What is called.
Call: TypeAlias = Callable[[Variables, Job], Result]


def prepared(handlers: Mapping[str, Handler]) -> dict[str, Call]:
    """The handlers by name, all to be called with variables and job.

    A function gets the job if it has a parameter `job`, or a second one that must be given. Raises Invalid for what
    can be called neither way.
    """
    return {name: _call(name, handler) for name, handler in handlers.items()}


def _call(name: str, handler: Any) -> Call:
    if not callable(handler):
        raise Invalid("handler_signature", handler=name, signature=type(handler).__name__)
    try:
        signature = inspect.signature(handler)
    except ValueError:  # built in, without a signature: it gets what every handler gets
        return lambda variables, _job: handler(variables)
    if _is_named(signature):
        return lambda variables, job: handler(variables, job=job)
    if _takes(signature, 1):
        return lambda variables, _job: handler(variables)
    if _takes(signature, 2):
        taken: Call = handler
        return taken
    raise Invalid("handler_signature", handler=name, signature=str(signature))


def _is_named(signature: inspect.Signature) -> bool:
    """Whether a parameter `job`, beside the variables, can be given by its name."""
    try:
        given = signature.bind(None, job=None)
    except TypeError:
        return False
    return "job" in signature.parameters and "job" in given.arguments


def _takes(signature: inspect.Signature, number: int) -> bool:
    try:
        signature.bind(*[None] * number)
    except TypeError:
        return False
    return True
