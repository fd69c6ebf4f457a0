"""The grammar of FEEL, read by descent (DMN 1.3 §10.3.1.2). May import `atoms` and `tree`."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from signoff.model.feel import tree
from signoff.model.feel.atoms import DEEPEST, Atoms

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


class Parser(Atoms):
    """One text being read."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        super().__init__(text, names)
        self._depth = 0

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
            names.append(self.new_name())
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
        found = self.postfix()
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
