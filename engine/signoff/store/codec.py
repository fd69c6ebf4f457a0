"""What the store writes: states, events and definitions as text, and the way back, from every older format.

Text is compact JSON without floats, keys in the order of the fields and of the data, because order is part of
what a definition means; `canonical` sorts, for what is only compared. May import kernel and model; no SQL.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from signoff.errors import Invalid, UnreadableState
from signoff.kernel.events import aside, base, data, flow, gate, migration, request, seat, task, undo, wait
from signoff.kernel.events import time as time_events
from signoff.kernel.state import Scope, State
from signoff.model.definition import FORMAT as NEWEST
from signoff.model.definition import Definition
from signoff.model.expression import Expression
from signoff.model.gate import Strength
from signoff.store import sealed as seals
from signoff.store.form import Forms, decode_value, encode_value, utf8
from signoff.store.sealed import Beside, Sealer

T = TypeVar("T")
Upcast = Callable[[Any], Any]

FORMAT = 1  # of states and events, as this release writes them
# Imported, so that every event is known.
EVENT_FAMILIES = (aside, data, flow, gate, migration, request, seat, task, time_events, undo, wait)

# From a format to the next one, over the parsed JSON, for ever.
STATES: Mapping[int, Upcast] = {}
EVENTS: Mapping[int, Upcast] = {}
DEFINITIONS: Mapping[int, Upcast] = {}

_forms = Forms({Expression: (str, Expression)})
_bare_scope = _forms.dataclass(Scope, without=frozenset({"data"}))
_state_forms = Forms({Scope: _bare_scope})  # type: ignore[dict-item]  # a dataclass has both, never None
_state = _state_forms.dataclass(State)
_events = _forms.pair(list[base.Event])
_definition = _forms.dataclass(Definition)


def _refuse_float(text: str) -> Any:
    raise UnreadableState("unreadable_row", detail=f"a float: {text}")


# What is written has been built here, so no circle need be looked for.
_STYLE: Any = {
    "ensure_ascii": False,
    "separators": (",", ":"),
    "allow_nan": False,
    "check_circular": False,
}
_write = json.JSONEncoder(**_STYLE).encode
_write_sorted = json.JSONEncoder(**_STYLE, sort_keys=True).encode
_read = json.JSONDecoder(parse_float=_refuse_float, parse_constant=_refuse_float).decode


# states -------------------------------------------------------------------------------------------------


def encode_state(state: State) -> tuple[str, str]:
    """The state and, apart, the data of its scopes."""
    return state_text(state), variables_text(state)


def state_text(state: State) -> str:
    """The state without the data of its scopes."""
    return _write(_call(_state[0], state))


def variables_text(state: State) -> str:
    """The data of the scopes: scope id -> data; scopes without data left out."""
    return _write({id: encode_value(scope.data) for id, scope in state.scopes.items() if scope.data})


def decode_state(state: str, variables: str, format: int = FORMAT) -> State:
    """The state that `encode_state` wrote in that format. Raises UnreadableState."""

    def read() -> State:
        found: State = _call(_state[1], _upcast(STATES, parse(state), format, FORMAT))
        for id, values in parse(variables or "{}").items():
            found.scopes[id].data = decode_value(values)
        return found

    return _readable(read)


# events -------------------------------------------------------------------------------------------------


def encode_events(events: Iterable[base.Event]) -> list[Any]:
    """The events as JSON, with everything that they say."""
    found: list[Any] = _call(_events[0], events)
    return found


def decode_events(written: Iterable[Any], format: int = FORMAT) -> list[base.Event]:
    """The events of a journal row of that format. Raises UnreadableState."""

    def read() -> list[base.Event]:
        found: list[base.Event] = _call(
            _events[1], [_upcast(EVENTS, event, format, FORMAT) for event in written]
        )
        return found

    return _readable(read)


# journal rows -------------------------------------------------------------------------------------------


@dataclass(slots=True, frozen=True, kw_only=True)
class Signed:
    """That a person signed a decision: the statement as it was signed, and the signature over it, in hex."""

    key: str
    method: str
    nonce: str
    statement: str
    value: str


@dataclass(slots=True, frozen=True, kw_only=True)
class Envelope:
    """Who did it, when and how: what a journal row says beside the events.

    `digest` is that of the command's content, `heads` those of the system chains that a decision rests on,
    `proof` what the host's verifier said of who acted, `signed` the person's own signature.
    """

    actor: str
    at: datetime
    command: str
    digest: str = ""
    name: str = ""
    on_behalf: str = ""
    authority: str = ""
    auth: Strength = Strength.ASSERTED
    via: str = ""
    request_id: str = ""
    heads: Mapping[str, str] = field(default_factory=dict)
    proof: str = ""
    signed: Signed | None = None


@dataclass(slots=True, frozen=True)
class Entry:
    """A journal row, read: `n` from 1, `prev` the hash before (empty: the first)."""

    instance: str
    n: int
    prev: str
    envelope: Envelope
    events: list[base.Event]


_envelope = _forms.dataclass(Envelope)


@dataclass(slots=True, frozen=True)
class Kept:
    """A journal row as it is stored: what its hash covers, and beside it what may be erased (None: nothing)."""

    bytes: str
    sealed: str | None = None


def encode_entry(entry: Entry, sealer: Sealer | None = None) -> Kept:
    """A journal row; `sealer` knows what may be erased besides what people wrote. Raises Invalid."""
    sealer = sealer or Sealer()
    row, sealer.beside = _entry(entry), {}
    if "digest" in row:
        row["digest"] = sealer.value(("digest",), row["digest"])
    row["events"] = [sealer.event(n, entry.events[n], each) for n, each in enumerate(row["events"])]
    bytes = _write(row)
    if bytes.count(seals.MARK) != len(sealer.beside):
        raise Invalid("unwritable_text", text=seals.SEAL)  # data of an open process, by that name
    return Kept(bytes, written_beside(sealer.beside))


def _entry(entry: Entry) -> dict[str, Any]:
    place = {"format": FORMAT, "instance": entry.instance, "n": entry.n, "prev": entry.prev}
    return {**place, **_call(_envelope[0], entry.envelope), "events": encode_events(entry.events)}


def beside_of(sealed: str | None) -> Beside:
    """What stands beside a journal row. Raises UnreadableState."""

    def read() -> Beside:
        found = {} if sealed is None else parse(sealed)
        return {seal: (str(salt), value) for seal, (salt, value) in found.items()}

    return _readable(read)


def written_beside(beside: Beside) -> str | None:
    """The column that says this."""
    return _write(dict(beside)) if beside else None


def decode_entry(bytes: str, sealed: str | None) -> Entry:
    """The journal row with these bytes, of this release or an earlier one; what is erased is `Erased`.

    `sealed` is what stands beside it. Raises UnreadableState.
    """

    def read() -> Entry:
        row = seals.opened(bytes, parse(bytes), beside_of(sealed))
        format, events = row.pop("format"), row.pop("events")
        place = row.pop("instance"), row.pop("n"), row.pop("prev")
        said = (*row.get("heads", {}).values(), *row.get("signed", {}).values())
        if not all(isinstance(text, str) for text in said):
            raise TypeError("a head or a part of a signature is no text")
        return Entry(*place, _call(_envelope[1], row), decode_events(events, format))

    return _readable(read)


def is_as_written(bytes: str, entry: Entry) -> bool:
    """Whether a journal row stands in the bytes in which signoff writes it; of an older format nobody knows."""
    if not bytes.startswith(f'{{"format":{FORMAT},'):
        return bytes.startswith('{"format":')
    try:
        return bool(_write(seals.replaced(_entry(entry), seals.places(parse(bytes)))) == bytes)
    except (LookupError, TypeError):
        return False


# definitions --------------------------------------------------------------------------------------------


def encode_definition(definition: Definition) -> str:
    """The compiled model, always with its format: what the version is the hash of."""
    return _write({"format": definition.format, **_call(_definition[0], definition)})


def decode_definition(text: str) -> Definition:
    """The model that `encode_definition` wrote, in this release or an earlier one. Raises UnreadableState."""

    def read() -> Definition:
        written = parse(text)
        model = _upcast(DEFINITIONS, written, written["format"], NEWEST)
        found: Definition = _call(_definition[1], model)
        return found

    return _readable(read)


# text ---------------------------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """Data (values, lists, dicts by name) as JSON with sorted keys: equal data, equal text; floats are bugs."""
    return _write_sorted(encode_value(value))


def compact(written: Any) -> str:
    """What is JSON already (encoded events among it) as compact text in its own order."""
    return _write(written)


def ordered(written: Any) -> str:
    """What is JSON already as compact text with sorted keys."""
    return _write_sorted(written)


def parse(text: str) -> Any:
    """JSON as the store wrote it: floats are refused. Raises UnreadableState."""
    try:
        return _read(text)
    except ValueError as error:
        raise UnreadableState("unreadable_row", detail=str(error)) from error


def version_of(text: str) -> str:
    """The SHA-256 of a text, in hex. Raises Invalid for text that cannot be written as UTF-8."""
    return hashlib.sha256(utf8(text)).hexdigest()


def _call(form: Callable[[Any], Any] | None, value: Any) -> Any:
    assert form is not None, "dataclasses and lists of them are encoded"
    return form(value)


def _upcast(table: Mapping[int, Upcast], value: Any, found: int, newest: int) -> Any:
    if found > newest:
        raise UnreadableState("newer_format", found=found, known=newest)
    for number in range(found, newest):
        value = table[number](value)
    return value


def _readable(read: Callable[[], T]) -> T:
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise UnreadableState("unreadable_row", detail=f"{type(error).__name__}: {error}") from error
