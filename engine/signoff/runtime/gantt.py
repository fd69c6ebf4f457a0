"""Gantt charts of instances: their timelines as bars for the painter.

What is done reaches from its begin to its end, what is open or planned from when it can begin to when it can be done
at the earliest; what follows until the deadline is float. Must not import `engine`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from signoff.kernel.critical import pairs
from signoff.model.definition import Definition
from signoff.model.nodes import GateTask
from signoff.notation.picture.gantt import Bar, Phase, Plan
from signoff.read.timeline import PLANNED, UNREACHED, TimelineRow
from signoff.time.calendar import Calendar

_LEFT_OUT = (UNREACHED, "skipped", "cancelled")
_MARKS: Mapping[str, str] = {"passed": "done", "lapsed": "done", "open": "active", "in_review": "active"}


def plan(
    title: str,
    definition: Definition,
    rows: Sequence[TimelineRow],
    calendar: Calendar,
    *,
    today: date,
    lang: str,
    brief: bool = False,
) -> Plan:
    """The plan of one instance. `brief`: of what is done and what lies far ahead only the phases."""
    drawn = [row for row in rows if row.status not in _LEFT_OUT and (row.due or row.since)]
    ready = _ready(definition, drawn, calendar)
    phases: dict[str, list[Bar]] = {}
    for row in drawn:
        bar = _bar(definition, row, ready.get(row.step), calendar, today, lang)
        phases.setdefault(row.phase.get(lang), []).append(bar)
    return Plan(title, tuple(_phase(name, bars, brief=brief) for name, bars in phases.items()))


def _phase(name: str, bars: Sequence[Bar], *, brief: bool) -> Phase:
    begins = min(bar.begins for bar in bars)
    ends = max(max(bar.ends, bar.due or bar.ends) for bar in bars)
    kept = [bar for bar in bars if not brief or not name or bar.mark in ("active", "late")]
    return Phase(name, begins, ends, tuple(kept))


def _ready(definition: Definition, rows: Iterable[TimelineRow], calendar: Calendar) -> dict[str, date]:
    """For each step the day on which all that it waits for is done, or due."""
    ends = {row.step: row.done_at or row.due for row in rows}
    found: dict[str, date] = {}
    for first, second in pairs(definition):
        if (end := ends.get(first)) is not None:
            found[second] = max(found.get(second, date.min), calendar.day_of(end))
    return found


def _bar(
    definition: Definition,
    row: TimelineRow,
    ready: date | None,
    calendar: Calendar,
    today: date,
    lang: str,
) -> Bar:
    due = calendar.day_of(row.due) if row.due else None
    begins = _begins(row, ready, due, calendar, today)
    ends = _ends(row, begins, due, calendar, today)
    label = row.label.get(lang) + (f" #{row.position}" if row.position else "")
    gate = isinstance(definition.nodes.get(row.step), GateTask)
    mark = "late" if row.late and row.done_at is None else _MARKS.get(row.status, "waiting")
    begins = min(begins, ends)
    return Bar(label, begins, ends, mark, due, row.slack, row.critical, gate, row.provisional)


def _begins(row: TimelineRow, ready: date | None, due: date | None, calendar: Calendar, today: date) -> date:
    if row.status not in (PLANNED, "scheduled") and row.since is not None:
        return calendar.day_of(row.since)
    opens: datetime | None = row.opens
    known = [day for day in (ready, calendar.day_of(opens) if opens else None) if day is not None]
    return max(known) if known else min(today, due or today)


def _ends(row: TimelineRow, begins: date, due: date | None, calendar: Calendar, today: date) -> date:
    if row.done_at is not None:
        return calendar.day_of(row.done_at)
    if row.late:
        return max(today, begins)
    earliest = max(begins, row.earliest or begins)
    return min(earliest, due) if due is not None and due >= begins else max(begins, due or begins)


def days_off(calendar: Calendar, plans: Iterable[Plan], today: date) -> frozenset[date]:
    """The days off around the plans."""
    phases = [phase for each in plans for phase in each.phases]
    days = [today, *(p.begins for p in phases), *(p.ends for p in phases)]
    first, last = min(days) - timedelta(days=3), max(days) + timedelta(days=5)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return frozenset(day for day in every if not calendar.is_working(day))
