"""Where an instance stands on the picture of its process: what was done, what is at work, what is late, what waits.

A pure function of the decoded journal and of the timeline. Must import only kernel.events, kernel.state and its
siblings.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from signoff.kernel.events import Event, flow
from signoff.kernel.state import ActivityStatus
from signoff.read.history import Record
from signoff.read.timeline import TimelineRow

DONE, ACTIVE, LATE, WAITING = "done", "active", "late", "waiting"
_STEPS: Mapping[str, str] = {
    "passed": DONE,
    "skipped": DONE,
    "lapsed": DONE,
    "open": ACTIVE,
    "in_review": ACTIVE,
    "scheduled": WAITING,
}


def marks(records: Iterable[Record], rows: Iterable[TimelineRow]) -> dict[str, str]:
    """Element id -> done, active, late or waiting; an element that was never reached has no mark.

    What a called process does is not in it. Of an element that was reached several times what is at work counts.
    """
    course = _Course()
    for record in records:
        for event in record.events:
            if (take := _TAKES.get(type(event))) is not None:
                take(course, event)
    found = dict.fromkeys(course.done, DONE)
    found |= dict.fromkeys(course.parked.values(), WAITING)
    found |= dict(sorted(course.open.values(), key=lambda one: one[1] == ACTIVE))
    for row in rows:  # knows of deadlines, rounds and returns
        mark = _STEPS.get(row.status, "")
        found[row.step] = LATE if row.late and mark != DONE else mark
    return {id: mark for id, mark in found.items() if mark}


@dataclass(slots=True)
class _Course:
    """The tokens while the journal is read. `strangers` are the scopes of called processes."""

    home: str = ""
    strangers: set[str] = field(default_factory=set)
    open: dict[str, tuple[str, str]] = field(default_factory=dict)  # activity -> node, mark
    parked: dict[tuple[str, str, str], str] = field(default_factory=dict)  # scope, node, flow -> node
    done: set[str] = field(default_factory=set)

    def started(self, event: flow.InstanceStarted) -> None:
        self.home = event.version

    def scoped(self, event: flow.ScopeOpened) -> None:
        if event.version != self.home or event.parent in self.strangers:
            self.strangers.add(event.id)

    def entered(self, event: flow.ElementEntered) -> None:
        if event.scope not in self.strangers:
            mark = WAITING if event.status is ActivityStatus.SCHEDULED else ACTIVE
            self.open[event.id] = (event.node, mark)

    def opened(self, event: flow.ElementOpened) -> None:
        if event.activity in self.open:
            self.open[event.activity] = (self.open[event.activity][0], ACTIVE)

    def closed(self, event: flow.ElementCompleted | flow.ElementCancelled) -> None:
        self.open.pop(event.activity, None)
        if isinstance(event, flow.ElementCompleted) and event.scope not in self.strangers:
            self.done.add(event.node)

    def passed(
        self, event: flow.ElementPassed | flow.ElementSkipped | flow.ElementReused | flow.JoinFired
    ) -> None:
        if event.scope not in self.strangers:
            self.done.add(event.node)
        for key in [key for key in self.parked if key[:2] == (event.scope, event.node)]:
            del self.parked[key]

    def waits(self, event: flow.TokenParked) -> None:
        if event.scope not in self.strangers:
            self.parked[event.scope, event.node, event.flow] = event.node

    def dropped(self, event: flow.TokensDropped) -> None:
        self.parked = {key: node for key, node in self.parked.items() if key[:2] != (event.scope, event.node)}

    def ended(self, event: flow.ScopeClosed) -> None:
        self.parked = {key: node for key, node in self.parked.items() if key[0] != event.id}


_TAKES: Mapping[type[Event], Callable[[_Course, Any], None]] = {  # each takes its own kind
    flow.InstanceStarted: _Course.started,
    flow.ScopeOpened: _Course.scoped,
    flow.ElementEntered: _Course.entered,
    flow.ElementOpened: _Course.opened,
    flow.ElementCompleted: _Course.closed,
    flow.ElementCancelled: _Course.closed,
    flow.ElementPassed: _Course.passed,
    flow.ElementSkipped: _Course.passed,
    flow.ElementReused: _Course.passed,
    flow.JoinFired: _Course.passed,
    flow.TokenParked: _Course.waits,
    flow.TokensDropped: _Course.dropped,
    flow.ScopeClosed: _Course.ended,
}
