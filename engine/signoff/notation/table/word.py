"""Word tables (.docx) as grids, in the order of the document, also those in text boxes and inside cells.

Owns the walk over the document that reading and commenting share. Must not import the other readers.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from signoff.errors import SignoffError, UnreadableTable
from signoff.notation.table.archive import content, guarded
from signoff.notation.table.sheet import Cell, CellPlace, Grid, clean, measured

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HIDDEN = {f"{_W}{name}" for name in ("del", "moveFrom", "tbl", "instrText", "delText", "rubyPr", "rt")}

# lxml elements have no types of their own here.
Element = Any


def document(path: Path) -> Any:
    """The document as python-docx opens it; UnreadableTable when it is hostile or broken."""
    stream = guarded(content(path), path.name, main="word/document.xml")
    import docx  # noqa: PLC0415 - a slow import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return docx.Document(stream)
    except Exception as error:  # noqa: BLE001 - a damaged file may raise anything inside the library
        raise UnreadableTable("table_broken", file=path.name, reason=_reason(error)) from None


def read(path: Path) -> list[Grid]:
    """All tables of the document, each with the nearest title above it."""
    opened = document(path)
    try:
        return _grids(opened.element.body, path.name)
    except SignoffError:
        raise
    except Exception as error:  # noqa: BLE001 - a part that is XML but no document may lack anything
        raise UnreadableTable("table_broken", file=path.name, reason=_reason(error)) from None


def _grids(body: Element, file: str) -> list[Grid]:
    title = _title(body)
    return [_grid(table, number, file, title) for number, table in enumerate(tables(body), 1)]


def tables(body: Element) -> Iterator[Element]:
    """Every table element, once: a text box is stored twice, the older form is left out."""
    for table in body.iter(f"{_W}tbl"):
        if not any(above.tag == _FALLBACK for above in table.iterancestors()):
            yield table


def rows(table: Element) -> list[list[tuple[Element, int, bool]]]:
    """The rows as (cell element, columns it spans, continues the cell above)."""
    found: list[list[tuple[Element, int, bool]]] = []
    for row in _children(table, "tr"):
        before = _value(row.find(f"{_W}trPr/{_W}gridBefore"))
        cells: list[tuple[Element, int, bool]] = [(None, before, False)] if before else []
        for cell in _children(row, "tc"):
            span = min(max(_value(cell.find(f"{_W}tcPr/{_W}gridSpan")), 1), 300)
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            cells.append((cell, span, merge is not None and merge.get(f"{_W}val") != "restart"))
        found.append(cells)
    return found


def _grid(table: Element, number: int, file: str, title: str) -> Grid:
    grid = Grid(title=title)
    above: dict[int, Cell] = {}
    for r, row in enumerate(rows(table)):
        line: list[Cell] = []
        for c, (element, span, continues) in enumerate(row):
            column = len(line)
            cell = above.get(column) if continues else None
            if cell is None:
                place = CellPlace(file, table=number, row=r + 1, column=column + 1)
                text = "" if element is None else clean(words(element), place)
                cell = Cell(text, place, (number, r, c))
            line.extend(
                Cell(cell.text, cell.place, cell.key, continues or step > 0 or cell.filled)
                for step in range(span)
            )
        above = dict(enumerate(line))
        grid.rows.append(line)
        measured(r + 1, len(line), file)
    return grid


def words(cell: Element) -> str:
    """The text of a cell as it is printed: without deleted text and without tables inside it."""
    return "\n".join("".join(_runs(paragraph)) for paragraph in paragraphs(cell))


def paragraphs(element: Element) -> Iterator[Element]:
    """The paragraphs of a cell, without those of tables inside it."""
    for child in element:
        if child.tag == f"{_W}p":
            yield child
        elif child.tag not in _HIDDEN:
            yield from paragraphs(child)


def _runs(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}tab":
            yield "\t" if element.tag == f"{_W}r" else ""
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag not in _HIDDEN and child.tag != _FALLBACK:
            yield from _runs(child)


def _children(element: Element, name: str) -> Iterator[Element]:
    # Rows and cells may stand inside content controls and inserted text.
    for child in element:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _children(child, name)


def _title(body: Element) -> str:
    for paragraph in _children(body, "p"):
        text = " ".join("".join(_runs(paragraph)).split())
        if text:
            return text if len(text) <= 60 else ""
    return ""


def _value(element: Element) -> int:
    text = "" if element is None else str(element.get(f"{_W}val") or "")
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]
