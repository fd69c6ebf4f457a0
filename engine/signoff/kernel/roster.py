"""From roles to terms: what the directory is asked, with all that the state already knows put in.

Terms are JSON lists: ["person", id] · ["group", name] · ["groups", [names]] · ["people", [ids]] · ["lead_of", term] ·
["manager_of", term, levels] · ["chain_of", term, levels, end, amount] · ["head_of", term, levels] ·
["department", name] · ["title", text] · ["within", term, amount] · ["signing", amount, verb, term] · ["admins"] ·
["role", role, term] marks whom a role put on the roster · ["except", term, [ids]] leaves people out ·
["else", term, fallback] where the first gives nobody. Must import model and kernel below `run`.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from signoff.errors import NotAllowed
from signoff.kernel import seat
from signoff.kernel.commands import Actor
from signoff.kernel.sight import Sight
from signoff.kernel.state import Activity, Entry, GateRecord, Person
from signoff.model.authority import Grant
from signoff.model.definition import Definition
from signoff.model.expression import Expression, ExpressionFault
from signoff.model.role import Cover, Role, RoleKind
from signoff.model.value import Value

Term = list[Any]
Words = Callable[[str], Sequence[str]]  # owner, pending, preparer or starter -> ids of people


def check_admin(actor: Actor) -> None:
    """Raises NotAllowed for who is no administrator."""
    if not actor.admin:
        raise NotAllowed("administrators_only", person=actor.id)


def nobody(_word: str) -> tuple[str, ...]:
    """The words where no activity is, so that they name nobody."""
    return ()


def terms(sight: Sight, roles: Sequence[str], words: Words, *, leave_out: Sequence[str] = ()) -> list[Term]:
    """One term for each role; a role that gives nobody falls back as it says."""
    return [_with_fallback(sight, role, words, leave_out, set()) for role in roles]


def _with_fallback(sight: Sight, name: str, words: Words, leave_out: Sequence[str], seen: set[str]) -> Term:
    role = sight.definition.roles.get(name)
    found = term(sight, name, words)
    if leave_out:
        found = ["except", found, sorted(leave_out)]
    found = ["role", name, found]
    if role is not None and role.if_empty and role.if_empty != "admin" and name not in seen:
        fallback = _with_fallback(sight, role.if_empty, words, leave_out, {*seen, name})
        return ["else", found, ["role", name, fallback]]
    return found


def term(sight: Sight, name: str, words: Words) -> Term:
    """The term of a role, or of one of the words owner, pending, starter, preparer, admin."""
    if name == "admin":
        return ["admins"]
    role = sight.definition.roles.get(name)
    if role is None:
        return ["people", list(words(name))]
    found = _found(sight, role, words)
    narrowed = role.limit is not None and role.kind not in (RoleKind.CHAIN_OF, RoleKind.AUTHORITY)
    return ["within", found, amount_of(sight, role.limit)] if narrowed and role.limit else found


def _found(sight: Sight, role: Role, words: Words) -> Term:
    match role.kind:
        case RoleKind.GROUP:  # the usual one stands first
            return ["group", role.value]
        case RoleKind.PERSON:
            return ["person", role.value]
        case RoleKind.GROUPS:
            return ["groups", _named(sight, role)]
        case RoleKind.LEAD_OF:
            return ["lead_of", term(sight, role.value, words)]
        case RoleKind.MANAGER_OF:
            return ["manager_of", term(sight, role.value, words), role.levels]
        case kind if kind in _ORGANISED:
            return _ORGANISED[kind](sight, role, words)
        case _:
            return ["people", list(_known(sight, role))]


def _chain(sight: Sight, role: Role, words: Words) -> Term:
    end = term(sight, role.up_to, words) if role.up_to else None
    amount = amount_of(sight, role.limit) if role.limit else None
    return ["chain_of", term(sight, role.value, words), role.levels, end, amount]


def _signing(sight: Sight, role: Role, words: Words) -> Term:
    assert role.limit is not None, "compiled together"
    of = [term(sight, role.value, words)] if role.value else []
    return ["signing", amount_of(sight, role.limit), role.verb, *of]


_ORGANISED: Mapping[RoleKind, Callable[[Sight, Role, Words], Term]] = {
    RoleKind.CHAIN_OF: _chain,
    RoleKind.AUTHORITY: _signing,
    RoleKind.HEAD_OF: lambda sight, role, words: ["head_of", term(sight, role.value, words), role.levels],
    RoleKind.DEPARTMENT: lambda _sight, role, _words: ["department", role.value],
    RoleKind.TITLE: lambda _sight, role, _words: ["title", role.value],
}


def amount_of(sight: Sight, cover: Cover) -> Term:
    """What has to be covered: category, amount as text (None: not known yet), currency."""
    try:
        value = sight.value(cover.amount)
    except ExpressionFault:
        value = None
    return [cover.category, None if value is None else f"{Decimal(value):f}", cover.currency]


def _known(sight: Sight, role: Role) -> tuple[str, ...]:
    """The people of a role that the instance itself tells: starter, owners, approvers, form fields."""
    match role.kind:
        case RoleKind.STARTER:
            return (sight.state.starter.id,) if sight.state.starter else ()
        case RoleKind.OWNER_OF:
            done = sight.done(role.value)
            return (done.by,) if done and done.by else ()
        case RoleKind.APPROVERS_OF:
            done = sight.done(role.value)
            return done.approvers if done else ()
        case RoleKind.PICKED_BY:
            return sight.process.picks.get(role.id, ())
        case RoleKind.FIELD | RoleKind.COMPUTED:
            try:
                return ids_in(sight.value(Expression(role.value)))
            except ExpressionFault:
                return ()
        case _:
            return ()


def _named(sight: Sight, role: Role) -> list[str]:
    """The groups that data name: one, a list, or several in one text with commas between."""
    try:
        found = ids_in(sight.value(Expression(role.value)))
    except ExpressionFault:
        return []
    return [name.strip() for text in found for name in text.split(",") if name.strip()]


def ids_in(value: Value) -> tuple[str, ...]:
    """The ids of a person, or of a list of persons."""
    if isinstance(value, Mapping):
        return (str(value["id"]),) if value.get("id") else ()
    if isinstance(value, (list, tuple)):
        return tuple(id for item in value for id in ids_in(item))
    return (value,) if isinstance(value, str) and value else ()


def left_out(sight: Sight, rules: Sequence[str], preparers: Sequence[str]) -> tuple[set[str], set[str]]:
    """The people, and the groups, whom a `not_by` rules out."""
    people: set[str] = set()
    groups: set[str] = set()
    for rule in rules:
        if rule == "preparer":
            people.update(preparers)
            continue
        word, _, step = rule.partition(" of ")
        role = sight.definition.roles.get(rule)
        if rule == "author" and role is None:
            people.update(_authors(sight))
        elif rule == "starter" and sight.state.starter:
            people.add(sight.state.starter.id)
        elif step:
            done = sight.done(step)
            made = () if done is None else (done.by, done.behalf) if word == "owner" else done.approvers
            people.update(made)
        elif role is not None and role.kind is RoleKind.GROUP:
            groups.add(role.value)
        elif role is not None:
            people.update((role.value,) if role.kind is RoleKind.PERSON else _known(sight, role))
    people.discard("")
    return people, groups


def _authors(sight: Sight) -> set[str]:
    """Who brought in the definition that this runs on, and that of the process that was started."""
    versions = {sight.process.version, *(s.version for s in sight.state.scopes.values() if not s.activity)}
    return {sight.world.authors.get(version, "") for version in versions}


def told(process: str, step: str, people: Sequence[Person], grants: Sequence[Grant]) -> tuple[str, ...]:
    """Who stands in for one of these people here, as far as that is known before anybody acts."""
    asked = {person.id for person in people}
    here = (g for g in grants if g.reaches(process, step))
    return tuple(dict.fromkeys(g.substitute for g in here if g.principal in asked))


def may(definition: Definition, actor: Actor, roles: Sequence[str], sight: Sight | None = None) -> bool:
    """Whether the actor holds one of these roles, by what the command carries and the instance knows."""
    return any(_holds(definition, actor, name, sight) for name in roles)


def _holds(definition: Definition, actor: Actor, name: str, sight: Sight | None) -> bool:
    if name == "admin":
        return actor.admin
    role = definition.roles.get(name)
    if role is None:
        return False
    match role.kind:
        case RoleKind.GROUP:
            return role.value in actor.groups
        case RoleKind.PERSON:
            return role.value == actor.id
        case RoleKind.LEAD_OF:
            led = definition.roles.get(role.value)
            return led is not None and led.value in actor.leads
        case _:
            return sight is not None and actor.id in _known(sight, role)


def pending(activity: Activity, gate: GateRecord | None) -> tuple[str, ...]:
    """Whose move it is: the voters still asked, else who holds or may take the work."""
    if gate is not None and gate.status != "returned":
        return tuple(dict.fromkeys(id for entry in gate.entries for id in waiting_for(entry)))
    return (activity.assignee,) if activity.assignee else tuple(p.id for p in activity.roster)


def waiting_for(entry: Entry) -> tuple[str, ...]:
    return seat.asked(entry)
