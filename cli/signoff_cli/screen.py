"""What people see: lines, headings and tables; with colour on a terminal, plain and aligned elsewhere.

Chinese characters count two columns. Whatever is shown was cleaned of control characters. Must import rich only
when a terminal is there.
"""

import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import click

from signoff_cli.document import plain

Cell = str | tuple[str, str]
PIPE_CLOSED = 141
_GAP = 2  # columns between those of a table
STYLES = {"late": "red", "soon": "yellow", "good": "green", "dim": "bright_black", "head": "bold"}


@dataclass(slots=True)
class Screen:
    """Where an answer goes. `coloured`: a terminal that can show colours, `columns` wide (None: it is asked)."""

    out: TextIO
    lang: str
    coloured: bool
    columns: int | None = None

    @classmethod
    def of(cls, lang: str) -> "Screen":
        """The standard output, which survives characters that it cannot encode."""
        return cls(sys.stdout, lang, sys.stdout.isatty())

    def document(self, value: Any) -> None:
        """One JSON document."""
        told = plain(value, self.lang)
        text = json.dumps(told, ensure_ascii=False, indent=2)
        try:
            text.encode(self.out.encoding or "utf-8")
        except UnicodeEncodeError:  # a console would spell the character out as Python does, not as JSON does
            text = json.dumps(told, indent=2)
        print(text, file=self.out)

    def line(self, text: object = "", style: str = "") -> None:
        """One line, or several where the text has several."""
        print(self._styled(str(text), style, keep="\n"), file=self.out)

    def _styled(self, text: str, style: str, keep: str = "") -> str:
        said = cleaned(text, keep)
        if not style or not self.coloured:
            return said
        colour = STYLES[style]
        return click.style(said, bold=True) if colour == "bold" else click.style(said, fg=colour)

    def heading(self, text: str) -> None:
        """The title of what follows, an empty line before it."""
        print(file=self.out)
        self.line(text, "head")

    def pairs(self, rows: Iterable[tuple[str, object]]) -> None:
        """Names and values; pairs without a value are left out."""
        shown = [(name, str(value)) for name, value in rows if value not in ("", None)]
        room = max((width(name) for name, _ in shown), default=0)
        for name, value in shown:
            self.line(f"{padded(name, room)}  {value}")

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """Rows under titles; a cell may carry a style."""
        shown = [[(cell, "") if isinstance(cell, str) else cell for cell in row] for row in rows]
        if self.coloured and len(titles) > 4 and _room(titles, rows) > self._wide():
            self._cards(titles, shown)
        elif self.coloured:
            self._rich(titles, shown)
        else:
            self._plain(titles, shown)

    def steps(self, titles: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """Rows of which the last cell is what to type: on a line of its own where a terminal is too narrow.

        A command that is broken in the middle cannot be copied. Cells that it repeats are then left out.
        """
        if self.coloured and _room(titles, rows) > self._wide():
            for row in rows:
                self._step(row)
        else:
            self.table(titles, rows)

    def _wide(self) -> int:
        return self.columns or shutil.get_terminal_size().columns

    def _cards(self, titles: Sequence[str], rows: Sequence[Sequence[tuple[str, str]]]) -> None:
        """Rows one below the other, each cell under its title: a wide table is not read in narrow columns."""
        room = max(width(title) for title in titles)
        for row in rows:
            cells = [(title, text, style) for title, (text, style) in zip(titles, row, strict=True) if text]
            for n, (title, text, style) in enumerate(cells):
                self.line(f"{padded(title, room)}  {text}" if n else text, style if n else "head")
            print(file=self.out)

    def _step(self, row: Sequence[Cell]) -> None:
        *cells, (command, _) = ((cell, "") if isinstance(cell, str) else cell for cell in row)
        shown = [(text, style) for text, style in cells if text and text not in command.split()]
        said = (self._styled(text, style if n else "head") for n, (text, style) in enumerate(shown))
        print("  ".join(said), file=self.out)
        if command:
            self.line(f"  {command}")

    def _plain(self, titles: Sequence[str], rows: Sequence[Sequence[tuple[str, str]]]) -> None:
        lines = [list(titles), *([cleaned(text) for text, _ in row] for row in rows)]
        rooms = [max(width(line[n]) for line in lines) for n in range(len(titles))]
        for line in lines:
            cells = (padded(text, room) for text, room in zip(line, rooms, strict=True))
            print("  ".join(cells).rstrip(), file=self.out)

    def _rich(self, titles: Sequence[str], rows: Sequence[Sequence[tuple[str, str]]]) -> None:
        from rich.console import Console  # noqa: PLC0415 - a quarter of the time of a short verb
        from rich.table import Table  # noqa: PLC0415 - as above
        from rich.text import Text  # noqa: PLC0415 - as above

        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in titles:
            table.add_column(title, overflow="fold")
        for row in rows:
            table.add_row(*(Text(cleaned(text), style=STYLES.get(style, "")) for text, style in row))
        console = Console(
            file=self.out,
            highlight=False,
            width=self.columns,
            force_terminal=True,
            color_system="standard",
        )
        console.print(table)


def pipe_closed() -> int:
    """Whoever read has seen enough: write nowhere from now on, for Python complains again while closing.

    The exit code of a program that a closed pipe ended.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED


def _room(titles: Sequence[str], rows: Sequence[Sequence[Cell]]) -> int:
    """The columns that a table takes when nothing in it is broken."""
    texts = [titles, *([cell if isinstance(cell, str) else cell[0] for cell in row] for row in rows)]
    widest = [max(width(line[n]) for line in texts) for n in range(len(titles))]
    return sum(widest) + _GAP * (len(titles) - 1)


def width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def padded(text: str, room: int) -> str:
    """The text with blanks up to so many columns."""
    return text + " " * (room - width(text))


def cleaned(text: str, keep: str = "") -> str:
    """The text with control characters spelled out: data must not steer the terminal."""
    if text.isprintable():
        return text
    return "".join(_spelled(each) if each not in keep else each for each in text)


def _spelled(character: str) -> str:
    if character in "\n\t\r":
        return " "
    dangerous = unicodedata.category(character) in ("Cc", "Cf", "Cs")
    return character.encode("unicode_escape").decode() if dangerous else character
