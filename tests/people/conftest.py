"""What the tests of people share: databases that hold the tables."""

from tests.ready import db, postgres_ready, postgres_template, ready, sqlite_template

__all__ = ["db", "postgres_ready", "postgres_template", "ready", "sqlite_template"]
