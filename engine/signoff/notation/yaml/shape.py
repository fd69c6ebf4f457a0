"""What may stand where: values that check a tree and describe themselves as JSON Schema.

`fit` gives the tree without what it had to refuse, so that whoever compiles it meets only well-formed parts;
codes S01 and U01. The tables themselves stand in `keys`. May import errors and its siblings.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias

from signoff.errors import Place
from signoff.notation.yaml import trap
from signoff.notation.yaml.report import Report
from signoff.notation.yaml.tree import Broken, Items, Keyed, Leaf, Tree
from signoff.sentences import Sentence

Schema: TypeAlias = dict[str, Any]  # JSON


class Value(Protocol):
    """One kind of value."""

    def fit(self, tree: Tree, reader: "Reader") -> Tree | None:
        """The tree as far as it is well-formed, None if it is not at all; the findings go to the report."""

    def schema(self) -> Schema: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """Where findings go, and the shapes that others refer to."""

    report: Report
    shapes: Mapping[str, Value]

    def expect(self, tree: Tree, expected: str) -> Tree | None:
        """Another kind of thing is expected here; nothing is left of the tree."""
        if not isinstance(tree, Broken):
            self.report("S01", tree.place, "value_expected", expected=Sentence(f"expected_{expected}"))
        return None


@dataclass(frozen=True, slots=True)
class Word:
    """A text that matches a pattern; `expected` names it in sentences. Numbers and booleans want quotes first."""

    expected: str
    pattern: str = ""
    bare: bool = False  # also plain numbers and booleans

    def fit(self, tree: Tree, reader: Reader) -> Tree | None:
        if not isinstance(tree, Leaf):
            return reader.expect(tree, self.expected)
        if (
            tree.plain
            and not self.bare
            and (tree.text in ("true", "false") or trap.NUMBER.fullmatch(tree.text))
        ):
            reader.report("S01", tree.place, "value_quotes", text=tree.text)
            return None
        if self.pattern and not re.fullmatch(self.pattern, text := unicodedata.normalize("NFKC", tree.text)):
            return reader.expect(tree, self.expected)
        return replace(tree, text=text) if self.pattern else tree

    def schema(self) -> Schema:
        kinds: Any = ["string", "number", "boolean"] if self.bare else "string"
        return {"type": kinds} | ({"pattern": f"^(?:{_portable(self.pattern)})$"} if self.pattern else {})


def _portable(pattern: str) -> str:
    """The pattern as every validator reads it: all that is not ASCII counts as a letter."""
    for ours, theirs in _PORTABLE:
        pattern = pattern.replace(ours, theirs)
    return pattern


_PORTABLE = (
    (r"[^\W\d_]", r"[^\x00-@\[-`{-\x7f]"),
    (r"[\w-]", r"[^\x00-,./:-@\[-^`{-\x7f]"),
    (r"\w", r"[^\x00-/:-@\[-^`{-\x7f]"),
)


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false, or one of these words, written plainly."""

    words: tuple[str, ...] = ()

    def fit(self, tree: Tree, reader: Reader) -> Tree | None:
        if isinstance(tree, Leaf) and tree.plain and tree.text in ("true", "false", *self.words):
            return tree
        return reader.expect(tree, "flag")

    def schema(self) -> Schema:
        return {"enum": [True, False, *self.words]} if self.words else {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number, written plainly."""

    whole: bool = False

    def fit(self, tree: Tree, reader: Reader) -> Tree | None:
        is_number = isinstance(tree, Leaf) and tree.plain and bool(trap.NUMBER.fullmatch(tree.text))
        if isinstance(tree, Leaf) and is_number and not (self.whole and "." in tree.text):
            return tree
        return reader.expect(tree, "integer" if self.whole else "number")

    def schema(self) -> Schema:
        return {"type": "integer" if self.whole else "number"}


@dataclass(frozen=True, slots=True)
class Option:
    """One of a few words."""

    words: tuple[str, ...]

    def fit(self, tree: Tree, reader: Reader) -> Tree | None:
        if not isinstance(tree, Leaf):
            return reader.expect(tree, "word")
        if tree.text in self.words:
            return tree
        reader.report.strange("S01", tree.place, tree.text, self.words, "value_option")
        return None

    def schema(self) -> Schema:
        return {"enum": [int(word) if word.isdigit() else word for word in self.words]}


@dataclass(frozen=True, slots=True)
class Many:
    """A list; with `or_one`, a single value may stand for a list of one."""

    of: Value
    least: int = 0
    or_one: bool = False

    def fit(self, tree: Tree, reader: Reader) -> Tree | None:
        if self.or_one and not isinstance(tree, (Items, Broken)):
            return self.of.fit(tree, reader)
        if not isinstance(tree, Items):
            return reader.expect(tree, "list")
        if len(tree) < self.least:
            reader.report("S01", tree.place, "list_short", least=self.least)
        fitted = (self.of.fit(item, reader) for item in tree)
        return replace(tree, items=tuple(item for item in fitted if item is not None))

    def schema(self) -> Schema:
        found: Schema = {"type": "array", "items": self.of.schema()}
        if self.least:
            found["minItems"] = self.least
        return {"anyOf": [self.of.schema(), found]} if self.or_one else found


@dataclass(frozen=True, slots=True)
class Mapped:
    """Free keys of one kind, each with a value of one kind."""

    key: Word
    of: Value

    def fit(self, tree: Tree, reader: Reader) -> Tree | None:
        if not isinstance(tree, Keyed):
            return reader.expect(tree, "keys")
        found = []
        for key, value in tree:
            name, fitted = self.key.fit(key, reader), self.of.fit(value, reader)
            if isinstance(name, Leaf):  # the name stays known, whatever is wrong with it
                found.append((name, Broken(value.place) if fitted is None else fitted))
        return replace(tree, entries=tuple(found))

    def schema(self) -> Schema:
        names = {"propertyNames": {"pattern": self.key.schema()["pattern"]}} if self.key.pattern else {}
        return {"type": "object", **names, "additionalProperties": self.of.schema()}


@dataclass(frozen=True, slots=True)
class Either:
    """One value for a scalar, another for a list, another for keys."""

    leaf: Value | None = None
    items: Value | None = None
    keyed: Value | None = None
    expected: str = "value"

    def fit(self, tree: Tree, reader: Reader) -> Tree | None:
        chosen = {Leaf: self.leaf, Items: self.items, Keyed: self.keyed}.get(type(tree))
        return chosen.fit(tree, reader) if chosen else reader.expect(tree, self.expected)

    def schema(self) -> Schema:
        return {"anyOf": [value.schema() for value in (self.leaf, self.items, self.keyed) if value]}


@dataclass(frozen=True, slots=True)
class Anything:
    """Data that is read against its type later."""

    def fit(self, tree: Tree, reader: Reader) -> Tree | None:
        del reader
        return None if isinstance(tree, Broken) else tree

    def schema(self) -> Schema:
        return {}


@dataclass(frozen=True, slots=True)
class Ref:
    """A shape by name, for shapes that contain themselves."""

    name: str

    def fit(self, tree: Tree, reader: Reader) -> Tree | None:
        return reader.shapes[self.name].fit(tree, reader)

    def schema(self) -> Schema:
        return {"$ref": f"#/$defs/{self.name}"}


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a shape; `later` belongs to the language, but this release does not run it."""

    name: str
    value: Value = field(default_factory=Anything)
    required: bool = False
    later: bool = False
    code: str = "U01"  # with which a later key is refused


@dataclass(frozen=True, slots=True)
class Shape:
    """Fixed keys. Of each group in `one_of` exactly one key must be there, of `some_of` at least one.

    Of `at_most_one` there may be none.

    `others` is the value of keys that are not listed; without it they are refused.
    """

    keys: tuple[Key, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    some_of: tuple[str, ...] = ()
    others: Value | None = None
    at_most_one: tuple[str, ...] = ()

    def fit(self, tree: Tree, reader: Reader) -> Tree | None:
        if not isinstance(tree, Keyed):
            return reader.expect(tree, "keys")
        known = {key.name: key for key in self.keys}
        found = []
        taken: set[str] = set()
        for leaf, value in tree:
            fitted = self._fit(known.get(leaf.text), leaf, value, reader)
            group = next((group for group in self.one_of if leaf.text in group), ())
            second = bool(taken.intersection(group))
            taken.add(leaf.text)
            if fitted is not None and not second:
                found.append((leaf, fitted))
        self._complete(tree, reader.report)
        return replace(tree, entries=tuple(found))

    def _fit(self, key: Key | None, leaf: Leaf, value: Tree, reader: Reader) -> Tree | None:
        if key is None and self.others:
            return self.others.fit(value, reader)
        if key is None:
            names = [key.name for key in self.keys if not key.later]
            reader.report.strange("S01", leaf.place, leaf.text, names, "key_unknown")
            return None
        if key.later:
            reader.report(key.code, leaf.place, key=key.name)
            return None
        return key.value.fit(value, reader)

    def _complete(self, tree: Keyed, report: Report) -> None:
        for key in self.keys:
            if key.required and key.name not in tree:
                report("S01", _start(tree), "key_missing", name=key.name)
        later = {key.name for key in self.keys if key.later}
        for group in self.one_of:
            there = [name for name in group if name in tree]
            if len(there) != 1:
                second = tree.key(there[1]) if there else None
                place = second.place if second else _start(tree)
                report("S01", place, "key_one_of", names=[name for name in group if name not in later])
        if len(several := [leaf for leaf, _ in tree if leaf.text in self.at_most_one]) > 1:
            report("S01", several[1].place, "key_at_most_one", names=list(self.at_most_one))
        if self.some_of and not any(name in tree for name in self.some_of):
            report(
                "S01", _start(tree), "key_some_of", names=[name for name in self.some_of if name not in later]
            )

    def schema(self) -> Schema:
        live = [key for key in self.keys if not key.later]
        found: Schema = {"type": "object", "properties": {key.name: key.value.schema() for key in live}}
        found["additionalProperties"] = self.others.schema() if self.others else False
        if required := [key.name for key in live if key.required]:
            found["required"] = required
        names = {key.name for key in live}
        groups: list[Schema] = [
            {"oneOf": [{"required": [n]} for n in group if n in names]} for group in self.one_of
        ]
        for n, one in enumerate(self.at_most_one):
            groups += [{"not": {"required": [one, other]}} for other in self.at_most_one[n + 1 :]]
        if self.some_of:
            groups.append({"anyOf": [{"required": [n]} for n in self.some_of if n in names]})
        return found | ({"allOf": groups} if groups else {})


def _start(tree: Keyed) -> Place:
    return tree.place


@dataclass(frozen=True, slots=True)
class Kinds:
    """Keys whose first one says what kind of thing this is: the blocks."""

    of: Mapping[str, Shape]

    def fit(self, tree: Tree, reader: Reader) -> Tree | None:
        if not isinstance(tree, Keyed) or not tree.entries:
            return reader.expect(tree, "block")
        first = tree.entries[0][0]
        if shape := self.of.get(first.text):
            return shape.fit(tree, reader)
        reader.report.strange("S01", first.place, first.text, self.of, "block_kind")
        return None

    def schema(self) -> Schema:
        return {"oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in self.of]}
