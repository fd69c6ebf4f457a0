"""Yes, no, send back, waive: what approvers do at a gate. Must import kernel below `decide`."""

from signoff.errors import AlreadyDecided, Invalid, NotAllowed, NotFound, StaleSubject, WrongState
from signoff.kernel import lifecycle, missing, region, review, roster, subject
from signoff.kernel.commands import Approve, Decline, ReturnTo, Waive
from signoff.kernel.elements import container, human
from signoff.kernel.events import gate
from signoff.kernel.lifecycle import GateContext
from signoff.kernel.run import Run
from signoff.kernel.state import (
    Activity,
    Decision,
    EntryStatus,
    GateRecord,
    GateStatus,
    Person,
    Status,
)
from signoff.model.gate import Approval, DeclineKind, Meaning, Resume, Strength
from signoff.model.nodes import HumanTask, UserTask

_ASKING = (GateStatus.OPEN, GateStatus.STALE)


def vote(run: Run, command: Approve | Decline, record: GateRecord) -> None:
    """Cast one vote, bound to what was seen; the ballot judges what follows."""
    node = _node(run, record)
    number, person = _entry_for(run, record, node)
    approval = node.gate.approvals[number]
    _authorize(run, approval, node)
    seen = _check_seen(run, record, node, number, command.seen)
    yes = isinstance(command, Approve)
    if not yes and approval.meaning is Meaning.ACKNOWLEDGE:
        raise NotAllowed("acknowledge_only", step=_label(node))
    if yes:
        _check_rules(run, record, node)
    run.emit(
        gate.VoteCast(
            record.id,
            number,
            person.id,
            person.name or run.actor.name,
            person.role,
            Decision.YES if yes else Decision.NO,
            seen,
            approval.meaning,
            run.actor.auth,
            command.note,
        )
    )
    review.counted(run, record, number)
    if record.entries[number].status is EntryStatus.DECLINED:
        _declined(run, record, node, approval, command.note)


def _entry_for(run: Run, record: GateRecord, node: HumanTask) -> tuple[int, Person]:
    """The open entry that this actor is asked in, and the person as the roster has it."""
    actor = run.actor.id
    if record.status not in _ASKING:
        raise AlreadyDecided("gate_decided", step=_label(node), status=record.status.value)
    voted = False
    for number, entry in enumerate(record.entries):
        person = next((p for p in entry.roster if p.id == actor), None)
        if person is not None and actor in entry.votes:
            voted = True
        elif person is not None and entry.status is EntryStatus.OPEN:
            return number, person
    if voted:
        raise AlreadyDecided("voted_already", step=_label(node), person=actor)
    raise NotAllowed(*_why_not(run, record, node), step=_label(node), person=actor)


def _why_not(run: Run, record: GateRecord, node: HumanTask) -> tuple[str]:
    """The reason that an actor is not asked, as a code."""
    sight = run.sight(record.scope)
    for number, entry in enumerate(record.entries):
        approval = node.gate.approvals[number]
        people, groups = roster.left_out(sight, approval.not_by, record.preparers)
        if entry.status is EntryStatus.OPEN and (run.actor.id in people or groups & run.actor.groups):
            return ("own_work",)
    later = [node.gate.approvals[n] for n, e in enumerate(record.entries) if e.status is EntryStatus.WAITING]
    if any(roster.may(sight.definition, run.actor, a.by, sight) for a in later):
        return ("not_your_turn",)
    return ("not_on_the_roster",)


def _authorize(run: Run, approval: Approval, node: HumanTask) -> None:
    if not run.actor.auth.reaches(approval.least):
        raise NotAllowed("too_weak", step=_label(node), least=approval.least.value, auth=run.actor.auth.value)


def _check_seen(run: Run, record: GateRecord, node: HumanTask, number: int, seen: str) -> str:
    """What was seen must be what would be decided on; where a signature is, it must be said."""
    now = review.seen_in(run, record, node, number)
    least = node.gate.approvals[number].least
    if not seen and least.reaches(Strength.ATTESTED):
        raise Invalid("seen_missing", step=_label(node))
    if seen and seen != now:
        sight = run.sight(record.scope)
        parts = subject.bound(sight, subject.covers(node.gate))
        changed = [p.removeprefix(subject.DOCUMENT) for p in subject.changed(record.bound, parts)]
        raise StaleSubject("stale_subject", step=_label(node), changed=changed or sorted(record.bound))
    return now


