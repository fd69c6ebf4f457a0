"""From a checked syntax tree to closures, one per part; nothing here or below reaches eval, exec or compile.

A closure takes the frame of one evaluation. May import the rest of model/.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from signoff.model import syntax
from signoff.model.facts import Facts
from signoff.model.fault import ExpressionFault
from signoff.model.function import FUNCTIONS, OVER_LISTS, elements
from signoff.model.operation import (
    ORDERED,
    ORDERS,
    arithmetic,
    contains,
    cost_of,
    kind_of,
    negate,
    same,
    unordered,
)
from signoff.model.syntax import Each, Node

MOST_STEPS = 10_000


class Frame:
    """One evaluation: the names, the facts, what `for` has bound, and the steps that are left."""

    __slots__ = ("bound", "facts", "names", "steps")

    def __init__(self, names: Mapping[str, Any], facts: Facts, slots: int) -> None:
        self.names = names
        self.facts = facts
        self.bound: list[Any] = [None] * slots
        self.steps = MOST_STEPS

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise ExpressionFault("too_many_steps", most=MOST_STEPS)


Closure: TypeAlias = Callable[[Frame], Any]


class Compiler:
    """Builds the closures of one text; `text` is what the places in the tree count in."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.slots = 0

    def shown(self, node: Node | Each) -> str:
        return self.text[node.start : node.end]

    def build(self, node: Node) -> Closure:
        build: Callable[[Compiler, Any], Closure] = _BUILDERS[type(node)]
        return build(self, node)

    # names -------------------------------------------------------------------------------------------------

    def literal(self, node: syntax.Literal) -> Closure:
        value = node.value
        return lambda _: value

    def path(self, node: syntax.Path) -> Closure:
        root = _bound(node.slot) if node.slot is not None else _global(node.root)
        return _with_fields(root, node.fields) if node.fields else root

    def field(self, node: syntax.Field) -> Closure:
        return _with_fields(self.build(node.of), node.fields)

    # operators ---------------------------------------------------------------------------------------------

    def negation(self, node: syntax.Negation) -> Closure:
        inner, name = self.build(node.of), self.shown(node.of)
        return lambda frame: negate(_there(inner(frame), name))

    def denial(self, node: syntax.Denial) -> Closure:
        inner = self.condition(node.of)
        return lambda frame: not inner(frame)

    def arithmetic(self, node: syntax.Arithmetic) -> Closure:
        compute, left, right = arithmetic(node.sign), self.build(node.left), self.build(node.right)
        names = (self.shown(node.left), self.shown(node.right))

        def run(frame: Frame) -> Any:
            values = left(frame), right(frame)
            try:
                return compute(*values)
            except ExpressionFault as fault:
                raise _named(fault, names, values) from None

        return run

    def comparison(self, node: syntax.Comparison) -> Closure:
        parts = [node.first, *(part for _, part in node.rest)]
        names = [self.shown(part) for part in parts]
        first, *rest = [self.build(part) for part in parts]
        steps = [
            (_compare(sign, names[n], names[n + 1]), operand)
            for n, ((sign, _), operand) in enumerate(zip(node.rest, rest, strict=True))
        ]
        if len(steps) == 1:
            compare, second = steps[0]
            return lambda frame: compare(frame, first(frame), second(frame))

        def run(frame: Frame) -> bool:
            left = first(frame)
            for compare, operand in steps:
                right = operand(frame)
                if not compare(frame, left, right):
                    return False
                left = right
            return True

        return run

    def logic(self, node: syntax.Logic) -> Closure:
        parts = [self.condition(part) for part in node.parts]
        decisive = node.word == "or"

        def run(frame: Frame) -> bool:
            return next((decisive for part in parts if part(frame) is decisive), not decisive)

        return run

    def choice(self, node: syntax.Choice) -> Closure:
        test, then, otherwise = self.condition(node.test), self.build(node.then), self.build(node.otherwise)
        return lambda frame: then(frame) if test(frame) else otherwise(frame)

    def condition(self, node: Node) -> Closure:
        """A part that must be true or false; null and everything else is a fault."""
        inner, name = self.build(node), self.shown(node)

        def run(frame: Frame) -> bool:
            value = inner(frame)
            if value is True or value is False:
                return value is True
            raise ExpressionFault("not_boolean", name=name, got=kind_of(_there(value, name)))

        return run

    # lists and calls ---------------------------------------------------------------------------------------

    def listing(self, node: syntax.Listing) -> Closure:
        items = [self.build(item) for item in node.items]
        return lambda frame: [item(frame) for item in items]

    def call(self, node: syntax.Call) -> Closure:
        if node.name in OVER_LISTS:
            return self._over_list(node)
        if node.name == "record":
            fields = [(name, self.build(part)) for name, part in node.named]
            return lambda frame: {name: part(frame) for name, part in fields}
        arguments = [self.build(argument) for argument in node.arguments if not isinstance(argument, Each)]
        if node.name == "default":
            value, instead = arguments
            return _or_else(value, instead)
        return self._plain_call(node, arguments)

    def _plain_call(self, node: syntax.Call, arguments: list[Closure]) -> Closure:
        function = FUNCTIONS[node.name]
        names = tuple(self.shown(argument) for argument in node.arguments)

        def run(frame: Frame) -> Any:
            values = [argument(frame) for argument in arguments]
            try:
                return function(frame, *values)
            except ExpressionFault as fault:
                raise _named(fault, names, values) from None

        return run

    def _over_list(self, node: syntax.Call) -> Closure:
        function = OVER_LISTS[node.name]
        (only, *others) = node.arguments
        if isinstance(only, Each):
            items = self.each(only)
            return lambda frame: function(frame, items(frame))
        if others:
            parts = [self.build(part) for part in node.arguments if not isinstance(part, Each)]
            names = [self.shown(part) for part in node.arguments]
            return lambda frame: function(
                frame, [_there(part(frame), name) for part, name in zip(parts, names, strict=True)]
            )
        source, name = self.build(only), self.shown(only)

        def run(frame: Frame) -> Any:
            found = elements(_there(source(frame), name), node.name)
            frame.spend(len(found) // 2)
            return function(frame, iter(found))

        return run

    def each(self, node: Each) -> Callable[[Frame], Iterator[Any]]:
        """The values of `body for name in source if test`, computed one at a time."""
        slot, weight, name = node.slot, node.weight, self.shown(node.source)
        self.slots = max(self.slots, slot + 1)
        source, body = self.build(node.source), self.build(node.body)
        test = self.condition(node.test) if node.test else None

        def run(frame: Frame) -> Iterator[Any]:
            for element in elements(_there(source(frame), name)):
                frame.spend(weight)
                frame.bound[slot] = element
                if test is None or test(frame):
                    yield body(frame)

        return run


def _or_else(value: Closure, instead: Closure) -> Closure:
    """The value, unless it is null; where data are open, a name that nobody has set counts as null here."""

    def run(frame: Frame) -> Any:
        try:
            found = value(frame)
        except ExpressionFault as fault:
            if fault.code != "unknown_name":
                raise
            found = None
        return instead(frame) if found is None else found

    return run


def _bound(slot: int) -> Closure:
    return lambda frame: frame.bound[slot]


def _global(root: str) -> Closure:
    def run(frame: Frame) -> Any:
        try:
            return frame.names[root]
        except KeyError:
            raise ExpressionFault("unknown_name", name=root) from None

    return run


def _with_fields(root: Closure, fields: tuple[str, ...]) -> Closure:
    """Look-ups in records, never attributes; a field of null is null, an absent field too."""

    def run(frame: Frame) -> Any:
        value = root(frame)
        for field in fields:
            if isinstance(value, dict):
                try:
                    value = value[field]
                except KeyError:
                    return None
            elif value is None:
                return None
            else:
                raise ExpressionFault("no_field", field=field, got=kind_of(value))
        return value

    return run


def _there(value: Any, name: str) -> Any:
    if value is None:
        raise ExpressionFault("null_value", name=name)
    return value


def _named(fault: ExpressionFault, names: tuple[str, ...], values: Any) -> ExpressionFault:
    """The fault itself; that of an empty value with the name of what is empty."""
    if fault.code == "null_value" and not fault.params.get("name"):
        empty = next((name for name, value in zip(names, values, strict=True) if value is None), names[0])
        return ExpressionFault("null_value", name=empty)
    return fault


_Comparer: TypeAlias = Callable[[Frame, Any, Any], bool]


def _compare(sign: str, left_name: str, right_name: str) -> _Comparer:
    if sign in ORDERS:
        return _ordering(sign, left_name, right_name)
    return _equality(sign == "==") if sign in {"==", "!="} else _membership(sign == "in", right_name)


def _ordering(sign: str, left_name: str, right_name: str) -> _Comparer:
    order = ORDERS[sign]

    def run(_: Frame, left: Any, right: Any) -> bool:
        if (type(left), type(right)) in ORDERED:
            return bool(order(left, right))
        raise unordered(sign, _there(left, left_name), _there(right, right_name))

    return run


def _equality(wanted: bool) -> _Comparer:
    def run(frame: Frame, left: Any, right: Any) -> bool:
        if isinstance(left, (list, dict)):
            frame.spend(cost_of(left))
        return same(left, right) is wanted

    return run


def _membership(wanted: bool, right_name: str) -> _Comparer:
    def run(frame: Frame, left: Any, right: Any) -> bool:
        items = elements(_there(right, right_name), "in")
        frame.spend(cost_of(items))
        return contains(items, left) is wanted

    return run


_BUILDERS: Mapping[type, Callable[[Compiler, Any], Closure]] = {
    syntax.Literal: Compiler.literal,
    syntax.Path: Compiler.path,
    syntax.Field: Compiler.field,
    syntax.Negation: Compiler.negation,
    syntax.Denial: Compiler.denial,
    syntax.Arithmetic: Compiler.arithmetic,
    syntax.Comparison: Compiler.comparison,
    syntax.Logic: Compiler.logic,
    syntax.Choice: Compiler.choice,
    syntax.Listing: Compiler.listing,
    syntax.Call: Compiler.call,
}
