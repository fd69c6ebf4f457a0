"""A batch of commands on different instances: loaded under lock, saved at once, each row touched at most once.

In its own transaction, or in a host's (`connection`), where nothing is begun, committed, rolled back or retried
and no statement can fail by design. May import kernel and the store; never decides anything.
"""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import TracebackType
from typing import Any, Final, Self

from sqlalchemy import Connection

from signoff.errors import Conflict, Invalid
from signoff.kernel.effect import Effect
from signoff.kernel.events import Event
from signoff.kernel.state import LIVE, State, Status
from signoff.store import codec, saving, statements
from signoff.store.chain import link_hash
from signoff.store.codec import Entry, Envelope
from signoff.store.database import Database
from signoff.store.handle import Handle, Row
from signoff.store.ids import shard_in
from signoff.store.projection import HELD, READY, Projection
from signoff.store.schema import instant, micros


class Locked(Enum):
    """What a load that does not wait answers when somebody else holds the instance."""

    LOCKED = "locked"


LOCKED: Final = Locked.LOCKED


@dataclass(slots=True)
class Loaded:
    """An instance under lock. `repeated`: the bytes of the journal row of the same request; then decide nothing.

    `heads` are those of the system chains: name -> hash.
    """

    id: str
    row_version: int
    n: int
    head: str
    status: str
    version: str
    heads: dict[str, str]
    repeated: str | None = None
    _texts: tuple[str, str, int] = ("", "", codec.FORMAT)
    _state: State | None = None

    @property
    def state(self) -> State:
        """Decoded when first asked for; whoever decides owns it. Raises UnreadableState."""
        if self._state is None:
            self._state = codec.decode_state(*self._texts)
        return self._state

    def again(self) -> State:
        """Decoded once more, whatever became of `state`."""
        return codec.decode_state(*self._texts)


@dataclass(slots=True)
class Change:
    """What a command came to. `loaded` None: the instance is new; `data_changed`: its variables are not as loaded."""

    state: State
    events: Sequence[Event]
    effects: Sequence[Effect]
    envelope: Envelope
    loaded: Loaded | None = None
    data_changed: bool = True


@dataclass(slots=True, frozen=True)
class Saved:
    """A command that is kept: the journal row it has. `repeated`: it is that of the same request, sent before."""

    instance: str
    n: int
    head: str
    bytes: str
    repeated: bool = False


