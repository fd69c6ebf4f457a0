"""What a database holds, to be compared with what it held before."""

import sqlite3
from pathlib import Path


def dump(place: Path) -> list[str]:
    """Everything in the SQLite file, or in signoff.db of the folder."""
    connection = sqlite3.connect(place / "signoff.db" if place.is_dir() else place)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()
