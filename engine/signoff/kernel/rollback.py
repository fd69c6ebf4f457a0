"""The flow put back to a gate whose approval is taken back, as long as nobody has acted on it.

What the gate has led to is cancelled, the others' votes stand, and a new activity takes the gate over. Must import
kernel below `retraction`.
"""

from collections.abc import Iterable
from itertools import pairwise

from signoff.errors import AlreadyDecided, NotAllowed
from signoff.kernel import deadline, duty, lifecycle, region
from signoff.kernel.elements import inside
from signoff.kernel.events import flow
from signoff.kernel.events import seat as events
from signoff.kernel.lifecycle import GateContext
from signoff.kernel.run import Run
from signoff.kernel.state import Activity, ActivityStatus, GateRecord, Mode, Person, Vote
from signoff.model.block import Block, BlockKind
from signoff.model.definition import Definition
from signoff.model.gate import Resume
from signoff.model.nodes import CallActivity, HumanTask, IntermediateCatchEvent, SubProcess, UserTask

_QUIET = (
    SubProcess,
    CallActivity,
    IntermediateCatchEvent,
)  # judged by what lies inside; a moment does not act


def back_in_review(run: Run, record: GateRecord, node: HumanTask, reason: str) -> None:
    """Let a gate that has passed ask again, in its place. Raises AlreadyDecided and NotAllowed where it is too late."""
    definition = run.definition(record.scope)
    target = definition.block_of.get(node.id, "")
    if not target or node.assign or record.activity in run.state.activities:
        raise AlreadyDecided("too_late_to_take_back", step=duty.label(node))
    done = run.sight(record.scope).done(node.id)
    branch = _parked(run, record, definition, target)
    scope = (
        _unpark(run, record, node, branch, reason) if branch else _rewind(run, record, node, target, reason)
    )
    assert lifecycle.move(lifecycle.GATE, GateContext(record.status), "take_back")
    id = run.next("a")
    kind = type(node).__name__
    run.emit(flow.ElementEntered(id, node.id, scope, kind, ActivityStatus.OPEN))
    owner = Person(done.by) if done and done.by and isinstance(node, UserTask) else None
    run.emit(events.ApprovalTakenBack(record.id, node.id, id, run.actor.id, reason, owner))
    activity = run.state.activities[id]
    deadline.begin(run, activity, node, reopened=True)
    inside.arm_boundaries(run, activity)


# the flow has gone on to what comes after ----------------------------------------------------------------------


def _rewind(run: Run, record: GateRecord, node: HumanTask, target: str, reason: str) -> str:
    after = [a for a in run.state.activities.values() if _follows(run, record, a, target)]
    if not after:
        raise AlreadyDecided("too_late_to_take_back", step=duty.label(node))
    nearest = max(after, key=lambda a: region.shared(run, a.scope, a.node, target))
    active, ended = region.reached(run, nearest.scope, nearest.node, target)
    _refuse_touched(run, node, active, ended)
    return region.rewind(
        run, nearest.scope, nearest.node, target, resume=Resume.RESTART, note=reason, keep=record.id
    )


def _follows(run: Run, record: GateRecord, activity: Activity, target: str) -> bool:
    """Whether what an activity does comes after the target, in the same round."""
    scopes, definition = run.state.scopes, run.definition(activity.scope)
    home = scopes[record.scope].home
    if scopes[activity.scope].home != home or not region.offers(run, activity.scope, activity.node, target):
        return False
    here, there = definition.lineage(definition.block_of[activity.node]), definition.lineage(target)
    depth = region.shared(run, activity.scope, activity.node, target) + 1
    return depth < len(here) and depth < len(there) and here[depth].order > there[depth].order


def _refuse_touched(run: Run, node: HumanTask, active: Iterable[Activity], ended: set[str]) -> None:
    touched = sorted({a.node for a in active if _touched(run, a)} | ended)
    if touched:
        raise NotAllowed("gone_on", step=duty.label(node), elements=touched)


def _touched(run: Run, activity: Activity) -> bool:
    """Whether somebody has claimed it, handed something in, voted or been added there; a call may be under way."""
    node = run.node(activity.scope, activity.node)
    if not isinstance(node, HumanTask):
        return activity.multi is None and not isinstance(node, _QUIET)
    record = run.state.gates.get(activity.gate)
    entries = record.entries if record else []
    acted = any(
        entry.groups or entry.beside or entry.delegated or entry.opinions or _voted(entry.votes.values())
        for entry in entries
    )
    used = activity.assignee or activity.owner or activity.editors or activity.waived
    return bool(acted or used or (record is not None and record.round > 1))


def _voted(votes: Iterable[Vote]) -> bool:
    return any(given.mode is Mode.MANUAL for given in votes)


# the flow waits at a join for the branches beside -------------------------------------------------------------


def _parked(run: Run, record: GateRecord, definition: Definition, target: str) -> Block | None:
    """The branch around the target whose token waits at the join."""
    joins = run.state.joins
    for block in reversed(definition.lineage(target)):
        if block.kind in (BlockKind.STAGE, BlockKind.EACH, BlockKind.HANDLER):
            return None  # it has ended: what waits is not this flow
        if block.exit_flow:
            join = definition.flows[block.exit_flow].target
            if joins.get(f"{record.scope}|{join}", {}).get(block.exit_flow):
                return block
    return None


def _unpark(run: Run, record: GateRecord, node: HumanTask, branch: Block, reason: str) -> str:
    """Take the token of a branch away from its join; the others stay."""
    definition, scope = run.definition(record.scope), record.scope
    target = definition.blocks[definition.block_of[node.id]]
    later = _later(definition, definition.lineage(target.id), branch)
    home = run.state.scopes[run.state.scopes[scope].home]
    ended = {
        n
        for n in later & home.done.keys()
        if home.done[n].status in (ActivityStatus.PASSED, ActivityStatus.LAPSED)
    }
    _refuse_touched(run, node, (), ended)
    join = definition.flows[branch.exit_flow].target
    waiting = dict(run.state.joins[f"{scope}|{join}"])
    run.emit(flow.TokensDropped(scope, join))
    for parked, tokens in waiting.items():
        for _ in range(tokens - (parked == branch.exit_flow)):
            run.emit(flow.TokenParked(scope, join, parked))
    over = later | definition.nodes_in(target.id)
    superseded, passed = sorted(over & home.done.keys()), sorted(over & home.counts.keys())
    run.emit(
        flow.RegionReturned(
            scope, branch.id, target.entry, superseded, smart=False, note=reason, passed=passed
        )
    )
    return scope


def _later(definition: Definition, path: tuple[Block, ...], branch: Block) -> frozenset[str]:
    """What comes after the target inside its branch."""
    inside = path[path.index(branch) :]
    found: frozenset[str] = frozenset()
    for parent, child in pairwise(inside):
        if parent.kind is BlockKind.SEQUENCE:
            for sibling in definition.children(parent.id):
                if sibling.order > child.order:
                    found |= definition.nodes_in(sibling.id)
    return found
