"""The decisions of a file and what they require of each other, worked out from what is given (DMN 1.3 chapter 6).

May import `feel`, `boxed`, `sort` and `fault`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from graphlib import TopologicalSorter
from typing import TypeVar

from signoff.errors import Invalid
from signoff.model.decision.boxed import Conclusion, Logic, Procedure
from signoff.model.decision.fault import Fault
from signoff.model.decision.sort import ANY, Sort
from signoff.model.feel import Scope, Value

FORMAT = 1


@dataclass(frozen=True, slots=True)
class InputData:
    """What has to be given."""

    id: str
    name: str
    sort: Sort = ANY


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A function that decisions share (business knowledge model); `needs` other such."""

    id: str
    name: str
    procedure: Procedure
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision; `needs` are the ids of inputs, decisions and knowledge that its logic may read.

    `outputs` are further names by which others read it: of the only one the value, of several each its part.
    """

    id: str
    name: str
    logic: Logic | None
    sort: Sort = ANY
    needs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    def read_as(self, value: Value) -> dict[str, Value]:
        """What others see of it, by all its names."""
        named: dict[str, Value] = {self.name: value}
        if len(self.outputs) == 1:
            named[self.outputs[0]] = value
        elif isinstance(value, Mapping):
            named |= {name: value.get(name) for name in self.outputs}
        return named | ({self.id: value} if self.outputs else {})


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision came to; `rules` of each decided table that held, by the decision's id."""

    value: Value
    rules: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


_T = TypeVar("_T", InputData, Decision)


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions of one file; requirements make no circle (checked by the reader)."""

    id: str
    name: str = ""
    inputs: tuple[InputData, ...] = ()
    decisions: tuple[Decision, ...] = ()
    knowledge: tuple[Knowledge, ...] = ()
    format: int = FORMAT

    def decision(self, said: str) -> Decision:
        """By id, else by name. Raises Invalid."""
        found = _named(said, self.decisions)
        if found is None:
            raise Invalid("decision_unknown", decision=said, known=[d.id for d in self.decisions])
        return found

    def required(self, decision: Decision) -> list[InputData]:
        """The inputs that the decision rests on, its own and those of what it requires."""
        seen = _below(decision.id, {d.id: d.needs for d in self.decisions})
        return [data for data in self.inputs if data.id in seen]

    def only(self, said: str) -> "Decisions":
        """One decision with what it rests on, under its own id: what is deployed and versioned."""
        wanted = self.decision(said)
        needs = {d.id: d.needs for d in self.decisions} | {k.id: k.needs for k in self.knowledge}
        kept = _below(wanted.id, needs)
        return Decisions(
            wanted.id,
            wanted.name,
            tuple(each for each in self.inputs if each.id in kept),
            tuple(each for each in self.decisions if each.id in kept),
            tuple(each for each in self.knowledge if each.id in kept),
        )

    def decide(self, said: str, given: Mapping[str, Value]) -> Decided:
        """Work out one decision, by id or name, from values by the names of inputs.

        A decision that is given by name is taken as given. Raises Invalid for a decision that is not there, and
        UnsafeExpression when it takes too long.
        """
        wanted = self.decision(said)
        work = _Work(self, {name: numbered(value) for name, value in given.items()})
        needs = {d.id: d.needs for d in self.decisions if d.name not in given}
        known = {d.id: d for d in self.decisions}
        for id in TopologicalSorter(_below(wanted.id, needs)).static_order():
            if id in known:
                work.value(known[id])  # from below, so that a long chain is no deep recursion
        return Decided(work.value(wanted), work.rules, tuple(work.faults))


class _Work:
    """One working out: each decision once."""

    def __init__(self, graph: Decisions, given: Mapping[str, Value]) -> None:
        self._graph = graph
        self._given = given
        self._scope = Scope({})
        self._found: dict[str, Value] = {}
        self.rules: dict[str, tuple[int, ...]] = {}
        self.faults: list[Fault] = []

    def value(self, decision: Decision) -> Value:
        if decision.id not in self._found:
            self._found[decision.id] = self._decided(decision)
        return self._found[decision.id]

    def _decided(self, decision: Decision) -> Value:
        if decision.name in self._given:
            return self._fitted(decision.sort, self._given[decision.name], decision.name)
        if decision.logic is None:
            return None
        conclusion = Conclusion()
        scope = self._scope.inner(self._needed(decision.needs))
        found = conclusion.value(decision.logic, scope)
        if conclusion.rules:
            self.rules[decision.id] = conclusion.rules
        self.faults += [Fault(f.code, {**f.params, "decision": decision.name}) for f in conclusion.faults]
        return self._fitted(decision.sort, found, decision.name)

    def _needed(self, needs: Iterable[str]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for need in needs:
            if (data := _by_id(need, self._graph.inputs)) is not None:
                values[data.name] = self._fitted(data.sort, self._given.get(data.name), data.name)
            elif (required := _by_id(need, self._graph.decisions)) is not None:
                values |= required.read_as(self.value(required))
            else:
                values |= self._function(need)
        return values

    def _function(self, id: str) -> dict[str, Value]:
        knowledge = next((k for k in self._graph.knowledge if k.id == id), None)
        if knowledge is None:
            return {}
        conclusion = Conclusion()
        own: dict[str, Value] = {}
        scope = self._scope.inner(own)
        own[knowledge.name] = conclusion.function(knowledge.procedure, scope)  # it may call itself
        for need in knowledge.needs:
            own.update(self._function(need))
        return {knowledge.name: own[knowledge.name]}

    def _fitted(self, sort: Sort, value: Value, name: str) -> Value:
        fitted, fits = sort.fitted(value)
        if not fits:
            self.faults.append(Fault("decision_misfit", {"decision": name, "type": sort.base or "structure"}))
        return fitted


def numbered(value: Value) -> Value:
    """Data as a value of FEEL, which has one kind of number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, list):
        return [numbered(item) for item in value]
    return {name: numbered(item) for name, item in value.items()} if isinstance(value, dict) else value


def _below(id: str, needs: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What is required for one, itself included, with what each requires."""
    seen: dict[str, tuple[str, ...]] = {}
    left = [id]
    while left:
        each = left.pop()
        if each not in seen:
            seen[each] = needs.get(each, ())
            left += seen[each]
    return seen


def _named(said: str, among: Iterable[Decision]) -> Decision | None:
    decisions = list(among)
    return next((d for d in decisions if d.id == said), next((d for d in decisions if d.name == said), None))


def _by_id(id: str, among: Iterable[_T]) -> _T | None:
    return next((each for each in among if each.id == id), None)
