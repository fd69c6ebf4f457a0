"""What an expression sees from a scope: the data around it, and the facts that its functions ask for.

A called process sees nothing of its caller. Must import model, time, kernel.state and kernel.world only.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from signoff.kernel import seat
from signoff.kernel.state import Completion, Delivered, Scope, State
from signoff.kernel.world import World
from signoff.model.definition import Definition
from signoff.model.expression import Expression
from signoff.model.formula import read_by
from signoff.model.nodes import Node
from signoff.model.types import Text
from signoff.model.value import Value
from signoff.model.view import View
from signoff.time.calendar import Calendar

CONVERSATION = "conversation key"  # among the data of a process, where no expression can name it


def texts(text: Text, fallback: str = "") -> dict[str, str]:
    """A text as a sentence's parameter: rendered in the reader's language at the edge."""
    found = {lang: value for lang, value in (("zh", text.zh), ("en", text.en)) if value}
    return found or {"en": fallback}


class Sight:
    """One scope of one instance, during one command; it sees what each event has changed.

    It is the `Facts` of expressions.
    """

    __slots__ = ("_around", "_given", "_names", "_seq", "definition", "now", "scope", "state", "world")

    def __init__(self, world: World, state: State, scope: str, now: datetime) -> None:
        self.world = world
        self.state = state
        self.scope = state.scopes[scope]
        self.definition: Definition = world.definitions[self.scope.version]
        self.now = now
        self._around: tuple[Scope, ...] = ()
        self._given: Mapping[str, Value] = {}
        self._names: Mapping[str, Value] = {}
        self._seq = -1  # the last event that `_names` has seen; none yet

    @property
    def calendar(self) -> Calendar:
        return self.world.calendar(self.scope.version, self.state.calendars)

    def node(self, id: str) -> Node:
        return self.definition.nodes[id]

    @property
    def names(self) -> Mapping[str, Value]:
        """The data visible here, formulas included; innermost first."""
        if self._seq != self.state.seq:
            names = self._given = self._given or self._builtin()
            for scope in reversed(self._chain()):
                names = View(self.definition.declared(scope.node), scope.data, self, names)
            self._names, self._seq = names, self.state.seq
        return self._names

    def value(self, expression: Expression, local: Mapping[str, Value] | None = None) -> Value:
        """The value of an expression here; raises `ExpressionFault`."""
        names = View({}, local, self, self.names) if local else self.names
        return expression.evaluate(names, self)

    def holds(self, expression: Expression | None, local: Mapping[str, Value] | None = None) -> bool:
        """Whether a condition is true; no condition always is."""
        return expression is None or self.value(expression, local) is True

    def everything(self) -> dict[str, Value]:
        """The data visible here as they are stored; innermost first."""
        found: dict[str, Value] = {}
        for scope in reversed(self._chain()):
            found |= scope.data
        found.pop(CONVERSATION, None)
        return found

    def owner_of(self, name: str) -> Scope | None:
        """The scope that declares `name`: where a write to it goes."""
        for scope in self._chain():
            if name in self.definition.declared(scope.node) or name in scope.data:
                return scope
        return None

    @property
    def process(self) -> Scope:
        """The scope of the process, or called process, that this is in."""
        return self._chain()[-1]

    def _chain(self) -> tuple[Scope, ...]:
        """This scope and those around it, up to its process."""
        if not self._around:
            found, scope = [self.scope], self.scope
            while scope.node and scope.parent in self.state.scopes:
                scope = self.state.scopes[scope.parent]
                found.append(scope)
            self._around = tuple(found)
        return self._around

    @property
    def homes(self) -> tuple[str, ...]:
        """The scopes that keep completions, documents and approvals for this one, innermost first."""
        return tuple(home.id for home in self._homes())

    def _homes(self) -> Iterator[Scope]:
        for scope in self._chain():
            if scope.home == scope.id:
                yield scope

    def _builtin(self) -> dict[str, Value]:
        starter = self.state.starter
        return {
            "starter": None if starter is None else starter.value(),
            "started_at": self.state.started_at or self.now,
            "process_key": self.state.key or self.state.id,
        }

    # what happened, for expressions and roles ------------------------------------------------------------

    def done(self, node: str) -> Completion | None:
        """The last completion of an element that is in force here."""
        for home in self._homes():
            if node in home.done:
                return home.done[node]
        return None

    def passed(self, node: str) -> bool:
        """Whether a token came to an element here, since the last return to what lies before it."""
        return any(node in home.counts for home in self._homes())

    def delivered(self, document: str) -> Delivered | None:
        """The current version of a document."""
        for home in self._homes():
            if document in home.documents:
                return home.documents[document]
        return None

    def authors(self, names: Iterable[str]) -> tuple[str, ...]:
        """Whose work these data are, or what they are computed from."""
        read = read_by(self.definition, frozenset(names))
        found = (id for home in self._homes() for name in sorted(read) for id in home.authors.get(name, ()))
        return tuple(dict.fromkeys(found))

    def document(self, id: str) -> Mapping[str, Value] | None:
        found = self.delivered(id)
        if found is None:
            return None
        return {
            "sha256": found.sha256,
            "version": found.version,
            "state": "delivered",
            "by": found.by,
            "at": found.at,
        }

    def verdict(self, id: str) -> str | None:
        found = self.done(id)
        return found.verdict if found else None

    def done_at(self, id: str) -> datetime | None:
        found = self.done(id)
        return found.at if found else None

    def done_by(self, id: str) -> str | None:
        found = self.done(id)
        return found.by or None if found else None

    def member(self, person_id: str, group: str) -> bool:
        """By the snapshots this instance has taken; a person it has never met belongs to no group."""
        return any(group in p.groups for p in self._people() if p.id == person_id)

    def _people(self) -> Iterator[Any]:
        if self.state.starter is not None:
            yield self.state.starter
        for activity in self.state.activities.values():
            yield from activity.roster
        for gate in self.state.gates.values():
            for entry in gate.entries:
                yield from seat.people(entry)
