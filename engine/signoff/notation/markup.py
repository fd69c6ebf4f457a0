"""Values of the model as XML of signoff's own namespace, and back: what BPMN itself has no words for.

Compiled from the annotations of the dataclasses, so that a new field needs no line here. What equals its default is
left out. Neutral about XML: it makes and takes `Mark`s, a name with attributes, text and children. May import the
model, time and errors.
"""

import json
import types
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from signoff.model.expression import Expression

KIND = "is"  # the class of a value that may be of several
_NOTHING = "none"  # an empty list or None, where the default is something else


@dataclass(slots=True)
class Mark:
    """An element to be: what `encode` gives and `decode` takes."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Mark"] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> list["Mark"]:
        return [child for child in self.children if child.name == name]


class Unreadable(Exception):
    """A mark that no value was ever written as."""


Write = Callable[[Any], str]
Read = Callable[[str], Any]


def _length(value: timedelta) -> str:
    return str(value // timedelta(microseconds=1))


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(text)
    return text == "true"


_LEAVES: Mapping[type, tuple[Write, Read]] = {
    str: (str, str),
    bool: (lambda value: "true" if value else "false", _boolean),
    int: (str, int),
    float: (repr, lambda text: int(text) if text.lstrip("-").isdecimal() else float(text)),
    Decimal: (str, Decimal),
    date: (date.isoformat, date.fromisoformat),
    datetime: (datetime.isoformat, datetime.fromisoformat),
    time: (time.isoformat, time.fromisoformat),
    timedelta: (_length, lambda text: timedelta(microseconds=int(text))),
    Expression: (str, Expression),
}


# annotations --------------------------------------------------------------------------------------------


def _leaf(annotation: Any) -> tuple[Write, Read] | None:
    if annotation in _LEAVES:
        return _LEAVES[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return (lambda value: str(value.value)), annotation
    return None


def _bare(annotation: Any) -> Any:
    """An annotation without its None."""
    if get_origin(annotation) in {Union, types.UnionType}:
        rest = tuple(each for each in get_args(annotation) if each is not type(None))
        return rest[0] if len(rest) == 1 else Union[rest]  # noqa: UP007 - built from a tuple
    return annotation


@cache
def _classes(annotation: Any) -> dict[str, type[Any]]:
    """The dataclasses that a value of this annotation may be, by name."""
    if get_origin(annotation) in {Union, types.UnionType}:
        found: dict[str, type[Any]] = {}
        for each in get_args(annotation):
            found |= _classes(each)
        return found
    is_class = isinstance(annotation, type) and is_dataclass(annotation)
    return {annotation.__name__: annotation} if is_class else {}


@cache
def hints(kind: Hashable) -> dict[str, Any]:
    """The annotations of a dataclass's fields."""
    return get_type_hints(kind)


def default_of(each: Any) -> Any:
    """The default of a field; MISSING when it has none."""
    return each.default_factory() if each.default_factory is not MISSING else each.default


# writing ------------------------------------------------------------------------------------------------


def encode(name: str, value: Any, annotation: Any = None, *, only: Iterable[str] | None = None) -> Mark:
    """A dataclass as a mark; `only` limits it to these fields, written whatever their defaults are."""
    mark = Mark(name)
    if annotation is not None and len(_classes(annotation)) > 1:
        mark.attributes[KIND] = type(value).__name__
    annotations = hints(type(value))  # type: ignore[arg-type]  # mypy asks instances for a hash, not the class
    for each in fields(value):
        inner = getattr(value, each.name)
        wanted = each.name in only if only is not None else inner != default_of(each) and each.init
        if wanted:
            _put(mark, each.name, inner, annotations[each.name])
    return mark


def _put(mark: Mark, name: str, value: Any, annotation: Any) -> None:
    annotation = _bare(annotation)
    leaf = _leaf(annotation)
    if value is None and annotation is not Any:
        mark.children.append(Mark(name, {_NOTHING: "true"}))
    elif leaf is not None:
        mark.attributes[name] = leaf[0](value)
    else:
        found = list(_children(name, value, annotation))
        mark.children += found or [Mark(name, {_NOTHING: "true"})]


