"""What binds tightest in FEEL: literals, names, calls, paths, filters, lists, contexts, intervals (DMN 1.3 rules 4 to 69).

May import `reading`, `tree`, `moment`, `value` and `builtin`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable

from signoff.model.feel import tree
from signoff.model.feel.builtin import BUILTINS
from signoff.model.feel.moment import moment
from signoff.model.feel.reading import Reading

DEEPEST = 60
_FUNCTIONS = frozenset(BUILTINS)


class Atoms(ABC):
    """Reads the parts of an expression that no sign joins; what stands inside them is an expression again."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        self.reading = Reading(text, names, _FUNCTIONS)
        self.unknown: dict[str, int] = {}  # names that nothing in sight has, with their places
        self._filters = (
            0  # inside a filter entries of what is filtered are in sight, whatever they are called
        )

    @abstractmethod
    def expression(self) -> tree.Node:
        """An expression."""

    def postfix(self) -> tree.Node:
        reading, found = self.reading, self._primary()
        while True:
            if not reading.sees("..") and reading.takes("."):
                found = tree.Path(found, self.new_name())
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

    def new_name(self) -> str:
        name = self.reading.name()
        if name is None:
            self.reading.refuse()
        return name
