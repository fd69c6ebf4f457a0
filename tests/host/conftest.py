"""Hosts for signoff: Django without a project of its own, and the URL for an asyncio engine.

Django's settings are process-wide and set once; each test puts its own database under the alias `default`.
"""

from collections.abc import Iterator
from typing import Any

import django
import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from sqlalchemy import URL, make_url

BACKENDS = {"sqlite": "django.db.backends.sqlite3", "postgresql": "django.db.backends.postgresql"}


@pytest.fixture(scope="session")
def django_site() -> None:
    """Django set up with no project, no apps and no database yet."""
    if not settings.configured:
        settings.configure(USE_TZ=True, TIME_ZONE="UTC", INSTALLED_APPS=[], DATABASES={})
        django.setup()


@pytest.fixture
def django_connection(django_site: None, database: str) -> Iterator[BaseDatabaseWrapper]:
    """Django's `default` connection to this test's database, the one that `transaction.atomic()` uses."""
    known = connections.settings["default"]
    site = {"default": _django_database(make_url(database))}
    connections.settings["default"] = connections.configure_settings(site)["default"]
    _forget()
    yield connections["default"]
    connections["default"].close()
    connections.settings["default"] = known
    _forget()


def _forget() -> None:
    # The handler keeps one connection per alias and thread; the next test has another database.
    connections["default"].close()
    del connections["default"]


def _django_database(url: URL) -> dict[str, Any]:
    return {
        "ENGINE": BACKENDS[url.get_backend_name()],
        "NAME": url.database,
        "USER": url.username or "",
        "HOST": url.query.get("host", url.host or ""),
    }


@pytest.fixture
def async_database(database: str) -> str:
    """The URL of this test's database for `create_async_engine`."""
    return database.replace("sqlite:///", "sqlite+aiosqlite:///")
