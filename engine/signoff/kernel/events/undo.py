"""Events of compensation: what can be undone, and its undoing."""

from dataclasses import dataclass, field
from typing import Annotated, TypeAlias

from signoff.kernel.events.base import Event, Hidden
from signoff.kernel.pending import Undo

Undone: TypeAlias = Annotated[list[Undo], Hidden.UNDONE]


@dataclass(slots=True)
class UndoKept(Event):
    """What was done in this scope and can be undone; newer than what was kept before."""

    scope: str
    done: Undone


@dataclass(slots=True)
class UndoingBegun(Event):
    """The activity waits until all of this is undone, the last first; it is kept no longer."""

    activity: str
    node: str
    scope: str
    todo: Undone = field(default_factory=list)


@dataclass(slots=True)
class UndoTaken(Event):
    """The turn of the last thing on the innermost level: `node`. With `inside` that is now undone first, in a scope of its own."""

    activity: str
    node: str
    inside: str = ""
    todo: Undone = field(default_factory=list)


@dataclass(slots=True)
class LevelUndone(Event):
    """Nothing is left to undo on the innermost level."""

    activity: str
