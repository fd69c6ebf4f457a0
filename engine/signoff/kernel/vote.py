"""Yes, no, send back, appoint: what is done at a gate. Must import kernel below `decide`."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from signoff.errors import AlreadyDecided, Invalid, NotAllowed, StaleSubject, WrongState
from signoff.kernel import (
    copies,
    duty,
    lifecycle,
    missing,
    region,
    review,
    seat,
    subject,
    substitution,
)
from signoff.kernel.commands import Approve, Decline, ReturnTo
from signoff.kernel.elements import container, human
from signoff.kernel.events import gate
from signoff.kernel.lifecycle import GateContext
from signoff.kernel.motions import Abstain
from signoff.kernel.run import Run
from signoff.kernel.state import (
    Activity,
    Decision,
    EntryStatus,
    GateRecord,
    Person,
)
from signoff.model.authority import Way
from signoff.model.block import BlockKind
from signoff.model.gate import Approval, DeclineKind, Meaning, Resume, Right, Strength
from signoff.model.nodes import GateTask, HumanTask, UserTask


def vote(run: Run, command: Approve | Decline | Abstain, record: GateRecord, only: int | None = None) -> None:
    """Cast one vote, bound to what was seen; the ballot judges what follows. `only`: in this entry."""
    node = duty.node_of(run, record)
    number, person, way = duty.seat_for(run, record, node, only)
    approval = node.gate.approvals[number]
    if seat.has_voted(record.entries[number], run.actor.id):
        raise AlreadyDecided("voted_already", step=duty.label(node), person=run.actor.id)
    duty.check_duties(run, record, node, number)
    duty.check_strength(run, approval.least, node)
    seen = _check_seen(run, record, node, number, command.seen)
    decision = _DECISIONS[type(command)]
    _check_decision(run, record, node, approval, decision)
    if decision is Decision.YES:
        person = substitution.standing(run, record, node, number, person, way)
    elif decision is Decision.NO:
        duty.check_reason(command.note, node)
    entry = record.entries[number]
    before = seat.asked(entry) if entry.groups or entry.in_turn else None
    run.emit(
        gate.VoteCast(
            record.id,
            number,
            run.actor.id,
            run.actor.name if way else person.name or run.actor.name,
            person.role,
            decision,
            seen,
            approval.meaning,
            run.actor.auth,
            command.note,
            on_behalf_of=person.id if way else "",
            grant=way.id if way else "",
        )
    )
    judged(run, record, node, number, before, command.note)


def judged(
    run: Run, record: GateRecord, node: HumanTask, number: int, before: Sequence[str] | None, note: str
) -> None:
    """What has been said in an entry has changed: count, and go where a no leads. `before` as of `review.counted`."""
    review.counted(run, record, node, number, before)
    for approval, entry in duty.entries(record, node):
        if entry.status is EntryStatus.DECLINED:
            _declined(run, record, node, approval, note)
            return


def _check_decision(
    run: Run, record: GateRecord, node: HumanTask, approval: Approval, decision: Decision
) -> None:
    """Raises where the rules stand against a yes, or this answer is not offered."""
    if decision is Decision.YES:
        if node.gate.rules:
            _check_rules(run, record, node)
    elif approval.meaning is Meaning.ACKNOWLEDGE:
        raise NotAllowed("acknowledge_only", step=duty.label(node))
    elif decision is Decision.ABSTAIN and Right.ABSTAIN not in approval.allow:
        raise NotAllowed("may_not_abstain", step=duty.label(node))


_DECISIONS = {Approve: Decision.YES, Decline: Decision.NO, Abstain: Decision.ABSTAIN}


def _check_seen(run: Run, record: GateRecord, node: HumanTask, number: int, seen: str) -> str:
    """What was seen must be what would be decided on; where a signature is, it must be said."""
    now = review.seen_in(run, record, node, number)
    if not seen and node.gate.approvals[number].least.reaches(Strength.ATTESTED):
        raise Invalid("seen_missing", step=duty.label(node))
    if seen and seen != now:
        changed = [
            subject.named(run.sight(record.scope), part) for part in record.changed or sorted(record.bound)
        ]
        raise StaleSubject("stale_subject", step=duty.label(node), changed=changed)
    return now


def _check_rules(run: Run, record: GateRecord, node: HumanTask) -> None:
    activity = run.state.activities.get(record.activity)
    found = list(missing.broken_rules(run.sight(record.scope), record, activity, node))
    if found:
        code, params = missing.main(found)
        raise Invalid(code, found, **{**params, "step": duty.label(node)})


def _declined(run: Run, record: GateRecord, node: HumanTask, approval: Approval, note: str) -> None:
    activity = run.state.activities.get(record.activity)
    if approval.declined.kind is DeclineKind.RETURN:
        _go_back(run, record, node, _offered(run, record.scope, node, approval.declined.to), note)
        return
    run.emit(gate.GateDeclined(record.id, record.node, review.open_entries(record)))
    copies.ask(run, record.scope, node, activity, copies.DECISION)
    if approval.declined.kind is DeclineKind.END:
        container.end(run, "decline", "declined", note)
    elif activity is not None:
        review.finish(run, activity, node, "declined")
    else:
        run.touched[run.state.scopes[record.scope].home] = None


def _offered(run: Run, scope: str, node: HumanTask, target: str) -> str:
    """Where a decline leads: its target; the block around one that was not taken this time; else the step itself."""
    if not target or target == node.id:
        return node.id
    definition = run.definition(scope)
    for block in reversed(definition.lineage(target)):
        if block.kind is not BlockKind.SEQUENCE and region.offers(run, scope, node.id, block.id):
            return block.id
    return node.id


def send_back(run: Run, command: ReturnTo, record: GateRecord, only: int | None = None) -> None:
    """Return to a step that the gate names, by one who is asked to judge, as strongly proved as his vote."""
    node = duty.node_of(run, record)
    judge = _judging(run, record, node, only)
    duty.check_strength(run, node.gate.approvals[judge.number].least, node)
    _check_target(run, record.scope, node, command.to)
    duty.check_reason(command.note, node)
    _go_back(run, record, node, command.to, command.note, judge)


def _judged(run: Run, record: GateRecord, node: HumanTask, judge: "_Judge") -> dict[str, Any]:
    """As whom, and on what, the actor sends back in this entry."""
    way, person = judge.way, judge.person
    return {
        "entry": judge.number,
        "name": run.actor.name if way else person.name or run.actor.name,
        "role": person.role,
        "subject": review.seen_in(run, record, node, judge.number),
        "strength": run.actor.auth,
        "on_behalf_of": person.id if way else "",
        "grant": way.id if way else "",
    }


def _judging(run: Run, record: GateRecord, node: HumanTask, only: int | None) -> "_Judge":
    """The first entry that asks this actor, or whom he stands in for, for more than to take note."""
    judge = _Judge(*duty.seat_for(run, record, node, only))
    if judge.way is not None:
        duty.check_duties(run, record, node, judge.number)
    who = judge.person.id
    for number in range(judge.number, len(record.entries) if only is None else judge.number + 1):
        entry = record.entries[number]
        if who in seat.voters(entry) and node.gate.approvals[number].meaning is not Meaning.ACKNOWLEDGE:
            person = seat.person(entry, who)
            return _Judge(number, person or judge.person, judge.way)
    raise NotAllowed("acknowledge_only", step=duty.label(node))


class _Judge(NamedTuple):
    """Who sends back: the entry, the seat in it, and by which grants it is taken."""

    number: int
    person: Person
    way: Way | None


def send_back_task(run: Run, command: ReturnTo, activity: Activity, node: GateTask) -> None:
    """The same at a gate without approvals, by its owner."""
    missing.check_open(activity, node)
    if run.actor.id not in {p.id for p in activity.roster}:
        roles = missing.roles(run.definition(activity.scope), node.owner)
        raise NotAllowed("not_the_owner", step=duty.label(node), person=run.actor.id, roles=roles)
    _check_target(run, activity.scope, node, command.to)
    duty.check_reason(command.note, node)
    region.send_back(run, activity.scope, node.id, command.to, resume=node.gate.resume, note=command.note)


def _check_target(run: Run, scope: str, node: HumanTask, target: str) -> None:
    known = run.definition(scope).nodes
    if target not in node.gate.return_to:
        allowed = [missing.texts(known[t].label, t) if t in known else t for t in node.gate.return_to]
        if not allowed:
            raise NotAllowed("no_return_anywhere", step=duty.label(node))
        raise NotAllowed("no_return_there", step=duty.label(node), to=target, allowed=allowed)
    if target != node.id and not region.offers(run, scope, node.id, target):
        raise WrongState("not_done_here", to=missing.texts(known[target].label, target))


def _go_back(
    run: Run, record: GateRecord, node: HumanTask, target: str, note: str, judge: _Judge | None = None
) -> None:
    activity = run.state.activities.get(record.activity)
    assert lifecycle.move(lifecycle.GATE, GateContext(record.status), "send_back")
    judged: dict[str, Any] = {} if judge is None else _judged(run, record, node, judge)
    closed = review.open_entries(record)
    run.emit(gate.GateReturned(record.id, record.node, target, run.actor.id, note, closed, **judged))
    if target == node.id and isinstance(node, UserTask) and activity is not None:
        human.reopen(run, activity, node)
        return
    resume = node.gate.resume if target != node.id else Resume.RESTART
    region.send_back(run, record.scope, node.id, target, resume=resume, note=note)
