"""How the votes of an entry count, as written: how many, what they weigh, whose no decides, what voters may do.

Codes S01, G05 and those of the context. May import model and its siblings.
"""

from collections.abc import Iterator
from dataclasses import replace

from signoff.model.gate import Approval, Meaning, Need, NeedKind, Right, SamePerson, Strength
from signoff.notation.yaml.context import Context
from signoff.notation.yaml.tree import Keyed, Leaf

_WORDS = ("any", "all", "all in turn", "each", "first")
_MOST = 10_000
_LEAST = {"true": Strength.ATTESTED, "key": Strength.SIGNED}
#: Keys of an entry that say how its own votes count: an entry with a table leaves them to the rows.
COUNTING = ("need", "as", "sign", "weights", "veto", "wait_all", "auto", "due", "escalate")


def handed_down(context: Context, node: Keyed, like: Approval) -> Approval:
    """What an entry hands down to the rows of its table, and keeps for itself: what voters may do."""
    return replace(
        like,
        allow=rights(node) if "allow" in node else like.allow,
        same_person=SamePerson(node.text("same_person", like.same_person.value)),
        add_from=context.all_roles(node.leaves("add_from")) or like.add_from,
        transfer_to=context.all_roles(node.leaves("transfer_to")) or like.transfer_to,
    )


def rights(tree: Keyed) -> tuple[Right, ...]:
    return tuple(dict.fromkeys(Right(leaf.text) for leaf in tree.leaves("allow")))


def counted(context: Context, node: Keyed, like: Approval, mark: str) -> Approval:
    """The entry with how its votes count."""
    meaning = Meaning(node.text("as", "approve"))
    for key in ("declined", "veto"):
        if meaning is Meaning.ACKNOWLEDGE and (said := node.get(key)):
            context.report("G05", said.place, name=key)
    for key in ("need", "weights", "veto", "wait_all", "auto", "same_person", "add_from", "allow"):
        context.mark(f"{mark}|{key}", _key(node, key))
    return replace(
        like,
        need=need(context, node.leaf("need")),
        meaning=meaning,
        least=_LEAST.get(node.text("sign"), Strength.ASSERTED),
        weights=tuple(_weights(context, node, mark)),
        veto=tuple(_veto(context, node, mark)),
        wait_all=node.text("wait_all") == "true",
        auto=context.expression(node.get("auto"), f"{mark}|auto"),
    )


def _weights(context: Context, node: Keyed, mark: str) -> Iterator[tuple[str, int]]:
    for key, value in node.node("weights") or ():
        role = context.lookup("N06", key, context.roles)
        context.mark(f"{mark}|weights|{role}", key)
        if role and isinstance(value, Leaf):
            if value.text.isdigit():
                yield role, int(value.text)
            else:
                context.report("S01", value.place, "weight_negative", name=role)


def _veto(context: Context, node: Keyed, mark: str) -> Iterator[str]:
    for leaf in node.leaves("veto"):
        role = context.lookup("N06", leaf, context.roles)
        context.mark(f"{mark}|veto|{role}", leaf)
        if role:
            yield role


def need(context: Context, leaf: Leaf | None) -> Need:
    """`any`, `all`, `all in turn`, `each`, `first`, a number, a percentage."""
    text = leaf.text if leaf else "any"
    if text in _WORDS:
        return Need(NeedKind(text))
    number = text.removesuffix("%").strip()
    most = 100 if text.endswith("%") else _MOST
    if number.isascii() and number.isdigit() and 0 < int(number[:9]) <= most:
        return Need(NeedKind.PERCENT if text.endswith("%") else NeedKind.COUNT, int(number))
    if leaf:
        context.report.strange("S01", leaf.place, text, [*_WORDS, "2", "60%"], "value_option")
    return Need()


def _key(node: Keyed, name: str) -> Leaf | None:
    """The key itself, where it is written."""
    return next((key for key, _ in node if key.text == name), None)
