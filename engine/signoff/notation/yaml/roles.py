"""The section of roles: who, by which way of finding them, up to how much, and who stands in.

Codes N06, N09, S01, R01 and those of the context. May import model and its siblings.
"""

from dataclasses import dataclass

from signoff.model.role import Cover, Role, RoleKind
from signoff.notation.yaml.context import PEOPLE_WORDS, Context
from signoff.notation.yaml.names import Names
from signoff.notation.yaml.sections import entries
from signoff.notation.yaml.tree import Keyed, Leaf

_RELATIVE = ("owner", "pending", "starter")
_PLAIN = ("person", "group", "field", "department", "title")  # the value as it is written
_THROUGH = ("lead_of", "manager_of", "chain_of", "head_of")  # the value is a role


def roles(context: Context, names: Names) -> dict[str, Role]:
    found: dict[str, Role] = {}
    for key, tree in entries(context, "roles"):
        context.mark(f"role:{key.text}", key)
        if key.text in PEOPLE_WORDS:
            context.report("S01", key.place, "role_word", name=key.text)
            continue
        role = _Reader(context, names, key, tree).role()
        if role is not None:
            found[key.text] = role
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one role."""

    context: Context
    names: Names
    key: Leaf
    tree: Keyed

    def role(self) -> Role | None:
        resolver = self._resolver()
        if resolver is None:
            return None
        kind, value = resolver
        self._fitting(kind)
        if_empty = self.tree.leaf("if_empty")
        authority = self.tree.node("authority")
        return Role(
            self.key.text,
            kind,
            value,
            self.context.label(self.tree, self.key.text),
            levels=self._levels(kind),
            if_empty=_stand_in(self.context, if_empty) if if_empty else "",
            up_to=self._named("up_to"),
            limit=self._cover(self.tree.node("limit") or authority),
            among=self._named("among"),
            verb=authority.text("as", "approve") if authority else "",
        )

    def _resolver(self) -> tuple[RoleKind, str] | None:
        for key in _PLAIN:
            if leaf := self.tree.leaf(key):
                return RoleKind(key), leaf.text
        for key in _THROUGH:
            if leaf := self.tree.leaf(key):
                value = self.context.lookup("N06", leaf, (*self.context.roles, *_RELATIVE))
                return (RoleKind(key), value) if value else None
        if leaf := self.tree.leaf("picked_by"):
            value = self.context.lookup("N06", leaf, (*self.context.roles, "starter"))
            return (RoleKind.PICKED_BY, value) if value else None
        if "expression" in self.tree:
            found = self.context.expression(self.tree.get("expression"), f"role:{self.key.text}|expression")
            return (RoleKind.COMPUTED, found.text) if found else None
        if authority := self.tree.node("authority"):
            leaf = authority.leaf("of")
            known = (*self.context.roles, *_RELATIVE)
            return RoleKind.AUTHORITY, self.context.lookup("N06", leaf, known) if leaf else ""
        leaf = self.tree.leaf("is")
        return _is(self.context, leaf, self.names) if leaf else None

    def _named(self, key: str) -> str:
        leaf = self.tree.leaf(key)
        return self.context.role(leaf) if leaf else ""

    def _levels(self, kind: RoleKind) -> int:
        levels = int(self.tree.text("levels", "0" if kind is RoleKind.CHAIN_OF else "1"))
        if levels < 1 and "levels" in self.tree:
            self.context.report("R01", self.tree.get("levels").place, "role_levels")  # type: ignore[union-attr]  # it is there
        return levels

    def _fitting(self, kind: RoleKind) -> None:
        """R01: options that say nothing for this kind of role, and a chain that ends in no way or in several."""
        ends = [key for key in ("levels", "up_to", "limit") if key in self.tree]
        if kind is RoleKind.CHAIN_OF and len(ends) != 1:
            self.context.report("R01", self.key.place, "role_chain_end", name=self.key.text)
        allowed = {
            "levels": (RoleKind.CHAIN_OF, RoleKind.MANAGER_OF, RoleKind.HEAD_OF),
            "up_to": (RoleKind.CHAIN_OF,),
            "among": (RoleKind.PICKED_BY,),
        }
        for key, kinds in allowed.items():
            leaf = self.tree.key(key)
            if leaf is not None and kind not in kinds:
                self.context.report(
                    "R01", leaf.place, "role_option", key=key, kinds=[each.value for each in kinds]
                )
        if kind is RoleKind.AUTHORITY and (leaf := self.tree.key("limit")):
            self.context.report("R01", leaf.place, "role_two_amounts")

    def _cover(self, tree: Keyed | None) -> Cover | None:
        if tree is None:
            return None
        self.context.mark(f"role:{self.key.text}|limit", tree)
        amount = self.context.expression(tree.get("covers"), f"role:{self.key.text}|limit|covers")
        currency = tree.text("currency") or self.context.root.text("currency", "CNY")
        return Cover(tree.text("for"), amount, currency) if amount else None


def _stand_in(context: Context, leaf: Leaf) -> str:
    """A role; `admin` is what holds anyway."""
    return "" if leaf.text == "admin" else context.role(leaf)


def _is(context: Context, leaf: Leaf, names: Names) -> tuple[RoleKind, str] | None:
    """`starter`, `owner of STEP`, `approvers of STEP`."""
    if leaf.text == "starter":
        return RoleKind.STARTER, ""
    kind, _, step = leaf.text.partition(" of ")
    if kind in ("owner", "approvers") and step:
        found = context.lookup(
            "N09", Leaf(step.strip(), leaf.place), names.of("step", "gate"), "step_unknown"
        )
        return (RoleKind(f"{kind}_of"), found) if found else None
    context.report("S01", leaf.place, "role_is", text=leaf.text)
    return None
