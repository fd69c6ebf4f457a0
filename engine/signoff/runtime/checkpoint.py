"""Writing checkpoints: on demand, and daily by the daemon; to a file, and by mail to whoever keeps a copy.

The key that signs them is in a file of the operator's, never in the database. Must not import `engine`.
"""

import logging
import os
from collections.abc import Sequence
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
        """Add a checkpoint: sent first, then written, so that what the file has everybody has. The text added."""
        earlier = self._text()
        made = checkpoint(self._core, self._signer, earlier)
        if self._mail_to:
            self._send(made)
        text = f"\n{made}" if earlier else made
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise Invalid("checkpoint_file", file=str(self._path), why=str(error)) from error
        return made

    def append_daily(self) -> None:
        """Add one when the last is a day old, or there is none. What keeps it from it is logged and tried again."""
        try:
            now = self._core.moment()
            if self._next is not None and now < self._next:
                return
            notes = note.read(self._text())  # another daemon may have been here
            self._next = datetime.fromisoformat(notes[-1].at) + DAY if notes else now
            if now >= self._next:
                self.append()
                self._next = now + DAY
                _log.info("wrote a checkpoint to %s", self._path)
        except Exception as error:  # noqa: BLE001 - whatever a host's channel raises must not stop the daemon
            _log.error("cannot write a checkpoint to %s: %s", self._path, error)

    def _text(self) -> str:
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise Invalid("checkpoint_file", file=str(self._path), why=str(error)) from error

    def _send(self, text: str) -> None:
        (made,) = note.read(text)
        to = self._core.directory.contact(self._mail_to) or Contact(self._mail_to)
        subject = f"signoff: checkpoint {made.origin} {made.size}"
        notice = Notice(f"{made.origin}/{made.size}/{made.root}", to, subject, text, kind="checkpoint")
        for channel in self._core.channels:
            channel.send(notice)
