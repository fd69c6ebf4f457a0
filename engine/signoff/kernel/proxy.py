"""Others in one's place: a task or a vote handed over for good, an opinion asked for and given.

A transfer moves the duty and the right, and keeps the deadline; a delegate only advises, and the vote stays with its
owner. Must import kernel below `decide`.
"""

from signoff.errors import AlreadyDecided, Invalid, NotAllowed, WrongState
from signoff.kernel import duty, missing, review, seat, vote
from signoff.kernel.events import seat as events
from signoff.kernel.events import task
from signoff.kernel.motions import Advise, Delegate, Transfer
from signoff.kernel.run import Run, stopped
from signoff.kernel.state import Activity, Entry, EntryStatus, GateRecord
from signoff.model.gate import Right, Strength
from signoff.model.nodes import HumanTask

LONGEST_CHAIN = 5  # delegates of delegates


def transfer(run: Run, command: Transfer, record: GateRecord, only: int | None) -> None:
    """Hand the own vote over to somebody who may have it."""
    node = duty.node_of(run, record)
    number, _ = duty.entry_for(run, record, node, only)
    duty.check_duties(run, record, node, number)
    check_right(run, node, number, Right.TRANSFER)
    entry, person = record.entries[number], command.person
    check_new(node, entry, run.actor.id, person.id)
    duty.check_newcomer(run, record, node, number, person)
    check_eligible(run, record, node, number, command, run.actor.id)
    before = seat.asked(entry)
    run.emit(events.VoteTransferred(record.id, number, node.id, run.actor.id, person, command.note))
    vote.judged(run, record, node, number, before, command.note)


def check_eligible(
    run: Run, record: GateRecord, node: HumanTask, number: int, command: Transfer, actor: str
) -> None:
    """Who takes over from `actor` holds each role that is handed over; or one to which the entry lets votes go."""
    approval, entry = node.gate.approvals[number], record.entries[number]
    held = {*command.holds.get(command.person.id, ())}
    if held & {*approval.transfer_to}:
        return
    added = actor in entry.beside or seat.group_of(entry, actor) is not None
    wanted = {*approval.add_from} if added else {p.role for p in entry.roster if p.id == actor}
    if not (not wanted or held & wanted if added else wanted <= held):
        roles = missing.roles(run.definition(record.scope), sorted({*wanted, *approval.transfer_to}))
        raise NotAllowed("not_eligible", step=duty.label(node), person=command.person.id, roles=roles)


def transfer_task(run: Run, command: Transfer, activity: Activity, node: HumanTask) -> None:
    """Hand one's own work over to somebody who may own it."""
    hand_on(run, command, activity, node, run.actor.id, pool="claim_first")


def hand_on(
    run: Run, command: Transfer, activity: Activity, node: HumanTask, source: str, *, pool: str
) -> None:
    """Work of `source` goes to somebody who may own it; of several who may do it that of the one who has claimed it.

    `pool`: why work that nobody has claimed stays with all of them.
    """
    step, person = duty.label(node), command.person
    missing.check_open(activity, node)
    if stopped(run, activity.id):
        raise WrongState("stopped_by_incident", step=step)
    roles = missing.roles(run.definition(activity.scope), node.owner)
    holders = {p.id for p in activity.roster}
    if source not in holders:
        raise NotAllowed("not_the_owner", step=step, person=source, roles=roles)
    if activity.assignee not in ("", source):
        raise NotAllowed("claimed_by_another", step=step, person=activity.assignee)
    if not activity.assignee and len(holders) > 1:
        raise WrongState(pool, step=step, people=sorted(holders - {source}))
    if person.id == source:
        raise Invalid("to_oneself", person=source)
    if not {*node.owner} & {*command.holds.get(person.id, ())}:
        raise NotAllowed("not_eligible", step=step, person=person.id, roles=roles)
    people = tuple(dict.fromkeys(p for p in (*(r.id for r in activity.roster), person.id) if p != source))
    run.emit(task.TaskTransferred(activity.id, node.id, source, person, people, command.note))


def delegate(run: Run, command: Delegate, record: GateRecord, only: int | None) -> None:
    """Ask somebody for an opinion before voting; one who was asked for his may pass the question on."""
    node = duty.node_of(run, record)
    owed = _owed(record, run.actor.id, only)
    number, owner = owed or (duty.entry_for(run, record, node, only)[0], run.actor.id)
    if owed is None:
        duty.check_duties(run, record, node, number)
    check_right(run, node, number, Right.DELEGATE)
    entry, person = record.entries[number], command.person
    chain = entry.delegated.get(owner, [])
    if person.id == owner or any(p.id == person.id for p in chain):
        raise NotAllowed("delegated_in_circle", step=duty.label(node), person=person.id)
    check_new(node, entry, run.actor.id, person.id)
    if len(chain) >= LONGEST_CHAIN:
        raise NotAllowed("chain_too_long", step=duty.label(node), most=LONGEST_CHAIN)
    before = seat.asked(entry)
    run.emit(
        events.OpinionAsked(
            record.id, number, node.id, owner, run.actor.id, person, command.note, run.actor.name
        )
    )
    review.reasked(run, record, number, before)


def advise(run: Run, command: Advise, record: GateRecord, only: int | None) -> None:
    """Give the opinion that was asked for; the question goes back to the one whose vote it is."""
    node = duty.node_of(run, record)
    owed = _owed(record, run.actor.id, only)
    if owed is None:
        raise NotAllowed("no_opinion_asked", step=duty.label(node), person=run.actor.id)
    if not command.note.strip() and command.advice is None:
        raise Invalid("opinion_empty", step=duty.label(node))
    number, owner = owed
    entry = record.entries[number]
    before, who = seat.asked(entry), entry.delegated[owner][-1]
    run.emit(
        events.OpinionGiven(
            record.id,
            number,
            node.id,
            owner,
            who.id,
            who.name or run.actor.name,
            command.advice,
            command.note,
        )
    )
    review.reasked(run, record, number, before)


def _owed(record: GateRecord, person: str, only: int | None) -> tuple[int, str] | None:
    """The entry in which this person owes an opinion, and to whom."""
    for number, entry in enumerate(record.entries):
        if entry.status is EntryStatus.OPEN and only in (None, number):
            owner = seat.owner(entry, person)
            if owner and person in seat.asked(entry):
                return number, owner
    return None


def check_right(run: Run, node: HumanTask, number: int, right: Right) -> None:
    """Raises NotAllowed where the entry does not offer this, or who acts is not proved as a vote there has to be.

    What is no decision is never signed with a key: the login is proof enough.
    """
    approval = node.gate.approvals[number]
    if right not in approval.allow:
        allowed = [each.value for each in approval.allow]
        raise NotAllowed("not_offered", step=duty.label(node), right=right.value, allowed=allowed)
    least = Strength.ATTESTED if approval.least is Strength.SIGNED else approval.least
    duty.check_strength(run, least, node)


def check_new(node: HumanTask, entry: Entry, actor: str, person: str) -> None:
    """Raises where somebody is to be asked in an entry that concerns him already."""
    if person == actor:
        raise Invalid("to_oneself", person=actor)
    if person in seat.involved(entry):
        raise AlreadyDecided("asked_already", step=duty.label(node), person=person)
