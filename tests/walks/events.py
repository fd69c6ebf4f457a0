"""Events of the token game: who listens, what happens, who catches what is thrown, what is undone (BPMN 2.0.2 §13.5)."""

import re
from collections.abc import Iterator
from typing import Any

from tests.walks.board import Activity, Done, Frame, Listener, Token
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
        frame.stirred = True
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

    # throwing ----------------------------------------------------------------------------------------------

    def throw(self, frame: Frame, node: Node) -> None:
        trigger = node.triggers[0]
        if trigger.kind == "compensate":
            self._compensate(frame, node)
            return
        if trigger.kind == "link":
            self.queue.append(Token(frame, node.plan.catches(trigger.name)))
            self.log[node.id] += 1
            return
        if trigger.kind not in ("error", "cancel", "terminate"):
            self.leave(frame, node)  # the thrower goes on first: what interrupts takes its token along
        else:
            self.log[node.id] += 1
        match trigger.kind:
            case "signal":
                self.broadcast(trigger.name)
            case "escalation" | "error":
                self.raise_(trigger.kind, frame, None, trigger.name)
            case "terminate":
                self._terminate(frame)
            case "cancel":
                self._cancel(frame, node)

    def _terminate(self, frame: Frame) -> None:
        self.clear(frame)
        frame.stirred = True
        if frame is self.root:
            self.status = "terminated"

    def broadcast(self, name: str) -> None:
        for each in [x for x in self.listeners if x.kind == "signal" and x.name == name]:
            if each in self.listeners:
                self.deliver(each, {})

    def raise_(self, kind: str, frame: Frame, activity: Activity | None, code: str) -> None:
        found = self.catcher(kind, frame, activity, code)
        assert found is not None or kind == "escalation", "somebody around catches every error"
        if found is None:
            return
        node, place = found
        if isinstance(place, Activity):
            self.boundary(node, place, {})
        else:
            self.handle(place, node, {})

    def catcher(
        self, kind: str, frame: Frame, activity: Activity | None, code: str
    ) -> tuple[Node, Activity | Frame] | None:
        """The nearest that catches it: inside a scope before at its boundary, an exact code before any code."""
        while True:
            once = activity is not None and frame.label == activity.node.id and frame.plan is None
            if activity and not once and (node := _match(activity.node.boundaries, kind, code)):
                return node, activity
            handlers = [h for h in frame.handlers if activity is None or activity.node is not h]
            if node := _match(handlers, kind, code):
                return node, frame
            activity = frame.host
            if activity is None:
                return None
            frame = activity.frame

    # undoing -----------------------------------------------------------------------------------------------

    def _compensate(self, frame: Frame, node: Node) -> None:
        place = frame
        while place.plan is not None and _is_handler(place):
            assert place.parent is not None
            place = place.parent
        todo, place.done = place.done, []
        if not todo:
            self.leave(frame, node)
            return
        thrower = self.begin(frame, node)
        thrower.undoing = self._undo(place, todo, thrower)

    def _cancel(self, frame: Frame, node: Node) -> None:
        while frame.host is None or frame.host.node.tag != "transaction":
            assert frame.parent is not None
            frame = frame.parent
        self.clear(frame)
        thrower = self.begin(frame, node)
        todo, frame.done = frame.done, []
        thrower.undoing = self._undo(frame, todo, thrower)

    def _undo(self, frame: Frame, todo: list[Done], thrower: Activity) -> Iterator[None]:
        """One after the other, the last first, each until it is undone."""
        for done in reversed(todo):
            handler = done.node.undo
            if handler is not None and not done.once:
                self.queue.append(Token(frame, handler, undoes=thrower))
                yield
                continue
            plan = done.called or done.node.inside
            label = "~" if done.called else done.node.id
            inside = self.open(label, plan, thrower, frame, data=dict(done.data), undone=True)
            inside.border = done.called is not None
            undoer = None if plan is None or done.called else _match(plan.handlers, "compensate", "")
            if handler is not None:
                self.queue.append(Token(inside, handler, undoes=thrower))
                yield
            elif undoer is not None:
                inside.done = list(done.inner)
                self.handle(inside, undoer, {}, thrower)
                yield
            else:
                yield from self._undo(inside, done.inner, thrower)
            self.shut(inside)

    def undo_one(self) -> bool:
        """Take the next step of one undoing for which nothing runs; whether one was taken."""
        everything = [a for frame in self.frames for a in frame.activities]
        for thrower in [a for a in everything if a.undoing is not None]:
            if any(a.undoes is thrower for a in everything):
                continue
            assert thrower.undoing is not None
            if next(thrower.undoing, "over") == "over":
                self._undone(thrower)
            return True
        return False

    def _undone(self, thrower: Activity) -> None:
        frame, node = thrower.frame, thrower.node
        thrower.undoing = None
        self.finish(thrower)
        if not node.hears("cancel"):
            return
        host = frame.host
        assert host is not None
        boundary = _match(host.node.boundaries, "cancel", "")
        if boundary is None:
            self.stop(host)
        else:
            self.boundary(boundary, host, {})


def _match(nodes: list[Node], kind: str, code: str) -> Node | None:
    found = [(n, t.name) for n in nodes for t in n.triggers if t.kind == kind]
    exact = next((n for n, name in found if name == code), None)
    return exact or next((n for n, name in found if not name), None)


def _called(frame: Frame) -> Any:
    return frame.plan if frame.border else None


def _is_handler(frame: Frame) -> bool:
    return frame.host is not None and frame.host.node.flag("triggeredByEvent")


def _hours(text: str) -> int:
    return int(text.rpartition("PT")[2].removesuffix("H"))
