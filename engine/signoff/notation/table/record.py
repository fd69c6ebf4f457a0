"""The rows of the tables that are process tables, by column; everything around them is reported as well.

Owns the choice of tables, repeated headings, title rows, notes between rows and the filling down of stages.
Must not know what the cells of a row mean.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from signoff.errors import UnreadableTable
from signoff.notation.table.finding import Finding, note, understood
from signoff.notation.table.heading import NAMES, SYNONYMS, Column, columns, named
from signoff.notation.table.name import nothing, unnumbered
from signoff.notation.table.sheet import Cell, Grid

_NOTE = re.compile(
    r"^\s*(注|备注|说明|附注|提示|note|remark|source|来源)\s*[\d一二三四五]*\s*[:：.、)]|^\s*[*※]",
    re.IGNORECASE,
)
_STAGE = re.compile(
    r"(阶段|期)$|^\s*(phase|stage)\b|\b(phase|stage)\s*$|^[一二三四五六七八九十]+、", re.IGNORECASE
)


@dataclass(slots=True)
class Record:
    """One row: its number among all rows, the stage it belongs to, its cells by column.

    `continues`: its step cell is merged with the row above, so it says more about the same step.
    """

    number: int
    stage: str = ""
    stage_cell: Cell | None = None
    cells: list[tuple[Column, str, Cell]] = field(default_factory=list)
    continues: bool = False

    def cell(self, kind: Column) -> Cell | None:
        return next((cell for column, _, cell in self.cells if column is kind), None)

    def all(self, kind: Column) -> list[tuple[str, Cell]]:
        """(heading, cell) of each column of that kind."""
        return [(heading, cell) for column, heading, cell in self.cells if column is kind]


@dataclass(slots=True)
class Records:
    """All rows of all tables of one document, the findings about what is no row, notes for the whole process."""

    rows: list[Record] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    title: str = ""
    headings: list[str] = field(default_factory=list)


def records(grids: Sequence[Grid], file: str) -> Records:
    """The rows of every process table of the document, in order; UnreadableTable when there is none."""
    found = Records()
    tables = 0
    for grid in grids:
        heads = [at for at, row in enumerate(grid.rows) if _columns(row)]
        if heads:
            tables += 1
            found.title = found.title or grid.title
            _Section(found, grid).read(heads)
        else:
            _outside(grid.rows, found)
    if not tables:
        raise UnreadableTable("table_without_heading", file=file, found=_seen(grids), **_needed())
    if not found.rows:
        raise UnreadableTable("table_without_rows", file=file, headings=found.headings)
    return found


def _columns(row: Sequence[Cell]) -> list[Column] | None:
    return columns(
        [
            "" if cell.filled and cell.key in {c.key for c in row[:at]} else cell.text
            for at, cell in enumerate(row)
        ]
    )


def _outside(rows: Sequence[Sequence[Cell]], found: Records) -> None:
    for row in rows:
        found.findings.extend(note(cell, "table_outside") for cell in _own(row))


def _own(row: Sequence[Cell]) -> list[Cell]:
    """The cells with text, a merged one once."""
    once: dict[tuple[int, ...], Cell] = {}
    for cell in row:
        if not cell.blank:
            once.setdefault(cell.key, cell)
    return list(once.values())


class _Section:
    """One grid being read from top to bottom; a heading row sets the columns of the rows below it."""

    def __init__(self, found: Records, grid: Grid) -> None:
        self.found = found
        self.grid = grid
        self.kinds: list[Column] = []
        self.headings: list[str] = []
        self.stage = ""
        self.stage_cell: Cell | None = None

    def read(self, heads: Sequence[int]) -> None:
        self._above(self.grid.rows[: heads[0]])
        for at, row in enumerate(self.grid.rows[heads[0] :], heads[0]):
            if at in heads:
                self._heading(row)
            elif _own(row):
                self._row(row)

    def _above(self, rows: Sequence[Sequence[Cell]]) -> None:
        for row in rows:
            own = _own(row)
            if (
                len(own) == 1
                and len(own[0].text) <= 60
                and "\n" not in own[0].text
                and not _NOTE.match(own[0].text)
            ):
                if self.found.title in ("", self.grid.title) and not self.found.rows:
                    self.found.title = own[0].text
                self.found.findings.append(understood(own[0], "table_is_title"))
            else:
                self._notes(own)

    def _notes(self, cells: Sequence[Cell]) -> None:
        for cell in cells:
            if cell.text not in self.found.notes:
                self.found.notes.append(cell.text)
            self.found.findings.append(note(cell, "table_kept_for_process"))

    def _heading(self, row: Sequence[Cell]) -> None:
        self.kinds = _columns(row) or []
        self.headings = [cell.text for cell in row]
        self.found.headings = self.found.headings or [text for text in self.headings if text]
        for cell, kind in zip(row, self.kinds, strict=True):
            if cell in _own(row):
                code = "table_is_other_heading" if kind is Column.OTHER else "table_is_heading"
                self.found.findings.append(understood(cell, code, column=NAMES[kind]))

    def _row(self, row: Sequence[Cell]) -> None:
        own = _own(row)
        by_kind = {kind: cell for cell, kind in zip(row, self.kinds, strict=False) if not cell.blank}
        if len(own) == 1 and self._alone(own[0], row, by_kind):
            return
        self._fill_stage(row)
        step = by_kind.get(Column.STEP)
        if step is None or nothing(step.text):
            self._stepless(own, by_kind)
            return
        self._record(row, step)

    def _alone(self, cell: Cell, row: Sequence[Cell], by_kind: dict[Column, Cell]) -> bool:
        """A row of one cell is a note, a title of a section, or a step of which nothing else is known."""
        whole = len(row) > 1 and all(other.key == cell.key for other in row)
        if _NOTE.match(cell.text) or (len(cell.text) > 60 and Column.STEP not in by_kind):
            self._notes([cell])
        elif (Column.STAGE in by_kind and not whole) or (
            Column.STAGE not in self.kinds and (whole or _STAGE.search(cell.text))
        ):
            self.stage, self.stage_cell = unnumbered(cell.text), cell
        elif whole or named(cell.text):
            self._notes([cell])
        else:
            return False
        return True

    def _fill_stage(self, row: Sequence[Cell]) -> None:
        for cell, kind in zip(row, self.kinds, strict=False):
            if kind is Column.STAGE and not cell.blank:
                self.stage, self.stage_cell = unnumbered(cell.text), cell

    def _stepless(self, own: Sequence[Cell], by_kind: dict[Column, Cell]) -> None:
        # A stage merged over several rows is no content of this one.
        rest = [cell for cell in own if not (cell.filled and cell is by_kind.get(Column.STAGE))]
        numbers = [cell for cell in rest if cell is by_kind.get(Column.NUMBER) or nothing(cell.text)]
        self.found.findings.extend(note(cell, "table_row_skipped") for cell in numbers)
        self._notes([cell for cell in rest if cell not in numbers])

    def _record(self, row: Sequence[Cell], step: Cell) -> None:
        rows = self.found.rows
        above = rows[-1].cell(Column.STEP) if rows else None
        same = above is not None and above.key == step.key and above.place == step.place
        record = Record(
            rows[-1].number if same else len({r.number for r in rows}) + 1, self.stage, self.stage_cell
        )
        record.continues = same
        once: set[tuple[int, ...]] = set()
        for at, cell in enumerate(row):
            kind = self.kinds[at] if at < len(self.kinds) else Column.OTHER
            if not cell.blank and cell.key not in once:
                once.add(cell.key)
                kind = Column.STEP if cell.key == step.key else kind
                record.cells.append((kind, self.headings[at] if at < len(self.headings) else "", cell))
        rows.append(record)


def _seen(grids: Sequence[Grid]) -> list[str]:
    first = [
        " | ".join(cell.text for cell in _own(row))[:80]
        for grid in grids
        for row in grid.rows[:1]
        if _own(row)
    ]
    return first[:5] or ["-"]


def _needed() -> dict[str, str]:
    """Some of the headings that are understood, for the error to name."""
    return {
        kind.value: " / ".join(
            (
                *[w for w in SYNONYMS[kind] if not w.isascii()][:3],
                *[w for w in SYNONYMS[kind] if w.isascii()][:2],
            )
        )
        for kind in (Column.STEP, Column.OWNER, Column.DUE)
    }
