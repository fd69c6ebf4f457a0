"""FEEL, the expression language of DMN and of Zeebe, into signoff's: `= amount > 5000 and not(urgent)`.

Names without blanks only; what has no counterpart here is refused with its place. May import its siblings.
"""

import re
from collections.abc import Callable

from signoff.notation.dialect import piece as p
from signoff.notation.dialect.descent import Descent
from signoff.notation.dialect.piece import Piece
from signoff.notation.dialect.token import Untranslatable

#: Functions whose names have blanks: read as one name, whether they have a counterpart or not.
_PHRASES = (
    "string length|lower case|upper case|starts with|ends with|substring before|substring after|list contains|list replace"
    "|is defined|is empty|is blank|get or else|get value|get entries|context put|context merge|index of|insert before"
    "|distinct values|duplicate values|date and time|years and months duration|day of week|day of year|month of year"
    "|week of year|last day of month|round up|round down|round half up|round half down"
)
_TOKEN = re.compile(
    rf"""(?P<text>"(?:[^"\\]|\\.)*")
      | (?P<number>[0-9]*\.?[0-9]+)(?![\w])
      | (?P<name>(?:{_PHRASES.replace(" ", "[ ]+")})(?=\s*\()|[^\W\d]\w*)
      | (?P<sign>\*\*|\.\.|!=|<=|>=|[-+*/<>=().,\[\]{{}}:@])""",
    re.VERBOSE | re.DOTALL,
)
_SIGNS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def translate(text: str) -> str:
    """The expression, without or with the equals sign that Zeebe puts before it. Raises Untranslatable."""
    plain = text.strip()
    shift = text.index(plain) if plain else 0
    if plain.startswith("="):
        shift += 1
        plain = plain[1:]
    try:
        return _Feel(plain, _TOKEN).expression().text
    except Untranslatable as error:
        error.offset += shift
        raise


class _Feel(Descent):
    """The grammar of FEEL (DMN 1.3 §10.3.1.2)."""

    def any(self) -> Piece:
        self.cursor.enter()
        if self.cursor.take("if"):
            found = self._choice()
        elif word := self.cursor.take("some", "every"):
            found = self._quantified("any" if word == "some" else "all")
        elif self.cursor.token.kind == "name" and self.cursor.token.value in {"for", "function"}:
            self.cursor.stop("loop")
        else:
            found = self._or()
        self.cursor.leave()
        return found

    def _choice(self) -> Piece:
        test = self.any()
        self.cursor.need("then")
        then = self.any()
        self.cursor.need("else")
        return p.choice(test, then, self.any())

    def _quantified(self, function: str) -> Piece:
        name = self.cursor.name()
        self.cursor.need("in")
        source = self._or()
        self.cursor.need("satisfies")
        body = self.any()
        return Piece(f"{function}({body.within(p.OR)} for {name} in {source.within(p.OR)})")

    def _or(self) -> Piece:
        return self.series(self._and, "or", "or")

    def _and(self) -> Piece:
        return self.series(self._comparison, "and", "and")

    def _comparison(self) -> Piece:
        left = self.sum()
        if sign := self.cursor.take(*_SIGNS):
            return p.comparison(left, _SIGNS[sign], self.sum())
        if self.cursor.take("between"):
            low = self.sum()
            self.cursor.need("and")
            return _between(left, low, "<=", self.sum(), "<=")
        if self.cursor.take("in"):
            return self._member(left)
        if self.cursor.token.kind == "name" and self.cursor.token.value == "instance":
            self.cursor.stop("type_test")
        return left

    def _member(self, left: Piece) -> Piece:
        """`x in [1..5]`, `x in ("a", "b")`, `x in list`."""
        opening = self.cursor.token.value
        if self.cursor.token.kind == "sign" and opening in {"[", "("}:
            self.cursor.next()
            first = self.any()
            if self.cursor.take(".."):
                last = self.any()
                below = "<=" if self.cursor.take("]") else "<"
                if below == "<":
                    self.cursor.need(")")
                return _between(left, first, "<=" if opening == "[" else "<", last, below)
            items = [first]
            while self.cursor.take(","):
                items.append(self.any())
            self.cursor.need("]" if opening == "[" else ")")
            return p.comparison(left, "in", p.listing(items))
        return p.comparison(left, "in", self.sum())

    def over(self) -> None:
        if self.cursor.token.value == "**":
            self.cursor.stop("power")

    def unary(self) -> Piece:
        self.cursor.enter()
        found = p.minus(self.unary()) if self.cursor.take("-") else self._postfix()
        self.cursor.leave()
        return found

    def _postfix(self) -> Piece:
        found = self._primary()
        while True:
            if self.cursor.take("."):
                found = self.field(found, self.cursor.name())
            elif self.cursor.take("["):
                found = self._index(found)
            else:
                return found

    def _index(self, of: Piece) -> Piece:
        number = self.any()
        self.cursor.need("]")
        if not number.text.isdecimal():
            self.cursor.stop("filter", f"[{number.text}]")
        return p.call("nth", of, number)

    def _primary(self) -> Piece:
        token = self.cursor.next()
        if token.kind == "number":
            return p.number(token.value)
        if token.kind == "text":
            return self._text(token.value)
        if token.kind == "name":
            return self._call(" ".join(token.value.split())) if self.cursor.take("(") else Piece(token.value)
        if token.value == "(":
            return self.bracketed()
        if token.value == "[":
            return p.listing(self.until("]"))
        if token.value == "{":
            return self._context()
        if token.value == "@" and self.cursor.token.kind == "text":
            return self._instant(p.unquoted(self.cursor.next().value))
        self.cursor.at -= 1
        return self.cursor.stop("unreadable")

    def _text(self, token: str) -> Piece:
        found = p.quoted(p.unquoted(token))
        if found is None:
            self.cursor.stop("escapes", token)
        return found

    def _context(self) -> Piece:
        fields: list[str] = []
        while not self.cursor.take("}"):
            if fields:
                self.cursor.need(",")
            token = self.cursor.next()
            name = p.unquoted(token.value) if token.kind == "text" else token.value
            if not name.isidentifier():
                self.cursor.stop("unreadable", name)
            self.cursor.need(":")
            fields.append(f"{name}={self.any().text}")
        return Piece(f"record({', '.join(fields)})")

    def _call(self, name: str) -> Piece:
        arguments = self.until(")")
        build = _FUNCTIONS.get((name, len(arguments)))
        found = build(*arguments) if build else None
        if found is None and name in {"min", "max", "sum", "count"} and len(arguments) > 1:
            found = p.call(name, p.listing(arguments))
        if found is None:
            self.cursor.stop("function", f"{name}()")
        return found

    def _instant(self, text: str) -> Piece:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return p.call("date", Piece(f"'{text}'"))
        return self._length(text)

    def _length(self, text: str) -> Piece:
        found = _length(text)
        if found is None:
            self.cursor.stop("escapes", text)
        return found


