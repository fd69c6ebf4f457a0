"""What the stores of documents promise: the same bytes back, once, for as long as somebody names them."""

import hashlib
import io
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from signoff.errors import Invalid, NotFound, UnreadableState
from signoff.store.database import Database
from signoff.store.documents import CHUNK, DatabaseDocuments, Documents, FolderDocuments, sweep
from signoff.store.schema import document, document_chunk, journal, micros

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
BYTES = "活动目标确认书".encode()
SHA = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture(params=["database", "folder"])
def documents(request: pytest.FixtureRequest, db: Database, tmp_path: Path) -> Documents:
    return DatabaseDocuments(db) if request.param == "database" else FolderDocuments(tmp_path / "documents")


def name(db: Database, text: str) -> None:
    row = {"shard": 1, "instance": "i-1", "n": 1, "bytes": text, "hash": "", "recorded_at": 0}
    with db.write() as handle:
        handle.execute(insert(journal), row)


def test_what_was_put_is_got_back_under_its_hash(documents: Documents) -> None:
    assert documents.put(BYTES, media="text/plain") == (SHA, len(BYTES))
    assert documents.get(SHA) == BYTES
    with documents.open(SHA) as stream:
        assert stream.read() == BYTES


def test_every_size_survives(documents: Documents) -> None:
    for size in (0, 1, CHUNK - 1, CHUNK, 2 * CHUNK + 1):
        data = os.urandom(size)
        sha256, length = documents.put(io.BytesIO(data), media="")
        assert (length, documents.get(sha256)) == (size, data)


def test_a_file_can_be_put_by_its_path(documents: Documents, tmp_path: Path) -> None:
    path = tmp_path / "goal.txt"
    path.write_bytes(BYTES)
    assert documents.put(path, media="text/plain") == (SHA, len(BYTES))


def test_putting_twice_keeps_one(documents: Documents) -> None:
    assert documents.put(BYTES, media="text/plain") == documents.put(BYTES, media="text/plain")
    assert documents.older(LATER) == [SHA]


def test_two_who_put_the_same_at_once_both_succeed(db: Database) -> None:
    documents = DatabaseDocuments(db)
    data = os.urandom(3 * CHUNK)
    found: list[object] = []

    def put() -> None:
        try:
            found.append(db.attempt(lambda: documents.put(data, media=""))[1])
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            found.append(error)

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [len(data)] * 4
    with db.read() as handle:
        assert handle.execute(select(func.count()).select_from(document_chunk)).scalar() == 3


def test_an_unknown_document_is_not_found(documents: Documents) -> None:
    documents.put(BYTES, media="")
    for sha256 in ("0" * 64, "", "../../etc/passwd", SHA[:-1], SHA.upper()):
        for read in (documents.get, documents.open):
            with pytest.raises(NotFound, match="document"):
                read(sha256)
        assert documents.drop(sha256, before=LATER) is False


def test_a_document_above_the_limit_is_refused_and_leaves_nothing(db: Database, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    stores: list[Callable[[int], Documents]] = [
        lambda limit: DatabaseDocuments(db, limit=limit),
        lambda limit: FolderDocuments(folder, limit=limit),
    ]
    for store in stores:
        store(10).put(b"0123456789", media="")
        with pytest.raises(Invalid, match="at most 9 bytes"):
            store(9).put(b"0123456789", media="")
        assert len(store(10).older(LATER)) == 1
    assert [file.name for file in folder.iterdir()] == [hashlib.sha256(b"0123456789").hexdigest()]


def test_changed_bytes_are_noticed(db: Database, tmp_path: Path) -> None:
    stored, filed = DatabaseDocuments(db), FolderDocuments(tmp_path)
    stored.put(BYTES, media="")
    filed.put(BYTES, media="")
    with db.write() as handle:
        handle.execute(update(document_chunk).values(bytes=b"other"))
    (tmp_path / SHA).write_bytes(b"other")
    for documents in (stored, filed):
        with pytest.raises(UnreadableState):
            documents.get(SHA)


def test_putting_takes_part_in_a_given_transaction(db: Database) -> None:
    documents = DatabaseDocuments(db)

    def put_and_fail() -> None:
        with db.write() as handle:
            mine = documents.within(handle.connection)
            mine.put(BYTES, media="")
            assert mine.get(SHA) == BYTES
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        put_and_fail()
    with pytest.raises(NotFound):
        documents.get(SHA)


def test_sweeping_drops_what_no_record_names(documents: Documents, db: Database) -> None:
    named, _ = documents.put(b"named", media="")
    unnamed, _ = documents.put(b"unnamed", media="")
    name(db, f'{{"events":[{{"is":"DocumentDelivered","sha256":"{named}"}}]}}')
    assert sweep(db, documents, before=LONG_AGO) == 0, "the time of grace"
    assert sweep(db, documents, before=LATER) == 1
    assert documents.get(named) == b"named"
    with pytest.raises(NotFound):
        documents.get(unnamed)
    assert documents.put(b"unnamed", media="")[0] == unnamed
    assert documents.get(unnamed) == b"unnamed"


def test_sweeping_reads_every_page_of_the_journal(db: Database) -> None:
    documents = DatabaseDocuments(db)
    sha256, _ = documents.put(BYTES, media="")
    rows = [
        {
            "shard": n % 3,
            "instance": f"i-{n}",
            "n": 1,
            "bytes": sha256 if n == 1150 else "{}",
            "hash": "",
            "recorded_at": 0,
        }
        for n in range(1200)
    ]
    with db.write() as handle:
        handle.execute(insert(journal), rows)
    assert sweep(db, documents, before=LATER) == 0


def test_what_is_put_again_while_sweeping_is_spared(
    documents: Documents, db: Database, tmp_path: Path
) -> None:
    documents.put(BYTES, media="")
    past = datetime.now(UTC) - timedelta(days=2)  # noqa: TID251 - files bear the machine's time
    if isinstance(documents, FolderDocuments):
        os.utime(tmp_path / "documents" / SHA, (past.timestamp(), past.timestamp()))
    with db.write() as handle:
        handle.execute(update(document).values(created_at=micros(past)))
    before = past + timedelta(days=1)
    assert documents.older(before) == [SHA]
    documents.put(BYTES, media="")
    assert not documents.drop(SHA, before=before)
    assert documents.get(SHA) == BYTES
