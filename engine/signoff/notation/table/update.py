"""A table imported again over a file that people have edited: a three-way merge.

What the last import wrote is kept in the file's trailer. Where only the table changed, the file is changed in that
place; where both changed, the file wins and the conflict is listed; what people wrote is never lost. Must not read
tables.
"""

import json
from dataclasses import dataclass, field

import yaml

from signoff.errors import UnreadableTable
from signoff.notation.table import emit
from signoff.notation.table.emit import MAPS, MARK
from signoff.notation.table.importer import Imported
from signoff.notation.table.outline import (
    KINDS,
    Spot,
    Tree,
    blocks,
    head,
    lists,
    moved,
    name,
    place,
    rename,
    renamed,
    spots,
    walk,
)
from signoff.notation.table.patch import Patch, pair, plain, texts


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where (`需求发起.due`), what was written, what the table says now, what the file says."""

    path: str
    before: object = None
    table: object = None
    file: object = None


@dataclass(frozen=True, slots=True)
class Updated:
    """The merged file. `conflicts`: both changed, the file's was kept; `kept`: gone from the table, edited by hand."""

    yaml: str
    applied: tuple[Change, ...] = ()
    conflicts: tuple[Change, ...] = ()
    kept: tuple[Change, ...] = ()


def update_table(existing: str, imported: Imported, *, file: str = "") -> Updated:
    """The existing file with what changed in the table since it was imported; the process keeps its id.

    Raises UnreadableTable when the file has no trailer of an import or is no YAML.
    """
    base, body = _base(existing, file)
    theirs = {**imported.tree, **({"process": base["process"]} if "process" in base else {})}
    merge = _Merge(base, theirs, body, file)
    merge.run()
    text = merge.text.rstrip("\n") + "\n" + emit.trailer(theirs)
    return Updated(text, tuple(merge.applied), tuple(merge.conflicts), tuple(merge.kept))


def _base(existing: str, file: str) -> tuple[Tree, str]:
    lines = existing.split("\n")
    at = next((n for n in range(len(lines) - 1, -1, -1) if lines[n].startswith(MARK)), -1)
    try:
        tree = json.loads(lines[at].removeprefix(MARK)) if at >= 0 else None
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict):
        raise UnreadableTable("table_not_imported", file=file)
    # The line above the mark explains it; text that people wrote below the trailer stays.
    first = at - 1 if at and lines[at - 1] == emit.EXPLAINED else at
    return tree, "\n".join([*lines[:first], *lines[at + 1 :]])


