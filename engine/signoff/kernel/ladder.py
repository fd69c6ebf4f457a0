"""Climbing the ladder of a task: rungs that are due tell people, hand the work on, hold a gate, raise an escalation.

Each fires once per deadline value, in the order of time; one that repeats goes on at its intervals until the work is
done, and what was missed of it fires once. Must import kernel below `decide`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from signoff.kernel import deadline, pressing, reach, roster
from signoff.kernel.elements import throwing
from signoff.kernel.events import task, time
from signoff.kernel.run import Run
from signoff.kernel.state import Activity, ActivityStatus, Person, Purpose
from signoff.kernel.timer import Clockface
from signoff.model.gate import NEXT_GATE, Rung
from signoff.model.nodes import HumanTask, UserTask

Rungs = Sequence[tuple[datetime, Rung]]


@dataclass(frozen=True, slots=True)
class _Step:
    """A rung that is due: its place in the order of time, its number in the definition, whether it repeats itself."""

    at: datetime
    index: int
    number: int
    rung: Rung
    again: bool


def climb(run: Run, activity: Activity, node: HumanTask) -> None:
    """Work off the rungs that are due, in order; one that tells somebody waits for the directory's answer."""
    while activity.id in run.state.activities and (step := _due(run, activity, node)) is not None:
        sight = run.sight(activity.scope)
        if not deadline.applies(sight, node, step.rung):
            _pass(run, activity, node, step)
        elif step.rung.notify:
            _ask(run, activity, step.rung)
            return
        else:
            _fire(run, activity, node, step, [])


def told(run: Run, activity: Activity, node: HumanTask, people: list[Person]) -> None:
    """The directory has answered for the present rung: it fires, and the ladder goes on."""
    step = _due(run, activity, node)
    if step is None:
        return  # it was moved before the directory answered
    _fire(run, activity, node, step, list({p.id: p for p in people}.values()))
    climb(run, activity, node)


def _due(run: Run, activity: Activity, node: HumanTask) -> _Step | None:
    """The earliest rung whose time has come."""
    rungs = deadline.ladder(run, activity, node, activity.base)
    found = [step for step in _steps(activity, node, rungs) if step.at <= run.at]
    return min(found, key=lambda step: step.at, default=None)


def _steps(activity: Activity, node: HumanTask, rungs: Rungs) -> Iterator[_Step]:
    if activity.rung < len(rungs):
        at, rung = rungs[activity.rung]
        yield _Step(at, activity.rung, node.escalate.index(rung), rung, again=False)
    for number, at in activity.repeats.items():
        yield _Step(at, activity.rung, int(number), node.escalate[int(number)], again=True)


def _ask(run: Run, activity: Activity, rung: Rung) -> None:
    """Ask who is told; unless the directory has failed, and an incident keeps the question."""
    questions = run.state.questions.values()
    if not any(q.target == activity.id and q.purpose is Purpose.RUNG for q in questions):
        terms = roster.terms(run.sight(activity.scope), rung.notify, deadline.words(run, activity))
        run.emit(task.RosterAsked(run.next("q"), Purpose.RUNG, activity.id, activity.node, terms))


def _fire(run: Run, activity: Activity, node: HumanTask, step: _Step, people: list[Person]) -> None:
    rung, again = step.rung, _again_at(run, activity, node, step)
    run.emit(
        time.RungFired(
            activity.id,
            activity.node,
            step.index,
            rung.level,
            rung.say,
            activity.due or run.at,
            people,
            _next_at(run, activity, node, step, again),
            number=step.number,
            again=step.again,
            repeat_at=again,
            holds=_held(run, activity, node, rung),
        )
    )
    if not step.again:
        _act(run, activity, node, rung)


def _pass(run: Run, activity: Activity, node: HumanTask, step: _Step) -> None:
    again = _again_at(run, activity, node, step)
    following = _next_at(run, activity, node, step, again)
    run.emit(
        time.RungPassed(
            activity.id,
            step.index,
            "condition",
            following,
            number=step.number,
            again=step.again,
            repeat_at=again,
        )
    )


def _again_at(run: Run, activity: Activity, node: HumanTask, step: _Step) -> datetime | None:
    """When it repeats itself next: the first occurrence ahead, counted from its own instant."""
    if step.rung.repeat is None:
        return None
    rungs = deadline.ladder(run, activity, node, activity.base)
    sight = run.sight(activity.scope)
    first = next((at for at, rung in rungs if node.escalate.index(rung) == step.number), step.at)
    found = step.rung.repeat.after(run.at, Clockface(sight, first, activity.base), sight.calendar)
    return found[1] if found else None


def _next_at(
    run: Run, activity: Activity, node: HumanTask, step: _Step, again: datetime | None
) -> datetime | None:
    """When the ladder has to be looked at next."""
    rungs = deadline.ladder(run, activity, node, activity.base)
    index = step.index if step.again else step.index + 1
    times = [at for number, at in activity.repeats.items() if int(number) != step.number]
    times += [again] if again is not None else []
    times += [rungs[index][0]] if index < len(rungs) else []
    return min(times, default=None)


# what rungs do besides telling ----------------------------------------------------------------------------


def _held(run: Run, activity: Activity, node: HumanTask, rung: Rung) -> tuple[str, ...]:
    """The gates that stay shut until this work is done, waived, handed on or due later."""
    if not rung.hold:
        return ()
    definition = run.definition(activity.scope)
    return reach.gates_after(definition, node) if rung.hold == NEXT_GATE else (rung.hold,)


def _act(run: Run, activity: Activity, node: HumanTask, rung: Rung) -> None:
    if rung.priority is not None:
        pressing.press(run, activity, node, rung.priority)
    if rung.assign:
        _hand_on(run, activity, node, rung)
    if rung.escalation:
        throwing.escalate(run, activity.scope, node, rung.escalation, activity)


def _hand_on(run: Run, activity: Activity, node: HumanTask, rung: Rung) -> None:
    """The work is now a role's; where that has nobody, it stays with those who had it."""
    if not isinstance(node, UserTask) or activity.status is not ActivityStatus.OPEN:
        return
    if activity.assignee:
        run.emit(task.TaskReleased(activity.id, activity.assignee))
    (found,) = roster.terms(run.sight(activity.scope), (rung.assign,), deadline.words(run, activity))
    before = ["people", [person.id for person in activity.roster]]
    terms = [["else", found, before]]
    run.emit(task.RosterAsked(run.next("q"), Purpose.OWNER, activity.id, node.id, terms))
