"""One DMN file being read: its problems, and expressions with the names in sight of them.

May import model, errors and notation.xml.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from signoff.errors import UnsafeExpression
from signoff.model.feel import Feel, UnaryTests
from signoff.notation.xml.element import Element
from signoff.notation.xml.report import Report

_CELL = ("cellInput",)  # how some engines call what a cell tests: FEEL writes `?`
_BLANKS = re.compile(r"\s+")
FEEL = re.compile(r"(?:https?://www\.omg\.org/spec/(?:FEEL|DMN)/\d+(?:/FEEL)?/?|feel)?", re.IGNORECASE)


def kids(element: Element, *names: str) -> list[Element]:
    """Its children of these names in its own namespace."""
    return [child for child in element.children if child.space == element.space and child.name in names]


def kid(element: Element, *names: str) -> Element | None:
    return next(iter(kids(element, *names)), None)


def name_of(element: Element) -> str:
    """Its name with single blanks."""
    return _BLANKS.sub(" ", element.get("name"))


@dataclass(slots=True)
class Context:
    """What every part of the reader shares; `parts` are the names of all components and outputs of the file.

    `open`: the decision that is being read takes names that it does not require for data of the process, as the engines
    that run tables do; `implied` collects them.
    """

    report: Report = field(default_factory=Report)
    parts: frozenset[str] = frozenset()
    open: bool = False
    implied: dict[str, None] = field(default_factory=dict)

    def expression(self, element: Element, names: Iterable[str], text: str | None = None) -> Feel:
        """The expression in the `text` of an element; one that cannot be read is reported and stands for null."""
        said = self._said(element) if text is None else text
        found = self._read(Feel(said or "null", self._seen(said, names)), element)
        return found if isinstance(found, Feel) else Feel("null")

    def tests(self, element: Element, names: Iterable[str], text: str | None = None) -> UnaryTests:
        """The unary tests in the `text` of an element; an empty cell is true of everything."""
        said = self._said(element) if text is None else text
        found = self._read(UnaryTests(said or "-", self._seen(said, names)), element)
        return found if isinstance(found, UnaryTests) else UnaryTests("-")

    def variable(self, element: Element, names: Iterable[str]) -> Feel:
        """What a column of a table tests: of an open decision a plain name is data, even if it is that of a function."""
        said = self._said(element)
        if self.open and said.isidentifier() and said not in {*names, "true", "false", "null"}:
            self.implied[said] = None
        return self.expression(element, (*names, *self.implied))

    def _said(self, element: Element) -> str:
        language = element.get("expressionLanguage")
        if not FEEL.fullmatch(language):
            self.report.refuse("dmn_language", element, language=language)
        text = kid(element, "text")
        return text.text.strip() if text is not None else ""

    def _seen(self, text: str, names: Iterable[str]) -> tuple[str, ...]:
        """Those names in sight that the text can mean: a table would else carry all of them in each cell."""
        bare = _BLANKS.sub("", text)
        return tuple(sorted({n for n in (*names, *self.parts) if n and _BLANKS.sub("", n) in bare}))

    def _read(self, found: Feel | UnaryTests, element: Element) -> Feel | UnaryTests | None:
        try:
            parsed = found.parsed
        except UnsafeExpression as fault:
            self.report.refuse(fault.code, element, **fault.params)
            return None
        unknown = [name for name in parsed.unknown if not (self.open and name not in _CELL)]
        for name in unknown:
            self.report.refuse("dmn_unknown_name", element, name=name, text=found.text)
        if parsed.unknown and not unknown:
            self.implied |= dict.fromkeys(parsed.unknown)
            return replace(found, names=tuple(sorted({*found.names, *parsed.unknown})))
        return None if unknown else found
