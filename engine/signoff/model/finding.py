"""Where findings of the static analysis go: each once, at the place of the part that they are about.

May import errors and sentences; nothing of the layers above.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from signoff.errors import Place, Problem
from signoff.sentences import Sentence

_MOST_NAMES = 12  # that a sentence lists


@dataclass(slots=True)
class Finder:
    """Collects problems by the mark of what they are about."""

    places: Mapping[str, Place]
    found: list[Problem] = field(default_factory=list)
    _seen: set[tuple[str, Place, str]] = field(default_factory=set)

    def place(self, mark: str) -> Place:
        """The place of a mark, else of what it is a part of."""
        while mark not in self.places and "|" in mark:
            mark = mark.rpartition("|")[0]
        return self.places.get(mark, Place())

    def tell(self, code: str, mark: str, what: str = "", offset: int = 0, **params: Any) -> None:
        """An error; `offset` counts characters from the place, when exactly that mark has one."""
        self._add(code, mark, what, offset, params, warning=False)

    def warn(self, code: str, mark: str, what: str = "", **params: Any) -> None:
        self._add(code, mark, what, 0, params, warning=True)

    def strange(self, code: str, mark: str, name: str, known: Iterable[str], what: str = "") -> None:
        self.tell(code, mark, what, name=name, hint=hint(name, known))

    def _add(
        self, code: str, mark: str, what: str, offset: int, params: Mapping[str, Any], *, warning: bool
    ) -> None:
        place = self.place(mark)
        if mark in self.places and offset:
            place = replace(place, column=place.column + offset)
        said = (code, place, str(params.get("name", "")))
        if said not in self._seen:
            self._seen.add(said)
            full = {**params, "what": Sentence(what, params)} if what else params
            self.found.append(Problem(code, place, full, warning))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is closest to this one, if one is close."""
    return next(iter(get_close_matches(name, sorted(known), 1, 0.6)), "")


def hint(name: str, known: Iterable[str]) -> Sentence:
    """Which name was probably meant, else which names there are."""
    known = list(known)
    if close := nearest(name, known):
        return Sentence("did_you_mean", {"near": close})
    if not known:
        return Sentence("there_is_none")
    return Sentence("there_are", {"names": known[:_MOST_NAMES] + ["…"] * (len(known) > _MOST_NAMES)})
