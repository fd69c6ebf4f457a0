"""Values: what data is at run time, and how what comes from outside becomes a value of a type, or is refused.

Money is a Decimal rounded half up to the minor unit; instants are in UTC; a person is the snapshot of a
directory entry. May import the rest of model/ and errors.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from typing import Any, NoReturn, TypeAlias

from signoff.errors import Invalid
from signoff.model import literal
from signoff.model.display import plain, show
from signoff.model.operation import PERSON
from signoff.model.types import (
    PERSON_FIELDS,
    Declaration,
    Kind,
    ListOf,
    OneOf,
    Record,
    Scalar,
    Type,
)
from signoff.sentences import Sentence

__all__ = ["Value", "coerce", "minor_digits", "persons_in", "plain", "settle", "show"]

#: None, bool, int, Decimal, str, date, datetime (UTC), timedelta, list of values, dict of values by name.
Value: TypeAlias = Any

LARGEST = 1_000_000  # bytes of text in one value, all parts together
LONGEST_LIST = 10_000
_WITHOUT_MINOR = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_IN_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_DIGITS = dict.fromkeys(_WITHOUT_MINOR.split(), 0) | dict.fromkeys(_IN_THOUSANDTHS.split(), 3)
_BOOLEANS = {"true": True, "false": False, "是": True, "否": False, "yes": True, "no": False}


def minor_digits(currency: str) -> int:
    """Digits after the point of a currency (ISO 4217); 2 when none is named."""
    return _DIGITS.get(currency, 2)


def coerce(
    type_: Type,
    raw: object,
    *,
    at: str,
    people: Mapping[str, Mapping[str, Any]] | None = None,
    zone: str = "UTC",
) -> Value:
    """The value of that type that `raw` writes: JSON, Python values, or text as people write it.

    `at` names the place in messages, `people` holds the directory entries by id, `zone` is for times without
    one. Raises Invalid with the first finding's code; several findings stand together in `missing`.
    """
    return _Reader(people or {}, zone).read(type_, raw, at)


def settle(type_: Type, value: Value, *, at: str) -> Value:
    """A computed value as it is stored under that type: null stays null, money is rounded, limits hold.

    Unlike `coerce` it takes a person's snapshot as it is; never call it on what comes from outside. Raises Invalid.
    """
    return None if value is None else _Reader({}, "UTC", snapshots=True).read(type_, value, at)


def persons_in(type_: Type, raw: object) -> set[str]:
    """The ids of the people that a raw value names; raw values that do not fit name nobody."""
    if isinstance(type_, ListOf) and isinstance(raw, Sequence) and not isinstance(raw, str):
        return {person for part in raw for person in persons_in(type_.item, part)}
    if isinstance(type_, Record) and isinstance(raw, Mapping):
        return {person for f in type_.fields for person in persons_in(f.type, raw.get(f.name))}
    if isinstance(type_, Scalar) and type_.kind is Kind.PERSON and (person := _person_id(raw)):
        return {person}
    return set()


def _person_id(raw: object) -> str:
    if isinstance(raw, Mapping):
        raw = raw.get("id")
    return raw.strip() if isinstance(raw, str) else ""


@dataclass(slots=True)
class _Reader:
    people: Mapping[str, Mapping[str, Any]]
    zone: str
    snapshots: bool = False  # whether a person may come as a whole
    left: int = field(default=LARGEST)

    def read(self, type_: Type, raw: object, at: str) -> Value:
        if raw is None or (isinstance(raw, str) and not raw.strip() and not _is_text(type_)):
            raise Invalid("missing_field", at=at)
        if isinstance(type_, Scalar):
            return _SCALARS[type_.kind](self, type_, raw, at)
        if isinstance(type_, OneOf):
            return self._option(type_, raw, at)
        return self._list(type_, raw, at) if isinstance(type_, ListOf) else self._record(type_, raw, at)

    # one value ---------------------------------------------------------------------------------------------

    def as_boolean(self, type_: Scalar, raw: object, at: str) -> bool:
        del type_
        if isinstance(raw, str):
            raw = _BOOLEANS.get(raw.strip().lower())
        return raw if isinstance(raw, bool) else _refuse("not_a_boolean", at, raw)

    def as_number(self, type_: Scalar, raw: object, at: str) -> Decimal:
        return _limited(type_, _decimal(type_, raw, at), at)

    def as_integer(self, type_: Scalar, raw: object, at: str) -> int:
        number = _decimal(type_, raw, at)
        if number != number.to_integral_value():
            raise Invalid("not_an_integer", at=at, value=_shown(raw))
        return int(_limited(type_, number, at))

    def as_money(self, type_: Scalar, raw: object, at: str) -> Decimal:
        if isinstance(raw, str):
            raw = raw.strip().lstrip("¥￥").removesuffix("元")
        return _limited(type_, literal.money(_decimal(type_, raw, at), minor_digits(type_.currency)), at)

    def as_text(self, type_: Scalar, raw: object, at: str) -> str:
        text = self._string(raw, at)
        if type_.min is not None and len(text) < type_.min:
            raise Invalid("too_short", at=at, min=int(type_.min), length=len(text))
        if type_.max is not None and len(text) > type_.max:
            raise Invalid("too_long", at=at, max=int(type_.max), length=len(text))
        return text

    def _string(self, raw: object, at: str) -> str:
        if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
            raw = str(raw)
        if not isinstance(raw, str) or "\0" in raw or any("\ud800" <= char <= "\udfff" for char in raw):
            _refuse("not_text", at, raw)
        self.left -= len(raw.encode())
        if self.left < 0:
            raise Invalid("too_long", at=at, max=LARGEST, length=LARGEST - self.left)
        return unicodedata.normalize("NFC", raw)

    def as_date(self, type_: Scalar, raw: object, at: str) -> date:
        del type_
        if isinstance(raw, datetime):
            _refuse("not_a_date", at, raw)
        if isinstance(raw, date):
            return raw
        day: date = _written(literal.day, raw, "not_a_date", at)
        return day

    def as_datetime(self, type_: Scalar, raw: object, at: str) -> datetime:
        del type_
        if isinstance(raw, datetime) and raw.tzinfo:
            instant: datetime = _written(literal.utc, raw, "not_a_datetime", at)
            return instant
        if isinstance(raw, datetime):
            raw = raw.isoformat()
        local: datetime = _written(lambda text: literal.instant(text, self.zone), raw, "not_a_datetime", at)
        return local

    def as_duration(self, type_: Scalar, raw: object, at: str) -> timedelta:
        del type_
        if isinstance(raw, timedelta):
            return raw
        length: timedelta = _written(literal.length, raw, "not_a_duration", at)
        return length

    def as_person(self, type_: Scalar, raw: object, at: str) -> dict[str, Value]:
        del type_
        person = _person_id(raw)
        whole = self.snapshots and isinstance(raw, Mapping) and raw.keys() == PERSON
        known = raw if whole else self.people.get(person)
        if not isinstance(known, Mapping):
            raise Invalid("unknown_person", at=at, person=person or _shown(raw))
        texts = {name: str(known.get(name) or "") for name in PERSON_FIELDS[1:-1]}
        texts["name"] = texts["name"] or person
        return {"id": person, **texts, "groups": sorted(known.get("groups") or ())}

    def as_target(self, type_: Scalar, raw: object, at: str) -> dict[str, Value]:
        if isinstance(raw, Mapping) and raw.keys() <= {"text", "compare", "number"}:
            raw = raw.get("text")
        if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
            raw = f"{_decimal(type_, raw, at):f}"
        found: dict[str, Value] = _written(literal.target, raw, "not_a_target", at)
        _limited(type_, found["number"], at)
        return {**found, "text": self._string(found["text"], at)}

    def _option(self, type_: OneOf, raw: object, at: str) -> str:
        option = unicodedata.normalize("NFC", raw.strip()) if isinstance(raw, str) else ""
        if option not in type_.options:
            raise Invalid("not_an_option", at=at, value=_shown(raw), options=list(type_.options))
        return option

    # several values ----------------------------------------------------------------------------------------

    def _list(self, type_: ListOf, raw: object, at: str) -> list[Value]:
        if not isinstance(raw, Sequence) or isinstance(raw, str | bytes):
            _refuse("not_a_list", at, raw)
        if type_.min is not None and len(raw) < type_.min:
            raise Invalid("too_few", at=at, min=type_.min, count=len(raw))
        if len(raw) > (most := LONGEST_LIST if type_.max is None else min(type_.max, LONGEST_LIST)):
            raise Invalid("too_many", at=at, max=most, count=len(raw))
        self.left -= len(raw)
        return _together(partial(self.read, type_.item, part, f"{at}[{n}]") for n, part in enumerate(raw, 1))

    def _record(self, type_: Record, raw: object, at: str) -> dict[str, Value]:
        if not isinstance(raw, Mapping):
            _refuse("not_a_record", at, raw)
        names = [f.name for f in type_.fields]
        strangers = [str(name) for name in raw if name not in names]
        stored = [f for f in type_.fields if f.formula is None]
        computed = [f.name for f in type_.fields if f.formula and raw.get(f.name) is not None]
        values = _together(
            [
                *(partial(_refuse_field, name, names, at) for name in strangers),
                *(partial(_refuse_computed, name, at) for name in computed),
                *(partial(self._field, f, raw.get(f.name), f"{at}.{f.name}") for f in stored),
            ]
        )
        return dict(zip((f.name for f in stored), values, strict=True))

    def _field(self, declared: Declaration, raw: object, at: str) -> Value:
        empty = raw is None or (isinstance(raw, str) and not raw.strip())
        if not empty:
            return self.read(declared.type, raw, at)
        if declared.default is not None:
            return declared.default
        if not declared.optional:
            raise Invalid("missing_field", at=at)
        return None


def _together(reads: Iterable[Callable[[], Value]]) -> list[Value]:
    """All the values, or all the findings at once."""
    values: list[Value] = []
    found: list[Invalid] = []
    for read in reads:
        try:
            values.append(read())
        except Invalid as finding:
            found.extend(finding.missing or (finding,))
    if found:
        raise Invalid(found[0].code, missing=found if len(found) > 1 else (), **found[0].params)
    return values


def _refuse(code: str, at: str, raw: object) -> NoReturn:
    raise Invalid(code, at=at, value=_shown(raw))


def _refuse_field(name: str, names: Sequence[str], at: str) -> NoReturn:
    near = get_close_matches(name, names, n=1)
    hint = Sentence("did_you_mean", {"near": near[0]}) if near else Sentence("check_spelling")
    raise Invalid("unknown_field", at=f"{at}.{name}", names=list(names), hint=hint)


def _refuse_computed(name: str, at: str) -> NoReturn:
    raise Invalid("is_computed", at=f"{at}.{name}")


def _shown(raw: object) -> str:
    return str(raw)[:60].encode(errors="replace").decode()


def _is_text(type_: Type) -> bool:
    return isinstance(type_, Scalar) and type_.kind is Kind.TEXT


def _written(read: Callable[[Any], Any], raw: object, code: str, at: str) -> Any:
    if not isinstance(raw, str | datetime):
        _refuse(code, at, raw)
    try:
        return read(raw)
    except (ValueError, OverflowError):
        _refuse(code, at, raw)


def _decimal(type_: Scalar, raw: object, at: str) -> Decimal:
    code = "not_an_integer" if type_.kind is Kind.INTEGER else "not_a_number"
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal | str):
        _refuse(code, at, raw)
    try:
        if isinstance(raw, str):
            return literal.number(raw)
        # a binary fraction stands for the shortest number that reads back to it
        return literal.bounded(Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw))
    except ValueError:
        _refuse(code, at, raw)


def _limited(type_: Scalar, number: Decimal, at: str) -> Decimal:
    if type_.min is not None and number < type_.min:
        raise Invalid("too_small", at=at, min=type_.min, value=number)
    if type_.max is not None and number > type_.max:
        raise Invalid("too_large", at=at, max=type_.max, value=number)
    return number


_SCALARS: Mapping[Kind, Callable[[_Reader, Scalar, object, str], Value]] = {
    Kind.BOOLEAN: _Reader.as_boolean,
    Kind.INTEGER: _Reader.as_integer,
    Kind.DECIMAL: _Reader.as_number,
    Kind.MONEY: _Reader.as_money,
    Kind.TEXT: _Reader.as_text,
    Kind.DATE: _Reader.as_date,
    Kind.DATETIME: _Reader.as_datetime,
    Kind.DURATION: _Reader.as_duration,
    Kind.PERSON: _Reader.as_person,
    Kind.TARGET: _Reader.as_target,
}
