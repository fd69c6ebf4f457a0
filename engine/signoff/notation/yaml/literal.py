"""Data written out in a file: trees as plain Python values. Numbers are int or Decimal, never float.

May import its siblings.
"""

from decimal import Decimal
from typing import Any

from signoff.notation.yaml import trap
from signoff.notation.yaml.tree import Broken, Items, Keyed, Leaf, Tree


def literal(tree: Tree) -> Any:
    """Text, int, Decimal, bool, list or dict; only what was written plainly can be a number or a boolean."""
    match tree:
        case Leaf():
            return _scalar(tree)
        case Items():
            return [literal(item) for item in tree]
        case Keyed():
            return {key.text: literal(value) for key, value in tree}
        case Broken():
            return None


def _scalar(leaf: Leaf) -> str | int | Decimal | bool:
    if not leaf.plain:
        return leaf.text
    if leaf.text in ("true", "false"):
        return leaf.text == "true"
    if trap.NUMBER.fullmatch(leaf.text):
        return Decimal(leaf.text) if "." in leaf.text or len(leaf.text) > 18 else int(leaf.text)
    return leaf.text
