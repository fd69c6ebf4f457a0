"""How wide a text is, and where its lines break; an estimate that needs no font.

Chinese breaks between any two characters, Latin text at spaces and hyphens. Must import nothing of signoff.
"""

import re
import unicodedata

_UNIT = re.compile(r"\s+|[⺀-鿿＀-￯]|[^\s⺀-鿿＀-￯-]+-?|-")
_NOT_FIRST = frozenset("，。、；：！？）》」』】”’,.;:!?)]}%…")
_NARROW = frozenset("iljtfI.,;:'|!()[] ")
_NARROWEST = 0.34
LONGEST = 200  # characters of a title


def width(text: str, size: float) -> float:
    """Units that a text takes at a font size."""
    return sum(_em(char) for char in text) * size


def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    if char in _NARROW:
        return _NARROWEST
    return 0.7 if char.isupper() or char in "mwMW@%" else 0.57


def wrap(text: str, *, room: float, size: float, most: int) -> tuple[str, ...]:
    """At most so many lines of at most so many units; what does not fit ends in an ellipsis."""
    lines = [""]
    for unit in _units(text[: _fitting(room, size, most)], room, size):
        if lines[-1] and width(lines[-1] + unit.rstrip(), size) > room and unit[0] not in _NOT_FIRST:
            lines.append("")
        lines[-1] += unit if lines[-1] else unit.lstrip()
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut("".join(lines[most - 1 :]), room, size)]
    return tuple(line.rstrip() for line in lines)


def balanced(text: str, *, room: float, size: float, most: int) -> tuple[str, ...]:
    """The same, in lines of about equal length, so that no single character is left over."""
    lines = wrap(text, room=room, size=size, most=most)
    if len(lines) == 1 or lines[-1].endswith("…"):
        return lines
    units = _units(text[: _fitting(room, size, most)], room, size)
    widest = max((width(unit.rstrip(), size) for unit in units), default=0)
    while room - size / 2 >= max(size, widest) and len(
        narrower := wrap(text, room=room - size / 2, size=size, most=most)
    ) == len(lines):
        if narrower[-1].endswith("…"):
            break
        lines, room = narrower, room - size / 2
    return lines


def breaks_words(text: str, *, room: float, size: float) -> bool:
    """Whether a word is longer than a line, so that it would be broken anywhere."""
    return any(width(unit.rstrip(), size) > room for unit in _UNIT.findall(text[:LONGEST]))


def _fitting(room: float, size: float, most: int) -> int:
    """More characters than so many lines can hold: what comes after them need not be measured."""
    return most * int(room / (size * _NARROWEST) + 2) + 2


def _units(text: str, room: float, size: float) -> list[str]:
    """What is not broken; a word longer than a line is."""
    found: list[str] = []
    for unit in _UNIT.findall(text):
        if unit.isspace():
            found.append(" ")  # a picture drops line breaks
        elif width(unit, size) > room:
            found += list(unit)
        else:
            found.append(unit)
    return found


def _cut(text: str, room: float, size: float) -> str:
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"