def _check_rules(run: Run, record: GateRecord, node: HumanTask) -> None:
    activity = run.state.activities.get(record.activity)
    found = list(missing.broken_rules(run.sight(record.scope), activity, node))
    if found:
        raise Invalid("rule", found, step=_label(node))


def _declined(run: Run, record: GateRecord, node: HumanTask, approval: Approval, note: str) -> None:
    activity = run.state.activities.get(record.activity)
    match approval.declined.kind:
        case DeclineKind.END:
            run.emit(gate.GateDeclined(record.id, record.node, review.open_entries(record)))
            container.end(run, Status.DECLINED, "declined", note)
        case DeclineKind.CONTINUE:
            run.emit(gate.GateDeclined(record.id, record.node, review.open_entries(record)))
            if activity is not None:
                review.finish(run, activity, node, verdict="declined")
        case DeclineKind.RETURN:
            _go_back(run, record, node, approval.declined.to or node.id, note)


def send_back(run: Run, command: ReturnTo, record: GateRecord) -> None:
    """Return to a step that the gate names; by one who is asked, or by the owner of a gate that asks nobody."""
    node = _node(run, record)
    if record.status not in _ASKING:
        raise AlreadyDecided("gate_decided", step=_label(node), status=record.status.value)
    _entry_for(run, record, node)
    _check_target(run, record.scope, node, command.to)
    _go_back(run, record, node, command.to, command.note)


def send_back_task(run: Run, command: ReturnTo, activity: Activity, node: HumanTask) -> None:
    """The same at a gate without approvals, by its owner."""
    if run.actor.id not in {p.id for p in activity.roster}:
        raise NotAllowed("not_the_owner", step=_label(node), person=run.actor.id, roles=list(node.owner))
    _check_target(run, activity.scope, node, command.to)
    region.send_back(run, activity.scope, node.id, command.to, resume=node.gate.resume, note=command.note)


def _check_target(run: Run, scope: str, node: HumanTask, target: str) -> None:
    if target not in node.gate.return_to:
        raise NotAllowed("no_return_there", step=_label(node), to=target, allowed=list(node.gate.return_to))
    if target != node.id and not region.offers(run, scope, node.id, target):
        raise WrongState("not_done_here", to=target)


def _go_back(run: Run, record: GateRecord, node: HumanTask, target: str, note: str) -> None:
    activity = run.state.activities.get(record.activity)
    own = target == node.id and isinstance(node, UserTask) and activity is not None
    assert lifecycle.move(lifecycle.GATE, GateContext(record.status), "send_back")
    run.emit(
        gate.GateReturned(record.id, record.node, target, run.actor.id, note, review.open_entries(record))
    )
    if own and isinstance(node, UserTask) and activity is not None:
        human.reopen(run, activity, node)
        return
    resume = node.gate.resume if target != node.id else Resume.RESTART
    region.send_back(run, record.scope, node.id, target, resume=resume, note=note)


def waive(run: Run, command: Waive, activity: Activity, node: HumanTask) -> None:
    """Set one rule aside, by whom it names, with a reason."""
    rule = next((r for r in node.gate.rules if r.id == command.rule), None)
    if rule is None:
        raise NotFound("no_such_rule", rule=command.rule, step=_label(node))
    sight = run.sight(activity.scope)
    if not rule.waive or not roster.may(sight.definition, run.actor, rule.waive, sight):
        raise NotAllowed(
            "may_not_waive", rule=rule.id, person=run.actor.id, roles=list(rule.waive), step=_label(node)
        )
    if not command.reason.strip():
        raise Invalid("reason_missing", rule=rule.id)
    run.emit(gate.RuleWaived(activity.id, rule.id, run.actor.id, command.reason))


def _label(node: HumanTask) -> dict[str, str]:
    return missing.texts(node.label, node.id)


def _node(run: Run, record: GateRecord) -> HumanTask:
    node = run.node(record.scope, record.node)
    assert isinstance(node, HumanTask)
    return node
