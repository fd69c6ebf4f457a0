"""What somebody may read of an instance: data and documents that name their readers are hidden from everybody else.

Read by those roles, by who works on it or decides about it, and by administrators. What names nobody is read by all.
Only what is shown is cut: records, hashes and evidence stay whole. Must not import `engine`.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, get_type_hints

from sqlalchemy import Connection

from signoff.errors import NotAllowed
from signoff.kernel import roster, seat
from signoff.kernel.commands import Actor
from signoff.kernel.events import Event, flow
from signoff.kernel.events.base import Hidden
from signoff.kernel.events.data import DocumentDelivered
from signoff.kernel.events.migration import InstanceMigrated
from signoff.kernel.sight import Sight
from signoff.kernel.state import Scope, State
from signoff.kernel.world import World
from signoff.model.activities import MultiInstance
from signoff.model.definition import Definition
from signoff.model.nodes import HumanTask, UserTask
from signoff.model.withheld import MARK
from signoff.read import instance
from signoff.read.history import Record
from signoff.read.instance import Shown
from signoff.read.sheet import Part, Sheet
from signoff.runtime import actor as actors
from signoff.runtime import reference
from signoff.runtime.core import Core

_ALL = frozenset(Hidden) - {Hidden.SAID}


class Reader:
    """One person before one instance."""

    def __init__(
        self, core: Core, connection: Connection, world: World, state: State, who: str | Actor
    ) -> None:
        self.world, self.state = world, state
        self._core, self._connection, self._who = core, connection, who
        self._hidden: dict[str, frozenset[str]] = {}
        self._later: dict[str, str] = {}  # version -> the one to which it was migrated

    def hidden(self, version: str) -> frozenset[str]:
        """Data and documents of this definition that the person may not read; most definitions hide nothing."""
        if version not in self._hidden:
            definition = self.world.definition(version)
            named = dict(_restricted(definition))
            self._hidden[version] = frozenset(self._out(definition, version, named)) if named else frozenset()
        return self._hidden[version]

    def _out(self, definition: Definition, version: str, named: dict[str, tuple[str, ...]]) -> Iterator[str]:
        who = self._actor()
        if who.admin:
            return
        scopes = self._scopes(version)
        where = scopes or [next(iter(self.state.scopes.values()))]  # a called process that has ended
        sights = [Sight(self.world, self.state, scope.id, _now(self.state)) for scope in where]
        seen = {name for scope in scopes for name in self._worked_on(definition, scope, who.id)}
        for name, roles in named.items():
            if name not in seen and not any(roster.may(definition, who, roles, sight) for sight in sights):
                yield name

    def _scopes(self, version: str) -> list[Scope]:
        """Those of a version, under the one that they go on with."""
        while not (found := [s for s in self.state.scopes.values() if s.version == version]):
            if version not in self._later:
                return []
            version = self._later[version]
        return found

    def _actor(self) -> Actor:
        if isinstance(self._who, Actor):
            return self._who
        try:
            return actors.actor(self._who, self._core.directory, connection=self._connection)
        except NotAllowed:
            return Actor(self._who)

    def _worked_on(self, definition: Definition, scope: Scope, person: str) -> Iterator[str]:
        """What this person works on, decides on, or has."""
        if self.state.starter is not None and self.state.starter.id == person:
            yield from (*definition.start.form.writable, *definition.start.form.show)
        for id in _concerned(self.state, scope, person):
            node = definition.nodes.get(id)
            if isinstance(node, UserTask):
                yield from (*node.form.writable, *node.form.show, *node.delivers)
            if isinstance(node, HumanTask):
                yield from (*node.gate.covers.data, *node.gate.covers.documents)

    # what is shown ------------------------------------------------------------------------------------------

    def cut(self) -> State:
        """The state without what the person may not read."""
        if not any(self.hidden(scope.version) for scope in self.state.scopes.values()):
            return self.state
        state = deepcopy(self.state)
        for scope in state.scopes.values():
            out = self.hidden(scope.version)
            scope.data = {name: MARK if name in out else value for name, value in scope.data.items()}
            scope.documents = {id: paper for id, paper in scope.documents.items() if id not in out}
            scope.kept = {
                node: {name: MARK if name in out else value for name, value in values.items()}
                for node, values in scope.kept.items()
            }
            scope.undo = []  # what it keeps, as the history does: as a whole
        for activity in state.activities.values():
            if activity.multi is not None:
                activity.multi.items, activity.multi.results = [MARK] * len(activity.multi.items), {}
        for incident in state.incidents.values():
            incident.params = {}
        return state

    def records(self, records: list[Record]) -> list[Record]:
        """The records with the values in their events cut."""
        out = self._anywhere(records)
        if not out:
            return records
        return [replace(r, events=tuple(_cut(event, out) for event in r.events)) for r in records]

    def _anywhere(self, records: list[Record]) -> frozenset[str]:
        """What is hidden in any version that was ever at work here, those of called processes too."""
        begun = flow.InstanceStarted | flow.ScopeOpened | InstanceMigrated
        events = [e for record in records for e in record.events if isinstance(e, begun)]
        self._later.update((e.before, e.version) for e in events if isinstance(e, InstanceMigrated))
        return frozenset(name for e in events for name in self.hidden(e.version))

    def sheet(self, sheet: Sheet, records: list[Record]) -> Sheet:
        """The sheet that these records lead to with the values of its parts cut; their hashes stay."""
        out = self._anywhere(records)
        if not out:
            return sheet
        who = self._actor().id
        gates = [
            gate
            if any(who == each.person and each.standing == "counts" for each in gate.decisions)
            else replace(gate, parts=[_cut_part(part, out) for part in gate.parts])
            for gate in sheet.gates
        ]
        return replace(sheet, gates=gates)


def shown(core: Core, connection: Connection, found: Shown, who: str | Actor) -> Shown:
    """An instance as this person may see it."""
    reader = Reader(core, connection, reference.world(core, connection), found.state, who)
    return replace(found, state=reader.cut())


def recorded(
    core: Core, connection: Connection, id: str, found: list[Record], who: str | Actor
) -> list[Record]:
    """Its records as this person may see them."""
    state = instance.show(connection, id).state
    return Reader(core, connection, reference.world(core, connection), state, who).records(found)


def _restricted(definition: Definition) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Data, of whichever scope, and documents that name who may read them."""
    found: dict[str, tuple[str, ...]] = {}
    for scope in ("", *definition.starts):
        found |= {d.name: d.readers for d in definition.declared(scope).values() if d.readers}
    for node in definition.nodes.values():
        loop = getattr(node, "loop", None)
        if isinstance(loop, MultiInstance) and loop.item and loop.collection is not None:
            read = (found.get(name.partition(".")[0]) for name in loop.collection.names)
            if readers := next(filter(None, read), None):
                found.setdefault(loop.item, readers)  # an element is as hidden as its list
    yield from found.items()
    yield from ((d.id, d.readers) for d in definition.documents.values() if d.readers)


