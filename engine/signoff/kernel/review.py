"""Gates at work: opening a round, asking entry after entry, counting votes, passing, declining, asking again.

The GATE machine of `lifecycle` decides; events carry what it decided. Must import kernel below `elements`.
"""

from collections.abc import Sequence

from signoff.errors import SignoffError
from signoff.kernel import (
    ballot,
    copies,
    hourglass,
    lifecycle,
    missing,
    precedent,
    pressing,
    roster,
    seat,
    subject,
)
from signoff.kernel.deadline import words
from signoff.kernel.events import data, flow, gate, task
from signoff.kernel.events import seat as signers
from signoff.kernel.fold.task import entry_of
from signoff.kernel.lifecycle import GateContext
from signoff.kernel.run import Run, assign, in_inbox
from signoff.kernel.sight import Sight
from signoff.kernel.state import (
    Activity,
    ActivityStatus,
    Decision,
    EntryStatus,
    GateRecord,
    GateStatus,
    Mode,
    Person,
    Purpose,
    Question,
)
from signoff.model.authority import Grant
from signoff.model.expression import ExpressionFault
from signoff.model.gate import NeedKind, Resume
from signoff.model.nodes import HumanTask

FINISHED = frozenset({EntryStatus.PASSED, EntryStatus.SKIPPED})
_ASKING = frozenset({GateStatus.OPEN, GateStatus.STALE})


def open_round(run: Run, activity: Activity, node: HumanTask) -> None:
    """Begin the votes on what is there now; after a smart return, entries that watch nothing new keep theirs."""
    sight = run.sight(activity.scope)
    parts = subject.bound(sight, node.gate.covers)
    seen = subject.subject(sight, node.id, parts)
    prepared = preparers(sight, activity.editors, node)
    smart = node.gate.resume is Resume.SMART
    record = run.state.gates.get(activity.gate) or _earlier(run, activity)
    if record is not None and not smart and not activity.gate:
        run.emit(gate.GateCancelled(record.id, "superseded", open_entries(record)))
        record = None
    if record is None:
        id, entries = run.next("g"), len(node.gate.approvals)
        run.emit(gate.GateOpened(id, activity.id, node.id, activity.scope, 1, seen, parts, entries, prepared))
        record = run.state.gates[id]
    else:
        moved = subject.changed(record.bound, parts)
        kept = _unchanged(sight, record, node, parts, prepared) if smart else set()
        voided = [n for n in range(len(record.entries)) if n not in kept]
        number, closed = record.round + 1, open_entries(record)
        taken = "" if activity.gate else activity.id
        run.emit(
            gate.VotesVoided(record.id, node.id, number, moved, voided, seen, parts, prepared, closed, taken)
        )
    _advance(run, record, node)


def _earlier(run: Run, activity: Activity) -> GateRecord | None:
    """The gate of an earlier pass of the same element in the same scope: its approvals no longer count."""
    scopes = run.state.scopes
    home = scopes[activity.scope].home
    for record in run.state.gates.values():
        if record.node == activity.node and scopes[record.scope].home == home:
            return record
    return None


def preparers(sight: Sight, editors: Sequence[str], node: HumanTask) -> tuple[str, ...]:
    """Who wrote, edited or delivered what the gate binds, in whichever round and by whichever step."""
    binding = node.gate.covers
    found = [*editors, sight.scope.by] if sight.definition.asks(node) else [*editors]
    for id in binding.documents:
        delivered = sight.delivered(id)
        found += [delivered.by, delivered.on_behalf_of] if delivered else []
    if binding.data:
        found += sight.authors(binding.data)
        writers = [sight.done(step) for step in sight.definition.writers(binding.data)]
        found += [done.by for done in writers if done]
    return tuple(dict.fromkeys([id for id in found if id])) if found else ()


def advance(run: Run, record: GateRecord) -> None:
    """Ask the next entries whose turn has come; conclude when none is left. A fault is an incident of the gate."""
    _advance(run, record, _node(run, record))


