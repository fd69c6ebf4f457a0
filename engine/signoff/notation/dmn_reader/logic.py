"""Decision tables and boxed expressions (DMN 1.3 chapter 8, §7.3). May import model, `context` and `types`."""

from collections.abc import Iterable

from signoff.model.decision import (
    Aggregator,
    DecisionTable,
    Entries,
    HitPolicy,
    Input,
    Invocation,
    Literal,
    Output,
    Procedure,
    Rule,
    Series,
    Sheet,
)
from signoff.model.decision.boxed import Logic
from signoff.model.feel import Feel, UnaryTests
from signoff.notation.dmn_reader.context import Context, kid, kids, name_of
from signoff.notation.dmn_reader.types import Types
from signoff.notation.xml.element import Element

FORMS = (
    "decisionTable", "literalExpression", "context", "invocation", "functionDefinition", "relation", "list",
    "conditional", "for", "some", "every", "filter",
)  # fmt: skip
_POLICIES = {
    "UNIQUE": HitPolicy.UNIQUE,
    "ANY": HitPolicy.ANY,
    "PRIORITY": HitPolicy.PRIORITY,
    "FIRST": HitPolicy.FIRST,
    "RULE ORDER": HitPolicy.RULE_ORDER,
    "OUTPUT ORDER": HitPolicy.OUTPUT_ORDER,
    "COLLECT": HitPolicy.COLLECT,
}
_AGGREGATORS = {each.name: each for each in Aggregator}
_LITERAL = Literal(Feel("null"))


