"""The other forms of a decision's logic: boxed expressions (DMN 1.3 §7.3, §10.2.1).

May import `feel`, `table`, `sort` and `fault`.
"""

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from signoff.model.decision.fault import Fault
from signoff.model.decision.sort import ANY, Sort
from signoff.model.decision.table import DecisionTable, Found
from signoff.model.feel import Feel, Scope, Value
from signoff.model.feel.value import Function


@dataclass(frozen=True, slots=True)
class Literal:
    """A FEEL expression."""

    expression: Feel


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call of a function by name; each parameter has its logic."""

    function: Feel
    bindings: tuple[tuple[str, "Logic"], ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A context: each entry sees those before it; a `result`, if there is one, is what it comes to."""

    items: tuple[tuple[str, "Logic"], ...]
    result: "Logic | None" = None


@dataclass(frozen=True, slots=True)
class Series:
    """A list."""

    items: tuple["Logic", ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A relation: a list of contexts with the same names."""

    columns: tuple[str, ...]
    rows: tuple[tuple["Logic", ...], ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """A function: its parameters and its body."""

    parameters: tuple[tuple[str, Sort], ...]
    body: "Logic"
    sort: Sort = ANY


Logic: TypeAlias = Literal | Invocation | Entries | Series | Sheet | Procedure | DecisionTable


class Conclusion:
    """The working out of one logic: what was wrong and which rules held, on the way to a value."""

    __slots__ = ("faults", "rules")

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.rules: tuple[int, ...] = ()

    def value(self, logic: Logic, scope: Scope) -> Value:
        """What the logic comes to. Raises UnsafeExpression."""
        scope.step()
        match logic:
            case Literal():
                return logic.expression.value(scope)
            case DecisionTable():
                return self._found(logic.decide(scope))
            case Entries():
                return self._entries(logic, scope)
            case Invocation():
                return self._invoked(logic, scope)
            case Series():
                return [self.value(item, scope) for item in logic.items]
            case Sheet():
                return [
                    {name: self.value(cell, scope) for name, cell in zip(logic.columns, row, strict=True)}
                    for row in logic.rows
                ]
            case Procedure():
                return self.function(logic, scope)
            case _:
                assert_never(logic)

    def function(self, logic: Procedure, scope: Scope) -> Function:
        """The function that it defines; arguments that do not fit their parameter's type make it null."""
        names = tuple(name for name, _ in logic.parameters)

        def call(arguments: list[Value]) -> Value:
            if len(arguments) != len(names):
                return None
            fitted = [sort.fitted(a) for (_, sort), a in zip(logic.parameters, arguments, strict=True)]
            if not all(fits for _, fits in fitted):
                return None
            values = (value for value, _ in fitted)
            with scope.call():
                return logic.sort.fitted(
                    self.value(logic.body, scope.inner(dict(zip(names, values, strict=True))))
                )[0]

        return Function(call, names)

    def _found(self, found: Found) -> Value:
        self.rules = found.rules
        self.faults += found.faults
        return found.value

    def _entries(self, logic: Entries, scope: Scope) -> Value:
        found: dict[str, Value] = {}
        for name, item in logic.items:
            found[name] = self.value(item, scope.inner(found))
        return found if logic.result is None else self.value(logic.result, scope.inner(found))

    def _invoked(self, logic: Invocation, scope: Scope) -> Value:
        function = logic.function.value(scope)
        if not isinstance(function, Function):
            return None
        given = {name: self.value(item, scope) for name, item in logic.bindings}
        if not given.keys() <= set(function.names):
            return None
        return function.call([given.get(name) for name in function.names])
