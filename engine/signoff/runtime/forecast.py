"""流程预测: the way that lies ahead of an instance as things stand: steps, people, deadlines, and what cannot be told yet.

Asks the same directory by the same terms as the command would, and keeps nothing. Must not import `engine`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from signoff.kernel import missing, outlook, roster
from signoff.kernel.missing import Missing, texts
from signoff.kernel.sight import Sight
from signoff.kernel.state import Person, Scope, State
from signoff.model import nodes
from signoff.model.block import Block
from signoff.model.definition import Definition
from signoff.model.expression import ExpressionFault
from signoff.read import instance
from signoff.runtime import reference
from signoff.runtime.core import Core
from signoff.runtime.execution import Receipt
from signoff.runtime.roster import resolve

_SPLITS = (nodes.ExclusiveGateway, nodes.InclusiveGateway)


@dataclass(frozen=True, slots=True)
class Part:
    """Who would be asked: for the work (`kind` work), or in an entry of the gate (vote); why nobody can be named yet."""

    kind: str
    roles: tuple[str, ...]
    people: tuple[Person, ...]
    unresolved: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Ahead:
    """A step or gate on the way. `now`: it is open already; `certain`: no condition that cannot be told yet lies before it.

    `inside`: the calls that it lies in, outermost first. Of a call that cannot be told yet the row is its own.
    """

    node: str
    label: dict[str, str]
    now: bool
    certain: bool
    due: datetime | None
    parts: tuple[Part, ...]
    inside: tuple[dict[str, str], ...] = ()


def forecast(core: Core, connection: Connection, id: str, now: datetime) -> list[Ahead]:
    """What lies ahead of this instance, in the order of its definition, with the steps of the processes that it calls."""
    state = instance.show(connection, id).state
    world = reference.world(core, connection)
    root = next((scope.id for scope in state.scopes.values() if not scope.activity), "")
    if not root:
        return []
    return list(_Forecast(core, connection, Sight(world, state, root, now)).rows())


class _Enough(Exception):
    """Ends the transaction of a forecast without keeping it."""


def before_start(core: Core, start: Callable[[Connection], Receipt]) -> list[Ahead]:
    """The same for an instance that would be started; refused for the same reasons as the start."""

    def own() -> list[Ahead]:
        found: list[Ahead] = []
        try:
            with core.database.write() as handle:
                receipt = start(handle.connection)
                now = core.now(handle)
                found += forecast(core, handle.connection, receipt.instance, now)
                raise _Enough  # noqa: TRY301 - how a transaction is rolled back
        except _Enough:
            return found

    return core.database.attempt(own)


class _Forecast:
    """One walk over what can still be reached in one process; `inside`: the calls that lead here, `within`: what called it."""

    def __init__(
        self,
        core: Core,
        connection: Connection,
        sight: Sight,
        *,
        inside: tuple[dict[str, str], ...] = (),
        within: tuple[str, ...] = (),
        certain: bool = True,
    ) -> None:
        self.core, self.connection, self.sight, self.state = core, connection, sight, sight.state
        self.inside, self.within, self.certain = inside, within, certain
        self.definition: Definition = sight.definition
        self.own = {id for id in self.state.scopes if self._process_of(id) == sight.scope.id}
        self.planned = outlook.planned(sight)
        self.open = {a.node: a.due for a in self.state.activities.values() if a.scope in self.own}
        self.reached: set[str] = set()
        self.uncertain: set[str] = set()

    def _process_of(self, scope: str) -> str:
        while self.state.scopes[scope].node:
            scope = self.state.scopes[scope].parent
        return scope

    def rows(self) -> Iterator[Ahead]:
        self._walk()
        for node in self.definition.nodes.values():
            if node.id not in self.reached | self.open.keys():
                continue
            if isinstance(node, nodes.HumanTask):
                due = self.open.get(node.id) or self.planned.get(node.id)
                yield self._row(node, due, tuple(self._parts(node)))
            elif isinstance(node, nodes.CallActivity):
                yield from self._called(node)

    def _row(self, node: nodes.Activity, due: datetime | None, parts: tuple[Part, ...]) -> Ahead:
        label = texts(node.label, node.id)
        return Ahead(node.id, label, node.id in self.open, self._is_certain(node), due, parts, self.inside)

    def _is_certain(self, node: nodes.Node) -> bool:
        return node.id in self.open or (self.certain and node.id not in self.uncertain)

    def _walk(self) -> None:
        seen = set(self.open)
        todo = [target for id in self.open for target in self._after(self.definition.nodes[id])]
        keys = (key.partition("|") for key in self.state.joins)
        todo += [node for scope, _, node in keys if scope in self.own]
        if not self.state.activities:
            todo += self.definition.entries.get("", ())  # it is not called yet
        while todo:
            id = todo.pop()
            if id in seen:
                continue
            seen.add(id)
            node = self.definition.nodes[id]
            if self._is_done_at(node):
                self.reached.add(id)
            if isinstance(node, nodes.SubProcess) and id in self.definition.starts:
                todo.append(self.definition.starts[id])
            todo += self._after(node)

    # called processes ---------------------------------------------------------------------------------------

    def _called(self, node: nodes.CallActivity) -> Iterator[Ahead]:
        """The steps of what runs there already, or else of what would be called as things stand."""
        activities = {
            a.id for a in self.state.activities.values() if a.node == node.id and a.scope in self.own
        }
        running = [s.id for s in self.state.scopes.values() if not s.node and s.activity in activities]
        world, now = self.sight.world, self.sight.now
        try:
            found: list[Sight | None] = [Sight(world, self.state, id, now) for id in running] or [
                self._ahead(node)
            ]
        except ExpressionFault as fault:
            yield self._row(node, None, (Part("call", (), (), (Missing(fault.code, fault.params),)),))
            return
        for sight in found:
            if sight is not None and sight.definition.id not in (*self.within, self.definition.id):
                yield from _Forecast(
                    self.core,
                    self.connection,
                    sight,
                    inside=(*self.inside, texts(node.label, node.id)),
                    within=(*self.within, self.definition.id),
                    certain=self._is_certain(node),
                ).rows()

    def _ahead(self, node: nodes.CallActivity) -> Sight | None:
        """A process as it would be called now, with the data that are known. Raises ExpressionFault for one that is not."""
        world, state = self.sight.world, self.state
        process = node.process if node.named is None else str(self.sight.value(node.named))
        version = world.current.get(process)
        if version is None:
            return None
        declared = world.definition(version).data
        values = {d.name: d.default for d in declared.values() if d.default is not None}
        values |= self.sight.everything() if node.passes else {}
        for name, expression in node.inputs:
            with suppress(ExpressionFault):
                values[name] = self.sight.value(expression)
        scope = Scope("ahead", "", "", "", version, "ahead", data=values)
        called = State(
            state.id,
            process,
            version,
            key=state.key,
            starter=state.starter,
            started_at=state.started_at,
            scopes={scope.id: scope},
        )
        return Sight(world, called, scope.id, self.sight.now)

    # the way ------------------------------------------------------------------------------------------------

    def _is_done_at(self, node: nodes.Node) -> bool:
        """Whether its own condition lets it be done."""
        condition = getattr(node, "condition", None)
        try:
            return self.sight.holds(condition)
        except ExpressionFault:
            self.uncertain.add(node.id)
            return True

    def _after(self, node: nodes.Node) -> list[str]:
        flows = self.definition.outgoing[node.id]
        if not flows and node.scope:
            return self._after(self.definition.nodes[node.scope])
        return [flow.target for flow in self._taken(node, flows)]

    def _taken(self, node: nodes.Node, flows: Sequence[nodes.SequenceFlow]) -> Sequence[nodes.SequenceFlow]:
        """The flows that the token takes as things stand; all of them where that cannot be told."""
        if not any(flow.condition for flow in flows):
            return flows
        default = getattr(node, "default", "")
        try:
            found = [f for f in flows if f.id != default and self.sight.holds(f.condition)]
        except ExpressionFault:
            self.uncertain |= self._between(node)
            return flows
        found = found[:1] if isinstance(node, nodes.ExclusiveGateway) else found
        return found or [f for f in flows if f.id == default]

    def _between(self, node: nodes.Node) -> set[str]:
        """What lies between a split and its join; all nodes where the definition has no blocks."""
        blocks = [b for b in self.definition.blocks.values() if node.id in (b.entry, b.id)]
        if not blocks:
            return set(self.definition.nodes)
        widest: Block = max(blocks, key=lambda b: len(self.definition.nodes_in(b.id)))
        return set(self.definition.nodes_in(widest.id))

    # people ------------------------------------------------------------------------------------------------

    def _parts(self, node: nodes.HumanTask) -> Iterator[Part]:
        if node.owner:
            yield self._part("work", node.owner, ())
        for approval in node.gate.approvals:
            try:
                if self.sight.holds(approval.condition):
                    out, _ = roster.left_out(self.sight, approval.not_by, ())
                    yield self._part("vote", approval.by, sorted(out))
            except ExpressionFault as fault:
                found = (Missing(fault.code, fault.params),)
                yield Part("vote", approval.by, (), found)

    def _part(self, kind: str, roles: tuple[str, ...], leave_out: Sequence[str]) -> Part:
        try:
            terms = roster.terms(self.sight, roles, self._words, leave_out=leave_out)
            people = resolve(self.core.directory, terms, self.connection).people
        except Exception as error:  # noqa: BLE001 - whatever a host's directory raises is told, not raised
            return Part(kind, roles, (), (Missing("directory_failed", params={"failure": str(error)}),))
        if not people:
            named = missing.roles(self.definition, roles)
            return Part(kind, roles, (), (Missing("nobody_yet", params={"roles": named}),))
        return Part(kind, roles, tuple({p.id: p for p in people}.values()))

    def _words(self, word: str) -> tuple[str, ...]:
        starter = self.state.starter
        return (starter.id,) if word == "starter" and starter is not None else ()
