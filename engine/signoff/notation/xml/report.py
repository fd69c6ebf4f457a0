"""The problems of a file, collected: all of them in one pass. May import errors and `element`."""

from dataclasses import dataclass, field
from typing import Any

from signoff.errors import Place, Problem
from signoff.notation.xml.element import Element


@dataclass(slots=True)
class Report:
    """What was found, each once; every problem names the element it is about."""

    found: list[Problem] = field(default_factory=list)
    _seen: set[tuple[str, Place, str]] = field(default_factory=set)

    def refuse(self, code: str, element: Element, **params: Any) -> None:
        """An error: this would not run as it is drawn."""
        self._add(code, element, params, warning=False)

    def warn(self, code: str, element: Element, **params: Any) -> None:
        self._add(code, element, params, warning=True)

    def _add(self, code: str, element: Element, params: dict[str, Any], *, warning: bool) -> None:
        named = params.pop("named", "") or nearest_id(element)
        said = (code, element.place, f"{named} {sorted(params.items(), key=str)}")
        if said in self._seen:
            return
        self._seen.add(said)
        full = {"element": named, "kind": element.name, **params}
        self.found.append(Problem(code, element.place, full, warning))

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.found if not problem.warning]

    def sorted(self) -> tuple[Problem, ...]:
        """In the order of the file."""
        return tuple(sorted(self.found, key=lambda p: (p.place.line, p.place.column)))


def nearest_id(element: Element) -> str:
    """The id of the element, else of the one around it that has one."""
    if element.id:
        return element.id
    return next((around.id for around in element.ancestors() if around.id), "")
