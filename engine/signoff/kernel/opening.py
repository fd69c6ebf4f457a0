"""Starting an instance: who may, with which data, under which business key.

Must import kernel below `decide`.
"""

from datetime import datetime

from signoff.errors import Invalid, NotAllowed, SignoffError
from signoff.kernel import lifecycle, message, missing, picking, roster, wait
from signoff.kernel.arrival import payload
from signoff.kernel.commands import Start
from signoff.kernel.elements import event, inside
from signoff.kernel.events import flow
from signoff.kernel.lifecycle import InstanceContext
from signoff.kernel.run import Run
from signoff.kernel.sight import Sight
from signoff.kernel.state import Person, Scope, State, Status
from signoff.kernel.work import read_all
from signoff.kernel.world import World
from signoff.model.definition import Definition
from signoff.model.nodes import CallActivity
from signoff.model.types import Text
from signoff.model.value import Value
from signoff.model.view import stored

_PROBE = "s0"


def start(run: Run, command: Start) -> None:
    """Begin; everything is judged before the first event."""
    definition = run.world.definition(command.version)
    if not command.event:
        _authorize(definition, command)
    values = _values(definition, command)
    brought = _brought(definition, command)
    told = values | _assigned(_probe(run.world, run.at, definition, command, values), command, brought)
    probe = _probe(run.world, run.at, definition, command, told)
    if not command.event:
        _judge(probe, definition)
    key = command.key or _key(probe, definition)
    title = command.title or _title(probe, definition, key)
    assert lifecycle.move(lifecycle.INSTANCE, InstanceContext(Status.NEW), "start")
    calendar = run.world.calendar(command.version)
    run.emit(
        flow.InstanceStarted(
            definition.id,
            command.version,
            title,
            key,
            starter_of(command),
            calendar.version,
            command.salt if _may_hold_personal(definition) else "",
            definition.calendar,
        )
    )
    root = run.next("s")
    given: dict[str, tuple[str, ...]] = dict.fromkeys(command.data, (command.by.id,))
    run.emit(flow.ScopeOpened(root, "", "", "", command.version, root, data=values, authors=given))
    picking.at_start(run, root, command)
    inside.prepare(run, root)
    if command.event:
        event.begin(run, root, command.event, brought)
    else:
        inside.start(run, root)


def _may_hold_personal(definition: Definition) -> bool:
    """A process that it calls may, too: which one that will be is not known yet."""
    return bool(definition.privacy) or any(
        isinstance(node, CallActivity) for node in definition.nodes.values()
    )


def _brought(definition: Definition, command: Start) -> dict[str, Value]:
    """What came with the event that starts it, as it is declared. Raises Invalid."""
    if not command.event:
        return {}
    (heard, *_) = (*wait.awaited(definition.nodes[command.event]), None)
    data = payload(command.data)
    return dict(message.typed(definition, heard, data) or {}) if heard is not None else data


def _assigned(probe: Sight, command: Start, brought: dict[str, Value]) -> dict[str, Value]:
    """What the event that starts it will write: key and title are made of it."""
    if not command.event:
        return {}
    assign = getattr(probe.definition.nodes[command.event], "assign", ())
    local: dict[str, Value] = {"result": brought}
    return {target: stored(probe.value(expression, local)) for target, expression in assign}


def starter_of(command: Start) -> Person:
    actor = command.by
    known = command.people.get(actor.id)
    return known or Person(actor.id, actor.name, groups=tuple(sorted(actor.groups)))


def _authorize(definition: Definition, command: Start) -> None:
    by = definition.start.by
    if by and not roster.may(definition, command.by, by):
        roles = missing.roles(definition, by)
        raise NotAllowed("may_not_start", process=definition.id, person=command.by.id, roles=roles)


def _values(definition: Definition, command: Start) -> dict[str, Value]:
    form = definition.start.form
    given = {} if command.event else command.data
    strangers = [n for n in given if n not in form.writable]
    if strangers and definition.data and not definition.open:
        raise Invalid("not_on_the_form", names=strangers, allowed=list(form.writable))
    values: dict[str, Value] = {
        d.name: d.default for d in definition.data.values() if d.default is not None and d.formula is None
    }
    return values | read_all(definition.data, given, command.people, definition.zone)


def business_key(world: World, command: Start) -> str:
    """The business key the instance will have: given, or what the definition makes of its data."""
    definition = world.definition(command.version)
    if command.key or definition.start.key is None:
        return command.key
    try:
        values = _values(definition, command)
        brought = _brought(definition, command)
        values |= _assigned(_probe(world, command.at, definition, command, values), command, brought)
        return _key(_probe(world, command.at, definition, command, values), definition)
    except SignoffError:
        return ""  # `start` says what is wrong


def _probe(
    world: World, at: datetime, definition: Definition, command: Start, values: dict[str, Value]
) -> Sight:
    """The data as the instance will see it, before there is one."""
    scope = Scope(_PROBE, "", "", "", command.version, _PROBE, data=values)
    state = State(
        id=command.instance,
        process=definition.id,
        version=command.version,
        key=command.key,
        starter=starter_of(command),
        started_at=at,
        scopes={_PROBE: scope},
    )
    return Sight(world, state, _PROBE, at)


def _judge(probe: Sight, definition: Definition) -> None:
    found = [
        missing.Missing("field_empty", params={"field": missing.texts(_label(definition, n), n), "name": n})
        for n in definition.start.form.fill
        if probe.names.get(n) is None
    ]
    found += missing.broken(probe, definition.start.rules)
    if found:
        code, params = missing.main(found)
        raise Invalid(code, found, **{**params, "step": missing.texts(definition.label, definition.id)})


def _label(definition: Definition, name: str) -> Text:
    declared = definition.data.get(name)
    return declared.label if declared else Text()


def _key(probe: Sight, definition: Definition) -> str:
    if definition.start.key is None:
        return ""
    return str(probe.value(definition.start.key))


def _title(probe: Sight, definition: Definition, key: str) -> str:
    named = probe.names.get("title") if "title" in definition.data else None
    return str(named) if named else (key or definition.label.get(definition.lang) or definition.id)


def empty(instance: str) -> State:
    """The state before the first event."""
    return State(instance)
