"""`return to`: a block restarts at a step that came before.

B is the smallest sequence that holds the target and the returner. What is active in B is cancelled, what was
finished in it from the target on is superseded, and B restarts at the target with exactly one token; outside B
nothing changes. On the way down to a target inside a parallel branch, the other branches stand as finished:
their tokens are put at the join (DESIGN §5, language §4). Must import kernel below `elements`.
"""

from itertools import pairwise

from signoff.kernel.events import data, flow, gate
from signoff.kernel.review import open_entries
from signoff.kernel.run import Run
from signoff.kernel.state import ActivityStatus, GateStatus, Scope
from signoff.model.definition import Block, BlockKind, Definition
from signoff.model.gate import Resume

_NESTED = frozenset({BlockKind.STAGE, BlockKind.EACH, BlockKind.HANDLER})


def offers(run: Run, scope: str, node: str, target: str) -> bool:
    """Whether `target` was finished in this round, in the same or an enclosing block."""
    definition = run.definition(scope)
    if target not in definition.block_of or node not in definition.block_of:
        return False
    done = run.sight(scope).done(_entry(definition, target))
    return done is not None and done.status is not ActivityStatus.SUPERSEDED


def send_back(run: Run, scope: str, node: str, target: str, *, resume: Resume, note: str) -> None:
    """Cancel, supersede, and put one token back at the target."""
    definition = run.definition(scope)
    here = definition.lineage(definition.block_of[node])
    there = definition.lineage(definition.block_of[target])
    depth = _common(here, there)
    region = there[depth]
    outer = _scope_of(run, scope, here, depth)
    _clear(run, outer, definition.nodes_in(region.id))
    later = _from(definition, region, there[depth + 1])
    _supersede(run, outer, definition, region, target, later, resume, note)
    _descend(run, outer, definition, there[depth + 1 :])


def _common(here: tuple[Block, ...], there: tuple[Block, ...]) -> int:
    """The index of the innermost sequence that both lineages share."""
    depth = 0
    for index, (a, b) in enumerate(zip(here, there, strict=False)):
        if a.id != b.id:
            break
        if a.kind is BlockKind.SEQUENCE and index + 1 < len(there):
            depth = index
    return depth


def _scope_of(run: Run, scope: str, here: tuple[Block, ...], depth: int) -> str:
    """The scope in which the region runs: out of every nested block below it."""
    for block in reversed(here[depth + 1 :]):
        if block.kind in _NESTED and run.state.scopes[scope].node == block.entry:
            scope = run.state.scopes[scope].parent
    return scope


def _clear(run: Run, scope: str, nodes: frozenset[str]) -> None:
    for activity in list(run.state.activities.values()):
        if activity.scope == scope and activity.node in nodes and activity.id in run.state.activities:
            run.stop(activity, "returned")
    for key in [k for k in run.state.joins if k.partition("|")[0] == scope]:
        node = key.partition("|")[2]
        if node in nodes:
            run.emit(flow.TokensDropped(scope, node))
    for incident in list(run.state.incidents.values()):
        if incident.scope == scope and incident.node in nodes:
            run.emit(data.IncidentResolved(incident.id))
    run.queue = type(run.queue)(t for t in run.queue if t.scope != scope or t.node not in nodes)


def _from(definition: Definition, region: Block, first: Block) -> frozenset[str]:
    """The nodes of the region from the child that holds the target on."""
    later: frozenset[str] = frozenset()
    for child in definition.children(region.id):
        if child.order >= first.order or child.order < 0:
            later |= definition.nodes_in(child.id)
    return later


def _supersede(
    run: Run,
    scope: str,
    definition: Definition,
    region: Block,
    target: str,
    later: frozenset[str],
    resume: Resume,
    note: str,
) -> None:
    home: Scope = run.state.scopes[run.state.scopes[scope].home]
    kept = _earlier(definition, region, definition.block_of[target])
    superseded = sorted(node for node in later - kept if node in home.done)
    smart = resume is Resume.SMART
    for record in list(run.state.gates.values()):
        keeps = smart and record.status is GateStatus.PASSED  # it counts again if its step is passed unasked
        if record.node in superseded and not keeps:
            run.emit(gate.GateCancelled(record.id, "superseded", open_entries(record)))
    run.emit(flow.RegionReturned(scope, region.id, target, superseded, smart, note))


def _earlier(definition: Definition, region: Block, target: str) -> frozenset[str]:
    """Nodes inside the target's own top block that lie before it, or in a branch beside it: they stand."""
    kept: frozenset[str] = frozenset()
    lineage = definition.lineage(target)
    start = next(i for i, block in enumerate(lineage) if block.id == region.id)
    for parent, child in zip(lineage[start + 1 :], lineage[start + 2 :], strict=False):
        for sibling in definition.children(parent.id):
            before = parent.kind is BlockKind.SEQUENCE and 0 <= sibling.order < child.order
            beside = parent.kind is not BlockKind.SEQUENCE and sibling.id != child.id
            if before or beside:
                kept |= definition.nodes_in(sibling.id)
    return kept


def _descend(run: Run, scope: str, definition: Definition, path: tuple[Block, ...]) -> None:
    """Open the stages around the target, put the finished branches' tokens at their joins, enter it."""
    for block, inner in pairwise(path):
        if block.kind is BlockKind.STAGE:
            scope = _reopen(run, scope, block)
        elif block.kind is BlockKind.PARALLEL:
            for branch in definition.children(block.id):
                if branch.id != inner.id:
                    run.emit(flow.TokenParked(scope, block.exit, branch.exit_flow))
    run.enter(scope, _entry(definition, path[-1].id))


def _reopen(run: Run, scope: str, block: Block) -> str:
    behaviour = run.behaviours[type(run.node(scope, block.entry))]
    activity = behaviour.enter(run, scope, run.node(scope, block.entry), "")
    inner = run.state.activities[activity].inner
    run.queue = type(run.queue)(t for t in run.queue if t.scope != inner)
    return inner


def _entry(definition: Definition, block: str) -> str:
    return definition.blocks[block].entry
