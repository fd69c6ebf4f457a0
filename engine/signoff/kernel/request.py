"""Asking for something that a definition offers, and asking no more (language §9). What then happens see `elements.request`.

Must import kernel below `decide`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signoff.errors import Invalid, NotAllowed, NotFound, WrongState
from signoff.kernel import missing, recall, roster
from signoff.kernel.asides import Request, WithdrawRequest
from signoff.kernel.commands import Cancel
from signoff.kernel.elements import container, inside
from signoff.kernel.elements.request import into_past, obstacle
from signoff.kernel.events import flow
from signoff.kernel.events import request as e
from signoff.kernel.foresight import foresee
from signoff.kernel.pending import Objection
from signoff.kernel.run import Run
from signoff.kernel.sight import texts
from signoff.kernel.state import Activity, ActivityStatus, Scope, State
from signoff.kernel.work import read_all
from signoff.kernel.world import World
from signoff.model.definition import Definition
from signoff.model.nodes import GateTask, RequestEvent, RequestHandler
from signoff.model.types import Declaration, Text
from signoff.model.value import Value
from signoff.time.calendar import Calendar


def ask(run: Run, command: Request) -> None:
    """Raise a request; judged before anything is recorded, but for what its rules read."""
    recall.reopen(run, command.request)
    scope, handler = _find(run, command)
    event, label = _event(handler), texts(handler.label, command.request)
    definition, sight = run.definition(scope), run.sight(scope)
    if not roster.may(definition, run.actor, event.by, sight):
        roles = missing.roles(definition, event.by)
        raise NotAllowed("may_not_ask", request=label, person=run.actor.id, roles=roles)
    if reason := obstacle(run, scope, handler):
        raise WrongState(reason, request=label)
    values = _values(definition, handler, command)
    _check_moves(run, scope, event, values)
    objections = _objections(run, event, values)
    activity = run.next("a")
    run.emit(flow.ElementEntered(activity, handler.id, scope, type(handler).__name__, ActivityStatus.OPEN))
    inner = run.next("s")
    defaults = {d.name: d.default for d in handler.data if d.default is not None and d.formula is None}
    by: dict[str, tuple[str, ...]] = dict.fromkeys(values, (run.actor.id,))
    version = run.state.scopes[scope].version
    run.emit(
        flow.ScopeOpened(
            inner, handler.id, scope, activity, version, inner, data=defaults | values, authors=by
        )
    )
    run.emit(
        e.RequestRaised(
            activity,
            command.request,
            inner,
            scope,
            run.actor.id,
            run.actor.name,
            command.reason,
            objections,
        )
    )
    _judge(run, inner, handler, label)
    inside.begin_inside(run, inner)


def _find(run: Run, command: Request | WithdrawRequest) -> tuple[str, RequestHandler]:
    """The scope in which it can be asked for; of several occurrences the one that the command names."""
    found: list[tuple[Scope, RequestHandler]] = []
    known: dict[str, RequestHandler] = {}
    for scope in run.state.scopes.values():
        definition = run.definition(scope.id)
        known |= definition.requests
        handler = definition.requests.get(command.request)
        if handler is not None and handler.scope == scope.node:
            found.append((scope, handler))
    if command.position:
        found = [(scope, handler) for scope, handler in found if scope.position == command.position]
    if len(found) == 1:
        return found[0][0].id, found[0][1]
    if command.request not in known:
        raise NotFound("no_such_request", request=command.request, known=sorted(known))
    label = texts(known[command.request].label, command.request)
    if not found:
        raise WrongState("request_not_now", request=label)
    raise NotFound("which_request", request=label, positions=[scope.position for scope, _ in found])


def _event(handler: RequestHandler) -> RequestEvent:
    assert isinstance(handler.event, RequestEvent)
    return handler.event


def declared_by(definition: Definition, handler: RequestHandler) -> dict[str, Declaration]:
    """The data that a request may bring, as they are declared in it or around it."""
    found: dict[str, Declaration] = {}
    for scope in ("", *reversed(definition.scope_chain(handler.id))):
        found |= definition.declared(scope)
    return {name: found[name] for name in _event(handler).given if name in found}


def asked_for(world: World, state: State, request: str) -> dict[str, Declaration]:
    """The data that a request of this name may bring, wherever in the instance it is offered."""
    found: dict[str, Declaration] = {}
    for version in {scope.version for scope in state.scopes.values()}:
        definition = world.definition(version)
        if (handler := definition.requests.get(request)) is not None:
            found |= declared_by(definition, handler)
    return found


def _values(definition: Definition, handler: RequestHandler, command: Request) -> dict[str, Value]:
    declared = declared_by(definition, handler)
    if strangers := [name for name in command.data if name not in declared]:
        raise Invalid("not_on_the_form", names=strangers, allowed=list(declared))
    return read_all(declared, command.data, command.people, definition.zone)


def _check_moves(run: Run, scope: str, event: RequestEvent, values: Mapping[str, Value]) -> None:
    """A date that is moved is said, is another one than before, and lies ahead."""
    if not event.moves:
        return
    sight = run.sight(scope)
    moved = {name: values[name] for name in event.moves if name in values}
    if not moved:
        raise Invalid("nothing_moved", names=list(event.moves))
    if all(sight.names.get(name) == value for name, value in moved.items()):
        raise Invalid("moved_nowhere", names=list(moved))
    for name, day in into_past(run, scope, moved):
        today = sight.calendar.day_of(run.at)
        raise Invalid("moved_into_past", name=name, date=day.isoformat(), today=today.isoformat())


def _objections(run: Run, event: RequestEvent, values: Mapping[str, Value]) -> tuple[Objection, ...]:
    """What speaks against other dates as things stand: who approves them is to know."""
    moved = {name: values[name] for name in event.moves if name in values}
    if not moved:
        return ()
    found = foresee(run.world, run.state, moved, run.at)
    calendar = run.world.calendar(run.state.version, run.state.calendars)
    return tuple(
        Objection(each.code, {name: _told(value, calendar) for name, value in each.params.items()})
        for each in (*found.conflicts, *found.crowded)
    )


def _told(value: object, calendar: Calendar) -> Any:
    """A parameter as it is kept: an instant as people of this process read it."""
    return f"{calendar.here(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value


def _judge(run: Run, inner: str, handler: RequestHandler, label: dict[str, str]) -> None:
    sight, event = run.sight(inner), _event(handler)
    declared = declared_by(sight.definition, handler)
    found = [
        missing.Missing("field_empty", params={"field": _named(declared, name), "name": name})
        for name in event.form.fill
        if sight.scope.data.get(name) is None
    ]
    found += missing.broken(sight, event.rules)
    if found:
        code, params = missing.main(found)
        raise Invalid(code, found, **{**params, "step": label})


def _named(declared: Mapping[str, Declaration], name: str) -> dict[str, str]:
    return texts(declared[name].label if name in declared else Text(), name)


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be asked for now: by which roles, with which fields. `now`: asked already, with what speaks against it.

    `position`: in which occurrence, where there are several.
    """

    name: str
    label: Mapping[str, str]
    roles: tuple[Any, ...]
    fields: tuple[str, ...]
    position: int = 0
    by: str = ""  # who has asked; empty: nobody
    objections: tuple[Objection, ...] = ()


