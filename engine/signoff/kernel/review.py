"""Gates at work: opening a round, asking entry after entry, counting votes, passing, declining, asking again.

The GATE machine of `lifecycle` decides; events carry what it decided. Must import kernel below `elements`.
"""

from collections.abc import Sequence

from signoff.kernel import ballot, lifecycle, missing, roster, subject
from signoff.kernel.deadline import words
from signoff.kernel.events import flow, gate, task
from signoff.kernel.fold.task import entry_of
from signoff.kernel.lifecycle import GateContext
from signoff.kernel.run import Run, assign, in_inbox
from signoff.kernel.state import (
    Activity,
    ActivityStatus,
    EntryStatus,
    GateRecord,
    GateStatus,
    Person,
    Purpose,
    Question,
)
from signoff.model.gate import Resume
from signoff.model.nodes import HumanTask, UserTask

FINISHED = frozenset({EntryStatus.PASSED, EntryStatus.SKIPPED})


def open_round(run: Run, activity: Activity, node: HumanTask) -> None:
    """Begin the votes on what is there now; after a return, entries that watch nothing new keep theirs."""
    sight = run.sight(activity.scope)
    parts = subject.bound(sight, subject.covers(node.gate))
    seen = subject.subject(sight, node.id, parts)
    record = run.state.gates.get(activity.gate)
    prepared = preparers(run, activity, node)
    if record is None:
        _supersede(run, activity)
        entries = len(node.gate.approvals)
        run.emit(
            gate.GateOpened(
                run.next("g"), activity.id, node.id, activity.scope, 1, seen, parts, entries, prepared
            )
        )
        record = run.state.gates[activity.gate]
    else:
        moved = subject.changed(record.bound, parts)
        kept = _unchanged(run, record, node) if node.gate.resume is Resume.SMART else set()
        voided = [n for n in range(len(record.entries)) if n not in kept]
        run.emit(gate.VotesVoided(record.id, node.id, record.round + 1, moved, voided, seen, parts, prepared))
    advance(run, record)


def _supersede(run: Run, activity: Activity) -> None:
    """An earlier pass of the same element in the same scope: its approvals no longer count."""
    for old in list(run.state.gates.values()):
        homes = {run.state.scopes[scope].home for scope in (old.scope, activity.scope)}
        if old.node == activity.node and len(homes) == 1:
            run.emit(gate.GateCancelled(old.id, "superseded", open_entries(old)))


def preparers(run: Run, activity: Activity | None, node: HumanTask) -> tuple[str, ...]:
    """Who wrote, edited or delivered what the gate binds."""
    sight = run.sight(activity.scope) if activity else None
    found = list(activity.editors) if activity else []
    if sight is not None:
        binding = subject.covers(node.gate)
        for id in binding.documents:
            delivered = sight.delivered(id)
            found += [delivered.by] if delivered else []
        for other in sight.definition.activities():
            if isinstance(other, UserTask) and set(other.form.writable) & set(binding.data):
                done = sight.done(other.id)
                found += [done.by] if done else []
    return tuple(dict.fromkeys(id for id in found if id))


def advance(run: Run, record: GateRecord) -> None:
    """Ask the next entries whose turn has come; conclude when none is left."""
    node = _node(run, record)
    for turn in range(node.gate.turns):
        numbers = [n for n, a in enumerate(node.gate.approvals) if a.turn == turn]
        if all(record.entries[n].status in FINISHED for n in numbers):
            continue
        for number in numbers:
            if record.entries[number].status is EntryStatus.WAITING:
                _ask(run, record, node, number)
        if not all(record.entries[n].status in FINISHED for n in numbers):
            return
    conclude(run, record)


def _ask(run: Run, record: GateRecord, node: HumanTask, number: int) -> None:
    approval = node.gate.approvals[number]
    sight = run.sight(record.scope)
    if not sight.holds(approval.condition):
        run.emit(gate.EntrySkipped(record.id, number))
        return
    activity = run.state.activities.get(record.activity)
    people, _ = roster.left_out(sight, approval.not_by, record.preparers)
    said = words(run, activity) if activity else {}
    terms = roster.terms(sight, approval.by, said, leave_out=sorted(people))
    target = f"{record.id}#{number}"
    run.emit(task.RosterAsked(run.next("q"), Purpose.ENTRY, target, record.node, terms))


def asked(run: Run, question: Question, people: Sequence[Person], provenance: str) -> None:
    """The directory has answered for an entry; whom `not_by` rules out stays off the roster."""
    id, number = entry_of(question.target)
    record = run.state.gates[id]
    node = _node(run, record)
    approval = node.gate.approvals[number]
    out, groups = roster.left_out(run.sight(record.scope), approval.not_by, record.preparers)
    kept = [p for p in people if p.id not in out and not groups & set(p.groups)]
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
        )
    )


def counted(run: Run, record: GateRecord, number: int) -> None:
    """A vote has been cast in this entry: let the machine judge what follows."""
    node = _node(run, record)
    verdict = ballot.tally(node.gate.approvals[number], record.entries[number])
    if verdict is ballot.Verdict.DECLINED:
        run.emit(gate.EntryDeclined(record.id, number))
        context = GateContext(record.status, declined=True)
        assert lifecycle.decide(context) is GateStatus.DECLINED
        return
    if verdict is ballot.Verdict.PASSED:
        run.emit(gate.EntryPassed(record.id, number))
        advance(run, record)


