"""What repeats in the token game, and the insides of activities (BPMN 2.0.2 §10.3.8, §13.3)."""

from typing import Any

from tests.walks.board import Activity, Done, Frame, Token
from tests.walks.throws import Throws


class Repeats(Throws):
    """The part of the game that opens activities again and again."""

    def open_inside(self, activity: Activity, data: dict[str, Any], position: int) -> None:
        node = activity.node
        inner = self.open(node.id, node.inside, activity, activity.frame, data=data, position=position)
        for handler in inner.handlers:
            self.listen(handler, inner, None)
        if node.tag != "adHocSubProcess":
            self.enter_frame(inner)

    def repeat(self, body: Activity) -> None:
        loop, frame = body.node.loop, body.frame
        assert loop is not None
        if loop.kind == "standard":
            body.items = []
            if not loop.before or self.value(frame, loop.condition):
                self._once_more(body, {"loopCounter": 0, "round_no": 1})
        else:
            body.items = list(self.value(frame, loop.over)) if loop.over else []
            if loop.count:
                body.items = list(range(self.value(frame, loop.count)))
            for _ in body.items[: 1 if loop.kind == "turn" else None]:
                self._next_item(body)
        if not body.frames:
            self._finish_body(body)

    def _next_item(self, body: Activity) -> None:
        assert body.items is not None
        assert body.node.loop is not None
        index = body.begun
        data = {"loopCounter": index, "position": index + 1}
        if body.node.loop.item:
            data[body.node.loop.item] = body.items[index]
        self._once_more(body, data)

    def _once_more(self, body: Activity, data: dict[str, Any]) -> None:
        body.begun += 1
        if body.node.inside is not None and body.node.tag != "adHocSubProcess":
            self.open_inside(body, data, body.begun)
            return
        inner = self.open(body.node.id, None, body, body.frame, data=data, position=body.begun)
        self.queue.append(Token(inner, body.node))

    def ended_once(self, body: Activity, frame: Frame) -> None:
        """One time is over; is it enough, is there another?"""
        loop, items = body.node.loop, body.items
        assert loop is not None
        assert items is not None
        body.ended += 1
        if loop.into:
            body.given[frame.position] = frame.data[loop.item]
        again = False
        if loop.kind == "standard":
            again = (not loop.most or body.begun < loop.most) and self.value(
                frame, loop.condition, {"loopCounter": body.begun}
            )
        enough = bool(loop.until) and self.value(frame, loop.until, {"nrOfCompletedInstances": body.ended})
        self.keep(body, frame, once=True)
        self.shut(frame)
        if again:
            self._once_more(body, {"loopCounter": body.begun, "round_no": body.begun + 1})
        elif enough:
            self.clear_inside(body)
        elif loop.kind == "turn" and body.begun < len(items):
            self._next_item(body)
        if not body.frames:
            self._finish_body(body)

    def _finish_body(self, body: Activity) -> None:
        loop = body.node.loop
        assert loop is not None
        if loop.into:
            self.write(body.frame, {loop.into: [body.given[n] for n in sorted(body.given)]})
        self.finish(body)

    def keep(self, activity: Activity, frame: Frame, *, once: bool) -> None:
        """What was done can be undone, on the data of now; where there is nothing to undo, nothing is kept."""
        node = activity.node
        undoes = node.inside is not None and any(h.hears("compensate") for h in node.inside.handlers)
        if frame.done or node.undo is not None or undoes:
            called = frame.plan if frame.border else None
            activity.frame.done.append(Done(node, dict(frame.data), list(frame.done), once, called))
