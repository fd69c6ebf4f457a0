"""The blocks of a definition by id: where each stands in a tree, and where it stands in a file.

Owns the comparison of two orders of blocks. A handler is a block too, called after its first step. Must not change
anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from signoff.notation.table.emit import BLOCKS
from signoff.notation.table.patch import plain

Tree = dict[str, object]
KINDS = (
    "step",
    "stage",
    "parallel",
    "include",
    "choose",
    "gate",
    "each",
    "run",
    "wait",
    "call",
    "repeat",
    "race",
    "end",
    "undo",
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a block stands in a file: its node, the list it is an entry of, that list's key, the block around it."""

    node: yaml.MappingNode
    list: yaml.SequenceNode
    key: yaml.Node
    holder: yaml.MappingNode
    owner: str


def name(block: Tree) -> str:
    """The id of a block; a handler is `every STEP`; a branch has none."""
    found = next((str(block[kind]) for kind in KINDS if kind in block), "")
    if not found and "every" in block:
        steps = block.get("steps")
        first = steps[0] if isinstance(steps, list) and steps else {}
        return f"every {name(first)}" if isinstance(first, dict) else ""
    return found


def head(block: Tree) -> Tree:
    """A block, or the file, without the blocks inside it."""
    return {key: value for key, value in block.items() if key not in BLOCKS}


def lists(tree: Tree, parent: str = "") -> Iterator[tuple[str, str, list[Tree]]]:
    """(block around it, key, entries) of every list of blocks; branches belong to the block they divide."""
    for key in BLOCKS:
        entries = tree.get(key)
        if isinstance(entries, list):
            yield parent, key, [entry for entry in entries if name(entry)]
            for entry in entries:
                yield from lists(entry, name(entry) or parent)


def blocks(tree: Tree) -> dict[str, Tree]:
    """Every block of a tree by its id, the outer one first."""
    found: dict[str, Tree] = {}
    for _, _, entries in lists(tree):
        found.update({name(entry): entry for entry in entries})
    return dict(sorted(found.items(), key=lambda pair: _depth(tree, pair[0])))


def walk(tree: Tree) -> Iterator[str]:
    """Every block of a tree in the order of its text."""
    for key in BLOCKS:
        entries = tree.get(key)
        for entry in entries if isinstance(entries, list) else []:
            if name(entry):
                yield name(entry)
            yield from walk(entry)


def _depth(tree: Tree, id_: str) -> int:
    depth, at = 0, id_
    while at and depth < 100:
        at, depth = place(tree, at)[0], depth + 1
    return depth


def place(tree: Tree, id_: str) -> tuple[str, str, list[str]]:
    """(the block around it, the key of its list, what stands before it there, the nearest first)."""
    for parent, key, entries in lists(tree):
        ids = [name(entry) for entry in entries]
        if id_ in ids:
            return parent, key, ids[: ids.index(id_)][::-1]
    return "", "", []


def spots(root: yaml.MappingNode, owner: str = "") -> dict[str, Spot]:
    """Every block of a file by its id."""
    found: dict[str, Spot] = {}
    for key, value in root.value:
        if key.value not in BLOCKS or not isinstance(value, yaml.SequenceNode):
            continue
        for entry in value.value:
            if isinstance(entry, yaml.MappingNode):
                tree = plain(entry)
                id_ = name(tree) if isinstance(tree, dict) else ""
                if id_:
                    found.setdefault(id_, Spot(entry, value, key, root, owner))
                for inner, spot in spots(entry, id_ or owner).items():
                    found.setdefault(inner, spot)
    return found


def moved(base: Tree, theirs: Tree) -> list[str]:
    """The blocks of both trees that stand elsewhere now, the fewest that explain it."""
    old, new = blocks(base), blocks(theirs)
    common = [id_ for id_ in new if id_ in old]
    found = [id_ for id_ in common if place(base, id_)[:2] != place(theirs, id_)[:2]]
    before = {(parent, key): [name(entry) for entry in entries] for parent, key, entries in lists(base)}
    for parent, key, entries in lists(theirs):
        was = before.get((parent, key), [])
        now = [name(entry) for entry in entries if name(entry) in was]
        stay = _rising([was.index(id_) for id_ in now])
        found += [id_ for at, id_ in enumerate(now) if at not in stay]
    return list(dict.fromkeys(found))


def _rising(numbers: list[int]) -> set[int]:
    """The places of a longest rising run."""
    runs: list[list[int]] = []
    for at, number in enumerate(numbers):
        best: list[int] = []
        for run in runs:
            if numbers[run[-1]] < number and len(run) > len(best):
                best = run
        runs.append([*best, at])
    longest: list[int] = []
    for run in runs:
        longest = run if len(run) > len(longest) else longest
    return set(longest)


def renamed(base: Tree, theirs: Tree) -> dict[str, str]:
    """Blocks that only changed their words: old id → new id.

    A stage with at least half of its steps, a step at the same place with everything else as it was.
    """
    old, new = blocks(base), blocks(theirs)
    gone = [id_ for id_ in old if id_ not in new]
    fresh = [id_ for id_ in new if id_ not in old]
    found: dict[str, str] = {}
    for one in gone:
        for other in fresh:
            if one not in found and other not in found.values() and _same(old[one], new[other], found):
                found[one] = other
    return found


def _same(one: Tree, other: Tree, found: dict[str, str]) -> bool:
    if "stage" in one and "stage" in other:
        mine = {found.get(id_, id_) for id_ in blocks(one)}
        shared = mine & set(blocks(other))
        return bool(shared) and len(shared) * 2 >= max(len(mine), len(blocks(other)))
    if "step" in one and "step" in other:
        words = ("step", "name")
        return {k: v for k, v in one.items() if k not in words} == {
            k: v for k, v in other.items() if k not in words
        }
    return False


def rename(tree: Tree, names: dict[str, str]) -> Tree:
    """The tree with the ids of those blocks changed, and their names left out."""
    return {
        key: names.get(value, value)
        if key in KINDS and isinstance(value, str)
        else [rename(entry, names) if isinstance(entry, dict) else entry for entry in value]
        if key in BLOCKS and isinstance(value, list)
        else value
        for key, value in tree.items()
    }
