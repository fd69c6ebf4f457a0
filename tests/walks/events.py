"""Events of the token game: who listens, and what happens then (BPMN 2.0.2 §10.5, §13.5)."""

import re
from typing import Any

from tests.walks.board import Activity, Done, Frame, Listener
from tests.walks.gates import Gates
from tests.walks.plan import Node

_CYCLE = re.compile(r"R(\d+)/PT(\d+)H")
_HEARD = ("timer", "message", "signal", "conditional")


class Events(Gates):
    """The part of the game in which things happen."""

    def enter_frame(self, frame: Frame) -> None:
        raise NotImplementedError

    def begin(self, frame: Frame, node: Node, undoes: Activity | None = None) -> Activity:
        activity = Activity(node, frame, undoes=undoes)
        frame.activities.append(activity)
        return activity

    def leave(self, frame: Frame, node: Node) -> None:
        """A token goes on; from one time of something that repeats it does not: its frame ends."""
        self.log[node.id] += 1
        self.touched[frame], frame.ended = None, True
        if frame.label != node.id or frame.plan is not None:
            self.send(frame, self.onward(frame, node))

    def finish(self, activity: Activity) -> None:
        """An activity has ended by itself."""
        self.let_go(activity)
        if activity.node.undo is not None and activity.items is None and activity.node.inside is None:
            activity.frame.done.append(Done(activity.node))
        self.leave(activity.frame, activity.node)

    # listening ---------------------------------------------------------------------------------------------

    def listen(self, node: Node, frame: Frame, host: Activity | None) -> None:
        for part, trigger in enumerate(node.triggers):
            if trigger.kind in _HEARD:
                found = Listener(node, frame, host, part, trigger.kind, trigger.name, since=self.now)
                if trigger.kind == "timer":
                    found.due = self.now + _hours(trigger.text)
                self.listeners.append(found)
                self.changed = self.changed or trigger.kind == "conditional"

    def listen_beside(self, activity: Activity) -> None:
        for boundary in activity.node.boundaries:
            self.listen(boundary, activity.frame, activity)

    def fire(self, listener: Listener) -> None:
        """A timer is due; one that repeats, beside something that goes on, is armed again until its number is up."""
        self.now = max(self.now, listener.due)
        self.listeners.remove(listener)
        cycle = _CYCLE.fullmatch(listener.node.triggers[listener.part].text)
        if cycle is not None and not listener.node.interrupting:
            number = (listener.due - listener.since) // int(cycle[2])
            if number < int(cycle[1]):
                again = Listener(listener.node, listener.frame, listener.host, listener.part, "timer")
                again.since, again.due = listener.since, listener.due + int(cycle[2])
                self.listeners.append(again)
        self.happen(listener, {})

    def deliver(self, listener: Listener, data: dict[str, Any]) -> None:
        node = listener.node
        beside = node.tag == "boundaryEvent" or node.flag("triggeredByEvent")
        if beside and not node.interrupting and not node.wants_all:
            listener.held = True
        else:
            self.listeners.remove(listener)
        self.happen(listener, data)

    def ask(self) -> None:
        """Conditions that have become true happen, the oldest first."""
        for each in [x for x in self.listeners if x.kind == "conditional"]:
            if each not in self.listeners:
                continue
            holds = bool(self.value(each.frame, each.node.triggers[each.part].text))
            if holds and not each.held:
                self.deliver(each, {})
            else:
                each.held = holds

    def happen(self, listener: Listener, data: dict[str, Any]) -> None:
        node, frame, host = listener.node, listener.frame, listener.host
        if node.wants_all:
            parts = self.met.setdefault((node, frame, host), set())
            parts.add(listener.part)
            if len(parts) < len(node.triggers):
                return
            del self.met[node, frame, host]
            if not node.interrupting and node.tag != "intermediateCatchEvent":
                self.listen(node, frame, host)
        if node.flag("triggeredByEvent"):
            self.handle(frame, node, data)
        elif node.tag == "boundaryEvent":
            assert host is not None
            self.boundary(node, host, data)
        elif (
            host is not None and host.node is not node
        ):  # behind an event-based gateway: the others are let go
            self.write(frame, data)
            self.let_go(host)
            self.log[host.node.id] += 1
            self.leave(frame, node)
        else:
            assert host is not None
            self.write(frame, data)
            self.finish(host)

    def boundary(self, node: Node, host: Activity, data: dict[str, Any]) -> None:
        frame = host.frame
        self.write(frame, data)
        if node.interrupting:
            self.stop(host)
        self.log[node.id] += 1
        self.send(frame, node.outgoing)

    def handle(self, frame: Frame, node: Node, data: dict[str, Any], undoes: Activity | None = None) -> None:
        """An event sub-process begins: an interrupting one in place of all that runs in its scope."""
        if node.interrupting:
            saved = self._saved(frame)
            self.clear(frame)
            frame.done += saved
            frame.interrupted = True
        activity = self.begin(frame, node, undoes)
        inner = self.open(node.id, node.inside, activity, frame)
        for handler in inner.handlers:
            self.listen(handler, inner, None)
        self.write(inner, data)
        self.enter_frame(inner)

    def _saved(self, frame: Frame) -> list[Done]:
        """What had been done in scopes that are interrupted while they run can be undone as well."""
        found = []
        for activity in [a for a in frame.activities if a.undoing is None]:
            once = activity.items is not None
            for inner in activity.frames:
                done = [*inner.done, *self._saved(inner)]
                found += [Done(activity.node, dict(inner.data), done, once, _called(inner))] * bool(done)
        return found


def _called(frame: Frame) -> Any:
    return frame.plan if frame.border else None


def _hours(text: str) -> int:
    return int(text.rpartition("PT")[2].removesuffix("H"))
