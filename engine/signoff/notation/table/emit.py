"""A tree as YAML text that every YAML reader reads alike (language §1).

Owns quoting and layout: top-level maps and lists of blocks one entry per line, everything else in one line while
it fits. Must not know what the keys mean.
"""

import json
import re
import unicodedata
from collections.abc import Iterator

WIDTH = 100
BLOCKS = ("steps", "branches", "upon")
MARK = "# signoff-import: "
EXPLAINED = "# What `signoff import` wrote last; `--update` compares with it. Leave it as it is."
MAPS = ("data", "dates", "documents", "roles")

_WORD = re.compile(r"^[^\W\d_](?:[\w \-.《》（）、；。？！…·／+％/%]*[\w》）。％%+])?$")
_PHRASE = re.compile(
    r"^\d+ (?:working )?(?:second|minute|hour|day|week|month|year)s? (?:before|after) [\w-]+(?: (?:start|end|exactly))?$"
)
_TIMED = re.compile(r"^[^\W\d_]\w*\d+[^\W\d_]+$")
_RESERVED = {"yes", "no", "on", "off", "y", "n", "true", "false", "null", "nan", "inf"}


def document(tree: dict[str, object]) -> str:
    """The whole file of a tree, with a blank line before each part that spans several lines."""
    lines: list[str] = []
    for key, value in tree.items():
        part = pair(key, value, 0)
        if len(part) > 1 and lines:
            lines.append("")
        lines += part
    return "\n".join(lines) + "\n"


def pair(key: str, value: object, indent: int) -> list[str]:
    """`key: value` at that indentation, in as many lines as it takes."""
    lead = f"{' ' * indent}{scalar(key)}:"
    if not _blocky(key, value, indent):
        line = f"{lead} {flow(value)}"
        if len(line) <= WIDTH or not isinstance(value, (list, dict)) or not value:
            return [line]
    if isinstance(value, dict):
        return [lead, *(line for k, v in value.items() for line in pair(k, v, indent + 2))]
    assert isinstance(value, list), "only lists and maps take several lines"
    return [lead, *(line for entry in value for line in item(entry, indent + 2))]


def item(value: object, indent: int) -> list[str]:
    """One entry of a list at that indentation."""
    line = f"{' ' * indent}- {flow(value)}"
    if not isinstance(value, dict) or (
        len(line) <= WIDTH and not set(BLOCKS) & set(value) and not _is_block(value)
    ):
        return [line]
    lines = [line for k, v in value.items() for line in pair(k, v, indent + 2)]
    return [f"{' ' * indent}- {lines[0].lstrip()}", *lines[1:]]


def _is_block(value: dict[str, object]) -> bool:
    return next(iter(value), "") in ("step", "stage", "parallel", "every")


def _blocky(key: str, value: object, indent: int) -> bool:
    return (key in BLOCKS and bool(value)) or (key in MAPS and indent == 0 and bool(value))


def flow(value: object) -> str:
    """The value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else scalar(str(value))


def scalar(text: str) -> str:
    """A text as it may stand inside a flow value: plain where all readers agree, else in double quotes."""
    if text.lower() not in _RESERVED and (_WORD.match(text) or _PHRASE.match(text)) and "  " not in text:
        return text
    return '"' + "".join(_escaped(text)) + '"'


def _escaped(text: str) -> Iterator[str]:
    for sign in text:
        if sign in '"\\':
            yield "\\" + sign
        elif sign == "\n":
            yield "\\n"
        elif unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn"):
            at = ord(sign)
            yield f"\\u{at:04X}" if at <= 0xFFFF else f"\\U{at:08X}"
        else:
            yield sign


def trailer(tree: dict[str, object]) -> str:
    """What was written, as a comment that the next update compares with."""
    text = json.dumps(tree, ensure_ascii=True, separators=(",", ":"))
    return f"\n{EXPLAINED}\n{MARK}{text}\n"
