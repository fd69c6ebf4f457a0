"""Which words may stand in a time phrase: the named dates and steps of one definition, by id and by name.

May import `anchor` and errors.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from signoff.time.anchor import Anchor, AnchorKind

RESERVED = {
    "opened": AnchorKind.OPENED,
    "due": AnchorKind.DUE,
    "start": AnchorKind.STARTED,
    "开启": AnchorKind.OPENED,
    "到期": AnchorKind.DUE,
    "流程开始": AnchorKind.STARTED,
}


def normal(text: str) -> str:
    """NFKC (full-width forms become plain), single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


@dataclass(frozen=True, slots=True)
class DateWord:
    """A named date: a day or a window of days, and the words it goes by besides its id."""

    kind: Literal["day", "window"]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The anchors of one definition: dates and steps by id, each with its further names."""

    dates: Mapping[str, DateWord] = field(default_factory=dict)
    steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def anchors(self) -> dict[str, set[Anchor]]:
        """Every normalised word with what it may mean; more than one meaning is the author's to settle."""
        found: dict[str, set[Anchor]] = {}
        for word, anchor in self._pairs():
            if key := normal(word):
                found.setdefault(key, set()).add(anchor)
        return found

    def _pairs(self) -> Iterator[tuple[str, Anchor]]:
        for word, kind in RESERVED.items():
            yield word, Anchor(kind)
        for id_, date in self.dates.items():
            for word in (id_, *date.names):
                yield word, Anchor(AnchorKind.DATE, id_)
        for id_, names in self.steps.items():
            for word in (id_, *names):
                yield word, Anchor(AnchorKind.STEP, id_)

    def is_window(self, anchor: Anchor) -> bool:
        return anchor.kind is AnchorKind.DATE and self.dates[anchor.id].kind == "window"

    def only_date(self) -> Anchor | None:
        """The one date there is, which phrases such as 提前1天 leave unsaid; None when there is not exactly one."""
        return Anchor(AnchorKind.DATE, next(iter(self.dates))) if len(self.dates) == 1 else None

    def known(self) -> list[str]:
        """The ids a phrase may name, for people to read."""
        return [*self.dates, "opened", "due", "start", *self.steps]
