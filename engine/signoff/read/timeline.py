"""The timeline of one instance: which step was due when, done when and by whom, with its approvals.

A pure function of the definition and the decoded journal; nothing is looked up. Must import only model,
kernel.critical, kernel.events and kernel.state, and the records of `read.history`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from signoff.kernel.critical import Room
from signoff.kernel.events import Event, flow, gate, seat, task, time
from signoff.kernel.events.migration import InstanceMigrated
from signoff.kernel.state import ActivityStatus, Decision, Mode
from signoff.model.block import BlockKind
from signoff.model.definition import Definition
from signoff.model.gate import Meaning
from signoff.model.nodes import EventSubProcess, HumanTask
from signoff.model.types import Text
from signoff.read.history import Record

PLANNED = "planned"  # not reached yet
UNREACHED = "unreached"  # and never will be: the instance has ended
_REPLACED = frozenset({ActivityStatus.SUPERSEDED, ActivityStatus.CANCELLED})
_CLOSED = frozenset(
    {ActivityStatus.PASSED, ActivityStatus.LAPSED, ActivityStatus.SKIPPED, ActivityStatus.CANCELLED}
)


@dataclass(slots=True, frozen=True)
class Signed:
    """A vote that counts."""

    person: str
    name: str
    role: str
    decision: Decision
    meaning: Meaning
    at: datetime
    note: str = ""
    mode: Mode = Mode.MANUAL
    on_behalf_of: str = ""  # whose seat it is, where `person` stands in


@dataclass(slots=True, frozen=True)
class TimelineRow:
    """A step, once per time that it counts. `phase` is the outermost stage; `status` a word of ActivityStatus,
    or planned or unreached; `stale`: what was approved has changed since.
    """

    phase: Text
    step: str
    label: Text
    ref: str
    status: str
    opens: datetime | None = None
    due: datetime | None = None
    since: datetime | None = None
    done_at: datetime | None = None
    by: str = ""
    late: bool = False
    stale: bool = False
    round: int = 0
    position: int = 0  # among the occurrences of an `each`, from 1
    activity: str = ""
    approvals: tuple[Signed, ...] = ()
    decide_by: datetime | None = None  # the earliest deadline of those entries that have one of their own
    slack: int | None = None  # working days of float; None: done, or no deadline lies ahead
    critical: bool = False  # on the critical path: nothing that is open has less float
    earliest: date | None = None  # when it can be done, if all before it goes as planned
    provisional: bool = False  # the deadline may still move: its year is not confirmed


@dataclass(slots=True)
class _Line:
    """One activity while the journal is read."""

    id: str
    node: str
    scope: str
    status: ActivityStatus
    since: datetime
    opens: datetime | None = None
    due: datetime | None = None
    done_at: datetime | None = None
    by: str = ""
    round: int = 1
    stale: bool = False
    votes: dict[tuple[int, str], Signed] = field(default_factory=dict)
    passed: set[int] = field(default_factory=set)
    clocks: dict[str, datetime | None] = field(default_factory=dict)  # GATE#entry -> its own deadline


def timeline(
    definition: Definition,
    records: Iterable[Record],
    *,
    now: datetime,
    planned: Mapping[str, datetime] | None = None,
    rooms: Mapping[str, Room] | None = None,
    provisional: Collection[str] = (),
) -> list[TimelineRow]:
    """The rows in the order of the definition. `planned`: due dates, where known, of steps not reached yet.

    `rooms`: how much room each step has that is not done; `provisional`: steps whose deadline may still move.
    """
    course = _Course(definition)
    for record in records:
        for event in record.events:
            course.take(event, record.at)
    rows: list[TimelineRow] = []
    for node in definition.nodes.values():
        if isinstance(node, HumanTask):
            lines = course.lines_of(node.id)
            rows += [_row(definition, node, line, course, now) for line in lines]
            if not lines and not _on_demand(definition, node):
                rows.append(_ahead(definition, node, (planned or {}).get(node.id), course, now))
    marked = (replace(row, provisional=row.step in provisional and row.done_at is None) for row in rows)
    return [_with_room(row, (rooms or {}).get(row.step)) for row in marked]


def _with_room(row: TimelineRow, room: Room | None) -> TimelineRow:
    if room is None or row.done_at is not None:
        return row
    return replace(row, slack=room.slack, critical=room.critical, earliest=room.earliest)


class _Course:
    """What the journal says about the steps of one definition; those of called processes are left out."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._lines: dict[str, _Line] = {}
        self._gates: dict[str, str] = {}
        self.scopes: dict[str, flow.ScopeOpened] = {}
        self.ended = False

    def take(self, event: Event, at: datetime) -> None:
        handle = _HANDLERS.get(type(event))
        if handle is not None:
            handle(self, event, at)

    def lines_of(self, node: str) -> list[_Line]:
        """In the order of beginning; what was replaced is left out where something took its place."""
        lines = [line for line in self._lines.values() if line.node == node]
        last = {self._home(line.scope): line for line in lines}
        return [
            line for line in lines if line.status not in _REPLACED or last[self._home(line.scope)] is line
        ]

    def _home(self, scope: str) -> str:
        opened = self.scopes.get(scope)
        return opened.home if opened else scope

    def _line(self, activity: str) -> _Line | None:
        return self._lines.get(activity)

    def _line_of(self, gate_id: str) -> _Line | None:
        return self._lines.get(self._gates.get(gate_id, ""))

    def _ours(self, node: str, scope: str) -> bool:
        opened = self.scopes.get(scope)
        root = next(iter(self.scopes.values()), None)
        mine = opened is None or root is None or opened.version == root.version
        known = self._definition.nodes.get(node)  # none: it bears another name since, or is none any more
        return mine and (known is None or isinstance(known, HumanTask))

    # what events say --------------------------------------------------------------------------------------

    def scope_opened(self, event: flow.ScopeOpened, _at: datetime) -> None:
        self.scopes[event.id] = event

    def migrated(self, event: InstanceMigrated, _at: datetime) -> None:
        for id in event.scopes:
            self.scopes[id] = replace(self.scopes[id], version=event.version)
        for line in self._lines.values():
            if line.scope in event.scopes:
                line.node = event.nodes.get(line.node, line.node)

    def ended_at(self, event: flow.InstanceEnded | flow.InstanceReopened, _at: datetime) -> None:
        self.ended = isinstance(event, flow.InstanceEnded)

    def entered(self, event: flow.ElementEntered, at: datetime) -> None:
        if event.items is None and self._ours(event.node, event.scope):
            self._lines[event.id] = _Line(
                event.id, event.node, event.scope, event.status, at, event.opens, event.due
            )

    def opened(self, event: flow.ElementOpened, at: datetime) -> None:
        if line := self._line(event.activity):
            line.status, line.since = ActivityStatus.OPEN, at
            line.due = event.due or line.due

    def opening_moved(self, event: time.OpeningMoved, _at: datetime) -> None:
        if line := self._line(event.activity):
            line.opens = event.opens

    def due_set(self, event: time.DueSet, _at: datetime) -> None:
        if line := self._line(event.activity):
            line.due = event.due

    def submitted(self, event: task.WorkSubmitted, _at: datetime) -> None:
        if line := self._line(event.activity):
            line.by, line.round = event.name or event.person, event.round

    def reopened(self, event: task.WorkReopened, _at: datetime) -> None:
        if line := self._line(event.activity):
            line.status, line.round = ActivityStatus.OPEN, event.round

    def completed(self, event: flow.ElementCompleted, at: datetime) -> None:
        if line := self._line(event.activity):
            line.status, line.done_at, line.by = event.status, at, line.by or event.by

    def cancelled(self, event: flow.ElementCancelled, at: datetime) -> None:
        if line := self._line(event.activity):
            line.status, line.done_at = ActivityStatus.CANCELLED, at

    def skipped(self, event: flow.ElementSkipped, at: datetime) -> None:
        if self._ours(event.node, event.scope):
            id = f"{event.scope}|{event.node}|{len(self._lines)}"
            self._lines[id] = _Line("", event.node, event.scope, ActivityStatus.SKIPPED, at, done_at=at)

    def superseded(self, event: flow.RegionReturned, _at: datetime) -> None:
        for line in self._in_force(event.scope):
            if line.node in event.superseded and line.done_at is not None:
                line.status = ActivityStatus.SUPERSEDED

    def reused(self, event: flow.ElementReused, _at: datetime) -> None:
        found = [line for line in self._in_force(event.scope) if line.node == event.node]
        if found:
            found[-1].status = ActivityStatus.PASSED

    def _in_force(self, scope: str) -> Iterator[_Line]:
        home = self._home(scope)
        return (line for line in self._lines.values() if self._home(line.scope) == home)

    def gate_opened(self, event: gate.GateOpened, _at: datetime) -> None:
        self._gates[event.id] = event.activity
        if line := self._line(event.activity):
            line.status, line.votes, line.passed = ActivityStatus.IN_REVIEW, {}, set()

    def voted(self, event: gate.VoteCast, at: datetime) -> None:
        if line := self._line_of(event.gate):
            line.votes[event.entry, event.person] = Signed(
                event.person,
                event.name,
                event.role,
                event.decision,
                event.meaning,
                at,
                event.note,
                event.mode,
                event.on_behalf_of,
            )

    def entry_passed(self, event: gate.EntryPassed, _at: datetime) -> None:
        if line := self._line_of(event.gate):
            line.passed.add(event.entry)

    def gate_passed(self, event: gate.GatePassed, _at: datetime) -> None:
        if line := self._line_of(event.gate):
            line.stale = False

    def clock_set(self, event: gate.EntryDueSet, _at: datetime) -> None:
        if line := self._line_of(event.target.partition("#")[0]):
            line.clocks[event.target] = event.due

    def clock_stopped(self, event: gate.EntryClockStopped, _at: datetime) -> None:
        if line := self._line_of(event.target.partition("#")[0]):
            line.clocks.pop(event.target, None)

    def gate_returned(self, event: gate.GateReturned, _at: datetime) -> None:
        if line := self._line_of(event.gate):
            line.votes = {key: vote for key, vote in line.votes.items() if key[0] in line.passed}

    def voided(self, event: gate.VotesVoided | gate.GateReopened, _at: datetime) -> None:
        if isinstance(event, gate.VotesVoided) and event.activity:
            self._take_over(event.gate, event.activity)
        if line := self._line_of(event.gate):
            line.stale = line.stale or isinstance(event, gate.GateReopened)
            line.passed -= set(event.voided)
            line.votes = {key: vote for key, vote in line.votes.items() if key[0] not in event.voided}
            if line.done_at is None:
                line.status = ActivityStatus.IN_REVIEW

    def taken_back(self, event: seat.VoteTakenBack | seat.EntryReopened, _at: datetime) -> None:
        if line := self._line_of(event.gate):
            line.votes.pop((event.entry, event.person), None)
            reset = set(event.reset) if isinstance(event, seat.EntryReopened) else set()
            line.votes = {key: vote for key, vote in line.votes.items() if key[0] not in reset}
            line.passed -= reset | {event.entry}

    def back_in_review(self, event: seat.ApprovalTakenBack, _at: datetime) -> None:
        self._take_over(event.gate, event.activity)
        if line := self._line(event.activity):
            line.status = ActivityStatus.IN_REVIEW

    def _take_over(self, gate_id: str, activity: str) -> None:
        """After a smart return a new activity has the gate, with the votes that stand."""
        old, new = self._line_of(gate_id), self._line(activity)
        self._gates[gate_id] = activity
        if old is not None and new is not None and old is not new:
            new.votes, new.passed = dict(old.votes), set(old.passed)


