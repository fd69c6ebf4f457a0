"""Static analysis of the flow: what is never reached, where a return may lead, who writes beside whom, deadlines.

Codes F01, F02, F03, P03, P05; of what is thrown see `thrown`. May import the rest of model/.
"""

from dataclasses import dataclass
from itertools import combinations

from signoff.model.block import Block, BlockKind
from signoff.model.course import Course
from signoff.model.definition import Definition
from signoff.model.demands import writes
from signoff.model.environment import Environment
from signoff.model.finding import Finder
from signoff.model.gate import DeclineKind
from signoff.model.nodes import (
    BoundaryEvent,
    EventSubProcess,
    HumanTask,
    IntermediateCatchEvent,
    Node,
    TimerEvent,
)
from signoff.model.thrown import throws
from signoff.time.relative import AnchorKind, Edge, Side, Span, When


def passage(environment: Environment, course: Course, finder: Finder, *, partial: bool) -> None:
    """Everything about the order of things; `partial`: not what may only be missing."""
    definition = environment.definition
    for entry, end in course.unreached.items():
        finder.tell("F02", entry.removesuffix(".if"), name=entry.removesuffix(".if"), end=end)
    for node in definition.nodes.values():
        if isinstance(node, HumanTask) and node.id in definition.blocks:
            _returns(definition, node, finder)
        if node.id in course.at and not partial:
            _anchors(definition, course, node, finder)
            _order(definition, course, node, finder)
    if not partial:
        throws(environment, finder)
    for block in definition.blocks.values():
        if block.kind in (BlockKind.PARALLEL, BlockKind.INCLUDE):
            _beside(definition, block, finder)


# returns ------------------------------------------------------------------------------------------------------


def _returns(definition: Definition, node: HumanTask, finder: Finder) -> None:
    """F01: a target that is not certainly one that came before."""
    targets = [(target, f"{node.id}|return_to|{target}") for target in node.gate.return_to]
    for n, entry in enumerate(node.gate.approvals):
        if entry.declined.kind is DeclineKind.RETURN and entry.declined.to:
            targets.append((entry.declined.to, f"{node.id}|approve|{n}"))
    for target, mark in targets:
        if target in definition.blocks and (why := obstacle(definition, target, node.id)):
            finder.tell("F01", mark, why, name=target)


def obstacle(definition: Definition, target: str, source: str) -> str:
    """Why a return from one block to another is not possible, as a code of a sentence; nothing when it is."""
    if target == source:
        return ""
    there, here = definition.lineage(target), definition.lineage(source)
    depth = sum(1 for a, b in zip(there, here, strict=False) if a.id == b.id)
    if depth == len(there) or depth == len(here):
        return "return_around"
    above, below = there[depth - 1], there[depth:]
    if any(block.kind is BlockKind.HANDLER for block in (*below, *here[depth:])):
        return "return_handler"
    if above.kind in (BlockKind.CHOOSE, BlockKind.RACE):
        return "return_skipped"
    if above.kind is not BlockKind.SEQUENCE:
        return "return_beside"
    if below[0].order > here[depth].order:
        return "return_later"
    if any(block.kind in _SOME for block in below[:-1]):
        return "return_skipped"
    return "return_occurrence" if any(block.kind in _AGAIN for block in below[:-1]) else ""


_SOME = (BlockKind.CHOOSE, BlockKind.INCLUDE, BlockKind.RACE)  # of their branches some are not taken
_AGAIN = (BlockKind.EACH, BlockKind.REPEAT)


# branches -----------------------------------------------------------------------------------------------------


def _beside(definition: Definition, block: Block, finder: Finder) -> None:
    """F03: two branches that run at the same time write the same data."""
    branches = [child for child in definition.children(block.id) if child.order > 0]
    written = [_written(definition, branch) for branch in branches]
    for (first, left), (second, right) in combinations(enumerate(written, 1), 2):
        for name in sorted(left.keys() & right.keys()):
            finder.tell("F03", right[name], name=name, first=first, second=second)


