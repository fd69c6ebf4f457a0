"""Taking back: a question passed on, a vote while its entry is open, an approval while nobody has acted on it.

Never a signature: what was signed stays signed. Must import kernel below `decide`.
"""

from collections.abc import Iterator
from dataclasses import replace

from signoff.errors import AlreadyDecided, NotAllowed
from signoff.kernel import ballot, duty, hourglass, pressing, review, rollback, seat
from signoff.kernel.events import data
from signoff.kernel.events import seat as events
from signoff.kernel.motions import TakeBack
from signoff.kernel.proxy import check_right
from signoff.kernel.run import Run
from signoff.kernel.state import (
    Decision,
    Entry,
    EntryStatus,
    GateRecord,
    GateStatus,
    Group,
    Mode,
    Place,
    Vote,
)
from signoff.model.gate import NeedKind, Right, Strength
from signoff.model.nodes import HumanTask

_ASKING = (GateStatus.OPEN, GateStatus.STALE)
_REMEMBERED = (*_ASKING, GateStatus.PASSED)


def take_back(run: Run, command: TakeBack, record: GateRecord, only: int | None) -> None:
    """Take back what one has asked or said last at this gate."""
    node, actor = duty.node_of(run, record), run.actor.id
    numbers = [n for n in range(len(record.entries)) if only in (None, n)]
    for number in numbers:
        if actor in record.entries[number].delegated and record.status in _ASKING:
            _recall(run, record, node, number)
            return
    for number in reversed(numbers):
        given = record.entries[number].votes.get(actor)
        if given is not None and given.mode is Mode.MANUAL:
            _withdraw(run, command, record, node, number)
            return
    raise NotAllowed("nothing_to_take_back", step=duty.label(node), person=actor)


def _recall(run: Run, record: GateRecord, node: HumanTask, number: int) -> None:
    """The owner waits for an opinion no longer."""
    before = seat.asked(record.entries[number])
    run.emit(events.OpinionRecalled(record.id, number, node.id, run.actor.id))
    review.reasked(run, record, number, before)


def _withdraw(run: Run, command: TakeBack, record: GateRecord, node: HumanTask, number: int) -> None:
    entry = record.entries[number]
    given = entry.votes[run.actor.id]
    _check_unsigned(node, number, given)
    _check_followers(node, entry, run.actor.id)
    if record.status in _ASKING and entry.status is EntryStatus.OPEN:
        check_right(run, node, number, Right.WITHDRAW)
    elif record.status in _REMEMBERED and _approved(entry, given):
        check_right(run, node, number, Right.TAKE_BACK)
        if not all(
            _stands(record, node, n, run.actor.id) for n in _with_copies(record, node, number, run.actor.id)
        ):
            _check_later(record, node, number)
            if record.status is GateStatus.PASSED:
                rollback.back_in_review(run, record, node, command.reason)
    else:
        raise AlreadyDecided("too_late_to_take_back", step=duty.label(node))
    take_votes(run, command.reason, record, node, number)


def _approved(entry: Entry, given: Vote) -> bool:
    return entry.status is EntryStatus.PASSED and given.decision is Decision.YES


def _stands(record: GateRecord, node: HumanTask, number: int, actor: str) -> bool:
    """Whether an entry that has passed would have passed without this vote."""
    entry, approval = record.entries[number], node.gate.approvals[number]
    left = replace(entry, votes={id: given for id, given in entry.votes.items() if id != actor})
    return entry.status is EntryStatus.PASSED and ballot.tally(approval, left) is ballot.Verdict.PASSED


def take_votes(run: Run, reason: str, record: GateRecord, node: HumanTask, number: int) -> None:
    """Void the actor's vote in this entry, and where it counted by rule; what was asked after it waits again."""
    actor = run.actor.id
    for n in _with_copies(record, node, number, actor):
        entry = record.entries[n]
        if actor not in entry.votes:
            continue  # its entry was asked after the vote, and waits again
        if entry.status is EntryStatus.OPEN or _stands(record, node, n, actor):
            before = seat.asked(entry)
            run.emit(events.VoteTakenBack(record.id, n, node.id, actor, reason))
            review.reasked(run, record, n, before)
        else:
            _reopen(run, reason, record, node, n)


