"""Findings while a file is read: collected, never raised one by one, at most one error per place.

A code of the language (S01, N09 …) may have several sentences; then its own is `{what}`, and the finding names
the one that is meant. May import `model.finding`, errors and sentences.
"""

from collections.abc import Iterable
from typing import Any

from signoff.errors import Place, Problem
from signoff.model.finding import hint, nearest
from signoff.sentences import Sentence

#: Words of other languages for a key of this one.
_MEANT = {
    "on": ("upon",),
    "when": ("if", "at", "after"),
    "while": ("until",),
    "else": ("otherwise",),
    "default": ("otherwise",),
    "for": ("message", "in"),
    "catch": ("upon",),
    "on_error": ("upon",),
    "throw": ("error", "raise"),
    "compensate": ("undone_by", "undo"),
    "rollback": ("undone_by", "undo"),
    "timeout": ("after",),
    "timer": ("after",),
    "event": ("message", "at"),
    "inputs": ("with",),
    "params": ("with",),
    "data": ("with",),
    "payload": ("with",),
    "outputs": ("set",),
    "assign": ("set",),
    "assignee": ("owner",),
    "role": ("owner", "by"),
    "deadline": ("due",),
    "max": ("at_most",),
    "limit": ("at_most",),
    "loop": ("repeat",),
    "task": ("step",),
    "parallel": ("branches",),
}


class Report:
    """The problems of one file in the order found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._seen: set[Place] = set()

    def __call__(self, code: str, place: Place, what: str = "", **params: Any) -> None:
        """An error; the first one at a place is kept, for the next is mostly its consequence."""
        if place not in self._seen:
            self._seen.add(place)
            self.problems.append(problem(code, place, what, **params))

    def warn(self, code: str, place: Place, **params: Any) -> None:
        self.problems.append(Problem(code, place, params, warning=True))

    def extend(self, found: Iterable[Problem]) -> None:
        """Findings of others; an error where one stands already is left out."""
        for one in found:
            if one.warning or one.place not in self._seen:
                self.problems.append(one)
                if not one.warning:
                    self._seen.add(one.place)

    def strange(self, code: str, place: Place, name: str, known: Iterable[str], what: str = "") -> str:
        """A name that is not among the known ones; gives the one that was probably meant, or nothing."""
        known = list(known)
        meant = next((word for word in _MEANT.get(name, ()) if word in known), "")
        said = Sentence("did_you_mean", {"near": meant}) if meant else hint(name, known)
        self(code, place, what, name=name, hint=said)
        return meant or nearest(name, known)


def problem(code: str, place: Place, what: str = "", **params: Any) -> Problem:
    """An error whose sentence is that of the code, or one of several that the code has."""
    if what:
        params = {**params, "what": Sentence(what, params)}
    return Problem(code, place, params)
