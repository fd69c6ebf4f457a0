"""The board of this run, and its table at the end. `pytest -m bench tests/bench -s`, in one process."""

import pytest

from tests.bench.contest import Board
from tests.ready import db, postgres_ready, postgres_template, ready, sqlite_template

__all__ = ["db", "postgres_ready", "postgres_template", "ready", "sqlite_template"]

_BOARD = pytest.StashKey[Board]()


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Contestants that ran beside one another would measure one another."""
    config.option.numprocesses = 0
    config.option.dist = "no"


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_BOARD] = Board()


@pytest.fixture
def board(request: pytest.FixtureRequest) -> Board:
    return request.config.stash[_BOARD]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    board = config.stash[_BOARD]
    if board.sections:
        terminalreporter.section("benchmarks")
        for line in board.lines():
            terminalreporter.write_line(line)
