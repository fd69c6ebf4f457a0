"""The token game: a plain reading of BPMN 2.0.2 chapter 13, one instance at a time; it knows nothing of the kernel.

Tokens move in the order in which they were set off. When none moves: conditions are asked, then joins fire to which
nothing more can come, then what is being undone goes on, then scopes with nothing left in them end, in the order in
which something in them came to an end. Where the standard leaves an order open, this is signoff's.
"""

from typing import Any

from tests.walks.board import Activity, Frame, Token
from tests.walks.plan import WAITING, Node
from tests.walks.repeats import Repeats

_MOST = 20_000


class Game(Repeats):
    """One instance."""

    def start(self, event: str = "") -> None:
        """By its none start event, or by another."""
        assert self.root.plan is not None
        for handler in self.root.plan.handlers:
            self.listen(handler, self.root, None)
        if event:
            self.queue.append(Token(self.root, self.root.plan.nodes[event]))
            self.touched[self.root] = None
        else:
            self.enter_frame(self.root)
        self.run()

    def run(self) -> None:
        """Until everything waits again."""
        moves = 0
        while self.status == "running" and self._move():
            moves += 1
            assert moves < _MOST, "this process goes round without an end"

    def _move(self) -> bool:
        if self.queue:
            self._arrive(self._next())
            return True
        if self.changed:
            self.changed = False
            self.ask()
            return True
        return self.join_one() or self.undo_one() or self._end_one()

    def _next(self) -> Token:
        """The first token; one that throws a signal waits for the others: who is about to listen hears it, too."""
        quiet = [token for token in self.queue if not _is_loud(token.node)]
        token = quiet[0] if quiet else self.queue[0]
        self.queue.remove(token)
        return token

    def _arrive(self, token: Token) -> None:
        frame, node = token.frame, token.node
        tag = node.tag
        if tag.endswith("Gateway") and tag != "eventBasedGateway":
            self.gateway(frame, node, token.via)
        elif tag == "eventBasedGateway":
            gate = self.begin(frame, node)
            for flow in node.outgoing:
                self.listen(flow.target, frame, gate)
        elif tag in ("endEvent", "intermediateThrowEvent") and node.triggers:
            self.throw(frame, node)
        elif tag == "intermediateCatchEvent" and not node.hears("link"):
            self.listen(node, frame, self.begin(frame, node))
        elif tag in WAITING or tag == "callActivity" or node.inside is not None:
            single = frame.label == node.id and frame.plan is None
            self._activity(frame, node, token.undoes, repeats=node.loop is not None and not single)
        else:  # events without a trigger, tasks that nobody does
            self.leave(frame, node) if node.undo is None else self._pass(frame, node)

    def _pass(self, frame: Frame, node: Node) -> None:
        self.finish(self.begin(frame, node))

    def begin_in(self, frame: Frame, node: Node) -> None:
        """Somebody begins an activity of an ad-hoc sub-process."""
        self.queue.append(Token(frame, node))

    def enter_frame(self, frame: Frame) -> None:
        """Tokens begin in a scope that has just opened."""
        assert frame.plan is not None
        self.touched[frame] = None
        self.queue += [Token(frame, node) for node in frame.plan.beginnings()]

    # activities ------------------------------------------------------------------------------------------

    def _activity(self, frame: Frame, node: Node, undoes: Activity | None, *, repeats: bool) -> None:
        activity = self.begin(frame, node, undoes)
        single = frame.label == node.id and frame.plan is None
        if repeats:
            self.repeat(activity)
        elif node.tag == "callActivity":
            self._call(activity)
        elif node.inside is not None:
            self.open_inside(activity, {}, 0)
        if activity in frame.activities and not single:
            self.listen_beside(activity)
        if node.tag == "receiveTask" and not repeats and activity in frame.activities:
            self.listeners_first(activity)

    def listeners_first(self, activity: Activity) -> None:
        """A receive task listens for its message before its boundary events do."""
        mine = [x for x in self.listeners if x.host is activity]
        self.listeners = [x for x in self.listeners if x.host is not activity]
        self.listen(activity.node, activity.frame, activity)
        self.listeners += mine

    def _call(self, activity: Activity) -> None:
        values: dict[str, Any] = {}
        for frame in reversed(list(self.chain(activity.frame))):
            values |= frame.data
        plan = self.plans[activity.node.said["calledElement"]]
        inner = self.open(activity.node.id, plan, activity, activity.frame, border=True, data=values)
        for handler in plan.handlers:
            self.listen(handler, inner, None)
        self.enter_frame(inner)

    # scopes that end ---------------------------------------------------------------------------------------

    def _end_one(self) -> bool:
        while self.touched:
            frame = next(iter(self.touched))
            del self.touched[frame]
            if frame in self.frames and not frame.undone and self._is_over(frame):
                self._end(frame)
                return True
        return False

    def _is_over(self, frame: Frame) -> bool:
        host = frame.host
        if host is not None and host.node.tag == "adHocSubProcess" and frame.plan is host.node.inside:
            assert frame.plan is not None
            if not frame.plan.completion or not self.value(frame, frame.plan.completion):
                return False
            if host.node.flag("cancelRemainingInstances", "true"):
                self.clear(frame)
        assert frame.activities or not frame.parked, f"stuck at {[n.id for n in frame.parked]}"
        return not frame.activities

    def _end(self, frame: Frame) -> None:
        body = frame.host
        if body is None:
            self.status = "completed"
        elif body.items is not None:
            self.ended_once(body, frame)
        else:
            self.end_inside(body, frame)

    def end_inside(self, activity: Activity, frame: Frame) -> None:
        if frame.border:
            values = {target: frame.data[source] for source, target in activity.node.handed}
            self.write(activity.frame, values)
        self.keep(activity, frame, once=False)
        self.shut(frame)
        self.finish(activity)


def _is_loud(node: Node) -> bool:
    return node.tag in ("endEvent", "intermediateThrowEvent") and node.hears("signal")
