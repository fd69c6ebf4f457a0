"""Nodes and flows, and the indexes over them that the kernel asks at every step.

May import the rest of model/ below it (nodes, gate, privacy); nothing else of signoff.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

from signoff.model.gate import Resume
from signoff.model.nodes import (
    Activity,
    AdHocSubProcess,
    BoundaryEvent,
    CallActivity,
    CompensateEvent,
    EndEvent,
    EventSubProcess,
    GateTask,
    HumanTask,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    LinkEvent,
    Node,
    RequestEvent,
    RequestHandler,
    SequenceFlow,
    SignalEvent,
    StartEvent,
    SubProcess,
    parts,
)
from signoff.model.privacy import privacy_of


class Graph:
    """What a definition is made of: each index is computed when it is first asked for, and kept."""

    nodes: Mapping[str, Node]
    flows: Mapping[str, SequenceFlow]
    privacy = cached_property(privacy_of)

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[SequenceFlow, ...]]:
        """node -> flows that leave it, in the order written."""
        return self._by("source")

    @cached_property
    def incoming(self) -> Mapping[str, tuple[SequenceFlow, ...]]:
        return self._by("target")

    def _by(self, end: str) -> Mapping[str, tuple[SequenceFlow, ...]]:
        found: dict[str, list[SequenceFlow]] = {id: [] for id in self.nodes}
        for flow in self.flows.values():
            found[getattr(flow, end)].append(flow)
        return {id: tuple(flows) for id, flows in found.items()}

    @cached_property
    def conditional(self) -> frozenset[str]:
        """The nodes of which some flow has a condition."""
        return frozenset(flow.source for flow in self.flows.values() if flow.condition is not None)

    @cached_property
    def plain(self) -> frozenset[str]:
        """The nodes that every token enters: never skipped, repeated, or passed unasked after a smart return."""
        return frozenset(
            node.id
            for node in self.nodes.values()
            if getattr(node, "condition", None) is None
            and not (
                isinstance(node, Activity)
                and (node.loop is not None or self.passes_unasked or node.start_quantity > 1)
            )
        )

    @cached_property
    def starts(self) -> Mapping[str, str]:
        """scope (empty: the process) -> its start event."""
        return {n.scope: n.id for n in self.nodes.values() if isinstance(n, StartEvent)}

    @cached_property
    def boundaries(self) -> Mapping[str, tuple[BoundaryEvent, ...]]:
        """activity -> its boundary events."""
        found: dict[str, list[BoundaryEvent]] = {}
        for node in self.nodes.values():
            if isinstance(node, BoundaryEvent):
                found.setdefault(node.host, []).append(node)
        return {host: tuple(events) for host, events in found.items()}

    @cached_property
    def calls(self) -> bool:
        """Whether an instance may run other definitions beside this one."""
        return any(isinstance(node, CallActivity) for node in self.nodes.values())

    @cached_property
    def handlers(self) -> Mapping[str, tuple[EventSubProcess, ...]]:
        """scope -> its event sub-processes."""
        found: dict[str, list[EventSubProcess]] = {}
        for node in self.nodes.values():
            if isinstance(node, EventSubProcess):
                found.setdefault(node.scope, []).append(node)
        return {scope: tuple(nodes) for scope, nodes in found.items()}

    @cached_property
    def requests(self) -> Mapping[str, RequestHandler]:
        """What may be asked for, by name."""
        found = (n for n in self.nodes.values() if isinstance(n, RequestHandler))
        return {n.event.request: n for n in found if isinstance(n.event, RequestEvent)}

    @cached_property
    def landings(self) -> frozenset[str]:
        """The blocks at which the flow may go on although what lies before them was not done."""
        jumping = (n for n in self.nodes.values() if isinstance(n, BoundaryEvent | EventSubProcess))
        return frozenset(node.continue_at for node in jumping) - {""}

    def asks(self, node: Node) -> RequestHandler | None:
        """The request whose approvals a gate is; None for every other element."""
        handler = self.requests.get(node.id)
        return handler if handler is not None and handler.id == node.scope else None

    @cached_property
    def entries(self) -> Mapping[str, tuple[str, ...]]:
        """scope -> where its tokens begin: its none start events, else everything that no flow leads to (§13.2.1)."""
        found: dict[str, list[str]] = {}
        for node in self.nodes.values():
            if isinstance(node, StartEvent) and node.event is None:
                found.setdefault(node.scope, []).append(node.id)
        started = {node.scope for node in self.nodes.values() if isinstance(node, StartEvent)}
        for node in self.nodes.values():
            if node.scope not in started and self._begins(node):
                found.setdefault(node.scope, []).append(node.id)
        return {scope: tuple(ids) for scope, ids in found.items()}

    @cached_property
    def events_at_start(self) -> Mapping[str, tuple[str, ...]]:
        """scope -> its start events that wait for something."""
        found: dict[str, list[str]] = {}
        for node in self.nodes.values():
            if isinstance(node, StartEvent) and node.event is not None:
                found.setdefault(node.scope, []).append(node.id)
        return {scope: tuple(ids) for scope, ids in found.items()}

    def _begins(self, node: Node) -> bool:
        """Whether a token comes to it when its scope has no start event."""
        if isinstance(node, BoundaryEvent | EventSubProcess) or getattr(node, "compensates", False):
            return False
        if getattr(node, "instantiate", False) or node.id in self.link_throws:
            return False
        around = self.nodes.get(node.scope)
        return not isinstance(around, AdHocSubProcess) and not self.incoming[node.id]

    @cached_property
    def link_throws(self) -> Mapping[str, tuple[str, ...]]:
        """link catch event -> the throw events of its name in its scope."""
        named: dict[tuple[str, str], list[str]] = {}
        for node in self.nodes.values():
            if isinstance(node, IntermediateThrowEvent) and isinstance(node.event, LinkEvent):
                named.setdefault((node.scope, node.event.link), []).append(node.id)
        return {
            node.id: tuple(named.get((node.scope, node.event.link), ()))
            for node in self.nodes.values()
            if isinstance(node, IntermediateCatchEvent) and isinstance(node.event, LinkEvent)
        }

    @cached_property
    def loud(self) -> frozenset[str]:
        """The elements that throw a signal: heard only by who listens at that moment."""
        return frozenset(
            node.id
            for node in self.nodes.values()
            if isinstance(node, IntermediateThrowEvent | EndEvent)
            and any(isinstance(part, SignalEvent) for part in parts(node.event))
        )

    @cached_property
    def compensators(self) -> Mapping[str, str]:
        """activity -> the activity that undoes it, over its compensation boundary."""
        return {
            node.host: node.handler
            for node in self.nodes.values()
            if isinstance(node, BoundaryEvent) and isinstance(node.event, CompensateEvent) and node.handler
        }

    @cached_property
    def undoers(self) -> Mapping[str, EventSubProcess]:
        """sub-process -> the event sub-process inside it that undoes it once it has ended."""
        return {
            scope: node
            for scope, handlers in self.handlers.items()
            for node in handlers
            if isinstance(node.event, CompensateEvent)
        }

    @cached_property
    def undoable(self) -> frozenset[str]:
        """The activities without a scope inside that somebody undoes."""
        return frozenset(
            id
            for id in self.compensators
            if not isinstance(self.nodes[id], SubProcess | CallActivity)
            and getattr(self.nodes[id], "loop", None) is None
        )

    @cached_property
    def compensates(self) -> bool:
        """Whether anything here can be undone, or may be in a process that is called."""
        return bool(self.compensators or self.undoers or self.calls)

    @cached_property
    def self_opening(self) -> frozenset[str]:
        """The gates without approvals: each opens once all that it demands is there."""
        return frozenset(
            n.id for n in self.nodes.values() if isinstance(n, GateTask) and not n.gate.approvals
        )

    @cached_property
    def passes_unasked(self) -> bool:
        """Whether, after a return of some gate, elements may be passed that were done before."""
        tasks = (n for n in self.nodes.values() if isinstance(n, HumanTask))
        return any(n.gate.resume is not Resume.RESTART for n in tasks)

    @cached_property
    def returns_smartly(self) -> bool:
        """Whether some gate lets pass unasked, after a return, what touches nothing that changed."""
        return any(isinstance(n, HumanTask) and n.gate.resume is Resume.SMART for n in self.nodes.values())

    def activities(self) -> Iterator[Activity]:
        return (node for node in self.nodes.values() if isinstance(node, Activity))
