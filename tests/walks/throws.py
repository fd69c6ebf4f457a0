"""What is thrown in the token game, who catches it, and what is undone (BPMN 2.0.2 §10.5.1, §13.5.5)."""

from collections.abc import Iterator

from tests.walks.board import Activity, Done, Frame, Token
from tests.walks.events import Events
from tests.walks.plan import Node


class Throws(Events):
    """The part of the game that throws."""

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
        self.touched[frame] = None
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
        place, only = frame, node.triggers[0].name
        while _is_handler(place) if not only else place.plan is None or only not in place.plan.nodes:
            assert place.parent is not None
            place = place.parent
        todo = [done for done in place.done if not only or done.node.id == only]
        place.done = [done for done in place.done if done not in todo]
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


def _is_handler(frame: Frame) -> bool:
    return frame.host is not None and frame.host.node.flag("triggeredByEvent")
