"""JUEL, the unified expression language of the Java engines, into signoff's: `${amount > 5000 && !urgent}`.

Beans and their methods are code of somebody else's: they are refused, never guessed. May import its siblings.
"""

import re
from collections.abc import Callable, Mapping
from typing import ClassVar

from signoff.notation.dialect import piece as p
from signoff.notation.dialect.descent import Descent
from signoff.notation.dialect.piece import Piece
from signoff.notation.dialect.token import Untranslatable

_TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<number>[0-9]+(?:\.[0-9]+)?)(?![\w])
      | (?P<name>[^\W\d]\w*)
      | (?P<sign>==|!=|<=|>=|&&|\|\||[-+*/%<>!?:().,\[\]])""",
    re.VERBOSE | re.DOTALL,
)
_EQUAL = {"==": "==", "eq": "==", "!=": "!=", "ne": "!="}
_ORDER = {"<": "<", "lt": "<", "<=": "<=", "le": "<=", ">": ">", "gt": ">", ">=": ">=", "ge": ">="}
_START = re.compile(r"[$#]\{")
_IN_BRACES = re.compile(r"""(?:[^{}'"]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")*""", re.DOTALL)
_COMPARING = {"equals": "==", "eq": "==", "notEquals": "!=", "ne": "!=", "lowerThan": "<", "lt": "<"}
_COMPARING |= {"lowerThanOrEquals": "<=", "lte": "<=", "greaterThan": ">", "gt": ">"}
_COMPARING |= {"greaterThanOrEquals": ">=", "gte": ">="}


def is_template(text: str) -> bool:
    """Whether a text has anything to evaluate in it."""
    return _START.search(text) is not None


def translate(text: str) -> str:
    """The one expression that a text is: with or without `${…}` around it. Raises Untranslatable."""
    found = _parts(text.strip())
    if len(found) == 1 and found[0][1]:
        return _read(found[0][0], text.index(found[0][0])).text
    if not is_template(text):
        return _read(text.strip(), 0).text
    return template(text)


def template(text: str) -> str:
    """A text with expressions in it: `Order ${id}` as `'Order ' + text(id)`. Raises Untranslatable."""
    pieces: list[Piece] = []
    parts = _parts(text)
    for part, is_expression in parts:
        if is_expression:
            one = _read(part, text.index(part))
            pieces.append(one if len(parts) == 1 else p.call("text", one))
        else:
            pieces.append(_literal(part, text.index(part)))
    if not pieces:
        return "''"
    return " + ".join(one.within(p.SUM) for one in pieces)


def _parts(text: str) -> list[tuple[str, bool]]:
    """The text cut into what is said and what is computed."""
    found: list[tuple[str, bool]] = []
    at = 0
    while start := _START.search(text, at):
        if start.start() > at:
            found.append((text[at : start.start()], False))
        inside = _IN_BRACES.match(text, start.end())
        assert inside is not None, "an empty match is a match"
        if text[inside.end() : inside.end() + 1] != "}":
            raise Untranslatable("unreadable", text[start.start() :][:40], start.start())
        found.append((inside.group(), True))
        at = inside.end() + 1
    if at < len(text):
        found.append((text[at:], False))
    return found


def _literal(text: str, at: int) -> Piece:
    found = p.quoted(text)
    if found is None:
        raise Untranslatable("escapes", text[:40], at)
    return found


def _read(text: str, at: int) -> Piece:
    try:
        return _Juel(text, _TOKEN).expression()
    except Untranslatable as error:
        error.offset += at
        raise


class _Juel(Descent):
    """The grammar of JUEL."""

    products: ClassVar[Mapping[str, str]] = {"*": "*", "/": "/", "div": "/"}

    def any(self) -> Piece:
        self.cursor.enter()
        test = self._or()
        if self.cursor.take("?"):
            then = self.any()
            self.cursor.need(":")
            test = p.choice(test, then, self.any())
        self.cursor.leave()
        return test

    def _or(self) -> Piece:
        return self.series(self._and, "or", "||", "or")

    def _and(self) -> Piece:
        return self.series(self._equality, "and", "&&", "and")

    def _equality(self) -> Piece:
        return self._compared(self._order, _EQUAL)

    def _order(self) -> Piece:
        return self._compared(self.sum, _ORDER)

    def _compared(self, part: Callable[[], Piece], signs: dict[str, str]) -> Piece:
        left = part()
        while sign := self.cursor.take(*signs):
            left = p.comparison(left, signs[sign], part())
        return left

    def over(self) -> None:
        if self.cursor.token.value in {"%", "mod"} and self.cursor.token.kind != "text":
            self.cursor.stop("modulo")

    def unary(self) -> Piece:
        self.cursor.enter()
        if self.cursor.take("!", "not"):
            found = p.denial(self.unary())
        elif self.cursor.take("-"):
            found = p.minus(self.unary())
        elif self.cursor.take("empty"):
            found = p.denial(p.call("filled", self.unary()))
        else:
            found = self._value()
        self.cursor.leave()
        return found

    def _value(self) -> Piece:
        found = self._primary()
        while True:
            if self.cursor.take("."):
                found = self._member(found)
            elif self.cursor.take("["):
                found = self._index(found)
            else:
                return found

    def _member(self, of: Piece) -> Piece:
        name = self.cursor.name()
        if self.cursor.take("("):
            return self._method(of, name, self.until(")"))
        if of.text == "execution":  # what the engine knows of itself, and no variable
            self.cursor.stop("method", f"execution.{name}")
        return self.field(of, name)

    def _index(self, of: Piece) -> Piece:
        token = self.cursor.token
        if token.kind == "text" and (name := p.unquoted(token.value)).isidentifier():
            self.cursor.next()
            self.cursor.need("]")
            return self.field(of, name)
        number = self.any()
        self.cursor.need("]")
        place = str(int(number.text) + 1) if number.text.isdecimal() else f"{number.within(p.SUM)} + 1"
        return p.call("nth", of, Piece(place, p.SUM))

    def _primary(self) -> Piece:
        token = self.cursor.next()
        if token.kind == "number":
            return p.number(token.value)
        if token.kind == "text":
            return _literal(p.unquoted(token.value), token.at)
        if token.kind == "name":
            return self._name(token.value)
        if token.value == "(":
            return self.bracketed()
        self.cursor.at -= 1
        return self.cursor.stop("unreadable")

    def _name(self, name: str) -> Piece:
        is_function = self.cursor.token.value == ":" and self.cursor.ahead(2).value == "("
        if is_function and self.cursor.ahead().kind == "name":
            self.cursor.next()
            return self._function(name, self.cursor.name())
        if self.cursor.take("("):
            self.cursor.stop("function", f"{name}()")
        return Piece(name)

    def _function(self, family: str, name: str) -> Piece:
        """`vars:equals(name, value)` and its like: the variable functions of Flowable."""
        self.cursor.need("(")
        arguments = self.until(")")
        if family in {"vars", "variables", "var"} and arguments:
            first = _perhaps(Piece(arguments[0].text.strip("'\"")))
            if name in _COMPARING and len(arguments) == 2:
                return p.comparison(first, _COMPARING[name], arguments[1])
            if name == "get" and len(arguments) == 1:
                return first
            if name == "getOrDefault" and len(arguments) == 2:
                return p.call("default", Piece(arguments[0].text.strip("'\"")), arguments[1])
            if name in {"empty", "isEmpty", "notEmpty", "isNotEmpty"} and len(arguments) == 1:
                filled = p.call("filled", first)
                return filled if "not" in name.lower() else p.denial(filled)
        return self.cursor.stop("function", f"{family}:{name}()")

    def _method(self, of: Piece, name: str, arguments: list[Piece]) -> Piece:
        if of.text == "execution" and name in {"getVariable", "hasVariable"} and len(arguments) == 1:
            variable = arguments[0].text.strip("'\"")
            if variable.isidentifier():
                held = _perhaps(Piece(variable))
                return held if name == "getVariable" else p.comparison(held, "!=", Piece("null"))
        known = _METHODS.get((name, len(arguments)))
        is_text = of.text[:1] in {"'", '"'} and name in _OF_TEXT
        if known is None or not (of.is_path or is_text) or of.text == "execution":
            self.cursor.stop("method", f"{of.text}.{name}()")
        found = known(of, *arguments)
        if found is None:
            self.cursor.stop("method", f"{of.text}.{name}()")
        return found


def _perhaps(variable: Piece) -> Piece:
    """A variable that need not be there: nothing then."""
    return p.call("default", variable, Piece("null"))


def _of_list_or_map(of: Piece, key: Piece) -> Piece | None:
    """`list.get(0)` counts from nought; `map.get('key')` is null where there is no such key."""
    if key.text.isdecimal():
        return p.call("nth", of, Piece(str(int(key.text) + 1)))
    return p.field_or_null(of, key)


def _ignoring_case(of: Piece, what: Piece) -> Piece:
    return p.comparison(p.call("lower", of), "==", p.call("lower", what))


_OF_TEXT = frozenset({"equals", "equalsIgnoreCase"})  # may be asked of a text that is written out
_METHODS: dict[tuple[str, int], Callable[..., Piece | None]] = {
    ("equals", 1): lambda of, what: p.comparison(of, "==", what),
    ("equalsIgnoreCase", 1): _ignoring_case,
    ("get", 1): _of_list_or_map,
    ("isEmpty", 0): lambda of: p.denial(p.call("filled", of)),
    ("size", 0): lambda of: p.call("length", of),
    ("length", 0): lambda of: p.call("length", of),
    ("toLowerCase", 0): lambda of: p.call("lower", of),
    ("trim", 0): lambda of: p.call("trim", of),
    ("startsWith", 1): p.like("", "*"),
    ("endsWith", 1): p.like("*", ""),
}
