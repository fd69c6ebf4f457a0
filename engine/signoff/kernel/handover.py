"""Handing on what lies with somebody who has left: one task or one vote, to somebody who may have it.

An administrator does it, never to himself, and no vote on what he has prepared. Must import kernel below `decide`.
"""

from signoff.errors import Invalid, NotAllowed
from signoff.kernel import duty, missing, proxy, roster, seat, vote
from signoff.kernel.asides import HandOver
from signoff.kernel.events import seat as events
from signoff.kernel.run import Run
from signoff.kernel.target import Spot, spot


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
    asked = [n for n, entry in enumerate(record.entries) if command.source in seat.voters(entry)]
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
