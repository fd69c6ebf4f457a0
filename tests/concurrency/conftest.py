"""Fixtures of this folder: databases that already hold signoff's tables, and one arena per kind and worker."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.concurrency.arena import Arena
from tests.concurrency.meeting import CHANCE, Meeting
from tests.postgres import Cluster
from tests.ready import postgres_template, sqlite_template

__all__ = ["postgres_template", "sqlite_template"]


@pytest.fixture(scope="session")
def on_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    path = tmp_path_factory.mktemp("arena") / "signoff.db"
    path.write_bytes(sqlite_template.read_bytes())
    yield from _held_at(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def on_postgresql(postgres: Cluster, postgres_template: str) -> Iterator[Meeting]:
    yield from _held_at(postgres.url(postgres.create(postgres_template)))


@pytest.fixture(params=["sqlite", "postgresql"])
def meeting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Meeting:
    """Two sides on one database of each kind for all tests; every meeting begins from rows that are put back.

    Chance stands still as the clock does: then the same course comes to the same rows, salts and hashes too.
    """
    monkeypatch.setattr(secrets, "token_hex", CHANCE.token_hex)
    found: Meeting = request.getfixturevalue(f"on_{request.param}")
    return found


def _held_at(url: str) -> Iterator[Meeting]:
    arena = Arena(url)
    with Meeting(arena) as meeting:
        yield meeting
    arena.dispose()
