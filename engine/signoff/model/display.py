"""Values on their way out: as JSON, and as texts for people. May import the rest of model/."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from signoff.model.literal import iso_length
from signoff.model.operation import PERSON
from signoff.model.types import Kind, ListOf, Record, Scalar, Type

_YES = {("zh", True): "是", ("zh", False): "否", ("en", True): "yes", ("en", False): "no"}
_UNITS = {
    "zh": (("天", "天"), ("小时", "小时"), ("分钟", "分钟"), ("秒", "秒")),
    "en": ((" day", " days"), (" hour", " hours"), (" minute", " minutes"), (" second", " seconds")),
}


def plain(value: Any) -> Any:
    """The value in JSON's types: numbers with a point, dates and lengths of time become text.

    `coerce` reads the result back to an equal value.
    """
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return iso_length(value) if isinstance(value, timedelta) else value


def show(value: Any, type_: Type | None, lang: str, *, zone: str = "UTC") -> str:
    """The value as people read it: money in thousands, instants in `zone`, people by name; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, list):
        item = type_.item if isinstance(type_, ListOf) else None
        return ("、" if lang == "zh" else ", ").join(show(part, item, lang, zone=zone) for part in value)
    if isinstance(value, Mapping):
        return _record(value, type_, lang, zone)
    if isinstance(value, bool):
        return _YES["zh" if lang == "zh" else "en", value]
    if isinstance(value, int | Decimal):
        return _number(value, type_)
    if isinstance(value, timedelta):
        return _length(value, lang)
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    return str(value)


def _number(value: int | Decimal, type_: Type | None) -> str:
    if isinstance(type_, Scalar) and type_.kind is Kind.INTEGER:
        return str(value)
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def _record(value: Mapping[str, Any], type_: Type | None, lang: str, zone: str) -> str:
    if value.keys() == PERSON:
        return str(value["name"] or value["id"])
    if value.keys() == {"text", "compare", "number"}:
        return str(value["text"])
    if not isinstance(type_, Record):
        pairs = [(name, show(part, None, lang, zone=zone)) for name, part in value.items()]
    else:
        pairs = [(f.title(lang), show(_part(value, f.name), f.type, lang, zone=zone)) for f in type_.fields]
    colon, semicolon = ("：", "；") if lang == "zh" else (": ", "; ")
    return semicolon.join(f"{name}{colon}{text}" for name, text in pairs if text)


def _part(value: Mapping[str, Any], name: str) -> Any:
    try:
        return value[name]
    except KeyError:
        return None


def _length(value: timedelta, lang: str) -> str:
    amount = abs(value)
    minutes, seconds = divmod(amount.seconds, 60)
    counts = (amount.days, *divmod(minutes, 60), seconds)
    words = _UNITS["zh" if lang == "zh" else "en"]
    parts = [f"{count}{words[i][count != 1]}" for i, count in enumerate(counts) if count]
    return ("-" if value < timedelta(0) else "") + (
        (" " if lang != "zh" else "").join(parts) or f"0{words[3][1]}"
    )