def _between(value: Piece, low: Piece, above: str, high: Piece, below: str) -> Piece:
    text = f"{low.within(p.SUM)} {above} {value.within(p.SUM)} {below} {high.within(p.SUM)}"
    return Piece(text, p.COMPARISON)


_LENGTH = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


def _length(text: str) -> Piece | None:
    """A duration in days, hours and minutes."""
    found = _LENGTH.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    names = ("days", "hours", "minutes")
    parts = [f"{name}({number})" for name, number in zip(names, found.groups(), strict=True) if number]
    return Piece(" + ".join(parts), p.ATOM if len(parts) == 1 else p.SUM)


def _duration(text: Piece) -> Piece | None:
    return _length(text.text[1:-1])


def _same(name: str) -> Callable[..., Piece]:
    return lambda *arguments: p.call(name, *arguments)


_FUNCTIONS: dict[tuple[str, int], Callable[..., Piece | None]] = {
    ("not", 1): p.denial,
    ("count", 1): _same("count"),
    ("sum", 1): _same("sum"),
    ("min", 1): _same("min"),
    ("max", 1): _same("max"),
    ("all", 1): _same("all"),
    ("any", 1): _same("any"),
    ("abs", 1): _same("abs"),
    ("floor", 1): _same("floor"),
    ("ceiling", 1): _same("ceil"),
    ("string length", 1): _same("length"),
    ("lower case", 1): _same("lower"),
    ("trim", 1): _same("trim"),
    ("string", 1): _same("text"),
    ("number", 1): _same("number"),
    ("now", 0): _same("now"),
    ("today", 0): _same("today"),
    ("date", 1): _same("date"),
    ("duration", 1): _duration,
    ("append", 2): _same("append"),
    ("year", 1): _same("year"),
    ("month", 1): _same("month"),
    ("day", 1): _same("day"),
    ("get or else", 2): _same("default"),
    ("get value", 2): p.field_or_null,
    ("is empty", 1): lambda items: p.comparison(p.call("count", items), "==", Piece("0")),
    ("list contains", 2): lambda items, item: p.comparison(item, "in", items),
    ("is defined", 1): lambda value: p.comparison(
        p.call("default", value, Piece("null")), "!=", Piece("null")
    ),
    ("contains", 2): p.like("*", "*"),
    ("starts with", 2): p.like("", "*"),
    ("ends with", 2): p.like("*", ""),
}
