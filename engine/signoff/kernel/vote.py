"""Yes, no, send back, appoint: what is done at a gate. Must import kernel below `decide`."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from signoff.errors import AlreadyDecided, Invalid, NotAllowed, StaleSubject, WrongState
from signoff.kernel import (
    ballot,
    copies,
    lifecycle,
    missing,
    precedent,
    region,
    review,
    roster,
    seat,
    subject,
    substitution,
)
from signoff.kernel.commands import Approve, Assign, Decline, ReturnTo
from signoff.kernel.elements import container, human
from signoff.kernel.events import gate, task
from signoff.kernel.lifecycle import GateContext
from signoff.kernel.motions import Abstain
from signoff.kernel.run import Run
from signoff.kernel.state import (
    Activity,
    Decision,
    Entry,
    EntryStatus,
    GateRecord,
    GateStatus,
    Person,
)
from signoff.model.authority import Way
from signoff.model.definition import BlockKind
from signoff.model.gate import Approval, DeclineKind, Meaning, Resume, Right, Strength
from signoff.model.nodes import GateTask, HumanTask, UserTask
from signoff.sentences import Sentence

_ASKING = (GateStatus.OPEN, GateStatus.STALE)


def vote(run: Run, command: Approve | Decline | Abstain, record: GateRecord, only: int | None = None) -> None:
    """Cast one vote, bound to what was seen; the ballot judges what follows. `only`: in this entry."""
    node = node_of(run, record)
    number, person, way = _seat_for(run, record, node, only)
    approval = node.gate.approvals[number]
    if seat.has_voted(record.entries[number], run.actor.id):
        raise AlreadyDecided("voted_already", step=label(node), person=run.actor.id)
    check_duties(run, record, node, number)
    check_strength(run, approval.least, node)
    seen = _check_seen(run, record, node, number, command.seen)
    decision = _DECISIONS[type(command)]
    _check_decision(run, record, node, approval, decision)
    if decision is Decision.YES:
        substitution.check_standing(run, record, node, number, person)
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
    if any(seat.owner(entry, actor) for entry in record.entries):
        raise NotAllowed("opinion_only", step=label(node), person=actor)
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


def _seat_for(
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
        raise NotAllowed("no_grant", step=label(node), person=run.actor.id, principal=principal)
    return stead.number, stead.person, stead.way


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
    node = node_of(run, record)
    judge = _judging(run, record, node, only)
    check_strength(run, node.gate.approvals[judge.number].least, node)
    _check_target(run, record.scope, node, command.to)
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
    judge = _Judge(*_seat_for(run, record, node, only))
    if judge.way is not None:
        check_duties(run, record, node, judge.number)
    who = judge.person.id
    for number in range(judge.number, len(record.entries) if only is None else judge.number + 1):
        entry = record.entries[number]
        if who in seat.voters(entry) and node.gate.approvals[number].meaning is not Meaning.ACKNOWLEDGE:
            person = seat.person(entry, who)
            return _Judge(number, person or judge.person, judge.way)
    raise NotAllowed("acknowledge_only", step=label(node))


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
    if person.id in seat.involved(entry):
        raise AlreadyDecided("asked_already", step=label(node), person=person.id)
    check_newcomer(run, record, node, number, person)
    if ballot.possible(approval, entry):  # else somebody has to be appointed all the same
        check_duties(run, record, node, number)
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
