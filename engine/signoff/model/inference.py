"""Static typing of expressions: findings before anything runs (reference §10 and §11: N01, E01, E02, T06, D01).

The environment gives the types of the names in scope. With `open_data` a name without a type is no finding:
it is resolved at run time. May import the rest of model/ and errors.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from signoff.errors import UnsafeExpression
from signoff.model import guess, signature, syntax
from signoff.model.expression import Expression
from signoff.model.guess import NOTHING, UNKNOWN, Guess, word
from signoff.model.presence import unguarded
from signoff.model.syntax import Each, Node
from signoff.model.types import Declaration, Kind, ListOf, OneOf, Record, Scalar, Type, fields_of
from signoff.sentences import Sentence

BOOLEAN = Scalar(Kind.BOOLEAN)
_BOOLEAN = Guess(BOOLEAN)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of §11; `offset` counts characters of the expression. The reason of E01 is a sentence in `params`."""

    code: str
    params: Mapping[str, Any]
    offset: int


def infer(expression: Expression, env: Mapping[str, Type]) -> Type | None:
    """The type of the result; None for null and for what cannot be known. Raises UnsafeExpression."""
    return _Inference(expression.text, env, open_data=True).type_of(expression.node).type


def formulas(
    declarations: Iterable[Declaration], env: Mapping[str, Type]
) -> Iterator[tuple[Declaration, Mapping[str, Type]]]:
    """Every declaration with a formula, at any depth, and the names that the formula sees (own fields first)."""
    for declared in declarations:
        if declared.formula is not None:
            yield declared, env
        inner = declared.type
        while isinstance(inner, ListOf):
            inner = inner.item
        if isinstance(inner, Record):
            yield from formulas(inner.fields, {**env, **{f.name: f.type for f in inner.fields}})


def check(
    expression: Expression,
    env: Mapping[str, Type],
    *,
    want: Type | None = None,
    nullable: Collection[str] = (),
    key: str = "expression",
    open_data: bool = False,
) -> list[Finding]:
    """All findings of an expression, in the order of the text.

    `want` is the type it must have (E02 for boolean, else T06), `nullable` the names and paths that may still
    be empty here (D01), `key` the key it stands under. A text outside the grammar is a finding, too.
    """
    try:
        node = expression.node
    except UnsafeExpression as error:
        reason = Sentence(error.code, error.params)
        return [Finding("E01", {"text": expression.text, "reason": reason}, error.params.get("offset", 0))]
    inference = _Inference(expression.text, env, open_data=open_data)
    inference.want(inference.type_of(node), want, key)
    inference.presence(expression, nullable)
    return sorted(inference.findings, key=lambda finding: finding.offset)


