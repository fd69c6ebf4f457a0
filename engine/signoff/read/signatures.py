"""Whether every decision that counts as signed was signed: by that person, with a key that counted, over exactly this.

Folds the journal and never decides again: the statement is made once more from what is recorded and compared with the
one that was signed. Must import only store.schema, store.codec, store.chain, store.ids, store.keys, store.signed,
kernel's events, fold and state.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, or_, select, tuple_

from signoff.errors import NotFound, UnreadableState
from signoff.kernel.events import Event
from signoff.kernel.events.gate import VoteCast
from signoff.kernel.fold import apply
from signoff.kernel.state import Mode, State
from signoff.model.gate import Strength
from signoff.read.finding import Finding
from signoff.read.history import links
from signoff.store import chain, codec, ids, keys, signed
from signoff.store.codec import Entry, Signed
from signoff.store.keys import Key, Purpose, Standing
from signoff.store.schema import EPOCH, info, journal, micros
from signoff.store.schema import key as key_table


class Fault(StrEnum):
    """What can be wrong with a signature, or with a key."""

    UNSIGNED = "unsigned"  # counts as signed, and nobody signed it
    FORGED = "forged"  # the signature was not made over the statement with that key
    INSTALLATION = "other_installation"  # signed for another database
    INSTANCE = "other_instance"  # signed for another instance
    TASK = "other_task"  # signed for another gate, round, step or version
    HISTORY = "other_history"  # signed after another history: what came before has been changed or moved
    DECISION = "other_decision"  # signed by another person, or as something else than is recorded
    NONCE = "nonce_repeated"  # the same signing counts twice
    UNKNOWN_KEY = "key_unknown"  # not registered at that point of the chain `keys`
    FOREIGN_KEY = "key_of_another"
    NOT_YET = "key_not_yet_valid"
    OVER = "key_run_out"
    REVOKED = "key_revoked"
    KEYS = "keys_elsewhere"  # rests on a state of the chain `keys` that there never was
    KEY = "key"  # a registered key is not as the chain `keys` has it
    COLUMN = "column"  # the column of the nonce says something else than the record


#: Which parts of a statement make it one for something else, the broadest first.
_PARTS: Mapping[Fault, frozenset[str]] = {
    Fault.INSTALLATION: frozenset({"installation"}),
    Fault.INSTANCE: frozenset({"instance", "process"}),
    Fault.TASK: frozenset({"definition", "scope", "node", "activity", "gate", "round"}),
    Fault.HISTORY: frozenset({"n", "prev"}),
}
_PLACE = frozenset(
    {"process", "definition", "scope", "node", "activity", "gate", "round", "subject", "bound"}
)
_STANDING: Mapping[Standing, Fault] = {
    Standing.NOT_YET: Fault.NOT_YET,
    Standing.OVER: Fault.OVER,
    Standing.REVOKED: Fault.REVOKED,
}


#: Who decides while a key is revoked may not see that; longer nobody is blind to it, nor do clocks differ by as much.
SKEW = timedelta(hours=1)
Nonces: TypeAlias = dict[str, tuple[str, int]]  # nonce -> instance and number of its record
Place: TypeAlias = tuple[int, str]


@dataclass(slots=True)
class _Keys:
    """The keys over time: when each was registered and revoked, as numbers of the chain; its heads by hash."""

    heads: dict[str, int] = field(default_factory=lambda: {"": 0})
    found: dict[str, tuple[int, Key]] = field(default_factory=dict)  # number of its registration
    revoked: dict[str, tuple[int, Key]] = field(default_factory=dict)

    def at(self, id: str, n: int) -> Key | None:
        """A key as it stood after that link."""
        number, key = self.found.get(id, (n + 1, None))
        if number > n:
            return None
        revoked, dead = self.revoked.get(id, (n + 1, None))
        return dead if revoked <= n else key

    def is_dead(self, id: str, at: datetime) -> bool:
        """Whether it was revoked before that instant, whatever a record says that it rests on."""
        _, dead = self.revoked.get(id, (0, None))
        return dead is not None and dead.standing(at) is Standing.REVOKED


def verify_signatures(connection: Connection, instances: Iterable[str], nonces: Nonces) -> list[Finding]:
    """Everything that does not hold about the signed decisions of these instances.

    `nonces` are those met so far, and grow: each may stand in the journal once.
    """
    known, installation = _keys(connection), _installation(connection)
    found: list[Finding] = []
    for id in instances:
        try:
            found += _instance(connection, id, known, installation, nonces)
        except (
            AssertionError,
            LookupError,
            TypeError,
            AttributeError,
            ValueError,
        ):  # of no form that there is
            found.append(Finding(id, chain.Fault.UNREADABLE))
    return found


def signed_instances(
    connection: Connection, *, limit: int = 100, after: Place | None = None
) -> tuple[list[str], Place | None]:
    """A page of instances in which anything counts as signed, wherever a record says so; and where the next begins."""
    key = (journal.c.shard, journal.c.instance)
    rows = (
        select(*key)
        .where(or_(journal.c.nonce.is_not(None), journal.c.bytes.like('%"signed"%')))
        .distinct()
        .order_by(*key)
        .limit(limit)
    )
    if after is not None:
        rows = rows.where(tuple_(*key) > tuple_(*after))
    places = [(row.shard, row.instance) for row in connection.execute(rows).all()]
    return [id for _, id in places if _is_id(id)], places[-1] if len(places) == limit else None


def verify_keys(connection: Connection) -> list[Finding]:
    """The table of keys against the chain `keys`, and each key against its id."""
    wanted = {
        id: revoked[1] if (revoked := known.revoked.get(id)) else key
        for known in (_keys(connection),)
        for id, (_, key) in known.found.items()
    }
    stored: dict[str, Key | None] = {}
    for row in connection.execute(select(key_table)).all():
        try:
            stored[row.id] = keys.key_of(row)
        except ValueError:
            stored[row.id] = None
    found = [
        Finding(id, Fault.KEY, detail=_compared(stored.get(id), wanted.get(id)))
        for id in sorted({*stored, *wanted})
        if stored.get(id) != wanted.get(id)
    ]
    return [
        *found,
        *(Finding(id, Fault.KEY, detail="public") for id, key in wanted.items() if not _is_named(key)),
    ]


def _is_named(key: Key) -> bool:
    try:
        return signed.key_id(bytes.fromhex(key.public)) == key.id
    except ValueError:
        return False


def _compared(stored: Key | None, wanted: Key | None) -> str:
    if stored is None or wanted is None:
        return "missing" if stored is None else "left over"
    names = ("person", "purpose", "method", "public", "valid_from", "valid_to", "revoked_at", "reason")
    return ", ".join(name for name in names if getattr(stored, name) != getattr(wanted, name))


# one instance -------------------------------------------------------------------------------------------


def _instance(
    connection: Connection, id: str, known: _Keys, installation: str, nonces: Nonces
) -> Iterator[Finding]:
    state: State | None = State(id)
    for row in connection.execute(links(id).add_columns(journal.c.nonce)).all():
        try:
            entry, written = codec.decode_entry(row.bytes, row.sealed), codec.parse(row.bytes)
        except UnreadableState:
            state = None  # `read.verify` says so; what follows cannot be placed any more
            continue
        judged = _Judged(id, row, entry, written, state, installation)
        yield from judged.findings(known)
        if entry.envelope.signed is not None:
            nonce = entry.envelope.signed.nonce
            first = nonces.setdefault(nonce, (id, row.n))
            if first != (id, row.n):
                yield Finding(id, Fault.NONCE, row.n, f"as in {first[0]} #{first[1]}")
        state, loose = _folded(state, entry)
        if loose:
            yield Finding(id, Fault.UNSIGNED, row.n, loose)


def _folded(state: State | None, entry: Entry) -> tuple[State | None, str]:
    """The state after a record, none where it cannot have been recorded on that state; and whose vote nobody signed."""
    own = _signed_in(entry)
    loose = "auth" if entry.envelope.signed is None and entry.envelope.auth is Strength.SIGNED else ""
    for event in entry.events:
        if (
            event is not own
            and getattr(event, "strength", None) is Strength.SIGNED
            and not _follows(state, event)
        ):
            loose = str(getattr(event, "person", "")) or "decision"
        try:
            if state is not None:
                apply(state, event, entry.envelope.at)
        except (
            AssertionError,
            LookupError,
            TypeError,
            AttributeError,
        ):  # `read.verify` names what was changed
            state = None
    return state, loose


def _signed_in(entry: Entry) -> Event | None:
    """The event of a record that its signature is of."""
    if entry.envelope.signed is None:
        return None
    own = (event for event in entry.events if getattr(event, "mode", None) is not Mode.AUTO)
    return next((event for event in own if type(event).__name__ in signed.DECISIONS), None)


def _follows(state: State | None, event: Event) -> bool:
    """Whether a rule let a vote count that this person has signed elsewhere in the gate."""
    if state is None or not isinstance(event, VoteCast) or event.mode is not Mode.AUTO:
        return False
    gate, _, entry = event.source.partition("#")
    record = state.gates.get(gate)
    if record is None or not entry.isdecimal() or int(entry) >= len(record.entries):
        return False
    vote = record.entries[int(entry)].votes.get(event.person)
    return vote is not None and vote.strength is Strength.SIGNED and vote.subject == event.subject


@dataclass(slots=True)
class _Judged:
    """A record with its signature, on the state before it."""

    instance: str
    row: Row[Any]
    entry: Entry
    written: Mapping[str, Any]
    state: State | None
    installation: str

    def findings(self, known: _Keys) -> Iterator[Finding]:
        given = self.entry.envelope.signed
        nonce = None if given is None else given.nonce
        if self.row.nonce != nonce:
            yield self._found(Fault.COLUMN, "nonce")
        if given is None:
            return
        yield from self._statement(given)
        yield from self._key(given, known)

    def _found(self, fault: Fault, detail: str = "") -> Finding:
        return Finding(self.instance, fault, self.row.n, detail)

    def _statement(self, given: Signed) -> Iterator[Finding]:
        """Whether what was signed is what is recorded."""
        number = signed.decision_in(self.written["events"])
        event = None if number is None else self.written["events"][number]
        if event is None or self.written.get("auth") != "signed":
            yield self._found(Fault.DECISION, "auth" if event else "decision")
            return
        place = signed.place_of(self.state, event["gate"]) if self.state else None
        # where the history cannot be folded, what is signed of the place is left as it was signed
        expected = signed.statement(self.installation, self.written, place or _NOWHERE, event, *_said(given))
        differs = signed.differences(given.statement, expected)
        if self.state is None:
            differs = [name for name in differs if name not in _PLACE]
        if differs:
            yield self._found(_class_of(differs), ", ".join(differs))
        elif self.state is not None and given.statement != expected:
            yield self._found(Fault.DECISION, "form")

    def _key(self, given: Signed, known: _Keys) -> Iterator[Finding]:
        """Whether the person's own key, valid at that point of the chain, made it."""
        head = self.written.get("heads", {}).get(keys.CHAIN, "")
        number = known.heads.get(head)
        if number is None:
            yield self._found(Fault.KEYS, head[:12])
            number = len(known.heads)
        key = known.at(given.key, number)
        if key is None:
            yield self._found(Fault.UNKNOWN_KEY, given.key[:12])
            return
        if key.method != given.method or not signed.fits(
            key.method, key.public, given.value, given.statement
        ):
            yield self._found(Fault.FORGED, given.key[:12])
        if key.person != self.entry.envelope.actor or key.purpose is not Purpose.DECISION:
            yield self._found(Fault.FOREIGN_KEY, given.key[:12])
        standing = key.standing(self.entry.envelope.at)
        if standing in _STANDING:
            yield self._found(_STANDING[standing], given.key[:12])
        elif known.is_dead(given.key, self.entry.envelope.at - SKEW):
            yield self._found(Fault.REVOKED, f"{given.key[:12]}: dated after, resting on what was before")


