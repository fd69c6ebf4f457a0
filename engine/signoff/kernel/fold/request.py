"""Folds of what people ask for."""

from datetime import datetime

from signoff.kernel.events import request as e
from signoff.kernel.fold.table import Folds
from signoff.kernel.state import ActivityStatus, Completion, State


def raised(state: State, event: e.RequestRaised, _at: datetime) -> None:
    scope = state.scopes[event.inner]
    scope.by, scope.objections = event.by, event.objections


def taken(state: State, event: e.RequestTaken, at: datetime) -> None:
    inner = state.scopes[event.inner]
    for name in event.carried:
        del inner.data[name]
    inner.taken = True
    _end(state, event, Completion(ActivityStatus.PASSED, at, event.by, event.approvers, verdict="passed"))


def refused(state: State, event: e.RequestRefused, at: datetime) -> None:
    _end(state, event, Completion(ActivityStatus.PASSED, at, event.by, verdict="declined"))


def _end(state: State, event: e.RequestTaken | e.RequestRefused, completion: Completion) -> None:
    """What became of it is known where it was asked, after the request itself is gone."""
    state.scopes[state.scopes[event.scope].home].done[event.request] = completion


def withdrawn(_state: State, _event: e.RequestWithdrawn, _at: datetime) -> None:
    """For the record; the cancellation that follows changes the state."""


FOLDS: Folds = {
    e.RequestRaised: raised,
    e.RequestTaken: taken,
    e.RequestRefused: refused,
    e.RequestWithdrawn: withdrawn,
}
