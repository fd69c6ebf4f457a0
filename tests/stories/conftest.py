"""The command line in a folder of its own, as in tests/cli."""

from tests.cli.conftest import folder, leave, office, run, staffed
from tests.ready import sqlite_template

__all__ = ["folder", "leave", "office", "run", "sqlite_template", "staffed"]
