"""Who catches what is thrown: the walk from an element outward, through sub-processes and calls (BPMN 2.0.2 §10.5.1).

Event sub-processes of a scope come before the boundary events around it, an exact code before one that catches
everything (trap 10). Must import kernel.run and `handler` only.
"""

from collections.abc import Iterable
from typing import NamedTuple

from signoff.kernel.elements import handler
from signoff.kernel.run import Run
from signoff.kernel.state import Activity, Scope
from signoff.model import nodes

Coded = type[nodes.ErrorEvent] | type[nodes.EscalationEvent]
Candidate = nodes.BoundaryEvent | nodes.EventSubProcess


class Catcher(NamedTuple):
    """A boundary event on `host`, or an event sub-process in `scope`."""

    node: Candidate
    scope: str
    host: Activity | None = None


def find(run: Run, scope: str, activity: Activity | None, kind: Coded, code: str) -> Catcher | None:
    """The nearest that catches it, from an activity or else from inside a scope; nobody catches: None.

    Boundary events of a repeated activity are not those of its instances (trap 7); of a scope in which an
    interrupting event sub-process runs no other begins (trap 6), nor in one that has ended and is being undone.
    """
    place, inner = run.state.scopes[scope], activity
    while True:
        if inner is None or inner.node != place.node:  # else the scope is one time of a repeated activity
            found = _at(run, place, inner, kind, code)
            if found is not None:
                return found
        inner = run.state.activities.get(place.activity)
        if inner is None:
            return None
        place = run.state.scopes[inner.scope]


def _at(run: Run, place: Scope, inner: Activity | None, kind: Coded, code: str) -> Catcher | None:
    """Who catches in one scope what came out of an activity there, or began in it: first at the boundary."""
    definition = run.definition(place.id)
    if inner is not None:
        found = _match(kind, code, definition.boundaries.get(inner.node, ()))
        if found is not None:
            return Catcher(found, place.id, inner)
    found = _match(kind, code, _handlers(run, place, inner))
    return Catcher(found, place.id) if found is not None else None


def _is_undone(run: Run, scope: str) -> bool:
    """Whether a scope was opened for nothing but to undo what was done in it."""
    return any(
        level.opened and level.scope == scope for levels in run.state.undoing.values() for level in levels
    )


def _handlers(run: Run, place: Scope, inner: Activity | None) -> list[nodes.EventSubProcess]:
    """The event sub-processes of a scope that may still begin, but the one that it was thrown in."""
    if place.interrupted or _is_undone(run, place.id):
        return []
    handlers = run.definition(place.id).handlers.get(place.node, ())
    return [
        h
        for h in handlers
        if (inner is None or inner.node != h.id) and not handler.has_landed(run, place.id, h)
    ]


def _match(kind: Coded, code: str, candidates: Iterable[Candidate]) -> Candidate | None:
    found = [
        (node, _code(part))
        for node in candidates
        for part in nodes.parts(node.event)
        if isinstance(part, kind)
    ]
    exact = next((node for node, caught in found if caught == code), None)
    return exact or next((node for node, caught in found if not caught), None)


def _code(part: nodes.Event) -> str:
    return part.error if isinstance(part, nodes.ErrorEvent) else getattr(part, "escalation", "")
