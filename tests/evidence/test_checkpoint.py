"""Checkpoints: what was written down elsewhere finds what hashes alone cannot."""

import base64
import hashlib
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import delete, update

from signoff import CheckpointFile, FileSigner, Invalid, Notice, UnsafeDatabase, checkpoint, new_key
from signoff.errors import Retryable
from signoff.read import note
from signoff.read.checkpoints import Fault
from signoff.read.finding import Finding
from signoff.read.note import Note
from signoff.runtime.keys import add_key, revoke_key
from signoff.store import schema
from tests.evidence.forger import rewrite
from tests.evidence.office import Office
from tests.ready import db, postgres_ready, postgres_template, ready, sqlite_template, unguard

__all__ = ["db", "postgres_ready", "postgres_template", "ready", "sqlite_template"]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> FileSigner:
    """The key that signs checkpoints; opening the file takes a moment, so once."""
    place = tmp_path_factory.mktemp("keys") / "checkpoint.key"
    new_key(place, "a passphrase")
    return FileSigner(place, "a passphrase")


@pytest.fixture
def stranger(tmp_path: Path) -> FileSigner:
    new_key(tmp_path / "stranger.key", "x")
    return FileSigner(tmp_path / "stranger.key", "x")


@pytest.fixture
def place(sqlite_template: Path, tmp_path: Path) -> Path:
    return shutil.copy(sqlite_template, tmp_path / "signoff.db")


@pytest.fixture
def local(place: Path) -> Iterator[Office]:
    """An office on a SQLite file that can be copied."""
    office = Office(f"sqlite:///{place}")
    yield office
    office.close()


def found(office: Office, text: str, *keys: FileSigner) -> list[tuple[str, int]]:
    """What is found against these checkpoints, beside what is found without them."""
    office.engine.core.keys.clear()
    before = office.engine.verify().findings
    after = office.engine.verify(checkpoints=text, trusted=[key.public for key in keys]).findings
    fresh: list[Finding] = [finding for finding in after if finding not in before]
    return [(finding.fault, finding.n) for finding in fresh]


def test_a_database_that_only_went_on_follows_its_checkpoints(office: Office, key: FileSigner) -> None:
    first = checkpoint(office.engine.core, key)
    gate = office.waiting()
    second = checkpoint(office.engine.core, key, first)
    office.approve(gate, "bob")
    text = f"{first}\n{second}"
    assert found(office, text, key) == []
    assert office.engine.verify(checkpoints=text, trusted=[key.public]).findings == ()


def test_it_is_a_signed_note_that_others_can_check(office: Office, key: FileSigner) -> None:
    """By the rules of C2SP signed-note, with nothing of ours."""
    text = checkpoint(office.engine.core, key)
    body, _, signature = text.rpartition("\n\n")
    dash, name, stamp = signature.strip().split(" ")
    assert dash == "\u2014"
    content = base64.b64decode(stamp)
    assert content[:4] == hashlib.sha256(name.encode() + b"\n\x01" + key.public).digest()[:4]
    Ed25519PublicKey.from_public_bytes(key.public).verify(content[4:], f"{body}\n".encode())
    origin, size, root, at, *heads = body.splitlines()
    assert origin == name
    assert origin.startswith("signoff/")
    assert int(size) == sum(int(line.split(" ")[2]) for line in heads)
    assert len(base64.b64decode(root)) == 32
    assert at == "at 2027-01-04T01:00:00.000000Z"
    assert {line.split(" ")[1] for line in heads} == {"deployment", "keys"}


def test_a_later_checkpoint_names_only_the_chains_that_moved(local: Office, key: FileSigner) -> None:
    still, moving = local.waiting(), local.waiting()
    first = checkpoint(local.engine.core, key)
    local.approve(moving, "bob")
    (made,) = note.read(checkpoint(local.engine.core, key, first))
    assert list(made.heads) == [moving.partition(":")[0]]
    assert still.partition(":")[0] in note.read(first)[0].heads
    (again,) = note.read(checkpoint(local.engine.core, key, first))
    assert again.heads == made.heads


# who signed -----------------------------------------------------------------------------------------------


def test_a_checkpoint_of_an_untrusted_key_is_forged(
    local: Office, key: FileSigner, stranger: FileSigner
) -> None:
    text = checkpoint(local.engine.core, stranger)
    assert found(local, text, key) == [(Fault.FORGED, 1)]
    assert found(local, text, key, stranger) == []


def test_without_a_key_to_trust_nothing_is_proved(local: Office, key: FileSigner) -> None:
    assert found(local, checkpoint(local.engine.core, key)) == [(Fault.UNTRUSTED, 0)]