def _reopen(run: Run, reason: str, record: GateRecord, node: HumanTask, number: int) -> None:
    """Open an entry again that had passed."""
    actor, entry = run.actor.id, record.entries[number]
    later = list(_later(record, node, number))
    closed = tuple(f"{record.id}#{n}" for n in later if record.entries[n].status is EntryStatus.OPEN)
    left = {id: given for id, given in entry.votes.items() if id != actor}
    people = seat.asked(replace(entry, status=EntryStatus.OPEN, votes=left))
    activity = run.state.activities.get(record.activity)
    for n in later:
        _forget(run, f"{record.id}#{n}")
    run.emit(
        events.EntryReopened(
            record.id,
            number,
            node.id,
            actor,
            reason,
            later,
            closed,
            people,
            activity.due if activity else None,
            review.seen_in(run, record, node, number),
            pressing.of_gate(run, record, node),
        )
    )
    hourglass.begin(run, record, node, number)


def _forget(run: Run, target: str) -> None:
    """Incidents about the people of an entry that nobody asks any more."""
    questions = {q.id for q in run.state.questions.values() if q.target == target}
    for incident in [i for i in run.state.incidents.values() if i.via in {target, *questions}]:
        run.emit(data.IncidentResolved(incident.id))


def _later(record: GateRecord, node: HumanTask, number: int) -> Iterator[int]:
    """The entries whose turn comes after that of this one, and has come already."""
    turn = node.gate.approvals[number].turn
    for n, entry in enumerate(record.entries):
        if node.gate.approvals[n].turn > turn and entry.status is not EntryStatus.WAITING:
            yield n


def _with_copies(record: GateRecord, node: HumanTask, number: int, actor: str) -> list[int]:
    """The entry, and those of this turn and of later ones in which the vote counts by rule."""
    turn = node.gate.approvals[number].turn
    return [number] + [
        n
        for n, entry in enumerate(record.entries)
        if n != number
        and node.gate.approvals[n].turn >= turn
        and actor in entry.votes
        and entry.votes[actor].mode is Mode.AUTO
    ]


def _check_unsigned(node: HumanTask, number: int, given: Vote) -> None:
    least = node.gate.approvals[number].least
    if least.reaches(Strength.ATTESTED) or given.strength is Strength.SIGNED:
        raise NotAllowed("signed_stays", step=duty.label(node), person=given.person)


def _check_followers(node: HumanTask, entry: Entry, actor: str) -> None:
    """Raises where somebody in the entry has acted who was asked because of this vote."""
    after = [g for g in entry.groups if g.by == actor and g.place is Place.AFTER]
    followers = {p.id for g in after for p in g.people}
    group = seat.group_of(entry, actor)
    if group is not None:
        followers |= _after_group(entry, group, actor)
    if entry.in_turn:
        order = [p.id for p in entry.roster]
        followers |= _behind(order, group.by if group else actor)
    _refuse(node, followers & {*entry.votes, *entry.delegated})


def _after_group(entry: Entry, group: Group, actor: str) -> set[str]:
    """Who is asked after somebody of an added group: the rest of it in turn, what was added later, and its owner."""
    found = _behind([p.id for p in group.people], actor) if group.need is NeedKind.IN_TURN else set[str]()
    if group.place is Place.BEFORE:
        later = entry.groups[entry.groups.index(group) + 1 :]
        found |= {p.id for g in later if g.by == group.by for p in g.people} | {group.by}
    return found


def _behind(order: list[str], id: str) -> set[str]:
    return {*order[order.index(id) + 1 :]} - {id} if id in order else set()


def _check_later(record: GateRecord, node: HumanTask, number: int) -> None:
    """Raises where somebody has acted in an entry that was asked after this one."""
    for n in _later(record, node, number):
        entry = record.entries[n]
        voted = {v.person for v in entry.votes.values() if v.mode is Mode.MANUAL}
        added = {g.by for g in entry.groups} | {*entry.beside.values()}
        _refuse(node, voted | added | {*entry.delegated} | {o.person for o in entry.opinions})


def _refuse(node: HumanTask, acted: set[str]) -> None:
    if acted:
        raise NotAllowed("acted_on", step=duty.label(node), people=sorted(acted))
