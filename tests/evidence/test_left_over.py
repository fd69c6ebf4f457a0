"""What nobody took, what nobody handed in, and what an erased instance has sent: nothing of it stays."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from signoff import Engine, NotFound
from signoff.runtime.daemon import Daemon
from signoff.runtime.directory import StaticDirectory
from signoff.store import migrations, postbox
from signoff.store.documents import FolderDocuments
from signoff.store.postbox import Letter
from signoff.store.schema import document, journal, message
from signoff.testing import Sandbox
from tests.concurrency.process import AT, PEOPLE, POST
from tests.evidence.hiring import PHONE, erase, everything
from tests.evidence.office import Office
from tests.ready import unguard

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def messages(engine: Engine) -> list[tuple[str, bool, str]]:
    with engine.core.database.read() as handle:
        return [(row.id, row.taken, row.data) for row in handle.execute(select(message)).all()]


def test_a_message_that_was_taken_is_kept_by_its_id_alone() -> None:
    box = Sandbox(at=AT, people=PEOPLE)
    box.deploy(POST)
    box.message("paid", {"phone": PHONE}, keep="P2D", id="m-1")
    assert PHONE in messages(box.engine)[0][2]
    task = box.engine.start("post", by="amy").opened
    assert task == ()
    case = box.engine.instances()[0].id
    box.engine.complete(box.engine.locate(f"{case}/sorting"), by="amy")
    box.settle()
    assert messages(box.engine) == [("m-1", True, "{}")]
    again = box.engine.start("post", by="amy").instance
    box.engine.complete(box.engine.locate(f"{again}/sorting"), by="amy")
    box.settle()
    box.message("paid", {"phone": PHONE}, keep="P2D", id="m-2")
    assert ("m-2", True, "{}") in messages(box.engine), "one that was taken at once"
    assert box.engine.verify().findings == ()


def test_the_daemon_forgets_messages_whose_time_has_run_out() -> None:
    box = Sandbox(at=AT, people=PEOPLE)
    box.deploy(POST)
    box.message("paid", {"phone": PHONE}, keep="P2D")
    worker = box.engine.worker()
    assert worker.sweep() == 0
    box.clock.advance(2 * DAY)
    Daemon(worker, clock=box.clock)._turn()
    assert messages(box.engine) == []


@pytest.mark.parametrize("names", [(), ("phone",), ("wage",)], ids=["all", "named", "another"])
def test_what_an_erased_instance_has_sent_and_nobody_took_goes(
    hired: tuple[Office, str], names: tuple[str, ...]
) -> None:
    office, instance = hired
    with office.engine.core.database.write() as handle:
        for id in (f"{instance}/e9", "another/e9"):
            letter = Letter("n", "", id, {"phone": PHONE if id.startswith(instance) else "0"})
            postbox.keep(handle.connection, letter, at=1, expires=2**60, taken=False)
    erase(office, instance, *names)
    assert [id for id, *_ in messages(office.engine)] == ["another/e9"]
    assert (PHONE in everything(office.engine)) == (names == ("wage",))
    assert office.engine.verify().findings == ()


def stored(engine: Engine) -> int:
    with engine.core.database.read() as handle:
        return len(handle.execute(select(document.c.sha256)).all())


def age(engine: Engine, length: timedelta) -> None:
    """The documents were stored that much earlier than they were."""
    with engine.core.database.write() as handle:
        earlier = document.c.created_at - length // timedelta(microseconds=1)
        handle.execute(update(document).values(created_at=earlier))


def test_the_daemon_drops_what_was_stored_and_never_handed_in() -> None:
    box = Sandbox(at=AT, people=PEOPLE)
    documents = box.engine.core.documents
    for n in range(12):
        documents.put(f"never handed in {n}".encode(), media="text/plain")
    Daemon(box.engine.worker(), clock=box.clock)._turn()
    assert stored(box.engine) == 12, "somebody may be about to name it"
    age(box.engine, 2 * HOUR)
    daemon = Daemon(box.engine.worker(), clock=box.clock)
    daemon._turn()
    assert stored(box.engine) == 2, "a portion"
    daemon._turn()
    assert stored(box.engine) == 0


def test_what_is_named_by_a_record_or_a_draft_stays(hired: tuple[Office, str]) -> None:
    office, _ = hired
    engine = office.engine
    draft = engine.start("hire", {"phone": "1", "born": "1999-01-01"}, by="ann").opened[0]
    engine.save(draft, by="ann", documents={"letter": b"a draft"})
    with engine.core.database.write() as handle:  # what names it lies long back
        unguard(handle.connection)
        handle.execute(update(journal).values(recorded_at=1))
    age(engine, 2 * HOUR)
    Daemon(engine.worker(), clock=office.clock)._turn()
    assert stored(engine) == 3


def test_documents_in_a_folder_go_as_well(tmp_path: Path) -> None:
    documents = FolderDocuments(tmp_path)
    engine = Engine("sqlite:///:memory:", documents=documents, directory=StaticDirectory(PEOPLE))
    migrations.create(engine.core.database)
    sha256, _ = documents.put(b"never", media="text/plain")
    at = (tmp_path / sha256).stat().st_mtime - 2 * 3600
    os.utime(tmp_path / sha256, (at, at))
    Daemon(engine.worker())._turn()
    with pytest.raises(NotFound):
        documents.get(sha256)
    engine.dispose()
