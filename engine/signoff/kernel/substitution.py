"""Acting for somebody else: whether a grant lets this actor sit at another's seat, and up to how much anybody decides.

All of it is judged when the decision is taken, by what the command captured: dates, scope, amount, the conflicts of
both persons. Must import kernel below `vote`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from signoff.errors import Invalid, NotAllowed
from signoff.kernel import missing, precedent, roster, seat
from signoff.kernel.commands import Actor
from signoff.kernel.run import Run
from signoff.kernel.sight import Sight
from signoff.kernel.state import Entry, EntryStatus, GateRecord, Person
from signoff.model.authority import Authority, Grant, Way, ways
from signoff.model.definition import Definition
from signoff.model.gate import NeedKind
from signoff.model.nodes import HumanTask
from signoff.model.role import Role, RoleKind

_NOBODY = Authority()


@dataclass(frozen=True, slots=True)
class Stead:
    """The seat of `person`, taken by the actor on this way."""

    number: int
    person: Person
    way: Way


def seats(run: Run, record: GateRecord, node: HumanTask, only: int | None) -> Stead | None:
    """The seat that the actor may take for somebody who is asked now; None where no grant leads to one.

    Raises NotAllowed with the reason where grants lead to one but do not reach, and Invalid where it is not clear
    for whom of several the actor acts.
    """
    asked = [
        (number, person)
        for number, entry in enumerate(record.entries)
        if only in (None, number)
        and entry.status is EntryStatus.OPEN
        and not seat.has_voted(entry, run.actor.id)
        for id in seat.voters(entry)
        for person in seat.roles(entry, id)
    ]
    found, refused = [], list[NotAllowed]()
    for number, person in asked:
        try:
            way = _way(run, record.scope, node, person)
            if way is not None:
                _check_conflicts(run, record, node, number, person)
                found.append(Stead(number, person, way))
        except NotAllowed as refusal:
            refused.append(refusal)
    return _one(run.actor, found, refused)


def lapsed(run: Run, asked: Iterable[str], step: Mapping[str, str]) -> NotAllowed | None:
    """Why somebody whose grant is over, or still to come, does not act for one of these people."""
    actor, people = run.actor, {*asked}
    for grant in (actor.authority or _NOBODY).lapsed:
        if grant.principal in people and actor.on_behalf_of in ("", grant.principal):
            over = grant.until <= run.at
            return NotAllowed(
                "grant_over" if over else "grant_not_begun",
                person=actor.id,
                principal=grant.principal,
                grant=grant.id,
                at=grant.until if over else grant.since,
                step=step,
            )
    return None


def works(run: Run, scope: str, node: HumanTask, holders: Iterable[Person]) -> Way | None:
    """For whom of the holders of a task the actor may do its work; as `seats`."""
    found, refused = [], list[NotAllowed]()
    for person in holders:
        try:
            way = _way(run, scope, node, person)
        except NotAllowed as refusal:
            refused.append(refusal)
            continue
        if way is not None:
            found.append(Stead(0, person, way))
    stead = _one(run.actor, found, refused)
    return stead.way if stead else None


def _one(actor: Actor, found: list[Stead], refused: list[NotAllowed]) -> Stead | None:
    people = list(dict.fromkeys(each.person.id for each in found))
    if len(people) > 1:
        raise Invalid("say_for_whom", person=actor.id, people=people)
    if not found and refused:
        raise refused[0]
    return found[0] if found else None


def _way(run: Run, scope: str, node: HumanTask, person: Person) -> Way | None:
    """The shortest way on which the actor acts for this person here; raises where none of those there are reaches."""
    actor = run.actor
    if actor.on_behalf_of not in ("", person.id):
        return None
    grants = (actor.authority or _NOBODY).grants
    refused: NotAllowed | None = None
    for way in ways(grants, actor.id, run.at):
        if way.principal == person.id:
            reason = _out_of_reach(run, scope, node, person, way)
            if reason is None:
                return way
            refused = refused or reason
    if refused is not None:
        raise refused
    return None


def _out_of_reach(run: Run, scope: str, node: HumanTask, person: Person, way: Way) -> NotAllowed | None:
    """Why this way does not lead here."""
    params = {
        "person": run.actor.id,
        "principal": person.id,
        "grant": way.id,
        "step": missing.texts(node.label, node.id),
    }
    starter = run.state.starter
    if starter is not None and starter.id == run.actor.id:
        return NotAllowed("substitute_is_starter", **params)
    if not way.passed_on:
        return NotAllowed("grant_not_onward", **params)
    sight = run.sight(scope)
    if not all(grant.reaches(sight.definition.id, node.id) for grant in way.grants):
        return NotAllowed("grant_elsewhere", **params)
    if not within(sight, person, way):
        return NotAllowed("grant_too_small", **params)
    return None


def within(sight: Sight, person: Person, way: Way) -> bool:
    """Whether every grant on the way covers what this person's seat decides on."""
    amount = _amount(sight, person)
    return all(_covers(grant, amount) for grant in way.grants)


def _amount(sight: Sight, person: Person) -> roster.Term | None:
    """What the role that put this person on the roster decides on: category, amount, currency; None: no amount."""
    role = sight.definition.roles.get(person.role)
    return roster.amount_of(sight, role.limit) if role is not None and role.limit is not None else None


