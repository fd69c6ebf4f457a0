"""Static analysis of people and documents: who can do what is asked, and whether anybody can.

Codes N07, N08, T08, D02, G01, G02. May import the rest of model/.
"""

from collections.abc import Callable, Iterator, Mapping

from signoff.model.course import Course
from signoff.model.definition import Definition, Role, RoleKind
from signoff.model.environment import Environment
from signoff.model.expression import Expression
from signoff.model.finding import Finder
from signoff.model.inference import infer
from signoff.model.nodes import HumanTask, UserTask
from signoff.model.types import Kind, ListOf, Scalar, Type

_BEFOREHAND = (RoleKind.GROUP, RoleKind.PERSON)
_THROUGH = (RoleKind.LEAD_OF, RoleKind.MANAGER_OF)


def parties(environment: Environment, course: Course, finder: Finder, *, partial: bool) -> None:
    """Everything about roles and documents; `partial`: not what may only be missing."""
    definition = environment.definition
    for role in definition.roles.values():
        _role(environment, role, finder)
    for id_ in definition.start.by:
        if id_ in definition.roles and not _known_beforehand(definition.roles[id_], definition.roles):
            finder.tell("G02", f"start|by|{id_}", name=id_)
    if partial:
        return
    _unused(definition, finder)
    for node in definition.nodes.values():
        if isinstance(node, HumanTask) and node.id in course.at:
            _known_people(definition, course, node, finder)


def _role(environment: Environment, role: Role, finder: Finder) -> None:
    roles, mark = environment.definition.roles, f"role:{role.id}"
    if circle := _circle(role, roles, lambda one: one.if_empty):
        finder.tell("G01", mark, "stand_in_circle", name=role.id, circle=circle)
    if circle := _circle(role, roles, lambda one: one.value if one.kind in _THROUGH else ""):
        finder.tell("G01", mark, "role_circle", name=role.id, circle=circle)
    if role.kind is RoleKind.FIELD:
        _field(environment, role, finder)


def _circle(role: Role, roles: Mapping[str, Role], following: Callable[[Role], str]) -> str:
    """The way from a role back to itself, as people read it; nothing when it leads elsewhere."""
    way = [role.id]
    while (id_ := following(roles[way[-1]])) in roles:
        way.append(id_)
        if id_ == role.id:
            return " → ".join(way)
        if way.count(id_) > 1:
            return ""
    return ""


def _field(environment: Environment, role: Role, finder: Finder) -> None:
    """T08: a path that leads to no person; N01: to nothing."""
    mark = f"role:{role.id}"
    root = role.value.partition(".")[0]
    names = _names_anywhere(environment)
    if root not in names:
        finder.strange("N01", mark, root, names)
        return
    type_ = infer(Expression.of(role.value), names)
    person = type_.item if isinstance(type_, ListOf) else type_
    if person != Scalar(Kind.PERSON):
        finder.tell("T08", mark, name=role.value)


def _names_anywhere(environment: Environment) -> dict[str, Type]:
    """All data, that of sub-processes included: a role is resolved where it is used."""
    found = environment.types("")
    for id_ in environment.definition.starts:
        found |= environment.types(id_)
    return found


def _known_beforehand(role: Role, roles: Mapping[str, Role]) -> bool:
    """Whether the people of a role are known before any process runs."""
    for _ in roles:
        if role.kind in _BEFOREHAND:
            return True
        if role.kind not in _THROUGH or role.value not in roles:
            return False
        role = roles[role.value]
    return False


# use ----------------------------------------------------------------------------------------------------------


def _unused(definition: Definition, finder: Finder) -> None:
    """N07: a document that nobody delivers; N08: a role that nothing names."""
    delivered = {d for node in definition.nodes.values() if isinstance(node, UserTask) for d in node.delivers}
    for document in definition.documents.keys() - delivered:
        finder.tell("N07", f"document:{document}", name=document)
    for role in definition.roles.keys() - set(_named(definition)):
        finder.warn("N08", f"role:{role}", name=role)


def _named(definition: Definition) -> Iterator[str]:
    yield from definition.start.by
    for role in definition.roles.values():
        yield role.if_empty
        if role.kind in _THROUGH:
            yield role.value
    for rule in definition.start.rules:
        yield from rule.waive
    for node in definition.nodes.values():
        if isinstance(node, HumanTask):
            yield from (*node.owner, *node.cc)
            for entry in node.gate.approvals:
                yield from (*entry.by, *entry.not_by)
            for rule in node.gate.rules:
                yield from rule.waive
            for rung in node.escalate:
                yield from rung.notify


def _known_people(definition: Definition, course: Course, node: HumanTask, finder: Finder) -> None:
    """D02: whoever is to act is read from data that may still be empty, and nobody stands in."""
    acting = [*node.owner, *(id_ for entry in node.gate.approvals for id_ in entry.by)]
    for id_ in acting:
        role = definition.roles.get(id_)
        while role and role.kind in _THROUGH and not role.if_empty:
            role = definition.roles.get(role.value)
        if role is None or role.kind is not RoleKind.FIELD or role.if_empty:
            continue
        if role.value.partition(".")[0] not in course.within(node.id).data:
            finder.warn("D02", f"{node.id}|owner", name=role.id, path=role.value)
