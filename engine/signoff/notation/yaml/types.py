"""Types and declarations as written, resolved into closed types of the model. Codes T01 to T05, N03, N04.

Named types may refer to one another in any order, never to themselves. May import model, errors, its siblings.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from signoff.errors import Invalid
from signoff.model.expression import Expression
from signoff.model.types import (
    Declaration,
    Kind,
    ListOf,
    OneOf,
    Record,
    Scalar,
    Type,
    scalar,
)
from signoff.model.value import coerce
from signoff.notation.yaml.context import Context
from signoff.notation.yaml.literal import literal
from signoff.notation.yaml.tree import Keyed, Leaf, Tree
from signoff.sentences import Sentence

UNKNOWN = Scalar(Kind.TEXT)  # stands in for a type that was refused
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.TARGET})


class Types:
    """The named types of one file."""

    def __init__(self, context: Context) -> None:
        self.context = context
        section = context.root.node("types")
        self.written: dict[str, Tree] = {}
        for key, tree in section or ():
            if scalar(key.text):
                context.report("T03", key.place, name=key.text)
            else:
                self.written[key.text] = tree
        self.resolved: dict[str, Type] = {}
        self.open: list[str] = []
        for name in self.written:
            self.resolve(Leaf(name, self.written[name].place))

    def resolve(self, leaf: Leaf) -> Type:
        """The type of that name."""
        if found := scalar(leaf.text):
            return self._in_currency(found)
        if leaf.text in self.open:
            self.context.report("T02", leaf.place, name=leaf.text)
            return UNKNOWN
        if leaf.text not in self.written:
            known = (*(str(kind) for kind in Kind), *self.written)
            meant = self.context.report.strange("T01", leaf.place, leaf.text, known)
            return self.resolve(Leaf(meant, leaf.place)) if meant else UNKNOWN
        if leaf.text not in self.resolved:
            self.open.append(leaf.text)
            self.resolved[leaf.text] = self.read(self.written[leaf.text])
            self.open.pop()
        return self.resolved[leaf.text]

    def _in_currency(self, type_: Scalar) -> Scalar:
        if type_.kind is Kind.MONEY:
            return replace(type_, currency=self.context.root.text("currency", "CNY"))
        return type_

    def read(self, tree: Tree | None) -> Type:
        """A type as written: a word, or keys."""
        if isinstance(tree, Leaf):
            return self.resolve(tree)
        if not isinstance(tree, Keyed):
            return UNKNOWN
        return self._limited(self._base(tree), tree)

    def _base(self, tree: Keyed) -> Type:
        if leaf := tree.leaf("type"):
            return self.resolve(leaf)
        if "one_of" in tree:
            return self._options(tree)
        if "list_of" in tree:
            return ListOf(self.read(tree.get("list_of")))
        if fields := tree.node("fields"):
            for key, field in fields:
                if isinstance(field, Keyed) and "readers" in field:
                    self.context.report("S01", key.place, "readers_of_field", name=key.text)
            return Record(tuple(self.declarations(fields).values()))
        return UNKNOWN

    def _options(self, tree: Keyed) -> OneOf:
        found: list[str] = []
        for leaf in tree.leaves("one_of"):
            if leaf.text in found:
                self.context.report("T04", leaf.place, name=leaf.text)
            else:
                found.append(leaf.text)
        return OneOf(tuple(found))

    def _limited(self, type_: Type, tree: Keyed) -> Type:
        """The type with `min`, `max` and `currency`."""
        if currency := tree.leaf("currency"):
            if isinstance(type_, Scalar) and type_.kind is Kind.MONEY:
                type_ = replace(type_, currency=currency.text)
            else:
                self.context.report("T05", currency.place, "type_currency", type=kind_of(type_))
        for key in ("min", "max"):
            if leaf := tree.leaf(key):
                type_ = self._limit(type_, key, leaf)
        return type_

    def _limit(self, type_: Type, key: str, leaf: Leaf) -> Type:
        value = Decimal(leaf.text)
        whole = value == value.to_integral_value() and value >= 0
        if isinstance(type_, Scalar) and (type_.kind in _NUMBERS or (type_.kind is Kind.TEXT and whole)):
            return replace(type_, min=value) if key == "min" else replace(type_, max=value)
        if isinstance(type_, ListOf) and whole:
            return replace(type_, min=int(value)) if key == "min" else replace(type_, max=int(value))
        self.context.report("T05", leaf.place, "type_limit", key=key, type=kind_of(type_))
        return type_

    def declarations(
        self, tree: Keyed | None, outside: Mapping[str, Declaration] | None = None
    ) -> dict[str, Declaration]:
        """Declared names; one that is declared around is refused (N04)."""
        found: dict[str, Declaration] = {}
        for key, value in tree or ():
            if not self.context.fresh(key):
                continue
            if outside and key.text in outside:
                self.context.report("N04", key.place, name=key.text)
                continue
            found[key.text] = self.declaration(key.text, value)
        return found

    def declaration(self, name: str, tree: Tree) -> Declaration:
        type_ = self.read(tree)
        if not isinstance(tree, Keyed):
            return Declaration(name, type_)
        return Declaration(
            name,
            type_,
            label=self.context.text(tree.get("name")),
            help=self.context.text(tree.get("help")),
            optional=tree.text("optional") == "true",
            default=self._default(type_, tree.get("default"), name),
            formula=self._formula(name, tree),
            personal=tree.text("personal") == "true",
            readers=self.context.all_roles(tree.leaves("readers")),
        )

    def _formula(self, name: str, tree: Keyed) -> Expression | None:
        found = self.context.expression(tree.get("formula"))
        if found:
            self.context.mark_within(f"formula|{name}|{found.text}", tree.get("formula"))
        return found

    def _default(self, type_: Type, tree: Tree | None, name: str) -> object:
        if tree is None:
            return None
        try:
            return coerce(type_, literal(tree), at=name, zone=self.context.root.text("zone", "Asia/Shanghai"))
        except Invalid as error:
            self.context.report("S01", tree.place, "default_unfit", reason=Sentence(error.code, error.params))
            return None


def kind_of(type_: Type) -> str:
    """A type in the words of the language."""
    match type_:
        case Scalar():
            return str(type_.kind)
        case OneOf():
            return "one_of"
        case ListOf():
            return "list_of"
        case Record():
            return "fields"