@dataclass(slots=True)
class _Inference:
    text: str
    env: Mapping[str, Type]
    open_data: bool
    findings: list[Finding] = field(default_factory=list)
    bound: dict[int, Guess] = field(default_factory=dict)

    def find(self, code: str, node: Node | Each, **params: Any) -> Guess:
        self.findings.append(Finding(code, params, node.start))
        return UNKNOWN

    def wrong(self, reason: str, node: Node | Each, **params: Any) -> Guess:
        text = self.text[node.start : node.end]
        return self.find("E01", node, text=text, reason=Sentence(reason, {"text": text, **params}))

    # what is asked of the whole ----------------------------------------------------------------------------

    def want(self, got: Guess, want: Type | None, key: str) -> None:
        if want is None or guess.fits(got, want):
            return
        if isinstance(want, Scalar) and want.kind is Kind.BOOLEAN:
            self.findings.append(Finding("E02", {"key": key, "got": word(got.type)}, 0))
        elif isinstance(want, OneOf) and isinstance(got.type, OneOf):
            strange = [option for option in got.type.options if option not in want.options]
            reason = Sentence(
                "not_one_of", {"text": self.text, "word": strange, "options": list(want.options)}
            )
            self.findings.append(Finding("E01", {"text": self.text, "reason": reason}, 0))
        else:
            wanted = f"one_of {list(want.options)}" if isinstance(want, OneOf) else word(want)
            self.findings.append(Finding("T06", {"key": key, "got": word(got.type), "want": wanted}, 0))

    def presence(self, expression: Expression, nullable: Collection[str]) -> None:
        for path, offset in unguarded(expression).items() if nullable else ():
            if any(path == name or path.startswith(name + ".") for name in nullable):
                self.findings.append(Finding("D01", {"name": path}, offset))

    # parts -------------------------------------------------------------------------------------------------

    def type_of(self, node: Node) -> Guess:
        infer: Callable[[_Inference, Any], Guess] = _RULES[type(node)]
        return infer(self, node)

    def literal(self, node: syntax.Literal) -> Guess:
        return guess.literal(node.value)

    def path(self, node: syntax.Path) -> Guess:
        if node.slot is not None:
            return self._fields(self.bound.get(node.slot, UNKNOWN), node.fields, node)
        if node.root in self.env:
            return self._fields(Guess(self.env[node.root]), node.fields, node)
        if self.open_data:
            return UNKNOWN
        return self.find("N01", node, name=node.root, hint=_near(node.root, self.env))

    def field(self, node: syntax.Field) -> Guess:
        return self._fields(self.type_of(node.of), node.fields, node)

    def _fields(self, of: Guess, names: tuple[str, ...], node: Node) -> Guess:
        for name in names:
            if of.type is None:
                return UNKNOWN
            fields = fields_of(of.type)
            if fields is None:
                return self.wrong("no_fields", node, field=name, got=word(of.type))
            if name not in fields:
                return self.wrong(
                    "no_such_field", node, field=name, hint=_near(name, fields), names=list(fields)
                )
            of = UNKNOWN if fields[name] == NOTHING else Guess(fields[name])
        return of

    def negation(self, node: syntax.Negation) -> Guess:
        inner = self.type_of(node.of)
        if inner.null or not (inner.type is None or guess.is_number(inner) or guess.is_money(inner)):
            return self.wrong("cannot_negate", node, got=_name(inner))
        return inner

    def denial(self, node: syntax.Denial) -> Guess:
        return self.condition(node.of, "not")

    def condition(self, node: Node, key: str) -> Guess:
        got = self.type_of(node)
        if got.null or not (got.type is None or got.kind is Kind.BOOLEAN):
            self.find("E02", node, key=key, got=_name(got))
        return _BOOLEAN

    def arithmetic(self, node: syntax.Arithmetic) -> Guess:
        left, right = self.type_of(node.left), self.type_of(node.right)
        found = guess.compute(node.sign, left, right)
        if found is not None:
            return found
        dated = {left.kind, right.kind} & {Kind.DATE, Kind.DATETIME} and (
            guess.is_number(left) or guess.is_number(right)
        )
        code = "needs_days" if dated else "cannot_compute"
        return self.wrong(code, node, sign=node.sign, left=_name(left), right=_name(right))

    def comparison(self, node: syntax.Comparison) -> Guess:
        left, shown = self.type_of(node.first), node.first
        for sign, part in node.rest:
            right = self.type_of(part)
            self._compare(sign, left, right, shown, part)
            left, shown = right, part
        return _BOOLEAN

    def _compare(self, sign: str, left: Guess, right: Guess, first: Node, second: Node) -> None:
        whole = syntax.Comparison(first, ((sign, second),), first.start, second.end)
        if sign in {"in", "not in"}:
            inner = guess.item(right)
            if inner is None:
                self.wrong("needs_list", whole, got=_name(right))
                return
            right = inner
        possible = guess.ordered if sign in {"<", "<=", ">", ">="} else guess.comparable
        if not possible(left, right):
            self.wrong("cannot_compare", whole, sign=sign, left=_name(left), right=_name(right))
        elif possible is guess.comparable:
            self._words(sign, left.type, right.type, whole, written=(left.written, right.written))

    def _words(
        self, sign: str, left: Type | None, right: Type | None, whole: Node, *, written: tuple[bool, bool]
    ) -> None:
        """A written word must be one of the options on the other side; two choices must share one."""
        if not (isinstance(left, OneOf) and isinstance(right, OneOf)) or all(written):
            return
        words, options = (left.options, right.options) if written[0] else (right.options, left.options)
        strange = [option for option in words if option not in options]
        if (strange and any(written)) or len(strange) == len(words) > 0:
            code = "always_true" if sign in {"!=", "not in"} else "never_true"
            self.wrong(code, whole, word=strange, options=list(options))

    def logic(self, node: syntax.Logic) -> Guess:
        for part in node.parts:
            self.condition(part, node.word)
        return _BOOLEAN

    def choice(self, node: syntax.Choice) -> Guess:
        self.condition(node.test, "if")
        return self._one(node, self.type_of(node.then), self.type_of(node.otherwise))

    def listing(self, node: syntax.Listing) -> Guess:
        if not node.items:
            return Guess(ListOf(NOTHING), written=True)
        inner = self._one(node, *(self.type_of(item) for item in node.items))
        return Guess(ListOf(inner.type or NOTHING), inner.written)

    def _one(self, node: Node, first: Guess, *others: Guess) -> Guess:
        for other in others:
            both = guess.merge(first, other)
            if both is None:
                return self.wrong("different_types", node, left=_name(first), right=_name(other))
            first = both
        return first

    # calls -------------------------------------------------------------------------------------------------

    def call(self, node: syntax.Call) -> Guess:
        if node.name == "record":
            fields = [(name, self.type_of(part).type or NOTHING) for name, part in node.named]
            return Guess(Record(tuple(Declaration(name, type_) for name, type_ in fields)))
        arguments = [
            self._each(part) if isinstance(part, Each) else self.type_of(part) for part in node.arguments
        ]
        found = signature.result(node.name, arguments)
        if isinstance(found, Guess):
            return found
        position, wanted = found
        part, got = node.arguments[position], arguments[position]
        return self.wrong("wrong_argument", part, function=node.name, want=wanted, got=_name(got))

    def _each(self, node: Each) -> Guess:
        source = self.type_of(node.source)
        inner = guess.item(source)
        if inner is None:
            inner = self.wrong("needs_list", node.source, got=_name(source))
        if node.name in self.env:
            self.find("N04", node, name=node.name)
        self.bound[node.slot] = inner
        if node.test is not None:
            self.condition(node.test, "if")
        body = self.type_of(node.body)
        return Guess(ListOf(body.type or NOTHING), body.written)


def _near(name: str, names: Collection[str]) -> Sentence:
    near = get_close_matches(name, list(names), n=1, cutoff=0.5)
    return (
        Sentence("did_you_mean", {"near": near[0]}) if near else Sentence("declare_or_quote", {"name": name})
    )


def _name(got: Guess) -> str:
    return "null" if got.null else word(got.type)


_RULES: Mapping[type, Callable[[_Inference, Any], Guess]] = {
    syntax.Literal: _Inference.literal,
    syntax.Path: _Inference.path,
    syntax.Field: _Inference.field,
    syntax.Negation: _Inference.negation,
    syntax.Denial: _Inference.denial,
    syntax.Arithmetic: _Inference.arithmetic,
    syntax.Comparison: _Inference.comparison,
    syntax.Logic: _Inference.logic,
    syntax.Choice: _Inference.choice,
    syntax.Listing: _Inference.listing,
    syntax.Call: _Inference.call,
}
