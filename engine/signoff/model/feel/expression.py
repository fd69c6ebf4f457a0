"""FEEL texts as frozen values: equal by what is written and the names it was read under; read on first use.

May import `parser` and `evaluation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from signoff.model.feel import parser
from signoff.model.feel.evaluation import Scope, evaluate
from signoff.model.feel.value import Value


class _Read:
    """Room for what was read; no part of the value."""

    __slots__ = ("_parsed",)

    _parsed: parser.Parsed


@dataclass(frozen=True, slots=True)
class Feel(_Read):
    """An expression. `names`: those in sight beside the functions; they decide how it is read."""

    text: str
    names: tuple[str, ...] = ()

    @property
    def parsed(self) -> parser.Parsed:
        """Raises UnsafeExpression with `offset` where the text cannot be read."""
        if not hasattr(self, "_parsed"):
            object.__setattr__(self, "_parsed", parser.expression(self.text, self.names))
        return self._parsed

    def value(self, scope: Scope | Mapping[str, Value]) -> Value:
        """Its value there. Raises UnsafeExpression."""
        return evaluate(self.parsed.tree, scope if isinstance(scope, Scope) else Scope(scope))


@dataclass(frozen=True, slots=True)
class UnaryTests(_Read):
    """Unary tests, as they stand in the cell of a decision table; `?` is what is tested."""

    text: str
    names: tuple[str, ...] = ()

    @property
    def parsed(self) -> parser.Parsed:
        """Raises UnsafeExpression with `offset` where the text cannot be read."""
        if not hasattr(self, "_parsed"):
            object.__setattr__(self, "_parsed", parser.tests(self.text, self.names))
        return self._parsed

    def hold(self, tested: Value, scope: Scope) -> bool:
        """Whether they are true of the value. Raises UnsafeExpression."""
        return evaluate(self.parsed.tree, scope.inner({"?": tested})) is True
