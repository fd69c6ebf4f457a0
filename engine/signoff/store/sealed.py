"""What may be erased: it stands in a record as a salted hash; its value and its salt stand beside, in a column.

The hash is SHA-256(domain, salt, 0, canonical JSON of the value as written). A value that was erased is read as
`Erased`, and so is one that was taken away: which of both it was `faults` says, against what is recorded. Knows how
JSON is written, and no events but by the marks of their fields. May import kernel.events.base and model.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias, get_type_hints

from signoff.kernel.events.base import Event, Hidden
from signoff.model.erased import Erased
from signoff.model.privacy import NOTHING, WHOLE, Items, Part, Privacy
from signoff.store.form import utf8

DOMAIN = b"signoff/sealed/v1\0"
SEAL = "$sealed"  # the only key of what stands in a record for a value
MARK = f'"{SEAL}":'  # no text can hold it: a quote inside one is written otherwise

Path: TypeAlias = tuple[str | int, ...]  # names and numbers from the record to a value in it
#: What stands beside: hash -> (salt, value as written).
Beside: TypeAlias = Mapping[str, tuple[str, Any]]

_canonical = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
).encode


class Fault(StrEnum):
    """What can be wrong with what stands beside a record."""

    SEAL = "seal"  # a value or a salt that does not have the hash in the record, or belongs to nothing
    DROPPED = "dropped"  # a value is gone, and no erasure of it is recorded
    UNERASED = "unerased"  # a value is there, though its erasure is recorded


def seal_of(salt: str, value: Any) -> str:
    """The hash that stands for a value as written, in hex. Raises Invalid for half characters."""
    return hashlib.sha256(DOMAIN + salt.encode() + b"\0" + utf8(_canonical(value))).hexdigest()


def new_salt() -> str:
    """128 bits that nobody guesses, in hex."""
    return secrets.token_hex(16)


# writing ------------------------------------------------------------------------------------------------


class Sealer:
    """Puts hashes in the place of what may be erased. Of one record: the same place always gets the same salt.

    `private` says what is personal; texts that people wrote always are.
    """

    def __init__(self, private: Collection[Privacy] = (), salt: Callable[[], str] = new_salt) -> None:
        self._private = [each for each in private if each]
        self._salt = salt
        self._salts: dict[Path, str] = {}
        self._given: Iterator[str] = iter(())
        self.beside: dict[str, tuple[str, Any]] = {}

    def event(self, n: int, event: Event, written: dict[str, Any]) -> dict[str, Any]:
        """The event with that number in its record, as it stands there; `written` is changed."""
        for name, hidden in _hidden(type(event)):  # type: ignore[arg-type]  # mypy asks its instances for a hash, not the class
            if name in written:
                part = self._part(hidden, event)
                if part is not None:
                    written[name] = self._hide(("events", n, name), written[name], part)
        return written

    def value(self, path: Path, value: Any) -> Any:
        """What stands in the record for a value: nothing is hidden by the hash of nothing."""
        if value is None or value == "" or isinstance(value, Erased):
            return value
        if path not in self._salts:
            self._salts[path] = next(self._given, None) or self._salt()
        salt = self._salts[path]
        seal = seal_of(salt, value)
        self.beside[seal] = (salt, value)
        return {SEAL: seal}

    def signed(self, n: int, event: Event, written: dict[str, Any], salts: Iterable[str]) -> dict[str, Any]:
        """As `event`, with the salts that were handed out for it, as far as they go."""
        self._given = iter(tuple(salts))
        try:
            return self.event(n, event, written)
        finally:
            self._given = iter(())

    def salts(self, n: int) -> tuple[str, ...]:
        """The salts of the event with that number."""
        return tuple(salt for path, salt in self._salts.items() if path[:2] == ("events", n))

    def _part(self, hidden: Hidden, event: Event) -> "Part | _ByName":
        """What of a marked field is hidden."""
        match hidden:
            case Hidden.SAID:
                return WHOLE
            case Hidden.DATA if self._private:
                return _ByName(self._private)
            case Hidden.DERIVED if self._private:
                return _EACH
            case Hidden.UNDONE if self._private:
                return _UNDONE
            case Hidden.PAPER if any(getattr(event, "document", "") in p.documents for p in self._private):
                return _EACH
        return None

    def _hide(self, path: Path, value: Any, part: "Part | _ByName") -> Any:
        if part is WHOLE or not isinstance(value, (dict, list)):
            return self.value(path, value) if part is not None else value
        if isinstance(value, list):
            inside = part.part if isinstance(part, Items) else part if part is _UNDONE else WHOLE
            return [self._hide((*path, n), item, inside) for n, item in enumerate(value)]
        if isinstance(part, _ByName):
            return {name: self._hide((*path, name), v, part.of(name)) for name, v in value.items()}
        fields = part if isinstance(part, Mapping) else {}
        return {name: self._hide((*path, name), v, fields.get(name)) for name, v in value.items()}


class _ByName:
    """Data by name: of each what the definitions say, the most of what several say."""

    def __init__(self, private: Collection[Privacy]) -> None:
        self._private = private

    def of(self, name: str) -> "Part | _ByName":
        known = [each for each in self._private if name in each.known]
        parts = [part for each in known or self._private if (part := each.part(name)) is not None]
        return None if not parts else parts[0] if all(part == parts[0] for part in parts) else WHOLE


class _Each(_ByName):
    """Every value by itself, whatever it is called."""

    def of(self, name: str) -> "Part | _ByName":
        del name
        return WHOLE


class _Undone(_ByName):
    """The data of what can be undone, and of what was done inside it."""

    def of(self, name: str) -> "Part | _ByName":
        return _EACH if name == "data" else self if name == "inner" else None


_EACH = _Each((NOTHING,))
_UNDONE = _Undone((NOTHING,))


@cache
def _hidden(kind: type[Event]) -> tuple[tuple[str, Hidden], ...]:
    """The marked fields of an event."""
    found = get_type_hints(kind, include_extras=True)
    marks = {name: getattr(hint, "__metadata__", (None,))[0] for name, hint in found.items()}
    return tuple((name, mark) for name, mark in marks.items() if isinstance(mark, Hidden))


# reading ------------------------------------------------------------------------------------------------


def opened(text: str, row: Any, beside: Beside) -> Any:
    """The parsed record with the values in their places; what is not there is `Erased`."""
    return _opened(row, beside) if MARK in text else row


def _opened(value: Any, beside: Beside) -> Any:
    if isinstance(value, dict):
        if len(value) == 1 and SEAL in value:
            seal = str(value[SEAL])
            return beside[seal][1] if seal in beside else Erased(seal)
        return {name: _opened(part, beside) for name, part in value.items()}
    if isinstance(value, list):
        return [_opened(part, beside) for part in value]
    return value


def places(row: Any) -> Iterator[tuple[Path, str]]:
    """Where in a parsed record hashes stand for values, in their order."""
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(row, dict):
        if len(row) == 1 and SEAL in row:
            yield (), str(row[SEAL])
            return
        items = row.items()
    elif isinstance(row, list):
        items = enumerate(row)
    for name, part in items:
        if isinstance(part, (dict, list)):
            yield from (((name, *path), seal) for path, seal in places(part))


def replaced(row: Any, found: Iterable[tuple[Path, str]]) -> Any:
    """The record with these hashes in these places again; it is changed. Raises LookupError, TypeError."""
    for path, seal in found:
        part = row
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = {SEAL: seal}
    return row


def faults(
    found: Iterable[tuple[Path, str]], beside: Beside, erased: Collection[str]
) -> Iterator[tuple[Fault, str]]:
    """What is wrong with what stands beside a record. `erased` are the hashes whose erasure is recorded."""
    known = {seal: path for path, seal in found}
    for seal, path in known.items():
        there = beside.get(seal)
        if there is None and seal not in erased:
            yield Fault.DROPPED, spelled(path)
        elif there is not None and seal in erased:
            yield Fault.UNERASED, spelled(path)
        elif there is not None and seal_of(*there) != seal:
            yield Fault.SEAL, spelled(path)
    if beside.keys() - known.keys() or [seal for seal in known if seal in beside] != [*beside]:
        yield Fault.SEAL, "beside"


def spelled(path: Path) -> str:
    return ".".join(map(str, path))
