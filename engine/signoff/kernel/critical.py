"""The critical path: how early each step can be done, how late it may be, and how much room there is between.

Counted in working days from today, over the steps, gates and dated waits of one process; what runs on demand is left
out. A step is critical where its float is the least of all that is still open. Must import kernel below `run`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from signoff.kernel.reach import behind
from signoff.kernel.sight import Sight
from signoff.kernel.state import DONE, Activity
from signoff.kernel.timer import Clockface
from signoff.model.definition import Definition
from signoff.model.nodes import (
    EventSubProcess,
    HumanTask,
    IntermediateCatchEvent,
    Node,
    SubProcess,
    TimerEvent,
)
from signoff.time.calendar import Calendar
from signoff.time.relative import Purpose


@dataclass(frozen=True, slots=True)
class Room:
    """Of one step that is not done: working days of room (`slack`; None: no deadline lies ahead), and the days."""

    node: str
    earliest: date  # when it can be done, if all before it goes as planned
    latest: date | None  # when it must be, so that nothing after it is late
    slack: int | None
    takes: int  # working days of work
    critical: bool = False


@dataclass(slots=True)
class _Stop:
    """A step on the way: in working days from today."""

    takes: int = 0
    opens: int = 0
    due: int | None = None
    early: int = 0
    late: int | None = None


def critical(sight: Sight) -> dict[str, Room]:
    """The room of every step that is still to be done, as things stand now."""
    return _Walk(sight).rooms()


class _Walk:
    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.definition: Definition = sight.definition
        self.calendar: Calendar = sight.calendar
        self.today = self.calendar.day_of(sight.now)
        self.open = {a.node: a for a in sight.state.activities.values() if a.multi is None and self._here(a)}
        self.after = {
            node.id: tuple(following(self.definition, node))
            for node in self.definition.nodes.values()
            if _counts(node) and not on_demand(self.definition, node)
        }

    def _here(self, activity: Activity) -> bool:
        return self.sight.state.scopes[activity.scope].version == self.sight.scope.version

    def rooms(self) -> dict[str, Room]:
        stops = {id: self._stop(self.definition.nodes[id]) for id in self.after if not self._is_done(id)}
        order = _ordered(self.after)
        for id in order:
            self._push(stops, id)
        for id in reversed(order):
            self._pull(stops, id)
        rooms = {id: self._room(id, stop) for id, stop in stops.items() if self._is_step(id)}
        known = [room.slack for room in rooms.values() if room.slack is not None]
        least = min(known, default=None)
        return {
            id: replace(room, critical=room.slack is not None and room.slack == least)
            for id, room in rooms.items()
        }

    def _is_step(self, id: str) -> bool:
        return isinstance(self.definition.nodes[id], HumanTask)

    def _is_done(self, id: str) -> bool:
        if id in self.open:
            return False
        done = self.sight.done(id)
        return done is not None and done.status in DONE

    def _stop(self, node: Node) -> _Stop:
        face = Clockface(self.sight)
        if isinstance(node, HumanTask):
            activity = self.open.get(node.id)
            due = activity.due if activity else None
            if due is None and node.due is not None:
                due = node.due.resolve(face, self.calendar, purpose=Purpose.DUE, roll=self.definition.roll)
            opens = activity.opens if activity else None
            if opens is None and node.opens is not None and activity is None:
                opens = node.opens.resolve(face, self.calendar, purpose=Purpose.OPENS)
            work = 0 if node.takes is None else self._days(node.takes.add(self.sight.now, self.calendar))
            return _Stop(work, max(0, self._index(opens)), None if due is None else self._index(due))
        event = node.event if isinstance(node, IntermediateCatchEvent) else None
        at = event.at if isinstance(event, TimerEvent) else None
        moment = at.resolve(face, self.calendar, purpose=Purpose.POINT) if at is not None else None
        return _Stop(0, max(0, self._index(moment)))

    def _days(self, ready: datetime) -> int:
        return max(0, self._index(ready))

    def _index(self, at: datetime | None) -> int:
        """Working days from today to the day of an instant; below zero before today."""
        if at is None:
            return 0
        day = self.calendar.day_of(at)
        if day >= self.today:
            return self.calendar.count_working(self.today, day)
        return -self.calendar.count_working(day, self.today)

    def _push(self, stops: dict[str, _Stop], id: str) -> None:
        """How early what follows can begin."""
        stop = stops.get(id)
        ready = 0
        if stop is not None:
            stop.early = max(stop.early, stop.opens) + stop.takes
            ready = stop.early
        for other in self.after[id]:
            if other in stops:
                stops[other].early = max(stops[other].early, ready)

    def _pull(self, stops: dict[str, _Stop], id: str) -> None:
        """How late it may be, seen from what follows."""
        stop = stops.get(id)
        if stop is None:
            return
        limits = [stop.due] if stop.due is not None else []
        for other in self._not_done_after(stops, id):
            late = stops[other].late
            if late is not None:
                limits.append(late - stops[other].takes)
        stop.late = min(limits, default=None)

    def _not_done_after(self, stops: Mapping[str, _Stop], id: str) -> Iterable[str]:
        return (other for other in self.after[id] if other in stops)

    def _room(self, id: str, stop: _Stop) -> Room:
        earliest = self._day(stop.early)
        latest = None if stop.late is None else self._day(stop.late)
        return Room(id, earliest, latest, None if stop.late is None else stop.late - stop.early, stop.takes)

    def _day(self, index: int) -> date:
        """The day so many working days from today."""
        day, step = self.today, timedelta(days=1 if index > 0 else -1)
        left = abs(index)
        while left:
            day += step
            left -= self.calendar.is_working(day) if index > 0 else self.calendar.is_working(day - step)
        return day


def pairs(definition: Definition) -> Iterable[tuple[str, str]]:
    """Each step with one that waits for it directly."""
    for node in definition.nodes.values():
        if _counts(node) and not on_demand(definition, node):
            for other in following(definition, node):
                yield node.id, other


def following(definition: Definition, node: Node) -> Iterable[str]:
    """The steps and dated waits that follow directly, into sub-processes and out of them."""
    seen: set[str] = set()
    todo = behind(definition, node)
    while todo:
        found = todo.pop()
        if found.id in seen:
            continue
        seen.add(found.id)
        if _counts(found):
            yield found.id
        elif isinstance(found, SubProcess) and found.id in definition.starts:
            todo.append(definition.nodes[definition.starts[found.id]])
        else:
            todo += behind(definition, found)


def _counts(node: Node) -> bool:
    return isinstance(node, (HumanTask, IntermediateCatchEvent))


def on_demand(definition: Definition, node: Node) -> bool:
    """Whether it is done only when something happens: nobody plans for it."""
    around = (definition.nodes[scope] for scope in definition.scope_chain(node.scope))
    return any(isinstance(scope, EventSubProcess) for scope in around)


def _ordered(after: Mapping[str, Iterable[str]]) -> list[str]:
    """Each before what follows it; a way back in a graph with loops is left out."""
    found: dict[str, None] = {}
    under_way: set[str] = set()
    for first in after:
        todo = [(first, False)]
        while todo:
            id, is_seen = todo.pop()
            if is_seen:
                found[id] = None
            elif id not in under_way:
                under_way.add(id)
                todo.append((id, True))
                todo += [
                    (other, False) for other in reversed(tuple(after.get(id, ()))) if other not in under_way
                ]
    return list(reversed(found))
