"""The inbox and the agenda that effects ask for, kept in memory: what a store would keep."""

from typing import Any

from signoff.kernel.effect import (
    CandidateDone,
    CandidatesPut,
    Involved,
    Owe,
    Owed,
    Settled,
    TaskClaimedBy,
    TaskDropped,
    TaskDueMoved,
    TaskPut,
    TaskRenamed,
)
from tests.kernel.laws import Row


class Books:
    """Rows of the inbox, what is owed, what people were told."""

    def __init__(self) -> None:
        self.inbox: dict[str, Row] = {}
        self.agenda: dict[str, Owe] = {}
        self.notices: list[dict[str, Any]] = []
        self.involved: list[Involved] = []

    def take(self, effect: Any) -> None:
        match effect:
            case TaskPut():
                self.inbox[effect.id] = Row(effect.node, effect.kind, effect.due)
            case TaskDropped() | TaskDueMoved() | TaskClaimedBy() if effect.id not in self.inbox:
                pass
            case TaskRenamed():
                self.inbox[effect.id].node = effect.node
            case TaskDropped():
                del self.inbox[effect.id]
            case TaskDueMoved():
                self.inbox[effect.id].due = effect.due
            case TaskClaimedBy():
                self.inbox[effect.id].claimed = effect.person
            case CandidatesPut():
                self.inbox[effect.task].people = effect.people
            case CandidateDone():
                row = self.inbox[effect.task]
                row.people = tuple(p for p in row.people if p != effect.person)
            case Involved():
                self.involved.append(effect)
            case Owe(kind=Owed.NOTICE):
                self.notices.append(dict(effect.payload))
            case Owe():
                self.agenda[effect.key] = effect
            case Settled():
                self.agenda.pop(effect.key, None)