def _advance(run: Run, record: GateRecord, node: HumanTask) -> None:
    entries = record.entries
    for numbers in node.gate.rounds:
        for number in numbers:
            if entries[number].status is EntryStatus.WAITING and not _ask(run, record, node, number):
                return
        if not FINISHED.issuperset([entries[n].status for n in numbers]):
            return
    _conclude(run, record, node)


def _ask(run: Run, record: GateRecord, node: HumanTask, number: int) -> bool:
    """Ask for the people of an entry, or skip it; False when its condition cannot be computed."""
    approval = node.gate.approvals[number]
    sight = run.sight(record.scope)
    try:
        if approval.condition is not None and not sight.holds(approval.condition):
            run.emit(gate.EntrySkipped(record.id, number))
            return True
        if approval.auto is not None and sight.holds(approval.auto):
            rule = f"{node.id}|approve|{number}|auto"
            run.emit(gate.EntryPassed(record.id, number, mode=Mode.AUTO, rule=rule))
            return True
    except ExpressionFault as fault:
        if not any(i.retry == "gate" and i.via == record.id for i in run.state.incidents.values()):
            run.incident(record.scope, node.id, fault, retry="gate", activity=record.activity, via=record.id)
        return False
    look_up(run, record, node, number)
    return True


def look_up(run: Run, record: GateRecord, node: HumanTask, number: int) -> None:
    """Ask the directory who is asked in an entry."""
    approval, sight = node.gate.approvals[number], run.sight(record.scope)
    activity = run.state.activities.get(record.activity)
    people, _ = roster.left_out(sight, approval.not_by, record.preparers)
    people |= precedent.left_out(approval, record, number)
    said = words(run, activity) if activity else roster.nobody
    terms = roster.terms(sight, approval.by, said, leave_out=sorted(people))
    target = f"{record.id}#{number}"
    settle_incidents(run, target)
    run.emit(task.RosterAsked(run.next("q"), Purpose.ENTRY, target, record.node, terms))


def settle_incidents(run: Run, target: str) -> None:
    """What was wrong with the people of an entry is looked at anew."""
    for incident in [i for i in run.state.incidents.values() if i.via == target and i.retry == "entry"]:
        run.emit(data.IncidentResolved(incident.id))


def asked(
    run: Run, question: Question, people: Sequence[Person], provenance: str, grants: Sequence[Grant] = ()
) -> None:
    """The directory has answered for an entry; whom `not_by` rules out stays off the roster."""
    id, number = entry_of(question.target)
    record = run.state.gates[id]
    node = _node(run, record)
    approval = node.gate.approvals[number]
    out, groups = roster.left_out(run.sight(record.scope), approval.not_by, record.preparers)
    out |= precedent.left_out(approval, record, number)
    kept = [p for p in people if p.id not in out and groups.isdisjoint(p.groups)]
    activity = run.state.activities.get(record.activity)
    run.emit(
        task.RosterResolved(
            question.id,
            Purpose.ENTRY,
            question.target,
            record.node,
            kept,
            provenance,
            activity.due if activity else None,
            seen_in(run, record, node, number),
            in_turn=approval.need.kind is NeedKind.IN_TURN,
            substitutes=roster.told(run.definition(record.scope).id, record.node, kept, grants),
            priority=pressing.of_gate(run, record, node),
        )
    )
    hourglass.begin(run, record, node, number)
    if approval.weights and kept and not ballot.possible(approval, record.entries[number]):
        fault = SignoffError(
            "weights_unreachable", roles=missing.roles(run.definition(record.scope), approval.by)
        )
        target = f"{record.id}#{number}"
        run.incident(record.scope, node.id, fault, retry="entry", activity=record.activity, via=target)
    _let_count_again(run, record, node)