def _written(definition: Definition, branch: Block) -> dict[str, str]:
    """Data of the surroundings that a branch writes -> where."""
    found: dict[str, str] = {}
    for id_ in definition.nodes_in(branch.id):
        node = definition.nodes[id_]
        own = {
            name
            for scope in definition.scope_chain(node.scope)
            if scope in definition.nodes_in(branch.id)
            for name in definition.declared(scope)
        }
        for mark, name in writes(node):
            if name not in own:
                found.setdefault(name, mark)
    return found


# deadlines ----------------------------------------------------------------------------------------------------


def _whens(node: Node) -> list[tuple[str, When]]:
    if isinstance(node, HumanTask):
        found = [("opens", node.opens), ("due", node.due), ("lapses", node.lapses)]
        found += [("escalate", rung.at) for rung in node.escalate]
        for n, entry in enumerate(node.gate.approvals):
            found.append((f"approve|{n}|due", entry.due))
            found += [(f"approve|{n}|escalate", rung.at) for rung in entry.escalate]
    elif isinstance(node, (IntermediateCatchEvent, BoundaryEvent, EventSubProcess)):
        found = [("at", node.event.at if isinstance(node.event, TimerEvent) else None)]
    else:
        found = []
    return [(key, when) for key, when in found if when is not None]


def _anchors(definition: Definition, course: Course, node: Node, finder: Finder) -> None:
    """P02: it counts from a deadline that is not there; P03: from a step that is not always done by then."""
    timed = definition.nodes[node.host] if isinstance(node, BoundaryEvent) else node
    due = isinstance(timed, HumanTask) and timed.due is not None
    for key, when in _whens(node):
        own = key.startswith("approve|") and key.endswith("|escalate")
        if (
            when.anchor.kind is AnchorKind.DUE
            and not own
            and not (due and key in ("lapses", "escalate", "at"))
        ):
            finder.tell("P02", f"{node.id}|{key}", name=timed.id)
        for step in when.steps if isinstance(node, (HumanTask, IntermediateCatchEvent)) else ():
            if step not in course.at[node.id].done:
                finder.tell("P03", f"{node.id}|{key}", name=step, step=node.id)


@dataclass(frozen=True, slots=True)
class _Offset:
    """So many units from an edge of an anchor: what can be compared without a calendar."""

    anchor: tuple[str, str]
    edge: Edge
    unit: str
    count: float


def _offset(when: When) -> _Offset:
    edge = when.anchor.edge
    if edge is Edge.EITHER:
        edge = Edge.END if when.side is Side.AFTER else Edge.START
    unit, count = _length(when.span)
    sign = -1 if when.side is Side.BEFORE else 1
    return _Offset((when.anchor.kind, when.anchor.id), edge, unit, sign * count)


def _length(span: Span | None) -> tuple[str, float]:
    for unit in ("months", "days", "working_days", "working_hours", "seconds"):
        if span and (count := getattr(span, unit)):
            return unit, float(count)
    return "", 0.0


def _earlier(one: _Offset, other: _Offset) -> bool:
    """Whether the first is certainly before the second."""
    if one.anchor != other.anchor:
        return False
    if one.edge is other.edge:
        return (one.unit == other.unit or not one.count or not other.count) and one.count < other.count
    return one.edge is Edge.START and one.count <= 0 <= other.count and one.count != other.count


def _order(definition: Definition, course: Course, node: Node, finder: Finder) -> None:
    """P05: due before something that it waits for, both counted from the same date."""
    if not isinstance(node, HumanTask) or node.due is None or not node.due.dates:
        return
    for id_ in sorted(course.at[node.id].done):
        before = definition.nodes[id_]
        if isinstance(before, HumanTask) and before.due and _earlier(_offset(node.due), _offset(before.due)):
            finder.tell(
                "P05",
                f"{node.id}|due",
                name=node.id,
                due=node.due.text,
                other=id_,
                other_due=before.due.text,
            )
            return