# The one erased register: each method takes its own event class.
_HANDLERS: Mapping[type[Event], Callable[[_Course, Any, datetime], None]] = {
    flow.ScopeOpened: _Course.scope_opened,
    flow.InstanceEnded: _Course.ended_at,
    flow.InstanceReopened: _Course.ended_at,
    InstanceMigrated: _Course.migrated,
    flow.ElementEntered: _Course.entered,
    flow.ElementOpened: _Course.opened,
    flow.ElementCompleted: _Course.completed,
    flow.ElementCancelled: _Course.cancelled,
    flow.ElementSkipped: _Course.skipped,
    flow.ElementReused: _Course.reused,
    flow.RegionReturned: _Course.superseded,
    task.WorkSubmitted: _Course.submitted,
    task.WorkReopened: _Course.reopened,
    time.DueSet: _Course.due_set,
    time.OpeningMoved: _Course.opening_moved,
    gate.GateOpened: _Course.gate_opened,
    gate.VoteCast: _Course.voted,
    gate.EntryPassed: _Course.entry_passed,
    gate.GatePassed: _Course.gate_passed,
    gate.GateReturned: _Course.gate_returned,
    gate.EntryDueSet: _Course.clock_set,
    gate.EntryClockStopped: _Course.clock_stopped,
    gate.VotesVoided: _Course.voided,
    gate.GateReopened: _Course.voided,
    seat.VoteTakenBack: _Course.taken_back,
    seat.EntryReopened: _Course.taken_back,
    seat.ApprovalTakenBack: _Course.back_in_review,
}