def conclude(run: Run, record: GateRecord) -> None:
    """All entries have said yes: the gate passes, unless something else is missing."""
    node = _node(run, record)
    activity = run.state.activities.get(record.activity)
    sight = run.sight(record.scope)
    clear = not missing.obstacles(sight, record.id, activity, node)
    context = GateContext(record.status, passed=True, clear=clear)
    if lifecycle.decide(context) is not GateStatus.PASSED:
        return
    yes = tuple(dict.fromkeys(p for e in record.entries for p in ballot.approvers(e.votes)))
    run.emit(gate.GatePassed(record.id, record.node, yes))
    if activity is not None and activity.gate == record.id:
        finish(run, activity, node, approvers=yes)


def finish(
    run: Run,
    activity: Activity,
    node: HumanTask,
    *,
    approvers: tuple[str, ...] = (),
    verdict: str = "passed",
) -> None:
    """The task is done: its `set`, its completion, and on."""
    assign(run, activity.scope, node.assign)
    status = lifecycle.activity(activity.status, "finish")
    sight = run.sight(activity.scope)
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
            approvers,
            subject.print_of(sight, node),
            inbox=in_inbox(node, activity),
        ),
    )


def copy(run: Run, scope: str, node: HumanTask, activity: Activity) -> None:
    """Ask whom `cc` names; they get a read-only copy."""
    if node.cc:
        terms = roster.terms(run.sight(scope), node.cc, words(run, activity))
        run.emit(task.RosterAsked(run.next("q"), Purpose.COPY, activity.id, node.id, terms))


def recheck(run: Run, names: frozenset[str]) -> None:
    """After these data and documents changed: open votes on them are void, passed ones are stale."""
    for record in list(run.state.gates.values()):
        node = _node(run, record)
        if record.status is GateStatus.RETURNED or _superseded(run, record):
            continue
        binding = subject.covers(node.gate)
        if not names & {*binding.data, *binding.documents}:
            continue
        sight = run.sight(record.scope)
        parts = subject.bound(sight, binding)
        moved = subject.changed(record.bound, parts)
        if moved:
            _ask_again(run, record, node, parts, moved)


def _superseded(run: Run, record: GateRecord) -> bool:
    done = run.sight(record.scope).done(record.node)
    return (
        record.status is GateStatus.PASSED and done is not None and done.status is ActivityStatus.SUPERSEDED
    )


def _ask_again(
    run: Run, record: GateRecord, node: HumanTask, parts: dict[str, str], moved: list[str]
) -> None:
    sight = run.sight(record.scope)
    seen = subject.subject(sight, node.id, parts)
    kept = _unchanged(run, record, node)
    voided = [n for n in range(len(record.entries)) if n not in kept]
    prepared = tuple(dict.fromkeys((*record.preparers, *((run.actor.id,) if run.actor.id else ()))))
    rounds = record.round + 1
    if record.status is GateStatus.PASSED:
        if not node.gate.approvals:
            return
        event: gate.GateReopened | gate.VotesVoided = gate.GateReopened(
            record.id, node.id, rounds, moved, voided, seen, parts, prepared
        )
    else:
        event = gate.VotesVoided(
            record.id, node.id, rounds, moved, voided, seen, parts, prepared, closed=open_entries(record)
        )
    run.emit(event)
    advance(run, record)


def _unchanged(run: Run, record: GateRecord, node: HumanTask) -> set[int]:
    """The passed entries whose own binding shows the same content as their votes."""
    sight = run.sight(record.scope)
    kept = set()
    for number, (approval, entry) in enumerate(zip(node.gate.approvals, record.entries, strict=True)):
        if entry.status is EntryStatus.PASSED:
            parts = subject.bound(sight, approval.binds or subject.covers(node.gate))
            now = subject.subject(sight, node.id, parts)
            if all(vote.subject == now for vote in entry.votes.values()):
                kept.add(number)
    return kept


def seen_in(run: Run, record: GateRecord, node: HumanTask, number: int) -> str:
    """The hash that a voter of this entry must have seen."""
    sight = run.sight(record.scope)
    return subject.of_entry(sight, record.node, node.gate.approvals[number], record.bound)


def open_entries(record: GateRecord) -> tuple[str, ...]:
    """The entries that stand in inboxes, as GATE#entry."""
    return tuple(f"{record.id}#{n}" for n, e in enumerate(record.entries) if e.status is EntryStatus.OPEN)


def try_again(run: Run) -> bool:
    """Gates that have all their votes, or need none, and may pass now that something else has changed."""
    before = len(run.events)
    for record in list(run.state.gates.values()):
        if record.status in (GateStatus.OPEN, GateStatus.STALE) and all(
            e.status in FINISHED for e in record.entries
        ):
            conclude(run, record)
    for activity in list(run.state.activities.values()):
        node = run.node(activity.scope, activity.node)
        if (
            isinstance(node, HumanTask)
            and not isinstance(node, UserTask)
            and not node.gate.approvals
            and activity.status is ActivityStatus.OPEN
            and not missing.obstacles(run.sight(activity.scope), "", activity, node)
        ):
            finish(run, activity, node)
    return len(run.events) > before


def _node(run: Run, record: GateRecord) -> HumanTask:
    node = run.node(record.scope, record.node)
    assert isinstance(node, HumanTask)
    return node
