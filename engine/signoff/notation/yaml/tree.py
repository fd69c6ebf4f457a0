"""A YAML document as marked text: leaves, lists and keyed nodes, each with its line and column (from 1).

Nothing is converted here: `5` is the text "5" that was written plainly. Must import nothing of signoff but errors.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from signoff.errors import Place


@dataclass(frozen=True, slots=True)
class Leaf:
    """One scalar; `plain` says that it was written without quotes."""

    text: str
    place: Place
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Tree", ...]
    place: Place

    def __iter__(self) -> Iterator["Tree"]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Keyed:
    """Keys and values in the order written; no key stands twice."""

    entries: tuple[tuple[Leaf, "Tree"], ...]
    place: Place

    def __iter__(self) -> Iterator[tuple[Leaf, "Tree"]]:
        return iter(self.entries)

    def __contains__(self, key: str) -> bool:
        return any(leaf.text == key for leaf, _ in self.entries)

    def get(self, key: str) -> "Tree | None":
        return next((value for leaf, value in self.entries if leaf.text == key), None)

    def key(self, key: str) -> Leaf | None:
        """The key itself, for its place."""
        return next((leaf for leaf, _ in self.entries if leaf.text == key), None)

    def without(self, key: str) -> "Keyed":
        """The other keys."""
        return Keyed(tuple(each for each in self.entries if each[0].text != key), self.place)

    def leaf(self, key: str) -> Leaf | None:
        found = self.get(key)
        return found if isinstance(found, Leaf) else None

    def text(self, key: str, otherwise: str = "") -> str:
        found = self.leaf(key)
        return found.text if found else otherwise

    def items(self, key: str) -> tuple["Tree", ...]:
        """The elements of a list; one value that stands for a list of one; nothing when the key is left out."""
        found = self.get(key)
        if found is None:
            return ()
        return found.items if isinstance(found, Items) else (found,)

    def leaves(self, key: str) -> tuple[Leaf, ...]:
        return tuple(item for item in self.items(key) if isinstance(item, Leaf))

    def nodes(self, key: str) -> tuple["Keyed", ...]:
        return tuple(item for item in self.items(key) if isinstance(item, Keyed))

    def node(self, key: str) -> "Keyed | None":
        found = self.get(key)
        return found if isinstance(found, Keyed) else None


@dataclass(frozen=True, slots=True)
class Broken:
    """Stands where something was refused already, so that nothing is said about it twice."""

    place: Place


Tree: TypeAlias = Leaf | Items | Keyed | Broken
