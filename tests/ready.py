"""Databases that already hold signoff's tables: migrated once per session, then copied.

Owns the fixture `db`; a folder's conftest takes it by importing it. Must import only signoff.store.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.store import migrations
from signoff.store.database import Database
from tests.postgres import Cluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables in it; copy it, never open it."""
    path = tmp_path_factory.mktemp("template") / "signoff.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster) -> str:
    """The name of a database with the tables in it, for `Cluster.create`."""
    name = postgres.create()
    _migrate(postgres.url(name))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def ready(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test's own with the tables in it, once of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "signoff.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.create(request.getfixturevalue("postgres_template"))
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def db(ready: str) -> Iterator[Database]:
    """That database, opened."""
    db = Database(ready)
    yield db
    db.dispose()


def _migrate(url: str) -> None:
    db = Database(url)
    migrations.upgrade(db)
    db.dispose()
