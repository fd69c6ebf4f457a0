"""The written form of dataclasses: encoders and decoders compiled once from their annotations.

A field equal to its default is left out, so that a release may add fields; therefore **a default never
changes**. A dataclass that others derive from, or that stands in a union, is tagged `is` with its class name (no
field can be called so). Knows nothing of states, events or definitions: must import nothing of signoff but `errors`
and `model.erased`.
"""

import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from signoff.errors import Invalid, UnreadableState
from signoff.model.erased import Erased

Encode = Callable[[Any], Any]
Pair = tuple[Encode | None, Encode | None]  # None: written as it is
TAG = "is"
_PLAIN: Pair = (None, None)
_NEVER = object()  # equal to nothing: the field is always written


# values -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)  # the instants of a state are written again with every command
def moment(at: datetime) -> str:
    """An instant as text: ISO 8601 in UTC with microseconds."""
    assert at.tzinfo is not None, "instants carry a zone"
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def _length(value: timedelta) -> str:
    return f"P{value.days}DT{value.seconds}.{value.microseconds:06}S"


def _read_length(text: str) -> timedelta:
    days, _, rest = text[1:-1].partition("DT")
    seconds, _, micro = rest.partition(".")
    return timedelta(int(days), int(seconds), int(micro))


def _number(value: Decimal) -> str:
    assert value.is_finite(), "numbers are finite"
    return str(value)


_LEAVES: Mapping[type, tuple[str, Encode]] = {
    Decimal: ("$decimal", _number),
    date: ("$date", date.isoformat),
    datetime: ("$datetime", moment),
    timedelta: ("$duration", _length),
    Erased: ("$erased", attrgetter("seal")),
}
_READERS: Mapping[str, Encode] = {
    "$decimal": Decimal,
    "$date": date.fromisoformat,
    "$datetime": datetime.fromisoformat,
    "$duration": _read_length,
    "$erased": Erased,
}
_AS_IT_IS = frozenset({str, int, bool, type(None)})


def encode_value(value: Any) -> Any:
    """A value of data as JSON: a leaf that JSON lacks becomes {"$kind": text}, other keys with $ get one more."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is dict:
        return {
            (key if key[:1] != "$" else "$" + key): (v if type(v) in _AS_IT_IS else encode_value(v))
            for key, v in value.items()
        }
    if kind is list or kind is tuple:
        return [v if type(v) in _AS_IT_IS else encode_value(v) for v in value]
    if kind in _LEAVES:
        tag, write = _LEAVES[kind]
        return {tag: write(value)}
    return _rare_value(value)


def _rare_value(value: Any) -> Any:
    if isinstance(value, str):  # members of a StrEnum
        return str(value)
    if isinstance(value, Mapping):
        return encode_value(dict(value))
    if isinstance(value, (set, frozenset)):
        return sorted(encode_value(v) for v in value)
    raise AssertionError(f"no value: {type(value).__name__}")  # a float above all


def decode_value(value: Any) -> Any:
    """The value that `encode_value` wrote."""
    kind = type(value)
    if kind is dict:
        if len(value) == 1:
            ((key, text),) = value.items()
            if key in _READERS:
                return _READERS[key](text)
        return {(key if key[:1] != "$" else key[1:]): decode_value(v) for key, v in value.items()}
    if kind is list:
        return [decode_value(v) for v in value]
    return value


def utf8(text: str) -> bytes:
    """Raises Invalid for half characters, which no database keeps."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Invalid("unwritable_text", text=ascii(text[error.start : error.end])) from error


# annotations --------------------------------------------------------------------------------------------


