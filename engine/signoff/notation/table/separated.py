"""Separated values (.csv, .tsv) as one grid: the separator is the one under which a heading appears.

Must not import the other readers.
"""

import csv
from collections.abc import Iterator
from io import StringIO

from signoff.errors import UnreadableTable
from signoff.notation.table.heading import recognised
from signoff.notation.table.sheet import MAX_CELL, Cell, CellPlace, Grid, clean, measured

SEPARATORS = (",", "\t", ";", "|", "，")


def read(text: str, file: str) -> list[Grid]:
    """The one table of the file."""
    text = text.removeprefix("\ufeff")
    if "\x00" in text:
        raise UnreadableTable(
            "table_bad_sign", place=f"{file}:{text[: text.index(chr(0))].count(chr(10)) + 1}", sign="U+0000"
        )
    best = list(rows(text, file, separator(text, file)))
    return [Grid([_line(number, line, row, file) for number, (line, row) in enumerate(best)])]


def separator(text: str, file: str) -> str:
    """The separator under which a heading appears, else the first that occurs."""
    found = [sign for sign in SEPARATORS if sign in text] or [","]
    for sign in found:
        try:
            if any(recognised(row) for _, row in rows(text, file, sign)):
                return sign
        except UnreadableTable:
            continue
    return found[0]


def rows(text: str, file: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """(line the row begins on, its cells); UnreadableTable where the quotes do not match."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    line, count = 1, 0
    try:
        for row in reader:
            count += 1
            measured(count, len(row), file)
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        if len(text) > MAX_CELL and "field larger" in str(error):
            raise UnreadableTable(
                "table_cell_too_long", place=f"{file}:{line}", length=len(text), limit=MAX_CELL
            ) from None
        raise UnreadableTable("table_broken", file=f"{file}:{line}", reason=str(error)) from None


def _line(number: int, line: int, row: list[str], file: str) -> list[Cell]:
    cells = []
    for column, text in enumerate(row):
        place = CellPlace(file, line=line, column=column + 1)
        cells.append(Cell(clean(text, place), place, (0, number, column)))
    return cells
