"""Documents: bytes kept under their SHA-256, in the database, in a folder, or wherever the host keeps them.

A document is stored before the command that names it, and stays as long as a journal record names it; others
are swept after a time of grace. Storing the same bytes again stores nothing and lets the grace begin anew.
May import store.schema and store.database; never looks into a document.
"""

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias

from sqlalchemy import Connection, delete, insert, select, tuple_, update

from signoff.errors import Invalid, NotFound, UnreadableState
from signoff.store.database import Database
from signoff.store.handle import Handle
from signoff.store.schema import desk, document, document_chunk, journal, micros
from signoff.store.upsert import upsert

LIMIT = 20_000_000  # bytes of one document in the database
CHUNK = 1_000_000  # bytes of one row
PAGE = 500  # journal rows looked through at once
_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_KEY = (journal.c.shard, journal.c.instance, journal.c.n)

Content: TypeAlias = bytes | BinaryIO | Path


class Documents(Protocol):
    """Where bytes are kept. A host may bring its own store with these methods."""

    def put(self, data: Content, *, media: str) -> tuple[str, int]:
        """Keep the bytes; their SHA-256 in hex and their size. Doing it again changes nothing."""

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises NotFound."""

    def open(self, sha256: str) -> BinaryIO:
        """A stream of the bytes. Raises NotFound."""

    def older(self, before: datetime) -> list[str]:
        """The hashes of all documents that were last put before that instant."""

    def drop(self, sha256: str, *, before: datetime) -> bool:
        """Forget a document, unless it was put again after that instant."""


class DatabaseDocuments:
    """Documents in signoff's own tables, cut in rows of a megabyte."""

    def __init__(self, db: Database, *, connection: Connection | None = None, limit: int = LIMIT) -> None:
        """Each call is a transaction of its own; with `connection` it takes part in that one's."""
        self._db = db
        self._connection = connection
        self._limit = limit

    def within(self, connection: Connection) -> "DatabaseDocuments":
        """The same documents, as part of the transaction on that connection."""
        return DatabaseDocuments(self._db, connection=connection, limit=self._limit)

    def put(self, data: Content, *, media: str) -> tuple[str, int]:
        """Keep the bytes; their SHA-256 in hex and their size. Raises Invalid above the limit."""
        content = _read(data, self._limit)
        sha256 = hashlib.sha256(content).hexdigest()
        with self._write() as handle:
            if not self._touched(handle, sha256) and self._entered(handle, sha256, len(content), media):
                pieces = [
                    {"sha256": sha256, "n": n, "bytes": content[start : start + CHUNK]}
                    for n, start in enumerate(range(0, len(content), CHUNK))
                ]
                if pieces:
                    handle.execute(insert(document_chunk), pieces)
        return sha256, len(content)

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises NotFound, and UnreadableState when they are not what they were."""
        with self._read() as handle:
            known = handle.execute(select(document.c.size).where(document.c.sha256 == sha256)).first()
            pieces = handle.execute(
                select(document_chunk.c.bytes)
                .where(document_chunk.c.sha256 == sha256)
                .order_by(document_chunk.c.n)
            ).scalars()
            content = b"".join(bytes(piece) for piece in pieces)
        if known is None:
            raise NotFound("document_unknown", sha256=sha256)
        return _unharmed(content, sha256)

    def open(self, sha256: str) -> BinaryIO:
        """A stream of the bytes. Raises as `get` does."""
        return io.BytesIO(self.get(sha256))

    def older(self, before: datetime) -> list[str]:
        """The hashes of all documents that were last put before that instant."""
        with self._read() as handle:
            old = select(document.c.sha256).where(document.c.created_at < micros(before))
            return list(handle.execute(old).scalars().all())

    def drop(self, sha256: str, *, before: datetime) -> bool:
        """Forget a document, unless it was put again after that instant."""
        with self._write() as handle:
            gone = handle.execute(
                delete(document).where(document.c.sha256 == sha256, document.c.created_at < micros(before))
            ).rowcount
            if gone:
                handle.execute(delete(document_chunk).where(document_chunk.c.sha256 == sha256))
        return bool(gone)

    def _touched(self, handle: Handle, sha256: str) -> bool:
        again = update(document).where(document.c.sha256 == sha256)
        return bool(handle.execute(again.values(created_at=micros(self._db.now(handle)))).rowcount)

    def _entered(self, handle: Handle, sha256: str, size: int, media: str) -> bool:
        """False when somebody else was first: then the bytes are theirs, and the same."""
        row = {"sha256": sha256, "size": size, "media": media, "created_at": micros(self._db.now(handle))}
        entry = upsert(handle.connection, document).values(row).on_conflict_do_nothing()
        return handle.execute(entry.returning(document.c.sha256)).first() is not None

    def _write(self) -> AbstractContextManager[Handle]:
        return self._db.write() if self._connection is None else self._db.join(self._connection)

    def _read(self) -> AbstractContextManager[Handle]:
        return self._db.read() if self._connection is None else self._db.join(self._connection)


class FolderDocuments:
    """Documents as files named by their hash, in a folder that several machines may share."""

    def __init__(self, folder: Path, *, limit: int | None = None) -> None:
        self._folder = folder
        self._limit = limit

    def put(self, data: Content, *, media: str) -> tuple[str, int]:  # noqa: ARG002 - a file has no media type; the journal does
        """Keep the bytes; whoever looks sees the whole file or none."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=self._folder, prefix=".put-")
        written = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                sha256, size = self._copied(data, file)
                file.flush()
                os.fsync(file.fileno())
            self._settled(written, self._folder / sha256)
        finally:
            written.unlink(missing_ok=True)
        return sha256, size

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises NotFound, and UnreadableState when they are not what they were."""
        with self.open(sha256) as file:
            return _unharmed(file.read(), sha256)

    def open(self, sha256: str) -> BinaryIO:
        """A stream of the bytes, unchecked. Raises NotFound."""
        if _HASH.fullmatch(sha256):  # nothing else may become part of a path
            with suppress(FileNotFoundError):
                return (self._folder / sha256).open("rb")
        raise NotFound("document_unknown", sha256=sha256)

    def older(self, before: datetime) -> list[str]:
        """The hashes of all documents that were last put before that instant."""
        files = self._folder.iterdir() if self._folder.is_dir() else ()
        return sorted(file.name for file in files if _HASH.fullmatch(file.name) and _age(file) < before)

    def drop(self, sha256: str, *, before: datetime) -> bool:
        """Forget a document, unless it was put again after that instant."""
        file = self._folder / sha256
        if not _HASH.fullmatch(sha256) or not file.exists() or _age(file) >= before:
            return False
        file.unlink(missing_ok=True)
        return True

    def _copied(self, data: Content, file: BinaryIO) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        for piece in _pieces(data):
            size += len(piece)
            if self._limit is not None and size > self._limit:
                raise Invalid("document_too_large", limit=self._limit)
            digest.update(piece)
            file.write(piece)
        return digest.hexdigest(), size

    def _settled(self, written: Path, target: Path) -> None:
        """A file that is there already is replaced by its equal: that dates it anew."""
        written.replace(target)
        if os.name == "posix":  # elsewhere a folder cannot be opened
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def sweep(db: Database, documents: Documents, *, before: datetime) -> int:
    """Drop the documents last put before that instant that neither a journal record nor a draft names; how many.

    `before` leaves whoever stored a document time to name it: an hour is plenty. Reads the whole journal, in
    pages. A command that names an old document puts it again first, and `drop` spares it then.
    """
    unnamed = set(documents.older(before))
    for text in _records(db):
        if not unnamed:
            break
        unnamed.difference_update(_HASH.findall(text))
    if unnamed:
        unnamed.difference_update(_HASH.findall(" ".join(_drafts(db))))
    return sum(documents.drop(sha256, before=before) for sha256 in sorted(unnamed))


def unnamed(db: Database, documents: Documents, *, since: datetime, before: datetime) -> list[str]:
    """The documents last put between these instants that no record from `since` on names, nor a draft.

    An older record may name them all the same: `is_named` looks at all of them.
    """
    found = {*documents.older(before)} - {*documents.older(since)}
    for text in _records(db, micros(since)) if found else ():
        found.difference_update(_HASH.findall(text))
    return sorted(found.difference(_HASH.findall(" ".join(_drafts(db)))) if found else ())


def is_named(db: Database, sha256: str) -> bool:
    """Whether any journal record or draft names this document; reads the whole journal, inside the database."""
    like = f'%"{sha256}"%'
    records = select(journal.c.n).where(journal.c.bytes.like(like)).limit(1)
    drafts = select(desk.c.task).where(desk.c.draft.like(like)).limit(1)
    with db.read() as handle:
        return any(handle.execute(each).first() is not None for each in (records, drafts))


def _records(db: Database, since: int = 0) -> Iterator[str]:
    rows = select(*_KEY, journal.c.bytes).order_by(*_KEY).limit(PAGE)
    rows = rows.where(journal.c.recorded_at >= since) if since else rows
    page = rows
    while True:
        with db.read() as handle:
            found = handle.execute(page).all()
        yield from (row.bytes for row in found)
        if len(found) < PAGE:
            return
        page = rows.where(tuple_(*_KEY) > tuple_(*found[-1][:3]))


def _drafts(db: Database) -> list[str]:
    """What people keep for themselves may name a document that is not handed in yet."""
    with db.read() as handle:
        rows = handle.execute(select(desk.c.draft).where(desk.c.draft.like('%"sha256"%'))).all()
    return [row.draft for row in rows]


def _read(data: Content, limit: int) -> bytes:
    found = bytearray()
    for piece in _pieces(data):
        found += piece
        if len(found) > limit:
            raise Invalid("document_too_large", limit=limit)
    return bytes(found)


def _pieces(data: Content) -> Iterable[bytes]:
    if isinstance(data, bytes):
        yield data
    elif isinstance(data, Path):
        with data.open("rb") as file:
            yield from iter(lambda: file.read(CHUNK), b"")
    else:
        yield from iter(lambda: data.read(CHUNK), b"")


def _unharmed(content: bytes, sha256: str) -> bytes:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise UnreadableState("document_damaged", sha256=sha256)
    return content


def _age(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)