class Unit:
    """`with Unit(database) as unit:` loads, changes and saves; leaving the block saves what was put and commits.

    With the host's `connection` it leaves beginning and ending to the host. Instances are loaded in the order of
    their ids, so that two batches never wait for each other in a circle.
    """

    def __init__(self, database: Database, connection: Connection | None = None) -> None:
        self.database = database
        self._host = connection
        self._stack = ExitStack()
        self._put: dict[str, _Written] = {}
        self._clock: datetime | None = None
        self._current: dict[str, str | None] = {}
        self.saved: dict[str, Saved] = {}

    def __enter__(self) -> Self:
        database, host = self.database, self._host
        self.handle: Handle = self._stack.enter_context(
            database.write() if host is None else database.join(host)
        )
        self._loading = statements.loading(database.dialect, database.schema)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            self.save()

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's, in this transaction: for reads, documents and hooks of the host."""
        return self.handle.connection

    def now(self) -> datetime:
        """The database's clock, as of the last load if there was one."""
        if self._clock is None:
            self._clock = self.database.now(self.handle)
        return self._clock

    # loading ----------------------------------------------------------------------------------------------

    def load(self, id: str, *, request_id: str = "", digest: str = "") -> Loaded | None:
        """Lock an instance and read it in one statement, waiting for whoever holds it; None when there is none.

        Raises Conflict when the request id was used for something else (another `digest`), NotFound for what is
        no id.
        """
        found = self._load(self._loading.waiting, id, request_id)
        return None if found is None else _same_request(found, digest)

    def load_free(self, id: str, *, request_id: str = "", digest: str = "") -> Loaded | Locked | None:
        """Like `load`, but LOCKED at once when somebody else holds the instance.

        On SQLite the whole database is held, so nobody else does.
        """
        found = self._load(self._loading.skipping, id, request_id)
        if found is not None:
            return _same_request(found, digest)
        if self.database.dialect == "sqlite" or self._known(id)[0] is None:
            return None
        return LOCKED

    def expect(self, id: str, *, request_id: str = "", digest: str = "", process: str = "") -> str | None:
        """Announce a new instance: the bytes of its journal row when the same request made it before.

        PostgreSQL tells the current version of `process` in the same statement, for `current`.

        SQLite learns it when saving (`Saved.repeated`), or from `started`; it takes the write lock here in a host's
        transaction. Raises Conflict like `load`.
        """
        if self.database.dialect == "sqlite":
            if not self.handle.own:
                self._load(self._loading.host, id, request_id)
            return None
        asked = _place(id) | {"request_id": request_id or None, "process": process}
        row = self.handle.row(self._loading.look_up, asked)
        assert row is not None, "a look-up answers always"
        self._clock, self._current[process] = instant(row[2]), row[3]
        return None if row[0] is None else _checked(row[0], digest)

    def started(self, id: str, *, request_id: str, digest: str, process: str) -> str | None:
        """As `expect`, on SQLite too: for when a repetition must be known before it is saved."""
        earlier = self._known(id, request_id, process)[1]
        return None if earlier is None else _checked(earlier, digest)

    def current(self, process: str) -> str | None:
        """The version that new instances of a process run on."""
        if process not in self._current:
            row = self.handle.row(self._loading.current, {"process": process})
            self._current[process] = None if row is None else row[0]
        return self._current[process]

    def _load(self, sql: str, id: str, request_id: str) -> Loaded | None:
        sqlite = self.database.dialect == "sqlite"
        if sqlite and not self.handle.own:
            sql = self._loading.host
        parameters = _place(id) | {"request_id": request_id or None}
        row = self.handle.row(sql, parameters)
        if row is not None and not sqlite and row[-1] != row[0]:
            # It was changed while we waited: only now does a statement see what the other one wrote beside it.
            row = self.handle.row(sql, parameters)
        if row is None:
            return None
        version, n, head, status, definition, state, variables, format, earlier, heads, now = row[:11]
        self._clock = instant(now)
        texts = (state, variables, format)
        return Loaded(id, version, n, head, status, definition, _heads(heads), earlier, texts)

    def _known(self, id: str, request_id: str = "", process: str = "") -> Row:
        asked = _place(id) | {"request_id": request_id or None, "process": process}
        found = self.handle.row(self._loading.earlier, asked)
        assert found is not None, "sub-selects answer always"
        return found

    # saving -----------------------------------------------------------------------------------------------

    def put(self, change: Change) -> Saved:
        """Take a change into the batch; nothing is written before `save`. What it says holds once that is done."""
        id = change.state.id
        assert id not in self._put, f"{id}: one change per instance and batch"
        self._put[id] = written = _Written(change)
        return written.saved

    def save(self) -> dict[str, Saved]:
        """Write the batch: what was put, by instance. A second call writes what was put since.

        Raises Conflict: `concurrent_change` when a version was stale (nothing of it was written),
        `key_in_use`, `request_id_reused`.
        """
        batch = [self._put[id] for id in sorted(self._put)]
        self._put = {}
        if batch:
            assert self.handle.own or len(batch) == 1, "in a host's transaction commands go one by one"
            write = self._save_postgresql if self.database.dialect == "postgresql" else self._save_sqlite
            missed = write(batch)
            for each in batch:
                found = self._missed(each) if each.id in missed else each.saved
                self.saved[each.id] = found
        return self.saved

    def _missed(self, each: "_Written") -> Saved:
        """Why an instance was not written."""
        if each.change.loaded is not None:
            raise Conflict("concurrent_change", detail=each.id)
        envelope = each.change.envelope
        version, earlier = self._known(each.id, envelope.request_id, each.change.state.process)
        if earlier is not None:
            entry = codec.decode_entry(_checked(earlier, envelope.digest))
            return Saved(each.id, entry.n, link_hash(entry.prev, earlier), earlier, repeated=True)
        if version is not None:
            raise Conflict("concurrent_change", detail=each.id)
        state = each.change.state
        raise Conflict("key_in_use", key=state.key, process=state.process)

    def _save_postgresql(self, batch: list["_Written"]) -> set[str]:
        tables: dict[str, list[dict[str, Any]]] = {name: [] for name in saving.TABLES}
        for each in batch:
            tables["instance"].append(each.instance())
            for name, rows in each.beside().items():
                tables[name] += rows
        parameters = {name: json.dumps(rows, ensure_ascii=False) for name, rows in tables.items()}
        found = self.handle.rows(saving.text(self.database.schema), parameters)
        return {each.id for each in batch} - {id for (id,) in found}

    def _save_sqlite(self, batch: list["_Written"]) -> set[str]:
        text, handle = statements.writing(self.database.schema), self.handle
        missed = {each.id for each in batch if not handle.change(each.statement(text), each.instance())}
        tables: dict[str, list[dict[str, Any]]] = {name: [] for name in saving.TABLES}
        for each in batch:
            if each.id not in missed:
                for name, rows in each.beside().items():
                    tables[name] += rows
        for name, sql in text.after_instance():
            handle.many(sql, tables[name])
        return missed