def test_a_registered_key_counts_while_it_is_valid(local: Office, key: FileSigner) -> None:
    core = local.engine.core
    add_key(core, key.public, by="root")
    first = checkpoint(core, key)
    assert found(local, first) == []
    local.pass_time()
    revoke_key(core, note_key(key), reason="stolen", by="root")
    local.pass_time()
    second = checkpoint(core, key, first)
    assert found(local, f"{first}\n{second}") == [(Fault.FORGED, 2)]


def note_key(key: FileSigner) -> str:
    return key.key


def test_a_persons_key_signs_no_checkpoints(local: Office, key: FileSigner) -> None:
    add_key(local.engine.core, key.public, "ann", by="root")
    assert found(local, checkpoint(local.engine.core, key)) == [(Fault.UNTRUSTED, 0)]


@pytest.mark.parametrize("line", range(5))
def test_a_changed_line_of_a_checkpoint_is_found(local: Office, key: FileSigner, line: int) -> None:
    text = checkpoint(local.engine.core, key)
    lines = text.splitlines()
    last = lines[line][-1]
    lines[line] = lines[line][:-1] + ("1" if last != "1" else "2")
    faults = {fault for fault, _ in found(local, "\n".join(lines) + "\n", key)}
    assert faults & {Fault.FORGED, Fault.UNREADABLE}


@pytest.mark.parametrize(
    "text", ["x\n", "\n", "a\nb\nc\nd\n\n\u2014 a b\n", "signoff/x\n1\nroot\nat now\nhead a\n"]
)
def test_what_is_no_checkpoint_is_named(local: Office, key: FileSigner, text: str) -> None:
    assert [fault for fault, _ in found(local, text, key)] == [Fault.UNREADABLE]


@pytest.mark.parametrize("change", [("\n", "\r\n"), ("", "\ufeff")], ids=["crlf", "mark"])
def test_how_mail_and_editors_keep_a_text_forges_nothing(
    local: Office, key: FileSigner, change: tuple[str, str]
) -> None:
    text = checkpoint(local.engine.core, key)
    assert found(local, text.replace(*change) if change[0] else change[1] + text, key) == []


@pytest.mark.parametrize(
    "line", [f"head keys -{2**80} ab", "head keys 0 ab", "head ke\0ys 1 ab", "head keys x ab"]
)
def test_a_line_that_no_chain_can_stand_in_is_unreadable(ready: str, key: FileSigner, line: str) -> None:
    """It reached the database, which failed over it: then nothing was verified at all."""
    office = Office(ready)
    lines = checkpoint(office.engine.core, key).splitlines()
    place = next(n for n, each in enumerate(lines) if each.startswith("head keys "))
    text = "\n".join([*lines[:place], line, *lines[place + 1 :]]) + "\n"
    assert found(office, text, key) == [(Fault.UNREADABLE, 1)]
    office.close()


# what was done to the database ------------------------------------------------------------------------------


def test_a_checkpoint_of_another_installation_is_foreign(local: Office, key: FileSigner) -> None:
    text = checkpoint(local.engine.core, key)
    with local.engine.core.database.write() as handle:
        named = update(schema.info).where(schema.info.c.name == "installation")
        handle.connection.execute(named.values(value="elsewhere"))
    assert found(local, text, key) == [(Fault.FOREIGN, 1)]


def test_a_backup_that_was_put_back_is_found(place: Path, local: Office, key: FileSigner) -> None:
    """approvals §3.8."""
    gate = local.waiting()
    local.engine.core.database.dispose()
    shutil.copy(place, backup := place.with_suffix(".bak"))
    local.approve(gate, "bob")
    text = checkpoint(local.engine.core, key)
    local.engine.core.database.dispose()
    shutil.copy(backup, place)
    assert local.engine.verify().findings == ()  # by itself it is all in order
    assert found(local, text, key) == [(Fault.ROLLED_BACK, 3)]
    with pytest.raises(UnsafeDatabase) as refused:
        checkpoint(local.engine.core, key, text)
    assert refused.value.code == "behind_checkpoint"
    assert refused.value.sentence("zh") != refused.value.code


def test_a_chain_that_was_built_again_is_found(local: Office, key: FileSigner) -> None:
    """approvals §3.8."""
    gate = local.waiting()
    instance = gate.partition(":")[0]
    text = checkpoint(local.engine.core, key)
    rewrite(local, instance, lambda rows: rows[0].update(via="elsewhere"))
    assert (Fault.REWRITTEN, 2) in found(local, text, key)
    local.approve(gate, "bob")
    assert (Fault.REWRITTEN, 2) in found(local, text, key)


