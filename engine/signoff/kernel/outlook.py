"""What can be said of deadlines before their steps begin: when they will be, what is provisional, what comes crowded.

Computed from what is known now; decides and keeps nothing. Must import kernel below `run`.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from signoff.kernel.critical import on_demand
from signoff.kernel.missing import Missing, texts
from signoff.kernel.sight import Sight
from signoff.kernel.state import DONE, Activity
from signoff.kernel.timer import Clockface
from signoff.model.definition import Definition
from signoff.model.nodes import HumanTask
from signoff.time.calendar import Calendar
from signoff.time.relative import Purpose, Roll


def planned(sight: Sight, calendar: Calendar | None = None) -> dict[str, datetime]:
    """The deadlines of the steps of a process, where they are known already; `calendar`: as counted by that one."""
    face, days = Clockface(sight), calendar or sight.calendar
    found = {}
    for node in _steps(sight.definition):
        due = _due(node, face, days, sight.definition.roll)
        if due is not None:
            found[node.id] = due
    return found


def provisional(sight: Sight) -> frozenset[str]:
    """The steps not done whose deadline may still move, for it rests on days of a year that is not confirmed."""
    calendar, roll = sight.calendar, sight.definition.roll
    if not calendar.is_announced:
        return frozenset()
    open_ = _open(sight)
    return frozenset(
        node.id
        for node in _steps(sight.definition)
        if node.due is not None
        and not _is_done(sight, node.id, open_)
        and node.due.is_provisional(_face(sight, open_.get(node.id)), calendar, roll=roll)
    )


def crowded(sight: Sight) -> Iterator[Missing]:
    """Days on which deadlines come together that name different days, for those between are not worked."""
    calendar, open_ = sight.calendar, _open(sight)
    found: dict[date, dict[date, list[HumanTask]]] = {}
    for node in _steps(sight.definition):
        if _is_done(sight, node.id, open_) or on_demand(sight.definition, node):
            continue
        face = _face(sight, open_.get(node.id))
        due = _due(node, face, calendar, sight.definition.roll)
        named = _due(node, face, calendar, Roll.NONE)
        if due is not None and named is not None:
            days = found.setdefault(calendar.day_of(due), {})
            days.setdefault(calendar.day_of(named), []).append(node)
    for day, named_days in sorted(found.items()):
        if len(named_days) > 1:
            steps = [texts(node.label, node.id) for _, nodes in sorted(named_days.items()) for node in nodes]
            yield Missing("deadlines_crowded", params={"steps": steps, "day": day.isoformat()})


def _steps(definition: Definition) -> Iterator[HumanTask]:
    for node in definition.activities():
        if isinstance(node, HumanTask) and node.due is not None:
            yield node


def _due(node: HumanTask, face: Clockface, calendar: Calendar, roll: Roll) -> datetime | None:
    assert node.due is not None, "only steps that have a deadline are asked"
    return node.due.resolve(face, calendar, purpose=Purpose.DUE, roll=roll)


def _open(sight: Sight) -> Mapping[str, Activity]:
    mine = sight.scope.version
    return {
        a.node: a
        for a in sight.state.activities.values()
        if a.multi is None and sight.state.scopes[a.scope].version == mine
    }


def _face(sight: Sight, activity: Activity | None) -> Clockface:
    return Clockface(sight) if activity is None else Clockface(sight, activity.since, own=activity.pauses)


def _is_done(sight: Sight, id: str, open_: Mapping[str, Activity]) -> bool:
    done = sight.done(id)
    return id not in open_ and done is not None and done.status in DONE
