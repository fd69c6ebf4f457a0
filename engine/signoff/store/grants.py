"""Who stood in for whom after each link of the chain `directory`; a decision names the head that it rested on.

Links that cannot be read are passed over: `read.ledger` tells of them. May import store.chain, store.codec,
store.form and store.columns.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from signoff.errors import UnreadableState
from signoff.model.authority import Grant
from signoff.store import chain, codec
from signoff.store.columns import instant
from signoff.store.form import moment

CHAIN = "directory"
SKEW = timedelta(hours=1)  # by which the clocks of two machines may differ
Standing = tuple[Grant, ...]


class Grants:
    """The substitutions over time, folded once."""

    def __init__(self, rows: Iterable[chain.Link]) -> None:
        self._numbers: dict[str, int] = {}
        self._standing: list[Standing] = []
        self._began: str = ""  # when the first link was written
        now: Standing = ()
        for link in rows:
            now = _taken(now, link)
            self._began = self._began or _written_at(link)
            self._numbers[link.hash] = len(self._standing)
            self._standing.append(now)

    def fits(self, head: str, at: datetime) -> bool:
        """Whether a decision of that instant can rest on this head; on none, before there was a directory."""
        if head:
            return head in self._numbers
        return not self._began or moment(at - SKEW) < self._began

    def at(self, head: str) -> list[Standing] | None:
        """What stood after that link, and after the next: an import may end while a decision is being taken.

        None where no such link is.
        """
        number = self._numbers.get(head)
        return None if number is None else self._standing[number : number + 2]


def _taken(now: Standing, link: chain.Link) -> Standing:
    try:
        rows = codec.parse(link.bytes)["content"].get("substitutes")
        return now if rows is None else tuple(_grant(row) for row in rows)
    except (
        UnreadableState,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        InvalidOperation,
        OverflowError,
    ):
        return now


def _written_at(link: chain.Link) -> str:
    try:
        return str(codec.parse(link.bytes)["at"])
    except (UnreadableState, KeyError, TypeError):
        return ""


def _grant(row: Mapping[str, Any]) -> Grant:
    most = row["most"]
    exact = {"since": instant(row["since"]), "until": instant(row["until"])}
    return Grant(**{**row, **exact, "most": None if most is None else Decimal(most)})