def _row(definition: Definition, node: HumanTask, line: _Line, course: _Course, now: datetime) -> TimelineRow:
    opened = course.scopes.get(line.scope)
    ended = line.done_at or now
    return TimelineRow(
        _phase(definition, node),
        node.id,
        _label(node),
        node.ref,
        str(line.status),
        line.opens,
        line.due,
        line.since,
        line.done_at if line.status in _CLOSED else None,
        line.by,
        late=line.due is not None and ended > line.due and line.status is not ActivityStatus.SKIPPED,
        stale=line.stale,
        round=line.round,
        position=opened.position if opened else 0,
        activity=line.id,
        approvals=tuple(line.votes.values()),
        decide_by=min((due for due in line.clocks.values() if due is not None), default=None),
    )


def _ahead(
    definition: Definition, node: HumanTask, due: datetime | None, course: _Course, now: datetime
) -> TimelineRow:
    return TimelineRow(
        _phase(definition, node),
        node.id,
        _label(node),
        node.ref,
        UNREACHED if course.ended else PLANNED,
        due=due,
        late=due is not None and now > due and not course.ended,
    )


def _phase(definition: Definition, node: HumanTask) -> Text:
    chain = definition.scope_chain(node.scope)
    return _label(definition.nodes[chain[-1]]) if chain else Text()


def _label(node: Any) -> Text:
    return node.label or Text.of(node.id)


def _on_demand(definition: Definition, node: HumanTask) -> bool:
    """Whether the step is done only when something happens: nobody plans for it."""
    if any(
        isinstance(definition.nodes[scope], EventSubProcess) for scope in definition.scope_chain(node.scope)
    ):
        return True
    block = definition.block_of.get(node.id, "")
    return any(each.kind is BlockKind.HANDLER for each in definition.lineage(block)) if block else False
