"""Plain scalars that two YAML readers read differently: the Norway problem and its relatives, as one table.

Compared: YAML 1.1 (PyYAML, Ruby), YAML 1.2 core (Go, JavaScript), and readers that keep everything as text.
Must import nothing of signoff.
"""

import re

_WORDS = frozenset("y n yes no on off true false".split())
_KINDS = (
    (
        "date",
        re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9:.]+[ \t]*(?:Z|[-+][0-9:]+)?)?"),
    ),
    ("base60", re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")),
    ("base", re.compile(r"[-+]?0(?:x[0-9a-fA-F_]+|o[0-7_]+|b[01_]+)")),
    ("octal", re.compile(r"[-+]?0[0-9_]+")),
    ("number", re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?")),
    ("number", re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")),
)
#: Numbers that every reader reads alike.
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
EMPTY = frozenset(["", "~", "null", "Null", "NULL"])


def reading(text: str) -> str:
    """What some reader takes the plain scalar for: boolean, date, base60, base, octal, number, value; or nothing."""
    if text in ("true", "false") or NUMBER.fullmatch(text):
        return ""
    if text.lower() in _WORDS and text in (text.lower(), text.upper(), text.capitalize()):
        return "boolean"
    if text in ("=", "<<"):
        return "value"
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(text)), "")
