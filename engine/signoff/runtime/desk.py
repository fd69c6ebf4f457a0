"""What people keep for themselves: drafts of work and votes, and tasks put off until a day; see `store.desk`.

A draft is taken up by what is handed in later, where that does not say otherwise, and erased with its task. Must not
import `execution` or `engine`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from signoff.errors import Invalid, NotFound
from signoff.kernel import commands as c
from signoff.kernel import draft as kernel
from signoff.kernel.commands import Attachment
from signoff.kernel.draft import Save
from signoff.kernel.elements.register import BEHAVIOURS
from signoff.kernel.motions import Abstain
from signoff.kernel.run import Run
from signoff.kernel.state import State
from signoff.kernel.target import local
from signoff.kernel.work import undeclared
from signoff.runtime import supplement
from signoff.runtime.admission import admit
from signoff.runtime.capture import captured
from signoff.runtime.core import Core
from signoff.runtime.reference import world as world_of
from signoff.store import codec
from signoff.store import desk as store
from signoff.store.desk import Kept
from signoff.store.form import decode_value
from signoff.store.unit import Loaded, Unit

_VOTES = (c.Approve, c.Decline, Abstain, c.ReturnTo)
_C = TypeVar("_C", bound=c.Command)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person has filled in of a task, or wants to say with a vote; `task` is what commands take."""

    task: str
    person: str
    saved_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, Attachment] = field(default_factory=dict)
    ticks: tuple[str, ...] = ()
    note: str = ""


# keeping ------------------------------------------------------------------------------------------------------


def save(core: Core, command: Save, *, connection: Connection | None = None) -> Draft:
    """Keep what is given beside what was kept before. Raises as a submission would, but for what is missing."""

    def kept(unit: Unit, run: Run, at: datetime) -> Draft:
        supplement.complete(core, unit.connection, run.world, run.state, command)
        id = kernel.judge(run, command)
        before = _read(run.state.id, store.find(unit.connection, run.state.id, command.by.id, id))
        draft = _merged(f"{run.state.id}:{id}", at, before, command)
        _lay(unit.connection, run.state.id, id, draft, at)
        return draft

    return _under_lock(core, command, connection, kept)


def discard(core: Core, command: Save, *, connection: Connection | None = None) -> None:
    """Throw one's draft of a task away."""

    def thrown(unit: Unit, run: Run, at: datetime) -> None:
        id = _named(run.state, command.task)
        found = store.find(unit.connection, run.state.id, command.by.id, id)
        if found is None or not found.draft:
            raise NotFound("no_draft", task=command.task)
        store.put(unit.connection, run.state.id, replace(found, draft="", at=at))

    _under_lock(core, command, connection, thrown)


def put_off(
    core: Core, command: Save, until: datetime | None, *, connection: Connection | None = None
) -> datetime | None:
    """Keep a task out of one's inbox until then; None: it is back. A date is the beginning of that day."""

    def put(unit: Unit, run: Run, at: datetime) -> datetime | None:
        held = kernel.held(run, command.task)
        then = None if until is None else _moment(run, until)
        if then is not None and then <= at:
            raise Invalid("not_ahead", at=then)
        person, instance = command.by.id, run.state.id
        found = store.find(unit.connection, instance, person, held.id)
        text = found.draft if found else ""
        store.put(unit.connection, instance, Kept(person, held.id, text, then, found.at if found else at))
        return then

    return _under_lock(core, command, connection, put)


def find(connection: Connection, state: State, task: str, person: str) -> Draft | None:
    """This person's draft of a task or a vote."""
    return _read(state.id, store.find(connection, state.id, person, _named(state, task)))


