"""Static analysis of how the votes of an entry count: can it ever be met, and does what it says go together.

Codes G04, G06, G07, G12, G16 to G19. May import the rest of model/.
"""

from signoff.model.definition import Definition
from signoff.model.finding import Finder
from signoff.model.gate import ADDING, Approval, NeedKind, Right, SamePerson, Strength
from signoff.model.role import RoleKind

_ONE_PERSON = frozenset(
    {RoleKind.PERSON, RoleKind.STARTER, RoleKind.OWNER_OF, RoleKind.MANAGER_OF}
)  # whoever it is, there is one


def voting(definition: Definition, node: str, number: int, entry: Approval, finder: Finder) -> None:
    """Everything about the votes of one entry of a gate."""
    mark = f"{node}|approve|{number}"
    _automatic(node, mark, entry, finder)
    _weights(mark, entry, finder)
    _people(definition, node, mark, entry, finder)
    for key, roles in (("weights", [role for role, _ in entry.weights]), ("veto", entry.veto)):
        for role in roles:
            if role not in entry.by:
                finder.strange("G18", f"{mark}|{key}|{role}", role, entry.by)
    if entry.wait_all and entry.need.kind is NeedKind.FIRST:
        finder.tell("G17", f"{mark}|wait_all", name=node)
    whole = entry.need.kind in (NeedKind.ALL, NeedKind.IN_TURN, NeedKind.EACH)
    if Right.ADD_BESIDE in entry.allow and not entry.add_from and not whole:
        finder.tell("G19", f"{mark}|allow", name=node)
    if entry.add_from and not ADDING & set(entry.allow):
        finder.tell("G07", f"{mark}|add_from", name=node)


def _automatic(node: str, mark: str, entry: Approval, finder: Finder) -> None:
    """G04: a signature that something automatic could stand for."""
    if not entry.least.reaches(Strength.ATTESTED):
        return
    if entry.auto is not None:
        finder.tell("G04", f"{mark}|auto", "auto_signed", name=node, key="auto")
    if entry.same_person is SamePerson.SKIP:
        finder.tell("G04", f"{mark}|same_person", "auto_signed", name=node, key="same_person: skip")
    for rung in entry.escalate:
        if rung.decide is not None:
            finder.tell("G04", f"{mark}|escalate", "auto_signed", name=node, key=f"decide: {rung.decide}")


def _weights(mark: str, entry: Approval, finder: Finder) -> None:
    """G06: weights without a percentage; G16: weights that can never come to anything."""
    if not entry.weights:
        return
    table = dict(entry.weights)
    if entry.need.kind is not NeedKind.PERCENT:
        finder.tell("G06", f"{mark}|weights")
    elif not any(table.get(role, 1) for role in entry.by):
        finder.tell("G16", f"{mark}|weights", "weighs_nothing")


def _people(definition: Definition, node: str, mark: str, entry: Approval, finder: Finder) -> None:
    """G16: more yes than there can be people; G12: an order of one."""
    roles = [definition.roles[id] for id in entry.by if id in definition.roles]
    if len(roles) < len(entry.by) or any(role.kind not in _ONE_PERSON or role.if_empty for role in roles):
        return  # how many there are only the directory knows
    if entry.need.kind is NeedKind.COUNT and entry.need.number > len(roles):
        finder.tell("G16", f"{mark}|need", "too_many_wanted", wanted=entry.need.number, people=len(roles))
    if entry.need.kind is NeedKind.IN_TURN and len(roles) == 1:
        finder.warn("G12", f"{mark}|need", name=node)
