"""A real database in which two meet again and again: how it stands is kept once, put back, and read off as rows.

Everything is the same each time, ids and clock too, so two courses came to the same if their rows are the same, the
hashes of the chain included. Must import signoff's public names, store.schema, tests.ready and this folder.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import make_url

from signoff import Engine, VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.store import schema
from tests.concurrency.process import AT, CHOICE, FAVOUR, MEETING, PEOPLE, POST
from tests.ready import unguard

_TABLES = [t.name for t in schema.metadata.tables.values() if t is schema.instance or "instance" in t.c]
_TIDY = 50  # so many times rows are put back before PostgreSQL's dead ones are swept out

Rows = Mapping[str, list[Any]]


@dataclass(slots=True)
class Kept:
    """A moment, and the statement that puts its rows back."""

    moment: Any
    back: str
    at: datetime


@dataclass(slots=True)
class Arena:
    """One database; `engine` makes another engine on it, as another process would."""

    url: str
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(AT))
    kept: dict[str, Kept] = field(default_factory=dict)
    _planted: int = 0
    _door: Any = None

    def __post_init__(self) -> None:
        engine = self.engine(self.url)
        engine.deploy(MEETING.replace("within 2 days", "within 3 days"))
        engine.deploy(MEETING, CHOICE, FAVOUR, POST)
        with engine.core.database.write() as handle:
            unguard(handle.connection)  # records are put back as they were, which nobody else may
        engine.dispose()
        plain = make_url(self.url)
        if self.sqlite:
            self._door = sqlite3.connect(str(plain.database), isolation_level=None, check_same_thread=False)
            self._door.execute("PRAGMA synchronous=OFF")
        else:
            address = plain.set(drivername="postgresql").render_as_string(hide_password=False)
            self._door = psycopg.connect(address, autocommit=True)

    @property
    def sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def engine(self, db: Any) -> Engine:
        return Engine(
            db, directory=StaticDirectory(PEOPLE), handlers={"office.book": _booked}, clock=self.clock
        )

    def dispose(self) -> None:
        self._door.close()

    # moments -----------------------------------------------------------------------------------------------

    def at(self, name: str, reach: Callable[[Engine, VirtualClock], Any]) -> Any:
        """The moment of that name: reached once by `reach`, afterwards put back."""
        if name not in self.kept:
            self._keep(name, reach)
        self._planted += 1
        if not self.sqlite and self._planted % _TIDY == 0:
            self._door.execute(f"VACUUM {', '.join(_TABLES)}".encode())
        kept = self.kept[name]
        self._run(kept.back)
        self.clock.set(kept.at)
        return kept.moment

    def _keep(self, name: str, reach: Callable[[Engine, VirtualClock], Any]) -> None:
        self._run("".join(f"DELETE FROM {table};" for table in _TABLES))
        self.clock.set(AT)
        engine = self.engine(self.url)
        moment = reach(engine, self.clock)
        engine.dispose()
        kept = {table: f"kept_{len(self.kept)}_{table}" for table in _TABLES}
        self._run("".join(f"CREATE TABLE {copy} AS SELECT * FROM {table};" for table, copy in kept.items()))
        back = "".join(f"DELETE FROM {t}; INSERT INTO {t} SELECT * FROM {copy};" for t, copy in kept.items())
        self.kept[name] = Kept(moment, self._procedure(back), self.clock.now())

    def _procedure(self, statements: str) -> str:
        if self.sqlite:
            return f"BEGIN; {statements} COMMIT;"
        name = f"put_back_{len(self.kept)}"  # PostgreSQL plans the statements of a function once
        body = f"CREATE FUNCTION {name}() RETURNS void LANGUAGE plpgsql AS $$BEGIN {statements} END$$"
        self._door.execute(body.encode())
        return f"SELECT {name}()"

    def _run(self, statements: str) -> None:
        if self.sqlite:
            self._door.executescript(statements)
        else:
            self._door.execute(statements.encode())

    # reading -----------------------------------------------------------------------------------------------

    def rows(self) -> Rows:
        """Everything that is stored about instances, table by table."""
        if self.sqlite:
            return {name: sorted(map(repr, self._door.execute(f"SELECT * FROM {name}"))) for name in _TABLES}
        found: dict[str, list[Any]] = {name: [] for name in _TABLES}
        for name, row in self._door.execute(_ALL.encode()):
            found[name].append(row)
        return {name: sorted(rows) for name, rows in found.items()}

    def instances(self) -> list[tuple[str, str]]:
        """Ids and statuses."""
        return list(self._door.execute("SELECT id, status FROM signoff_instance"))

    def waits(self, instance: str) -> bool:
        """Whether a task is open, or something other than a notice is owed."""
        return any(self._door.execute(each.format(instance)).fetchone()[0] for each in _OPEN)

    def somebody_waits(self) -> bool:
        """PostgreSQL: whether a lock keeps somebody waiting; the cluster is this worker's alone."""
        return bool(
            self._door.execute(b"SELECT EXISTS(SELECT FROM pg_locks WHERE NOT granted)").fetchone()[0]
        )


_ALL = " UNION ALL ".join(f"SELECT '{name}', CAST(t AS text) FROM {name} t" for name in _TABLES)

_OPEN = (
    "SELECT count(*) FROM signoff_task WHERE instance = '{}' AND open",
    "SELECT count(*) FROM signoff_agenda WHERE instance = '{}' AND state <> 'done' AND kind <> 'notice'",
)


def _booked(_inputs: Any) -> dict[str, int]:
    return {"number": 7}
