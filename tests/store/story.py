"""Commands without a kernel: a small instance that is started, voted on, decided and suspended by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, select

from signoff.kernel.effect import (
    CandidateDone,
    CandidatesPut,
    Effect,
    Involved,
    Owe,
    Owed,
    Settled,
    TaskDropped,
    TaskPut,
)
from signoff.kernel.events import Event
from signoff.kernel.events.data import VariablesSet
from signoff.kernel.events.flow import InstanceResumed, InstanceStarted, InstanceSuspended
from signoff.kernel.events.gate import GatePassed
from signoff.kernel.state import Person, Scope, State, Status
from signoff.store import ids
from signoff.store.codec import Envelope
from signoff.store.database import Handle
from signoff.store.unit import Change, Loaded, Saved, Unit

AT = datetime(2027, 1, 31, 9, 30, 0, 5, tzinfo=UTC)
DUE = AT + timedelta(days=3)
TASKS = {"g1#0": ("amy", "bob", "cid")}


def new_id(name: str = "first") -> str:
    return ids.new_instance("buy", entropy=name)


def envelope(command: str, *, by: str = "lin", request_id: str = "", digest: str = "d") -> Envelope:
    return Envelope(actor=by, at=AT, command=command, digest=digest, request_id=request_id)


def start_change(id: str, *, key: str = "", request_id: str = "", digest: str = "d") -> Change:
    """A new instance: one task, open to amy, bob and cid; a rung and a notice owed."""
    state = State(id, "buy", "v1", Status.RUNNING, key=key, title="Buy", starter=Person("lin"), seq=3)
    state.started_at = state.recorded_at = AT
    state.scopes["s1"] = Scope("s1", "", "", "", "v1", "s1", data={"amount": 5000})
    effects: list[Effect] = [Involved("lin", "started")]
    for task, people in TASKS.items():
        effects += [
            TaskPut(f"{id}:{task}", "ask", "gate", DUE),
            CandidatesPut(f"{id}:{task}", people),
            Owe(f"{id}:{task}/rung", Owed.RUNG, DUE),
            Owe("n3", Owed.NOTICE, None, {"people": list(people)}),
        ]
    started = InstanceStarted("buy", "v1", "Buy", key, Person("lin"), "c1")
    return Change(state, [started], effects, envelope("Start", request_id=request_id, digest=digest))


def change(
    loaded: Loaded,
    events: list[Event],
    effects: list[Effect],
    sent: Envelope,
    *,
    data_changed: bool = False,
) -> Change:
    loaded.state.seq += len(events)
    return Change(loaded.state, events, effects, sent, loaded=loaded, data_changed=data_changed)


def start(unit: Unit, id: str, **more: Any) -> Saved:
    unit.expect(id, request_id=more.get("request_id", ""), digest=more.get("digest", "d"))
    return unit.put(start_change(id, **more))


def load(unit: Unit, id: str, **more: Any) -> Loaded:
    found = unit.load(id, **more)
    assert isinstance(found, Loaded)
    return found


def vote(unit: Unit, id: str, by: str, *, request_id: str = "", digest: str = "d") -> Saved | None:
    """One yes of several; None when the same request was here before."""
    loaded = load(unit, id, request_id=request_id, digest=digest)
    if loaded.repeated is not None:
        return None
    effects: list[Effect] = [CandidateDone(f"{id}:g1#0", by)]
    sent = envelope("Approve", by=by, request_id=request_id, digest=digest)
    return unit.put(change(loaded, [VariablesSet("s1", {})], effects, sent))


def decide(unit: Unit, id: str, by: str) -> Saved:
    """The yes that passes the gate: the next task opens, the old one is settled, a copy is sent."""
    loaded = load(unit, id)
    loaded.state.scopes["s1"].data["amount"] = 6000
    effects: list[Effect] = [
        CandidateDone(f"{id}:g1#0", by),
        TaskDropped(f"{id}:g1#0"),
        Settled(f"{id}:g1#0/rung"),
        Settled(f"{id}:g1#0/lapse"),
        TaskPut(f"{id}:a2", "pay", "task", None),
        CandidatesPut(f"{id}:a2", ("dan",)),
        Owe("n5", Owed.NOTICE, None, {"people": ["dan"]}),
        Involved("eve", "copied"),
    ]
    sent = envelope("Approve", by=by)
    return unit.put(change(loaded, [GatePassed("g1", "ask")], effects, sent, data_changed=True))


def suspend(unit: Unit, id: str) -> None:
    loaded = load(unit, id)
    loaded.state.status = Status.SUSPENDED
    unit.put(change(loaded, [InstanceSuspended("why not")], [], envelope("Suspend")))


def resume(unit: Unit, id: str) -> None:
    loaded = load(unit, id)
    loaded.state.status = Status.RUNNING
    unit.put(change(loaded, [InstanceResumed()], [], envelope("Resume")))


def end(unit: Unit, id: str) -> None:
    loaded = load(unit, id)
    loaded.state.status = Status.COMPLETED
    loaded.state.ended_at = AT
    unit.put(change(loaded, [VariablesSet("s1", {})], [], envelope("Approve", by="dan")))


def rows(connection: Connection | Handle, table: Table, *columns: str) -> list[tuple[Any, ...]]:
    """All rows of a table, these columns, in order."""
    shown = [table.c[name] for name in columns]
    return sorted((tuple(row) for row in connection.execute(select(*shown))), key=str)
