"""The grammar of expressions: text in, a checked syntax tree out, or UnsafeExpression.

The text is cut into tokens of our own alphabet first; Python's parser then sees only signs, keywords and
placeholders, never anything the author wrote, and only for the precedence of the operators. Every node is
checked against a list of what is allowed. Nothing is compiled or evaluated. Must import nothing of signoff but
`errors` and `model.syntax`.
"""

import ast
import keyword
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from signoff.errors import UnsafeExpression
from signoff.model import syntax
from signoff.model.syntax import Node

LONGEST = 2_000  # characters
MOST_PARTS = 300
DEEPEST = 25
MOST_DIGITS = 28

_KEYWORDS = frozenset({"and", "or", "not", "in", "if", "else", "for"})
_CONSTANTS = {"true": True, "false": False, "null": None}
_GIVEN = "starter started_at process_key result slack position round_no finished total_count"
RESERVED = frozenset({*keyword.kwlist, *_CONSTANTS, *_GIVEN.split()})
_SIGNS = {"≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/", "−": "-"}
_MEANINGFUL = ("<super>", "<sub>", "<fraction>", "<circle>", "<square>")
_TOKEN = re.compile(
    r"""(?P<text>'[^'\\\r\n]*'|"[^"\\\r\n]*")
      | (?P<number>[0-9]+(?:\.[0-9]+)?)(?![\w.])
      | (?P<sign>==|!=|<=|>=|(?:\*\*|//)|[-+*/<>().,=\[\]])""",
    re.VERBOSE,
)
GENERATORS = frozenset({"all", "any", "count", "sum", "min", "max", "unique", "first"})
_ONE = (
    "all any count sum unique first filled abs floor ceil length lower trim text number date year month day "
    "weekday days hours minutes working_day document verdict done_at done_by"
)
_TWO = "default like months_after working_days add_working_days meets member append nth"
#: How many arguments a function takes: least, most (None: any number).
ARGUMENTS: dict[str, tuple[int, int | None]] = {
    **dict.fromkeys(_ONE.split(), (1, 1)),
    **dict.fromkeys(_TWO.split(), (2, 2)),
    **dict.fromkeys(("today", "now", "record"), (0, 0)),
    "round": (1, 2),
    "min": (1, None),
    "max": (1, None),
}
#: Functions whose argument must be an id in quotes, so that it can be checked before anything runs.
NAMING = frozenset({"document", "verdict", "done_at", "done_by"})


def may_name(name: str) -> bool:
    """Whether data may be called so: an identifier that is no word of the language (N03)."""
    plain = unicodedata.normalize("NFKC", name)
    return plain.isidentifier() and plain[0] != "_" and plain not in RESERVED


def composed(text: str) -> str:
    """The form of a text that places are counted in."""
    return unicodedata.normalize("NFC", text)


