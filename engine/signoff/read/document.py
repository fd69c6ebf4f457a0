"""Whether the documents in the database still are what was put there.

Each finding names its class, as in `read.finding`. Must import only store.schema.
"""

import hashlib
from collections.abc import Collection, Iterator

from sqlalchemy import Connection, select

from signoff.read.finding import Fault, Finding
from signoff.store.schema import document, document_chunk


def verify_documents(connection: Connection) -> list[Finding]:
    """The bytes of every document in the database against its hash, one after the other."""
    found = {row.sha256: row.size for row in connection.execute(select(document)).all()}
    pieces = {*connection.execute(select(document_chunk.c.sha256).distinct()).scalars()}
    lost = [Finding(sha256, Fault.DOCUMENT, detail="without a row") for sha256 in sorted(pieces - {*found})]
    return [
        *(fault for sha256, size in found.items() for fault in _document(connection, sha256, size)),
        *lost,
    ]


def _document(connection: Connection, sha256: str, size: int) -> Iterator[Finding]:
    columns = (document_chunk.c.n, document_chunk.c.bytes)
    rows = select(*columns).where(document_chunk.c.sha256 == sha256).order_by(document_chunk.c.n)
    digest, length = hashlib.sha256(), 0
    for number, row in enumerate(connection.execute(rows)):
        if row.n != number:
            yield Finding(sha256, Fault.DOCUMENT, detail="order")
        digest.update(row.bytes)
        length += len(row.bytes)
    if digest.hexdigest() != sha256:
        yield Finding(sha256, Fault.DOCUMENT, detail="bytes")
    elif length != size:
        yield Finding(sha256, Fault.DOCUMENT, detail="size")


def lost(connection: Connection, named: Collection[str]) -> set[str]:
    """Which of these documents the database does not keep."""
    rows = select(document.c.sha256).where(document.c.sha256.in_(named))
    return {*named} - {*connection.execute(rows).scalars()}
