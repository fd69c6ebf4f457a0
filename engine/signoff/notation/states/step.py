"""A step as states: `work`, `gate`, `passed`, and the rows between them.

A gate that stands alone has no work; a service, a wait and a called process are done from outside. May import
model and its siblings chart and situation.
"""

from itertools import pairwise

from signoff.model.block import Block, BlockKind
from signoff.model.definition import Definition
from signoff.model.gate import Approval, DeclineKind, Meaning, Resume
from signoff.model.nodes import (
    Activity,
    BoundaryEvent,
    CallActivity,
    EventSubProcess,
    GateTask,
    HumanTask,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    ReceiveTask,
    ServiceTask,
    TerminateEndEvent,
    UserTask,
)
from signoff.notation.states import situation
from signoff.notation.states.chart import GO, Chart, States, join
from signoff.notation.states.situation import Demand, Refusal, name_of, when

_PASSED_BY = (BlockKind.CHOOSE, BlockKind.INCLUDE, BlockKind.RACE, BlockKind.EACH)


def states(chart: Chart, block: Block, path: str, after: str) -> States:
    """The state of one step with those inside it; from `passed` the flow goes to `after`."""
    node = chart.definition.nodes[block.id]
    here = join(path, node.id)
    if isinstance(node, TerminateEndEvent):
        return _end(chart, node, here, after)
    if isinstance(node, HumanTask):
        inner = _human(chart, node, here)
    elif isinstance(node, IntermediateThrowEvent):
        chart.row(GO, join(here, "work"), f"{here}/passed")
        inner = ["work"]
    elif isinstance(node, ServiceTask | CallActivity | IntermediateCatchEvent | ReceiveTask):
        chart.row(f"finish:{node.id}", join(here, "work"), f"{here}/passed")
        inner = ["work"]
    else:
        raise chart.unsupported([node.id])
    if isinstance(node, Activity) and _smart(chart.definition):
        chart.row(GO, f"{here}/{inner[0]}", f"{here}/passed", Demand(name_of("reused", node.id), node.id))
    chart.row(GO, f"{here}/passed", after)
    children = [chart.leaf(f"{here}/{name}", name) for name in [*inner, "passed"]]
    kind = "gate_step" if isinstance(node, GateTask) else "step"
    return [chart.compound(here, kind, children, inner[0], chart.label(node.id))]


def _human(chart: Chart, node: HumanTask, here: str) -> list[str]:
    """The rows of a step or a gate; gives the states before `passed`."""
    inner = ["work"] if isinstance(node, UserTask) else ["gate"]
    if isinstance(node, UserTask):
        target = "gate" if node.gate.approvals else "passed"
        chart.row(f"submit:{node.id}", join(here, "work"), f"{here}/{target}", *situation.of_work(node))
        if node.gate.approvals:
            inner.append("gate")
    if node.lapses is not None:
        chart.row(f"lapse:{node.id}", f"{here}/{inner[0]}", f"{here}/passed", *situation.opened(node))
    if inner[-1] == "gate":
        _gate(chart, node, here)
    return inner


def _gate(chart: Chart, node: HumanTask, here: str) -> None:
    """Yes, no, and send back; a gate that asks nobody, or nobody any more, opens by itself."""
    fresh = Refusal(Demand("stale__approvals", node.id))
    trigger = f"approve:{node.id}" if node.gate.approvals else GO
    chart.row(trigger, f"{here}/gate", f"{here}/passed", *situation.of_gate(node), fresh)
    if node.gate.approvals:
        standing = Demand("standing__approvals", node.id)
        chart.row(GO, f"{here}/gate", f"{here}/passed", *situation.besides(node), standing, fresh)
        _noes(chart, node, here)
    asked = (Refusal(Demand("unasked__anybody", node.id)),) if node.gate.approvals else situation.opened(node)
    for target in node.gate.return_to:
        dest = _target(chart, node, here, target)
        done = (
            (Refusal(Demand(name_of("skipped", target), node.id)),) if _may_skip(chart, target, node) else ()
        )
        chart.row(f"return_to:{target}", f"{here}/gate", dest, *asked, *done)


