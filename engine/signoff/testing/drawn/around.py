"""What surrounds the place that is being drawn, and what is still left to draw. Must import nothing of signoff but `sheet`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

from signoff.testing.drawn.sheet import Sheet

RANKS = 3  # of signals and escalations: what hears one throws only those of a higher rank, so nothing goes in circles
ERRORS = ("E1", "E2", "E3")
VARIABLES = ("a", "b", "c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """`calm`: one token is under way here, and for each that comes in one goes on. `errors`: the codes that somebody around catches.

    `rank`: only signals and escalations above it may be thrown. `cancels`: directly in a transaction. `called`: in
    a process that another one calls. `undoes`: what runs here undoes something.
    """

    calm: bool = True
    depth: int = 3
    rank: int = 0
    errors: tuple[str, ...] = ()
    cancels: bool = False
    called: bool = False
    undoes: bool = False


@dataclass(slots=True)
class Pencil:
    """Chance, ids, how many blocks may still be drawn, and what the file has to declare."""

    random: Random
    left: int
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    messages: list[str] = field(default_factory=list)
    processes: dict[str, str] = field(default_factory=dict)

    def name(self, letter: str) -> str:
        return f"{letter}{next(self.numbers)}"

    def sheet(self) -> Sheet:
        return Sheet(self.name)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def message(self) -> str:
        """A message that nothing else waits for."""
        self.messages.append(self.name("m"))
        return self.messages[-1]

    def condition(self) -> str:
        """Over data that somebody writes; false when all are 0."""
        return f"{self.random.choice(VARIABLES)} > {self.random.randint(0, 2)}"

    def higher(self, rank: int) -> int:
        """A rank above this one; 0 when there is none."""
        return self.random.randint(rank + 1, RANKS) if rank < RANKS else 0
