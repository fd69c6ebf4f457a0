"""`return to`: a block restarts at a step that came before.

B is the smallest sequence that holds the target and the returner. What is active in B is cancelled, what was
finished in it from the target on is superseded, and B restarts at the target with exactly one token; outside B
nothing changes. On the way down to a target inside a parallel or inclusive block, branches that were finished
stand (their tokens are put at the join), those that were still at work begin again (DESIGN §5, language §4).
Must import kernel below `elements`, and of these the opening of a stage.
"""

from itertools import pairwise

from signoff.kernel import reach
from signoff.kernel.elements import container
from signoff.kernel.events import data, flow, gate
from signoff.kernel.review import open_entries
from signoff.kernel.run import Run
from signoff.kernel.state import Activity, ActivityStatus, GateStatus, Scope
from signoff.model.block import Block, BlockKind
from signoff.model.definition import Definition
from signoff.model.gate import Resume
from signoff.model.nodes import SubProcess

_NESTED = frozenset({BlockKind.STAGE, BlockKind.EACH, BlockKind.HANDLER})


def offers(run: Run, scope: str, node: str, target: str) -> bool:
    """Whether the flow came to `target` in this round and has left it, in the same or an enclosing block.

    However it was left: done, skipped, lapsed, or interrupted by its own event.
    """
    definition = run.definition(scope)
    if target not in definition.blocks or node not in definition.block_of:
        return False
    sight = run.sight(scope)
    entry = definition.blocks[target].entry
    scopes = run.state.scopes
    if any(a.node == entry and scopes[a.scope].home in sight.homes for a in run.state.activities.values()):
        return False
    done = sight.done(entry)
    return sight.passed(entry) or (done is not None and done.status is not ActivityStatus.SUPERSEDED)


def send_back(run: Run, scope: str, node: str, target: str, *, resume: Resume, note: str) -> None:
    """Cancel, supersede, and put one token back at the target."""
    inner = rewind(run, scope, node, target, resume=resume, note=note)
    run.enter(inner, run.definition(inner).blocks[target].entry)


def rewind(run: Run, scope: str, node: str, target: str, *, resume: Resume, note: str, keep: str = "") -> str:
    """The same without the token: the scope in which the target begins again. `keep`: a gate that stands."""
    definition = run.definition(scope)
    here = definition.lineage(definition.block_of[node])
    there = definition.lineage(target)
    depth = _common(here, there)
    region = there[depth]
    outer = _scope_of(run, scope, here, depth)
    working = _working(run, outer, definition, there[depth + 1 :])
    _clear(run, outer, definition.nodes_in(region.id))
    _supersede(run, outer, definition, there[depth:], working, resume, note, keep)
    return _descend(run, outer, definition, there[depth + 1 :], working)


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


def reached(run: Run, scope: str, node: str, target: str) -> tuple[list[Activity], set[str]]:
    """What a return to `target` would cancel, with what lies inside; and what was finished after it."""
    definition = run.definition(scope)
    here, there = definition.lineage(definition.block_of[node]), definition.lineage(target)
    depth = _common(here, there)
    outer = _scope_of(run, scope, here, depth)
    path = there[depth:]
    working = _working(run, outer, definition, path[1:])
    later = definition.nodes_in(path[0].id) - _earlier(definition, path, working)
    inside = {outer}
    while more := {s.id for s in run.state.scopes.values() if s.parent in inside} - inside:
        inside |= more
    active = [
        a
        for a in run.state.activities.values()
        if (a.scope == outer and a.node in later) or (a.scope != outer and a.scope in inside)
    ]
    home = run.state.scopes[run.state.scopes[outer].home]
    ended = {n for n in later & home.done.keys() if home.done[n].status in _BY_PEOPLE}
    return active, ended - definition.nodes_in(target) - {block.entry for block in path}


_BY_PEOPLE = frozenset({ActivityStatus.PASSED, ActivityStatus.LAPSED})


def shared(run: Run, scope: str, node: str, target: str) -> int:
    """How many blocks an element has around it that are also around the target."""
    definition = run.definition(scope)
    here, there = definition.lineage(definition.block_of[node]), definition.lineage(target)
    return _common(here, there)


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


