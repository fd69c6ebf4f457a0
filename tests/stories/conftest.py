"""The command line in a folder of its own, as in tests/cli."""

from tests.cli.conftest import folder, leave, office, run, staffed
from tests.ready import postgres_ready, postgres_template, sqlite_template

__all__ = [
    "folder",
    "leave",
    "office",
    "postgres_ready",
    "postgres_template",
    "run",
    "sqlite_template",
    "staffed",
]
