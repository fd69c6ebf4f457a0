"""The only writer of the state: one function per event type, by family.

`apply` runs when an event is emitted and when a journal is replayed, so the two cannot drift. A fold function
trusts the event: it never decides, never refuses. Must import only kernel events and state.
"""

from datetime import datetime

from signoff.kernel.events import Event
from signoff.kernel.fold import aside, data, flow, gate, migration, request, seat, task, time, undo, wait
from signoff.kernel.fold.table import Folds
from signoff.kernel.state import State

FOLDS: Folds = {
    **flow.FOLDS,
    **gate.FOLDS,
    **seat.FOLDS,
    **task.FOLDS,
    **time.FOLDS,
    **data.FOLDS,
    **wait.FOLDS,
    **undo.FOLDS,
    **aside.FOLDS,
    **request.FOLDS,
    **migration.FOLDS,
}


def apply(state: State, event: Event, at: datetime) -> None:
    """Change the state in place by one event that was recorded at `at`."""
    state.seq += 1
    state.recorded_at = at
    FOLDS[type(event)](state, event, at)
