"""Where each start tag of an XML text stands, and how much of everything there is: one pass before any parser sees it.

A DOCTYPE, too many elements and too deep nesting end it. Well-formedness is the parser's business; this only
finds its way from tag to tag. May import errors only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from signoff.errors import Place, Problem

LONGEST = 20_000_000  # characters
MOST_ELEMENTS = 250_000
DEEPEST = 100

_CLOSED = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
_TAG = re.compile(r"""<(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")
_SPECIAL = re.compile(r"<(?:!--|!\[CDATA\[|\?)")


class Unreadable(Exception):
    """The problem that ends reading at once: what stands there is no file to be parsed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(slots=True)
class Scan:
    """The places of the start tags, in the order of the document: line, column, and how many elements stand around."""

    text: str
    file: str
    places: list[tuple[int, int, int]] = field(default_factory=list)
    _line: int = 1
    _line_start: int = 0
    _counted: int = 0

    def run(self) -> list[tuple[int, int, int]]:
        """Raises Unreadable."""
        if len(self.text) > LONGEST:
            raise Unreadable(Problem("bpmn_too_long", Place(self.file, 1, 1), {"most": LONGEST}))
        depth = 0
        for start, end in self._tags():
            if self.text[start + 1] == "/":
                depth -= 1
                continue
            self.places.append((*self._place(start), depth))
            if len(self.places) > MOST_ELEMENTS:
                self._refuse("bpmn_too_many", start, most=MOST_ELEMENTS)
            if self.text[end - 2] != "/":
                depth += 1
                if depth > DEEPEST:
                    self._refuse("bpmn_too_deep", start, most=DEEPEST)
        return self.places

    def _tags(self) -> Iterator[tuple[int, int]]:
        """Start and end of every tag; comments, CDATA and processing instructions are stepped over."""
        text, at = self.text, self.text.find("<")
        while at != -1:
            special = _SPECIAL.match(text, at)
            if special:
                close = _CLOSED[special.group()]
                end = text.find(close, special.end())
                end = self._unclosed(at) if end == -1 else end + len(close)
            else:
                if text.startswith("<!", at):
                    self._refuse("bpmn_doctype", at)
                tag = _TAG.match(text, at)
                end = tag.end() if tag else self._unclosed(at)
                yield at, end
            at = text.find("<", end)

    def _unclosed(self, at: int) -> int:
        self._refuse("bpmn_unclosed", at)
        return len(self.text)

    def _refuse(self, code: str, at: int, **params: object) -> None:
        line, column = self._place(at)
        raise Unreadable(Problem(code, Place(self.file, line, column), params))

    def _place(self, at: int) -> tuple[int, int]:
        """Line and column, from 1; asked for in ascending order."""
        lines = self.text.count("\n", self._counted, at)
        if lines:
            self._line += lines
            self._line_start = self.text.rfind("\n", self._counted, at) + 1
        self._counted = at
        return self._line, at - self._line_start + 1
