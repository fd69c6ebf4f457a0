"""A change in the form of rows, and an instance in the form it was loaded in: what `unit` hands in and out.

May import kernel, store.codec, store.chain, store.projection; no SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from signoff.errors import Invalid
from signoff.kernel.effect import Effect
from signoff.kernel.events import Event
from signoff.kernel.state import LIVE, State, Status
from signoff.store import codec
from signoff.store.chain import link_hash
from signoff.store.codec import Entry, Envelope, Kept
from signoff.store.ids import shard_in
from signoff.store.projection import HELD, READY, Projection
from signoff.store.schema import micros
from signoff.store.sealed import Sealer


@dataclass(slots=True)
class Loaded:
    """An instance under lock. `repeated`: the journal row of the same request; then decide nothing.

    `heads` are those of the system chains: name -> hash.
    """

    id: str
    row_version: int
    n: int
    head: str
    status: str
    version: str
    heads: dict[str, str]
    repeated: Kept | None = None
    desks: bool = False  # whether something lies on the desk of anybody, see `store.desk`
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
    """What a command came to. `loaded` None: the instance is new; `data_changed`: its variables are not as loaded.

    `sealer` knows what of it may be erased.
    """

    state: State
    events: Sequence[Event]
    effects: Sequence[Effect]
    envelope: Envelope
    loaded: Loaded | None = None
    data_changed: bool = True
    sealer: Sealer | None = None


@dataclass(slots=True, frozen=True)
class Saved:
    """A command that is kept: the journal row it has. `repeated`: it is that of the same request, sent before."""

    instance: str
    n: int
    head: str
    row: Kept
    repeated: bool = False

    @property
    def bytes(self) -> str:
        return self.row.bytes


class Written:
    """A change in the form of rows, made at once: nobody keeps the state until the batch is saved.

    `before` is the status as it was loaded; empty for a new instance.
    """

    __slots__ = (
        "before",
        "digest",
        "id",
        "key",
        "process",
        "request_id",
        "row",
        "rows",
        "saved",
        "shard",
        "status",
    )

    def __init__(self, change: Change) -> None:
        """Raises Invalid for text that no database keeps."""
        state, loaded, envelope = change.state, change.loaded, change.envelope
        self.id, self.shard = state.id, shard_in(state.id)
        self.process, self.key, self.status = state.process, state.key, state.status
        self.request_id, self.digest = envelope.request_id, envelope.digest
        n, before = (loaded.n, loaded.head) if loaded else (0, "")
        self.before = loaded.status if loaded else ""
        entry = Entry(state.id, n + 1, before, envelope, list(change.events))
        kept = codec.encode_entry(entry, change.sealer)
        self.saved = Saved(state.id, n + 1, link_hash(before, kept.bytes), kept)
        self.row = self._instance(change)
        self.rows = self._beside(change)
        # All that the rows say is in these texts, and this is how JSON spells what PostgreSQL does not keep.
        if "\\u0000" in kept.bytes or "\\u0000" in (kept.sealed or ""):
            for row in chain([self.row], *self.rows.values()):
                _refuse_nul(row)

    @property
    def is_new(self) -> bool:
        return not self.before

    def _beside(self, change: Change) -> dict[str, list[dict[str, Any]]]:
        """The rows beside the instance, by table."""
        projection = Projection(
            self.shard,
            self.id,
            change.envelope.at,
            since=change.state.seq - len(change.events) if change.loaded else 0,
            held=self.status is Status.SUSPENDED,
        )
        rows = projection.add(change.effects).rows()
        return {"journal": [self._journal(change.envelope)], "hold": self._hold(), **rows}

    def _instance(self, change: Change) -> dict[str, Any]:
        state, loaded, saved = change.state, change.loaded, self.saved
        changed = loaded is None or change.data_changed
        return {
            "shard": self.shard,
            "id": self.id,
            "process": state.process,
            "version": state.version,
            "key": state.key,
            "title": state.title,
            "status": state.status.value,
            "outcome": state.outcome,
            "starter": state.starter.id if state.starter else "",
            "request_id": None if loaded else change.envelope.request_id or None,
            "live": state.status in LIVE,
            "started_at": _micros(state.started_at),
            "ended_at": _micros(state.ended_at),
            "recorded_at": micros(change.envelope.at),
            "state": codec.state_text(state),
            "variables": codec.variables_text(state) if changed else None,
            "row_version": loaded.row_version if loaded else 1,
            "n": saved.n,
            "head": saved.head,
            "seq": state.seq,
            "format": codec.FORMAT,
            "created": loaded is None,
        }

    def _journal(self, envelope: Envelope) -> dict[str, Any]:
        saved = self.saved
        return {
            "shard": self.shard,
            "instance": self.id,
            "n": saved.n,
            "request_id": envelope.request_id or None,
            "bytes": saved.bytes,
            "hash": saved.head,
            "recorded_at": micros(envelope.at),
            "nonce": envelope.signed.nonce if envelope.signed else None,
            "sealed": saved.row.sealed,
        }

    def _hold(self) -> list[dict[str, Any]]:
        """What to do with what is owed when the instance is suspended or resumed."""
        if (self.before == Status.SUSPENDED) == (self.status is Status.SUSPENDED):
            return []
        states = (READY, HELD) if self.status is Status.SUSPENDED else (HELD, READY)
        mine = {"shard": self.shard, "instance": self.id}
        return [{**mine, "before": states[0], "after": states[1]}]


def _micros(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def _refuse_nul(row: dict[str, Any]) -> None:
    """Texts are such as both databases keep: PostgreSQL keeps no NUL."""
    for name, value in row.items():
        if isinstance(value, str) and "\0" in value:
            raise Invalid("unwritable_text", text=name)


def place(id: str) -> dict[str, Any]:
    """The parameters that name an instance."""
    return {"shard": shard_in(id), "id": id}
