"""A table as it was read: cells with their places, merged cells filled.

Owns the cell, its place and the grid, and the rules every reader keeps: what text may hold and how large a
table may be. Must not import any reader.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from signoff.errors import UnreadableTable

MAX_ROWS = 5_000
MAX_COLUMNS = 200
MAX_CELL = 10_000

_SPACES = re.compile("[ \t\u00a0\u3000\u2000-\u200a\u202f\u205f]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_BREAKS = re.compile("\r\n?|[\v\f\u0085\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class CellPlace:
    """Where a cell stands, as its reader would say it; numbers count from 1, 0 = does not apply."""

    file: str
    table: int = 0
    sheet: str = ""
    row: int = 0
    column: int = 0
    line: int = 0

    def __str__(self) -> str:
        if self.sheet:
            return f"{self.file}[{self.sheet}]!{letters(self.column)}{self.row}"
        if self.table:
            return f"{self.file}[{self.table}]:{self.row}:{self.column}"
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `key` names the cell of the document that the text stands in, `filled` = copied from a merge."""

    text: str
    place: CellPlace
    key: tuple[int, ...] = ()
    filled: bool = False

    @property
    def blank(self) -> bool:
        return not self.text


@dataclass(slots=True)
class Grid:
    """One table: rows of cells, and the title that stands above it in the document."""

    rows: list[list[Cell]] = field(default_factory=list)
    title: str = ""


def letters(column: int) -> str:
    """The letters of a spreadsheet column: 1 → A, 27 → AA."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def clean(text: str, place: CellPlace) -> str:
    """The text of a cell without the noise of its format; UnreadableTable for NUL, control signs, surrogates."""
    text = _BREAKS.sub("\n", text)
    for sign in text:
        kind = unicodedata.category(sign)
        if kind == "Cs" or (kind == "Cc" and sign not in "\n\t"):
            raise UnreadableTable("table_bad_sign", place=str(place), sign=f"U+{ord(sign):04X}")
    if len(text) > MAX_CELL:
        raise UnreadableTable("table_cell_too_long", place=str(place), length=len(text), limit=MAX_CELL)
    lines = (_SPACES.sub(" ", line).strip() for line in _INVISIBLE.sub("", text).split("\n"))
    return "\n".join(line for line in lines if line)


def measured(rows: int, columns: int, file: str) -> None:
    """UnreadableTable when a table is larger than any process table."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        raise UnreadableTable(
            "table_too_large",
            file=file,
            rows=rows,
            columns=columns,
            max_rows=MAX_ROWS,
            max_columns=MAX_COLUMNS,
        )


def plain(text: str) -> str:
    """The text as it is compared: full-width signs as half-width (NFKC), one line, one space."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
