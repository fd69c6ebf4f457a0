"""Tests of signoff inside the transactions of its hosts: SQLAlchemy, Django, asyncio."""
