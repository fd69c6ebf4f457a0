"""What another version of a definition makes of an instance: which element stands for which, and what stands in the way.

Nothing is changed here: `migration` refuses with all that was found, or carries it out. Must import model and kernel
below `elements`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from signoff.errors import SignoffError
from signoff.kernel import missing, override, reach, subject
from signoff.kernel.missing import Missing
from signoff.kernel.pending import Undo
from signoff.kernel.state import (
    Activity,
    ActivityStatus,
    GateRecord,
    GateStatus,
    Scope,
    State,
    Status,
)
from signoff.model import nodes
from signoff.model.definition import Definition
from signoff.model.gate import Binding, Gate
from signoff.model.nodes import HumanTask, Node, SequenceFlow
from signoff.model.types import Text
from signoff.model.value import Value, settle
from signoff.sentences import Sentence

_ASKING = frozenset({GateStatus.OPEN, GateStatus.STALE})
_PARTS = "./#>"  # what the names of the compiler add to those of a file


@dataclass(slots=True)
class Counterpart:
    """`nodes` and `flows`: old -> new, of everything that has a counterpart; `faults`: why it cannot be done.

    `asked`: open gates, whose round begins anew; `stale`: passed ones that are asked again; `entries` of those that
    ask otherwise; `lost`: returned over, and without a counterpart. `values`: scope -> what its data become.
    """

    source: Definition
    target: Definition
    scopes: tuple[Scope, ...]
    nodes: dict[str, str] = field(default_factory=dict)
    flows: dict[str, str] = field(default_factory=dict)
    faults: list[Missing] = field(default_factory=list)
    asked: list[GateRecord] = field(default_factory=list)
    stale: list[GateRecord] = field(default_factory=list)
    lost: list[GateRecord] = field(default_factory=list)
    entries: dict[str, int] = field(default_factory=dict)
    values: dict[str, dict[str, Value]] = field(default_factory=dict)
    over: tuple[str, ...] = ()
    votes: int = 0

    def of(self, node: str) -> Node | None:
        """The counterpart of an element."""
        return self.target.nodes.get(self.nodes.get(node, ""))

    @property
    def gone(self) -> tuple[str, ...]:
        """What was done and is no element any more."""
        done = {id for scope in self.scopes for id in (*scope.done, *scope.counts)}
        return tuple(sorted(done - self.nodes.keys()))

    def fault(self, code: str, node: str, **params: Any) -> None:
        element = self.source.nodes.get(node)
        label = getattr(element, "label", None)
        step = missing.texts(label, node) if label is not None else {"en": node}
        found = Missing(code, {"step": step, **params})
        if found not in self.faults:
            self.faults.append(found)


def compare(state: State, source: Definition, target: Definition, renamed: Mapping[str, str]) -> Counterpart:
    """Hold the instance against the other version; `renamed`: elements that are called otherwise there."""
    found = Counterpart(source, target, tuple(_scopes(state)))
    _pair(found, renamed)
    for activity in state.activities.values():
        if activity.scope in {scope.id for scope in found.scopes}:
            _activity(found, activity)
    _tokens(found, state)
    _undone(found, state)
    _gates(found, state)
    for scope in found.scopes:
        _values(found, scope)
    found.over = tuple(_jumped(found, state))
    return found


def _scopes(state: State) -> Iterator[Scope]:
    """Those of the process itself; a called process stays on the version that it was called in."""
    root = next(scope for scope in state.scopes.values() if not scope.activity)
    for scope in state.scopes.values():
        outer = scope
        while outer.node and outer.parent in state.scopes:
            outer = state.scopes[outer.parent]
        if outer is root:
            yield scope


# names ----------------------------------------------------------------------------------------------------


def _pair(found: Counterpart, renamed: Mapping[str, str]) -> None:
    source, target = found.source, found.target
    for old, new in renamed.items():
        known = old in source.nodes or old in source.blocks
        if not known or not (new in target.nodes or new in target.blocks):
            found.fault("migration_unknown", old if known else new, name=new if known else old)
    for id in source.nodes:
        new = _renamed(id, renamed)
        if new in target.nodes:
            found.nodes[id] = new
    taken: dict[str, str] = {}
    for old, new in found.nodes.items():
        if (other := taken.setdefault(new, old)) != old:
            found.fault("migration_twice", old, other=other, to=new)
    for flow in source.flows.values():
        if (same := _flow(found, flow)) is not None:
            found.flows[flow.id] = same.id


def _renamed(id: str, renamed: Mapping[str, str]) -> str:
    """What an element is called there; what the compiler has made for a block goes with it."""
    for old in sorted(renamed, key=len, reverse=True):
        if id == old or (id.startswith(old) and id[len(old)] in _PARTS):
            return renamed[old] + id[len(old) :]
    return id


def _flow(found: Counterpart, flow: SequenceFlow) -> SequenceFlow | None:
    """The flow between the same two elements; of several the one of the same name."""
    ends = found.nodes.get(flow.source), found.nodes.get(flow.target)
    there = [f for f in found.target.flows.values() if (f.source, f.target) == ends]
    return there[0] if len(there) == 1 else next((f for f in there if f.id == flow.id), None)


# what is at work ------------------------------------------------------------------------------------------


def _activity(found: Counterpart, activity: Activity) -> None:
    old, new = found.source.nodes[activity.node], found.of(activity.node)
    if new is None:
        found.fault("migration_no_counterpart", old.id)
    elif not _alike(found, old, new):
        found.fault("migration_other_kind", old.id, to=new.id)
    elif (found.nodes.get(old.scope) if old.scope else "") != new.scope:
        found.fault("migration_other_place", old.id, to=new.id)
    elif isinstance(new, HumanTask) and _asks_otherwise(activity, new):
        found.fault("migration_gate_differs", old.id)


def _alike(found: Counterpart, old: Node, new: Node) -> bool:
    """Whether one can go on as the other: of the same kind, repeated over the same, listening for the same."""
    if type(old) is not type(new) or getattr(old, "loop", None) != getattr(new, "loop", None):
        return False
    if not isinstance(old, nodes.EventBasedGateway):
        return True
    behind = {found.nodes.get(f.target) for f in found.source.outgoing[old.id]}
    return behind == {f.target for f in found.target.outgoing[new.id]}


def _asks_otherwise(activity: Activity, new: HumanTask) -> bool:
    """Whether votes are asked for where none were, or the other way round: then its work or its votes hang in the air."""
    if activity.status is ActivityStatus.IN_REVIEW or activity.gate:
        return not new.gate.approvals
    return isinstance(new, nodes.GateTask) and bool(new.gate.approvals)


def _tokens(found: Counterpart, state: State) -> None:
    """Tokens at joins, half rounds of gateways, and what has stopped."""
    here = {scope.id for scope in found.scopes}
    parked = [(key, flows) for held in (state.joins, state.begun) for key, flows in held.items()]
    for key, flows in parked:
        scope, _, node = key.partition("|")
        if scope in here and (found.of(node) is None or any(flow not in found.flows for flow in flows)):
            found.fault("migration_token_lost", node)
    for incident in state.incidents.values():
        if incident.scope in here and found.of(incident.node) is None:
            found.fault("migration_no_counterpart", incident.node)


def _undone(found: Counterpart, state: State) -> None:
    for id in state.undoing:
        found.fault("migration_undoing", state.activities[id].node)
    for scope in found.scopes:
        for node in _undoable(scope.undo):
            if found.of(node) is None:
                found.fault("migration_undo_lost", node)


def _undoable(records: list[Undo]) -> Iterator[str]:
    for each in records:
        yield each.node
        if not each.version:
            yield from _undoable(each.inner)


# gates ----------------------------------------------------------------------------------------------------


def _gates(found: Counterpart, state: State) -> None:
    here = {scope.id for scope in found.scopes}
    for record in state.gates.values():
        if record.scope in here:
            _gate(found, state, record)


def _gate(found: Counterpart, state: State, record: GateRecord) -> None:
    old, new = found.source.nodes[record.node], found.of(record.node)
    gate = new.gate if isinstance(new, HumanTask) else Gate()
    assert isinstance(old, HumanTask)
    stands = _stands(state, record)
    if record.status is GateStatus.PASSED and not stands and new is None:
        found.lost.append(record)
        return
    if len(gate.approvals) != len(record.entries):
        found.entries[record.id] = len(gate.approvals)
    if record.status is not GateStatus.PASSED:
        found.votes += sum(len(entry.votes) for entry in record.entries)
        found.asked += [record] if record.status in _ASKING else []
        if record.status is not GateStatus.OPEN and not gate.approvals:
            found.fault("migration_signed_lost", record.node)
    elif stands and (not gate.approvals or record.bound.keys() - _parts(gate.covers)):
        found.fault("migration_signed_lost", record.node)
    elif (
        stands
        and not found.target.asks(new or old)
        and _demands(found.source, old.gate) != _demands(found.target, gate)
    ):
        found.stale.append(record)
        found.entries[record.id] = len(gate.approvals)


def _stands(state: State, record: GateRecord) -> bool:
    """Whether a passed approval counts: the work may have been sent back since."""
    done = state.scopes[state.scopes[record.scope].home].done.get(record.node)
    return done is None or done.status is not ActivityStatus.SUPERSEDED


def _parts(binding: Binding) -> set[str]:
    return {*binding.data, *(subject.DOCUMENT + id for id in binding.documents)}


def _demands(definition: Definition, gate: Gate) -> tuple[object, ...]:
    """What somebody has said yes to, and who had to: not by when, nor what else those who are asked may do."""
    asked = ((a.by, a.turn, a.need, a.meaning, a.least, a.binds, a.not_by, a.weights) for a in gate.approvals)
    rest = ((a.condition, a.veto, a.wait_all, a.same_person, a.auto) for a in gate.approvals)
    roles = (definition.roles.get(name) for a in gate.approvals for name in a.by)
    who = tuple(role and replace(role, label=Text()) for role in roles)
    return (*asked, *rest, gate.covers, who)


# data -----------------------------------------------------------------------------------------------------


def _values(found: Counterpart, scope: Scope) -> None:
    """What does not fit its new type stands in the way; what is new begins with its default."""
    new = found.nodes.get(scope.node, "")
    if scope.node and not new:
        return  # said of its activity
    before, after = found.source.declared(scope.node), found.target.declared(new)
    values: dict[str, Value] = {}
    for name, declared in after.items():
        if declared.formula is not None:
            continue
        if name not in scope.data:
            if declared.default is not None and name not in before:
                values[name] = declared.default
        elif name not in before or before[name].type != declared.type:
            _fit(found, name, declared.type, scope.data[name], values)
    if values:
        found.values[scope.id] = values


def _fit(found: Counterpart, name: str, type_: Any, value: Value, values: dict[str, Value]) -> None:
    try:
        fitted = settle(type_, value, at=name)
    except SignoffError as error:
        found.faults.append(
            Missing("migration_value", params={"name": name, "cause": Sentence(error.code, error.params)})
        )
    else:
        if fitted != value:
            values[name] = fitted


# what is jumped over --------------------------------------------------------------------------------------


def _jumped(found: Counterpart, state: State) -> Iterator[str]:
    """New steps of people that lie behind what is at work and not before it; never over a signature."""
    target, here = found.target, {scope.id for scope in found.scopes}
    at = {
        found.nodes[node]
        for id in here
        for node, _ in reach.occupied(state, id)
        if node in found.nodes and state.status in (Status.RUNNING, Status.SUSPENDED)
    }
    ahead = {n.id for id in at for n in reach.downstream(target, target.nodes[id])}
    known = {*found.nodes.values()}
    for node in target.nodes.values():
        if not isinstance(node, HumanTask) or node.id in known or node.id in ahead:
            continue
        if any(n.id in at for n in reach.downstream(target, node)):
            yield node.id
            if override.demands_signature(node):
                params = {"step": missing.texts(node.label, node.id)}
                found.faults.append(Missing("migration_jumps_signature", params=params))


def of_votes(found: Counterpart) -> Missing:
    """Votes that would be void, where nobody has said that they may."""
    steps = [
        missing.texts(getattr(found.source.nodes[r.node], "label"), r.node)  # noqa: B009 - gates stand at people's steps
        for r in found.asked
        if any(entry.votes for entry in r.entries)
    ]
    return Missing("migration_votes", params={"count": found.votes, "steps": steps})
