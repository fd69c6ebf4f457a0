"""What dates come to in a definition that nobody has started: its deadlines, which are provisional, what comes crowded.

Needs no database. Must not import `engine`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signoff.errors import Invalid
from signoff.kernel import outlook
from signoff.kernel.missing import Missing, texts
from signoff.kernel.sight import Sight
from signoff.kernel.state import Scope, State
from signoff.kernel.work import read_all
from signoff.kernel.world import World
from signoff.model.definition import Definition
from signoff.model.formula import touched
from signoff.model.value import Value
from signoff.runtime import calendars
from signoff.runtime.clock import SystemClock
from signoff.runtime.reference import YEARS
from signoff.time.calendar import Calendar

_DRAFT, _ROOT = "draft", "s0"


@dataclass(frozen=True, slots=True)
class Planned:
    """A step with its deadline; `provisional`: it may still move with the calendar."""

    step: str
    label: Mapping[str, str]
    due: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class Prospect:
    """The deadlines that are known then, the earliest first; `crowded`: days on which deadlines come together."""

    process: str
    zone: str
    planned: tuple[Planned, ...]
    crowded: tuple[Missing, ...]


def prospect(
    definition: Definition,
    dates: Mapping[str, Any],
    *,
    calendar: Calendar | None = None,
    at: datetime | None = None,
) -> Prospect:
    """What a start with these dates would come to; without `calendar` by the one that the definition names.

    Raises Invalid for what is no date that deadlines hang on.
    """
    declared = definition.data.values()
    values: dict[str, Value] = {d.name: d.default for d in declared if d.default is not None}
    values |= read_dates(definition, dates)
    days = calendar or calendars.build(definition.calendar, YEARS)
    world, now = World({_DRAFT: definition}, {definition.calendar: days}), at or SystemClock().now()
    scope = Scope(_ROOT, "", "", "", _DRAFT, _ROOT, data=values)
    state = State("", definition.id, _DRAFT, scopes={_ROOT: scope}, started_at=now)
    sight = Sight(world, state, _ROOT, now)
    unsure, dues = outlook.provisional(sight), outlook.planned(sight)
    planned = tuple(
        Planned(step, texts(definition.nodes[step].label, step), due, step in unsure)
        for step, due in sorted(dues.items(), key=lambda each: each[1])
    )
    return Prospect(definition.id, definition.zone, planned, tuple(outlook.crowded(sight)))


def read_dates(definition: Definition, dates: Mapping[str, Any]) -> dict[str, Value]:
    """Dates as given, as values. Raises Invalid for what no deadline hangs on."""
    known = [name for name in definition.data if _feeds(definition, name)]
    strange = [name for name in dates if name not in known]
    if strange:
        raise Invalid("no_such_date", names=strange, known=known)
    return read_all(definition.data, dates, {}, definition.zone)


def _feeds(definition: Definition, name: str) -> bool:
    """Whether deadlines hang on it, or on what is computed from it."""
    if definition.data[name].formula is not None:
        return False
    names = {name} | touched(definition, frozenset({name}), frozenset({name}))
    return not names.isdisjoint(definition.date_names)
