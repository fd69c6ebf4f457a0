"""The grammar of FEEL, read by descent (DMN 1.3 §10.3.1.2). May import `reading`, `tree`, `value`
and `builtin`.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from signoff.model.feel import tree
from signoff.model.feel.builtin import BUILTINS
from signoff.model.feel.moment import moment
from signoff.model.feel.reading import Reading

DEEPEST = 60
_FUNCTIONS = frozenset(BUILTINS)
_COMPARISONS = ("!=", "<=", ">=", "=", "<", ">")


class Parsed(NamedTuple):
    """A tree, and the names in it that nothing in sight has, with their offsets."""

    tree: tree.Node
    unknown: Mapping[str, int]


def expression(text: str, names: Iterable[str]) -> Parsed:
    """What an expression says. Raises UnsafeExpression with the place."""
    parser = Parser(text, names)
    return _whole(parser, parser.expression())


def tests(text: str, names: Iterable[str]) -> Parsed:
    """What unary tests say, as they stand in a cell (rule 17). Raises UnsafeExpression."""
    parser = Parser(text, (*names, "?"))
    return _whole(parser, parser.tests())


def _whole(parser: "Parser", found: tree.Node) -> Parsed:
    if not parser.reading.over:
        parser.reading.refuse()
    return Parsed(found, parser.unknown)


class Parser:
    """One text being read."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        self.reading = Reading(text, names, _FUNCTIONS)
        self.unknown: dict[str, int] = {}  # names that nothing in sight has, with their places
        self._depth = 0
        self._filters = (
            0  # inside a filter entries of what is filtered are in sight, whatever they are called
        )

    # unary tests ------------------------------------------------------------------------------------------

    def tests(self) -> tree.Node:
        reading = self.reading
        if reading.takes("-"):
            if reading.over:
                return tree.Anything()
            reading.at -= 1
        start = reading.at
        if reading.word("not") and reading.takes("("):
            inner = self._some_tests()
            if reading.takes(")") and reading.over:
                return tree.Not(inner)
            reading.at = start
        return tree.In(tree.Name("?"), self._some_tests())

    def _some_tests(self) -> tuple[tree.Node, ...]:
        found = [self._test()]
        while self.reading.takes(","):
            found.append(self._test())
        return tuple(found)

    def _test(self) -> tree.Node:
        if sign := self.reading.takes(*_COMPARISONS):
            return tree.Test(sign, self._sum())
        return tree.Test("", self.expression())

    # expressions, the loosest first -----------------------------------------------------------------------

    def expression(self) -> tree.Node:
        self._depth += 1
        if self._depth > DEEPEST:
            self.reading.refuse("feel_too_deep")
        try:
            return self._spoken() or self._either()
        finally:
            self._depth -= 1

    def _spoken(self) -> tree.Node | None:
        reading = self.reading
        if reading.word("if"):
            condition = self.expression()
            reading.needs_word("then")
            then = self.expression()
            reading.needs_word("else")
            return tree.If(condition, then, self.expression())
        for word, end in (("for", "return"), ("some", "satisfies"), ("every", "satisfies")):
            if reading.word(word):
                return self._each(word, end)
        return None

    def _each(self, word: str, end: str) -> tree.Node:
        reading = self.reading
        names, over = [], []
        before = reading.also(["partial"])
        while True:
            names.append(self._new_name())
            reading.needs_word("in")
            over.append(self._domain())
            reading.also(names)
            if not reading.takes(","):
                break
        reading.needs_word(end)
        body = self.expression()
        reading.only(before)
        return tree.Each(word, tuple(names), tuple(over), body)

    def _domain(self) -> tree.Node:
        first = self.expression()
        if not self.reading.takes(".."):
            return first
        return tree.Interval(first, self.expression(), with_low=True, with_high=True)

    def _new_name(self) -> str:
        name = self.reading.name()
        if name is None:
            self.reading.refuse()
        return name

    def _either(self) -> tree.Node:
        left = self._both()
        while self.reading.word("or"):
            left = tree.Binary("or", left, self._both())
        return left

    def _both(self) -> tree.Node:
        left = self._comparison()
        while self.reading.word("and"):
            left = tree.Binary("and", left, self._comparison())
        return left

    def _comparison(self) -> tree.Node:
        reading, left = self.reading, self._sum()
        while True:
            if sign := reading.takes(*_COMPARISONS):
                left = tree.Binary(sign, left, self._sum())
            elif reading.word("between"):
                low = self._sum()
                reading.needs_word("and")
                ends = tree.Interval(low, self._sum(), with_low=True, with_high=True)
                left = tree.In(left, (tree.Test("", ends),))
            elif reading.word("in"):
                left = tree.In(left, self._choices())
            else:
                return left

    def _choices(self) -> tuple[tree.Node, ...]:
        """After `in`: one test, or several in parentheses; `(1..5)` is an interval."""
        reading = self.reading
        start = reading.at
        if reading.takes("("):
            found = self._some_tests()
            if reading.takes(")"):
                return found
            reading.at = start
        if sign := reading.takes(*_COMPARISONS):
            return (tree.Test(sign, self._sum()),)
        return (tree.Test("", self._sum()),)

    def _sum(self) -> tree.Node:
        left = self._product()
        while sign := self._sign("+", "-"):
            left = tree.Binary(sign, left, self._product())
        return left

    def _product(self) -> tree.Node:
        left = self._power()
        while not self.reading.sees("**") and (sign := self._sign("*", "/")):
            left = tree.Binary(sign, left, self._power())
        return left

    def _power(self) -> tree.Node:
        left = self._signed()
        while self.reading.takes("**"):
            left = tree.Binary("**", left, self._signed())
        return left

    def _sign(self, *signs: str) -> str:
        return self.reading.takes(*signs)

    def _signed(self) -> tree.Node:
        if self.reading.takes("-"):
            self._depth += 1
            if self._depth > DEEPEST:
                self.reading.refuse("feel_too_deep")
            found = tree.Negative(self._signed())
            self._depth -= 1
            return found
        return self._typed()

    def _typed(self) -> tree.Node:
        found = self._postfix()
        if not self.reading.word("instance"):
            return found
        self.reading.needs_word("of")
        return tree.InstanceOf(found, self._type())

    def _type(self) -> str:
        """The name of a type; what stands in `<…>` is read over."""
        name = self.reading.until("<>(),[]{}=!+*;")
        name = name.split(" and ")[0] if name.split(" and ")[0] in _TYPES else name
        known = max((type_ for type_ in _TYPES if name.startswith(type_)), key=len, default="")
        if not known:
            self.reading.refuse()
        self.reading.at -= len(name) - len(known)
        if self.reading.takes("<"):
            self.reading.until(">")
            self.reading.needs(">")
        return known

    # what binds tightest ----------------------------------------------------------------------------------

    def _postfix(self) -> tree.Node:
        reading, found = self.reading, self._primary()
        while True:
            if not reading.sees("..") and reading.takes("."):
                found = tree.Path(found, self._new_name())
            elif self._calls(found):
                found = self._call(found)
            elif not reading.ends_open() and reading.takes("["):
                before = reading.also(["item"])
                self._filters += 1
                found = tree.Filter(found, self.expression())
                self._filters -= 1
                reading.only(before)
                reading.needs("]")
            else:
                return found

    def _calls(self, found: tree.Node) -> bool:
        return isinstance(found, tree.Name | tree.Path | tree.Call | tree.Lambda) and self.reading.sees("(")

    def _call(self, function: tree.Node) -> tree.Node:
        reading = self.reading
        reading.needs("(")
        names, arguments = [], []
        while not reading.takes(")"):
            if name := self._argument_name():
                names.append(name)
            arguments.append(self.expression())
            if not reading.sees(")"):
                reading.needs(",")
        if names and len(names) != len(arguments):
            reading.refuse()
        return tree.Call(function, tuple(arguments), tuple(names))

    def _argument_name(self) -> str:
        reading = self.reading
        start = reading.at
        name = reading.until(':,()[]{}"')
        if name and reading.sees(":"):
            reading.needs(":")
            return name
        reading.at = start
        return ""

    def _primary(self) -> tree.Node:
        reading = self.reading
        number = reading.number()
        if number is not None:
            return tree.Constant(number)
        text = reading.string()
        if text is not None:
            return tree.Constant(text)
        if reading.takes("@"):
            return self._literal_moment()
        if reading.takes("("):
            return self._parenthesis()
        if reading.takes("["):
            return self._bracket()
        if reading.takes("]"):
            return self._interval_from(self.expression(), with_low=False)
        if reading.takes("{"):
            return self._context()
        return self._named()

    def _named(self) -> tree.Node:
        reading = self.reading
        if not reading.knows("function") and reading.word("function"):
            return self._function()
        for word, value in (("true", True), ("false", False), ("null", None)):
            if reading.word(word):
                return tree.Constant(value)
        start = reading.at
        name = reading.name()
        if name is None:
            reading.refuse()
        if not self._filters and not reading.knows(name):
            self.unknown.setdefault(name, start)
        return tree.Name(name)

    def _literal_moment(self) -> tree.Node:
        text = self.reading.string()
        if text is None:
            self.reading.refuse()
        found = moment(text)
        if found is None:
            self.reading.refuse("feel_no_moment")
        return tree.Constant(found)

    def _parenthesis(self) -> tree.Node:
        inner = self.expression()
        if self.reading.sees(".."):
            return self._interval_from(inner, with_low=False)
        self.reading.needs(")")
        return inner

    def _bracket(self) -> tree.Node:
        reading = self.reading
        if reading.takes("]"):
            return tree.Listing(())
        items = [self.expression()]
        if reading.sees(".."):
            return self._interval_from(items[0], with_low=True)
        while reading.takes(","):
            items.append(self.expression())
        reading.needs("]")
        return tree.Listing(tuple(items))

    def _interval_from(self, low: tree.Node, *, with_low: bool) -> tree.Node:
        reading = self.reading
        reading.needs("..")
        high = self.expression()
        end = reading.takes("]", ")", "[")
        if not end:
            reading.refuse()
        return tree.Interval(low, high, with_low, end == "]")

    def _context(self) -> tree.Node:
        reading = self.reading
        entries: list[tuple[str, tree.Node]] = []
        before = reading.also(())
        while not reading.takes("}"):
            key = reading.string()
            name = key if key is not None else reading.until(":,{}[]()")
            reading.needs(":")
            entries.append((name, self.expression()))
            reading.also([name])
            if not reading.sees("}"):
                reading.needs(",")
        reading.only(before | frozenset(name for name, _ in entries))
        return tree.Entries(tuple(entries))

    def _function(self) -> tree.Node:
        reading = self.reading
        reading.needs("(")
        names = []
        while not reading.takes(")"):
            names.append(reading.until(":,)"))
            if reading.takes(":"):
                reading.until(",)")
            if not reading.sees(")"):
                reading.needs(",")
        if reading.word("external"):
            reading.refuse("feel_external")
        before = reading.also(names)
        body = self.expression()
        reading.only(before)
        return tree.Lambda(tuple(names), body)


_TYPES = (
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
    "day time duration",
    "year month duration",
    "list",
    "context",
    "function",
    "range",
    "Any",
    "null",
)
