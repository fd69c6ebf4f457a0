"""Contests: the contestants take turns in one run, medians are compared, and a table says which targets are met.

Nothing here asserts a time. A ratio is the median of the ratios of neighbouring turns, so that what else the
machine does weighs on both sides alike. Must import nothing of signoff.
"""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

Clock = Callable[[], float]
Turn = Callable[[], int]  # does a batch of work and says how many pieces it was


def alternate(turns: Sequence[Turn], clock: Clock, rounds: int) -> list[list[float]]:
    """Seconds per piece of each contestant, round by round; a turn before the first warms up and is not counted."""
    for turn in turns:
        turn()
    found: list[list[float]] = [[] for _ in turns]
    for _ in range(rounds):
        for turn, times in zip(turns, found, strict=True):
            gc.collect()
            before = clock()
            pieces = turn()
            times.append((clock() - before) / pieces)
    return found


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times as fast the first is."""
    return median(b / a for a, b in zip(ours, theirs, strict=True))


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `met` None: shown for comparison, no target hangs on it."""

    what: str
    measured: str
    ratio: str
    target: str
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return {None: "", True: "met", False: "MISSED"}[self.met]

    def cells(self) -> tuple[str, ...]:
        return self.what, self.measured, self.ratio, self.target, self.verdict


@dataclass(slots=True)
class Board:
    """All figures of a run, question by question."""

    sections: dict[str, list[Figure]] = field(default_factory=dict)

    def add(self, question: str, *figures: Figure) -> None:
        self.sections.setdefault(question, []).extend(figures)

    def lines(self) -> list[str]:
        """The table as text, and one line that counts the targets."""
        head = ("figure", "measured", "ratio", "target", "met?")
        rows = [figure.cells() for figures in self.sections.values() for figure in figures]
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        lines = [_line(head, widths)]
        for question, figures in self.sections.items():
            lines += ["", question, *(_line(figure.cells(), widths) for figure in figures)]
        judged = [f for figures in self.sections.values() for f in figures if f.met is not None]
        return [*lines, "", f"targets met: {sum(bool(f.met) for f in judged)} of {len(judged)}"]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def micros(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1e6:,.1f} µs"


def rate(seconds: Sequence[float]) -> str:
    return f"{1 / median(seconds):,.0f}/s"
