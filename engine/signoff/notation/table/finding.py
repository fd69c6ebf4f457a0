"""What was made of a cell: understood as what, kept as a note, or not understood.

Owns the verdicts. The sentences stand in `signoff.sentences.table` under the finding's code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from signoff import sentences
from signoff.notation.table.sheet import Cell


class Verdict(StrEnum):
    """What became of a cell's text."""

    UNDERSTOOD = "understood"
    NOTE = "note"
    UNREADABLE = "unreadable"


SIGNS = {Verdict.UNDERSTOOD: "✓", Verdict.NOTE: "…", Verdict.UNREADABLE: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing said about one cell; a cell may have several."""

    cell: Cell
    verdict: Verdict
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, lang: str = "en") -> str:
        return sentences.render(self.code, self.params, lang)


def understood(cell: Cell, code: str, **params: Any) -> Finding:
    return Finding(cell, Verdict.UNDERSTOOD, code, params)


def note(cell: Cell, code: str = "table_kept", **params: Any) -> Finding:
    return Finding(cell, Verdict.NOTE, code, params)


def unreadable(cell: Cell, code: str, **params: Any) -> Finding:
    return Finding(cell, Verdict.UNREADABLE, code, params)
