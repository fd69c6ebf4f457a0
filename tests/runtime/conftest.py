"""Fixtures of this folder: databases that already hold signoff's tables."""

from tests.ready import db, postgres_ready, postgres_template, ready, sqlite_template

__all__ = ["db", "postgres_ready", "postgres_template", "ready", "sqlite_template"]
