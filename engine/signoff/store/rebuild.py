"""The state of an instance and the rows beside it, made again from its records: the oracle and the repair.

What the worker alone decides (attempts, leases, notices sent) no record says, so it is left out. May import
kernel.fold, kernel.effects, store.codec, store.projection, store.schema.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, tuple_, update

from signoff.kernel.effect import TOLD, Effect
from signoff.kernel.effects import effects_of
from signoff.kernel.fold import apply
from signoff.kernel.state import State, Status
from signoff.store.codec import Entry
from signoff.store.ids import shard_in
from signoff.store.projection import DONE, GONE, HELD, OPEN, READY, Projection, Row
from signoff.store.schema import agenda, candidate, involvement, subscription, task

_COMPARED = ("shard", "instance", "key", "kind", "due_at", "payload", "state")


def state_of(entries: Sequence[Entry]) -> State:
    """The state that these records, from the first on, lead to."""
    state = State(entries[0].instance)
    for entry in entries:
        for event in entry.events:
            apply(state, event, entry.envelope.at)
    return state


def rows_of(entries: Sequence[Entry]) -> dict[str, list[Row]]:
    """table -> rows beside the instance; of the agenda what is still owed, and what was to be told and may have been."""
    kept = _folded(entries)
    owed = [row for row in kept.owed.values() if row["state"] != DONE]
    return {**kept.tables(), agenda.name: [{name: row[name] for name in _COMPARED} for row in owed]}


def payloads_of(entries: Sequence[Entry]) -> dict[str, str]:
    """key -> what these records ever made owed under it says; of the worker's own none is known."""
    return {key: row["payload"] for key, row in _folded(entries).owed.items()}


def repair(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write the rows beside an instance anew, in the caller's transaction, which holds the instance's lock."""
    id = entries[0].instance
    kept = _folded(entries)
    tables = kept.tables()
    for table in (task, candidate, involvement, subscription):
        connection.execute(delete(table).where(table.c.shard == shard_in(id), table.c.instance == id))
        if tables[table.name]:
            connection.execute(insert(table), tables[table.name])
    _owe(connection, id, kept.owed)


def _owe(connection: Connection, id: str, owed: dict[str, Row]) -> None:
    """Add what is owed and missing, end what is no longer owed; what is there keeps its attempts."""
    here = and_(agenda.c.shard == shard_in(id), agenda.c.instance == id)
    known = {*connection.execute(select(agenda.c.key).where(here)).scalars()}
    wanted = {key: row for key, row in owed.items() if row["state"] != DONE and row["kind"] not in TOLD}
    missing = [row for key, row in wanted.items() if key not in known]
    if missing:
        connection.execute(insert(agenda), missing)
    over = [(shard_in(id), id, key) for key, row in owed.items() if row["state"] == DONE and key in known]
    if over:
        named = tuple_(agenda.c.shard, agenda.c.instance, agenda.c.key).in_(over)
        connection.execute(update(agenda).where(named, agenda.c.state != DONE).values(state=DONE))


@dataclass(slots=True)
class _Rows:
    """The rows beside one instance while its records are read; merged as the statements of `saving` merge."""

    tasks: dict[str, Row] = field(default_factory=dict)
    people: dict[tuple[str, str], Row] = field(default_factory=dict)
    involved: dict[tuple[str, str], Row] = field(default_factory=dict)
    owed: dict[str, Row] = field(default_factory=dict)
    listening: dict[str, Row] = field(default_factory=dict)

    def tables(self) -> dict[str, list[Row]]:
        return {
            task.name: [*self.tasks.values()],
            candidate.name: [*self.people.values()],
            involvement.name: [*self.involved.values()],
            subscription.name: [*self.listening.values()],
        }

    def take(self, projection: Projection) -> None:
        rows = projection.rows()
        for row in rows["task"]:
            self._task(dict(row))
        for row in rows["candidate"]:
            self._candidate(dict(row))
        for row in rows["involvement"]:
            self.involved.setdefault((row["person"], row["how"]), dict(row))
        for row in rows["agenda"]:
            self._obligation(dict(row))
        for row in rows["subscription"]:
            if row["name"] is None:
                self.listening.pop(row["id"], None)
            else:
                self.listening[row["id"]] = dict(row)

    def hold(self, state: str) -> None:
        for row in self.owed.values():
            if row["state"] in (READY, HELD):
                row["state"] = state

    def _task(self, row: Row) -> None:
        fresh, due_set = row.pop("fresh"), row.pop("due_set")
        if fresh:
            self.tasks[row["id"]] = row
        elif row["id"] in self.tasks:
            rest = {name: value for name, value in row.items() if value is not None and name != "due"}
            self.tasks[row["id"]] |= rest | ({"due": row["due"]} if due_set else {})

    def _candidate(self, row: Row) -> None:
        if row["person"] is not None:
            self.people[row["task"], row["person"]] = row
            return
        for known in self.people.values():
            if known["task"] == row["task"] and known["state"] == OPEN:
                known |= {"state": GONE, "at": row["at"]}

    def _obligation(self, row: Row) -> None:
        fresh = row.pop("fresh")
        if fresh:
            self.owed[row["key"]] = row
        elif row["key"] in self.owed:
            self.owed[row["key"]]["state"] = DONE


def _folded(entries: Sequence[Entry]) -> _Rows:
    kept, state = _Rows(), State(entries[0].instance)
    for entry in entries:
        before, since = state.status, state.seq
        effects: list[Effect] = []
        for event in entry.events:
            apply(state, event, entry.envelope.at)
            effects += effects_of(event, state.seq)
        held = state.status is Status.SUSPENDED
        if held != (before is Status.SUSPENDED):
            kept.hold(HELD if held else READY)
        made = _projection(entry, since=since, held=held)
        kept.take(made.add(effects))
    return kept


def _projection(entry: Entry, **more: Any) -> Projection:
    place = shard_in(entry.instance), entry.instance, entry.envelope.at
    return Projection(*place, **more)
