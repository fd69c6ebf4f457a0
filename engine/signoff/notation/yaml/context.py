"""What every part of the compiler asks: texts, expressions, phrases, names; and where findings go.

One context per file. May import model, time, errors and its siblings.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from signoff.errors import Place, UnreadablePhrase, UnsafeExpression
from signoff.model.definition import Definition
from signoff.model.expression import Expression
from signoff.model.grammar import may_name
from signoff.model.types import Declaration, Text
from signoff.notation.yaml.report import Report
from signoff.notation.yaml.tree import Keyed, Leaf, Tree
from signoff.sentences import Sentence
from signoff.time.relative import (
    Every,
    Retry,
    Span,
    When,
    Words,
    parse_every,
    parse_retry,
    parse_span,
    parse_when,
)

_Read = TypeVar("_Read")
UNREADABLE = "unreadable:"  # how the importer of process tables writes a time that it could not read

#: Words that stand for people in notify, lead_of and manager_of, and are no roles.
PEOPLE_WORDS = ("owner", "pending", "starter", "preparer", "admin")


@dataclass(frozen=True, slots=True)
class Scope:
    """A sub-process (empty id: the process) and the data visible in it."""

    id: str = ""
    names: Mapping[str, Declaration] = field(default_factory=dict)


_OFTEN = timedelta(minutes=1)  # a recurrence that comes more often is rarely meant


@dataclass(slots=True)
class Context:
    """The file being compiled; `places` tells where each part of the definition was written."""

    report: Report
    root: Keyed
    known: Mapping[str, Definition]
    lang: str = "zh"
    words: Words = field(default_factory=Words)
    places: dict[str, Place] = field(default_factory=dict)

    def text(self, tree: Tree | None) -> Text:
        match tree:
            case Leaf():
                return Text.of(tree.text, self.lang)
            case Keyed():
                return Text(zh=tree.text("zh"), en=tree.text("en"))
        return Text()

    def label(self, block: Keyed, id_: str) -> Text:
        """The name of something, which defaults to its id."""
        return self.text(block.get("name")) or Text.of(id_, self.lang)

    def mark(self, key: str, tree: Tree | None) -> None:
        """Remember where this was written."""
        if tree is not None:
            self.places[key] = tree.place

    def mark_within(self, key: str, tree: Tree | None) -> None:
        """Remember where the text begins, inside its quotes."""
        if isinstance(tree, Leaf):
            self.places[key] = within(tree, 0)

    def expression(self, tree: Tree | None, mark: str = "") -> Expression | None:
        """The expression, or nothing where there is none or it cannot be read (then E01)."""
        if not isinstance(tree, Leaf):
            return None
        if mark:
            self.mark_within(mark, tree)
        try:
            return Expression.of(tree.text)
        except UnsafeExpression as error:
            self.report(
                "E01",
                within(tree, error.params.get("offset", 0)),
                text=tree.text,
                reason=Sentence(error.code, error.params),
            )
            return None

    def when(self, tree: Tree | None) -> When | None:
        return self.phrase(tree, lambda text: parse_when(text, self.words))

    def every(self, tree: Tree | None) -> Every | None:
        found = self.phrase(tree, lambda text: parse_every(text, self.words))
        length = found.span.fixed if found is not None and found.span is not None else None
        if tree is not None and length is not None and length < _OFTEN:
            self.report.warn("P06", tree.place, seconds=int(length.total_seconds()))
        return found

    def span(self, tree: Tree | None) -> Span | None:
        return self.phrase(tree, parse_span)

    def retry(self, tree: Tree | None) -> Retry | None:
        return self.phrase(tree, parse_retry)

    def phrase(self, tree: Tree | None, read: Callable[[str], _Read]) -> _Read | None:
        """What the grammar of times makes of a text, or nothing (then P01)."""
        if not isinstance(tree, Leaf):
            return None
        if tree.text.startswith(UNREADABLE):
            self.report("P01", tree.place, "time_in_table", text=tree.text.removeprefix(UNREADABLE).strip())
            return None
        try:
            return read(tree.text)
        except UnreadablePhrase as error:
            self.report("P01", tree.place, error.code, **error.params)
            return None

    def lookup(self, code: str, leaf: Leaf, known: Iterable[str], what: str = "") -> str:
        """The name if it is known; else the finding, and the name that was probably meant (or nothing)."""
        known = tuple(known)
        if leaf.text in known:
            return leaf.text
        return self.report.strange(code, leaf.place, leaf.text, known, what)

    def lookups(self, code: str, leaves: Iterable[Leaf], known: Iterable[str]) -> tuple[str, ...]:
        known = tuple(known)
        found = (self.lookup(code, leaf, known) for leaf in leaves)
        return tuple(dict.fromkeys(name for name in found if name))

    def fresh(self, leaf: Leaf) -> bool:
        """Whether data may be called so (N03)."""
        if may_name(leaf.text):
            return True
        self.report("N03", leaf.place, name=leaf.text)
        return False

    @property
    def roles(self) -> tuple[str, ...]:
        return self.ids("roles")

    def ids(self, section: str) -> tuple[str, ...]:
        """The ids declared in a section of the file."""
        found = self.root.node(section)
        return tuple(key.text for key, _ in found) if found else ()

    def role(self, leaf: Leaf) -> str:
        return self.lookup("N06", leaf, self.roles)

    def all_roles(self, leaves: Iterable[Leaf], *, words: tuple[str, ...] = ()) -> tuple[str, ...]:
        return self.lookups("N06", leaves, (*self.roles, *words))


def within(leaf: Leaf, offset: int) -> Place:
    """The place so many characters into a text of one line."""
    column = leaf.place.column + offset + (not leaf.plain)
    return Place(leaf.place.file, leaf.place.line, column)
