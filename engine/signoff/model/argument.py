"""What a caller hands in beside commands: texts are texts, numbers of rows are numbers. Raises Invalid, with the name.

Must import errors only.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from signoff.errors import Invalid


def text(given: Any, at: str) -> str:
    """A text."""
    if not isinstance(given, str):
        raise Invalid("untyped_value", at=at, type=type(given).__name__)
    return given


def texts(given: Any, at: str) -> tuple[str, ...]:
    """Several texts; one alone is none, it would be taken apart."""
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise Invalid("untyped_value", at=at, type=type(given).__name__)
    return tuple(text(each, at) for each in given)


def mapping(given: Any, at: str) -> Mapping[Any, Any]:
    """Values by name; None is none."""
    if given is not None and not isinstance(given, Mapping):
        raise Invalid("untyped_value", at=at, type=type(given).__name__)
    return given or {}


def most(given: Any) -> int:
    """How many rows at most: at least one."""
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise Invalid("no_limit", limit=str(given))
    return given
