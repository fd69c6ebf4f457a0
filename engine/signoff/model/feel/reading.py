"""A text of FEEL and where the reader stands in it: blanks, words, names with blanks in them, literals.

Names are known beforehand, because FEEL allows blanks and signs in them: the longest that fits is meant
(DMN 1.3 §10.3.1.4). May import `value` and errors.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import NoReturn

from signoff.errors import UnsafeExpression
from signoff.model.feel.value import CONTEXT

LONGEST = 10_000
WORDS = frozenset(
    "and between else every external for function if in instance null of or return satisfies some".split()
)
WORDS |= {"then", "true", "false"}
_BLANK = re.compile(r"(?:\s|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?")
_SIMPLE = re.compile(r"[^\W\d](?:\w|['’])*|\?")
_END = re.compile(r"\s*(?:$|[,)\]}]|(?:and|or|then|else|return|satisfies)\b)")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


class Names:
    """Names in sight, and the longest of them at a place; blanks may stand wherever a name has one or a sign."""

    __slots__ = ("_ordered", "_pattern", "all")

    def __init__(self, names: frozenset[str]) -> None:
        self.all = names
        self._ordered = sorted(names - {""}, key=lambda name: (-len(name), name))
        written = (r"\s*".join(map(_piece, re.findall(r"\w+|[^\w\s]|\s+", name))) for name in self._ordered)
        text = "|".join(f"(?P<n{n}>{name}(?!\\w))" for n, name in enumerate(written))
        self._pattern = re.compile(text) if text else None

    def at(self, text: str, place: int) -> tuple[str, int] | None:
        """The name, and where it ends."""
        found = self._pattern.match(text, place) if self._pattern else None
        if found is None or found.lastgroup is None:
            return None
        return self._ordered[int(found.lastgroup[1:])], found.end()


@lru_cache(maxsize=1000)
def _names(names: frozenset[str]) -> Names:
    return Names(names)


def _piece(part: str) -> str:
    return r"\s" if part.isspace() else re.escape(part)


class Reading:
    """The text, the place, and the names in sight: those of the language, and those of the place."""

    __slots__ = ("_names", "_standard", "at", "text")

    def __init__(self, text: str, names: Iterable[str], standard: frozenset[str]) -> None:
        if len(text) > LONGEST:
            raise UnsafeExpression("feel_too_long", most=LONGEST)
        self.text = text
        self.at = 0
        self._names = _names(frozenset(names))
        self._standard = _names(standard)  # apart, because it is large and always the same

    def knows(self, name: str) -> bool:
        return name in self._names.all or name in self._standard.all

    def also(self, names: Iterable[str]) -> frozenset[str]:
        """Bring names into sight; what was in sight before, to be given to `only`."""
        before = self._names.all
        self.only(before | frozenset(names))
        return before

    def only(self, names: frozenset[str]) -> None:
        self._names = _names(names)

    def refuse(self, code: str = "feel_unreadable") -> NoReturn:
        raise UnsafeExpression(code, text=self.text, near=self.text[self.at : self.at + 20], offset=self.at)

    def blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        assert found is not None, "nothing matches too"
        self.at = found.end()

    @property
    def over(self) -> bool:
        self.blank()
        return self.at >= len(self.text)

    def sees(self, sign: str) -> bool:
        self.blank()
        return self.text.startswith(sign, self.at)

    def takes(self, *signs: str) -> str:
        """The first of the signs that stands here, which is then passed; else nothing."""
        for sign in signs:
            if self.sees(sign):
                self.at += len(sign)
                return sign
        return ""

    def needs(self, sign: str) -> None:
        if not self.takes(sign):
            self.refuse()

    def word(self, word: str) -> bool:
        """Whether that word stands here, which is then passed."""
        self.blank()
        end = self.at + len(word)
        if not self.text.startswith(word, self.at) or _SIMPLE.match(self.text[end : end + 1] or " "):
            return False
        if self.text[end : end + 1].isdigit():
            return False
        self.at = end
        return True

    def needs_word(self, word: str) -> None:
        if not self.word(word):
            self.refuse()

    def name(self) -> str | None:
        """The longest name in sight that stands here, else a plain word that is none of the language."""
        self.blank()
        simple = _SIMPLE.match(self.text, self.at)
        both = (names.at(self.text, self.at) for names in (self._names, self._standard))
        known = max((found for found in both if found), key=itemgetter(1), default=None)
        if known and (simple is None or known[1] >= simple.end()):
            self.at = known[1]
            return known[0]
        if simple is None or simple.group() in WORDS:
            return None
        self.at = simple.end()
        return simple.group()

    def ends_open(self) -> bool:
        """Whether the `[` here is the open end of an interval, `]1..2[`: nothing stands behind it to filter by."""
        return self.sees("[") and _END.match(self.text, self.at + 1) is not None

    def number(self) -> Decimal | None:
        self.blank()
        found = _NUMBER.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return CONTEXT.create_decimal(found.group())

    def string(self) -> str | None:
        self.blank()
        found = _STRING.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return _ESCAPE.sub(_unescaped, found.group(1))

    def until(self, ends: str) -> str:
        """The text before the first of these signs, without blanks around it."""
        self.blank()
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ends:
            self.at += 1
        return self.text[start : self.at].strip()


def _unescaped(found: re.Match[str]) -> str:
    mark = found.group(1)
    if mark[0] in "uU" and len(mark) > 1:
        code = int(mark[1:], 16)
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else found.group()
    return _ESCAPES.get(mark, found.group())
