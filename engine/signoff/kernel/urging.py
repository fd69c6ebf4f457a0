"""Urging those whose move it is: told once in a while, never moved. Must import kernel below `decide`."""

from datetime import datetime, timedelta

from signoff.errors import NotAllowed, WrongState
from signoff.kernel import missing, seat
from signoff.kernel.asides import Urge
from signoff.kernel.events import aside
from signoff.kernel.run import Run
from signoff.kernel.target import Spot, spot

_BEFORE = timedelta(seconds=1)


def urge(run: Run, command: Urge) -> None:
    """Tell everybody whose move it is, but those who were told just now; refused where nobody is left to tell."""
    at = spot(run, command.task)
    step = missing.texts(at.node.label, at.node.id)
    if at.activity is not None and at.gate is None:
        missing.check_open(at.activity, at.node)
    if not _may(run, at):
        raise NotAllowed("may_not_urge", step=step, person=command.by.id)
    pending = [id for id in _pending(at) if id != command.by.id]
    if not pending:
        raise WrongState("nobody_to_urge", step=step)
    told = tuple(id for id in pending if _last(run, at, id) is None)
    if not told:
        last = [when for id in pending if (when := _last(run, at, id)) is not None]
        at_last, again = _read(run, max(last)), _read(run, _again(run, min(last)))
        raise WrongState("urged_lately", step=step, people=pending, at=at_last, again=again)
    name = command.by.name or command.by.id
    run.emit(aside.Urged(at.id, at.node.id, told, command.by.id, name, command.note, _forget(run)))


def _again(run: Run, last: datetime) -> datetime:
    """From when on who was urged then may be urged to the same move again."""
    version = run.state.version
    return run.world.definition(version).urging.add(last, run.world.calendar(version))


def _forget(run: Run) -> datetime:
    """Up to when it no longer matters who was urged."""
    state = run.state
    assert state.started_at is not None, "who can be urged is at work"
    over = (when for when in state.urged.values() if _again(run, when) <= run.at)
    return max(over, default=state.started_at - _BEFORE)


def _read(run: Run, at: datetime) -> str:
    """An instant as people of this process read it."""
    return f"{run.world.calendar(run.state.version, run.state.calendars).here(at):%Y-%m-%d %H:%M}"


def _last(run: Run, at: Spot, person: str) -> datetime | None:
    """When this person was urged last; None where that is long enough ago."""
    when = run.state.urged.get(f"{at.id}|{person}")
    return when if when is not None and run.at < _again(run, when) else None


def _pending(at: Spot) -> list[str]:
    """Whose move it is."""
    if at.gate is not None:
        return list(dict.fromkeys(id for entry in at.gate.entries for id in seat.asked(entry)))
    assert at.activity is not None, "a spot without a gate is a task"
    return [at.activity.assignee] if at.activity.assignee else [p.id for p in at.activity.roster]


def _may(run: Run, at: Spot) -> bool:
    """Who started it, who prepared what is decided on, and administrators."""
    starter = run.state.starter
    found = {starter.id} if starter else set()
    found |= set(at.activity.editors) if at.activity else set()
    found |= set(at.gate.preparers) if at.gate else set()
    return run.actor.admin or run.actor.id in found
