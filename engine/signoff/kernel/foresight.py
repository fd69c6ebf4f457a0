"""What other dates would come to: every deadline before and after, what conflicts, what would have to be approved again.

Works on a copy of the state, by the same functions as the command will, and decides nothing. Must import kernel below
`decide`.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime

from signoff.kernel import critical, outlook
from signoff.kernel.commands import SYSTEM
from signoff.kernel.critical import Room
from signoff.kernel.elements.register import BEHAVIOURS
from signoff.kernel.events import Event, gate
from signoff.kernel.missing import Missing
from signoff.kernel.run import Run, write
from signoff.kernel.settle import settle
from signoff.kernel.sight import Sight, texts
from signoff.kernel.state import DONE, State, Status
from signoff.kernel.timer import Clockface
from signoff.kernel.world import World
from signoff.model.definition import Definition
from signoff.model.formula import touched
from signoff.model.nodes import HumanTask
from signoff.model.value import Value
from signoff.time.relative import Purpose


@dataclass(frozen=True, slots=True)
class Shift:
    """A step with its deadline as it is and as it would be; `standing`: done, open or planned."""

    step: str
    label: Mapping[str, str]
    standing: str
    before: datetime | None
    after: datetime | None
    late: bool = False  # it would be overdue at once
    slack: int | None = None  # working days of room afterwards


@dataclass(frozen=True, slots=True)
class Foresight:
    """What dates would come to. `conflicts` say what speaks against them; `approvals` and `documents` would be stale.

    `crowded`: days on which deadlines come together that name different days; `provisional`: steps whose deadline might
    still move with the calendar.
    """

    dates: Mapping[str, tuple[Value, Value]]
    shifts: tuple[Shift, ...]
    conflicts: tuple[Missing, ...] = ()
    approvals: tuple[Mapping[str, str], ...] = ()
    documents: tuple[Mapping[str, str], ...] = ()
    rooms: Mapping[str, Room] = field(default_factory=dict)
    crowded: tuple[Missing, ...] = ()
    provisional: frozenset[str] = frozenset()


def foresee(world: World, state: State, values: Mapping[str, Value], at: datetime) -> Foresight:
    """What the instance would look like with these dates; nothing is changed."""
    root = next(scope.id for scope in state.scopes.values() if not scope.activity)
    now = Sight(world, state, root, at)
    copy = deepcopy(state)
    run = Run(world, copy, BEHAVIOURS, actor=SYSTEM, at=at)
    write(run, root, values)
    copy.status = Status.RUNNING  # also of one that is suspended
    settle(run)
    then = Sight(world, copy, root, at)
    definition = now.definition
    rooms = critical.critical(then)
    before, after = _deadlines(now), _deadlines(then)
    shifts = tuple(
        Shift(
            id,
            texts(definition.nodes[id].label, id),
            standing := _standing(now, id),
            before.get(id),
            before.get(id) if standing == "done" else after.get(id),
            late=standing != "done" and _is_past(after.get(id), at) and not _is_past(before.get(id), at),
            slack=rooms[id].slack if id in rooms else None,
        )
        for id in _steps(definition)
        if before.get(id) or after.get(id)
    )
    names = frozenset(values) | touched(definition, frozenset(values), frozenset(values))
    return Foresight(
        {name: (now.names.get(name), value) for name, value in values.items()},
        shifts,
        tuple(_conflicts(definition, then, shifts, rooms)),
        tuple(_stale(definition, run.events)),
        tuple(_documents(now, names)),
        rooms,
        tuple(outlook.crowded(then)),
        outlook.provisional(then),
    )


def _steps(definition: Definition) -> Iterator[str]:
    for node in definition.nodes.values():
        if isinstance(node, HumanTask) and not critical.on_demand(definition, node):
            yield node.id


def _deadlines(sight: Sight) -> dict[str, datetime]:
    """Of the steps at work theirs, of the others as they would be computed now."""
    face, found = Clockface(sight), {}
    open_ = {a.node: a for a in sight.state.activities.values() if a.multi is None}
    for id in _steps(sight.definition):
        node = sight.definition.nodes[id]
        assert isinstance(node, HumanTask)
        activity = open_.get(id)
        due = activity.due if activity is not None else None
        if due is None and node.due is not None:
            due = node.due.resolve(face, sight.calendar, purpose=Purpose.DUE, roll=sight.definition.roll)
        if due is not None:
            found[id] = due
    return found


def _standing(sight: Sight, id: str) -> str:
    if any(a.node == id for a in sight.state.activities.values()):
        return "open"
    done = sight.done(id)
    return "done" if done is not None and done.status in DONE else "planned"


def _is_past(due: datetime | None, at: datetime) -> bool:
    return due is not None and due < at


# what speaks against it -----------------------------------------------------------------------------------


def _conflicts(
    definition: Definition, sight: Sight, shifts: tuple[Shift, ...], rooms: Mapping[str, Room]
) -> Iterator[Missing]:
    ahead = {s.step: s for s in shifts if s.standing != "done"}
    for shift in ahead.values():
        if shift.late:
            yield Missing("move_overdue", params={"step": shift.label, "at": shift.after or ""})
        elif shift.slack is not None and shift.slack < 0 and shift.before != shift.after:
            room = rooms[shift.step]
            yield Missing(
                "move_no_room",
                params={"step": shift.label, "days": -shift.slack, "day": room.earliest.isoformat()},
            )
    yield from _disorder(definition, ahead)
    yield from _pressed(sight, ahead)


def _disorder(definition: Definition, ahead: Mapping[str, Shift]) -> Iterator[Missing]:
    """A step that would be due before one that it waits for."""
    for first, second in critical.pairs(definition):
        one, other = ahead.get(first), ahead.get(second)
        if one is None or other is None or one.after is None or other.after is None:
            continue
        if other.after < one.after and not (one.before and other.before and other.before < one.before):
            yield Missing(
                "move_disorder",
                params={"step": other.label, "at": other.after, "other": one.label, "due": one.after},
            )


def _pressed(sight: Sight, ahead: Mapping[str, Shift]) -> Iterator[Missing]:
    """Deadlines of different days that would fall on the same one."""
    days: dict[date, list[Shift]] = {}
    for shift in ahead.values():
        if shift.after is not None:
            days.setdefault(sight.calendar.day_of(shift.after), []).append(shift)
    for day, found in sorted(days.items()):
        was = {sight.calendar.day_of(s.before) for s in found if s.before is not None}
        if len(found) > 1 and len(was) > 1:
            yield Missing("move_pressed", params={"steps": [s.label for s in found], "day": day.isoformat()})


def _stale(definition: Definition, events: list[Event]) -> Iterator[Mapping[str, str]]:
    """The steps whose approvals would have to be given again."""
    nodes = [e.node for e in events if isinstance(e, gate.GateReopened | gate.VotesVoided)]
    for id in dict.fromkeys(nodes):
        yield texts(definition.nodes[id].label, id)


def _documents(sight: Sight, names: frozenset[str]) -> Iterator[Mapping[str, str]]:
    """The documents that were delivered with these data in view."""
    definition = sight.definition
    for id, document in definition.documents.items():
        delivered = sight.delivered(id)
        seen = definition.touches.get(delivered.step) if delivered is not None else None
        if seen is not None and not names.isdisjoint(seen.data):
            yield texts(document.label, id)
