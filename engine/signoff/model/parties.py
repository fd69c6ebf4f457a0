"""Static analysis of people and documents: who can do what is asked, and whether anybody can.

Codes N01, N07, N08, T08, D02, G01, G02, R01. May import the rest of model/.
"""

from collections.abc import Callable, Iterator, Mapping

from signoff.model.course import Course
from signoff.model.definition import Definition
from signoff.model.environment import Environment
from signoff.model.expression import Expression
from signoff.model.finding import Finder
from signoff.model.inference import infer
from signoff.model.nodes import HumanTask, RequestEvent, SendTask, UserTask
from signoff.model.role import ASKED, THROUGH, Role, RoleKind
from signoff.model.types import Kind, ListOf, Scalar, Type

_BEFOREHAND = (RoleKind.GROUP, RoleKind.PERSON)
_NUMBERS = (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY)


def parties(environment: Environment, course: Course, finder: Finder, *, partial: bool) -> None:
    """Everything about roles and documents; `partial`: not what may only be missing."""
    definition = environment.definition
    for role in definition.roles.values():
        _role(environment, role, finder)
    for key, named in (("by", definition.start.by), ("released_by", definition.start.released_by)):
        for id_ in named:
            if id_ in definition.roles and not _known_beforehand(definition.roles[id_], definition.roles):
                finder.tell("G02", f"start|{key}|{id_}", "role_only_later", name=id_)
    for name, handler in definition.requests.items():
        for id_ in handler.event.by if isinstance(handler.event, RequestEvent) else ():
            if id_ in definition.roles and definition.roles[id_].kind in ASKED:
                finder.tell("G02", f"{name}|by|{id_}", "role_only_later", name=id_)
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
    if circle := _needed(role, roles):
        finder.tell("G01", mark, "role_circle", name=role.id, circle=circle)
    if role.kind is RoleKind.FIELD:
        _field(environment, role, finder)
    if role.kind is RoleKind.COMPUTED:
        _people(environment, role, finder)
    if role.limit is not None:
        _amount(environment, role, finder)


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


def needs(role: Role) -> tuple[str, ...]:
    """The roles without which this one cannot be found."""
    through = role.value if role.kind in {*THROUGH, RoleKind.PICKED_BY, RoleKind.AUTHORITY} else ""
    return tuple(filter(None, (through, role.up_to, role.among)))


def _needed(role: Role, roles: Mapping[str, Role]) -> str:
    """The way by which finding a role leads back to itself; nothing when it does not."""
    ways: list[tuple[str, ...]] = [(role.id, each) for each in needs(role) if each in roles]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == role.id:
            return " → ".join(way)
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [(*way, each) for each in needs(roles[way[-1]]) if each in roles]
    return ""


def _people(environment: Environment, role: Role, finder: Finder) -> None:
    """T08: an expression that gives neither a person nor several."""
    names = _names_anywhere(environment)
    mark = f"role:{role.id}|expression"
    strange = Expression.of(role.value).names - names.keys()
    if strange:
        finder.strange("N01", mark, min(strange), names)
        return
    type_ = infer(Expression.of(role.value), names)
    if type_ is not None and (type_.item if isinstance(type_, ListOf) else type_) != Scalar(Kind.PERSON):
        finder.tell("T08", mark, name=role.value)


def _amount(environment: Environment, role: Role, finder: Finder) -> None:
    """R01: what a limit has to cover is no amount, or one in another currency."""
    assert role.limit is not None, "only called where there is one"
    names, mark = _names_anywhere(environment), f"role:{role.id}|limit|covers"
    strange = role.limit.amount.names - names.keys()
    if strange:
        finder.strange("N01", mark, min(strange), names)
        return
    type_ = infer(role.limit.amount, names)
    if not isinstance(type_, Scalar) or type_.kind not in _NUMBERS:
        finder.tell("R01", mark, "role_no_amount", name=role.limit.amount.text)
    elif type_.kind is Kind.MONEY and type_.currency not in ("", role.limit.currency):
        finder.tell(
            "R01",
            mark,
            "role_currency",
            name=role.limit.amount.text,
            currency=type_.currency,
            other=role.limit.currency,
        )


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
        if role.kind not in THROUGH or role.value not in roles:
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
    for scope in ("", *definition.starts):
        yield from (role for declared in definition.declared(scope).values() for role in declared.readers)
    yield from (role for document in definition.documents.values() for role in document.readers)
    yield from (*definition.start.by, *definition.start.released_by)
    for role in definition.roles.values():
        yield role.if_empty
        yield from needs(role)
    for rule in definition.start.rules:
        yield from rule.waive
    for handler in definition.requests.values():
        if isinstance(handler.event, RequestEvent):
            yield from (*handler.event.by, *(role for rule in handler.event.rules for role in rule.waive))
    for node in definition.nodes.values():
        if isinstance(node, SendTask):
            yield from node.to
        if isinstance(node, HumanTask):
            yield from (*node.owner, *node.cc)
            for entry in node.gate.approvals:
                yield from (*entry.by, *entry.not_by, *entry.add_from, *entry.transfer_to)
                yield from (r for rung in entry.escalate for r in (*rung.notify, rung.assign))
            for rule in node.gate.rules:
                yield from rule.waive
            for rung in node.escalate:
                yield from (*rung.notify, rung.assign, *rung.waive)


def _known_people(definition: Definition, course: Course, node: HumanTask, finder: Finder) -> None:
    """D02: whoever is to act is read from data that may still be empty, and nobody stands in."""
    acting = [*node.owner, *(id_ for entry in node.gate.approvals for id_ in entry.by)]
    for id_ in acting:
        role = definition.roles.get(id_)
        for _ in definition.roles:  # as far as a way without a circle can lead
            if role and role.kind in THROUGH and not role.if_empty and role.limit is None:
                role = definition.roles.get(role.value)
        if role is None or role.if_empty:
            continue
        for read in _read(role):
            if not read.names <= course.within(node.id).data:
                finder.warn("D02", f"{node.id}|owner", name=role.id, path=read.text)


def _read(role: Role) -> Iterator[Expression]:
    """What has to be known of the data before the people of a role are."""
    if role.kind in (RoleKind.FIELD, RoleKind.COMPUTED, RoleKind.GROUPS):
        yield Expression.of(role.value)
    if role.limit is not None:
        yield role.limit.amount
