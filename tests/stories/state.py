"""What a database holds, to be compared with what it held before."""

import sqlite3
from pathlib import Path

DOCUMENTS = ('INSERT INTO "signoff_document"', 'INSERT INTO "signoff_document_chunk"')


def dump(place: Path) -> list[str]:
    """Everything in the SQLite file, or in signoff.db of the folder, but for the bytes of documents.

    Those are stored under their hash before a command; what no record names is swept later.
    """
    connection = sqlite3.connect(place / "signoff.db" if place.is_dir() else place)
    try:
        return [line for line in connection.iterdump() if not line.startswith(DOCUMENTS)]
    finally:
        connection.close()