def counted(
    run: Run, record: GateRecord, node: HumanTask, number: int, before: Sequence[str] | None = None
) -> None:
    """What has been said in this entry has changed: let the machine judge what follows.

    `before`: whose move it was, where the next of them may have to be asked.
    """
    _judge(run, record, node, number)
    if before is not None:
        reasked(run, record, number, before)
    if node.gate.skipping:
        _let_count_again(run, record, node)


def reasked(run: Run, record: GateRecord, number: int, before: Sequence[str]) -> None:
    """Tell whose move it is now in an entry, where that is not simply the others of before."""
    entry = record.entries[number]
    now = seat.asked(entry)
    if entry.status is EntryStatus.OPEN and {*now} != {*before} - entry.votes.keys():
        new = tuple(id for id in now if id not in before and not seat.owner(entry, id))
        run.emit(signers.SignersAsked(record.id, number, record.node, now, new))


def _let_count_again(run: Run, record: GateRecord, node: HumanTask) -> None:
    """Let an earlier yes count in the entries that say so, one after the other."""
    for number in node.gate.skipping:
        approval, entry = node.gate.approvals[number], record.entries[number]
        seen = seen_in(run, record, node, number)
        while found := precedent.counts_again(approval, record, number, seen):
            id, other, vote = found
            person, before = seat.person(entry, id), seat.asked(entry)
            assert person is not None
            run.emit(
                gate.VoteCast(
                    record.id,
                    number,
                    id,
                    person.name,
                    person.role,
                    Decision.YES,
                    seen,
                    approval.meaning,
                    vote.strength,
                    mode=Mode.AUTO,
                    source=f"{record.id}#{other}",
                )
            )
            _judge(run, record, node, number)
            reasked(run, record, number, before)


def _judge(run: Run, record: GateRecord, node: HumanTask, number: int) -> None:
    verdict = ballot.tally(node.gate.approvals[number], record.entries[number])
    if verdict is ballot.Verdict.DECLINED:
        run.emit(gate.EntryDeclined(record.id, number))
        context = GateContext(record.status, declined=True)
        assert lifecycle.decide(context) is GateStatus.DECLINED
        return
    if verdict is ballot.Verdict.PASSED:
        run.emit(gate.EntryPassed(record.id, number))
        _advance(run, record, node)


def _conclude(run: Run, record: GateRecord, node: HumanTask) -> None:
    """All entries have said yes: the gate passes, unless something else is missing."""
    activity = run.state.activities.get(record.activity)
    clear = not missing.obstacles(run.sight(record.scope), record, activity, node)
    if lifecycle.decide(GateContext(record.status, passed=True, clear=clear)) is not GateStatus.PASSED:
        return
    run.emit(gate.GatePassed(record.id, record.node, approvers(record)))
    copies.ask(run, record.scope, node, activity, copies.DECISION)
    if activity is not None and activity.gate == record.id:
        finish(run, activity, node)
    else:
        run.touched[run.state.scopes[record.scope].home] = None


def approvers(record: GateRecord) -> tuple[str, ...]:
    """Who said yes, and for whom: both are approvers wherever approvers are left out."""
    votes = [v for e in record.entries for v in e.votes.values() if v.decision is Decision.YES]
    return tuple(dict.fromkeys([who for v in votes for who in (v.person, v.on_behalf_of) if who]))


def finish(run: Run, activity: Activity, node: HumanTask, verdict: str = "passed") -> None:
    """The task is done: its `set`, its completion, and on; a fault in its `set` is an incident there."""
    try:
        assign(run, activity.scope, node.assign)
    except SignoffError as fault:
        run.incident(activity.scope, node.id, fault, retry="complete", activity=activity.id, via=verdict)
        return
    status = lifecycle.activity(activity.status, "finish")
    record = run.state.gates.get(activity.gate)
    run.leave(
        activity.scope,
        node,
        flow.ElementCompleted(
            activity.id,
            node.id,
            activity.scope,
            status,
            verdict,
            activity.owner,
            approvers(record) if record else (),
            subject.print_of(run.sight(activity.scope), node),
            inbox=in_inbox(node, activity),
        ),
    )


