"""A batch of commands on different instances: loaded under lock, saved at once, each row touched at most once.

In its own transaction, or in a host's (`connection`), where nothing is begun, committed, rolled back or retried
and no statement can fail by design. May import kernel and the store; never decides anything.
"""

from collections.abc import Collection
from contextlib import ExitStack
from datetime import datetime
from enum import Enum
from types import TracebackType
from typing import Any, Final, Self

from sqlalchemy import Connection

from signoff.errors import Conflict, SignoffError, StoreError
from signoff.model.erased import Erased
from signoff.store import codec, postbox, saving, statements
from signoff.store.chain import link_hash
from signoff.store.codec import Entry, Kept
from signoff.store.database import Database
from signoff.store.handle import Handle, Row
from signoff.store.loading import loading
from signoff.store.schema import instant
from signoff.store.standing import Ground, heads_in
from signoff.store.written import Change, Loaded, Saved, Written, place

__all__ = ["LOCKED", "Change", "Loaded", "Locked", "Saved", "Unit"]


class Locked(Enum):
    """What a load that does not wait answers when somebody else holds the instance."""

    LOCKED = "locked"


LOCKED: Final = Locked.LOCKED


class Unit:
    """`with Unit(database) as unit:` loads, changes and saves; leaving the block saves what was put and commits.

    With the host's `connection` it leaves beginning and ending to the host. Instances are loaded in the order of
    their ids, so that two batches never wait for each other in a circle.
    """

    def __init__(self, database: Database, connection: Connection | None = None) -> None:
        self.database = database
        self._host = connection
        self._stack = ExitStack()
        self._put: dict[str, Written] = {}
        self._clock: datetime | None = None
        self._current: dict[str, str | None] = {}
        self.heads: dict[str, str] = {}  # of the system chains, as of `expect`
        self.saved: dict[str, Saved] = {}

    def __enter__(self) -> Self:
        database, host = self.database, self._host
        self.handle: Handle = self._stack.enter_context(
            database.write() if host is None else database.join(host)
        )
        self._loading = loading(database.dialect, database.schema)
        self._ground = Ground(database.standing, self.handle, self._loading)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if error is None:
                self.save()
                return
            refused = isinstance(error, SignoffError) and not isinstance(error, StoreError)
            if refused and self._ground.is_outdated():  # who knows what the version in force would have said
                raise Conflict("concurrent_change", detail="another version came into force") from error
            raise error

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

    def load_all_free(self, ids: Collection[str]) -> dict[str, Loaded | Locked | None]:
        """As `load_free` for each of these, on PostgreSQL in one statement."""
        if self.database.dialect == "sqlite" or len(ids) < 2:
            return {id: self.load_free(id) for id in sorted(ids)}
        places = [place(id) for id in sorted(ids)]
        asked = {"shards": [each["shard"] for each in places], "ids": [each["id"] for each in places]}
        rows = self.handle.rows(self._loading.many, asked)
        # One that was changed meanwhile is looked at once more, as `load` does.
        found = {row[0]: self._loaded(row[0], row[1:]) for row in rows if row[-1] == row[1]}
        return {id: found.get(id) or self.load_free(id) for id in ids}

    def expect(self, id: str, *, request_id: str = "", digest: str = "", process: str = "") -> Kept | None:
        """Announce a new instance: its journal row when the same request made it before.

        Learns the current version of `process` too, for `current`, and `heads`: on PostgreSQL in one statement, on
        SQLite what it learned before, in none; whether that still holds is seen when saving.
        SQLite learns of an earlier request when saving (`Saved.repeated`), or from `started`; it takes the write lock
        here in a host's transaction. Raises Conflict like `load`.
        """
        if self.database.dialect == "sqlite":
            if process or not self.handle.own:
                self._current[process], self.heads = self._ground.stand(process)
            return None
        asked = place(id) | {"request_id": request_id or None, "process": process}
        row = self.handle.row(self._loading.look_up, asked)
        assert row is not None, "a look-up answers always"
        self.heads, self._clock, self._current[process] = heads_in(row[1]), instant(row[2]), row[3]
        return None if row[0] is None else _checked(_kept(row[0]), digest)[0]

    def started(self, id: str, *, request_id: str, digest: str, process: str) -> Kept | None:
        """As `expect`, on SQLite too: for when a repetition must be known before it is saved."""
        earlier = self._known(id, request_id, process)[1]
        return None if earlier is None else _checked(_kept(earlier), digest)[0]

    def current(self, process: str) -> str | None:
        """The version that new instances of a process run on, which `expect` has learned; none has no name."""
        return self._current.get(process)

    def _load(self, sql: str, id: str, request_id: str) -> Loaded | None:
        sqlite = self.database.dialect == "sqlite"
        if sqlite and not self.handle.own:
            sql = self._loading.host
        parameters = place(id) | {"request_id": request_id or None}
        row = self.handle.row(sql, parameters)
        if row is not None and not sqlite and row[-1] != row[0]:
            # It was changed while we waited: only now does a statement see what the other one wrote beside it.
            row = self.handle.row(sql, parameters)
        return None if row is None else self._loaded(id, row)

    def _loaded(self, id: str, row: Row) -> Loaded:
        version, n, head, status, definition, state, variables, format, earlier, heads, now, desks = row[:12]
        self._clock = instant(now)
        texts, repeated = (state, variables, format), _kept(earlier) if earlier else None
        return Loaded(id, version, n, head, status, definition, heads_in(heads), repeated, bool(desks), texts)

    def _known(self, id: str, request_id: str = "", process: str = "") -> Row:
        asked = place(id) | {"request_id": request_id or None, "process": process}
        found = self.handle.row(self._loading.earlier, asked)
        assert found is not None, "sub-selects answer always"
        return found

    # saving -----------------------------------------------------------------------------------------------

    def put(self, change: Change) -> Saved:
        """Take a change into the batch; nothing is written before `save`. What it says holds once that is done."""
        id = change.state.id
        assert id not in self._put, f"{id}: one change per instance and batch"
        self._put[id] = written = Written(change)
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

    def _missed(self, each: Written) -> Saved:
        """Why an instance was not written."""
        if not each.is_new:
            raise Conflict("concurrent_change", detail=each.id)
        version, earlier = self._known(each.id, each.request_id, each.process)
        if earlier is not None:
            row, entry = _checked(_kept(earlier), each.digest)
            return Saved(each.id, entry.n, link_hash(entry.prev, row.bytes), row, repeated=True)
        if version is not None or self._ground.is_outdated():
            raise Conflict("concurrent_change", detail=each.id)
        raise Conflict("key_in_use", key=each.key, process=each.process)

    def _save_postgresql(self, batch: list[Written]) -> set[str]:
        tables: dict[str, list[dict[str, Any]]] = {name: [] for name in saving.TABLES}
        for each in batch:
            tables["instance"].append(each.row)
            for name, rows in each.rows.items():
                tables[name] += rows
        heard = tables.pop("subscription")
        given = saving.parameters(tables)
        found = {id for (id,) in self.handle.rows(saving.text(self.database.schema), given)}
        postbox.save(self.handle, [row for row in heard if row["instance"] in found])
        return {each.id for each in batch} - found

    def _save_sqlite(self, batch: list[Written]) -> set[str]:
        text, handle = statements.writing(self.database.schema), self.handle
        missed = {each.id for each in batch if not _write_instance(handle, text, each, self._ground)}
        tables: dict[str, list[dict[str, Any]]] = {name: [] for name in saving.TABLES}
        for each in batch:
            if each.id not in missed:
                for name, rows in each.rows.items():
                    tables[name] += rows
        _write_beside(handle, text, tables)
        return missed


