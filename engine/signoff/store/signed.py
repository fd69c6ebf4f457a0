"""What a person signs: the statement of one decision as canonical bytes, and whether a signature fits them.

A statement says everything that the decision is bound to, so that its signature fits nothing else. Pure: the same
facts give the same bytes. The only module that knows how signatures are checked. May import store.codec and
kernel.state.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from signoff.errors import UnreadableState
from signoff.kernel.state import State
from signoff.store import codec
from signoff.store.form import moment

FORM = "signoff/decision/v1"
#: The events that are signed, by their names in the journal.
DECISIONS = frozenset({"VoteCast", "GateReturned"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a decision is taken, and on what: the gate as it stood before."""

    process: str
    definition: str  # the hash of the version that the gate belongs to
    scope: str
    node: str
    activity: str
    gate: str
    round: int
    subject: str
    bound: Mapping[str, str]


def place_of(state: State, gate: str) -> Place | None:
    """The place of this gate, of its task, or of one of its entries; none where nothing is asked."""
    name = gate.rpartition(":")[2].partition("#")[0]
    activity = state.activities.get(name)
    record = state.gates.get(activity.gate if activity else name)
    if record is None:
        return None
    return Place(
        process=state.process,
        definition=state.scopes[record.scope].version,
        scope=record.scope,
        node=record.node,
        activity=record.activity,
        gate=record.id,
        round=record.round,
        subject=record.subject,
        bound=dict(record.bound),
    )


def statement(
    installation: str,
    row: Mapping[str, Any],
    place: Place,
    event: Mapping[str, Any],
    at: datetime,
    nonce: str,
) -> str:
    """The text that is signed. `row` has the keys of a journal row, `event` is written as it stands there."""
    said = {name: row.get(name, "") for name in ("instance", "n", "prev", "actor", "name")}
    on_behalf = {name: row.get(name, "") for name in ("on_behalf", "authority")}
    facts = {"form": FORM, "installation": installation, "at": moment(at), "nonce": nonce}
    return codec.ordered({**facts, **said, **on_behalf, **asdict(place), "decision": dict(event)})


def decision_in(events: Iterable[Mapping[str, Any]]) -> int | None:
    """The number of the event of a journal row that a person signs: the first that no rule has brought about."""
    for n, event in enumerate(events):
        if event.get("is") in DECISIONS and event.get("mode") != "auto":
            return n
    return None


def differences(signed: str, expected: str) -> list[str]:
    """The names of what two statements say differently; `form` alone for what is no statement."""
    try:
        one, other = codec.parse(signed), codec.parse(expected)
    except UnreadableState:
        return ["form"]
    if not isinstance(one, dict) or one.get("form") != FORM:
        return ["form"]
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


# signatures ---------------------------------------------------------------------------------------------


def key_id(public: bytes) -> str:
    """What a public key is called: the SHA-256 over it, in hex."""
    return hashlib.sha256(public).hexdigest()


def fits(method: str, public: str, value: str, text: str) -> bool:
    """Whether this signature over the text was made with the private half of the key; all in hex."""
    check = METHODS.get(method)
    try:
        return check is not None and check(bytes.fromhex(public), bytes.fromhex(value), text.encode())
    except ValueError:  # no hex, or half characters
        return False


def _ed25519(public: bytes, value: bytes, content: bytes) -> bool:
    # costs an import of tens of milliseconds that only who signs or verifies needs
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - as said above
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - as said above

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(value, content)
    except InvalidSignature:
        return False
    return True


#: Method -> check(public, signature, content). ValueError counts as no.
METHODS: Mapping[str, Callable[[bytes, bytes, bytes], bool]] = {"ed25519": _ed25519}
