"""Appointing: an administrator puts a person where too few can decide. Never himself, never beside who can.

Elsewhere he could bring in whoever decides as he likes: nobody is exempt from separation of duties (I8).

Must import kernel below `decide`.
"""

from dataclasses import replace

from signoff.errors import AlreadyDecided, NotAllowed, WrongState
from signoff.kernel import ballot, duty, review, seat
from signoff.kernel.commands import Assign
from signoff.kernel.events import task
from signoff.kernel.run import Run
from signoff.kernel.state import EntryStatus, GateRecord


def appoint(run: Run, command: Assign, record: GateRecord, only: int | None) -> None:
    """An administrator puts a person on the roster of an entry that too few are asked in; never himself."""
    node = duty.node_of(run, record)
    open_now = [n for n, e in enumerate(record.entries) if e.status is EntryStatus.OPEN and only in (None, n)]
    if not open_now or record.status not in duty.ASKING:
        raise WrongState("nobody_is_asked", step=duty.label(node))
    approvals, entries = node.gate.approvals, record.entries
    lacking = [n for n in open_now if not ballot.possible(approvals[n], entries[n], command.gone)]
    if not lacking:
        people = [id for n in open_now for id in seat.asked(entries[n])]
        raise NotAllowed("enough_asked", step=duty.label(node), people=people)
    number, person = lacking[0], command.person
    approval, entry = approvals[number], entries[number]
    duty.check_duties(run, record, node, number)  # who may not decide does not choose who does
    if person.id in seat.involved(entry):
        raise AlreadyDecided("asked_already", step=duty.label(node), person=person.id)
    duty.check_newcomer(run, record, node, number, person)
    held = {p.role for p in entry.roster}
    role = person.role or next((r for r in approval.by if r not in held), approval.by[0])
    asked = seat.asked(entry)
    asked = asked if asked and entry.in_turn else (*asked, person.id)
    appointed = replace(person, role=role)
    target = f"{record.id}#{number}"
    run.emit(task.TaskAssigned(target, record.node, appointed, run.actor.id, tuple(dict.fromkeys(asked))))
    if ballot.possible(approval, entry):
        review.settle_incidents(run, target)