@dataclass(slots=True)
class _Merge:
    base: Tree
    theirs: Tree
    text: str
    file: str
    applied: list[Change] = field(default_factory=list)
    conflicts: list[Change] = field(default_factory=list)
    kept: list[Change] = field(default_factory=list)

    def run(self) -> None:
        for was, now in renamed(self.base, self.theirs).items():
            self._rename(was, now)
        uprooted = [id_ for id_ in moved(self.base, self.theirs) if self._uprooted(id_)]
        self._keys(uprooted)
        old, new = blocks(self.base), blocks(self.theirs)
        for id_ in old:
            if id_ not in new:
                self._remove(id_, old[id_], None)
        for id_ in uprooted:
            self._remove(id_, old[id_], new[id_])
        shifted = set(moved(self.base, self.theirs)).difference(uprooted)
        for id_ in walk(self.theirs):
            if id_ in shifted:
                self._move(id_)
        for id_ in new:
            if id_ not in old or id_ in uprooted:
                self._add(id_, new[id_])

    def _patch(self) -> tuple[Patch, dict[str, Spot]]:
        patch = Patch(self.text, self.file)
        return patch, spots(patch.root)

    # Names

    def _rename(self, old: str, new: str) -> None:
        """Other words for a row: its id changes in the file, and where the file returns to it."""
        patch, here = self._patch()
        if old not in here or new in here:
            return
        for key, value in here[old].node.value:
            if key.value in KINDS:
                patch.replace(key, value, key.value, new)
        for value in _returns(patch.root, old):
            patch.put(value, emit.scalar(new))
        self.text = patch.applied()
        self.base = rename(self.base, {old: new})
        self.applied.append(Change(old, old, new, old))

    # Keys

    def _keys(self, uprooted: list[str]) -> None:
        patch, here = self._patch()
        old, new = blocks(self.base), blocks(self.theirs)
        self._map(patch, patch.root, head(self.base), head(self.theirs), "")
        for id_, block in new.items():
            if id_ in uprooted:
                continue
            if id_ in here:
                self._map(patch, here[id_].node, head(old.get(id_, {})), head(block), id_)
            elif id_ in old and texts(head(old[id_])) != texts(head(block)):
                self.conflicts.append(Change(id_, texts(head(old[id_])), texts(head(block)), None))
        self.text = patch.applied()

    def _map(self, patch: Patch, node: yaml.MappingNode, base: Tree, theirs: Tree, path: str) -> None:
        """Merge the keys of one mapping; the keys that hold blocks are not among them."""
        for key in [*theirs, *(key for key in base if key not in theirs)]:
            if texts(base.get(key)) != texts(theirs.get(key)):
                self._key(patch, node, base.get(key), theirs, key, f"{path}.{key}" if path else key)

    def _key(
        self, patch: Patch, node: yaml.MappingNode, before: object, theirs: Tree, key: str, path: str
    ) -> None:
        now = theirs.get(key)
        found = pair(node, key)
        mine = plain(found[1]) if found else None
        if mine == (None if now is None else texts(now)):
            return
        untouched = mine == (None if before is None else texts(before))
        if found and _mergeable(path, before, now, found[1], untouched=untouched):
            assert isinstance(found[1], yaml.MappingNode), "only maps are merged key by key"
            self._map(patch, found[1], _tree(before), _tree(now), path)
        elif not untouched or (found and patch.commented(*found)):
            self.conflicts.append(Change(path, before, now, mine))
        else:
            self._put(patch, node, theirs, key, found)
            self.applied.append(Change(path, before, now, mine))

    def _put(
        self,
        patch: Patch,
        node: yaml.MappingNode,
        theirs: Tree,
        key: str,
        found: tuple[yaml.Node, yaml.Node] | None,
    ) -> None:
        if found and key in theirs:
            patch.replace(*found, key, theirs[key])
        elif found:
            patch.delete_pair(node, found[0])
        else:
            names = list(theirs)
            above = [pair(node, other) for other in reversed(names[: names.index(key)])]
            after = next((hit[1] for hit in above if hit), None)
            first = node.value[0][1] if node.value else None
            patch.insert_pair(node, after or first, key, theirs[key])

    # Blocks

    def _uprooted(self, id_: str) -> bool:
        """Whether its old or its new place is in a block that only one side has."""
        before, after = place(self.base, id_), place(self.theirs, id_)
        if before[:2] == after[:2]:
            return False
        plain_lists = before[1] == after[1] == "steps"
        return (
            not plain_lists
            or (after[0] not in ("", *blocks(self.base)))
            or (before[0] not in ("", *blocks(self.theirs)))
        )

    def _remove(self, id_: str, block: Tree, now: Tree | None) -> None:
        """Take out an untouched block that is gone from the table, or is written anew elsewhere (`now`)."""
        patch, here = self._patch()
        spot = here.get(id_)
        if spot is None:
            return
        last = len(spot.list.value) == 1
        if not self._untouched(patch, spot, block) or (last and spot.key.value == "steps"):
            change = Change(id_, texts(head(block)), texts(head(now)) if now else None, plain(spot.node))
            (self.conflicts if now else self.kept).append(change)
            return
        if last:
            patch.delete_pair(spot.holder, spot.key)
        else:
            patch.cut(*patch.item_span(spot.list, spot.node))
        self.text = patch.applied()
        if now is None:
            self.applied.append(Change(id_, texts(head(block))))

    def _untouched(self, patch: Patch, spot: Spot, block: Tree) -> bool:
        """Whether the entry stands there exactly as it was or would be written, letter by letter."""
        if spot.list.flow_style:
            return False
        start, end = patch.item_span(spot.list, spot.node)
        # Its keys may have been updated a moment ago.
        now = blocks(self.theirs).get(name(block), block)
        written = ("\n".join(emit.item(one, spot.list.start_mark.column)) for one in (block, now))
        return patch.text[start:end].rstrip("\n") in written

    def _add(self, id_: str, block: Tree) -> None:
        patch, here = self._patch()
        if id_ in here:
            return
        parent, key, before = place(self.theirs, id_)
        fresh = _without(block, set(here))
        holder = here[parent].node if parent in here else patch.root
        if (parent and parent not in here) or fresh is None:
            self.conflicts.append(Change(id_, None, texts(head(block)), None))
            return
        above = next((here[other] for other in before if _beside(here, other, parent, key)), None)
        found = pair(holder, key)
        if above:
            patch.insert_item(above.list, above.node, fresh)
        elif found and isinstance(found[1], yaml.SequenceNode) and found[1].value:
            patch.insert_item(found[1], None, fresh)
        else:
            patch.insert_pair(holder, holder.value[-1][1], key, [fresh])
        self.text = patch.applied()
        self.applied.append(Change(id_, None, texts(head(block))))

    def _move(self, id_: str) -> None:
        """Move a row with all that was written into it, where the file still has it where the table had it."""
        patch, here = self._patch()
        parent, key, before = place(self.theirs, id_)
        spot = here.get(id_)
        above = next((here[other] for other in before if _beside(here, other, parent, key)), None)
        found = pair(here[parent].node if parent in here else patch.root, key)
        target = above.list if above else found[1] if found else None
        if spot is None or (above and _next(above, spot)):
            return
        change = Change(f"{id_} ({key})", _where(self.base, id_), _where(self.theirs, id_), spot.owner)
        if not isinstance(target, yaml.SequenceNode) or not _movable(spot, target, place(self.base, id_)):
            self.conflicts.append(change)
            return
        start, end = patch.item_span(spot.list, spot.node)
        offset = (
            patch.item_span(target, above.node)[1] if above else patch.item_span(target, target.value[0])[0]
        )
        piece = _indented(self.text[start:end], target.start_mark.column - spot.list.start_mark.column)
        if offset == start:
            return
        rest = self.text[:start] + self.text[end:]
        offset -= end - start if offset >= end else 0
        self.text = rest[:offset] + piece + rest[offset:]
        self.applied.append(change)