_NOWHERE = signed.Place(
    process="", definition="", scope="", node="", activity="", gate="", round=0, subject="", bound={}
)


def _said(given: Signed) -> tuple[datetime, str]:
    """When the statement says it was handed out, and the nonce that the record says."""
    try:
        at = datetime.fromisoformat(codec.parse(given.statement)["at"])
    except (UnreadableState, KeyError, TypeError, ValueError):
        return EPOCH, given.nonce
    return at if at.tzinfo else EPOCH, given.nonce


def _class_of(differs: list[str]) -> Fault:
    for fault, parts in _PARTS.items():
        if not parts.isdisjoint(differs):
            return fault
    return Fault.DECISION


# what it rests on ---------------------------------------------------------------------------------------


def _keys(connection: Connection) -> _Keys:
    """The chain of keys, as far as it can be read."""
    known = _Keys()
    for link in chain.walk(connection, keys.CHAIN):
        known.heads[link.hash] = link.n
        _take(known, link)
    return known


def _take(known: _Keys, link: chain.Link) -> None:
    try:
        ((_, found),) = keys.history([link])
        for id, key in found.items():
            known.found.setdefault(id, (link.n, key))
        said = codec.parse(link.bytes)
        content, at = said["content"], datetime.fromisoformat(said["at"])
        micros(at)  # fails for an instant without a zone
        if content.get("kind") == "revoked" and content.get("key") in known.found:
            _, key = known.found[content["key"]]
            dead = replace(key, revoked_at=at, reason=content.get("reason", ""))
            known.revoked.setdefault(content["key"], (link.n, dead))
    except (UnreadableState, KeyError, TypeError, ValueError, AttributeError):
        return  # `read.ledger` says so


def _installation(connection: Connection) -> str:
    found = select(info.c.value).where(info.c.name == "installation")
    return str(connection.execute(found).scalar() or "")


def _is_id(text: str) -> bool:
    try:
        ids.shard_in(text)
    except NotFound:  # it belongs to no instance; `read.verify` says so
        return False
    return True
