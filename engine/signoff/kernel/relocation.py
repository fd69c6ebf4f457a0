"""An administrator's jump: the token of a task or gate goes to another step, forward or backward, as an event of its own.

It satisfies nothing: what is jumped over is not done, and no signature is jumped over. The region is that of a return:
what is active in it is cancelled, what was done from the target on counts no more. Must import kernel below `decide`.
"""

from collections.abc import Iterator
from itertools import pairwise

from signoff.errors import Invalid, NotAllowed, WrongState
from signoff.kernel import missing, override, region, roster
from signoff.kernel.asides import Move
from signoff.kernel.events import aside
from signoff.kernel.run import Run
from signoff.kernel.state import DONE, Activity
from signoff.kernel.target import spot
from signoff.model.block import Block, BlockKind
from signoff.model.definition import Definition
from signoff.model.gate import Resume
from signoff.model.nodes import HumanTask

_INTO = frozenset({BlockKind.SEQUENCE, BlockKind.STAGE})
_CLOSED = frozenset({BlockKind.EACH, BlockKind.HANDLER})


def move(run: Run, command: Move) -> None:
    """Put the flow at another step, by an administrator who has nothing else to do with it, with a reason."""
    roster.check_admin(command.by)
    at = spot(run, command.task)
    step = missing.texts(at.node.label, at.node.id)
    if not command.reason.strip():
        raise Invalid("reason_needed", step=step)
    if at.activity is None:
        raise WrongState("not_to_override", step=step)
    if command.by.id in override.interested(run, at):
        raise NotAllowed("own_work", step=step, person=command.by.id)
    over = _way(run, at.activity, at.node, command.to)
    name = command.by.name or command.by.id
    run.emit(aside.Moved(at.id, at.node.id, command.to, command.by.id, name, command.reason, tuple(over)))
    region.send_back(
        run, at.activity.scope, at.node.id, command.to, resume=Resume.RESTART, note=command.reason
    )


def _way(run: Run, activity: Activity, node: HumanTask, to: str) -> list[str]:
    """The people's steps that are jumped over on the way to `to`; raises WrongState where there is no way."""
    definition, scope = run.definition(activity.scope), activity.scope
    step = missing.texts(node.label, node.id)
    if to not in definition.blocks or node.id not in definition.block_of or to == node.id:
        raise WrongState("no_way_there", step=step, to=to)
    here, there = definition.lineage(definition.block_of[node.id]), definition.lineage(to)
    depth = region.shared(run, scope, node.id, to)
    if len(here) <= depth + 1 or len(there) <= depth + 1:
        raise WrongState("no_way_there", step=step, to=to)
    if any(block.kind in _CLOSED for block in (*here[depth + 1 :], *there[depth + 1 : -1])):
        raise WrongState("no_way_there", step=step, to=to)
    if there[depth + 1].order <= here[depth + 1].order:
        if not region.offers(run, scope, node.id, to):
            raise WrongState("not_done_here", to=_called(definition, to))
        return []
    if any(block.kind not in _INTO for block in there[depth + 1 : -1]):
        raise WrongState("no_way_there", step=step, to=to)
    between = (n for n in _between(definition, here, there, depth) if isinstance(n, HumanTask))
    over = [n for n in between if not _stands(run, scope, n.id)]
    for each in over:
        override.check_signature(each, missing.texts(each.label, each.id))
    return [each.id for each in over]


def _stands(run: Run, scope: str, node: str) -> bool:
    """Whether it was done before, and still counts: then nobody jumps over it."""
    done = run.sight(scope).done(node)
    at_work = any(a.node == node and a.scope == scope for a in run.state.activities.values())
    return done is not None and done.status in DONE and not at_work


def _between(
    definition: Definition, here: tuple[Block, ...], there: tuple[Block, ...], depth: int
) -> Iterator[object]:
    """The elements from here on that lie before the target."""
    for parent, child in pairwise(there[depth:]):
        first = here[depth + 1].order if parent is there[depth] else 0
        for sibling in definition.children(parent.id):
            if first <= sibling.order < child.order:
                yield from (definition.nodes[id] for id in sorted(definition.nodes_in(sibling.id)))


def _called(definition: Definition, to: str) -> dict[str, str]:
    node = definition.nodes.get(to)
    return missing.texts(node.label, to) if node is not None else {"en": to}
