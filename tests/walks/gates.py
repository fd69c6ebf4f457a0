"""Gateways of the token game: joins by what can still arrive (BPMN 2.0.2 §13.3), written over flows ahead, not behind."""

from collections import Counter

from tests.walks.board import Activity, Board, Frame, Token
from tests.walks.plan import Flow, Node


class Gates(Board):
    """The half of the game that splits and joins."""

    def send(self, frame: Frame, flows: list[Flow]) -> None:
        self.touched[frame] = None
        self.queue += [Token(frame, flow.target, flow) for flow in flows]

    def gateway(self, frame: Frame, node: Node, via: Flow | None) -> None:
        match node.tag:
            case "exclusiveGateway":
                self.send(frame, [self._first(frame, node)])
            case "parallelGateway":
                self._parallel(frame, node, via)
            case "inclusiveGateway":
                if len(node.incoming) > 1:
                    self._park(frame, node, via)
                else:
                    self.send(frame, self._some(frame, node))
            case "complexGateway":
                self._park(frame, node, via)
                if node not in frame.late:
                    self._activate(frame, node)

    def _park(self, frame: Frame, node: Node, via: Flow | None) -> None:
        assert via is not None
        frame.parked.setdefault(node, Counter())[via.id] += 1

    def _take(self, frame: Frame, node: Node, flows: set[str]) -> None:
        """One token of each of these flows is used up."""
        parked = frame.parked[node]
        for flow in flows:
            parked[flow] -= 1
        frame.parked[node] = +parked
        if not frame.parked[node]:
            del frame.parked[node]

    # ways out --------------------------------------------------------------------------------------------

    def _default(self, node: Node) -> Flow:
        return next(flow for flow in node.outgoing if flow.id == node.said["default"])

    def _first(self, frame: Frame, node: Node) -> Flow:
        for flow in node.outgoing:
            if flow.id != node.said.get("default") and (
                not flow.condition or self.value(frame, flow.condition)
            ):
                return flow
        return self._default(node)

    def _some(self, frame: Frame, node: Node) -> list[Flow]:
        default = node.said.get("default")
        others = [flow for flow in node.outgoing if flow.id != default]
        found = [flow for flow in others if not flow.condition or self.value(frame, flow.condition)]
        return found or [self._default(node)]

    def onward(self, frame: Frame, node: Node) -> list[Flow]:
        """The flows out of what is no gateway: those that hold; the default if no condition does (§13.2.1)."""
        default = node.said.get("default")
        free = [flow for flow in node.outgoing if flow.id != default]
        found = [flow for flow in free if not flow.condition or self.value(frame, flow.condition)]
        if default and not any(flow.condition for flow in found):
            found.append(self._default(node))
        return found

    # joins -----------------------------------------------------------------------------------------------

    def _parallel(self, frame: Frame, node: Node, via: Flow | None) -> None:
        if len(node.incoming) > 1:
            self._park(frame, node, via)
            wanted = {flow.id for flow in node.incoming}
            if set(frame.parked[node]) != wanted:
                return
            self._take(frame, node, wanted)
        self.send(frame, node.outgoing)

    def join_one(self) -> bool:
        """Let one gateway fire to which nothing more can come, the one that has waited longest; whether one did."""
        for frame in self.frames:
            for node, parked in frame.parked.items():
                if node.tag == "inclusiveGateway" and not self._awaits_more(frame, node, set(parked)):
                    self._take(frame, node, set(parked))
                    self.send(frame, self._some(frame, node) if len(node.outgoing) > 1 else node.outgoing)
                    return True
        for frame in self.frames:
            for node, first in frame.late.items():
                if not self._awaits_more(frame, node, first | set(frame.parked.get(node, ()))):
                    self._end_round(frame, node, first)
                    return True
        return False

    def _awaits_more(self, frame: Frame, node: Node, full: set[str]) -> bool:
        """A token keeps it waiting that can come by an empty flow and by no full one, without passing it (§13.3.3)."""
        if full >= {flow.id for flow in node.incoming}:
            return False
        places = {a.node for a in frame.activities} | {n for n in frame.parked if n is not node}
        for place in places - {node}:
            found = _reaches(place, node)
            if found and not found & full:
                return True
        return False

    def _activate(self, frame: Frame, node: Node) -> None:
        """A complex gateway fires when its condition holds over all tokens that are there (§13.3.5)."""
        parked = frame.parked.get(node, Counter())
        if not parked or not self.value(frame, node.activation, {"activationCount": sum(parked.values())}):
            return
        flows = set(parked)
        self._take(frame, node, flows)
        if len(flows) < len(node.incoming):
            frame.late[node] = flows
        self.send(frame, node.outgoing)

    def _end_round(self, frame: Frame, node: Node, first: set[str]) -> None:
        del frame.late[node]
        if late := set(frame.parked.get(node, ())) - first:
            self._take(frame, node, late)
        self._activate(frame, node)
        self.touched[frame] = None


def _reaches(place: Node, node: Node) -> set[str]:
    """The flows into a node by which a token can come to it from somewhere else, without passing it before."""
    found, todo, seen = set(), [place], {place}
    while todo:
        at = todo.pop()
        ahead = [flow for source in (at, *at.boundaries) for flow in source.outgoing]
        for flow in ahead:
            if flow.target is node:
                found.add(flow.id)
        next_ = [flow.target for flow in ahead if flow.target is not node]
        if at.tag == "intermediateThrowEvent" and at.hears("link"):
            next_.append(at.plan.catches(at.triggers[0].name))
        todo += [n for n in next_ if n not in seen]
        seen.update(next_)
    return found


def is_throw(activity: Activity) -> bool:
    return activity.node.tag in ("intermediateThrowEvent", "endEvent")