def offers(run: Run) -> Iterator[Offer]:
    """What the process offers to be asked for as things stand, and what has been asked."""
    asked = {(a.scope, a.node): run.state.scopes[a.inner] for a in pending(run)}
    for scope in run.state.scopes.values():
        definition = run.definition(scope.id)
        for name, handler in definition.requests.items():
            if handler.scope != scope.node:
                continue
            inner = asked.get((scope.id, handler.id))
            if inner is None and obstacle(run, scope.id, handler):
                continue
            event = _event(handler)
            by, objections = (inner.by, inner.objections) if inner is not None else ("", ())
            label, roles = texts(handler.label, name), tuple(missing.roles(definition, event.by))
            yield Offer(name, label, roles, tuple(event.form.fill), scope.position, by, objections)


# asking no more, and the plain verbs ----------------------------------------------------------------------


def withdraw(run: Run, command: WithdrawRequest) -> None:
    """Who asked takes the request back, as long as it has not taken effect; nothing has changed by it."""
    asked = [a for a in pending(run) if _is_for(run, a, command.request)]
    if command.position:
        asked = [a for a in asked if run.state.scopes[a.scope].position == command.position]
    mine = [a for a in asked if run.state.scopes[a.inner].by == run.actor.id]
    if not asked:
        _find(run, command)
        raise WrongState("request_not_asked", request=command.request)
    if not mine:
        people = [run.state.scopes[a.inner].by for a in asked]
        raise NotAllowed("asked_by_another", request=command.request, person=run.actor.id, people=people)
    run.emit(e.RequestWithdrawn(mine[-1].id, command.request, mine[-1].scope, run.actor.id, command.reason))
    run.stop(mine[-1], "withdrawn")


def _is_for(run: Run, activity: Activity, request: str) -> bool:
    handler = run.definition(activity.scope).requests.get(request)
    return handler is not None and handler.id == activity.node


def pending(run: Run) -> list[Activity]:
    """The requests that have not taken effect, the oldest first."""
    return [
        a
        for a in run.state.activities.values()
        if isinstance(run.node(a.scope, a.node), RequestHandler) and not run.state.scopes[a.inner].taken
    ]


def instead(run: Run, verb: str) -> RequestHandler | None:
    """The request that this process declares for a plain verb: then that is how it is done.

    Raises NotAllowed where it takes approvals, or data that the plain verb does not have.
    """
    definition = run.world.definition(run.state.version)
    handler = definition.requests.get(verb)
    if handler is None or handler.scope:
        return None
    if isinstance(definition.nodes.get(verb), GateTask) or _event(handler).given:
        raise NotAllowed("ask_instead", request=texts(handler.label, verb), name=verb, instance=run.state.id)
    return handler


def plainly(run: Run, verb: str, reason: str) -> None:
    """Carry out a declared request by its plain verb."""
    instance = run.state.id
    ask(run, Request(by=run.actor, at=run.at, instance=instance, request=verb, reason=reason))


def cancel(run: Run, command: Cancel) -> None:
    """End the instance, by an administrator; or as the process says that it is cancelled, by whom it names."""
    handler = instead(run, "cancel")
    root = next(s.id for s in run.state.scopes.values() if not s.activity)
    if handler is not None and roster.may(
        run.definition(root), run.actor, _event(handler).by, run.sight(root)
    ):
        plainly(run, "cancel", command.reason)
        return
    roster.check_admin(command.by)
    if not command.reason.strip():
        raise Invalid("reason_needed", step=run.state.title or run.state.id)
    container.end(run, "cancel", "cancelled", command.reason)
