"""The ids of a file: which block is called what, and which words a time phrase may use. Codes N02, N05.

Collected before anything is compiled, because blocks refer forward. May import time, errors and its siblings.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from signoff.notation.yaml.context import Context
from signoff.notation.yaml.kinds import BLOCK_SHAPES
from signoff.notation.yaml.tree import Keyed, Leaf
from signoff.time.words import RESERVED, DateWord, Words, normal

#: Blocks that are done at a moment a deadline can count from.
TIMED = ("step", "gate", "stage", "each", "repeat", "run", "call", "wait")


@dataclass(slots=True)
class Names:
    """Every block of a file by its id: the kind, and where the id stands."""

    kinds: dict[str, str] = field(default_factory=dict)
    leaves: dict[str, Leaf] = field(default_factory=dict)
    delivered: dict[str, Leaf] = field(default_factory=dict)  # documents that some step delivers

    def of(self, *kinds: str) -> list[str]:
        return [id_ for id_, kind in self.kinds.items() if kind in kinds]


def collect(context: Context) -> Names:
    """All ids of blocks and handlers, each once; the context gets its words for time phrases."""
    names = Names()
    titles: dict[str, tuple[str, ...]] = {}
    for kind, leaf, block in _blocks(context.root):
        for document in block.leaves("delivers"):
            names.delivered.setdefault(document.text, document)
        if leaf.text in names.kinds or leaf.text == "start":
            place = names.leaves[leaf.text].place if leaf.text in names.leaves else context.root.place
            context.report(
                "N02", leaf.place, name=leaf.text, kind=names.kinds.get(leaf.text, "process"), line=place.line
            )
            continue
        names.kinds[leaf.text], names.leaves[leaf.text] = kind, leaf
        if kind in TIMED:
            titles[leaf.text] = tuple(filter(None, _names_of(block)))
    context.words = _words(context, titles)
    return names


def _blocks(tree: Keyed) -> Iterator[tuple[str, Leaf, Keyed]]:
    """Kind, id and keys of every block and named handler below, in the order written."""
    for key in ("steps", "otherwise", "undone_by"):
        for block in tree.nodes(key):
            kind = next((key.text for key, _ in block if key.text in BLOCK_SHAPES), "")
            if leaf := block.leaf(kind):
                yield kind, leaf, block
            yield from _blocks(block)
    for branch in tree.nodes("branches"):
        yield from _blocks(branch)
    for handler in tree.nodes("upon"):
        if leaf := handler.leaf("request"):
            yield "request", leaf, handler
        elif leaf := handler.leaf("id"):
            yield "upon", leaf, handler
        yield from _blocks(handler)


def _names_of(block: Keyed) -> tuple[str, ...]:
    match block.get("name"):
        case Leaf(text=text):
            return (text,)
        case Keyed() as both:
            return both.text("zh"), both.text("en")
    return ()


def _words(context: Context, titles: dict[str, tuple[str, ...]]) -> Words:
    """The anchors of this file; a word that would mean two of them is refused (N05)."""
    dates: dict[str, DateWord] = {}
    meanings = {normal(word): word for word in RESERVED}
    for key, tree in context.root.node("dates") or ():
        if not isinstance(tree, Keyed):
            continue
        own = [Leaf(key.text, key.place)]
        own += [Leaf(text, (tree.key("name") or key).place) for text in _names_of(tree) if text]
        own += tree.leaves("also")
        kept = [leaf.text for leaf in own if _is_new(context, leaf, key.text, meanings)]
        dates[key.text] = DateWord("window" if "from" in tree else "day", tuple(kept))
    for id_ in titles:
        if (other := meanings.get(normal(id_))) is not None:
            leaf = next(leaf for _, leaf, _ in _blocks(context.root) if leaf.text == id_)
            context.report("N05", leaf.place, "name_of_both", name=id_, other=other)
    steps = {id_: names for id_, names in titles.items() if normal(id_) not in meanings}
    return Words(dates=dates, steps={id_: _unless_dates(names, meanings) for id_, names in steps.items()})


def _is_new(context: Context, leaf: Leaf, id_: str, meanings: dict[str, str]) -> bool:
    word = normal(leaf.text)
    if meanings.setdefault(word, id_) != id_:
        context.report("N05", leaf.place, "name_taken", name=leaf.text, other=meanings[word])
        return False
    return True


def _unless_dates(names: tuple[str, ...], meanings: dict[str, str]) -> tuple[str, ...]:
    """The names of a step that mean nothing else; only its id must be its own."""
    return tuple(name for name in names if normal(name) not in meanings)