def recheck(run: Run, names: frozenset[str]) -> None:
    """After these data and documents changed: open votes on them are void, passed ones are stale."""
    for record in list(run.state.gates.values()):
        node = _node(run, record)
        binding = node.gate.covers
        if names.isdisjoint(binding.data) and names.isdisjoint(binding.documents):
            continue
        if record.id not in run.state.gates or record.status is GateStatus.RETURNED:
            continue
        if _superseded(run, record):
            continue
        sight = run.sight(record.scope)
        parts = subject.bound(sight, binding)
        moved = subject.changed(record.bound, parts)
        if moved:
            _ask_again(run, record, node, parts, moved)


def _superseded(run: Run, record: GateRecord) -> bool:
    sight = run.sight(record.scope)
    if record.status is GateStatus.PASSED and sight.definition.asks(sight.node(record.node)):
        return True  # what was asked for has taken effect
    done = sight.done(record.node)
    return (
        record.status is GateStatus.PASSED and done is not None and done.status is ActivityStatus.SUPERSEDED
    )


def _ask_again(
    run: Run, record: GateRecord, node: HumanTask, parts: dict[str, str], moved: list[str]
) -> None:
    sight = run.sight(record.scope)
    seen = subject.subject(sight, node.id, parts)
    prepared = preparers(sight, record.preparers, node)
    kept = _unchanged(sight, record, node, parts, prepared)
    voided = [n for n in range(len(record.entries)) if n not in kept]
    trigger = "reopen" if record.status is GateStatus.PASSED else "void"
    assert lifecycle.move(lifecycle.GATE, GateContext(record.status), trigger)
    round = record.round + 1
    if trigger == "reopen":
        run.emit(gate.GateReopened(record.id, node.id, round, moved, voided, seen, parts, prepared))
    else:
        closed = open_entries(record)
        run.emit(gate.VotesVoided(record.id, node.id, round, moved, voided, seen, parts, prepared, closed))
    _advance(run, record, node)


def _unchanged(
    sight: Sight, record: GateRecord, node: HumanTask, parts: dict[str, str], prepared: tuple[str, ...]
) -> set[int]:
    """The passed entries that show the same content as their votes were given on, by people who may still vote."""
    kept = set()
    for number, (approval, entry) in enumerate(zip(node.gate.approvals, record.entries, strict=True)):
        out, _ = roster.left_out(sight, approval.not_by, prepared)
        if entry.status is EntryStatus.PASSED and entry.votes and out.isdisjoint(seat.deciders(entry)):
            now = subject.of_entry(sight, node.id, approval, parts)
            if all(vote.subject == now for vote in entry.votes.values()):
                kept.add(number)
    return kept


def seen_in(run: Run, record: GateRecord, node: HumanTask, number: int) -> str:
    """The hash that a voter of this entry must have seen."""
    approval = node.gate.approvals[number]
    if approval.binds is None:
        return record.subject
    return subject.of_entry(run.sight(record.scope), record.node, approval, record.bound)


def open_entries(record: GateRecord) -> tuple[str, ...]:
    """The entries that stand in inboxes, as GATE#entry."""
    return tuple(f"{record.id}#{n}" for n, e in enumerate(record.entries) if e.status is EntryStatus.OPEN)


def try_again(run: Run) -> bool:
    """Gates that have all their votes, or need none, and may pass now that something else has changed."""
    before = len(run.events)
    for record in tuple(run.state.gates.values()):
        if record.status in _ASKING and FINISHED.issuperset([entry.status for entry in record.entries]):
            _conclude(run, record, _node(run, record))
    return len(run.events) > before


def _node(run: Run, record: GateRecord) -> HumanTask:
    node = run.node(record.scope, record.node)
    assert isinstance(node, HumanTask)
    return node
