"""One command being worked out: the five verbs emit, enter, leave, stop and incident.

A sixth needs a decision record. Tokens that move wait in a queue, so nothing recurses; `settle` empties it.
Behaviours (`elements/`) call these verbs and never touch the state. Must not import elements, fold's families
or decide.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from signoff.errors import SignoffError
from signoff.kernel.commands import Actor
from signoff.kernel.events import Event, data, flow, time, undo, wait
from signoff.kernel.fold import apply
from signoff.kernel.pending import Undo, Wait
from signoff.kernel.sight import Sight
from signoff.kernel.state import Activity, ActivityStatus, State
from signoff.kernel.world import World
from signoff.model import nodes
from signoff.model.definition import Definition
from signoff.model.expression import ExpressionFault
from signoff.model.value import Value, settle
from signoff.model.view import stored

STEP_BUDGET = 10_000


class Runaway(Exception):
    """A command that entered more elements than its budget; names the last of them."""

    def __init__(self, scope: str, elements: Iterable[str]) -> None:
        super().__init__(scope)
        self.scope = scope
        self.elements = tuple(elements)


class Token(NamedTuple):
    """A token on its way to an element; it lives inside one command only."""

    scope: str
    node: str
    via: str = ""
    origin: str = ""


class Behaviour(Protocol):
    """How one kind of element behaves; plain functions in its family file, bound in the register."""

    def enter(self, run: "Run", scope: str, node: Any, via: str) -> str:
        """Begin, at the end of flow `via`; the id of the activity that now takes time, or nothing."""

    def resume(self, run: "Run", activity: Activity, inner: str) -> None:
        """The scope `inner` inside the activity is finished."""

    def stop(self, run: "Run", activity: Activity) -> None:
        """Clear what lies inside before the activity is cancelled."""


class Run:
    """The state under one command, what has been emitted, and the tokens on the move."""

    __slots__ = (
        "actor",
        "armed",
        "at",
        "behaviours",
        "budget",
        "changed",
        "ended",
        "entered",
        "events",
        "origin",
        "queue",
        "sights",
        "state",
        "touched",
        "world",
    )

    def __init__(
        self,
        world: World,
        state: State,
        behaviours: Mapping[type[Any], Behaviour],
        *,
        actor: Actor,
        at: datetime,
    ) -> None:
        self.world = world
        self.state = state
        self.behaviours = behaviours
        self.actor = actor
        self.at = at
        self.events: list[Event] = []
        self.queue: deque[Token] = deque()
        self.origin = ""  # of the token that is arriving
        self.changed: set[str] = set()  # names of data and document ids written by this command
        self.touched: dict[str, None] = {}  # scopes that may have come to their end, in order
        self.armed: list[str] = []  # conditions that wait to be asked for the first time
        self.ended: set[str] = set()  # elements that this command has ended, and whose end is awaited
        self.entered: list[str] = []  # elements, in order
        self.budget = STEP_BUDGET
        self.sights: dict[str, Sight] = {}

    # the five verbs ------------------------------------------------------------------------------------

    def emit(self, event: Event) -> None:
        """Record what happened; the state has changed when this returns."""
        apply(self.state, event, self.at)
        self.events.append(event)

    def enter(self, scope: str, node: str, via: str = "", origin: str = "") -> None:
        """Send a token to an element; it arrives when the queue gets to it. `origin`: whose handler it runs for."""
        self.queue.append(Token(scope, node, via, origin))

    def leave(self, scope: str, node: nodes.Node, ending: flow.ElementCompleted | None = None) -> None:
        """Let the token go on from an element; `ending` closes the activity that held it."""
        definition = self.definition(scope)
        if ending is not None:
            end(self, node, ending)
            keep_undo(self, scope, node)
        if node.id in definition.awaited:
            self.ended.add(node.id)
        self.touched[scope] = None
        if self.state.scopes[scope].node == node.id:
            return  # one instance of a multi-instance body: its scope ends with it
        flows = definition.outgoing[node.id]
        try:
            for taken in _chosen(self, scope, node, flows) if node.id in definition.conditional else flows:
                for _ in range(getattr(node, "completion_quantity", 1)):
                    self.enter(scope, taken.target, taken.id)
        except ExpressionFault as fault:
            self.incident(scope, node.id, fault, retry="leave")

    def stop(self, activity: Activity, reason: str) -> None:
        """End an activity from outside, with everything inside it."""
        node = self.node(activity.scope, activity.node)
        self.behaviours[kind_of(node, activity)].stop(self, activity)
        _let_go(self, activity.id, activity.scope)
        self.touched[activity.scope] = None
        inbox, owed = in_inbox(node, activity), _owed(node, activity)
        self.emit(
            flow.ElementCancelled(activity.id, activity.node, activity.scope, reason, inbox=inbox, owed=owed)
        )

    def incident(
        self, scope: str, node: str, fault: SignoffError, *, retry: str, activity: str = "", via: str = ""
    ) -> None:
        """Something failed that somebody has to repair; everything else goes on."""
        params = {name: _plain(value) for name, value in fault.params.items()}
        id, origin = self.next("i"), self.origin if retry == "enter" else ""
        self.emit(data.IncidentRaised(id, node, scope, activity, fault.code, params, retry, via, origin))

    # what behaviours ask -------------------------------------------------------------------------------

    def next(self, kind: str) -> str:
        """The id of what the next event creates."""
        return f"{kind}{self.state.seq + 1}"

    def definition(self, scope: str) -> Definition:
        return self.world.definitions[self.state.scopes[scope].version]

    def definitions(self) -> list[Definition]:
        """Those that this instance runs now, each once."""
        known, state = self.world.definitions, self.state
        if not known[state.version].calls:
            return [known[state.version]]
        return [known[version] for version in {scope.version for scope in state.scopes.values()}]

    def node(self, scope: str, id: str) -> nodes.Node:
        return self.definition(scope).nodes[id]

    def sight(self, scope: str) -> Sight:
        """What is seen from a scope now; the same object throughout the command."""
        found = self.sights.get(scope)
        if found is None:
            found = self.sights[scope] = Sight(self.world, self.state, scope, self.at)
        return found


def end(run: Run, node: nodes.Node, ending: flow.ElementCompleted) -> None:
    """Close the activity of an element, with what hangs on it; no token goes on."""
    _let_go(run, ending.activity, ending.scope)
    ending.owed = _owed(node, run.state.activities[ending.activity])
    run.emit(ending)


def keep_undo(run: Run, scope: str, node: nodes.Node) -> None:
    """Remember that it was done, where somebody undoes it."""
    if node.id in run.definition(scope).undoable:
        run.emit(undo.UndoKept(scope, [Undo(node.id)]))


def _owed(node: nodes.Node, activity: Activity) -> tuple[str, ...]:
    """The kinds of what may still be owed for an activity: most owe nothing, and then no row need be looked for."""
    if getattr(node, "handler", ""):
        return ("job",)
    if activity.opens is activity.rung_at is activity.lapses is None:
        return ()
    dated = (("open", activity.opens), ("rung", activity.rung_at), ("lapse", activity.lapses))
    return tuple(kind for kind, at in dated if at is not None)


def _let_go(run: Run, activity: str, scope: str) -> None:
    """What hangs on an activity goes with it: timers, incidents, open occurrences of its recurring handlers."""
    state = run.state
    if state.timers:
        for timer in [t for t in state.timers.values() if t.host == activity]:
            run.emit(time.TimerDropped(timer.id, timer.node))
    if state.waits:
        drop_waits(run, [w for w in state.waits.values() if w.host == activity])
    if state.incidents:
        for incident in [i for i in state.incidents.values() if i.activity == activity]:
            run.emit(data.IncidentResolved(incident.id))
    if occurrences := run.definition(scope).occurrences:
        for other in [a for a in state.activities.values() if a.origin == activity and a.node in occurrences]:
            miss(run, other)


def drop_waits(run: Run, waits: Iterable[Wait]) -> None:
    """Nobody listens any more, for any of it or for all."""
    for each in waits:
        run.emit(wait.WaitDropped(each.id, each.node, each.kind))
        if f"{each.scope}|{each.node}|{each.host}" in run.state.met:
            run.emit(wait.PartsDone(each.scope, each.node, each.host))


def miss(run: Run, occurrence: Activity) -> None:
    """An open occurrence whose host has ended: reported, never lost (DESIGN §7)."""
    run.emit(flow.OccurrenceMissed(occurrence.node, occurrence.scope, occurrence.since))
    run.stop(occurrence, "missed")


def _chosen(
    run: Run, scope: str, node: nodes.Node, flows: Sequence[nodes.SequenceFlow]
) -> Sequence[nodes.SequenceFlow]:
    """The flows without a condition and those whose condition holds; the default when none of the latter does."""
    sight = run.sight(scope)
    default = getattr(node, "default", "")
    found = [f for f in flows if f.id != default and sight.holds(f.condition)]
    if all(f.condition is None for f in found):
        found += [f for f in flows if f.id == default]
    if not found:
        raise ExpressionFault("no_flow_holds", element=node.id)
    return found


_BESIDE = frozenset({"fire", "ask", "arm"})  # what an incident of an event beside an activity retries


def stopped(run: Run, activity: str) -> bool:
    """Whether an incident keeps this activity from going on; one of an event beside it does not."""
    incidents = run.state.incidents
    return bool(incidents) and any(
        i.activity == activity and i.retry not in _BESIDE for i in incidents.values()
    )


def assign(
    run: Run,
    scope: str,
    assignments: nodes.Assignments,
    local: Mapping[str, Value] | None = None,
    *,
    by: tuple[str, ...] = (),
) -> None:
    """Write what a `set` says: all right sides first, then each to the scope that declares its name.

    `by`: whose work the `local` values are, beside that of the data that the right sides read.
    Raises ExpressionFault, and Invalid when a value does not fit its type; nothing is written then.
    """
    if not assignments:
        return
    sight = run.sight(scope)
    computed = [(target, sight.value(expression, local)) for target, expression in assignments]
    values: dict[str, Value] = {}
    for target, value in computed:
        name, _, path = target.partition(".")
        owner = sight.owner_of(name)
        before = values.get(name, owner.data.get(name) if owner else None)
        values[name] = _placed(before, path, stored(value))
    read = sight.authors(name for _, expression in assignments for name in expression.names)
    by = tuple(dict.fromkeys((*read, *by)))
    write(run, scope, {name: _fitted(sight, name, value) for name, value in values.items()}, by=by)


def accept(run: Run, scope: str, assignments: nodes.Assignments, data: Mapping[str, Value] | None) -> None:
    """What came with an event: as its element says; else, where data need no declaration, under its own names.

    Raises as `assign` does.
    """
    if assignments:
        assign(run, scope, assignments, _brought(data, names=run.definition(scope).open))
    elif data and run.definition(scope).open:
        write(run, scope, data)


def _brought(data: Mapping[str, Value] | None, *, names: bool) -> Mapping[str, Value] | None:
    """What came, as `result`; where data need no declaration, under its own names too, which hide those around."""
    if data is None:
        return None
    return {**data, "result": dict(data)} if names else {"result": dict(data)}


def _placed(before: Value, path: str, value: Value) -> Value:
    """`before` with the value at a dotted path; without a path the value itself."""
    if not path:
        return value
    field, _, rest = path.partition(".")
    record = dict(before) if isinstance(before, Mapping) else {}
    record[field] = _placed(record.get(field), rest, value)
    return record


def _fitted(sight: Sight, name: str, value: Value) -> Value:
    owner = sight.owner_of(name)
    declared = sight.definition.declared(owner.node).get(name) if owner else None
    return value if declared is None else settle(declared.type, value, at=name)


def write(
    run: Run, scope: str, values: Mapping[str, Value], step: str = "", by: tuple[str, ...] = ()
) -> None:
    """Write data, each name to the scope that declares it; a name that none declares to the process. `by`: authors."""
    sight = run.sight(scope)
    placed: dict[str, dict[str, Value]] = {}
    for name, value in values.items():
        owner = sight.owner_of(name) or sight.process
        placed.setdefault(owner.id, {})[name] = value
    for target, part in placed.items():
        run.emit(data.VariablesSet(target, part, step, by))
    run.changed.update(values)


def _plain(value: object) -> Value:
    """A parameter of a fault as it can be kept: texts by language and lists stay, the rest as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return str(value)


def kind_of(node: nodes.Node, activity: Activity) -> type[Any]:
    """The key of an activity's behaviour: one that repeats is one of its own."""
    return type(node) if activity.multi is None else type(getattr(node, "loop"))  # noqa: B009 - not every node has one


def in_inbox(node: nodes.Node, activity: Activity) -> bool:
    """Whether the activity itself (not its gate) has a row in the inbox."""
    if isinstance(node, nodes.UserTask):
        return activity.status is not ActivityStatus.IN_REVIEW
    return isinstance(node, nodes.GateTask) and not node.gate.approvals