def _now(state: State) -> datetime:
    assert state.recorded_at is not None, "what is read was recorded"
    return state.recorded_at


def _concerned(state: State, scope: Scope, person: str) -> Iterator[str]:
    """The elements at which this person works, decides or has done so."""
    for activity in state.activities.values():
        people = {p.id for p in activity.roster} | {activity.assignee, activity.owner, *activity.editors}
        if activity.scope == scope.id and person in people:
            yield activity.node
    for gate in state.gates.values():
        if gate.scope == scope.id:
            known = {id for entry in gate.entries for id in (*seat.involved(entry), *seat.deciders(entry))}
            if person in known | set(gate.preparers):
                yield gate.node
    yield from (node for node, done in scope.done.items() if person in (done.by, *done.approvers))


def _cut(event: Event, out: frozenset[str]) -> Event:
    """An event without the values of these names; what may be made of them goes as a whole."""
    if isinstance(event, DocumentDelivered) and event.document in out:
        return replace(event, name=MARK, sha256=MARK)
    changed: dict[str, Any] = {}
    hints = get_type_hints(type(event), include_extras=True)
    for each in fields(event):
        marks = getattr(hints[each.name], "__metadata__", ())
        value = getattr(event, each.name)
        if Hidden.DATA in marks and isinstance(value, dict):
            changed[each.name] = {n: MARK if n in out else v for n, v in value.items()}
        elif not _ALL.isdisjoint(marks) and Hidden.DATA not in marks and value:
            changed[each.name] = type(value)()
    return replace(event, **changed) if changed else event


def _cut_part(part: Part, out: frozenset[str]) -> Part:
    if part.id not in out:
        return part
    return replace(part, shown=dict.fromkeys(part.shown, MARK), value=None)
