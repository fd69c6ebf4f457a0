"""What a worker has done since it began: counted by kind, for health and metrics. Must import nothing of signoff."""

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a claimed obligation."""

    DONE = "done"
    FAILED = "failed"  # put off, or given back
    BURIED = "buried"  # given up: a dead letter


class Tally:
    """Counts of one worker; several threads may count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outcomes: Counter[tuple[str, Outcome]] = Counter()
        self.claims = 0  # claims that succeeded, those that found nothing included
        self.claimed = 0  # rows
        self.last_claim: datetime | None = None

    def took(self, number: int, at: datetime) -> None:
        """A claim succeeded and found so many rows."""
        with self._lock:
            self.claims += 1
            self.claimed += number
            self.last_claim = at

    def count(self, kind: str, outcome: Outcome, number: int = 1) -> None:
        """So many of a kind came to this."""
        if number:
            with self._lock:
                self._outcomes[kind, outcome] += number

    def outcomes(self) -> Mapping[tuple[str, Outcome], int]:
        """How many of each kind came to what."""
        with self._lock:
            return dict(self._outcomes)

    def total(self, outcome: Outcome) -> int:
        """How many came to this, of every kind."""
        return sum(number for (_, each), number in self.outcomes().items() if each is outcome)
