"""Folds of compensation."""

from datetime import datetime

from signoff.kernel.events import undo as e
from signoff.kernel.fold.table import Folds
from signoff.kernel.pending import Level
from signoff.kernel.state import State


def undo_kept(state: State, event: e.UndoKept, _at: datetime) -> None:
    state.scopes[event.scope].undo.extend(event.done)


def undoing_begun(state: State, event: e.UndoingBegun, _at: datetime) -> None:
    state.undoing[event.activity] = [Level(event.scope, list(event.todo))]
    scope = state.scopes[event.scope]
    for taken in event.todo:
        if taken in scope.undo:  # what was still at work when it was called off was never kept
            scope.undo.remove(taken)


def undo_taken(state: State, event: e.UndoTaken, _at: datetime) -> None:
    levels = state.undoing[event.activity]
    levels[-1].todo.pop()
    if event.inside:
        levels.append(Level(event.inside, list(event.todo), opened=True))


def level_undone(state: State, event: e.LevelUndone, _at: datetime) -> None:
    state.undoing[event.activity].pop()


FOLDS: Folds = {
    e.UndoKept: undo_kept,
    e.UndoingBegun: undoing_begun,
    e.UndoTaken: undo_taken,
    e.LevelUndone: level_undone,
}