def _noes(chart: Chart, node: HumanTask, here: str) -> None:
    """What a no leads to; where entries lead to different places, which of them said it is asked for."""
    voices = [entry for entry in node.gate.approvals if entry.meaning is not Meaning.ACKNOWLEDGE]
    ways = dict.fromkeys(_declined(chart, node, here, entry) for entry in voices)
    for dest in ways:
        of = [n for e in voices if _declined(chart, node, here, e) == dest for n in situation.of_approval(e)]
        for name in dict.fromkeys(of) if len(ways) > 1 else [""]:
            said = Demand(name_of("declined", name.partition("__")[2]), node.id)
            decides = said if name else Refusal(Demand("open__no", node.id))
            chart.row(f"decline:{node.id}", f"{here}/gate", dest, decides)


def _declined(chart: Chart, node: HumanTask, here: str, entry: Approval) -> str:
    match entry.declined.kind:
        case DeclineKind.END:
            return ".declined"
        case DeclineKind.CONTINUE:
            return f"{here}/passed"
    return _target(chart, node, here, entry.declined.to or node.id)


def _target(chart: Chart, node: HumanTask, here: str, target: str) -> str:
    """Where a return goes: the own work, or the entry of an earlier block."""
    if target == node.id and isinstance(node, UserTask):
        return join(here, "work")
    lineage = chart.definition.lineage(chart.definition.block_of.get(target, target))
    parts = [_segment(block, inner) for block, inner in pairwise(lineage)]
    return "/".join([*filter(None, parts), chart.entry(lineage[-1])])


def _may_skip(chart: Chart, target: str, node: HumanTask) -> bool:
    """Whether the flow may have passed the target by: an `if`, a branch not taken, an empty loop, a stage cut short."""
    if target == node.id:
        return False
    lineage = chart.definition.lineage(chart.definition.block_of.get(target, target))
    around = {block.id for block in chart.definition.lineage(node.id)}
    return any(
        chart.guarded(block) or (inner.id != block.id and _passes_by(chart.definition, block))
        for block, inner in pairwise([*lineage, lineage[-1]])
        if block.id not in around and block.kind is not BlockKind.SEQUENCE
    )


def _passes_by(definition: Definition, block: Block) -> bool:
    """Whether what lies in a block need not all be done when the block is over."""
    events: tuple[BoundaryEvent | EventSubProcess, ...] = (
        *definition.boundaries.get(block.id, ()),
        *definition.handlers.get(block.id, ()),
    )
    return block.kind in _PASSED_BY or any(event.interrupting for event in events)


def _end(chart: Chart, node: TerminateEndEvent, here: str, after: str) -> States:
    ended = f".{node.outcome or node.id}"
    demand = (when(node.id),) if node.condition else ()
    chart.row(GO, here, ended, *demand)
    if node.condition:
        chart.row(GO, here, after, Refusal(when(node.id)))
    return [chart.leaf(here, "choice" if node.condition else "end", chart.label(node.id))]


def _smart(definition: Definition) -> bool:
    return any(
        isinstance(node, HumanTask)
        and node.gate.resume is not Resume.RESTART
        and (set(node.gate.return_to) | {e.declined.to for e in node.gate.approvals}) - {node.id, ""}
        for node in definition.nodes.values()
    )


def _segment(block: Block, inner: Block) -> str:
    """What an enclosing block adds to the path: nothing for the list inside a stage, a number for a branch."""
    if block.kind is BlockKind.SEQUENCE:
        return ""
    if block.kind in (BlockKind.PARALLEL, BlockKind.INCLUDE):
        return f"{block.id}/{inner.order}"
    return block.id
