"""How a daemon is: when it last claimed, how far the work is behind, what is owed; as JSON and in Prometheus' format.

Only looks. Must not import `engine`; serving it is the endpoint's, writing it the daemon's.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from signoff.errors import SignoffError
from signoff.runtime.clock import Clock, SystemClock
from signoff.runtime.worker import Worker
from signoff.store import backlog
from signoff.store.agenda import DEAD
from signoff.store.backlog import Lag

PATIENCE = 3  # polls without a successful claim
LEAST = timedelta(seconds=60)
CONTENT = "text/plain; version=0.0.4; charset=utf-8"  # of Prometheus' text format


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found: `lag` and `queue` None where the database cannot be asked."""

    at: datetime
    lag: Lag | None
    queue: Mapping[tuple[str, str], int]


class Health:
    """Of one worker, whose daemon looks for work at least every `poll`."""

    def __init__(self, worker: Worker, poll: timedelta, *, clock: Clock | None = None) -> None:
        self._worker = worker
        self._clock = clock or SystemClock()
        self._longest = max(PATIENCE * poll, LEAST)
        self._since = self._clock.now()

    @property
    def is_well(self) -> bool:
        """Whether it has claimed lately; a daemon that has just begun is well."""
        return self._clock.now() - (self._worker.tally.last_claim or self._since) <= self._longest

    def status(self) -> dict[str, Any]:
        """One JSON object: `status` is ok or stuck; `behind` is the age in seconds of the oldest due work."""
        found, tally = self._read(), self._worker.tally
        lag = found.lag
        return {
            "status": "ok" if self.is_well else "stuck",
            "worker": self._worker.name,
            "at": found.at.isoformat(timespec="milliseconds"),
            "last_claim": tally.last_claim.isoformat(timespec="milliseconds") if tally.last_claim else None,
            "database": "ok" if lag is not None else "away",
            "behind": lag.behind.total_seconds() if lag is not None else None,
            "due": lag.due if lag is not None else None,
            "leased": lag.leased if lag is not None else None,
            "dead": lag.dead if lag is not None else None,
            "busy": self._worker.pool.busy if self._worker.pool is not None else 0,
        }

    def write(self, file: Path) -> None:
        """Replace a file by the status, whole or not at all. Raises OSError."""
        text = json.dumps(self.status(), ensure_ascii=False) + "\n"
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as opened:
                opened.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(file)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def metrics(self) -> str:
        """All measures in Prometheus' text format."""
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterable[str]:
        found, tally, pool = self._read(), self._worker.tally, self._worker.pool
        yield from _measure("up", "gauge", "Whether the daemon has claimed lately.", {(): int(self.is_well)})
        yield from _measure(
            "database_up", "gauge", "Whether the database answers.", {(): int(found.lag is not None)}
        )
        if found.lag is not None:
            yield from _measure(
                "lag_seconds", "gauge", "Age of the oldest due work.", {(): found.lag.behind.total_seconds()}
            )
            yield from _measure("due", "gauge", f"Due work, at most {backlog.COUNTED}.", {(): found.lag.due})
            yield from _measure(
                "leased", "gauge", "Due work that somebody has in hand.", {(): found.lag.leased}
            )
            yield from _measure(
                "queue", "gauge", "Owed, by kind and state.", _labelled(("kind", "state"), found.queue)
            )
            letters = {kind: number for (kind, state), number in found.queue.items() if state == DEAD}
            yield from _measure(
                "dead_letters", "gauge", "Given up, by kind.", _labelled(("kind",), letters) or {(): 0}
            )
        yield from _measure("claims_total", "counter", "Claims that succeeded.", {(): tally.claims})
        yield from _measure("claimed_total", "counter", "Obligations claimed.", {(): tally.claimed})
        outcomes = {(kind, str(outcome)): number for (kind, outcome), number in tally.outcomes().items()}
        yield from _measure(
            "settled_total",
            "counter",
            "Obligations by kind and what became of them.",
            _labelled(("kind", "outcome"), outcomes),
        )
        last = tally.last_claim.timestamp() if tally.last_claim else 0
        yield from _measure("last_claim_timestamp_seconds", "gauge", "When it last claimed.", {(): last})
        yield from _measure(
            "busy", "gauge", "Handlers and notices under way.", {(): pool.busy if pool else 0}
        )

    def _read(self) -> Reading:
        core = self._worker.core
        try:
            with core.database.read() as handle:
                lag = backlog.lag(handle.connection, self._worker.now())
                return Reading(self._clock.now(), lag, backlog.queue(handle.connection))
        except SignoffError:
            return Reading(self._clock.now(), None, {})


Labels = tuple[tuple[str, str], ...]


def _labelled(names: tuple[str, ...], values: Mapping[Any, int]) -> dict[Labels, float]:
    """Values by their labels, in a stable order."""
    found: dict[Labels, float] = {}
    for key, value in sorted(values.items()):
        parts = key if isinstance(key, tuple) else (key,)
        found[tuple(zip(names, map(str, parts), strict=True))] = value
    return found


def _measure(name: str, kind: str, help: str, values: Mapping[Labels, float]) -> Iterable[str]:
    """One measure in the text format: https://prometheus.io/docs/instrumenting/exposition_formats/."""
    full = f"signoff_{name}"
    yield f"# HELP {full} {help}"
    yield f"# TYPE {full} {kind}"
    for labels, value in values.items():
        said = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
        yield f"{full}{{{said}}} {value:g}" if said else f"{full} {_number(value)}"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else repr(float(value))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