class _Written:
    """A change in the form of rows."""

    def __init__(self, change: Change) -> None:
        self.change = change
        state, loaded = change.state, change.loaded
        self.id, self.shard = state.id, shard_in(state.id)
        n, before = (loaded.n, loaded.head) if loaded else (0, "")
        bytes = codec.encode_entry(Entry(state.id, n + 1, before, change.envelope, list(change.events)))
        self.saved = Saved(state.id, n + 1, link_hash(before, bytes), bytes)

    def statement(self, text: statements.Writing) -> str:
        """SQLite's that writes the instance."""
        if self.change.loaded is None:
            return text.add
        return text.advance if self.change.loaded.status == self.change.state.status else text.change

    def beside(self) -> dict[str, list[dict[str, Any]]]:
        """The rows beside the instance, by table. Raises Invalid for text that no database keeps."""
        state = self.change.state
        projection = Projection(
            self.shard,
            self.id,
            self.change.envelope.at,
            created=self.change.loaded is None,
            held=state.status is Status.SUSPENDED,
        )
        rows = projection.add(self.change.effects).rows()
        for table in rows.values():
            for row in table:
                _refuse_nul(row)
        return {"journal": [_refuse_nul(self._journal())], "hold": self._hold(), **rows}

    def instance(self) -> dict[str, Any]:
        state, loaded, saved = self.change.state, self.change.loaded, self.saved
        changed = loaded is None or self.change.data_changed
        row = {
            "shard": self.shard,
            "id": self.id,
            "process": state.process,
            "version": state.version,
            "key": state.key,
            "title": state.title,
            "status": state.status.value,
            "outcome": state.outcome,
            "starter": state.starter.id if state.starter else "",
            "request_id": None if loaded else self.change.envelope.request_id or None,
            "live": state.status in LIVE,
            "started_at": _micros(state.started_at),
            "ended_at": _micros(state.ended_at),
            "recorded_at": micros(self.change.envelope.at),
            "state": codec.state_text(state),
            "variables": codec.variables_text(state) if changed else None,
            "row_version": loaded.row_version if loaded else 1,
            "n": saved.n,
            "head": saved.head,
            "seq": state.seq,
            "format": codec.FORMAT,
            "created": loaded is None,
        }
        return _refuse_nul(row)

    def _journal(self) -> dict[str, Any]:
        envelope, saved = self.change.envelope, self.saved
        return {
            "shard": self.shard,
            "instance": self.id,
            "n": saved.n,
            "request_id": envelope.request_id or None,
            "bytes": saved.bytes,
            "hash": saved.head,
            "recorded_at": micros(envelope.at),
            "nonce": envelope.signed.nonce if envelope.signed else None,
        }

    def _hold(self) -> list[dict[str, Any]]:
        """What to do with what is owed when the instance is suspended or resumed."""
        before = self.change.loaded.status if self.change.loaded else ""
        now = self.change.state.status
        if (before == Status.SUSPENDED) == (now is Status.SUSPENDED):
            return []
        states = (READY, HELD) if now is Status.SUSPENDED else (HELD, READY)
        place = {"shard": self.shard, "instance": self.id}
        return [{**place, "before": states[0], "after": states[1]}]


def _place(id: str) -> dict[str, Any]:
    return {"shard": shard_in(id), "id": id}


def _micros(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def _heads(text: str | None) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in (text or "").split(" ") if pair)


def _refuse_nul(row: dict[str, Any]) -> dict[str, Any]:
    """The row, if its texts are such as both databases keep: PostgreSQL keeps no NUL."""
    for name, value in row.items():
        if isinstance(value, str) and "\0" in value:
            raise Invalid("unwritable_text", text=name)
    return row


def _same_request(found: Loaded, digest: str) -> Loaded:
    if found.repeated is not None:
        _checked(found.repeated, digest)
    return found


def _checked(bytes: str, digest: str) -> str:
    """The bytes of an earlier journal row, if the request was the same. Raises Conflict."""
    envelope = codec.decode_entry(bytes).envelope
    if envelope.digest != digest:
        raise Conflict("request_id_reused", request_id=envelope.request_id)
    return bytes
