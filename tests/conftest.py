"""Fixtures that every area shares: a PostgreSQL cluster and empty databases of both kinds; nothing else.

Under pytest-xdist each worker starts a cluster of its own: that takes a second, and they share nothing.
"""

import atexit
import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgres import Cluster, MissingServer

REQUIRED = "SIGNOFF_REQUIRE_POSTGRES"

# The same examples at every run: whether a change passes must not hang on luck. SIGNOFF_SEARCH=1 looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("search" if os.environ.get("SIGNOFF_SEARCH") == "1" else "same")


def pytest_collection_finish() -> None:
    """Thousands of collected tests live to the end: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The running cluster; without PostgreSQL a skip, or a failure where SIGNOFF_REQUIRE_POSTGRES=1."""
    try:
        cluster = Cluster.start()
    except MissingServer as missing:
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(f"{missing}, and {REQUIRED}=1 demands them", pytrace=False)
        pytest.skip(f"the PostgreSQL half was not run: {missing}")
    atexit.register(cluster.stop)
    yield cluster
    cluster.stop()
    atexit.unregister(cluster.stop)


@pytest.fixture(scope="session")
def postgres_url(postgres: Cluster) -> str:
    """The URL of the cluster's maintenance database; tests that store something take `database`."""
    return postgres.url()


@pytest.fixture
def postgres_database(postgres: Cluster) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def sqlite_database(tmp_path: Path) -> str:
    """The URL of a SQLite file of this test's own that does not exist yet."""
    return f"sqlite:///{tmp_path / 'signoff.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of this test's own, once of each kind."""
    kind = {"sqlite": "sqlite_database", "postgresql": "postgres_database"}[request.param]
    url: str = request.getfixturevalue(kind)
    return url
