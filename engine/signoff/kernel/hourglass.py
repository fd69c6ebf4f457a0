"""The clock of one entry of a gate: turned when the entry opens, stopped when it closes or its round is over.

It counts from the opening of its entry, as the clock of a task does from that of the task. What its rungs do stands
in `ruling`. Must import kernel below `review`.
"""

from collections.abc import Iterator
from datetime import datetime

from signoff.kernel import deadline
from signoff.kernel.clock import Clock
from signoff.kernel.events import gate
from signoff.kernel.fold.task import entry_of
from signoff.kernel.run import Run
from signoff.kernel.state import Activity, Entry, EntryStatus, GateRecord, State
from signoff.kernel.timer import held, instant, own
from signoff.model.gate import Approval, Rung
from signoff.model.nodes import HumanTask
from signoff.time import relative


def begin(run: Run, record: GateRecord, node: HumanTask, number: int) -> None:
    """Start the clock of an entry that has just opened."""
    approval, entry = node.gate.approvals[number], record.entries[number]
    if approval.due is None:
        return
    due = _due(run, record, approval, entry)
    _set(run, record, number, approval, due, born_late=due is not None and due < run.at)


def refresh(run: Run) -> None:
    """After dates or steps changed: recompute what hangs on them."""
    for record, number, approval, clock in _running(run):
        due = clock.due
        if approval.due is not None and (approval.due.dates or approval.due.steps):
            due = _due(run, record, approval, record.entries[number])
        if due != clock.due:
            _set(run, record, number, approval, due, moved=True)
        else:
            _move_rung(run, record, number, approval, clock)


def count_again(run: Run) -> None:
    """After the instance stood still, or days count otherwise: what comes out otherwise is set anew."""
    for record, number, approval, clock in _running(run):
        due = _due(run, record, approval, record.entries[number])
        if due != clock.due:
            _set(run, record, number, approval, due, moved=True)
        else:
            _shift_rung(run, record, number, approval, clock)


def sweep(run: Run) -> None:
    """Stop the clocks of entries that nobody is asked in any more."""
    for target, clock in list(run.state.clocks.items()):
        record, number = entry(run.state, target)
        if record is None or record.entries[number].status is not EntryStatus.OPEN:
            run.emit(gate.EntryClockStopped(target, owed=clock.rung_at is not None))


def entry(state: State, target: str) -> tuple[GateRecord | None, int]:
    """The gate of GATE#entry, if it is still there, and the number of the entry."""
    id, number = entry_of(target)
    return state.gates.get(id), number


def ladder(
    run: Run, record: GateRecord, approval: Approval, entry: Entry, base: datetime | None
) -> list[tuple[datetime, Rung]]:
    """The rungs of an entry with their instants, in the order of time."""
    pauses = own(run.state, record.activity)
    return deadline.timed(run.sight(record.scope), approval.escalate, entry.since, base, pauses)


def due_of(state: State, record: GateRecord, number: int, activity: Activity | None) -> datetime | None:
    """By when an entry is to be decided: by its own clock, else by that of its task."""
    clock = state.clocks.get(f"{record.id}#{number}")
    return clock.due if clock is not None else activity.due if activity is not None else None


def _running(run: Run) -> Iterator[tuple[GateRecord, int, Approval, Clock]]:
    for target, clock in list(run.state.clocks.items()):
        record, number = entry(run.state, target)
        if record is not None and record.entries[number].status is EntryStatus.OPEN:
            node = run.node(record.scope, record.node)
            assert isinstance(node, HumanTask)
            yield record, number, node.gate.approvals[number], clock


def _due(run: Run, record: GateRecord, approval: Approval, entry: Entry) -> datetime | None:
    assert approval.due is not None, "only entries that say so have a clock"
    pauses = own(run.state, record.activity)
    return instant(run, record.scope, approval.due, relative.Purpose.DUE, entry.since, pauses)


def stand(run: Run, activity: str) -> None:
    """While the clock of the task stands, so do those of its entries."""
    for record, number, _, clock in _running(run):
        if record.activity == activity and clock.rung_at is not None:
            target = f"{record.id}#{number}"
            run.emit(gate.EntryDueSet(target, record.node, clock.due, clock.base, clock.rung, None))


def go_on(run: Run, activity: str) -> None:
    """They go on, later by as long as they stood still."""
    for record, number, approval, clock in _running(run):
        if record.activity != activity:
            continue
        due = _due(run, record, approval, record.entries[number])
        if due != clock.due:
            _set(run, record, number, approval, due, moved=True)
        else:
            _shift_rung(run, record, number, approval, clock)


def _set(
    run: Run,
    record: GateRecord,
    number: int,
    approval: Approval,
    due: datetime | None,
    *,
    born_late: bool = False,
    moved: bool = False,
) -> None:
    base = max(due, run.at) if due is not None else None
    rungs = ladder(run, record, approval, record.entries[number], base)
    first, at = deadline.ahead(rungs, run.at)
    if held(run.state, record.activity):
        at = None
    target = f"{record.id}#{number}"
    run.emit(gate.EntryDueSet(target, record.node, due, base, first, at, born_late=born_late, moved=moved))


def _move_rung(run: Run, record: GateRecord, number: int, approval: Approval, clock: Clock) -> None:
    if any(rung.at.dates or rung.at.steps for rung in approval.escalate):
        _shift_rung(run, record, number, approval, clock)


def _shift_rung(run: Run, record: GateRecord, number: int, approval: Approval, clock: Clock) -> None:
    if held(run.state, record.activity):
        return
    rungs = ladder(run, record, approval, record.entries[number], clock.base)
    at = rungs[clock.rung][0] if clock.rung < len(rungs) else None
    if at != clock.rung_at:
        target = f"{record.id}#{number}"
        run.emit(gate.EntryDueSet(target, record.node, clock.due, clock.base, clock.rung, at))
