"""Comparing what a scenario says with what the engine says: values, times, refusals.

Must import nothing of signoff but `errors`.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from signoff.errors import Refused

_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


def same(said: Any, found: Any, zone: ZoneInfo) -> bool:
    """Whether a value is the one that was written.

    Text stands for whatever is shown so: money with its minor units, a date, a time of day here, the id of a
    person. Of a record only the fields that are named are compared.
    """
    if isinstance(said, Mapping):
        return isinstance(found, Mapping) and all(
            same(part, found.get(name), zone) for name, part in said.items()
        )
    if isinstance(said, list):
        if not isinstance(found, list) or len(said) != len(found):
            return False
        return all(same(part, other, zone) for part, other in zip(said, found, strict=True))
    if isinstance(said, str):
        return said == shown(found, zone)
    return type(said) is bool and found is said if isinstance(said, bool) else _number(said) == found


def _number(said: Any) -> Decimal:
    return Decimal(said)


def shown(value: Any, zone: ZoneInfo) -> str:
    """A value as a scenario writes it."""
    match value:
        case datetime():
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case bool():
            return str(value).lower()
        case {"id": str(person), "groups": _}:
            return person
        case Mapping():
            return f"{{{', '.join(f'{name}: {shown(part, zone)}' for name, part in value.items())}}}"
        case list():
            return f"[{', '.join(shown(part, zone) for part in value)}]"
        case None:
            return "nothing"
        case _:
            return str(value)


def due(said: str, found: datetime | None, zone: ZoneInfo) -> bool:
    """Whether a deadline is on the day, or at the day and time, that was written."""
    text = shown(found, zone)
    return said == (text if " " in said else text.partition(" ")[0])


def at(data: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None where it leads nowhere."""
    found: Any = data
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def codes(error: Refused) -> tuple[str, ...]:
    """What a refusal may be called: its class in snake case, its code, and the codes and rules of what is missing."""
    kinds = [
        _HUMP.sub("_", kind.__name__).lower() for kind in type(error).__mro__ if issubclass(kind, Refused)
    ]
    missing = getattr(error, "missing", ())
    found = [getattr(each, "code", "") for each in missing]
    rules = [each.params["rule"] for each in missing if "rule" in getattr(each, "params", {})]
    return tuple(dict.fromkeys([error.code, *kinds, *found, *rules]))
