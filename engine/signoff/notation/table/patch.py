"""A YAML file as text that can be changed in places, with everything else left exactly as it is.

Owns the reading of a file into nodes with places, and the edits of keys, values and list entries in block and flow
style. Must not know the language.
"""

import re
from dataclasses import dataclass, field

import yaml

from signoff.errors import UnreadableTable
from signoff.notation.table import emit

MAX_TEXT = 2_000_000
MAX_DEPTH = 60


@dataclass(slots=True)
class Patch:
    """The text, its root node, and the edits collected; `applied` returns the text with them."""

    text: str
    file: str = ""
    root: yaml.MappingNode = field(init=False)
    _starts: list[int] = field(init=False)
    _edits: list[tuple[int, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._starts = [0]
        for line in self.text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.root = _composed(self.text, self.file)

    def applied(self) -> str:
        """The text with all edits: what is taken out twice is taken out once, what goes to one place keeps its order."""
        text = self.text
        for start, end, new in reversed(self._disjoint()):
            text = text[:start] + new + text[end:]
        return text

    def _disjoint(self) -> list[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        for start, end, new in sorted(self._edits, key=lambda edit: edit[:2]):
            last = found[-1] if found else (0, 0, "")
            if found and start < last[1]:
                assert not new + last[2], "only deletions overlap"
                found[-1] = (last[0], max(end, last[1]), "")
            else:
                found.append((start, end, new))
        return found

    def at(self, mark: yaml.Mark) -> int:
        return self._starts[mark.line] + mark.column

    def end(self, node: yaml.Node) -> int:
        """Where the last content of a node ends; block nodes report the place of what follows them."""
        if isinstance(node, yaml.ScalarNode):
            if node.style in ("|", ">"):
                return self.at(node.start_mark) + len(
                    self.text[self.at(node.start_mark) : self.at(node.end_mark)].rstrip()
                )
            return self.at(node.end_mark)
        assert isinstance(node, yaml.CollectionNode), "there are scalars and collections"
        if node.flow_style or not node.value:
            return self.at(node.end_mark)
        last = node.value[-1]
        return self.end(last[1] if isinstance(last, tuple) else last)

    def after_line(self, offset: int) -> int:
        """The beginning of the line after that offset; the end of the text when there is none."""
        cut = self.text.find("\n", offset)
        return len(self.text) if cut < 0 else cut + 1

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def replace(self, key: yaml.Node, value: yaml.Node, name: str, new: object) -> None:
        """Another value for a key; a comment behind the old one stays."""
        lines = emit.pair(name, new, key.start_mark.column)
        colon = self.text.index(":", self.at(key.end_mark)) + 1
        if self._alone(key) and (len(lines) > 1 or value.start_mark.line > key.start_mark.line):
            first = lines[0][lines[0].index(":", len(emit.scalar(name)) + key.start_mark.column) + 1 :]
            self._put(colon, self.end(value), "\n".join([first, *lines[1:]]))
        else:
            self._put(self.at(value.start_mark), self.end(value), emit.flow(new))

    def commented(self, key: yaml.Node, value: yaml.Node) -> bool:
        """Whether a comment stands inside what a change of the whole value would take away."""
        inside = self.text[self.at(key.start_mark) : self.end(value)]
        return bool(re.search(r"(?:^|\s)#", inside))

    def insert_pair(self, mapping: yaml.MappingNode, after: yaml.Node | None, name: str, new: object) -> None:
        """A new key behind the pair whose value is `after`, or in front."""
        if mapping.flow_style:
            pair = f"{emit.scalar(name)}: {emit.flow(new)}"
            if after is not None:
                self._put(self.end(after), self.end(after), f", {pair}")
            else:
                start = self.at(mapping.start_mark) + 1
                self._put(start, start, pair + (", " if mapping.value else ""))
            return
        indent = mapping.start_mark.column
        lines = emit.pair(name, new, indent)
        if after is None:
            start = self.at(mapping.start_mark)
            self._put(start, start, "\n".join(lines).lstrip() + "\n" + " " * indent)
            return
        self._lines(self.after_line(self.end(after)), lines)

    def delete_pair(self, mapping: yaml.MappingNode, key: yaml.Node) -> None:
        """Take a key out; the mapping keeps at least its other keys."""
        at = next(n for n, (k, _) in enumerate(mapping.value) if k is key)
        value = mapping.value[at][1]
        if not mapping.flow_style:
            self._put(self.line_start(self.at(key.start_mark)), self.after_line(self.end(value)), "")
        elif at + 1 < len(mapping.value):
            self._put(self.at(key.start_mark), self.at(mapping.value[at + 1][0].start_mark), "")
        else:
            before = self.end(mapping.value[at - 1][1]) if at else self.at(key.start_mark)
            self._put(before, self.end(value), "")

    def insert_item(self, sequence: yaml.SequenceNode, after: yaml.Node | None, new: object) -> None:
        """A new entry of a list behind `after`, or in front."""
        if not sequence.flow_style:
            place = (
                self.line_start(self.at(sequence.value[0].start_mark))
                if after is None
                else self.after_line(self.end(after))
            )
            self._lines(place, emit.item(new, sequence.start_mark.column))
        elif after is not None:
            self._put(self.end(after), self.end(after), f", {emit.flow(new)}")
        else:
            start = self.at(sequence.start_mark) + 1
            self._put(start, start, emit.flow(new) + (", " if sequence.value else ""))

    def item_span(self, sequence: yaml.SequenceNode, node: yaml.Node) -> tuple[int, int]:
        """The lines of one entry of a block list."""
        assert not sequence.flow_style, "entries of a flow list stand inside a line"
        return self.line_start(self.at(node.start_mark)), self.after_line(self.end(node))

    def put(self, node: yaml.Node, new: str) -> None:
        """Another text for a scalar."""
        self._put(self.at(node.start_mark), self.end(node), new)

    def cut(self, start: int, end: int) -> None:
        self._put(start, end, "")

    def _alone(self, key: yaml.Node) -> bool:
        """Whether nothing but indentation and a dash stands before the key on its line."""
        start = self.at(key.start_mark)
        return not self.text[self.line_start(start) : start].strip(" -")

    def _lines(self, offset: int, lines: list[str]) -> None:
        lead = "" if offset == 0 or self.text[offset - 1] == "\n" else "\n"
        self._put(offset, offset, lead + "\n".join(lines) + "\n")

    def _put(self, start: int, end: int, new: str) -> None:
        self._edits.append((start, end, new))


def _composed(text: str, file: str) -> yaml.MappingNode:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _shallow(text, file, loader)
        root = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = str(getattr(error, "problem", "") or error).splitlines()[0]
        raise UnreadableTable(
            "table_file_unreadable", file=file, line=mark.line + 1 if mark else 1, reason=reason
        ) from None
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise UnreadableTable(
            "table_file_unreadable", file=file, line=1, reason="a block of keys is expected"
        )
    return root


def _shallow(text: str, file: str, loader: type[yaml.SafeLoader]) -> None:
    # The loader in C falls over a text that nests too deep, and anchors would be read as what they stand for.
    depth = 0
    if len(text) > MAX_TEXT:
        raise UnreadableTable(
            "table_file_unreadable", file=file, line=1, reason=f"longer than {MAX_TEXT} characters"
        )
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or isinstance(event, yaml.AliasEvent):
            reason = "an alias" if isinstance(event, yaml.AliasEvent) else f"nested deeper than {MAX_DEPTH}"
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise UnreadableTable("table_file_unreadable", file=file, line=line, reason=reason)


def plain(node: yaml.Node) -> object:
    """The node as lists, maps and texts, to be compared."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(entry) for entry in node.value]
    return str(node.value)


def texts(tree: object) -> object:
    """A tree as `plain` gives it."""
    if isinstance(tree, dict):
        return {str(key): texts(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [texts(entry) for entry in tree]
    return ("true" if tree else "false") if isinstance(tree, bool) else str(tree)


def pair(mapping: yaml.Node | None, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    """The key and the value of that name."""
    if not isinstance(mapping, yaml.MappingNode):
        return None
    return next(((key, value) for key, value in mapping.value if key.value == name), None)
