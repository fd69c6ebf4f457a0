"""Values as JSON documents: dataclasses by their fields, instants as ISO 8601, numbers with a fraction as text.

Whatever has a sentence gets it beside its fields, in the reader's language. Must import nothing of signoff.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any


def plain(value: Any, lang: str = "en") -> Any:
    """`value` as what JSON knows. Texts in several languages stay as they are, under zh and en."""
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return plain(value.value, lang)
        case str():
            return value
        case datetime():
            return value.isoformat()
        case date() | Decimal() | PurePath() | timedelta():
            return str(value)
        case Mapping():
            return {str(key): plain(inner, lang) for key, inner in value.items()}
        case set() | frozenset():
            return sorted((plain(inner, lang) for inner in value), key=str)
        case list() | tuple():
            return [plain(inner, lang) for inner in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _fields(value, lang)
    return str(value)


def _fields(value: Any, lang: str) -> dict[str, Any]:
    found = {each.name: plain(getattr(value, each.name), lang) for each in fields(value)}
    sentence = getattr(value, "sentence", None)
    return {**found, "sentence": sentence(lang)} if callable(sentence) else found
