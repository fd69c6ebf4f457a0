"""One instance at one moment, with the definitions it runs on: where it waits and what its data are.

Read anew for every question. May import kernel, model, read and runtime.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from signoff.errors import NotFound, WrongState
from signoff.kernel import seat
from signoff.kernel.sight import Sight
from signoff.kernel.state import Activity, ActivityStatus, GateRecord, GateStatus, State
from signoff.model import nodes
from signoff.model.definition import Definition
from signoff.model.expression import ExpressionFault
from signoff.model.nodes import Node
from signoff.model.view import full
from signoff.read import instance
from signoff.runtime.engine import Engine
from signoff.runtime.reference import world

WAITING = frozenset({ActivityStatus.OPEN, ActivityStatus.IN_REVIEW})
_ASKING = frozenset({GateStatus.OPEN, GateStatus.STALE})
_WAITS = (
    nodes.HumanTask,
    nodes.ServiceTask,
    nodes.ReceiveTask,
    nodes.IntermediateCatchEvent,
    nodes.EventBasedGateway,
    nodes.AdHocSubProcess,
)


@dataclass(frozen=True, slots=True)
class Situation:
    """The state of an instance, its definitions by version, and its data with what is computed from them."""

    state: State
    definitions: Mapping[str, Definition]
    variables: Mapping[str, Any]

    @classmethod
    def of(cls, engine: Engine, id: str) -> "Situation":
        """How the instance stands now. Raises NotFound."""
        core = engine.core
        with core.database.read() as handle:
            state = instance.show(handle.connection, id).state
            versions = {state.version, *(scope.version for scope in state.scopes.values())}
            known = {version: core.library.load(handle.connection, version) for version in versions}
            now = core.now(handle)
            root = next((scope.id for scope in state.scopes.values() if not scope.parent), "")
            variables = _variables(Sight(world(core, handle.connection), state, root, now)) if root else {}
        return cls(state, known, variables)

    @property
    def definition(self) -> Definition:
        return self.definitions[self.state.version]

    def node(self, scope: str, id: str) -> Node:
        return self.definitions[self.state.scopes[scope].version].nodes[id]

    def starts_of(self, scope: str, id: str) -> tuple[str, ...]:
        """The start events inside an event sub-process: under their ids, too, it listens."""
        definition = self.definitions[self.state.scopes[scope].version]
        return (
            definition.entries.get(id, ()) if isinstance(definition.nodes[id], nodes.EventSubProcess) else ()
        )

    def waiting(self) -> Iterator[Activity]:
        """Tasks, gates, calls and catch events that are open or in review, the oldest first; no bodies of loops."""
        for activity in self.state.activities.values():
            node = self.node(activity.scope, activity.node)
            thrown = isinstance(node, nodes.IntermediateThrowEvent | nodes.EndEvent) and bool(node.handler)
            waits = (isinstance(node, _WAITS) or thrown) and activity.multi is None
            if waits and activity.status in WAITING:
                yield activity

    def active(self) -> Counter[str]:
        """Ids of the elements at which something waits; a stale gate waits again."""
        stale = (g.node for g in self.state.gates.values() if g.status is GateStatus.STALE)
        return Counter([*(activity.node for activity in self.waiting()), *stale])

    def activity(self, step: str, *, by: str = "") -> Activity:
        """The activity of a step: one that is at work before one that is scheduled, `by`'s own before others'.

        Raises WrongState for a step that is not at work, NotFound for what is no step.
        """
        found = [a for a in self.state.activities.values() if a.node == step and a.multi is None]
        if not found:
            self._refuse(step)
        ranks = tuple(ActivityStatus)
        order = [ActivityStatus.OPEN, ActivityStatus.IN_REVIEW, *ranks]
        return min(found, key=lambda a: (order.index(a.status), by not in {p.id for p in a.roster}))

    def gate(self, step: str, *, by: str = "") -> str:
        """The id under which to decide at a step: its open gate, the step itself, or the gate that was decided."""
        records = [g for g in self.state.gates.values() if g.node == step]
        asking = sorted((g for g in records if g.status in _ASKING), key=lambda g: by not in _asked(g))
        if asking:
            return asking[0].id
        if records and all(a.node != step for a in self.state.activities.values()):
            return records[-1].id
        return self.activity(step, by=by).id

    def _refuse(self, step: str) -> None:
        if not any(step in definition.nodes for definition in self.definitions.values()):
            raise NotFound("no_such_step", step=step)
        raise WrongState("step_not_open", step=step, waiting=sorted(self.active()))


def _asked(record: GateRecord) -> set[str]:
    """Whose move it is at a gate."""
    return {id for entry in record.entries for id in seat.asked(entry)}


def _variables(sight: Sight) -> dict[str, Any]:
    found: dict[str, Any] = dict(sight.scope.data)
    for name in sight.definition.declared(""):
        try:
            value = sight.names.get(name)
        except ExpressionFault:  # one formula that cannot be computed hides no other variable
            continue
        if value is not None:
            found[name] = full(value)
    return found
