"""The rungs of an entry's own ladder: who is told, whose the decision is then, and what is decided where nobody has.

What a rung decides is recorded as by the rule of the definition, never as anybody's vote; the analysis of the
definition keeps it away from signatures. Must import kernel below `decide`.
"""

from collections.abc import Sequence
from datetime import datetime

from signoff.kernel import deadline, duty, hourglass, review, roster, seat, vote
from signoff.kernel.elements import throwing
from signoff.kernel.events import gate, task
from signoff.kernel.events import seat as events
from signoff.kernel.run import Run
from signoff.kernel.state import EntryStatus, GateRecord, Mode, Person, Purpose
from signoff.model.gate import Ruling, Rung
from signoff.model.nodes import HumanTask

Rungs = Sequence[tuple[datetime, Rung]]


def climb(run: Run, target: str) -> None:
    """Work off the rungs that are due, in order; one that tells somebody waits for the directory's answer."""
    while (at := _spot(run, target)) is not None:
        record, number, node, rungs = at
        clock = run.state.clocks[target]
        if clock.rung >= len(rungs) or rungs[clock.rung][0] > run.at:
            return
        rung = rungs[clock.rung][1]
        if not deadline.applies(run.sight(record.scope), node, rung):
            after = deadline.after(rungs, clock.rung)
            run.emit(gate.EntryRungPassed(target, clock.rung, "condition", after))
        elif rung.notify:
            _ask(run, record, number, rung)
            return
        else:
            _fire(run, at, target, rung, [])


def told(run: Run, target: str, people: list[Person]) -> None:
    """The directory has answered for the present rung: it fires, and the ladder goes on."""
    at = _spot(run, target)
    if at is None:
        return
    clock, rungs = run.state.clocks[target], at[3]
    if clock.rung >= len(rungs) or rungs[clock.rung][0] > run.at:
        return  # it was moved before the directory answered
    _fire(run, at, target, rungs[clock.rung][1], list({p.id: p for p in people}.values()))
    climb(run, target)


def _spot(run: Run, target: str) -> tuple[GateRecord, int, HumanTask, Rungs] | None:
    """The entry whose clock runs; None where it has been stopped."""
    clock = run.state.clocks.get(target)
    record, number = hourglass.entry(run.state, target)
    if clock is None or record is None or record.entries[number].status is not EntryStatus.OPEN:
        return None
    node = duty.node_of(run, record)
    entry = record.entries[number]
    return record, number, node, hourglass.ladder(run, record, node.gate.approvals[number], entry, clock.base)


def _ask(run: Run, record: GateRecord, number: int, rung: Rung) -> None:
    target = f"{record.id}#{number}"
    if any(q.target == target and q.purpose is Purpose.RUNG for q in run.state.questions.values()):
        return  # asked in vain already: an incident keeps the question
    activity = run.state.activities.get(record.activity)
    entry = record.entries[number]

    def words(word: str) -> Sequence[str]:
        if word == "pending":
            return roster.waiting_for(entry)
        return deadline.words(run, activity)(word) if activity is not None else ()

    terms = roster.terms(run.sight(record.scope), rung.notify, words)
    run.emit(task.RosterAsked(run.next("q"), Purpose.RUNG, target, record.node, terms))


def _fire(
    run: Run, at: tuple[GateRecord, int, HumanTask, Rungs], target: str, rung: Rung, people: list[Person]
) -> None:
    record, number, node, rungs = at
    clock = run.state.clocks[target]
    after = deadline.after(rungs, clock.rung)
    fired = clock.rung
    run.emit(
        gate.EntryRungFired(
            target, node.id, fired, rung.level, rung.say, clock.due or run.at, people, after, rung.decide
        )
    )
    if rung.assign:
        _hand_on(run, record, number, node, rung)
    if rung.escalation and record.activity in run.state.activities:
        throwing.escalate(run, record.scope, node, rung.escalation, run.state.activities[record.activity])
    if rung.decide is Ruling.APPROVE:
        rule = f"{node.id}|approve|{number}|escalate|{fired}"
        run.emit(gate.EntryPassed(record.id, number, mode=Mode.AUTO, rule=rule))
        review.advance(run, record)
    elif rung.decide is Ruling.DECLINE:
        run.emit(gate.EntryDeclined(record.id, number))
        vote.judged(run, record, node, number, None, "")


# handing on -----------------------------------------------------------------------------------------------------


def _hand_on(run: Run, record: GateRecord, number: int, node: HumanTask, rung: Rung) -> None:
    """The decision is now a role's; where that has nobody, it stays with those who were asked."""
    activity = run.state.activities.get(record.activity)
    words = deadline.words(run, activity) if activity is not None else roster.nobody
    terms = roster.terms(run.sight(record.scope), (rung.assign,), words)
    run.emit(task.RosterAsked(run.next("q"), Purpose.ASSIGN, f"{record.id}#{number}", node.id, terms))


def assigned(run: Run, target: str, people: Sequence[Person]) -> None:
    """The directory has answered: whom `not_by` rules out is not asked, and what was voted stands."""
    record, number = hourglass.entry(run.state, target)
    if record is None or record.entries[number].status is not EntryStatus.OPEN:
        return
    entry, node = record.entries[number], duty.node_of(run, record)
    approval = node.gate.approvals[number]
    out, groups = roster.left_out(run.sight(record.scope), approval.not_by, record.preparers)
    kept = [p for p in entry.roster if p.id in entry.votes or any(g.by == p.id for g in entry.groups)]
    fresh = [p for p in people if p.id not in out and groups.isdisjoint(p.groups)]
    fresh = [p for p in fresh if p.id not in {one.id for one in kept}]
    if fresh:
        before = seat.asked(entry)
        run.emit(events.EntryAssigned(record.id, number, node.id, [*kept, *fresh]))
        review.reasked(run, record, number, before)
