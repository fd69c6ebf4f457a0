"""Which elements can still be reached, and from where: walks along the flows of one definition.

Must import model and kernel below `run`.
"""

from collections.abc import Iterable, Iterator

from signoff.kernel.sight import Sight
from signoff.kernel.state import State
from signoff.model.definition import Definition
from signoff.model.nodes import GateTask, Node, SequenceFlow, SubProcess


def upstream(definition: Definition, flows: Iterable[SequenceFlow], past: str = "") -> set[str]:
    """The nodes from which one of these flows can be reached without passing the node `past`."""
    found: set[str] = set()
    todo = [f.source for f in flows]
    while todo:
        node = todo.pop()
        if node in found or node == past:
            continue
        found.add(node)
        todo += [f.source for f in definition.incoming[node]]
        todo += definition.link_throws.get(node, ())
        host = getattr(definition.nodes[node], "host", "")
        todo += [host] if host else []
    return found


def occupied(state: State, scope: str) -> Iterator[tuple[str, str]]:
    """Where tokens are in a scope: the node, and the activity or nothing; activities, joins, incidents."""
    yield from ((a.node, a.id) for a in state.activities.values() if a.scope == scope)
    yield from ((i.node, i.activity) for i in state.incidents.values() if i.scope == scope)
    for key in state.joins:
        place, _, node = key.partition("|")
        if place == scope:
            yield node, ""


def is_ahead(sight: Sight, step: str, gate: Node, besides: str) -> bool:
    """Whether a step is at work, or a token can still come to it before `gate` is passed, whose activity is `besides`."""
    definition, state = sight.definition, sight.state
    if any(node.id == step for node in downstream(definition, gate)):
        return False  # it waits for the gate itself
    own = set(_around(state, besides))
    for element in (step, *definition.scope_chain(definition.nodes[step].scope)):
        inside = definition.nodes[element].scope
        towards = upstream(definition, definition.incoming[element])
        for scope in state.scopes.values():
            if scope.node != inside or scope.version != sight.scope.version:
                continue
            for node, activity in occupied(state, scope.id):
                if activity not in own and (node == step or (node != element and node in towards)):
                    return True
    return False


def _around(state: State, activity: str) -> Iterator[str]:
    """An activity and those that it lies in."""
    found = state.activities.get(activity)
    while found is not None:
        yield found.id
        found = state.activities.get(state.scopes[found.scope].activity)


def downstream(definition: Definition, node: Node, *, last: type[Node] | None = None) -> Iterator[Node]:
    """What comes after a node, into sub-processes and out of them, each once; boundary events left out.

    Behind a node of the kind `last` it is not looked for.
    """
    seen: set[str] = set()
    todo = behind(definition, node)
    while todo:
        found = todo.pop()
        if found.id in seen:
            continue
        seen.add(found.id)
        yield found
        if last is not None and isinstance(found, last):
            continue
        todo += behind(definition, found)
        if isinstance(found, SubProcess) and found.id in definition.starts:
            todo.append(definition.nodes[definition.starts[found.id]])


def behind(definition: Definition, node: Node) -> list[Node]:
    """The nodes that follow directly; after the last one, what follows the sub-process."""
    flows = definition.outgoing[node.id]
    if flows or not node.scope:
        return [definition.nodes[f.target] for f in flows]
    return behind(definition, definition.nodes[node.scope])


def gates_after(definition: Definition, node: Node) -> tuple[str, ...]:
    """The next gates that stand alone behind a node: on each way the first."""
    found = {one.id for one in downstream(definition, node, last=GateTask) if isinstance(one, GateTask)}
    return tuple(sorted(found - {node.id}))
