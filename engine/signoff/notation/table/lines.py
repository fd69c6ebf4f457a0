"""A table copied as plain text, one cell per line: the rows are found again from what each column looks like.

Owns the alignment of lines to columns. A merged or empty cell leaves no line behind, so a row may be shorter than
the heading; the best-scoring reading of all lines is taken. Must not import the other readers.
"""

import re
from collections.abc import Callable
from itertools import combinations

from signoff.notation.table.heading import Column, columns, named, sufficient
from signoff.notation.table.sheet import Cell, CellPlace, Grid, clean, measured, plain

Line = tuple[int, str]
Pattern = tuple[int, ...]

_TITLE = re.compile(
    r"^[^。，；：,;:.!?]{2,40}(流程表|流程|计划表|进度表|process|procedure|plan)$", re.IGNORECASE
)
_STAGE = re.compile(r"(阶段|时期|期|\bphase\b.*|\bstage\b.*)$|^[一二三四五六七八九十]+、", re.IGNORECASE)
_TIME = re.compile(
    r"[前后内]?\d+\s*(个)?(天|日|周|月|小时|工作日|自然日)|[一二三四五六七八九十两]+(个)?(天|日|周|月|工作日)|当天|当日|每[日天周月个]"
    r"|[TD][-+]\d|\b(before|after|within|daily|weekly|monthly|prior to|event day|every|day of)\b|\d+ (days?|weeks?)|待定|\bTBD\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(经理|专员|主管|总监|组|部|部门|员|长|财务|法务|人事|行政|负责人|manager|team|lead|officer|director)[*＊]*$",
    re.IGNORECASE,
)
# What document-sharing sites print around a copied table; never part of it.
_SITE = re.compile(
    r"^(您可能关注的文档|文档评论.*|相关文档.*|.*VIP.*|举报|下载.*|.*发布于.*|约 ?\d+页|推荐阅读.*|上一篇.*|下一篇.*)$"
)


def read(text: str, file: str) -> list[Grid]:
    """The tables of a plain text; the title is the first line that names a process or a plan."""
    source = [
        (number, line.strip()) for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1)
    ]
    full = [(number, clean(line, CellPlace(file, line=number))) for number, line in source if line]
    title = next((line for _, line in full if _TITLE.match(line)), "")
    grids: list[Grid] = []
    at = 0
    while at < len(full):
        width = _heading(full, at)
        if not width:
            at += 1
            continue
        grid, at = _grid(full, at, width, file, len(grids))
        grid.title = title
        grids.append(grid)
    return grids


def _heading(lines: list[Line], at: int) -> int:
    """How many lines from `at` on are a heading row; 0 when none."""
    width = 0
    while at + width < len(lines) and width < 9 and named(lines[at + width][1]):
        width += 1
    while width >= 3:
        found = columns([text for _, text in lines[at : at + width]])
        if found and Column.OTHER not in found:
            return width
        width -= 1
    return 0


def _grid(lines: list[Line], at: int, width: int, file: str, table: int) -> tuple[Grid, int]:
    kinds = columns([text for _, text in lines[at : at + width]]) or []
    grid = Grid([[_cell(line, file, table, 0, c) for c, line in enumerate(lines[at : at + width])]])
    body = lines[at + width :]
    stop = next((n for n, (_, text) in enumerate(body) if _SITE.match(text)), len(body))
    measured(stop, width, file)
    rows = aligned([text for _, text in body[:stop]], kinds)
    cursor = at + width
    for number, pattern in enumerate(rows, 1):
        measured(number, width, file)
        cells = {column: lines[cursor + n] for n, column in enumerate(pattern)}
        last = lines[cursor][0]
        grid.rows.append([_cell(cells.get(c, (last, "")), file, table, number, c) for c in range(width)])
        cursor += len(pattern)
    return grid, cursor


def _cell(line: Line, file: str, table: int, row: int, column: int) -> Cell:
    return Cell(line[1], CellPlace(file, line=line[0]), (table, row, column))


def aligned(texts: list[str], kinds: list[Column]) -> list[Pattern]:
    """The columns present in each row, for the reading of the lines with the highest score."""
    patterns = [p for p in _patterns(len(kinds)) if sufficient({kinds[c] for c in p})]
    never: tuple[float, Pattern, int] = (float("-inf"), (), -1)
    best = [(0.0, never[1], -1), *[never] * len(texts)]
    points = [[_score(text, kind) for kind in kinds] for text in texts]
    for start in range(len(texts)):
        if best[start][0] == float("-inf"):
            continue
        for pattern in patterns:
            end = start + len(pattern)
            if end > len(texts):
                continue
            score = best[start][0] + sum(points[start + n][c] for n, c in enumerate(pattern))
            score -= sum(_MISSING.get(kind, 1.0) for c, kind in enumerate(kinds) if c not in pattern)
            if score > best[end][0]:
                best[end] = (score, pattern, start)
    return _path(best)


def _path(best: list[tuple[float, Pattern, int]]) -> list[Pattern]:
    at = max(range(len(best)), key=lambda n: (best[n][0], -n))
    rows: list[Pattern] = []
    while at > 0:
        _, pattern, at = best[at]
        rows.append(pattern)
    return rows[::-1]


def _patterns(width: int) -> list[Pattern]:
    return [p for size in range(2, width + 1) for p in combinations(range(width), size)]


_MISSING = {Column.STEP: 9.0, Column.OWNER: 3.0, Column.DUE: 4.0, Column.STAGE: 0.0, Column.REMARK: 0.5}


def _score(text: str, kind: Column) -> float:
    text = plain(text)
    if kind in _LOOKS:
        return 3.0 if _LOOKS[kind](text) else -3.0
    alien = sum(1 for other, looks in _LOOKS.items() if other != Column.NUMBER and looks(text))
    if kind == Column.OWNER:
        return (
            2.0 if _PERSON.search(text) or text.endswith("*") else 0.5 if len(text) <= 12 else -3.0
        ) - 4.0 * alien
    if kind == Column.STEP:
        return 1.0 - 4.0 * alien - (2.0 if len(text) > 60 or text.endswith("*") else 0.0)
    return 1.0 - 2.0 * alien


_LOOKS: dict[Column, Callable[[str], bool]] = {
    Column.STAGE: lambda text: bool(_STAGE.search(text)) and len(text) <= 30,
    Column.DUE: lambda text: bool(_TIME.search(text)) and len(text) <= 40,
    Column.OPENS: lambda text: bool(_TIME.search(text)) and len(text) <= 40,
    Column.DOCUMENT: lambda text: (
        "《" in text
        or bool(re.search(r"(表|书|报告|方案|清单|纪要|report|plan|list|form)$", text, re.IGNORECASE))
    ),
    Column.NUMBER: lambda text: bool(re.fullmatch(r"[\d.]+[a-z]?", text)),
}
