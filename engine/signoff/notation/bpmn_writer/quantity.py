"""Flows that stand for one with several tokens: BPMN says that by `completionQuantity` of the activity before them.

May import the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from signoff.model.definition import Definition
from signoff.model.node import SequenceFlow
from signoff.model.nodes import Activity


@dataclass(frozen=True, slots=True)
class Quantities:
    """How many tokens leave each activity on every flow, where that is more than one; and the flows that say so."""

    of: dict[str, int] = field(default_factory=dict)
    copies: frozenset[str] = frozenset()

    @classmethod
    def in_(cls, definition: Definition) -> "Quantities":
        found: dict[str, int] = {}
        copies: set[str] = set()
        for id, node in definition.nodes.items():
            flows = definition.outgoing[id]
            if isinstance(node, Activity) and len(flows) > 1 and (number := _number(flows)) > 1:
                found[id] = number
                copies.update(flow.id for flow in flows if _original(flow, flows) is not flow)
        return cls(found, frozenset(copies))


def _number(flows: Sequence[SequenceFlow]) -> int:
    """How often each of them stands there: the same number for all, else 1."""
    counts: dict[str, int] = {}
    for flow in flows:
        original = _original(flow, flows).id
        counts[original] = counts.get(original, 0) + 1
    return counts.popitem()[1] if len(set(counts.values())) == 1 else 1


def _original(flow: SequenceFlow, flows: Sequence[SequenceFlow]) -> SequenceFlow:
    """The flow that this one is a copy of: `f` of `f.2`; else the flow itself."""
    base, _, number = flow.id.rpartition(".")
    for one in flows if number.isdecimal() else ():
        if one.id == base and (one.target, one.condition) == (flow.target, flow.condition):
            return one
    return flow