class Logics:
    """Reads the logic of decisions."""

    def __init__(self, context: Context, types: Types) -> None:
        self._context = context
        self._types = types

    def inside(self, element: Element, names: Iterable[str]) -> Logic | None:
        """The logic that stands in an element, if there is any."""
        found = kid(element, *FORMS)
        return self.logic(found, frozenset(names)) if found is not None else None

    def logic(self, element: Element, names: frozenset[str]) -> Logic:
        match element.name:
            case "decisionTable":
                return self._table(element, names)
            case "literalExpression":
                return self._literal(element, names)
            case "context":
                return self._entries(element, names)
            case "invocation":
                return self._invocation(element, names)
            case "functionDefinition":
                return self.procedure(element, names)
            case "relation":
                return self._sheet(element, names)
            case "list":
                return Series(tuple(self.logic(item, names) for item in kids(element, *FORMS)))
        self._context.report.refuse("dmn_not_run", element)
        return _LITERAL

    # boxed ------------------------------------------------------------------------------------------------

    def _literal(self, element: Element, names: frozenset[str]) -> Logic:
        if kid(element, "importedValues") is not None:
            self._context.report.refuse("dmn_not_run", element)
            return _LITERAL
        return Literal(self._context.expression(element, names))

    def _entries(self, element: Element, names: frozenset[str]) -> Logic:
        items: list[tuple[str, Logic]] = []
        for entry in kids(element, "contextEntry"):
            variable = kid(entry, "variable")
            logic = self.inside(entry, names) or _LITERAL
            if variable is None:
                return Entries(tuple(items), logic)
            items.append((name_of(variable), logic))
            names |= {name_of(variable)}
        return Entries(tuple(items))

    def _invocation(self, element: Element, names: frozenset[str]) -> Logic:
        called = kid(element, "literalExpression")
        bindings: list[tuple[str, Logic]] = []
        for binding in kids(element, "binding"):
            parameter = kid(binding, "parameter")
            if parameter is not None:
                bindings.append((name_of(parameter), self.inside(binding, names) or _LITERAL))
        function = self._context.expression(called, names) if called is not None else Feel("null")
        return Invocation(function, tuple(bindings))

    def procedure(self, element: Element, names: frozenset[str]) -> Procedure:
        """A function definition; one in Java or PMML is refused."""
        if element.get("kind", "FEEL") != "FEEL":
            self._context.report.refuse("dmn_external", element, language=element.get("kind"))
            return Procedure((), _LITERAL)
        parameters = tuple((name_of(p), self._types.of(p)) for p in kids(element, "formalParameter"))
        body = self.inside(element, names | {name for name, _ in parameters}) or _LITERAL
        return Procedure(parameters, body, self._types.of(element))

    def _sheet(self, element: Element, names: frozenset[str]) -> Logic:
        columns = tuple(name_of(column) for column in kids(element, "column"))
        rows = [tuple(self.logic(cell, names) for cell in kids(row, *FORMS)) for row in kids(element, "row")]
        for row, cells in zip(kids(element, "row"), rows, strict=True):
            self._counted(row, len(cells), len(columns))
        return Sheet(columns, tuple(row for row in rows if len(row) == len(columns)))

    # tables -----------------------------------------------------------------------------------------------

    def _table(self, element: Element, names: frozenset[str]) -> Logic:
        inputs = tuple(self._input(column, names) for column in kids(element, "input"))
        outputs = tuple(self._output(column, names) for column in kids(element, "output"))
        rules = tuple(self._rule(row, names, len(inputs), len(outputs)) for row in kids(element, "rule"))
        policy, aggregator = self._policy(element, len(outputs), outputs)
        if not outputs:
            self._context.report.refuse("dmn_no_output", element)
        return DecisionTable(inputs, outputs, rules, policy, aggregator)

    def _policy(
        self, element: Element, count: int, outputs: tuple[Output, ...]
    ) -> tuple[HitPolicy, Aggregator | None]:
        said, how = element.get("hitPolicy", "UNIQUE"), element.get("aggregation")
        policy = _POLICIES.get(said)
        if policy is None:
            self._context.report.refuse("dmn_hit_policy", element, said=said)
            return HitPolicy.UNIQUE, None
        if how and (
            how not in _AGGREGATORS or policy is not HitPolicy.COLLECT or (count > 1 and how != "COUNT")
        ):
            self._context.report.refuse("dmn_aggregation", element, said=how, policy=said)
        if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER) and not any(o.order for o in outputs):
            self._context.report.refuse("dmn_no_order", element, policy=said)
        return policy, _AGGREGATORS.get(how)

    def _input(self, column: Element, names: frozenset[str]) -> Input:
        said, allowed = kid(column, "inputExpression"), kid(column, "inputValues")
        if said is None:
            self._context.report.refuse("dmn_no_input", column)
        return Input(
            self._context.variable(said, names) if said is not None else Feel("null"),
            column.get("label"),
            self._values(allowed, names),
        )

    def _values(self, element: Element | None, names: frozenset[str]) -> UnaryTests | None:
        if element is None or not (text := kid(element, "text")) or not text.text.strip():
            return None
        return self._context.tests(element, names)

    def _output(self, column: Element, names: frozenset[str]) -> Output:
        values, default = kid(column, "outputValues"), kid(column, "defaultOutputEntry")
        order = self._order(values, names)
        return Output(
            name_of(column),
            self._types.of(column),
            order,
            self._context.expression(default, names) if default is not None else None,
        )

    def _order(self, values: Element | None, names: frozenset[str]) -> Feel | None:
        """The values of an output as a list, the most important first; a range is in no order."""
        text = kid(values, "text") if values is not None else None
        if values is None or text is None or not text.text.strip():
            return None
        return self._context.expression(values, names, f"[{text.text.strip()}]")

    def _rule(self, row: Element, names: frozenset[str], tests: int, results: int) -> Rule:
        cells, entries = kids(row, "inputEntry"), kids(row, "outputEntry")
        self._counted(row, len(cells), tests)
        self._counted(row, len(entries), results)
        return Rule(
            tuple(self._context.tests(cell, names) for cell in cells),
            tuple(self._context.expression(entry, names) for entry in entries),
        )

    def _counted(self, element: Element, found: int, wanted: int) -> None:
        if found != wanted:
            self._context.report.refuse("dmn_cells", element, found=found, wanted=wanted)