def _write_beside(handle: Handle, text: statements.Writing, tables: dict[str, list[dict[str, Any]]]) -> None:
    """SQLite: the rows beside the instances."""
    people = tables["candidate"]
    handle.many(text.journal, tables["journal"])
    handle.many(text.task, tables["task"])
    handle.many(text.let_go, [row for row in people if row["person"] is None])
    handle.many(text.candidate, [row for row in people if row["person"] is not None])
    handle.many(text.involvement, tables["involvement"])
    handle.many(text.hold, tables["hold"])
    handle.many(text.agenda, tables["agenda"])
    postbox.save(handle, tables["subscription"])


def _write_instance(handle: Handle, text: statements.Writing, each: Written, ground: Ground) -> bool:
    """SQLite: whether it was as it was loaded, or was not there yet and rests on what still stands."""
    if each.is_new:
        return bool(handle.change(text.add, each.row | ground.assumed(each.process)))
    same = each.before == each.status
    return bool(handle.change(text.advance if same else text.change, each.row))


def _same_request(found: Loaded, digest: str) -> Loaded:
    if found.repeated is not None:
        _checked(found.repeated, digest)
    return found


def _kept(text: str) -> Kept:
    """A journal row as `loading` reads it."""
    bytes, _, sealed = text.partition("\n")
    return Kept(bytes, sealed or None)


def _checked(row: Kept, digest: str) -> tuple[Kept, Entry]:
    """An earlier journal row, if the request was the same, or what it was is erased. Raises Conflict."""
    entry = codec.decode_entry(row.bytes, row.sealed)
    if entry.envelope.digest != digest and not isinstance(entry.envelope.digest, Erased):
        raise Conflict("request_id_reused", request_id=entry.envelope.request_id)
    return row, entry
