"""What people ask for: where it takes effect, and where the flow goes on afterwards (language §9).

Until its approvals have passed a request changes nothing; then everything it brings changes in one command.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from signoff.kernel.elements import container
from signoff.kernel.elements import handler as beside
from signoff.kernel.elements.behaviour import Plain, no_resume, no_stop
from signoff.kernel.events import flow
from signoff.kernel.events import request as e
from signoff.kernel.run import Run, assign, write
from signoff.kernel.state import Activity
from signoff.model import nodes
from signoff.model.nodes import RequestEffect, RequestHandler
from signoff.model.value import Value

#: What these come to at the end of the process, in which one took effect: as triggers of its lifecycle.
ENDINGS = ("cancel", "withdraw")


def take_effect(run: Run, scope: str, node: RequestEffect, _via: str) -> str:
    """Refused, or too late: it goes no further. Approved: what it brings is written, and its steps begin."""
    activity = run.state.activities[run.state.scopes[scope].activity]
    handler = handler_of(run, activity)
    done = run.sight(scope).done(node.request)
    if done is not None and done.verdict == "declined":
        _refuse(run, activity, node, scope, "declined")
    elif reason := obstacle(run, activity.scope, handler, besides=activity.id) or _late(run, scope, handler):
        _refuse(run, activity, node, scope, reason)
    else:
        _take(run, activity, handler, node, scope, done.approvers if done else ())
    return ""


def _refuse(run: Run, activity: Activity, node: RequestEffect, scope: str, reason: str) -> None:
    by = run.state.scopes[scope].by
    run.emit(e.RequestRefused(activity.id, node.request, scope, activity.scope, by, reason))
    _awaited(run, activity.scope, node.request)
    run.touched[scope] = None


def _take(
    run: Run,
    activity: Activity,
    handler: RequestHandler,
    node: RequestEffect,
    scope: str,
    approvers: tuple[str, ...],
) -> None:
    inner, sight = run.state.scopes[scope], run.sight(scope)
    for _, expression in node.assign:
        sight.value(expression)  # what cannot be computed stops here, before anything has changed
    carried = carried_by(run, scope, handler)
    authors = {name: inner.authors.get(name, ()) for name in carried}
    if handler.interrupting:
        _interrupt(run, activity.scope, handler, activity.id)
    names = tuple(carried)
    run.emit(e.RequestTaken(activity.id, node.request, scope, activity.scope, inner.by, approvers, names))
    for name, value in carried.items():
        write(run, activity.scope, {name: value}, node.id, by=authors[name])
    assign(run, scope, node.assign)
    _awaited(run, activity.scope, node.request)
    flows = [f.id for f in run.definition(scope).outgoing[node.id]]
    run.emit(flow.ElementPassed(node.id, scope, flows))
    run.leave(scope, node)


def carried_by(run: Run, scope: str, handler: RequestHandler) -> dict[str, Value]:
    """What a request brings that is declared outside it: name -> the value asked for."""
    assert isinstance(handler.event, nodes.RequestEvent)
    own, data_ = run.definition(scope).declared(handler.id), run.state.scopes[scope].data
    return {name: data_[name] for name in handler.event.given if name in data_ and name not in own}


def _awaited(run: Run, scope: str, request: str) -> None:
    if request in run.definition(scope).awaited:
        run.ended.add(request)


def handler_of(run: Run, activity: Activity) -> RequestHandler:
    node = run.node(activity.scope, activity.node)
    assert isinstance(node, RequestHandler)
    return node


def obstacle(run: Run, scope: str, handler: RequestHandler, *, besides: str = "") -> str:
    """Why it cannot be asked for now, or take effect, as a code; nothing when it can. `besides`: its own activity."""
    assert isinstance(handler.event, nodes.RequestEvent)
    if handler.host and not hosts(run, scope, handler):
        return "request_not_now"
    if beside.has_landed(run, scope, handler):
        return "request_too_late"
    alone = handler.interrupting or bool(handler.event.moves)
    for activity in run.state.activities.values():
        other = run.node(activity.scope, activity.node)
        if activity.scope != scope or activity.id == besides or not isinstance(other, RequestHandler):
            continue
        taken = run.state.scopes[activity.inner].taken
        if taken and other.interrupting and not other.host:
            return "request_not_now"
        if alone and other.id == handler.id and not taken:
            return "request_pending"
    return ""


def into_past(run: Run, scope: str, moved: Mapping[str, Value]) -> Iterator[tuple[str, date]]:
    """Of the dates to move those whose day does not lie ahead."""
    calendar = run.sight(scope).calendar
    for name, value in moved.items():
        day = calendar.day_of(value) if isinstance(value, datetime) else value
        if isinstance(day, date) and day < calendar.day_of(run.at):
            yield name, day


def _late(run: Run, scope: str, handler: RequestHandler) -> str:
    """A date that lay ahead when it was asked for, and by now does not, as a code."""
    assert isinstance(handler.event, nodes.RequestEvent)
    values = run.state.scopes[scope].data
    moved = {name: values[name] for name in handler.event.moves if name in values}
    return "moved_into_past" if any(into_past(run, scope, moved)) else ""


def hosts(run: Run, scope: str, handler: RequestHandler) -> list[Activity]:
    """The activity that a request is about, where it is at work."""
    found = [a for a in run.state.activities.values() if a.scope == scope and a.node == handler.host]
    return found if run.state.scopes[scope].node != handler.host else []


# interrupting, and going on -------------------------------------------------------------------------------


def _interrupt(run: Run, scope: str, handler: RequestHandler, keep: str) -> None:
    """End the host with all inside, or everything in the scope but the request itself."""
    if handler.host:
        for activity in hosts(run, scope, handler):
            run.stop(activity, "interrupted")
        return
    beside.keep_undone(run, scope)
    # What comes later is in the same scope and has the same handlers, where the flow goes on in it.
    container.clear(run, scope, "interrupted", keep=keep, listening=bool(handler.continue_at))


def finished(run: Run, activity: Activity, inner: str) -> None:
    """The steps of a request are done; one that has interrupted its host says where the flow goes on."""
    handler, scope = handler_of(run, activity), activity.scope
    goes_on = handler.interrupting and run.state.scopes[inner].taken
    container.end_inside(run, activity, inner)
    if not goes_on:
        return
    beside.go_on_at(run, scope, handler)
    definition = run.definition(scope)
    if handler.host and not handler.continue_at:
        for taken in definition.outgoing[handler.host]:
            run.enter(scope, taken.target, taken.id)


def _never(_run: Run, _scope: str, node: RequestHandler, _via: str) -> str:
    raise AssertionError(f"{node.id} is asked for by a person")


REQUESTS = {
    RequestHandler: Plain(_never, finished, container.stop_inside),
    RequestEffect: Plain(take_effect, no_resume, no_stop),
}
