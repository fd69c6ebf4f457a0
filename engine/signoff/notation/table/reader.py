"""Reading a file as tables: the reader is chosen by the name and checked against the content.

Owns the dispatch and the refusal of formats that are not read. Must not know what a cell means.
"""

from pathlib import Path

from signoff.errors import UnreadableTable
from signoff.notation.table import lines, markdown, separated, word, workbook
from signoff.notation.table.archive import content
from signoff.notation.table.encoding import decoded
from signoff.notation.table.heading import recognised
from signoff.notation.table.sheet import Grid

OLDER = {
    ".doc": ".docx",
    ".wps": ".docx",
    ".rtf": ".docx",
    ".odt": ".docx",
    ".xls": ".xlsx",
    ".et": ".xlsx",
    ".ods": ".xlsx",
    ".xlsm": ".xlsx",
    ".xlsb": ".xlsx",
    ".docm": ".docx",
    ".pdf": ".docx",
}
TEXTS = (".csv", ".tsv", ".md", ".markdown", ".txt")


def read(path: Path, *, encoding: str | None = None) -> tuple[list[Grid], str]:
    """The tables of a file and its encoding ("" for office files); UnreadableTable for all that cannot be read."""
    suffix = path.suffix.lower()
    if suffix in OLDER:
        raise UnreadableTable("table_older_format", file=path.name, suffix=suffix, save_as=OLDER[suffix])
    if suffix == ".docx":
        return word.read(path), ""
    if suffix == ".xlsx":
        return workbook.read(path), ""
    if suffix not in TEXTS:
        raise UnreadableTable("table_unknown_format", file=path.name, suffix=suffix or "-")
    text, name = decoded(
        _text(path), path.name, encoding=encoding, sensible=lambda t: sensible(t, suffix, path.name)
    )
    return grids(text, suffix, path.name), name


def _text(path: Path) -> bytes:
    data = content(path)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise UnreadableTable("table_not_text", file=path.name)
    return data


def grids(text: str, suffix: str, file: str) -> list[Grid]:
    """The tables of a text file of that kind."""
    if suffix in (".csv", ".tsv"):
        return separated.read(text, file)
    found = markdown.read(text, file)
    if found or suffix != ".txt":
        return found
    if any(recognised(line.split("\t")) for line in text.splitlines() if "\t" in line):
        return separated.read("\n".join(text.splitlines()), file)
    return lines.read(text, file)


def sensible(text: str, suffix: str, file: str) -> bool:
    """Whether a process table is found in the text."""
    try:
        return any(
            recognised([cell.text for cell in row]) for grid in grids(text, suffix, file) for row in grid.rows
        )
    except UnreadableTable:
        return False