class Forms:
    """Compiles types on first use. `special` names types that are written as one text: (write, read)."""

    def __init__(self, special: Mapping[type, tuple[Encode, Encode]]) -> None:
        self._special = special
        self._pairs: dict[Any, Pair] = {}

    def pair(self, annotation: Any) -> Pair:
        """Encoder and decoder of a type; None for what JSON writes as it is."""
        if annotation not in self._pairs:
            self._pairs[annotation] = self._build(annotation)
        return self._pairs[annotation]

    def _build(self, annotation: Any) -> Pair:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if annotation is Any:
            return encode_value, decode_value
        if annotation in self._special:
            return self._special[annotation]
        if annotation in {str, int, bool}:
            return _PLAIN
        if annotation in _SCALARS:
            return _SCALARS[annotation]
        if origin in {Union, types.UnionType}:
            return self._union(arguments)
        if origin is tuple and arguments[-1] is not Ellipsis:
            return _fixed([self.pair(argument) for argument in arguments])
        if origin in _SERIES:
            return _series(_SERIES[origin], self.pair(arguments[0]))
        if origin is not None and issubclass(origin, Mapping):
            assert arguments[0] is str, f"{annotation}: keys are texts"
            return _mapping(self.pair(arguments[1]))
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return None, _member(annotation)
        assert is_dataclass(annotation), f"no written form for {annotation}"
        return self._family(annotation)

    def _union(self, arguments: tuple[Any, ...]) -> Pair:
        rest = [argument for argument in arguments if argument is not types.NoneType]
        encode, decode = self.tagged(rest) if len(rest) > 1 else self.pair(rest[0])
        if len(rest) == len(arguments):
            return encode, decode
        return _optional(encode), _optional(decode)

    def _family(self, base: Any) -> Pair:
        kinds = _kinds(base)
        return self.dataclass(base) if kinds == [base] else self.tagged(kinds)

    def tagged(self, kinds: list[Any]) -> Pair:
        """One of several dataclasses, told apart by the name of its class."""
        names = {kind.__name__: kind for kind in kinds}
        assert len(names) == len(kinds), f"two classes of one name among {sorted(names)}"
        made: dict[str, Pair] = {}

        def form(name: str) -> Pair:
            if name not in made:
                if name not in names:
                    raise UnreadableState("unknown_kind", name=name)
                made[name] = self.dataclass(names[name])
            return made[name]

        def encode(value: Any) -> Any:
            name = type(value).__name__
            write = form(name)[0]
            assert write is not None, "dataclasses are encoded"
            return {TAG: name, **write(value)}

        def decode(value: Any) -> Any:
            read = form(value[TAG])[1]
            assert read is not None, "dataclasses are decoded"
            return read(value)

        return encode, decode

    def dataclass(self, kind: Any, *, without: frozenset[str] = frozenset()) -> Pair:
        """A dataclass field by field; those of `without` are neither written nor read."""
        # The fields are compiled at first use, because types refer to one another.
        made: list[_Plan] = []

        def plan() -> _Plan:
            if not made:
                made.append(self._plan(kind, without))
            return made[0]

        def encode(value: Any) -> Any:
            get, parts, _ = made[0] if made else plan()
            written = {}
            for (name, default, write), found in zip(parts, get(value), strict=True):
                if found is not default and found != default:
                    written[name] = found if write is None else write(found)
            return written

        def decode(written: Any) -> Any:
            values = dict(written)
            values.pop(TAG, None)
            for name, read in (made[0] if made else plan()).readers:
                if name in values:
                    values[name] = read(values[name])
            return kind(**values)

        return encode, decode

    def _plan(self, kind: Any, without: frozenset[str]) -> "_Plan":
        hints = get_type_hints(kind)
        parts = [part for part in fields(kind) if part.name not in without]
        # None as a default is never written, so nobody has to look for it.
        pairs = {
            p.name: self.pair(_present(hints[p.name]) if p.default is None else hints[p.name]) for p in parts
        }
        return _Plan(
            _getter([part.name for part in parts]),
            tuple((part.name, _default(part), pairs[part.name][0]) for part in parts),
            tuple((name, read) for name, (_, read) in pairs.items() if read is not None),
        )


class _Plan(NamedTuple):
    """How a dataclass is written and read."""

    get: Callable[[Any], tuple[Any, ...]]  # the fields of a value, in their order
    parts: tuple[tuple[str, Any, Encode | None], ...]  # name, default, encoder
    readers: tuple[tuple[str, Encode], ...]  # of the fields that are not as JSON has them


def _present(annotation: Any) -> Any:
    """The annotation without its None."""
    if get_origin(annotation) not in {Union, types.UnionType}:
        return annotation
    return Union[tuple(part for part in get_args(annotation) if part is not types.NoneType)]  # noqa: UP007 - built of parts that are only known here


def _getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)  # one call in C for all fields
    return lambda value: tuple(getattr(value, name) for name in names)


def _default(part: "Field[Any]") -> Any:
    if part.default is not MISSING:
        return part.default
    if part.default_factory is not MISSING:
        return part.default_factory()
    return _NEVER


def _kinds(base: Any) -> list[Any]:
    """The class and those derived from it; not the twins that `slots=True` leaves behind."""
    found = [base]
    for derived in base.__subclasses__():
        if getattr(sys.modules[derived.__module__], derived.__name__, None) is derived:
            found += _kinds(derived)
    return found


def _member(kind: type[Enum]) -> Encode:
    members = {member.value: member for member in kind}
    return members.__getitem__


def _optional(inner: Encode | None) -> Encode | None:
    if inner is None:
        return None
    return lambda value: None if value is None else inner(value)


def _mapping(inner: Pair) -> Pair:
    encode, decode = inner
    # A dict is copied also where its values are written as they are: a Mapping need not be a dict.
    return (
        dict if encode is None else lambda value: {key: encode(v) for key, v in value.items()},
        None if decode is None else lambda value: {key: decode(v) for key, v in value.items()},
    )


def _series(make: Callable[[Any], Any], inner: Pair) -> Pair:
    encode, decode = inner
    if make is frozenset:
        assert encode is None, "only plain values stand in sets"
        return sorted, make if decode is None else lambda value: make([decode(v) for v in value])
    return (
        list if encode is None else lambda value: [encode(v) for v in value],
        make if decode is None else lambda value: make([decode(v) for v in value]),
    )


def _fixed(pairs: list[Pair]) -> Pair:
    def encode(value: Any) -> Any:
        return [v if write is None else write(v) for v, (write, _) in zip(value, pairs, strict=True)]

    def decode(value: Any) -> Any:
        return tuple(v if read is None else read(v) for v, (_, read) in zip(value, pairs, strict=True))

    return encode, decode


def _read_float(text: str) -> float:
    return int(text) if text.lstrip("-").isdigit() else float(text)


_SERIES: Mapping[Any, Callable[[Any], Any]] = {list: list, tuple: tuple, frozenset: frozenset}
_SCALARS: Mapping[Any, Pair] = {
    Decimal: (_number, Decimal),
    date: (date.isoformat, date.fromisoformat),
    time: (time.isoformat, time.fromisoformat),
    datetime: (moment, datetime.fromisoformat),
    float: (repr, _read_float),  # a model's fraction of a second: as text, for JSON's numbers are not exact
    timedelta: (_length, _read_length),
}
