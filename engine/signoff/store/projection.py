"""What the effects of one command make of the rows beside the instance: several on one row become one write.

The parameters made here are those of the statements in `statements` and `saving`. May import kernel.effect,
store.codec, store.schema; no SQL.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from signoff.kernel.effect import (
    CandidateDone,
    CandidateGone,
    CandidatesPut,
    Effect,
    Involved,
    Owe,
    Settled,
    Subscribed,
    TaskClaimedBy,
    TaskDropped,
    TaskDueMoved,
    TaskPut,
    TaskRanked,
    TaskRenamed,
    Unsubscribed,
)
from signoff.store import codec
from signoff.store.schema import micros

Row = dict[str, Any]

OPEN, DONE, GONE = "open", "done", "gone"  # a candidate's states
READY, HELD = "ready", "held"  # an obligation's states, beside done
TABLES = ("task", "candidate", "involvement", "agenda")


@dataclass(slots=True)
class Projection:
    """The rows of one instance that a command touches.

    `since`: the number of events before this command (0: the instance is new). What a later one made is new, so
    there is nobody to let go and nothing to settle. A row that is not `fresh` changes what is there and never makes a new one; None leaves a column as it is.
    """

    shard: int
    instance: str
    at: datetime
    since: int = 0
    held: bool = False  # what is owed waits until the instance is resumed
    tasks: dict[str, Row] = field(default_factory=dict)
    candidates: dict[str, dict[str, str]] = field(default_factory=dict)  # task -> person -> state
    cleared: dict[str, None] = field(default_factory=dict)  # tasks whose candidates before are gone
    involved: dict[tuple[str, str], None] = field(default_factory=dict)
    owed: dict[str, Row] = field(default_factory=dict)
    listening: dict[str, Row] = field(
        default_factory=dict
    )  # a subscription's id -> it; without a name it ends

    def add(self, effects: Iterable[Effect]) -> "Projection":
        """Fold effects in, in their order."""
        for effect in effects:
            self.FOLD[type(effect)](self, effect)
        return self

    def rows(self) -> Mapping[str, list[Row]]:
        """Parameters by table; each row of the database stands in one of them at most."""
        place = {"shard": self.shard, "instance": self.instance}
        at = micros(self.at)
        return {
            "task": [{**place, **row} for row in self.tasks.values()],
            "candidate": [
                *({**place, "task": task, "person": None, "state": GONE, "at": at} for task in self.cleared),
                *(
                    {**place, "task": task, "person": person, "state": state, "at": at}
                    for task, people in self.candidates.items()
                    for person, state in people.items()
                ),
            ],
            "involvement": [
                {**place, "person": person, "how": how, "at": at} for person, how in self.involved
            ],
            "agenda": [{**place, **row} for row in self.owed.values()],
            "subscription": [{**place, **row, "at": at} for row in self.listening.values()],
        }

    # tasks and their candidates ---------------------------------------------------------------------------

    def _task(self, id: str) -> Row:
        return self.tasks.setdefault(id, {"id": id, "fresh": False, **_UNTOUCHED})

    def _put(self, effect: TaskPut) -> None:
        self.tasks[effect.id] = {
            "id": effect.id,
            "fresh": True,
            "node": effect.node,
            "kind": effect.kind,
            "due": _micros(effect.due),
            "due_set": True,
            "opens": _micros(effect.opens),
            "opened_at": micros(self.at),
            "claimed_by": "",
            "subject": effect.subject,
            "rank": effect.priority.rank,
            "open": True,
        }

    def _move(self, effect: TaskDueMoved) -> None:
        self._task(effect.id).update(due=_micros(effect.due), due_set=True)

    def _rank(self, effect: TaskRanked) -> None:
        self._task(effect.id)["rank"] = effect.priority.rank

    def _rename(self, effect: TaskRenamed) -> None:
        self._task(effect.id)["node"] = effect.node

    def _claim(self, effect: TaskClaimedBy) -> None:
        self._task(effect.id)["claimed_by"] = effect.person

    def _drop(self, effect: TaskDropped) -> None:
        self._task(effect.id)["open"] = False
        self._clear(effect.id)

    def _is_new(self, id: str) -> bool:
        """Whether this command made what bears the id: it says which event did."""
        if not self.since:
            return True
        number = id[1:].partition("#")[0].partition("/")[0]
        return number.isdecimal() and int(number) > self.since

    def _clear(self, task: str) -> dict[str, str]:
        if not self._is_new(task):
            self.cleared[task] = None
        people = self.candidates.setdefault(task, {})
        for person, state in people.items():
            if state == OPEN:
                people[person] = GONE
        return people

    def _invite(self, effect: CandidatesPut) -> None:
        self._clear(effect.task).update(dict.fromkeys(effect.people, OPEN))

    def _act(self, effect: CandidateDone) -> None:
        self.candidates.setdefault(effect.task, {})[effect.person] = DONE

    def _replaced(self, effect: CandidateGone) -> None:
        self.candidates.setdefault(effect.task, {})[effect.person] = GONE

    def _involve(self, effect: Involved) -> None:
        self.involved[effect.person, effect.how] = None

    # what is owed -----------------------------------------------------------------------------------------

    def _owe(self, effect: Owe) -> None:
        self.owed[effect.key] = {
            "key": effect.key,
            "fresh": True,
            "kind": effect.kind.value,
            "due_at": micros(effect.at or self.at),
            "payload": codec.canonical(dict(effect.payload)) if effect.payload else "{}",
            "state": HELD if self.held else READY,
        }

    def _settle(self, effect: Settled) -> None:
        if self._is_new(effect.key):
            self.owed.pop(effect.key, None)
            return
        self.owed[effect.key] = {
            "key": effect.key,
            "fresh": False,
            "kind": None,
            "due_at": None,
            "payload": None,
            "state": DONE,
        }

    # what it listens for ----------------------------------------------------------------------------------

    def _subscribe(self, effect: Subscribed) -> None:
        row = {"id": effect.id, "kind": effect.kind, "name": effect.name, "key": effect.key}
        self.listening[effect.id] = row

    def _unsubscribe(self, effect: Unsubscribed) -> None:
        if self._is_new(effect.id):
            self.listening.pop(effect.id, None)
        else:
            self.listening[effect.id] = {"id": effect.id, "kind": None, "name": None, "key": None}

    FOLD: ClassVar[Mapping[type[Any], Callable[["Projection", Any], None]]] = {
        TaskPut: _put,
        TaskDueMoved: _move,
        TaskClaimedBy: _claim,
        TaskRanked: _rank,
        TaskRenamed: _rename,
        TaskDropped: _drop,
        CandidatesPut: _invite,
        CandidateDone: _act,
        CandidateGone: _replaced,
        Involved: _involve,
        Owe: _owe,
        Settled: _settle,
        Subscribed: _subscribe,
        Unsubscribed: _unsubscribe,
    }


def _micros(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


_UNTOUCHED: Mapping[str, Any] = {
    "node": None,
    "kind": None,
    "due": None,
    "due_set": False,
    "opens": None,
    "opened_at": None,
    "claimed_by": None,
    "subject": None,
    "rank": None,
    "open": None,
}
