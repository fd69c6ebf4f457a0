"""A cursor over one time phrase, and the errors it stops with.

Reads numbers, clock times and anchors, the parts that the English and the Chinese grammar share; knows no
grammar itself. May import `words`, `numeral`, `span`, `hints` and errors.
"""

import re
from datetime import time
from difflib import get_close_matches

from signoff.errors import UnreadablePhrase
from signoff.time import hints
from signoff.time.anchor import Anchor
from signoff.time.numeral import number
from signoff.time.span import MOST, Span, Unit
from signoff.time.words import Words, normal

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?![0-9A-Za-z:])")
_WORD_END = re.compile(r"[A-Za-z0-9_-]")
_TOKEN = re.compile(r"[^\s]+")


class Phrase:
    """One phrase being read from left to right; every method either advances or leaves the place unchanged."""

    def __init__(self, text: str, words: Words) -> None:
        self.source = text
        self.text = normal(text)
        self.at = 0
        self.words = words
        self._anchors = words.anchors()
        self._longest_first = sorted(self._anchors, key=len, reverse=True)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match here, after blanks."""
        start = self.at + (self.text[self.at : self.at + 1] == " ")
        found = pattern.match(self.text, start)
        if found:
            self.at = found.end()
        return found

    def finish(self) -> None:
        """Nothing may be left."""
        if self.at < len(self.text):
            raise self.error(hints.END)

    def error(self, hint: hints.Hint) -> UnreadablePhrase:
        offset = min(self.at + (self.text[self.at : self.at + 1] == " "), len(self.source))
        return UnreadablePhrase("unreadable_when", text=self.source, offset=offset, hint=hint)

    def unknown(self, name: str) -> UnreadablePhrase:
        """The error of a word that names no anchor, with the nearest one that does."""
        offset = max(self.text.find(name), 0)
        near = get_close_matches(name, self._anchors, n=1)
        return UnreadablePhrase(
            "unknown_anchor",
            text=self.source,
            offset=offset,
            name=name,
            known=self.words.known(),
            near=near[0] if near else "",
            hint={"en": f"did you mean `{near[0]}`?", "zh": f"是否指“{near[0]}”？"} if near else "",
        )

    def anchor(self, *, before: int | None = None) -> Anchor | None:
        """The longest known word that stands here and ends `before` there. Raises for a word with two meanings."""
        start = self.at + (self.text[self.at : self.at + 1] == " ")
        for word in self._longest_first:
            end = start + len(word)
            if before is not None and end >= before:
                continue
            if self.text.startswith(word, start) and not self._inside_word(word, end):
                self.at = end
                return self._meaning(word)
        return None

    def named(self, word: str) -> Anchor | None:
        """What a word means that was read already. Raises for a word with two meanings."""
        return self._meaning(word) if word in self._anchors else None

    def _inside_word(self, word: str, end: int) -> bool:
        """Whether the word goes on: `event` is not read out of `event-2`, 活动 is read out of 活动前."""
        return bool(_WORD_END.match(word[-1])) and bool(_WORD_END.match(self.text, end))

    def _meaning(self, word: str) -> Anchor:
        anchors = self._anchors[word]
        if len(anchors) > 1:
            raise UnreadablePhrase(
                "ambiguous_anchor",
                text=self.source,
                offset=max(self.at - len(word), 0),
                name=word,
                known=sorted(anchor.id or anchor.kind for anchor in anchors),
                hint=hints.AMBIGUOUS,
            )
        return next(iter(anchors))

    def token(self) -> str:
        """The word that stands here, for an error to name."""
        found = _TOKEN.search(self.text, self.at)
        return found[0] if found else ""

    def clock(self, *, digits: int = 1) -> time | None:
        """HH:MM here, its hour written with at least so many digits."""
        start = self.at
        found = self.take(_CLOCK)
        if found is None:
            return None
        if len(found[1]) < digits:
            self.at = start
            return None
        return time(int(found[1]), int(found[2]))

    def count(self, pattern: re.Pattern[str]) -> int | None:
        """A whole number above 0 here, or None. Raises for 0 and for numbers beyond reason."""
        start = self.at
        found = self.take(pattern)
        if found is None:
            return None
        value = number(found[0])
        if value is None or value == 0:
            self.at = start
            raise self.error(hints.ZERO if value == 0 else hints.NUMBER)
        return value

    def length(self, count: int, unit: Unit, start: int) -> Span:
        """A span that begins at `start` and ends here. Raises beyond a hundred years."""
        if count > MOST[unit]:
            self.at = start
            raise self.error(hints.TOO_LONG)
        return Span.of(count, unit, self.text[start : self.at].strip())
