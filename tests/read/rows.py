"""Rows for the tests of the read side, as the store writes them; times are seconds after NOON."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, event, insert, text

from signoff.store.database import Database
from signoff.store.schema import candidate, instance, involvement, task

NOON = 1_800_000_000
SECOND = 1_000_000


def micro(seconds: float | None) -> int | None:
    return None if seconds is None else int((NOON + seconds) * SECOND)


def put(db: Database, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    with db.write() as handle:
        handle.execute(insert(table), list(rows))


def an_instance(id: str, *, shard: int = 1, started: float = 0, **more: Any) -> dict[str, Any]:
    plain = {
        "shard": shard,
        "id": id,
        "process": "leave",
        "version": "v1",
        "key": f"KEY-{id}",
        "title": f"Title of {id}",
        "status": "running",
        "outcome": "",
        "starter": "lin",
        "live": True,
        "started_at": micro(started),
        "ended_at": None,
        "recorded_at": micro(started),
        "state": "{}",
        "variables": "{}",
        "row_version": 1,
        "n": 0,
        "head": "",
        "seq": 0,
        "format": 1,
    }
    return {**plain, **more}


def a_task(
    instance_id: str, id: str, *, shard: int = 1, due: float | None = None, **more: Any
) -> dict[str, Any]:
    plain = {"shard": shard, "instance": instance_id, "id": id, "node": "step", "kind": "task", "open": True}
    opens = micro(more.pop("opens", None))
    return {**plain, "due": micro(due), "opens": opens, "opened_at": micro(0), "claimed_by": "", **more}


def a_candidate(
    instance_id: str, id: str, person: str, *, state: str = "open", at: float = 0, shard: int = 1
) -> dict[str, Any]:
    return {
        "shard": shard,
        "instance": instance_id,
        "task": id,
        "person": person,
        "state": state,
        "at": micro(at),
    }


def an_involvement(instance_id: str, person: str, how: str, *, at: float = 0) -> dict[str, Any]:
    return {"shard": 1, "instance": instance_id, "person": person, "how": how, "at": micro(at)}


def fill(db: Database, *, instances: int, tasks: int, people: int) -> None:
    """Many instances, each with as many open tasks and two candidates for each, spread over the people."""
    ids = [f"i-{n}" for n in range(instances)]
    put(db, instance, [an_instance(id, shard=n % 256, started=n) for n, id in enumerate(ids)])
    all_tasks = [(n, id, f"a{k}") for n, id in enumerate(ids) for k in range(tasks)]
    put(db, task, [a_task(id, t, shard=n % 256, due=n) for n, id, t in all_tasks])
    two = [(n, id, t, f"p{(n * 7 + k + int(t[1:])) % people}") for n, id, t in all_tasks for k in range(2)]
    put(db, candidate, [a_candidate(id, t, person, shard=n % 256, at=n) for n, id, t, person in two])
    put(db, involvement, [an_involvement(id, f"p{n % people}", "started", at=n) for n, id in enumerate(ids)])
    if db.dialect == "postgresql":
        with db.write() as handle:
            handle.execute(text("ANALYZE"))


class Plans:
    """Notes how the database answers each statement on a connection."""

    def __init__(self, connection: Connection) -> None:
        self.statements = 0
        self.text = ""
        self._connection = connection
        event.listen(connection, "after_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, parameters: Any, _x: Any, _many: bool) -> None:
        if statement.startswith("EXPLAIN"):
            return
        self.statements += 1
        how = "EXPLAIN QUERY PLAN " if self._connection.dialect.name == "sqlite" else "EXPLAIN "
        lines = self._connection.exec_driver_sql(how + statement, parameters).all()
        self.text += "\n".join(str(line) for line in lines)

    def scans(self, table: str) -> bool:
        """Whether a whole table is read."""
        return f"Seq Scan on {table}" in self.text or f"SCAN {table}" in self.text