def parse(text: str) -> Node:
    """The syntax tree of an expression; raises UnsafeExpression (code, offset, text) and nothing else.

    Places are counted in the composed form of the text.
    """
    text = composed(text)
    tokens = _Scanner(text).scan()
    source = "".join(token.placeholder for token in tokens)
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None) or 1
        index = min(max(column - 1, 0) // _WIDTH, len(tokens) - 1)
        raise UnsafeExpression("unreadable_expression", offset=tokens[index].start, text=text) from None
    return _Reader(text, tokens).node(tree, {}, 1)


_WIDTH = 8  # every token is padded to so many columns, so a column says which token it is


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    value: syntax.Written
    start: int
    end: int
    placeholder: str


class _Scanner:
    """Cuts a text into tokens; plain forms of full-width signs and letters, except inside quotes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[_Token] = []
        self.depth = 0

    def refuse(self, code: str, offset: int, **params: object) -> NoReturn:
        raise UnsafeExpression(code, offset=offset, text=self.text, **params)

    def scan(self) -> list[_Token]:
        if len(self.text) > LONGEST:
            self.refuse("expression_too_long", LONGEST, most=LONGEST)
        plain, places = self._plain()
        at = 0
        while at < len(plain):
            if plain[at].isspace():
                at += 1
                continue
            kind, word = self._next(plain, at) or self._unknown(plain, at, places[at])
            self._take(kind, word, places[at], places[at + len(word) - 1] + 1)
            at += len(word)
        if not self.tokens:
            self.refuse("empty_expression", 0)
        return self.tokens

    def _plain(self) -> tuple[str, list[int]]:
        """The text in plain forms, and for each of its characters where it came from."""
        out: list[str] = []
        places: list[int] = []
        quote = ""
        for place, char in enumerate(self.text):
            shown = char if quote else self._plain_char(char)
            if quote and char == quote:
                shown, quote = unicodedata.normalize("NFKC", char), ""
            elif not quote and shown in {"'", '"'}:
                quote = char
            out.append(shown)
            places.extend([place] * len(shown))
        return "".join(out), places

    @staticmethod
    def _plain_char(char: str) -> str:
        """5² must not read as 52: only width, font and the like are taken off."""
        if unicodedata.decomposition(char).startswith(_MEANINGFUL):
            return char
        return _SIGNS.get(char) or unicodedata.normalize("NFKC", char)

    @staticmethod
    def _next(plain: str, at: int) -> tuple[str, str] | None:
        if plain[at].isidentifier() and plain[at] != "_":
            end = at + 1
            while end < len(plain) and ("a" + plain[end]).isidentifier():
                end += 1
            return "name", plain[at:end]
        match = _TOKEN.match(plain, at)
        return (str(match.lastgroup), match.group()) if match else None

    def _unknown(self, plain: str, at: int, place: int) -> NoReturn:
        code = "unreadable_number" if plain[at].isdigit() else "unknown_sign"
        if plain[at] in {"'", '"'}:
            code = "unclosed_text"
        self.refuse(code, place, sign=plain[at])

    def _take(self, kind: str, word: str, start: int, end: int) -> None:
        if self.tokens and kind in {"text", "name"}:
            last = self.tokens[-1]
            if kind == "text" and (last.kind == "text" or (last.kind == "name" and last.end == start)):
                self.refuse("unreadable_expression", start)
        value, placeholder = getattr(self, "_" + kind)(word, start)
        if kind == "name" and placeholder.strip() == value:
            kind = "keyword"
        self.tokens.append(_Token(kind, value, start, end, placeholder.ljust(_WIDTH)))

    def _text(self, word: str, start: int) -> tuple[str, str]:
        value = word[1:-1]
        if any(unicodedata.category(char) in {"Cc", "Cs"} for char in value):
            self.refuse("unknown_sign", start, sign="\\")
        return unicodedata.normalize("NFC", value), str(len(self.tokens) + 1)

    def _number(self, word: str, start: int) -> tuple[int | Decimal, str]:
        digits = word.replace(".", "")
        if len(digits) > MOST_DIGITS or (len(word) > 1 and word[0] == "0" and word[1] != "."):
            self.refuse("unreadable_number", start, sign=word[:MOST_DIGITS])
        return (Decimal(word) if "." in word else int(word)), str(len(self.tokens) + 1)

    def _name(self, word: str, start: int) -> tuple[str, str]:
        name = unicodedata.normalize("NFKC", word)
        if name in _KEYWORDS:
            return name, name
        if keyword.iskeyword(name):
            self.refuse("unsafe_word", start, word=name)
        return name, f"n{len(self.tokens)}"

    def _sign(self, word: str, start: int) -> tuple[str, str]:
        if word in {"**", "//"}:
            self.refuse("unsafe_part", start, part=word)
        self.depth += (word in {"(", "["}) - (word in {")", "]"})
        if self.depth > DEEPEST:
            self.refuse("expression_too_deep", start, most=DEEPEST)
        return word, word


_Scope = dict[str, int]  # names bound by a surrounding `for` -> their slot

_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}


class _Reader:
    """Turns Python's tree of placeholders into ours; whatever it does not know is refused."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.parts = 0
        self.slots = 0

    def refuse(self, code: str, at: ast.AST | int, **params: object) -> NoReturn:
        offset = at if isinstance(at, int) else self.span(at)[0]
        raise UnsafeExpression(code, offset=offset, text=self.text, **params)

    def span(self, tree: ast.AST) -> tuple[int, int]:
        """Where the tree stands in the author's text."""
        first = int(getattr(tree, "col_offset", 0)) // _WIDTH
        last = (int(getattr(tree, "end_col_offset", 1)) - 1) // _WIDTH
        return self.tokens[first].start, self.tokens[last].end

    def word(self, placeholder: str) -> str:
        return str(self.tokens[int(placeholder[1:])].value)

    def node(self, tree: ast.expr, scope: _Scope, depth: int) -> Node:
        self.parts += 1
        if self.parts > MOST_PARTS:
            self.refuse("expression_too_long", tree, most=MOST_PARTS)
        if depth > DEEPEST:
            self.refuse("expression_too_deep", tree, most=DEEPEST)
        read = _READERS.get(type(tree))
        if read is None:
            self.refuse("unsafe_part", tree, part=self._shown(tree))
        return read(self, tree, scope, depth + 1)

    def _shown(self, tree: ast.AST) -> str:
        start, end = self.span(tree)
        return self.text[start:end]

    def constant(self, tree: ast.Constant, scope: _Scope, depth: int) -> Node:
        del scope, depth
        return syntax.Literal(self.tokens[int(str(tree.value)) - 1].value, *self.span(tree))

    def name(self, tree: ast.Name, scope: _Scope, depth: int) -> Node:
        del depth
        name = self.word(tree.id)
        if name in _CONSTANTS:
            return syntax.Literal(_CONSTANTS[name], *self.span(tree))
        return syntax.Path(name, (), *self.span(tree), slot=scope.get(name))

    def attribute(self, tree: ast.Attribute, scope: _Scope, depth: int) -> Node:
        fields = [self.word(tree.attr)]
        inner = tree.value
        while isinstance(inner, ast.Attribute):
            fields.append(self.word(inner.attr))
            inner = inner.value
        if any(field in _CONSTANTS for field in fields):
            self.refuse("unsafe_part", tree, part=self._shown(tree))
        of = self.node(inner, scope, depth)
        if isinstance(of, syntax.Path):
            return syntax.Path(of.root, tuple(reversed(fields)), *self.span(tree), slot=of.slot)
        if not isinstance(of, syntax.Call | syntax.Choice):
            self.refuse("unsafe_part", tree, part=self._shown(tree))
        return syntax.Field(of, tuple(reversed(fields)), *self.span(tree))

    def unary(self, tree: ast.UnaryOp, scope: _Scope, depth: int) -> Node:
        if not isinstance(tree.op, ast.USub | ast.Not):
            self.refuse("unsafe_part", tree, part=self._shown(tree))
        kind = syntax.Negation if isinstance(tree.op, ast.USub) else syntax.Denial
        return kind(self.node(tree.operand, scope, depth), *self.span(tree))

    def binary(self, tree: ast.BinOp, scope: _Scope, depth: int) -> Node:
        sign = _ARITHMETIC.get(type(tree.op))
        if sign is None:
            self.refuse("unsafe_part", tree, part=self._shown(tree))
        left, right = self.node(tree.left, scope, depth), self.node(tree.right, scope, depth)
        return syntax.Arithmetic(sign, left, right, *self.span(tree))

    def comparison(self, tree: ast.Compare, scope: _Scope, depth: int) -> Node:
        signs = [_COMPARISONS.get(type(op)) for op in tree.ops]
        first = self.node(tree.left, scope, depth)
        rest = tuple(
            (sign or self.refuse("unsafe_part", tree, part=self._shown(tree)), self.node(part, scope, depth))
            for sign, part in zip(signs, tree.comparators, strict=True)
        )
        return syntax.Comparison(first, rest, *self.span(tree))

    def logic(self, tree: ast.BoolOp, scope: _Scope, depth: int) -> Node:
        word = "and" if isinstance(tree.op, ast.And) else "or"
        return syntax.Logic(word, self._all(tree.values, scope, depth), *self.span(tree))

    def choice(self, tree: ast.IfExp, scope: _Scope, depth: int) -> Node:
        test, then, otherwise = self._all([tree.test, tree.body, tree.orelse], scope, depth)
        return syntax.Choice(test, then, otherwise, *self.span(tree))

    def listing(self, tree: ast.List, scope: _Scope, depth: int) -> Node:
        return syntax.Listing(self._all(tree.elts, scope, depth), *self.span(tree))

    def _all(self, trees: list[ast.expr], scope: _Scope, depth: int) -> tuple[Node, ...]:
        return tuple(self.node(tree, scope, depth) for tree in trees)

    def call(self, tree: ast.Call, scope: _Scope, depth: int) -> Node:
        name = self.word(tree.func.id) if isinstance(tree.func, ast.Name) else ""
        if name not in ARGUMENTS:
            self.refuse("unknown_function", tree, name=name or self._shown(tree.func))
        arguments: tuple[Node | syntax.Each, ...]
        if len(tree.args) == 1 and isinstance(tree.args[0], ast.GeneratorExp):
            arguments = (self._each(name, tree.args[0], scope, depth),)
        else:
            arguments = self._all(tree.args, scope, depth)
        named = self._named(name, tree, scope, depth)
        self._count(name, len(arguments), tree)
        if name in NAMING and not _is_text(arguments[0]):
            self.refuse("id_not_written", tree, name=name)
        return syntax.Call(name, arguments, named, *self.span(tree))

    def _named(self, name: str, tree: ast.Call, scope: _Scope, depth: int) -> tuple[tuple[str, Node], ...]:
        if tree.keywords and name != "record":
            self.refuse("unsafe_part", tree, part=self._shown(tree))
        found: dict[str, Node] = {}
        for argument in tree.keywords:
            field = self.word(argument.arg or self.refuse("unsafe_part", tree, part="**"))
            if field in found or field in _CONSTANTS:
                self.refuse("unsafe_part", argument, part=field)
            found[field] = self.node(argument.value, scope, depth)
        return tuple(found.items())

    def _count(self, name: str, count: int, tree: ast.Call) -> None:
        least, most = ARGUMENTS[name]
        if count < least or (most is not None and count > most):
            self.refuse("wrong_arguments", tree, name=name, least=least, count=count)

    def _each(self, name: str, tree: ast.GeneratorExp, scope: _Scope, depth: int) -> syntax.Each:
        loop = tree.generators[0]
        many = len(tree.generators) > 1 or len(loop.ifs) > 1 or bool(loop.is_async)
        if name not in GENERATORS or many or not isinstance(loop.target, ast.Name):
            self.refuse("unsafe_part", tree, part=self._shown(tree))
        bound = self.word(loop.target.id)
        if bound in _CONSTANTS:
            self.refuse("unsafe_word", loop.target, word=bound)
        slot, self.slots = self.slots, self.slots + 1
        source, before = self.node(loop.iter, scope, depth), self.parts
        inner = scope | {bound: slot}
        test = self.node(loop.ifs[0], inner, depth) if loop.ifs else None
        body = self.node(tree.elt, inner, depth)
        return syntax.Each(body, bound, slot, source, test, *self.span(tree), weight=self.parts - before)


def _is_text(node: Node | syntax.Each) -> bool:
    return isinstance(node, syntax.Literal) and isinstance(node.value, str)


_READERS: dict[type[ast.expr], Callable[..., Node]] = {
    ast.Constant: _Reader.constant,
    ast.Name: _Reader.name,
    ast.Attribute: _Reader.attribute,
    ast.UnaryOp: _Reader.unary,
    ast.BinOp: _Reader.binary,
    ast.Compare: _Reader.comparison,
    ast.BoolOp: _Reader.logic,
    ast.IfExp: _Reader.choice,
    ast.List: _Reader.listing,
    ast.Call: _Reader.call,
}
