"""Migration: an instance goes on with another version of its definition, all of it or not at all.

Every token, timer, open task and approval is accounted for: it goes on under its name there, or the migration is
refused. Votes stand for what they were given on: passed approvals are kept where nothing they demand has changed, and
asked again where it has; an open round begins anew. A deadline moves only where the definition says another. Must
import kernel below `decide`.
"""

from dataclasses import dataclass, field

from signoff.errors import Invalid, NotFound, WrongState
from signoff.kernel import (
    counterpart,
    deadline,
    hourglass,
    lifecycle,
    missing,
    review,
    roster,
    subject,
    timer,
    wait,
)
from signoff.kernel.asides import Migrate, OpenVotes
from signoff.kernel.counterpart import Counterpart
from signoff.kernel.elements import inside
from signoff.kernel.elements.called import take_calendar
from signoff.kernel.events import data, gate, time
from signoff.kernel.events.migration import InstanceMigrated
from signoff.kernel.lifecycle import GateContext
from signoff.kernel.pending import Timer, Wait
from signoff.kernel.run import Run, drop_waits, in_inbox
from signoff.kernel.state import Activity, ActivityStatus, GateRecord, GateStatus, Scope
from signoff.model import nodes
from signoff.model.definition import Definition
from signoff.model.nodes import HumanTask


def migrate(run: Run, command: Migrate) -> None:
    """Judge the whole; then let it go on with the other version."""
    roster.check_admin(command.by)
    state, source = run.state, run.world.definition(run.state.version)
    process = missing.texts(source.label, source.id)
    if not command.reason.strip():
        raise Invalid("reason_needed", step=state.title or process)
    target = run.world.definition(command.to)
    if target.id != source.id:
        raise NotFound("version_of_another", version=command.to[:12], process=process)
    if command.to == state.version:
        raise WrongState("on_this_version", instance=state.id, version=command.to[:12])
    found = counterpart.compare(state, source, target, command.nodes)
    if found.votes and command.votes is OpenVotes.KEEP:
        found.faults.append(counterpart.of_votes(found))
    if found.faults:
        raise Invalid("cannot_migrate", found.faults, count=len(found.faults))
    before = _Before.of(run, found)
    _let_go(run, found, before)
    _rename(run, found, command)
    _begin_data(run, found)
    _listen(run, found, before)
    _ask_again(run, found, before)
    _count_again(run, found, before)


@dataclass(slots=True)
class _Before:
    """What was listened for, and each task's element, before the names changed."""

    heard: dict[str, object]  # element -> what it listened for
    tasks: dict[str, HumanTask]  # activity -> its element
    closed: dict[str, tuple[str, ...]]  # gate -> its entries that stand in inboxes
    gone: set[tuple[str, str, str]] = field(default_factory=set)  # scope, new element, host: to listen anew

    @classmethod
    def of(cls, run: Run, found: Counterpart) -> "_Before":
        here = {scope.id for scope in found.scopes}
        tasks = {
            a.id: node
            for a in run.state.activities.values()
            if a.scope in here and isinstance(node := run.node(a.scope, a.node), HumanTask)
        }
        heard = {id: _heard(found.source, node) for id, node in found.source.nodes.items()}
        return cls(heard, tasks, {each.id: review.open_entries(each) for each in found.asked})


def _heard(definition: Definition, node: nodes.Node) -> object:
    """What an element listens for, names of messages and signals resolved."""
    return tuple(
        (
            event,
            definition.messages.get(getattr(event, "message", "")),
            definition.signals.get(getattr(event, "signal", "")),
        )
        for event in wait.awaited(node)
    )


def _let_go(run: Run, found: Counterpart, before: _Before) -> None:
    """Timers and subscriptions whose element is gone, sits elsewhere, or listens for something else."""
    here, state = {scope.id for scope in found.scopes}, run.state
    waits = [w for w in state.waits.values() if w.scope in here and not _same(found, before, w)]
    for each in [t for t in state.timers.values() if t.scope in here and not _same(found, before, t)]:
        before.gone.add((each.scope, found.nodes.get(each.node, ""), each.host))
        run.emit(time.TimerDropped(each.id, each.node))
    before.gone |= {(w.scope, found.nodes.get(w.node, ""), w.host) for w in waits}
    drop_waits(run, waits)
    for target, clock in list(state.clocks.items()):
        if target.partition("#")[0] in before.closed:
            run.emit(gate.EntryClockStopped(target, owed=clock.rung_at is not None))
    for record in found.lost:
        run.emit(gate.GateCancelled(record.id, "superseded", review.open_entries(record)))


def _same(found: Counterpart, before: _Before, each: Timer | Wait) -> bool:
    old, new = found.source.nodes[each.node], found.of(each.node)
    if new is None or type(new) is not type(old):
        return False
    host, there = getattr(old, "host", ""), getattr(new, "host", "")
    return found.nodes.get(host, "") == there and before.heard[old.id] == _heard(found.target, new)