def _children(name: str, value: Any, annotation: Any) -> Iterable[Mark]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if _classes(annotation):
        yield encode(name, value, annotation)
    elif annotation is Any:
        yield Mark(name, text=json.dumps(_plain(value), ensure_ascii=False))
    elif origin is tuple and arguments[-1] is Ellipsis:
        yield from (_item(name, item, arguments[0]) for item in value)
    elif origin is tuple:
        yield _item(name, value, annotation)
    else:
        for key, item in value.items():
            one = _item(name, item, arguments[1])
            one.attributes = {"key": key, **one.attributes}
            yield one


def _item(name: str, value: Any, annotation: Any) -> Mark:
    leaf = _leaf(annotation)
    if leaf is not None:
        return Mark(name, {"value": leaf[0](value)})
    if get_origin(annotation) is tuple:
        mark = Mark(name)
        for key, part, kind in zip(("name", "value"), value, get_args(annotation), strict=True):
            _put(mark, key, part, kind)
        return mark
    return encode(name, value, annotation)


def _plain(value: Any) -> Any:
    """A value of data as JSON; what JSON lacks becomes {"$kind": text}."""
    if isinstance(value, Mapping):
        return {f"${key}" if key[:1] == "$" else key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    for kind, (write, _) in _LEAVES.items():
        if type(value) is kind and kind in _TAGGED:
            return {f"${_TAGGED[kind]}": write(value)}
    return value


_TAGGED = {Decimal: "decimal", date: "date", datetime: "datetime", timedelta: "duration"}
_BY_TAG = {f"${tag}": _LEAVES[kind][1] for kind, tag in _TAGGED.items()}


# reading ------------------------------------------------------------------------------------------------


def decode(mark: Mark, annotation: Any) -> Any:
    """The dataclass that `encode` wrote. Raises Unreadable."""
    classes = _classes(annotation)
    kind = classes.get(mark.attributes.get(KIND, next(iter(classes), "")))
    if kind is None:
        raise Unreadable(mark.attributes.get(KIND, mark.name))
    try:
        return kind(**given(mark, kind))
    except TypeError as error:
        raise Unreadable(mark.name) from error


def given(mark: Mark, kind: type[Any]) -> dict[str, Any]:
    """The fields of a class that a mark states. Raises Unreadable."""
    annotations = hints(kind)  # type: ignore[arg-type]  # mypy asks instances for a hash, not the class
    present = {*mark.attributes, *(child.name for child in mark.children)}
    try:
        return {
            each.name: _take(mark, each.name, annotations[each.name])
            for each in fields(kind)
            if each.name in present
        }
    except (ValueError, KeyError, ArithmeticError, AttributeError) as error:
        raise Unreadable(mark.name) from error


def _take(mark: Mark, name: str, annotation: Any) -> Any:
    annotation = _bare(annotation)
    leaf = _leaf(annotation)
    if leaf is not None and name in mark.attributes:
        return leaf[1](mark.attributes[name])
    found = mark.all(name)
    origin, arguments = get_origin(annotation), get_args(annotation)
    nothing = len(found) == 1 and _NOTHING in found[0].attributes
    if origin is tuple and arguments[-1] is Ellipsis:
        return () if nothing else tuple(_taken(one, arguments[0]) for one in found)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {} if nothing else {one.attributes["key"]: _taken(one, arguments[1]) for one in found}
    return None if nothing else _taken(found[0], annotation)


def _taken(mark: Mark, annotation: Any) -> Any:
    leaf = _leaf(annotation)
    if leaf is not None:
        return leaf[1](mark.attributes["value"])
    if annotation is Any:
        return _value(json.loads(mark.text))
    if get_origin(annotation) is tuple:
        pair = zip(("name", "value"), get_args(annotation), strict=True)
        return tuple(_take(mark, key, kind) for key, kind in pair)
    return decode(mark, annotation)


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_value(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    if len(plain) == 1:
        ((tag, text),) = plain.items()
        if tag in _BY_TAG:
            return _BY_TAG[tag](text)
    return {key.removeprefix("$") if key[:2] == "$$" else key: _value(item) for key, item in plain.items()}
