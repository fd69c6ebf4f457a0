"""Folds of those who vote at a gate."""

from datetime import datetime

from signoff.kernel.events import seat as e
from signoff.kernel.fold.table import Folds, drop_questions
from signoff.kernel.state import (
    ActivityStatus,
    Entry,
    EntryStatus,
    GateStatus,
    Group,
    Opinion,
    Person,
    Place,
    State,
)


def _entry(state: State, event: "_OfEntry") -> Entry:
    return state.gates[event.gate].entries[event.entry]


def signers_asked(state: State, event: e.SignersAsked, at: datetime) -> None:
    _entry(state, event).since = at


def vote_transferred(state: State, event: e.VoteTransferred, _at: datetime) -> None:
    entry = _entry(state, event)
    entry.roster = _replaced(entry.roster, event.source, event.person)
    for group in entry.groups:
        group.people = _replaced(group.people, event.source, event.person)
        if group.by == event.source:
            group.by = event.person.id
    if event.source in entry.delegated:  # whoever is asked for an opinion gives it to the new one
        entry.delegated[event.person.id] = entry.delegated.pop(event.source)
    if event.source in entry.beside:
        entry.beside[event.person.id] = entry.beside.pop(event.source)
    for added, by in entry.beside.items():
        if by == event.source:
            entry.beside[added] = event.person.id


def entry_assigned(state: State, event: e.EntryAssigned, _at: datetime) -> None:
    entry = _entry(state, event)
    kept = {person.id for person in event.people}
    entry.roster = event.people
    entry.delegated = {owner: chain for owner, chain in entry.delegated.items() if owner in kept}


def _replaced(people: list[Person], source: str, by: Person) -> list[Person]:
    """The same list with one person for another, in the same places and roles."""
    return [_in_role(by, p.role) if p.id == source else p for p in people]


def _in_role(person: Person, role: str) -> Person:
    return Person(person.id, person.name, person.department, person.title, person.groups, role)


def opinion_asked(state: State, event: e.OpinionAsked, _at: datetime) -> None:
    _entry(state, event).delegated.setdefault(event.owner, []).append(event.person)


def opinion_given(state: State, event: e.OpinionGiven, at: datetime) -> None:
    entry = _entry(state, event)
    del entry.delegated[event.owner]
    entry.opinions.append(Opinion(event.owner, event.person, event.advice, event.note, at))


def opinion_recalled(state: State, event: e.OpinionRecalled, _at: datetime) -> None:
    del _entry(state, event).delegated[event.owner]


def signers_added(state: State, event: e.SignersAdded, _at: datetime) -> None:
    entry = _entry(state, event)
    if event.place is not Place.BESIDE:
        entry.groups.append(Group(event.by, event.place, event.need, event.people))
        return
    last = max(n for n, p in enumerate(entry.roster) if p.id == event.by)
    entry.roster = [*entry.roster[: last + 1], *event.people, *entry.roster[last + 1 :]]
    entry.beside.update(dict.fromkeys((p.id for p in event.people), event.by))


def signer_removed(state: State, event: e.SignerRemoved, _at: datetime) -> None:
    entry = _entry(state, event)
    for group in [g for g in entry.groups if g.by == event.person]:
        entry.groups.remove(group)
        for signer in group.people:
            entry.votes.pop(signer.id, None)
            entry.delegated.pop(signer.id, None)
    for group in entry.groups:
        group.people = [p for p in group.people if p.id != event.person]
    entry.groups = [group for group in entry.groups if group.people]
    added = {id for id, by in entry.beside.items() if by == event.person and id not in entry.votes}
    for gone in (event.person, *sorted(added)):
        entry.beside.pop(gone, None)
        entry.delegated.pop(gone, None)
    entry.roster = [p for p in entry.roster if p.id != event.person and p.id not in added]


def vote_taken_back(state: State, event: e.VoteTakenBack, _at: datetime) -> None:
    del _entry(state, event).votes[event.person]


def entry_reopened(state: State, event: e.EntryReopened, at: datetime) -> None:
    gate = state.gates[event.gate]
    for number in event.reset:
        gate.entries[number] = Entry()
    reset = {f"{gate.id}#{number}" for number in event.reset}
    drop_questions(state, lambda q: q.target in reset)
    entry = gate.entries[event.entry]
    del entry.votes[event.person]
    entry.status, entry.since = EntryStatus.OPEN, at


def approval_taken_back(state: State, event: e.ApprovalTakenBack, at: datetime) -> None:
    gate, activity = state.gates[event.gate], state.activities[event.activity]
    gate.status, gate.since, gate.activity, gate.scope = GateStatus.OPEN, at, activity.id, activity.scope
    activity.gate, activity.status = gate.id, ActivityStatus.IN_REVIEW
    if event.owner is not None:
        activity.owner, activity.roster, activity.editors = event.owner.id, [event.owner], gate.preparers
    activity.waived, activity.waived_on = dict(gate.waived), dict(gate.waived_on)


_OfEntry = (
    e.SignersAsked
    | e.VoteTransferred
    | e.OpinionAsked
    | e.OpinionGiven
    | e.OpinionRecalled
    | e.SignersAdded
    | e.SignerRemoved
    | e.VoteTakenBack
    | e.EntryAssigned
)

FOLDS: Folds = {
    e.SignersAsked: signers_asked,
    e.VoteTransferred: vote_transferred,
    e.OpinionAsked: opinion_asked,
    e.OpinionGiven: opinion_given,
    e.OpinionRecalled: opinion_recalled,
    e.SignersAdded: signers_added,
    e.SignerRemoved: signer_removed,
    e.VoteTakenBack: vote_taken_back,
    e.EntryAssigned: entry_assigned,
    e.EntryReopened: entry_reopened,
    e.ApprovalTakenBack: approval_taken_back,
}