def _under_lock(
    core: Core, command: Save, connection: Connection | None, act: Callable[[Unit, Run, datetime], _T]
) -> _T:
    """Under the lock of the instance, so that nothing is kept for a task that has just ended."""
    admit(command)

    def whole() -> _T:
        with Unit(core.database, connection) as unit:
            instance = c.instance_of(command)
            loaded = unit.load(instance)
            if loaded is None:
                raise NotFound("no_such_instance", instance=instance)
            at = core.clock.now() if core.clock is not None else unit.now()
            world, state = world_of(core, unit.connection), loaded.state
            asked = captured(core, unit.connection, world, state, replace(command, at=at))
            return act(unit, Run(world, state, BEHAVIOURS, actor=asked.by, at=at), at)

    return whole() if connection is not None else core.database.attempt(whole)


def _moment(run: Run, until: datetime) -> datetime:
    """A moment without a zone is one of the process's zone."""
    if until.tzinfo is not None:
        return until
    return until.replace(tzinfo=ZoneInfo(run.world.definition(run.state.version).zone))


def midnight(day: Any) -> datetime:
    """The beginning of a day, in whichever zone. Raises Invalid for what is no date."""
    if not isinstance(day, date):
        raise Invalid("untyped_value", at="until", type=type(day).__name__)
    return day if isinstance(day, datetime) else datetime.combine(day, time())


# taking up ----------------------------------------------------------------------------------------------------


def taken_up(connection: Connection, loaded: Loaded | None, state: State, command: _C) -> _C:
    """A submission or vote with what its author has drafted, where it says nothing itself."""
    if loaded is None or not loaded.desks or not isinstance(command, (c.Submit, *_VOTES)):
        return command
    about = command.task if isinstance(command, c.Submit) else command.gate
    draft = _read(state.id, store.find(connection, state.id, command.by.id, _named(state, about)))
    if draft is None:
        return command
    if not isinstance(command, c.Submit):
        return replace(command, note=command.note or draft.note)
    return replace(
        command,
        data={**draft.data, **command.data},
        documents={**draft.documents, **command.documents},
        ticks=tuple(dict.fromkeys((*draft.ticks, *command.ticks))),
        note=command.note or draft.note,
    )


def clear(connection: Connection, loaded: Loaded | None, state: State) -> None:
    """Erase what the command just carried out has made needless."""
    if loaded is None or not loaded.desks:
        return
    kept = store.every(connection, state.id)
    store.erase(connection, state.id, [k for k in kept if not kernel.is_needed(state, k.person, k.task)])


def _named(state: State, id: str) -> str:
    """The gate that asks under this id, else the task."""
    name = local(id).partition("#")[0]
    activity = state.activities.get(name)
    return activity.gate if activity is not None and activity.gate in state.gates else name


# as text ------------------------------------------------------------------------------------------------------


def _merged(task: str, at: datetime, before: Draft | None, command: Save) -> Draft:
    old = before or Draft(task, command.by.id, at)
    return Draft(
        task,
        command.by.id,
        at,
        {**old.data, **{name: undeclared(name, value) for name, value in command.data.items()}},
        {**old.documents, **command.documents},
        tuple(dict.fromkeys((*old.ticks, *command.ticks))),
        command.note or old.note,
    )


def _lay(connection: Connection, instance: str, id: str, draft: Draft, at: datetime) -> None:
    papers = {
        name: {each.name: _listed(getattr(paper, each.name)) for each in fields(paper)}
        for name, paper in draft.documents.items()
    }
    said = {"data": draft.data, "documents": papers, "ticks": list(draft.ticks), "note": draft.note}
    found = store.find(connection, instance, draft.person, id)
    until = found.until if found else None
    store.put(connection, instance, Kept(draft.person, id, codec.canonical(said), until, at))


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _read(instance: str, kept: Kept | None) -> Draft | None:
    if kept is None or not kept.draft:
        return None
    said = decode_value(codec.parse(kept.draft))
    papers = {
        name: Attachment(**{**paper, "sections": tuple(paper["sections"])})
        for name, paper in said["documents"].items()
    }
    task = f"{instance}:{kept.task}"
    return Draft(task, kept.person, kept.at, said["data"], papers, tuple(said["ticks"]), said["note"])
