"""Appointing: an administrator puts a person where nobody can act. Never himself, never where others decide.

Must import kernel below `decide`.
"""

from dataclasses import replace

from signoff.errors import AlreadyDecided, WrongState
from signoff.kernel import ballot, duty, review, seat
from signoff.kernel.commands import Assign
from signoff.kernel.events import task
from signoff.kernel.run import Run
from signoff.kernel.state import EntryStatus, GateRecord


def appoint(run: Run, command: Assign, record: GateRecord, only: int | None) -> None:
    """An administrator puts a person on the roster of an entry that too few are asked in; never himself."""
    node = duty.node_of(run, record)
    open_now = [n for n, e in enumerate(record.entries) if e.status is EntryStatus.OPEN and only in (None, n)]
    lacking = [
        n for n in open_now if not ballot.possible(node.gate.approvals[n], record.entries[n])
    ] or open_now
    if not lacking or record.status not in duty.ASKING:
        raise WrongState("nobody_is_asked", step=duty.label(node))
    number, person = lacking[0], command.person
    approval, entry = node.gate.approvals[number], record.entries[number]
    if person.id in seat.involved(entry):
        raise AlreadyDecided("asked_already", step=duty.label(node), person=person.id)
    duty.check_newcomer(run, record, node, number, person)
    if ballot.possible(approval, entry):  # else somebody has to be appointed all the same
        duty.check_duties(run, record, node, number)
    held = {p.role for p in entry.roster}
    role = person.role or next((r for r in approval.by if r not in held), approval.by[0])
    asked = seat.asked(entry)
    asked = asked if asked and entry.in_turn else (*asked, person.id)
    appointed = replace(person, role=role)
    target = f"{record.id}#{number}"
    run.emit(task.TaskAssigned(target, record.node, appointed, run.actor.id, tuple(dict.fromkeys(asked))))
    if ballot.possible(approval, record.entries[number]):
        review.settle_incidents(run, target)