def _working(run: Run, scope: str, definition: Definition, path: tuple[Block, ...]) -> dict[str, bool]:
    """The branches beside the path: True where a token was still inside, False where it was through.

    A parallel block that is over let every branch through; an inclusive one those that it took.
    """
    found: dict[str, bool] = {}
    tokens = {node for node, _ in reach.occupied(run.state, scope)}
    for block, inner in pairwise(path):
        if block.kind in (BlockKind.STAGE, BlockKind.EACH, BlockKind.HANDLER):
            break  # it is over: nothing inside is at work
        if block.kind not in (BlockKind.PARALLEL, BlockKind.INCLUDE):
            continue
        for branch in definition.children(block.id):
            if branch.id != inner.id and branch.exit_flow:
                join = definition.flows[branch.exit_flow].target
                parked = branch.exit_flow in run.state.joins.get(f"{scope}|{join}", {})
                if tokens & definition.nodes_in(branch.id):
                    found[branch.id] = True
                elif parked:
                    found[branch.id] = False
    return found


def _supersede(
    run: Run,
    scope: str,
    definition: Definition,
    path: tuple[Block, ...],
    working: dict[str, bool],
    resume: Resume,
    note: str,
    keep: str,
) -> None:
    """What was finished in the region from the target on counts no more."""
    region, target = path[0], path[-1]
    home: Scope = run.state.scopes[run.state.scopes[scope].home]
    kept = _earlier(definition, path, working)
    later = definition.nodes_in(region.id) - kept
    superseded = sorted(node for node in later if node in home.done)
    smart, direct = resume is Resume.SMART, resume is Resume.DIRECT
    again = sorted(definition.nodes_in(target.id) & set(superseded))  # it was sent back to be done again
    through = {
        block.entry for block in path[:-1]
    }  # the flow comes to what is around the target by the return
    passed = sorted((later - through) & home.counts.keys())
    for record in list(run.state.gates.values()):
        stands = (
            smart or direct
        ) and record.status is GateStatus.PASSED  # it counts again if its step is passed unasked
        mine = run.state.scopes[record.scope].home == home.id
        if mine and record.node in superseded and not stands and record.id != keep:
            run.emit(gate.GateCancelled(record.id, "superseded", open_entries(record)))
    run.emit(
        flow.RegionReturned(scope, region.id, target.entry, superseded, smart, note, again, passed, direct)
    )


def _earlier(definition: Definition, path: tuple[Block, ...], working: dict[str, bool]) -> frozenset[str]:
    """Nodes of the region that stand: those before the path, and finished branches beside it."""
    kept: frozenset[str] = frozenset()
    for parent, child in pairwise(path):
        for sibling in definition.children(parent.id):
            before = parent.kind is BlockKind.SEQUENCE and 0 <= sibling.order < child.order
            beside = parent.kind is not BlockKind.SEQUENCE and sibling.id != child.id
            if before or (beside and not working.get(sibling.id, False)):
                kept |= definition.nodes_in(sibling.id)
    return kept


def _descend(
    run: Run, scope: str, definition: Definition, path: tuple[Block, ...], working: dict[str, bool]
) -> str:
    """Open the stages around the target, give the branches beside it their tokens back; the scope it lies in."""
    for block, inner in pairwise(path):
        if block.kind is BlockKind.STAGE:
            stage = run.node(scope, block.entry)
            assert isinstance(stage, SubProcess)
            scope = container.reopen(run, scope, stage)
        elif block.kind in (BlockKind.PARALLEL, BlockKind.INCLUDE):
            for branch in definition.children(block.id):
                if branch.id != inner.id and branch.exit_flow:
                    finished = None if block.kind is BlockKind.INCLUDE else False
                    _put_back(run, scope, definition, branch, working.get(branch.id, finished))
    return scope


def _put_back(run: Run, scope: str, definition: Definition, branch: Block, working: bool | None) -> None:
    """The token of a branch beside the path: at its beginning, at the join, or none (it was not taken)."""
    join = definition.flows[branch.exit_flow].target
    if working and branch.entry:
        run.enter(scope, branch.entry)
    elif working is not None:
        run.emit(flow.TokenParked(scope, join, branch.exit_flow))
