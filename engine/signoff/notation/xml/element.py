"""An XML text as a neutral tree: elements with namespace, attributes, text, children and place. lxml does the parsing.

The one place that touches lxml in reading: no entities, no network, no DTD, no recovery. May import errors,
`scan`, `encoding` and `namespace`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from signoff.errors import Place, Problem
from signoff.notation.xml.encoding import Undecodable, decoded
from signoff.notation.xml.namespace import MODEL, VENDORS
from signoff.notation.xml.scan import Scan, Unreadable

_DECLARATION = re.compile(r"\s*<\?xml[^>]*?\?>")


@dataclass(slots=True, eq=False)
class Element:
    """One element; `name` is its local name, `space` its namespace. Attributes without a namespace go by their name."""

    space: str
    name: str
    attributes: dict[str, str]
    text: str
    line: int
    column: int
    file: str
    parent: "Element | None" = None
    children: Sequence["Element"] = ()
    source: Any = field(
        default=None, repr=False
    )  # the element of lxml: what is kept verbatim for the way out

    @property
    def id(self) -> str:
        return self.attributes.get("id", "").strip()

    @property
    def place(self) -> Place:
        return Place(self.file, self.line, self.column)

    @property
    def is_bpmn(self) -> bool:
        return self.space == MODEL

    def get(self, name: str, default: str = "") -> str:
        """An attribute of BPMN's own, without blanks around it."""
        return self.attributes.get(name, default).strip()

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean attribute as XML Schema writes it."""
        found = self.attributes.get(name)
        return default if found is None else found.strip() in {"true", "1"}

    def foreign(self, name: str, spaces: tuple[str, ...] = VENDORS) -> str:
        """An attribute of one of these namespaces, the first that has it; empty when none has."""
        for space in spaces:
            if (found := self.attributes.get(f"{{{space}}}{name}")) is not None:
                return found.strip()
        return ""

    def all(self, *names: str) -> list["Element"]:
        """The children of these names in BPMN's namespace."""
        return [child for child in self.children if child.space == MODEL and child.name in names]

    def first(self, *names: str) -> "Element | None":
        return next(iter(self.all(*names)), None)

    def words(self, name: str) -> str:
        """The text of the first child of that name."""
        child = self.first(name)
        return child.text.strip() if child else ""

    def extensions(self, *names: str, spaces: tuple[str, ...] = VENDORS) -> list["Element"]:
        """The extension elements of these names (all when none is given) in these namespaces."""
        return [
            child
            for around in self.all("extensionElements")
            for child in around.children
            if child.space in spaces and (not names or child.name in names)
        ]

    def walk(self) -> Iterator["Element"]:
        """This element and all below it, in the order of the document; not what lies in extension elements.

        What lies there belongs to others, whatever namespace it is written in.
        """
        todo = [self]
        while todo:
            one = todo.pop()
            yield one
            if one.name != "extensionElements":
                todo.extend(reversed(one.children))

    def ancestors(self) -> Iterator["Element"]:
        """The elements around it, innermost first."""
        around = self.parent
        while around is not None:
            yield around
            around = around.parent


def text_of(source: str | bytes, file: str) -> str:
    """The text of a file; raises Unreadable where it is not written as it says."""
    try:
        text = source if isinstance(source, str) else decoded(source, file)
    except Undecodable as error:
        raise Unreadable(error.problem) from None
    return text.removeprefix("\ufeff")


def parse(text: str, file: str) -> Element:
    """The root of the tree; raises Unreadable with the one problem that keeps the file from being read at all."""
    places = Scan(text, file).run()
    declaration = _DECLARATION.match(text)
    if declaration:  # it was obeyed already, and lxml is given UTF-8
        text = re.sub(r"[^\n]", " ", declaration.group()) + text[declaration.end() :]
    return _tree(_parsed(text, file), places, file)


def wrapped(root: Any) -> Element:
    """A tree of lxml as one of ours, without places: for whoever has just made it."""
    places = [(0, 0, 0)]
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if isinstance(node.tag, str):
            depth = places[0][2] + (1 if event == "start" else -1)
            if event == "start":
                places.append((0, 0, depth - 1))
            places[0] = (0, 0, depth)
    return _tree(root, places[1:], "")


def _parsed(text: str, file: str) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        place = Place(file, line, max(column, 1))
        raise Unreadable(Problem("bpmn_xml", place, {"detail": str(error.msg)})) from None
    except UnicodeEncodeError as error:
        place = Place(file, text.count("\n", 0, error.start) + 1)
        raise Unreadable(Problem("bpmn_encoding", place, {"encoding": "utf-8"})) from None


def _tree(root: Any, places: list[tuple[int, int, int]], file: str) -> Element:
    """Parsed elements and scanned places come in the same order; the depth says what stands around what."""
    around: list[tuple[Element, list[Element]]] = []
    for (line, column, depth), node in zip(places, root.iter("*"), strict=True):
        space, _, name = node.tag.rpartition("}")
        element = Element(space[1:], name, dict(node.items()), _text(node), line, column, file)
        del around[depth:]
        if around:
            parent, children = around[-1]
            element.parent = parent
            if not children:
                parent.children = children
            children.append(element)
        around.append((element, []))
    (first, _) = around[0]
    first.source = root
    return first


def _text(node: Any) -> str:
    """Its own text, around comments too; what stands after child elements is mixed content, which BPMN has not."""
    if not len(node) or isinstance(node[0].tag, str):
        return node.text or ""
    return (node.text or "") + "".join(child.tail or "" for child in node)
