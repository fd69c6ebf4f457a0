"""Signers added before, beside or after somebody who is asked, and signers removed.

An added signer adds no further ones, so nothing nests. Must import kernel below `decide`.
"""

from signoff.errors import AlreadyDecided, Invalid, NotAllowed, NotFound
from signoff.kernel import ballot, duty, missing, seat, substitution, vote
from signoff.kernel.events import seat as events
from signoff.kernel.motions import AddSigners, RemoveSigner
from signoff.kernel.proxy import check_new, check_right
from signoff.kernel.run import Run
from signoff.kernel.state import Entry, EntryStatus, GateRecord, Person, Place
from signoff.model.gate import NeedKind, Right
from signoff.model.nodes import HumanTask

MOST = 20  # added to one entry
_RIGHTS = {Place.BEFORE: Right.ADD_BEFORE, Place.BESIDE: Right.ADD_BESIDE, Place.AFTER: Right.ADD_AFTER}
_NEEDS = (NeedKind.ANY, NeedKind.ALL, NeedKind.IN_TURN)


def add(run: Run, command: AddSigners, record: GateRecord, only: int | None) -> None:
    """Have others sign before, beside or after the one who acts.

    Before: he is asked again when they have said yes. After: his yes counts when they have. Beside: they join those
    asked, and it is counted over all of them. A no of one of them is the no of his vote; beside, their own.
    """
    node = duty.node_of(run, record)
    number, person = duty.entry_for(run, record, node, only)
    duty.check_duties(run, record, node, number)
    check_right(run, node, number, _RIGHTS[command.place])
    entry = record.entries[number]
    if person.id in entry.beside or seat.group_of(entry, person.id) is not None:
        raise NotAllowed("added_adds_none", step=duty.label(node), person=person.id)
    _check_signers(run, command, record, node, number)
    before = seat.asked(entry)
    role = person.role
    added = [Person(p.id, p.name, p.department, p.title, p.groups, role) for p in command.signers]
    run.emit(
        events.SignersAdded(
            record.id, number, node.id, person.id, command.place, _need(command), added, command.note
        )
    )
    vote.judged(run, record, node, number, before, command.note)


def _need(command: AddSigners) -> NeedKind:
    """How many of an added group have to say yes; beside somebody it is the entry that says it."""
    if command.place is Place.BESIDE:
        if command.need is not None:
            raise Invalid("need_beside", need=command.need.value)
        return NeedKind.ALL
    need = command.need or NeedKind.ALL
    if need not in _NEEDS:
        raise Invalid("need_of_signers", need=need.value, known=[each.value for each in _NEEDS])
    return need


def _check_signers(run: Run, command: AddSigners, record: GateRecord, node: HumanTask, number: int) -> None:
    """Raises for signers who are nobody, too many, asked already, kept away, or not to be added here."""
    entry, approval, step = record.entries[number], node.gate.approvals[number], duty.label(node)
    ids = [p.id for p in command.signers]
    if not ids:
        raise Invalid("no_signers", step=step)
    if len({*ids}) < len(ids):
        raise Invalid("signers_twice", step=step, people=ids)
    if len(ids) + len(entry.beside) + sum(len(g.people) for g in entry.groups) > MOST:
        raise NotAllowed("too_many_signers", step=step, most=MOST)
    for person in command.signers:
        check_new(node, entry, run.actor.id, person.id)
        duty.check_newcomer(run, record, node, number, person)
        if approval.add_from and not {*approval.add_from} & {*command.holds.get(person.id, ())}:
            roles = missing.roles(run.definition(record.scope), approval.add_from)
            raise NotAllowed("not_eligible", step=step, person=person.id, roles=roles)


def remove(run: Run, command: RemoveSigner, record: GateRecord, only: int | None) -> None:
    """Take somebody off who has not voted: whom oneself has added, or anybody as an administrator.

    He counts as neither yes nor no, those whom he has added go with him, and the verdict is taken once more: a no may
    come of it. That an entry passes may come only of taking off whom oneself has added.
    """
    node = duty.node_of(run, record)
    duty.check_asking(record, node)
    if not command.reason.strip():
        raise Invalid("reason_needed", step=duty.label(node))
    number, entry = _place(record, node, command.person, only)
    _check_removal(run, record, node, number, command.person)
    before, covered = seat.asked(entry), substitution.covered(run, record, number)
    own = _added_by(entry, command.person) == run.actor.id
    run.emit(events.SignerRemoved(record.id, number, node.id, command.person, run.actor.id, command.reason))
    uncovered = covered and not substitution.covered(run, record, number)
    if (
        uncovered
        or {p.id for p in entry.roster} <= entry.beside.keys()
        or not ballot.possible(node.gate.approvals[number], entry)
    ):
        raise NotAllowed("too_few_left", step=duty.label(node), person=command.person)
    if not own and ballot.tally(node.gate.approvals[number], entry) is ballot.Verdict.PASSED:
        raise NotAllowed("removal_passes", step=duty.label(node), person=command.person)
    vote.judged(run, record, node, number, before, command.reason)


def _added_by(entry: Entry, person: str) -> str:
    """Who added this signer; empty for who was asked by the definition."""
    group = seat.group_of(entry, person)
    return group.by if group else entry.beside.get(person, "")


def _place(record: GateRecord, node: HumanTask, person: str, only: int | None) -> tuple[int, Entry]:
    for number, entry in enumerate(record.entries):
        if entry.status is EntryStatus.OPEN and only in (None, number) and seat.person(entry, person):
            return number, entry
    raise NotFound("no_such_signer", step=duty.label(node), person=person)


def _check_removal(run: Run, record: GateRecord, node: HumanTask, number: int, person: str) -> None:
    actor, step, entry = run.actor, duty.label(node), record.entries[number]
    if person in entry.votes or seat.says(entry, person) is not None:
        raise AlreadyDecided("signer_has_voted", step=step, person=person)
    if person == actor.id:
        raise NotAllowed("removes_himself", step=step, person=person)
    if actor.id == _added_by(entry, person):
        return
    if not actor.admin:
        raise NotAllowed("may_not_remove", step=step, person=person)
    if actor.id in seat.involved(entry):
        raise NotAllowed("own_entry", step=step, person=actor.id)
    duty.check_duties(run, record, node, number)
