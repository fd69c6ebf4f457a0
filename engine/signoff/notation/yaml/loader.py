"""Text to tree: one pass over the events of the C parser, guarded; refuses what YAML readers disagree about.

The loaders of PyYAML are not used: their recursion in C ends the interpreter on deep nesting. Codes Y00 to Y05.
May import errors and its siblings.
"""

import re
import unicodedata
from typing import TypeAlias

import yaml

from signoff.errors import Place
from signoff.notation.yaml import trap
from signoff.notation.yaml.report import Report
from signoff.notation.yaml.tree import Broken, Items, Keyed, Leaf, Tree

MAX_BYTES = 1_000_000
MAX_DEPTH = 60
_UNWRITABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE = re.compile("\r\n|[\r\n\x85\u2028\u2029]")

_Pair: TypeAlias = tuple[Leaf, Tree]


def load(text: str, report: Report) -> Tree | None:
    """The tree of a document; None when there is none. What is wrong goes to the report."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        report("Y01", Place(report.file, 1, 1), "yaml_size")
        return None
    if found := _UNWRITABLE.search(text):
        report(
            "Y00",
            _place_at(text, found.start(), report.file),
            "yaml_character",
            name=f"U+{ord(found[0]):04X}",
        )
        return None
    builder = _Builder(report)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if not builder.take(event):
                return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = Place(report.file, mark.line + 1, mark.column + 1) if mark else Place(report.file, 1, 1)
        report("Y00", place, "yaml_broken", problem=getattr(error, "problem", None) or "it cannot be read")
        return None
    return builder.root


def _place_at(text: str, offset: int, file: str) -> Place:
    breaks = [found.end() for found in _LINE.finditer(text, 0, offset)]
    return Place(file, len(breaks) + 1, offset - (breaks[-1] if breaks else 0) + 1)


class _Open:
    """A list or keyed node whose end was not reached yet."""

    def __init__(self, place: Place, *, keyed: bool) -> None:
        self.place = place
        self.keyed = keyed
        self.children: list[Tree] = []


class _Builder:
    """Events in, a tree out; a stack of its own, so that depth costs no recursion."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.root: Tree | None = None
        self.stack: list[_Open] = []
        self.documents = 0

    def take(self, event: yaml.Event) -> bool:
        """Whether reading goes on."""
        mark = event.start_mark
        assert mark is not None
        place = Place(self.report.file, mark.line + 1, mark.column + 1)
        match event:
            case yaml.DocumentStartEvent():
                return self.document(event, place)
            case yaml.AliasEvent():
                self.report("Y02", place)
                self.add(Broken(place))
            case yaml.ScalarEvent():
                self.labels(event, place)
                self.add(self.scalar(event, place))
            case yaml.CollectionStartEvent():
                self.labels(event, place)
                return self.open(place, keyed=isinstance(event, yaml.MappingStartEvent))
            case yaml.CollectionEndEvent():
                self.close()
        return True

    def document(self, event: yaml.DocumentStartEvent, place: Place) -> bool:
        self.documents += 1
        if self.documents > 1:
            self.report("Y01", place, "yaml_documents")
        if event.tags:
            self.report("Y02", place)
        return self.documents == 1

    def labels(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, place: Place) -> None:
        if event.anchor is not None or event.tag is not None:
            self.report("Y02", place)

    def scalar(self, event: yaml.ScalarEvent, place: Place) -> Tree:
        plain = event.style is None or event.style == ""
        leaf = Leaf(event.value, place, plain)
        if not plain:
            return leaf
        if event.value in trap.EMPTY:
            self.report("Y03", place)
            return Broken(place)
        if kind := trap.reading(event.value):
            self.disagreed(leaf, kind)
        return leaf

    def disagreed(self, leaf: Leaf, kind: str) -> None:
        is_key = bool(self.stack) and self.stack[-1].keyed and len(self.stack[-1].children) % 2 == 0
        if leaf.text == "<<" and is_key:
            self.report("Y02", leaf.place)
        elif is_key and leaf.text.lower() == "on":
            self.report("Y04", leaf.place, "read_as_on", text=leaf.text)
        else:
            self.report("Y04", leaf.place, f"read_as_{kind}", text=leaf.text)

    def open(self, place: Place, *, keyed: bool) -> bool:
        if len(self.stack) >= MAX_DEPTH:
            self.report("Y01", place, "yaml_depth")
            return False
        self.stack.append(_Open(place, keyed=keyed))
        return True

    def close(self) -> None:
        done = self.stack.pop()
        if not done.keyed:
            self.add(Items(tuple(done.children), done.place))
            return
        pairs = zip(done.children[::2], done.children[1::2], strict=True)
        kept = [(key, value) for key, value in pairs if isinstance(key, Leaf)]
        self.add(Keyed(tuple(self.unique(kept)), done.place))

    def unique(self, pairs: list[_Pair]) -> list[_Pair]:
        """The pairs without those whose key was written before."""
        lines: dict[str, int] = {}
        found: list[_Pair] = []
        for key, value in pairs:
            name = unicodedata.normalize("NFKC", key.text)
            if name in lines:
                self.report("Y05", key.place, key=key.text, first=lines[name])
            else:
                lines[name] = key.place.line
                found.append((key, value))
        return found

    def add(self, tree: Tree) -> None:
        if not self.stack:
            self.root = tree
            return
        parent = self.stack[-1]
        if parent.keyed and len(parent.children) % 2 == 0 and isinstance(tree, (Items, Keyed)):
            self.report("Y00", tree.place, "yaml_key")
            tree = Broken(tree.place)
        parent.children.append(tree)
