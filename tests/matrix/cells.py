"""The cells of the conformance matrix, and which test shows which of them.

A test says so itself, with `shows` or `each`; docs/matrix.md is made of that (`tests/docs/matrix.py`).
"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

#: Where an event may stand (BPMN 2.0.2, table 10.93), and the two places for which §10.6.6 names the events.
START, SUB_START = "start", "start of a sub-process"
ESP, ESP_BESIDE = "event sub-process, interrupting", "event sub-process, not interrupting"
CATCH, BEHIND, INSTANTIATES = (
    "intermediate catch",
    "behind an event-based gateway",
    "behind an instantiating gateway",
)
BOUNDARY, BOUNDARY_BESIDE = "boundary, interrupting", "boundary, not interrupting"
THROW, END = "intermediate throw", "end"
PLACES = (
    START,
    SUB_START,
    ESP,
    ESP_BESIDE,
    CATCH,
    BEHIND,
    INSTANTIATES,
    BOUNDARY,
    BOUNDARY_BESIDE,
    THROW,
    END,
)

_ANY = frozenset({START, ESP, ESP_BESIDE, CATCH, BEHIND, INSTANTIATES, BOUNDARY, BOUNDARY_BESIDE})
_SENT = frozenset({THROW, END})
#: event -> where BPMN lets it stand
EVENTS = {
    "none": frozenset({START, SUB_START, THROW, END}),
    "message": _ANY | _SENT,
    "timer, date": _ANY,
    "timer, duration": _ANY,
    "timer, cycle": _ANY,
    "conditional": _ANY,
    "signal": _ANY | _SENT,
    "error": frozenset({ESP, BOUNDARY, END}),
    "escalation": frozenset({ESP, ESP_BESIDE, BOUNDARY, BOUNDARY_BESIDE, THROW, END}),
    "compensation": frozenset({ESP, BOUNDARY, THROW, END}),
    "cancel": frozenset({BOUNDARY, END}),
    "link": frozenset({CATCH, THROW}),
    "terminate": frozenset({END}),
    "multiple": _ANY | _SENT,
    "parallel multiple": _ANY - {BEHIND, INSTANTIATES},
}
#: How an activity is done (§10.3.8, §13.2): the columns of the second table.
ONCE, LOOP, PARALLEL, SEQUENTIAL, UNDONE = (
    "once",
    "standard loop",
    "parallel instances",
    "sequential instances",
    "undone",
)
WAYS = (ONCE, LOOP, PARALLEL, SEQUENTIAL, UNDONE)
#: Forbidden, and read all the same: what the attribute would change does not exist.
TOLERATED = frozenset({("compensation", BOUNDARY_BESIDE), ("compensation", ESP_BESIDE)})


def shows(*cells: tuple[str, str]) -> Callable[[Any], Any]:
    """This test shows these cells: (row, column)."""

    def marked(test: Any) -> Any:
        test.shows = [(row, column, test.__name__) for row, column in cells]
        return test

    return marked


def each(rows: Iterable[str], *columns: str, argument: str = "kind") -> Callable[[Any], Any]:
    """This test is run for each row, and shows it in each of these columns."""
    rows = tuple(rows)

    def marked(test: Any) -> Any:
        test.shows = [(row, column, f"{test.__name__}[{row}]") for row in rows for column in columns]
        return pytest.mark.parametrize(argument, rows)(test)

    return marked