def test_an_instance_that_was_taken_out_is_found(local: Office, key: FileSigner) -> None:
    gate = local.waiting()
    text = checkpoint(local.engine.core, key)
    with local.engine.core.database.write() as handle:
        unguard(handle.connection)
        for table in (
            schema.instance,
            schema.journal,
            schema.task,
            schema.candidate,
            schema.involvement,
            schema.agenda,
        ):
            column = table.c.id if table is schema.instance else table.c.instance
            handle.connection.execute(delete(table).where(column == gate.partition(":")[0]))
    assert local.engine.verify().findings == ()
    assert found(local, text, key) == [(Fault.ROLLED_BACK, 2)]


# what was done to the file ----------------------------------------------------------------------------------


def three(office: Office, key: FileSigner) -> list[str]:
    """A file of three notes, between which something happened."""
    notes = [checkpoint(office.engine.core, key)]
    for _ in range(2):
        office.waiting()
        notes.append(checkpoint(office.engine.core, key, "\n".join(notes)))
    return notes


def test_a_note_left_out_is_found(local: Office, key: FileSigner) -> None:
    first, _, third = three(local, key)
    assert found(local, f"{first}\n{third}", key) == [(Fault.INCOMPLETE, 2)]


def test_notes_in_another_order_are_found(local: Office, key: FileSigner) -> None:
    first, second, third = three(local, key)
    faults = [fault for fault, _ in found(local, f"{first}\n{third}\n{second}", key)]
    assert Fault.INCOMPLETE in faults


def test_two_notes_that_contradict_each_other_are_named(local: Office, key: FileSigner) -> None:
    first = checkpoint(local.engine.core, key)
    (true,) = note.read(first)
    heads = {name: (n, "0" * 64) for name, (n, _) in true.heads.items()}
    false = Note(true.origin, true.size, note.root_of(heads), true.at, heads)
    second = note.written(false, key.public, key.sign(false.body.encode()))
    result = local.engine.verify(checkpoints=f"{first}\n{second}", trusted=[key.public]).findings
    contradictions = [each for each in result if each.fault == Fault.INCONSISTENT]
    assert {(each.n, each.detail) for each in contradictions} == {
        (2, "with #1 about deployment"),
        (2, "with #1 about keys"),
    }
    with pytest.raises(UnsafeDatabase):
        checkpoint(local.engine.core, key, f"{first}\n{second}")


# writing them -----------------------------------------------------------------------------------------------


class Post:
    """A channel that keeps what it is given, or does not take it."""

    name = "post"

    def __init__(self) -> None:
        self.sent: list[Notice] = []
        self.closed = False
        self.error: Exception = Retryable("closed")

    def send(self, notice: Notice, /) -> None:
        if self.closed:
            raise self.error
        self.sent.append(notice)


def test_a_file_grows_by_what_moved_and_verifies(local: Office, key: FileSigner, tmp_path: Path) -> None:
    file = tmp_path / "checkpoints"
    kept = CheckpointFile(local.engine.core, file, key)
    for _ in range(3):
        kept.append()
        local.waiting()
        local.pass_time()
    text = file.read_text(encoding="utf-8")
    assert len(note.read(text)) == 3
    assert found(local, text, key) == []


def test_the_daemon_adds_one_a_day(local: Office, key: FileSigner, tmp_path: Path) -> None:
    """However many daemons share the file, and however often they are started anew."""
    file = tmp_path / "checkpoints"
    daemons = [CheckpointFile(local.engine.core, file, key) for _ in range(2)]
    for hour in range(2 * 24 + 1):
        for daemon in (*daemons[:: 1 if hour % 2 else -1], CheckpointFile(local.engine.core, file, key)):
            daemon.append_daily()
        local.clock.advance(timedelta(hours=1))
    assert len(note.read(file.read_text(encoding="utf-8"))) == 3


def test_each_goes_by_mail_before_it_is_written(
    sqlite_template: Path, key: FileSigner, tmp_path: Path
) -> None:
    post = Post()
    shutil.copy(sqlite_template, tmp_path / "signoff.db")
    office = Office(f"sqlite:///{tmp_path / 'signoff.db'}", channels=(post,))
    file = tmp_path / "checkpoints"
    kept = CheckpointFile(office.engine.core, file, key, mail_to="root")
    post.closed = True
    kept.append_daily()
    post.error = ConnectionError("gone")
    kept.append_daily()
    assert not file.exists()
    post.closed = False
    kept.append_daily()
    (notice,) = post.sent
    assert (notice.to.id, notice.text) == ("root", file.read_text(encoding="utf-8"))
    assert found(office, notice.text, key) == []
    office.close()


def test_a_file_that_cannot_be_used_is_refused(local: Office, key: FileSigner, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        CheckpointFile(local.engine.core, tmp_path, key).append()
    assert refused.value.code == "checkpoint_file"
    CheckpointFile(local.engine.core, tmp_path, key).append_daily()  # the daemon goes on