def _returns(node: yaml.Node, id_: str, key: str = "") -> list[yaml.ScalarNode]:
    """The scalars that name a block to return to."""
    if isinstance(node, yaml.MappingNode):
        return [hit for k, value in node.value for hit in _returns(value, id_, k.value)]
    if isinstance(node, yaml.SequenceNode):
        return [hit for entry in node.value for hit in _returns(entry, id_, key)]
    named = (
        isinstance(node, yaml.ScalarNode) and node.value == id_ and key in ("return_to", "continue_at", "of")
    )
    return [node] if named and isinstance(node, yaml.ScalarNode) else []


def _beside(here: dict[str, Spot], id_: str, parent: str, key: str) -> bool:
    return id_ in here and here[id_].owner == parent and here[id_].key.value == key


def _next(above: Spot, spot: Spot) -> bool:
    """Whether one entry of a list stands right behind the other."""
    entries = [id(entry) for entry in above.list.value]
    return id(spot.node) in entries and entries.index(id(spot.node)) == entries.index(id(above.node)) + 1


def _movable(spot: Spot, target: yaml.SequenceNode, was: tuple[str, str, list[str]]) -> bool:
    if spot.list.flow_style or target.flow_style or not target.value:
        return False
    return (spot.owner, spot.key.value) == was[:2] and len(spot.list.value) > 1


def _where(tree: Tree, id_: str) -> str:
    parent, _, before = place(tree, id_)
    return f"{parent or '-'} / {before[0] if before else '-'}"


def _without(block: Tree, here: set[str]) -> Tree | None:
    """The block without what the file already has; None when nothing to do is left."""
    for _, _, entries in lists(block):
        if any(name(entry) in here for entry in entries):
            break
    else:
        return block
    steps = block.get("steps")
    left = (
        [entry for entry in steps if name(entry) not in here]
        if "stage" in block and isinstance(steps, list)
        else []
    )
    return {**block, "steps": left} if left else None


def _indented(text: str, by: int) -> str:
    """The lines further right, or further left as far as there are blanks."""
    lines = text.split("\n")
    if by >= 0:
        return "\n".join(" " * by + line if line.strip() else line for line in lines)
    return "\n".join(line[min(-by, len(line) - len(line.lstrip(" "))) :] for line in lines)


def _tree(value: object) -> Tree:
    return value if isinstance(value, dict) else {}


def _mergeable(path: str, before: object, now: object, node: yaml.Node, *, untouched: bool) -> bool:
    """Maps are merged key by key, the parts of the file also when one side lacks them altogether."""
    if not isinstance(node, yaml.MappingNode) or (untouched and (node.flow_style or now is None)):
        return False
    return (isinstance(before, dict) and isinstance(now, dict)) or (
        path in MAPS and (before is None or now is None)
    )
