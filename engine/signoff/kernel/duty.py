"""Who may decide at a gate: asked there or standing in for who is, kept away by no rule, proved well enough.

Must import kernel below `vote`.
"""

from collections.abc import Iterable

from signoff.errors import AlreadyDecided, Invalid, NotAllowed
from signoff.kernel import missing, precedent, roster, seat, substitution
from signoff.kernel.run import Run
from signoff.kernel.state import Entry, EntryStatus, GateRecord, GateStatus, Person
from signoff.model.authority import Way
from signoff.model.gate import Approval, Strength
from signoff.model.nodes import HumanTask
from signoff.sentences import Sentence

ASKING = (GateStatus.OPEN, GateStatus.STALE)


def entry_for(run: Run, record: GateRecord, node: HumanTask, only: int | None = None) -> tuple[int, Person]:
    """The open entry that this actor is asked in, and the person as the roster has it."""
    actor = run.actor.id
    check_asking(record, node)
    waiting: dict[str, None] = {}
    voted = False
    for number, entry in enumerate(record.entries):
        if only is not None and number != only:
            continue
        person = seat.person(entry, actor)
        if person is not None and actor in entry.votes:
            voted = True
        elif person is not None and entry.status is EntryStatus.OPEN:
            if not (entry.groups or entry.delegated or entry.in_turn) or actor in seat.voters(entry):
                return number, person
            waiting.update(dict.fromkeys(seat.asked(entry)))
    if any(seat.owner(entry, actor) for entry in record.entries):
        raise NotAllowed("opinion_only", step=label(node), person=actor)
    if waiting:
        raise NotAllowed("others_first", step=label(node), person=actor, people=list(waiting))
    if voted:
        raise AlreadyDecided("voted_already", step=label(node), person=actor)
    raise _not_asked(run, record, node)


def check_asking(record: GateRecord, node: HumanTask) -> None:
    """Raises AlreadyDecided for a gate that asks nobody any more."""
    if record.status not in ASKING:
        raise AlreadyDecided(
            "gate_decided", step=label(node), status=Sentence(f"gate_is_{record.status.value}")
        )


def seat_for(
    run: Run, record: GateRecord, node: HumanTask, only: int | None
) -> tuple[int, Person, Way | None]:
    """Where the actor sits: at a seat of his own, else at that of somebody for whom a grant lets him act, and which."""
    if run.actor.on_behalf_of in ("", run.actor.id):
        try:
            return *entry_for(run, record, node, only), None
        except NotAllowed:
            stead = substitution.seats(run, record, node, only)
            if stead is None:
                raise
    else:
        stead = substitution.seats(run, record, node, only)
    if stead is None:
        principal = run.actor.on_behalf_of
        if reason := substitution.lapsed(run, [principal], label(node)):
            raise reason
        raise NotAllowed("no_grant", step=label(node), person=run.actor.id, principal=principal)
    return stead.number, stead.person, stead.way


def _not_asked(run: Run, record: GateRecord, node: HumanTask) -> NotAllowed:
    """Why this actor is not asked, and who is."""
    sight = run.sight(record.scope)
    step, actor = label(node), run.actor
    asked = [a for a, e in entries(record, node) if e.status is EntryStatus.OPEN]
    later = [a for a, e in entries(record, node) if e.status is EntryStatus.WAITING]
    for approval in asked:
        if ruled_out(run, record, approval) and roster.may(sight.definition, actor, approval.by, sight):
            return NotAllowed("own_work", step=step, person=actor.id)
    waiting = [id for entry in record.entries for id in seat.asked(entry)]
    if reason := substitution.lapsed(run, waiting, step):
        return reason
    names = [role for a in asked for role in a.by]
    roles = missing.roles(sight.definition, tuple(dict.fromkeys(names)))
    if any(roster.may(sight.definition, actor, a.by, sight) for a in later):
        return NotAllowed("not_your_turn", step=step, person=actor.id, roles=roles)
    return NotAllowed("not_asked", step=step, person=actor.id, roles=roles)


def entries(record: GateRecord, node: HumanTask) -> Iterable[tuple[Approval, Entry]]:
    return zip(node.gate.approvals, record.entries, strict=True)


def ruled_out(run: Run, record: GateRecord, approval: Approval) -> bool:
    """Separation of duties, by what the instance knows and by what the actor brings along."""
    sight = run.sight(record.scope)
    people, groups = roster.left_out(sight, approval.not_by, record.preparers)
    if run.actor.id in people or groups & run.actor.groups:
        return True
    definition = sight.definition
    if definition.roles.keys().isdisjoint(approval.not_by):
        return False
    roles = [role for role in approval.not_by if role in definition.roles]
    return roster.may(definition, run.actor, roles, sight)


def check_duties(run: Run, record: GateRecord, node: HumanTask, number: int) -> None:
    """Raises NotAllowed for somebody whom separation of duties keeps from deciding in this entry."""
    approval = node.gate.approvals[number]
    if approval.not_by and ruled_out(run, record, approval):
        raise NotAllowed("own_work", step=label(node), person=run.actor.id)
    if run.actor.id in precedent.left_out(approval, record, number):
        raise NotAllowed("said_yes_already", step=label(node), person=run.actor.id)


def check_strength(run: Run, least: Strength, node: HumanTask) -> None:
    """Raises NotAllowed when the decision would prove less than it must."""
    if not run.actor.auth.reaches(least):
        raise NotAllowed(
            "too_weak",
            step=label(node),
            least=Sentence(f"strength_{least.value}"),
            auth=Sentence(f"strength_{run.actor.auth.value}"),
        )


def check_reason(said: str, node: HumanTask) -> None:
    """Raises Invalid for a no, or a way back, that does not say why (I11)."""
    if not said.strip():
        raise Invalid("reason_needed", step=label(node))


def check_newcomer(run: Run, record: GateRecord, node: HumanTask, number: int, person: Person) -> None:
    """Raises NotAllowed for somebody whom separation of duties keeps off the roster of this entry."""
    approval = node.gate.approvals[number]
    people, groups = roster.left_out(run.sight(record.scope), approval.not_by, record.preparers)
    if person.id in people or groups & set(person.groups):
        raise NotAllowed("own_work", step=label(node), person=person.id)
    if person.id in precedent.left_out(approval, record, number):
        raise NotAllowed("said_yes_already", step=label(node), person=person.id)


def label(node: HumanTask) -> dict[str, str]:
    return missing.texts(node.label, node.id)


def node_of(run: Run, record: GateRecord) -> HumanTask:
    node = run.node(record.scope, record.node)
    assert isinstance(node, HumanTask)
    return node
