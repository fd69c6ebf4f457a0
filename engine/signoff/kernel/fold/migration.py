"""The fold of a migration: everything that stands in the migrated scopes bears its new name."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

from signoff.kernel.events.migration import InstanceMigrated
from signoff.kernel.fold.table import Folds, drop_questions
from signoff.kernel.pending import Undo
from signoff.kernel.state import Entry, Scope, State

_T = TypeVar("_T")
Name = Callable[[str], str]


def instance_migrated(state: State, event: InstanceMigrated, _at: datetime) -> None:
    scopes, nodes, flows = {*event.scopes}, event.nodes, event.flows

    def name(id: str) -> str:
        return nodes.get(id, id)

    def flow(id: str) -> str:
        return flows.get(id, id)

    state.version = event.version
    for id in event.scopes:
        _scope(state.scopes[id], event, name)
    _standing(state, scopes, name)
    state.joins = _keyed(
        state.joins, scopes, name, lambda parked: {flow(id): count for id, count in parked.items()}
    )
    state.begun = _keyed(state.begun, scopes, name, lambda first: [flow(id) for id in first])
    state.met = _keyed(state.met, scopes, name, lambda parts: parts)
    for gate, count in event.entries.items():
        state.gates[gate].entries = [Entry() for _ in range(count)]
        drop_questions(state, lambda q, gate=gate: q.target.startswith(f"{gate}#"))  # type: ignore[misc]  # bound now


def _scope(scope: Scope, event: InstanceMigrated, name: Name) -> None:
    scope.version, scope.node = event.version, name(scope.node)
    scope.done = {name(id): done for id, done in scope.done.items() if id not in event.gone}
    scope.counts = {name(id): count for id, count in scope.counts.items() if id not in event.gone}
    scope.kept = {name(id): values for id, values in scope.kept.items()}
    for document in scope.documents.values():
        document.step = name(document.step)
    _undone(scope.undo, name)


def _undone(found: list[Undo], name: Name) -> None:
    """What can be undone; what was done in a called process keeps its names."""
    for each in found:
        each.node = name(each.node)
        if not each.version:
            _undone(each.inner, name)


def _standing(state: State, scopes: Collection[str], name: Name) -> None:
    """What is at work, waits, asks or has stopped there."""
    targets = {a.id for a in state.activities.values() if a.scope in scopes}
    targets |= {g.id for g in state.gates.values() if g.scope in scopes}
    for activity in (a for a in state.activities.values() if a.id in targets):
        activity.node, activity.holds = name(activity.node), tuple(name(id) for id in activity.holds)
    for gate in (g for g in state.gates.values() if g.id in targets):
        gate.node = name(gate.node)
    for timer in (t for t in state.timers.values() if t.scope in scopes):
        timer.node = name(timer.node)
    for wait in (w for w in state.waits.values() if w.scope in scopes):
        wait.node = name(wait.node)
    for incident in (i for i in state.incidents.values() if i.scope in scopes):
        incident.node = name(incident.node)
    for question in state.questions.values():
        if question.target.partition("#")[0] in targets:
            question.node = name(question.node)
    for inquiry in state.inquiries.values():
        if inquiry.target in targets:
            inquiry.node = name(inquiry.node)


def _keyed(
    found: dict[str, _T], scopes: Collection[str], name: Name, inside: Callable[[_T], _T]
) -> dict[str, _T]:
    """What is kept under SCOPE|NODE or SCOPE|NODE|HOST."""
    renamed: dict[str, _T] = {}
    for key, value in found.items():
        scope, node, *host = key.split("|")
        here = scope in scopes
        renamed["|".join((scope, name(node), *host)) if here else key] = inside(value) if here else value
    return renamed


FOLDS: Folds = {InstanceMigrated: instance_migrated}