def _rename(run: Run, found: Counterpart, command: Migrate) -> None:
    moved = {old: new for old, new in found.nodes.items() if old != new}
    flows = {old: new for old, new in found.flows.items() if old != new}
    here, state = {scope.id for scope in found.scopes}, run.state
    named = {a.id for a in state.activities.values() if a.scope in here}
    named |= {g.id for g in state.gates.values() if g.scope in here}
    work = (a for a in state.activities.values() if a.id in named and a.node in moved)
    rows = {a.id: moved[a.node] for a in work if in_inbox(run.node(a.scope, a.node), a)}
    rows |= {i.id: moved[i.node] for i in state.inquiries.values() if i.target in named and i.node in moved}
    run.emit(
        InstanceMigrated(
            state.version,
            command.to,
            command.by.id,
            command.by.name or command.by.id,
            command.reason,
            tuple(scope.id for scope in found.scopes),
            moved,
            flows,
            found.gone,
            found.over,
            found.entries,
            rows,
        )
    )
    run.sights.clear()


def _begin_data(run: Run, found: Counterpart) -> None:
    for id, values in found.values.items():
        run.emit(data.VariablesSet(id, values))
        run.changed.update(values)
    for scope in found.scopes:
        node = found.target.nodes.get(scope.node)
        initial = node.initial if isinstance(node, nodes.SubProcess) else ()
        inside.initialise(run, scope.id, initial if scope.node else found.target.initial)
        run.changed |= _computed_otherwise(found, scope)


def _computed_otherwise(found: Counterpart, scope: Scope) -> set[str]:
    """What the other version computes by another formula: approvals on it, and what hangs on it, are looked at again."""
    old = {new: old for old, new in found.nodes.items()}  # the scope bears its new name by now
    before, after = found.source.declared(old.get(scope.node, "")), found.target.declared(scope.node)
    formulas = {name: each.formula for name, each in before.items()}
    return {name for name, each in after.items() if each.formula != formulas.get(name)}


# what is listened for -------------------------------------------------------------------------------------


def _listen(run: Run, found: Counterpart, before: _Before) -> None:
    """Listen for what is new, or something else than before; what has happened already stays so."""
    known = {new: old for old, new in found.nodes.items()}
    for scope in found.scopes:
        for handler in found.target.handlers.get(scope.node, ()):
            if _is_new(found, before, known, scope.id, handler, ""):
                inside.arm_handler(run, scope.id, handler)
    here = {scope.id for scope in found.scopes}
    for activity in [a for a in run.state.activities.values() if a.scope in here]:
        node = run.node(activity.scope, activity.node)
        if activity.status is not ActivityStatus.SCHEDULED:
            _beside(run, found, before, known, activity)
        if (activity.scope, node.id, activity.id) in before.gone and not isinstance(
            node, nodes.BoundaryEvent
        ):
            wait.arm_beside(run, activity.scope, node, activity.id)


def _beside(run: Run, found: Counterpart, before: _Before, known: dict[str, str], activity: Activity) -> None:
    if run.state.scopes[activity.scope].node == activity.node:
        return  # one instance of a multi-instance body, which has them
    for event in found.target.boundaries.get(activity.node, ()):
        if _is_new(found, before, known, activity.scope, event, activity.id):
            inside.arm_handler(run, activity.scope, event, activity.id)


def _is_new(
    found: Counterpart, before: _Before, known: dict[str, str], scope: str, node: nodes.Node, host: str
) -> bool:
    old = known.get(node.id)
    if old is None or (scope, node.id, host) in before.gone:
        return True
    return before.heard[old] != _heard(found.target, node)


# gates ----------------------------------------------------------------------------------------------------


def _ask_again(run: Run, found: Counterpart, before: _Before) -> None:
    """Open rounds begin anew; passed approvals that demand something else now are asked again beside the flow."""
    for record in (*found.asked, *found.stale):
        if record.id in run.state.gates:
            _round(run, record, before.closed.get(record.id, ()))


def _round(run: Run, record: GateRecord, closed: tuple[str, ...]) -> None:
    sight, node = run.sight(record.scope), run.node(record.scope, record.node)
    assert isinstance(node, HumanTask)
    parts = subject.bound(sight, node.gate.covers)
    seen, moved = subject.subject(sight, node.id, parts), subject.changed(record.bound, parts)
    prepared = review.preparers(sight, record.preparers, node)
    again = record.status is GateStatus.PASSED
    trigger = "reopen" if again else "void"
    assert lifecycle.move(lifecycle.GATE, GateContext(record.status), trigger)
    voided, number = list(range(len(record.entries))), record.round + 1
    if again:
        run.emit(gate.GateReopened(record.id, node.id, number, moved, voided, seen, parts, prepared))
    else:
        run.emit(gate.VotesVoided(record.id, node.id, number, moved, voided, seen, parts, prepared, closed))
    for incident in [i for i in run.state.incidents.values() if i.via.partition("#")[0] == record.id]:
        run.emit(data.IncidentResolved(incident.id))
    review.advance(run, record)


# time -----------------------------------------------------------------------------------------------------


def _count_again(run: Run, found: Counterpart, before: _Before) -> None:
    """Deadlines that the other version says otherwise; those that hang on its dates, wherever these now lie."""
    source, target = found.source, found.target
    pace = (source.calendar, source.zone, source.opens, source.closes, source.roll, source.dates)
    take_calendar(run, run.state.version)
    anew = pace != (target.calendar, target.zone, target.opens, target.closes, target.roll, target.dates)
    for id, old in before.tasks.items():
        activity = run.state.activities.get(id)
        if activity is not None and activity.multi is None:
            node = run.node(activity.scope, activity.node)
            assert isinstance(node, HumanTask)
            deadline.adopt(run, activity, old, node, anew=anew)
    if anew:
        deadline.refresh(run)
        hourglass.refresh(run)
        timer.rearm(run)
