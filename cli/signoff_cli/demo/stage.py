"""Where a demo is shown while it runs: a live table on a terminal, plain lines elsewhere, nothing for scripts.

Must import rich only when a terminal is there.
"""

from __future__ import annotations

import time
import typing
from collections import deque
from collections.abc import Sequence

from signoff import Engine, TimelineRow
from signoff_cli import view
from signoff_cli.demo.story import Happening, Naming
from signoff_cli.moment import shown
from signoff_cli.screen import STYLES, Screen, cleaned
from signoff_cli.words import t

if typing.TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.live import Live

_OVER = frozenset({"passed", "lapsed", "skipped", "cancelled", "superseded", "unreached"})
_WAITS = frozenset({"open", "in_review"})
_LINES = 6  # of what happened last
_FRAME = 5  # lines of the terminal that neither steps nor happenings take
_PAUSE = 0.1  # seconds between two looks at the steps


class Silent:
    """Shows nothing."""

    def begin(self, engine: Engine, id: str, naming: Naming) -> None: ...

    def told(self, happening: Happening) -> None: ...

    def end(self) -> None: ...


class Lines:
    """A line for each thing that happens."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._zone = ""

    def begin(self, engine: Engine, id: str, naming: Naming) -> None:  # noqa: ARG002 - the form of a stage
        self._zone = naming.definition.zone

    def told(self, happening: Happening) -> None:
        self._screen.line(f"{shown(happening.at, self._zone)}  {happening.text}", happening.style)

    def end(self) -> None: ...


class Table:
    """The steps with their states, redrawn as they change, over what happened last."""

    def __init__(self, console: Console, lang: str) -> None:
        self._console = console
        self._lang = lang
        self._last: deque[Happening] = deque(maxlen=_LINES)
        self._live: Live | None = None
        self._drawn = 0.0

    def begin(self, engine: Engine, id: str, naming: Naming) -> None:
        from rich.live import Live  # noqa: PLC0415 - only on a terminal

        self._engine, self._id, self._naming = engine, id, naming
        self._last.clear()
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._live.start()

    def told(self, happening: Happening) -> None:
        self._last.append(happening)
        if time.monotonic() - self._drawn > _PAUSE:
            self._draw()

    def _draw(self) -> None:
        if self._live is not None:
            self._live.update(self._picture(self._engine.timeline(self._id)), refresh=True)
            self._drawn = time.monotonic()

    def end(self) -> None:
        self._draw()  # what happened since the last picture
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _picture(self, rows: Sequence[TimelineRow]) -> Group:
        from rich.console import Group  # noqa: PLC0415 - only on a terminal
        from rich.progress_bar import ProgressBar  # noqa: PLC0415 - as above
        from rich.table import Table as Grid  # noqa: PLC0415 - as above
        from rich.text import Text  # noqa: PLC0415 - as above

        done = sum(row.status in _OVER for row in rows)
        grid = Grid(box=None, pad_edge=False, header_style="bold", expand=True)
        for title in (t("Phase"), t("Step"), t("Owner"), t("Due"), t("Status")):
            grid.add_column(title, no_wrap=True, overflow="ellipsis")
        room = self._console.size.height - _LINES - _FRAME
        for row in _window(rows, max(room, 3)):
            grid.add_row(*(Text(cleaned(text), style=style) for text, style in self._cells(row)))
        lines = [
            Text(
                cleaned(f"{shown(each.at, self._zone)}  {each.text}"),
                STYLES.get(each.style, ""),
                no_wrap=True,
            )
            for each in self._last
        ]
        return Group(
            grid, Text(), ProgressBar(total=max(len(rows), 1), completed=done, complete_style="green"), *lines
        )

    @property
    def _zone(self) -> str:
        return self._naming.definition.zone

    def _cells(self, row: TimelineRow) -> list[tuple[str, str]]:
        style = "red" if row.late else "green" if row.status == "passed" else ""
        style = "bold yellow" if row.status in _WAITS and not row.late else style
        style = "bright_black" if row.status in ("planned", "skipped", "unreached") else style
        cells = (row.phase.get(self._lang), self._naming.step(row.step), row.by or self._naming.owner(row.step), shown(row.due, self._zone),
                 view.status(row.status) + (f", {t('late')}" if row.late else ""))  # fmt: skip
        return [(cell, style) for cell in cells]


def _window(rows: Sequence[TimelineRow], room: int) -> Sequence[TimelineRow]:
    """As many rows as there is room for, those around what waits."""
    active = next((n for n, row in enumerate(rows) if row.status in _WAITS), len(rows))
    first = min(max(active - room // 3, 0), max(len(rows) - room, 0))
    return rows[first : first + room]