def _covers(grant: Grant, amount: roster.Term | None) -> bool:
    """A grant that names a category or an amount reaches only what is known to lie within."""
    if not grant.category and grant.most is None:
        return True
    if amount is None:
        return False
    category, number, currency = amount
    if grant.category not in ("", category):
        return False
    if grant.most is None:
        return True
    return number is not None and grant.currency in ("", currency) and Decimal(number) <= grant.most


def _check_conflicts(run: Run, record: GateRecord, node: HumanTask, number: int, person: Person) -> None:
    """Whom separation of duties keeps out can send nobody either (I18); the actor's own is judged with every vote."""
    approval, step = node.gate.approvals[number], missing.texts(node.label, node.id)
    people, groups = roster.left_out(run.sight(record.scope), approval.not_by, record.preparers)
    if person.id in precedent.left_out(approval, record, number):
        raise NotAllowed("said_yes_already", step=step, person=person.id)
    if person.id in people or groups & set(person.groups):
        raise NotAllowed("own_work_of_principal", step=step, person=run.actor.id, principal=person.id)


# up to how much -------------------------------------------------------------------------------------------


def standing(
    run: Run, record: GateRecord, node: HumanTask, number: int, person: Person, way: Way | None
) -> Person:
    """As which of his roles somebody says yes: the first in which he still may, by the grants of `way`.

    Where the roles themselves are counted he has to in all of them. Raises NotAllowed as `check_standing`.
    """
    approval, sight = node.gate.approvals[number], run.sight(record.scope)
    counted = approval.need.kind is NeedKind.EACH or bool(approval.weights)
    found: list[Person] = []
    refused: list[NotAllowed] = []
    for each in seat.roles(record.entries[number], person.id):
        if way is not None and not within(sight, each, way):
            continue
        try:
            check_standing(run, record, node, number, each)
            found.append(each)
        except NotAllowed as refusal:
            refused.append(refusal)
    if refused and (counted or not found):
        raise refused[0]
    return found[0] if found else person


def check_standing(run: Run, record: GateRecord, node: HumanTask, number: int, person: Person) -> None:
    """Raises NotAllowed where whoever was asked no longer is who had to be: out of the group, or beyond the limit.

    `person` is whose seat it is; a substitute decides by the limit of the principal, and within the grant.
    """
    sight = run.sight(record.scope)
    role = sight.definition.roles.get(person.role)
    if role is None:
        return
    step = missing.texts(node.label, node.id)
    if _has_left(run.actor, role, person):
        raise NotAllowed(
            "role_lost", step=step, person=person.id, roles=missing.roles(sight.definition, (role.id,))
        )
    if (
        role.limit is None
        or role.kind is RoleKind.AUTHORITY
        or not _answers(record, node, number, role, person)
        or _stands_in(sight.definition, role, person)
    ):
        return
    category, amount, currency = roster.amount_of(sight, role.limit)
    held = run.actor.authority or _NOBODY
    if amount is None or not held.covers(person.id, category, Decimal(amount), currency):
        params = {"category": category, "amount": amount or "?", "currency": currency}
        raise NotAllowed("beyond_limit", step=step, person=person.id, **params)


def _has_left(actor: Actor, role: Role, person: Person) -> bool:
    """Whether the group that put a person on the roster has been left since; who was appointed was never in it."""
    if role.kind is not RoleKind.GROUP or role.value not in person.groups:
        return False
    if person.id == actor.id:
        return (actor.known or bool(actor.groups)) and role.value not in actor.groups
    held = dict((actor.authority or _NOBODY).groups).get(person.id)
    return held is not None and role.value not in held


def _stands_in(definition: Definition, role: Role, person: Person) -> bool:
    """Whether somebody was asked because nobody has the role, whose limit then is not his; by his snapshot."""
    stead = definition.roles.get(role.if_empty)
    if stead is None or (role.kind is RoleKind.GROUP and role.value in person.groups):
        return False
    match stead.kind:
        case RoleKind.GROUP:
            return stead.value in person.groups
        case RoleKind.PERSON:
            return stead.value == person.id
        case RoleKind.DEPARTMENT:
            return stead.value == person.department
    return False


def _answers(record: GateRecord, node: HumanTask, number: int, role: Role, person: Person) -> bool:
    """Whether the limit of this person has to cover the amount; of a chain only that of the last, if all are needed."""
    if role.kind is not RoleKind.CHAIN_OF or node.gate.approvals[number].need.kind not in _EVERYBODY:
        return True
    return _last(record.entries[number], role.id) == person.id


_EVERYBODY = (NeedKind.ALL, NeedKind.IN_TURN)


def _last(entry: Entry, role: str) -> str:
    """The last of a chain; who was appointed comes after it, who was added beside somebody is no part of it."""
    chain = [each.id for each in entry.roster if each.role == role and each.id not in entry.beside]
    return chain[-1] if chain else ""


def covered(run: Run, record: GateRecord, number: int) -> bool:
    """Whether the last of every chain up to a limit can still say yes, by which it is judged; for when people leave."""
    entry, roles = record.entries[number], run.definition(record.scope).roles.values()
    ends = [_last(entry, r.id) for r in roles if r.kind is RoleKind.CHAIN_OF and r.limit is not None]
    return not any(end in entry.votes for end in ends)
