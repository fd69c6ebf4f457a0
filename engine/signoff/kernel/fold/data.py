"""Folds of data, jobs and incidents."""

from datetime import datetime

from signoff.kernel.events import data as e
from signoff.kernel.fold.table import Folds
from signoff.kernel.pending import Incident
from signoff.kernel.state import Delivered, State


def variables_set(state: State, event: e.VariablesSet, _at: datetime) -> None:
    scope = state.scopes[event.scope]
    scope.data.update(event.values)
    if event.by:
        authors = state.scopes[scope.home].authors
        for name in event.values:
            authors[name] = tuple(dict.fromkeys((*authors.get(name, ()), *event.by)))


def people_picked(state: State, event: e.PeoplePicked, _at: datetime) -> None:
    state.scopes[event.scope].picks[event.role] = event.people


def document_delivered(state: State, event: e.DocumentDelivered, at: datetime) -> None:
    state.scopes[event.scope].documents[event.document] = Delivered(
        event.document,
        event.version,
        event.sha256,
        event.size,
        event.name,
        event.media,
        event.sections,
        event.by,
        at,
        event.step,
        event.on_behalf_of,
    )


def job_owed(state: State, event: e.JobOwed, _at: datetime) -> None:
    state.activities[event.activity].attempts = event.attempt


def recorded(
    _state: State,
    _event: e.JobFinished | e.ErrorRaised | e.DecisionMade | e.ObligationGivenUp | e.ObligationsOwed,
    _at: datetime,
) -> None:
    """For the record; what follows from it are events of its own."""


def incident_raised(state: State, event: e.IncidentRaised, at: datetime) -> None:
    state.incidents[event.id] = Incident(
        event.id,
        event.node,
        event.scope,
        event.activity,
        event.code,
        event.params,
        at,
        event.retry,
        event.via,
        event.origin,
    )


def incident_resolved(state: State, event: e.IncidentResolved, _at: datetime) -> None:
    del state.incidents[event.id]


def question_parked(state: State, event: e.QuestionParked, _at: datetime) -> None:
    state.questions[event.id].parked = True


def question_asked_again(state: State, event: e.QuestionAskedAgain, _at: datetime) -> None:
    state.questions[event.id].parked = False


def question_dropped(state: State, event: e.QuestionDropped, _at: datetime) -> None:
    del state.questions[event.id]


FOLDS: Folds = {
    e.QuestionDropped: question_dropped,
    e.QuestionParked: question_parked,
    e.QuestionAskedAgain: question_asked_again,
    e.VariablesSet: variables_set,
    e.DocumentDelivered: document_delivered,
    e.PeoplePicked: people_picked,
    e.JobOwed: job_owed,
    e.JobFinished: recorded,
    e.DecisionMade: recorded,
    e.ErrorRaised: recorded,
    e.IncidentRaised: incident_raised,
    e.ObligationGivenUp: recorded,
    e.ObligationsOwed: recorded,
    e.IncidentResolved: incident_resolved,
}
