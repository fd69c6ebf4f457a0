"""Writing checkpoints: on demand, and daily by the daemon; to a file, and by mail to whoever keeps a copy.

The key that signs them is in a file of the operator's, never in the database. Must not import `engine`.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from signoff.errors import Invalid, UnsafeDatabase
from signoff.read import checkpoints, note
from signoff.read.finding import Finding
from signoff.read.note import Heads, Note
from signoff.runtime.channels import Notice
from signoff.runtime.contact import Contact
from signoff.runtime.core import Core
from signoff.runtime.signing import FileSigner
from signoff.store.form import moment

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # a module or nothing

DAY = timedelta(days=1)
_log = logging.getLogger("signoff.checkpoint")


def checkpoint(core: Core, signer: FileSigner, earlier: str = "") -> str:
    """A signed note of where every chain stands, beyond what the notes in `earlier` have.

    Raises UnsafeDatabase when the database does not follow them, for nobody may sign two that contradict each other;
    Invalid for what are no notes.
    """
    notes = note.read(earlier)
    known = note.covered(notes)
    with core.database.read() as handle:
        connection = handle.connection
        now = checkpoints.heads(connection)
        origin = note.origin_of(checkpoints.installation(connection))
        _refuse_contradiction(connection, notes, known, now, origin)
        at = core.now(handle)
    moved = {name: head for name, head in now.items() if known.get(name) != head}
    made = Note(origin, note.size_of(now), note.root_of(now), moment(at), moved)
    return note.written(made, signer.public, signer.sign(made.body.encode()))


def _refuse_contradiction(
    connection: Connection, notes: Sequence[Note], known: Heads, now: Heads, origin: str
) -> None:
    """Of each chain only the last claim: what lies below it its hash holds."""
    numbered = list(enumerate(notes, start=1))
    broken = [
        *(
            Finding(each.origin, checkpoints.Fault.FOREIGN, n)
            for n, each in numbered
            if each.origin != origin
        ),
        *checkpoints.contradictions(numbered),
        *checkpoints.departures(connection, known, now),
    ]
    if broken:
        raise UnsafeDatabase("behind_checkpoint", fault=str(broken[0].fault), where=broken[0].where)


class CheckpointFile:
    """A file that checkpoints are appended to; keep it, or copies of it, where the database's administrator cannot write.

    `mail_to` is the person to whom each is sent as well, by every channel of the engine.
    """

    def __init__(self, core: Core, path: Path | str, signer: FileSigner, *, mail_to: str = "") -> None:
        self._core = core
        self._path = Path(path)
        self._signer = signer
        self._mail_to = mail_to
        self._next: datetime | None = None

    def append(self) -> str:
        """Add a checkpoint: sent first, then written, so that what the file has everybody has. The text added.

        One at a time, whoever else appends to it; written whole or not at all. What a crash has left unfinished at its
        end is cut off.
        """
        with self._alone():
            return self._add(self._text())

    def _add(self, earlier: str) -> str:
        made = checkpoint(self._core, self._signer, earlier)
        if self._mail_to:
            self._send(made)
        try:
            self._write(earlier.encode(), (f"\n{made}" if earlier else made).encode())
        except OSError as error:
            raise self._unusable(error) from error
        return made

    def _write(self, earlier: bytes, more: bytes) -> None:
        """Behind what is whole; what cannot be written to its end is taken back."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        try:
            if os.fstat(file).st_size != len(earlier):
                os.ftruncate(file, len(earlier))
            os.lseek(file, 0, os.SEEK_END)
            try:
                while more:
                    more = more[os.write(file, more) :]
                os.fsync(file)
            except OSError:
                os.ftruncate(file, len(earlier))
                raise
        finally:
            os.close(file)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder of the file: others who append wait. Where the system has no such locks nobody is kept out."""
        if fcntl is None:
            yield
            return
        try:
            folder = os.open(self._path.resolve().parent, os.O_RDONLY)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def append_daily(self) -> None:
        """Add one when the last is a day old, or there is none. What keeps it from it is logged and tried again."""
        try:
            now = self._core.moment()
            if self._next is not None and now < self._next:
                return
            with self._alone():
                earlier = self._text()  # another daemon may have been here
                notes = note.read(earlier)
                self._next = datetime.fromisoformat(notes[-1].at) + DAY if notes else now
                if now >= self._next:
                    self._add(earlier)
                    self._next = now + DAY
                    _log.info("wrote a checkpoint to %s", self._path)
        except Exception as error:  # noqa: BLE001 - whatever a host's channel raises must not stop the daemon
            _log.error("cannot write a checkpoint to %s: %s", self._path, error)

    def _text(self) -> str:
        """The notes of the file, without one that was not written to its end."""
        try:
            found = self._path.read_bytes().decode()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise self._unusable(error) from error
        whole = note.whole(found)
        if note.is_torn(found[len(whole) :]):
            _log.warning(
                "the last checkpoint in %s was not written to its end; it is written anew", self._path
            )
            return whole
        return found

    def _unusable(self, error: Exception) -> Invalid:
        return Invalid("checkpoint_file", file=str(self._path), why=str(error))

    def _send(self, text: str) -> None:
        (made,) = note.read(text)
        to = self._core.directory.contact(self._mail_to) or Contact(self._mail_to)
        subject = f"signoff: checkpoint {made.origin} {made.size}"
        notice = Notice(f"{made.origin}/{made.size}/{made.root}", to, subject, text, kind="checkpoint")
        for channel in self._core.channels:
            channel.send(notice)
