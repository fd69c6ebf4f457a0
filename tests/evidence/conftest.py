"""Fixtures of this folder: an office on each kind of database."""

from collections.abc import Iterator

import pytest

from tests.evidence.hiring import HIRE, hire
from tests.evidence.office import Office
from tests.ready import db, postgres_ready, postgres_template, ready, sqlite_template

__all__ = ["db", "postgres_ready", "postgres_template", "ready", "sqlite_template"]


@pytest.fixture
def office(ready: str) -> Iterator[Office]:
    """On SQLite and on PostgreSQL."""
    office = Office(ready)
    yield office
    office.close()


@pytest.fixture
def hired(office: Office) -> tuple[Office, str]:
    """An instance that has ended, full of what is nobody's business any more."""
    office.engine.deploy(HIRE)
    return office, hire(office)
