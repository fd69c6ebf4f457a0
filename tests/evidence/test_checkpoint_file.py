"""The file of checkpoints: written whole or not at all, by one at a time, and an unfinished end is told and mended."""

import io
import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from signoff import CheckpointFile, FileSigner, Invalid, checkpoint, new_key
from signoff.read import note
from signoff.read.bundle import verify
from signoff.read.checkpoints import Fault
from signoff.runtime.keys import add_key, revoke_key
from tests.evidence.office import Office


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> FileSigner:
    place = tmp_path_factory.mktemp("keys") / "checkpoint.key"
    new_key(place, "a passphrase")
    return FileSigner(place, "a passphrase")


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Office]:
    path = tmp_path / "signoff.db"
    path.write_bytes(sqlite_template.read_bytes())
    office = Office(f"sqlite:///{path}")
    yield office
    office.close()


def faults(office: Office, text: str, key: FileSigner, instance: str = "") -> list[str]:
    return [
        str(each.fault)
        for each in office.engine.verify(instance, checkpoints=text, trusted=[key.public]).findings
    ]


def test_an_unfinished_end_is_told_and_everything_before_it_still_counts(
    office: Office, key: FileSigner
) -> None:
    first = checkpoint(office.engine.core, key)
    instance = office.waiting().partition(":")[0]
    second = checkpoint(office.engine.core, key, first)
    whole = f"{first}\n{second}"
    for end in range(len(first) + 2, len(whole) - 1, 7):
        assert faults(office, whole[:end], key) == [Fault.TORN], whole[len(first) : end]
    assert faults(office, whole, key) == []
    assert faults(office, whole.rstrip("\n"), key) == [], "a mail program took the last line end"
    with office.engine.core.database.write() as handle:
        handle.execute(sql("UPDATE signoff_instance SET n = 1 WHERE id = :id"), {"id": instance})
        handle.execute(sql("UPDATE signoff_chain_head SET n = 1"))
    assert {Fault.TORN, Fault.ROLLED_BACK} <= set(faults(office, whole[:-40], key))


def test_what_is_no_end_of_a_checkpoint_is_not_called_unfinished(office: Office, key: FileSigner) -> None:
    first = checkpoint(office.engine.core, key)
    assert faults(office, f"{first}\nsome words\n", key) == [Fault.UNREADABLE]


@pytest.mark.parametrize("notes", [0, 1])
def test_the_next_one_mends_what_a_crash_has_left(
    office: Office, key: FileSigner, tmp_path: Path, notes: int
) -> None:
    file = tmp_path / "checkpoints"
    kept = CheckpointFile(office.engine.core, file, key)
    for _ in range(notes):
        kept.append()
    whole = file.read_bytes() if notes else b""
    office.waiting()
    file.write_bytes(whole + b"\nsignoff/abc\n12\nAAA")
    kept.append()
    assert file.read_bytes().startswith(whole)
    assert len(note.read(file.read_text("utf-8"))) == notes + 1
    assert faults(office, file.read_text("utf-8"), key) == []


def test_what_cannot_be_written_whole_leaves_the_file_as_it_was(
    office: Office, key: FileSigner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full after ten bytes."""
    file = tmp_path / "checkpoints"
    kept = CheckpointFile(office.engine.core, file, key)
    kept.append()
    before, write = file.read_bytes(), os.write

    def full(to: int, data: bytes) -> int:
        write(to, data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Invalid):
        kept.append()
    assert file.read_bytes() == before


def test_two_daemons_at_the_same_instant_write_one_after_the_other(
    office: Office, key: FileSigner, tmp_path: Path
) -> None:
    file = tmp_path / "checkpoints"
    ready = threading.Barrier(2)

    def work(daily: bool) -> None:
        kept = CheckpointFile(office.engine.core, file, key)
        ready.wait(20)
        for _ in range(3):
            kept.append_daily() if daily else kept.append()

    threads = [threading.Thread(target=work, args=(daily,)) for daily in (False, True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    text = file.read_text("utf-8")
    assert len(note.read(text)) in (3, 4), "the daily one only if it was first"
    assert faults(office, text, key) == []


# what does not cover the instance ---------------------------------------------------------------------------


def bundle(office: Office, instance: str, checkpoints: str = "") -> dict[str, bytes]:
    target = io.BytesIO()
    office.engine.bundle(instance, target, checkpoints=checkpoints)
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_checkpoint_from_before_the_instance_says_so(office: Office, key: FileSigner) -> None:
    early = checkpoint(office.engine.core, key)
    instance = office.waiting().partition(":")[0]
    late = checkpoint(office.engine.core, key, early)
    files = bundle(office, instance)
    asked = verify.verify(files.get, early, [key.public])[0]
    assert [fault for fault, *_ in asked] == ["checkpoint_uncovered"]
    assert verify.verify(files.get, f"{early}\n{late}", [key.public])[0] == []
    assert faults(office, early, key, instance) == [Fault.UNCOVERED]
    assert faults(office, f"{early}\n{late}", key, instance) == []
    assert faults(office, early, key) == [], "of the whole it covers what there was"


def test_the_checkpoints_in_a_bundle_may_be_older_than_the_instance(office: Office, key: FileSigner) -> None:
    """Nobody claimed more than they say; how far they reach is printed."""
    early = checkpoint(office.engine.core, key)
    instance = office.waiting().partition(":")[0]
    files = bundle(office, instance, early)
    assert verify.verify(files.get, "", [key.public])[0] == []
    assert verify.reach(files.get, early) == f"{instance}: no checkpoint covers it"
    late = checkpoint(office.engine.core, key, early)
    assert verify.reach(files.get, f"{early}\n{late}") == f"{instance}: covered by checkpoints up to #2 of 2"


@pytest.mark.parametrize("given", [True, False], ids=["asked for", "inside"])
def test_an_unfinished_end_is_named_by_the_bundle_as_well(
    office: Office, key: FileSigner, given: bool
) -> None:
    first = checkpoint(office.engine.core, key)
    instance = office.waiting().partition(":")[0]
    second = checkpoint(office.engine.core, key, first)
    torn = f"{first}\n{second}\n{second[:60]}"
    files = bundle(office, instance, "" if given else torn)
    found = verify.verify(files.get, torn if given else "", [key.public])[0]
    assert [fault for fault, *_ in found] == ["checkpoint_torn"]


def test_a_registered_key_that_was_revoked_signs_no_more_checkpoints_in_a_bundle(
    office: Office, key: FileSigner
) -> None:
    core = office.engine.core
    added = add_key(core, key.public, by="root")
    instance = office.waiting().partition(":")[0]
    before = checkpoint(core, key)
    office.pass_time()
    revoke_key(core, added.id, reason="lost", by="root")
    office.pass_time()
    after = checkpoint(core, key, before)
    files = bundle(office, instance, before)
    assert verify.verify(files.get, "", ())[0] == []
    files = bundle(office, instance, f"{before}\n{after}")
    assert "checkpoint_untrusted" in {fault for fault, *_ in verify.verify(files.get, "", ())[0]}
