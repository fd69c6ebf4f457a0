"""The kernel's side of a walk: the same steps as commands, and what can be seen of its state in the game's words.

After every command the state is written and read, and made again from the journal alone; both are what goes on.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from signoff.kernel import arrival
from signoff.kernel import commands as c
from signoff.kernel.decide import decide
from signoff.kernel.events import Event
from signoff.kernel.fold import apply
from signoff.kernel.pending import Hears
from signoff.kernel.state import Activity, State, Status
from signoff.kernel.world import World
from signoff.model import nodes
from signoff.notation import bpmn_reader
from signoff.store.codec import decode_events, decode_state, encode_events, encode_state
from signoff.time.calendar import Calendar
from tests.walks.board import Label, Path

START = datetime(2027, 1, 1, tzinfo=UTC)
TESTER = c.Actor("tester", name="Tester", admin=True)
_KINDS = {Hears.MESSAGE: "message", Hears.SIGNAL: "signal", Hears.CONDITION: "conditional"}
_CONTAINERS = (nodes.SubProcess, nodes.CallActivity)


@lru_cache(maxsize=8)
def world_of(text: str) -> World:
    """The definitions of a file, ready to run. Raises InvalidDefinition."""
    definitions = bpmn_reader.read(text).definitions
    versions = {f"v-{each.id}": each for each in definitions}
    names = {each.calendar for each in definitions}
    calendars = {name: Calendar(name, "UTC") for name in names}
    return World(versions, calendars, {each.id: version for version, each in versions.items()})


class Mirror:
    """One instance in the kernel."""

    def __init__(self, world: World, process: str) -> None:
        self.world = world
        self.version = f"v-{process}"
        self.instance = "i"
        self.state = State("i")
        self.replayed = State("i")
        self.now = 0

    # commands ----------------------------------------------------------------------------------------------

    def start(self, data: dict[str, Any], event: str) -> None:
        said = self._said()
        self._do(c.Start(instance="i", version=self.version, data=data, event=event, **said))

    def complete(self, label: Label, data: dict[str, Any]) -> None:
        activity = self._activity(label)
        task = f"{self.instance}:{activity.id}"
        match self._node(activity):
            case nodes.UserTask():
                self._do(c.Submit(task=task, data=data, **self._said()))
            case nodes.ServiceTask():
                self._do(c.FinishJob(task=task, result=data, **self._owed()))
            case _:
                self._do(arrival.Complete(task=task, data=data, **self._said()))

    def error(self, label: Label, code: str) -> None:
        task = f"{self.instance}:{self._activity(label).id}"
        self._do(c.FailJob(task=task, code="bpmn_error", error=code, message="", **self._owed()))

    def escalate(self, label: Label, code: str) -> None:
        task = f"{self.instance}:{self._activity(label).id}"
        self._do(arrival.Escalated(task=task, escalation=code, **self._said()))

    def enable(self, label: Label, element: str) -> None:
        task = f"{self.instance}:{self._activity(label).id}"
        self._do(arrival.Enable(task=task, element=element, **self._said()))

    def write(self, data: dict[str, Any]) -> None:
        self._do(arrival.Fill(instance=self.instance, data=data, **self._said()))

    def deliver(self, label: Label, kind: str, part: int, data: dict[str, Any]) -> None:
        found = next(
            w
            for w in self.state.waits.values()
            if (w.node, self._path(w.scope)) == label and (_KINDS[w.kind], w.part) == (kind, part)
        )
        self._do(
            arrival.Deliver(
                instance=self.instance, wait=f"{self.instance}:{found.id}", data=data, **self._said()
            )
        )

    def fire(self, label: Label, now: int) -> None:
        found = [t for t in self.state.timers.values() if (t.node, self._path(t.scope)) == label and t.at]
        timer = min(found, key=lambda t: t.at or START)
        self.now = now
        self._do(c.FireTimer(timer=f"{self.instance}:{timer.id}", **self._owed()))

    def _said(self) -> dict[str, Any]:
        return {"by": TESTER, "at": START + timedelta(hours=self.now)}

    def _owed(self) -> dict[str, Any]:
        """For what the engine alone sends: the answers of handlers."""
        return {**self._said(), "by": c.SYSTEM}

    def _do(self, command: c.Command) -> None:
        """Decide on what was read back; nothing may be asked, and no incident be left."""
        outcome = decide(self.world, self.state, command)
        assert not outcome.questions
        assert not outcome.state.incidents, outcome.state.incidents
        self._check(outcome.state, outcome.events)
        self.state = decode_state(*encode_state(outcome.state))

    def _check(self, state: State, events: list[Event]) -> None:
        assert decode_state(*encode_state(state)) == state, "saving and loading changes the state"
        assert state.recorded_at is not None
        for event in decode_events(encode_events(events)):
            apply(self.replayed, event, state.recorded_at)
        assert self.replayed == state, "the journal tells another story"

    # what can be seen ----------------------------------------------------------------------------------------

    def _node(self, activity: Activity) -> nodes.Node:
        return self.world.definition(self.state.scopes[activity.scope].version).nodes[activity.node]

    def _activity(self, label: Label) -> Activity:
        return next(
            a
            for a in self.state.activities.values()
            if (a.node, self._path(a.scope)) == label and a.multi is None and self._waits(a)
        )

    def _waits(self, activity: Activity) -> bool:
        node = self._node(activity)
        thrown = isinstance(node, nodes.IntermediateThrowEvent | nodes.EndEvent)
        inside = isinstance(node, _CONTAINERS) and not isinstance(node, nodes.AdHocSubProcess)
        return activity.multi is None and not thrown and not inside

    def _name(self, scope: str) -> str:
        found = self.state.scopes[scope]
        if found.node or not found.activity:
            return found.node
        activity = self.state.activities[found.activity]
        return activity.node if isinstance(self._node(activity), nodes.CallActivity) else "~"

    def _path(self, scope: str) -> Path:
        found = []
        scopes = self.state.scopes
        while scopes[scope].activity:
            at = scopes[scope]
            around = at.parent or scopes_around(self.state, at.activity)
            key = (around, self._name(scope), at.position)
            alike = [
                id
                for id, s in scopes.items()
                if s.activity
                and (s.parent or scopes_around(self.state, s.activity), self._name(id), s.position) == key
            ]
            found.append((self._name(scope), at.position, alike.index(scope)))
            scope = around
        return tuple(reversed(found))

    def seen(self) -> dict[str, Any]:
        """The same as the game says of itself."""
        state = self.state
        status = "completed" if state.status is Status.COMPLETED else state.status.value
        if state.status is not Status.RUNNING:
            assert not (state.activities)
            assert not (state.timers)
            assert not (state.waits)
            assert not (state.joins)
            assert not (state.undoing)
            data = [s.data for s in state.scopes.values() if not s.activity]
            return {"status": status, "data": {(): data[0] if data else {}}}
        path = {id: self._path(id) for id in state.scopes}
        opened = list(state.activities.values())
        listening = Counter((w.node, path[w.scope], _KINDS[w.kind], w.part) for w in state.waits.values())
        listening.update((t.node, path[t.scope], "timer", t.part) for t in state.timers.values() if t.at)
        hours = {t.id: int((t.at - START) / timedelta(hours=1)) for t in state.timers.values() if t.at}
        return {
            "status": status,
            "waiting": Counter((a.node, path[a.scope]) for a in opened if self._waits(a)),
            "open": Counter((a.node, path[a.scope]) for a in opened),
            "scopes": Counter(path.values()),
            "data": {path[id]: scope.data for id, scope in state.scopes.items()},
            "parked": {(node, path[scope]): flows for (scope, node), flows in _keyed(state.joins)},
            "late": {(node, path[scope]): set(flows) for (scope, node), flows in _keyed(state.begun)},
            "met": sorted((key[1], path[key[0]], sorted(parts)) for key, parts in _keyed(state.met)),
            "listening": listening,
            "due": Counter((t.node, path[t.scope], hours[t.id]) for t in state.timers.values() if t.at),
        }


def _keyed(found: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Any]]:
    return [(tuple(key.split("|")), value) for key, value in found.items()]


def scopes_around(state: State, activity: str) -> str:
    return state.activities[activity].scope
