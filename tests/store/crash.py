"""A program that kills itself in the middle of a command: `python -m tests.store.crash URL [STATEMENT]...`.

Run by `test_crash`. For each STATEMENT a process of its own is killed just before it, without a chance to clean
up; then the program says so and waits for a line. Without any it prints how many statements a command has.
"""

import os
import signal
import sys
from typing import Any

from signoff.store.database import Database
from signoff.store.unit import Unit
from tests.store import story
from tests.store.counting import Log, counted
from tests.store.story import AT, new_id


class Deadly(Log):
    """Kills the process when the wanted statement is told; `at` 0 never."""

    at = 0
    told = 0

    def tell(self, statement: Any) -> None:
        self.told += 1
        if self.told == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def run(url: str, at: int) -> int:
    """Start one instance and decide on another in one unit; how many statements that took, BEGIN and COMMIT too."""
    engine, log = counted(url, Deadly())
    assert isinstance(log, Deadly), "the log that was given"
    db = Database(engine, clock=lambda: AT)
    db.ensure()
    log.told, log.at = 0, at
    with Unit(db) as unit:
        story.start(unit, new_id("second"))
        story.decide(unit, new_id(), "bob")
        unit.save()
        log.tell("COMMIT")  # the driver's own method, not a statement of its cursor
    return log.told


def main() -> None:
    url, *points = sys.argv[1:]
    if not points:
        print(run(url, 0))
        return
    for point in points:
        child = os.fork()
        if child == 0:
            run(url, int(point))
            os._exit(0)
        os.waitpid(child, 0)
        print(point, flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main()
