"""Excel sheets (.xlsx) as grids: visible sheets, merged cells filled, numbers and dates as people see them.

Must not import the other readers. Formulas are read by their stored result and never computed.
"""

import datetime as dt
import warnings
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from signoff.errors import UnreadableTable
from signoff.notation.table.archive import content, guarded
from signoff.notation.table.sheet import Cell, CellPlace, Grid, clean, measured

_NAMELESS = ("sheet", "工作表", "tabelle")


def opened(path: Path, *, results: bool) -> Any:
    """The workbook as openpyxl opens it, with formulas or with their stored `results`."""
    return _load(guarded(content(path), path.name, main="xl/workbook.xml"), path.name, results=results)


def _load(stream: BytesIO, file: str, *, results: bool) -> Any:
    import openpyxl  # noqa: PLC0415 - a slow import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(stream, data_only=results, keep_links=False)
    except Exception as error:  # noqa: BLE001 - a damaged file may raise anything inside the library
        reason = (str(error) or type(error).__name__).splitlines()[0][:200]
        raise UnreadableTable("table_broken", file=file, reason=reason) from None


def read(path: Path) -> list[Grid]:
    """One grid per visible sheet that holds anything."""
    stream = guarded(content(path), path.name, main="xl/workbook.xml")
    shown = _load(stream, path.name, results=True)
    stream.seek(0)
    written = _load(stream, path.name, results=False)
    grids = []
    for number, sheet in enumerate(shown.worksheets):
        if sheet.sheet_state == "visible":
            grids.append(_grid(sheet, written.worksheets[number], number, path.name))
    return [grid for grid in grids if grid.rows]


def _grid(sheet: Any, written: Any, number: int, file: str) -> Grid:
    texts = {}
    for cell in _cells(sheet):
        place = CellPlace(file, sheet=sheet.title, row=cell.row, column=cell.column)
        raw = written.cell(cell.row, cell.column).value if cell.value is None else None
        text = clean(shown(cell.value, cell.number_format) if raw is None else str(raw), place)
        if text:
            texts[cell.row, cell.column] = text
    if not texts:
        return Grid()
    origins = _origins(sheet)
    height = max(row for row, _ in {*texts, *(at for at, o in origins.items() if o in texts)})
    width = max(column for _, column in {*texts, *(at for at, o in origins.items() if o in texts)})
    measured(len({row for row, _ in texts}), width, file)
    measured(min(height, len(texts) + 2_000), width, file)
    title = "" if sheet.title.lower().startswith(_NAMELESS) else sheet.title
    grid = Grid(title=title)
    filled = {row for row, _ in texts} | {row for row, _ in origins}
    for row in sorted(r for r in filled if r <= height):
        grid.rows.append(
            [_cell(row, c, texts, origins, number, sheet.title, file) for c in range(1, width + 1)]
        )
    return grid


def _cell(
    row: int,
    column: int,
    texts: dict[tuple[int, int], str],
    origins: dict[tuple[int, int], tuple[int, int]],
    number: int,
    sheet: str,
    file: str,
) -> Cell:
    r, c = origins.get((row, column), (row, column))
    place = CellPlace(file, sheet=sheet, row=r, column=c)
    return Cell(texts.get((r, c), ""), place, (number, r, c), (r, c) != (row, column))


def _cells(sheet: Any) -> list[Any]:
    # Only cells that are stored: a sheet may claim a million rows, and its public walk would make them all.
    stored = sheet._cells  # noqa: SLF001 - the public ways to the cells fill in every gap
    return [stored[at] for at in sorted(stored) if hasattr(stored[at], "number_format")]


def _origins(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    found = {}
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                found[row, column] = (area.min_row, area.min_col)
    return found


def shown(value: Any, form: str = "General") -> str:
    """A value as the sheet shows it, without locale: dates as 2026-10-15, 0.3 under `0%` as 30%."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}" if value.time() != dt.time() else f"{value:%Y-%m-%d}"
    if isinstance(value, dt.date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, (int, float)):
        return _figure(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), form)
    return str(value)


def _figure(value: Decimal, form: str) -> str:
    if not value.is_finite():
        return str(value)
    if form.endswith("%"):
        value = value * 100
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text + ("%" if form.endswith("%") else "")
