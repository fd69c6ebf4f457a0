"""Yes, no, send back, waive: what approvers do at a gate. Must import kernel below `decide`."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from signoff.errors import AlreadyDecided, Invalid, NotAllowed, NotFound, StaleSubject, WrongState
from signoff.kernel import ballot, lifecycle, missing, precedent, region, review, roster, seat, subject
from signoff.kernel.commands import Approve, Assign, Decline, ReturnTo, Waive
from signoff.kernel.elements import container, human
from signoff.kernel.events import gate, task
from signoff.kernel.lifecycle import GateContext
from signoff.kernel.motions import Abstain
from signoff.kernel.run import Run
from signoff.kernel.sight import Sight
from signoff.kernel.state import (
    Activity,
    ActivityStatus,
    Decision,
    Entry,
    EntryStatus,
    GateRecord,
    GateStatus,
    Person,
)
from signoff.model.definition import BlockKind
from signoff.model.gate import Approval, DeclineKind, Meaning, Resume, Right, Rule, Strength
from signoff.model.nodes import GateTask, HumanTask, UserTask
from signoff.sentences import Sentence

_ASKING = (GateStatus.OPEN, GateStatus.STALE)


def vote(run: Run, command: Approve | Decline | Abstain, record: GateRecord, only: int | None = None) -> None:
    """Cast one vote, bound to what was seen; the ballot judges what follows. `only`: in this entry."""
    node = node_of(run, record)
    number, person = entry_for(run, record, node, only)
    approval = node.gate.approvals[number]
    check_duties(run, record, node, number)
    check_strength(run, approval.least, node)
    seen = _check_seen(run, record, node, number, command.seen)
    decision = _DECISIONS[type(command)]
    _check_decision(run, record, node, approval, decision)
    entry = record.entries[number]
    before = seat.asked(entry) if entry.groups or entry.in_turn else None
    run.emit(
        gate.VoteCast(
            record.id,
            number,
            person.id,
            person.name or run.actor.name,
            person.role,
            decision,
            seen,
            approval.meaning,
            run.actor.auth,
            command.note,
        )
    )
    judged(run, record, node, number, before, command.note)


def judged(
    run: Run, record: GateRecord, node: HumanTask, number: int, before: Sequence[str] | None, note: str
) -> None:
    """What has been said in an entry has changed: count, and go where a no leads. `before` as of `review.counted`."""
    review.counted(run, record, node, number, before)
    for approval, entry in _entries(record, node):
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
        raise NotAllowed("acknowledge_only", step=label(node))
    elif decision is Decision.ABSTAIN and Right.ABSTAIN not in approval.allow:
        raise NotAllowed("may_not_abstain", step=label(node))


_DECISIONS = {Approve: Decision.YES, Decline: Decision.NO, Abstain: Decision.ABSTAIN}


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
    if waiting:
        raise NotAllowed("others_first", step=label(node), person=actor, people=list(waiting))
    if voted:
        raise AlreadyDecided("voted_already", step=label(node), person=actor)
    raise _not_asked(run, record, node)


def check_asking(record: GateRecord, node: HumanTask) -> None:
    """Raises AlreadyDecided for a gate that asks nobody any more."""
    if record.status not in _ASKING:
        raise AlreadyDecided(
            "gate_decided", step=label(node), status=Sentence(f"gate_is_{record.status.value}")
        )


def _not_asked(run: Run, record: GateRecord, node: HumanTask) -> NotAllowed:
    """Why this actor is not asked, and who is."""
    sight = run.sight(record.scope)
    step, actor = label(node), run.actor
    asked = [a for a, e in _entries(record, node) if e.status is EntryStatus.OPEN]
    later = [a for a, e in _entries(record, node) if e.status is EntryStatus.WAITING]
    for approval in asked:
        if _ruled_out(run, record, approval) and roster.may(sight.definition, actor, approval.by, sight):
            return NotAllowed("own_work", step=step, person=actor.id)
    names = [role for a in asked for role in a.by]
    roles = missing.roles(sight.definition, tuple(dict.fromkeys(names)))
    if any(roster.may(sight.definition, actor, a.by, sight) for a in later):
        return NotAllowed("not_your_turn", step=step, person=actor.id, roles=roles)
    return NotAllowed("not_asked", step=step, person=actor.id, roles=roles)


def _entries(record: GateRecord, node: HumanTask) -> Iterable[tuple[Approval, Entry]]:
    return zip(node.gate.approvals, record.entries, strict=True)


def _ruled_out(run: Run, record: GateRecord, approval: Approval) -> bool:
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
    if approval.not_by and _ruled_out(run, record, approval):
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


def _check_seen(run: Run, record: GateRecord, node: HumanTask, number: int, seen: str) -> str:
    """What was seen must be what would be decided on; where a signature is, it must be said."""
    now = review.seen_in(run, record, node, number)
    if not seen and node.gate.approvals[number].least.reaches(Strength.ATTESTED):
        raise Invalid("seen_missing", step=label(node))
    if seen and seen != now:
        changed = [
            subject.named(run.sight(record.scope), part) for part in record.changed or sorted(record.bound)
        ]
        raise StaleSubject("stale_subject", step=label(node), changed=changed)
    return now


def _check_rules(run: Run, record: GateRecord, node: HumanTask) -> None:
    activity = run.state.activities.get(record.activity)
    found = list(missing.broken_rules(run.sight(record.scope), record, activity, node))
    if found:
        code, params = missing.main(found)
        raise Invalid(code, found, **{**params, "step": label(node)})


def _declined(run: Run, record: GateRecord, node: HumanTask, approval: Approval, note: str) -> None:
    activity = run.state.activities.get(record.activity)
    if approval.declined.kind is DeclineKind.RETURN:
        _go_back(run, record, node, _offered(run, record.scope, node, approval.declined.to), note)
        return
    run.emit(gate.GateDeclined(record.id, record.node, review.open_entries(record)))
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
    node = node_of(run, record)
    number = _judging(run, record, node, only)
    check_strength(run, node.gate.approvals[number].least, node)
    _check_target(run, record.scope, node, command.to)
    _go_back(run, record, node, command.to, command.note, number)


def _judged(run: Run, record: GateRecord, node: HumanTask, number: int) -> dict[str, Any]:
    """As whom, and on what, the actor sends back in this entry."""
    person = seat.person(record.entries[number], run.actor.id)
    assert person is not None
    return {
        "entry": number,
        "name": person.name or run.actor.name,
        "role": person.role,
        "subject": review.seen_in(run, record, node, number),
        "strength": run.actor.auth,
    }


def _judging(run: Run, record: GateRecord, node: HumanTask, only: int | None) -> int:
    """The first entry that asks this actor for more than to take note."""
    first, _ = entry_for(run, record, node, only)
    actor = run.actor.id
    for number in range(first, len(record.entries) if only is None else first + 1):
        entry = record.entries[number]
        if actor in seat.voters(entry) and node.gate.approvals[number].meaning is not Meaning.ACKNOWLEDGE:
            return number
    raise NotAllowed("acknowledge_only", step=label(node))


def send_back_task(run: Run, command: ReturnTo, activity: Activity, node: GateTask) -> None:
    """The same at a gate without approvals, by its owner."""
    missing.check_open(activity, node)
    if run.actor.id not in {p.id for p in activity.roster}:
        roles = missing.roles(run.definition(activity.scope), node.owner)
        raise NotAllowed("not_the_owner", step=label(node), person=run.actor.id, roles=roles)
    _check_target(run, activity.scope, node, command.to)
    region.send_back(run, activity.scope, node.id, command.to, resume=node.gate.resume, note=command.note)


def _check_target(run: Run, scope: str, node: HumanTask, target: str) -> None:
    known = run.definition(scope).nodes
    if target not in node.gate.return_to:
        allowed = [missing.texts(known[t].label, t) if t in known else t for t in node.gate.return_to]
        if not allowed:
            raise NotAllowed("no_return_anywhere", step=label(node))
        raise NotAllowed("no_return_there", step=label(node), to=target, allowed=allowed)
    if target != node.id and not region.offers(run, scope, node.id, target):
        raise WrongState("not_done_here", to=missing.texts(known[target].label, target))


def _go_back(
    run: Run, record: GateRecord, node: HumanTask, target: str, note: str, number: int | None = None
) -> None:
    activity = run.state.activities.get(record.activity)
    assert lifecycle.move(lifecycle.GATE, GateContext(record.status), "send_back")
    judged: dict[str, Any] = {} if number is None else _judged(run, record, node, number)
    closed = review.open_entries(record)
    run.emit(gate.GateReturned(record.id, record.node, target, run.actor.id, note, closed, **judged))
    if target == node.id and isinstance(node, UserTask) and activity is not None:
        human.reopen(run, activity, node)
        return
    resume = node.gate.resume if target != node.id else Resume.RESTART
    region.send_back(run, record.scope, node.id, target, resume=resume, note=note)


def waive(run: Run, command: Waive, holder: Activity | GateRecord, node: HumanTask) -> None:
    """Set one rule aside, by whom it names, with a reason; at a task, or a gate asking again after its task."""
    rule = next((r for r in node.gate.rules if r.id == command.rule), None)
    if rule is None:
        names = [r.id for r in node.gate.rules]
        raise NotFound("no_such_rule", rule=command.rule, step=label(node), rules=names)
    sight = run.sight(holder.scope)
    if not rule.waive or not roster.may(sight.definition, run.actor, rule.waive, sight):
        roles = missing.roles(sight.definition, rule.waive)
        raise NotAllowed(
            "may_not_waive" if roles else "never_waived",
            rule=rule.id,
            person=run.actor.id,
            roles=roles,
            step=label(node),
        )
    if not command.reason.strip():
        raise Invalid("reason_missing", rule=rule.id)
    run.emit(
        gate.RuleWaived(
            holder.id, rule.id, run.actor.id, command.reason, _waived_on(sight, holder, node, rule)
        )
    )


def _waived_on(sight: Sight, holder: Activity | GateRecord, node: HumanTask, rule: Rule) -> str:
    """What the waiver counts for; work that is still open says so when it is handed in."""
    open_work = isinstance(node, UserTask) and holder.status in (
        ActivityStatus.OPEN,
        ActivityStatus.SCHEDULED,
    )
    return "" if isinstance(holder, Activity) and open_work else subject.of_rule(sight, rule)


def check_newcomer(run: Run, record: GateRecord, node: HumanTask, number: int, person: Person) -> None:
    """Raises NotAllowed for somebody whom separation of duties keeps off the roster of this entry."""
    approval = node.gate.approvals[number]
    people, groups = roster.left_out(run.sight(record.scope), approval.not_by, record.preparers)
    if person.id in people or groups & set(person.groups):
        raise NotAllowed("own_work", step=label(node), person=person.id)
    if person.id in precedent.left_out(approval, record, number):
        raise NotAllowed("said_yes_already", step=label(node), person=person.id)


def appoint(run: Run, command: Assign, record: GateRecord, only: int | None) -> None:
    """An administrator puts a person on the roster of an entry that too few are asked in; never himself."""
    node = node_of(run, record)
    open_now = [n for n, e in enumerate(record.entries) if e.status is EntryStatus.OPEN and only in (None, n)]
    lacking = [
        n for n in open_now if not ballot.possible(node.gate.approvals[n], record.entries[n])
    ] or open_now
    if not lacking or record.status not in _ASKING:
        raise WrongState("nobody_is_asked", step=label(node))
    number, person = lacking[0], command.person
    approval, entry = node.gate.approvals[number], record.entries[number]
    check_newcomer(run, record, node, number, person)
    held = {p.role for p in entry.roster}
    role = person.role or next((r for r in approval.by if r not in held), approval.by[0])
    asked = seat.asked(entry)
    asked = asked if asked and entry.in_turn else (*asked, person.id)
    appointed = replace(person, role=role)
    target = f"{record.id}#{number}"
    run.emit(task.TaskAssigned(target, record.node, appointed, run.actor.id, tuple(dict.fromkeys(asked))))
    if ballot.possible(approval, record.entries[number]):
        review.settle_incidents(run, target)


def label(node: HumanTask) -> dict[str, str]:
    return missing.texts(node.label, node.id)


def node_of(run: Run, record: GateRecord) -> HumanTask:
    node = run.node(record.scope, record.node)
    assert isinstance(node, HumanTask)
    return node
