"""Pipe tables of a Markdown file as grids, rows and cells exactly as written.

Reads the table syntax of GitHub Flavored Markdown itself: a library would drop cells beyond the heading
without a word. Must not import the other readers.
"""

import re

from signoff.notation.table.sheet import Cell, CellPlace, Grid, clean, measured

_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_FENCE = re.compile(r"^\s{0,3}(```+|~~~+)")
_TITLE = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
_CUT = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_LIGHT = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=[^\s*])\*(?![\w*])")
_CODE = re.compile(r"(`+)(.+?)\1")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|~<>])")


def read(text: str, file: str) -> list[Grid]:
    """All pipe tables of the file, each with the heading above it as its title."""
    grids: list[Grid] = []
    for number, (title, lines) in enumerate(tables(text), 1):
        grid = Grid(title=title)
        for row, (line, source) in enumerate(lines):
            grid.rows.append(_line(number, row, line, source, file))
            measured(row + 1, len(grid.rows[-1]), file)
        grids.append(grid)
    return grids


def tables(text: str) -> list[tuple[str, list[tuple[int, str]]]]:
    """(title, [(line number, source line)]) per table; the rule below the heading row is left out."""
    lines = text.removeprefix("\ufeff").splitlines()
    found: list[tuple[str, list[tuple[int, str]]]] = []
    title, fence, at = "", "", 0
    while at < len(lines):
        mark = _FENCE.match(lines[at])
        if mark:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        elif not fence and at + 1 < len(lines) and _begins(lines[at], lines[at + 1]):
            rows, at = _body(lines, at)
            found.append((title, rows))
            continue
        elif not fence and (heading := _TITLE.match(lines[at])) and not title:
            title = unmarked(heading[1])
        at += 1
    return found


def _begins(line: str, rule: str) -> bool:
    return "|" in line and "|" in rule and bool(_RULE.match(rule)) and len(cells(line)) == len(cells(rule))


def _body(lines: list[str], at: int) -> tuple[list[tuple[int, str]], int]:
    rows = [(at + 1, lines[at])]
    at += 2
    while at < len(lines) and "|" in lines[at] and lines[at].strip():
        rows.append((at + 1, lines[at]))
        at += 1
    return rows, at


def cells(line: str) -> list[str]:
    """The cells of one line; an escaped pipe belongs to its cell."""
    parts = _CUT.split(line.strip())
    if parts and not parts[0].strip():
        parts = parts[1:]
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    return parts


def _line(number: int, row: int, line: int, source: str, file: str) -> list[Cell]:
    found = []
    for column, text in enumerate(cells(source)):
        place = CellPlace(file, line=line, column=column + 1)
        found.append(Cell(clean(unmarked(text), place), place, (number, row, column)))
    return found


def unmarked(text: str) -> str:
    """The text without emphasis, code, links and escapes; a single `*` at the end of a name stays."""
    text = _BREAK.sub("\n", text)
    for pattern in (_CODE, _STRONG):
        text = pattern.sub(r"\2", text)
    text = _LIGHT.sub(r"\1", _LINK.sub(r"\1", text))
    return _ESCAPE.sub(r"\1", text).strip()
