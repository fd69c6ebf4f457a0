"""A decision table: inputs, rules, outputs, and the policy for several that hold (DMN 1.3 chapter 8).

May import `feel`, `sort` and `fault`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from signoff.model.decision.fault import Fault
from signoff.model.decision.sort import ANY, Sort
from signoff.model.feel import Feel, Scope, UnaryTests, Value
from signoff.model.feel.builtin import BUILTINS
from signoff.model.feel.value import equal


class HitPolicy(StrEnum):
    """What becomes of several rules that hold (DMN 1.3 table 35)."""

    UNIQUE = "U"
    ANY = "A"
    PRIORITY = "P"
    FIRST = "F"
    RULE_ORDER = "R"
    OUTPUT_ORDER = "O"
    COLLECT = "C"


class Aggregator(StrEnum):
    """What COLLECT makes of the outputs."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Input:
    """A column that is tested; `allowed`: the values that it may have."""

    expression: Feel
    label: str = ""
    allowed: UnaryTests | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A column that comes out; `order`: its values, the most important first; `default`: where no rule holds."""

    name: str = ""
    sort: Sort = ANY
    order: Feel | None = None
    default: Feel | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one test per input, one expression per output."""

    tests: tuple[UnaryTests, ...]
    outputs: tuple[Feel, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that holds, by its number from 1, and what it gives: one value per output."""

    number: int
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a table comes to: the value, the rules that held, what is wrong."""

    value: Value
    rules: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Rows are rules; read from above."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    policy: HitPolicy = HitPolicy.UNIQUE
    aggregator: Aggregator | None = None

    def decide(self, scope: Scope) -> Found:
        """What it comes to there. Raises UnsafeExpression when it takes too long."""
        tested = [column.expression.value(scope) for column in self.inputs]
        for column, value in zip(self.inputs, tested, strict=True):
            if column.allowed is not None and not column.allowed.hold(value, scope):
                what = column.label or column.expression.text
                return Found(None, faults=(Fault("decision_not_allowed", {"input": what}),))
        hits = [
            Hit(number, tuple(output.value(scope) for output in rule.outputs))
            for number, rule in enumerate(self.rules, 1)
            if all(test.hold(value, scope) for test, value in zip(rule.tests, tested, strict=True))
        ]
        if not hits:
            return Found(self._nothing(scope))
        return self._settled(hits, scope)

    def _nothing(self, scope: Scope) -> Value:
        if self.aggregator is Aggregator.COUNT:
            return BUILTINS["count"].call([[]])
        if not any(output.default for output in self.outputs):
            return None
        values = (output.default.value(scope) if output.default else None for output in self.outputs)
        return self._row(tuple(values))

    def _row(self, values: tuple[Value, ...]) -> Value:
        if len(self.outputs) == 1:
            return values[0]
        return {output.name: value for output, value in zip(self.outputs, values, strict=True)}

    def _settled(self, hits: list[Hit], scope: Scope) -> Found:
        """What the policy makes of the rules that hold."""
        match self.policy:
            case HitPolicy.UNIQUE:
                return self._one(hits[0]) if len(hits) == 1 else self._broken("decision_two_rules", hits)
            case HitPolicy.ANY:
                return self._any(hits)
            case HitPolicy.FIRST:
                return self._one(hits[0])
            case HitPolicy.PRIORITY:
                return self._one(self._by_output(hits, scope)[0])
            case HitPolicy.RULE_ORDER:
                return self._in_order(hits)
            case HitPolicy.OUTPUT_ORDER:
                return self._in_order(self._by_output(hits, scope))
            case HitPolicy.COLLECT:
                return (
                    self._in_order(hits) if self.aggregator is None else self._together(hits, self.aggregator)
                )
            case _:
                assert_never(self.policy)

    def _any(self, hits: list[Hit]) -> Found:
        first = self._row(hits[0].values)
        if all(equal(self._row(hit.values), first) is True for hit in hits[1:]):
            return Found(first, _numbers(hits))
        return self._broken("decision_rules_differ", hits)

    def _in_order(self, hits: list[Hit]) -> Found:
        return Found([self._row(hit.values) for hit in hits], _numbers(hits))

    def _together(self, hits: list[Hit], aggregator: Aggregator) -> Found:
        values = [self._row(hit.values) for hit in hits]
        return Found(BUILTINS[aggregator].call([values]), _numbers(hits))

    def _one(self, hit: Hit) -> Found:
        return Found(self._row(hit.values), (hit.number,))

    def _broken(self, code: str, hits: list[Hit]) -> Found:
        return Found(None, _numbers(hits), (Fault(code, {"rules": [hit.number for hit in hits]}),))

    def _by_output(self, hits: list[Hit], scope: Scope) -> list[Hit]:
        """By the order of each output's values, the first output first; rules that are level stay in their order."""
        orders = [output.order.value(scope) if output.order else None for output in self.outputs]

        def places(hit: Hit) -> list[int]:
            return [_place(value, order) for value, order in zip(hit.values, orders, strict=True)]

        return sorted(hits, key=places)


def _place(value: Value, order: Value) -> int:
    """Values that the order does not name come last."""
    listed = order if isinstance(order, list) else []
    return next((n for n, other in enumerate(listed) if equal(value, other) is True), len(listed))


def _numbers(hits: list[Hit]) -> tuple[int, ...]:
    return tuple(hit.number for hit in hits)
