"""Documents a step delivers: 《…》 marks, or a list without marks.

Owns the documents of a draft: their ids, names and sections. Must not read remarks.
"""

import re
from dataclasses import dataclass, field

from signoff.notation.table.name import bracketed, identifier, nothing, things, unbracketed, unique
from signoff.notation.table.sheet import plain

_MARKED = re.compile(r"[《<＜〈]\s*([^《》<>＜＞〈〉]+?)\s*[》>＞〉]|[“\"]([^“”\"]+)[”\"]")
_JOINTS = re.compile(r"^(?:\s|[、，,;；/和与及等。.*+&]|and)*$")


@dataclass(slots=True)
class Documents:
    """The documents of a draft: id → name as written, id → sections it must have."""

    found: dict[str, str] = field(default_factory=dict)
    sections: dict[str, list[str]] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def document(self, name: str) -> str:
        """The id of the document of that name; the same name is the same document."""
        key = plain(name).lower()
        if key not in self._ids:
            self._ids[key] = unique(identifier(name) or "document", self._taken)
            self.found[self._ids[key]] = name
        return self._ids[key]

    def read(self, text: str) -> tuple[list[str], list[str]]:
        """(ids of the documents of a cell, what else stands there)."""
        if nothing(text):
            return [], []
        names = [one or two for one, two in _MARKED.findall(text)]
        rest = _MARKED.sub("", text)
        notes = bracketed(rest)
        rest = unbracketed(rest)
        if names:
            notes += [] if _JOINTS.match(rest) else [rest.strip(" 、，,;；\n")]
        else:
            names = [name for name in things(rest) if identifier(name)]
        return list(dict.fromkeys(self.document(name.strip()) for name in names)), notes
