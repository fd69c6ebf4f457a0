"""Handing on what lies with somebody who has left: one task or one vote, to somebody who may have it.

An administrator does it, never to himself, and no vote on what he has prepared. Must import kernel below `decide`.
"""

from signoff.errors import Invalid, NotAllowed
from signoff.kernel import duty, missing, proxy, review, roster, seat, vote
from signoff.kernel.asides import HandOver
from signoff.kernel.events import seat as events
from signoff.kernel.run import Run
from signoff.kernel.state import Entry, EntryStatus, GateRecord
from signoff.kernel.target import Spot, spot
from signoff.model.nodes import HumanTask


def hand_over(run: Run, command: HandOver) -> None:
    """One task, or the one vote that is asked of `source` there."""
    roster.check_admin(command.by)
    if command.person.id == command.by.id:
        raise NotAllowed("appoints_himself", person=command.by.id)
    if command.person.id == command.source:
        raise Invalid("to_oneself", person=command.source)
    at = spot(run, command.task)
    if at.gate is not None:
        _vote(run, command, at)
    else:
        assert at.activity is not None, "a spot without a gate is a task"
        proxy.hand_on(run, command, at.activity, at.node, command.source, pool="pool_stays")


def _vote(run: Run, command: HandOver, at: Spot) -> None:
    record, node, person = at.gate, at.node, command.person
    assert record is not None, "asked of gates only"
    asked = [n for n, entry in enumerate(record.entries) if command.source in _voters(entry)]
    if not asked and _question(run, command, record, node):
        return
    if not asked:
        named = tuple(dict.fromkeys(role for approval in node.gate.approvals for role in approval.by))
        roles = missing.roles(run.definition(record.scope), named)
        raise NotAllowed("not_asked", step=duty.label(node), person=command.source, roles=roles)
    number = asked[0]
    entry = record.entries[number]
    duty.check_duties(run, record, node, number)  # who may not decide does not choose who does
    proxy.check_new(node, entry, command.source, person.id)
    duty.check_newcomer(run, record, node, number, person)
    proxy.check_eligible(run, record, node, number, command, command.source)
    before = seat.asked(entry)
    run.emit(events.VoteTransferred(record.id, number, node.id, command.source, person, command.note))
    vote.judged(run, record, node, number, before, command.note)


def _voters(entry: Entry) -> tuple[str, ...]:
    """Who may vote now, and who waits for an opinion before voting: the vote is theirs all the while."""
    if entry.status is not EntryStatus.OPEN:
        return ()
    return (*seat.voters(entry), *(owner for owner in entry.delegated if owner not in entry.votes))


def _question(run: Run, command: HandOver, record: GateRecord, node: HumanTask) -> bool:
    """An opinion that `source` owes is asked of the other one; the vote stays whose it is."""
    for number, entry in enumerate(record.entries):
        owner = seat.owner(entry, command.source)
        if not owner or command.source not in seat.asked(entry):
            continue
        if command.person.id == owner:
            raise NotAllowed("delegated_in_circle", step=duty.label(node), person=owner)
        proxy.check_new(node, entry, command.source, command.person.id)
        before, name = seat.asked(entry), command.by.name or command.by.id
        run.emit(
            events.OpinionAsked(
                record.id, number, node.id, owner, command.by.id, command.person, command.note, name
            )
        )
        review.reasked(run, record, number, before)
        return True
    return False
