"""Erasing: which values a command takes out, what is left of the instance then, and taking them out everywhere.

And, before that, which values of a command may be erased one day. Must not import `execution` or `engine`.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from signoff.errors import Invalid
from signoff.kernel import commands as c
from signoff.kernel.asides import Erase
from signoff.kernel.events import Event
from signoff.kernel.events.aside import PersonalErased
from signoff.kernel.events.data import DocumentDelivered
from signoff.kernel.events.flow import InstanceStarted, ScopeOpened
from signoff.kernel.events.migration import InstanceMigrated
from signoff.kernel.state import LIVE, State
from signoff.kernel.world import World
from signoff.model.privacy import Privacy
from signoff.runtime.core import Core
from signoff.runtime.leftover import STORED_FIRST
from signoff.store import codec, documents, erasing, rebuild, sealed
from signoff.store.codec import Entry, Kept
from signoff.store.documents import DatabaseDocuments
from signoff.store.sealed import Path, Sealer
from signoff.store.unit import Loaded

if TYPE_CHECKING:
    from signoff.runtime.execution import Receipt

_NEVER = datetime.max.replace(tzinfo=UTC)
_BY_NAME = frozenset({"values", "data"})  # fields whose values are called by names of data
_ITS_OWN = _BY_NAME | {"note", "reason", "text"}  # fields that are made of no other data


# before: what may be erased one day -------------------------------------------------------------------------


def versions(state: State) -> set[str]:
    """The definitions that an instance runs on before a command."""
    return {scope.version for scope in state.scopes.values()} | ({state.version} - {""})


def sealer(core: Core, world: World, before: Iterable[str], events: Iterable[Event]) -> Sealer:
    """What hides the values of these events."""
    named = {*before} | {
        e.version for e in events if isinstance(e, InstanceStarted | ScopeOpened | InstanceMigrated)
    }
    return Sealer([world.definition(version).privacy for version in sorted(named)], core.salt)


# the erasure ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Erasing:
    """An erasure worked out: the records without the values, and the state that they lead to."""

    instance: str
    entries: list[Entry]
    columns: dict[int, str | None]  # number of a record -> what stands beside it from now on
    state: State
    documents: tuple[str, ...]  # whose bytes go: no other instance has them


def planned(core: Core, connection: Connection, loaded: Loaded | None, command: c.Command) -> Erasing | None:
    """What this command comes to, if it is one that erases; says in it which values and documents. Changes nothing.

    Raises Invalid for a name that no definition of the instance declares personal.
    """
    if not isinstance(command, Erase) or loaded is None or loaded.state.status in LIVE:
        return None
    records = [
        _Record(n, row, codec.decode_entry(row.bytes, row.sealed))
        for n, row in erasing.rows(connection, loaded.id)
    ]
    private = _privacy(core, connection, records)
    _refuse_unknown(command.names, private)
    papers = _papers(records, private, command.names)
    command.papers = tuple(sorted(papers))
    chosen = {record.n: [*record.chosen(command.names)] for record in records}
    if command.names and not command.papers and not any(r.is_hit(command.names) for r in records):
        chosen = {}
    command.seals = tuple(seal for seals in chosen.values() for seal in seals)
    left = {record.n: record.without(chosen.get(record.n, ())) for record in records}
    entries = [codec.decode_entry(record.row.bytes, left[record.n]) for record in records]
    columns = {n: left[n] for n, seals in chosen.items() if seals}
    going = tuple(sorted(papers - erasing.elsewhere(connection, loaded.id, papers)))
    return Erasing(loaded.id, entries, columns, rebuild.state_of(entries), going)


def carry_out(core: Core, connection: Connection, plan: Erasing) -> None:
    """Take the values out of the records and of what is owed, and the documents out of the database."""
    erasing.take_out(connection, plan.instance, plan.columns, rebuild.payloads_of(plan.entries))
    if isinstance(core.documents, DatabaseDocuments):
        inside = core.documents.within(connection)
        for sha256 in plan.documents:
            inside.drop(sha256, before=_NEVER)


def dropped(core: Core, receipt: "Receipt") -> "Receipt":
    """Drop documents that are kept outside of the database, now that their erasure is recorded for good."""
    papers = {id for event in receipt.events if isinstance(event, PersonalErased) for id in event.documents}
    if papers and not isinstance(core.documents, DatabaseDocuments):
        with core.database.read() as handle:
            papers -= erasing.elsewhere(handle.connection, receipt.instance, papers)
        for sha256 in papers:
            core.documents.drop(sha256, before=_NEVER)
    return receipt


def purge(core: Core) -> None:
    """Drop documents that nothing names (any more), and have the database give up what it keeps of erased rows."""
    with core.database.read() as handle:
        now = core.database.now(handle)
    documents.sweep(core.database, core.documents, before=now - STORED_FIRST)
    erasing.purge(core.database)


@dataclass(frozen=True, slots=True)
class _Record:
    """A record of the instance, as it stands before."""

    n: int
    row: Kept
    entry: Entry

    def without(self, gone: Collection[str]) -> str | None:
        """What stands beside it when these values are gone."""
        if not gone:
            return self.row.sealed
        there = codec.beside_of(self.row.sealed)
        return codec.written_beside({seal: pair for seal, pair in there.items() if seal not in gone})

    def chosen(self, names: Collection[str]) -> Iterator[str]:
        """The hashes whose values go; those that are gone already are left out."""
        if self.entry.envelope.command == Erase.__name__:
            return  # it holds nothing but why
        found = [(path, seal) for path, seal in self._there() if not names or self._goes(path, names)]
        # the digest of the request is over the same values; where none of them goes it stays
        if not names or any(path[0] != "digest" for path, _ in found):
            yield from (seal for _, seal in found)

    def is_hit(self, names: Collection[str]) -> bool:
        """Whether a value stands here under one of these names."""
        return any(self._is_named(path, names) for path, _ in self._there())

    def _there(self) -> list[tuple[Path, str]]:
        there = codec.beside_of(self.row.sealed)
        return [(path, seal) for path, seal in sealed.places(codec.parse(self.row.bytes)) if seal in there]

    def _goes(self, path: Path, names: Collection[str]) -> bool:
        """Whether a value is under one of these names, or may have been made of one that is."""
        if self._is_named(path, names):
            return True
        if path[0] == "digest":
            return True
        return path[2] not in _ITS_OWN and not isinstance(self._event(path), DocumentDelivered)

    def _is_named(self, path: Path, names: Collection[str]) -> bool:
        if path[0] == "digest":
            return False
        event = self._event(path)
        if isinstance(event, DocumentDelivered):
            return event.document in names
        return path[2] in _BY_NAME and any(str(part) in names for part in path[3:])

    def _event(self, path: Path) -> Event:
        return self.entry.events[int(path[1])]


def _privacy(core: Core, connection: Connection, records: Iterable[_Record]) -> list[Privacy]:
    """Of all definitions that the instance ran on."""
    begun = [
        e
        for r in records
        for e in r.entry.events
        if isinstance(e, InstanceStarted | ScopeOpened | InstanceMigrated)
    ]
    named = {event.version for event in begun}
    return [core.library.load(connection, version).privacy for version in sorted(named)]


def _refuse_unknown(names: Collection[str], private: Collection[Privacy]) -> None:
    known = {name for each in private for name in each.names}
    for name in names:
        if name not in known:
            raise Invalid("not_personal", name=name, names=sorted(known))


def _papers(records: Iterable[_Record], private: Collection[Privacy], names: Collection[str]) -> set[str]:
    """The hashes of the personal documents that go; what was delivered as another document too, that stays, stays."""
    personal = {id for each in private for id in each.documents}
    going, staying = set[str](), set[str]()
    for event in (event for record in records for event in record.entry.events):
        if isinstance(event, DocumentDelivered):
            goes = event.document in personal and (not names or event.document in names)
            (going if goes else staying).add(event.sha256)
        elif isinstance(event, PersonalErased):
            going -= {*event.documents}
    return going - staying
