"""Whether the database still is where checkpoints say it was: nothing rolled back, nothing rewritten below them.

A checkpoint counts only when it was kept where the database's administrator cannot change it. Must import only
store.schema, store.chain, store.ids, store.keys and `note`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from signoff.errors import Invalid, NotFound
from signoff.read import note
from signoff.read.finding import Finding
from signoff.read.note import Heads, Note
from signoff.store import ids, keys
from signoff.store.keys import Purpose, Standing
from signoff.store.schema import chain, chain_head, info, instance, journal


class Fault(StrEnum):
    """What can be wrong with checkpoints, or with a database that does not follow them."""

    UNREADABLE = "checkpoint_unreadable"
    FORGED = "checkpoint_forged"  # not signed by a key that is trusted for it
    UNTRUSTED = "checkpoint_untrusted"  # nobody said which key to trust
    FOREIGN = "checkpoint_foreign"  # of another installation
    INCOMPLETE = (
        "checkpoint_incomplete"  # its root or size is not that of the file: a note was changed or left out
    )
    INCONSISTENT = "checkpoints_inconsistent"  # two notes that cannot both be true
    TORN = "checkpoint_torn"  # the last was not written to its end
    UNCOVERED = "checkpoint_uncovered"  # none of them says anything about the instance
    ROLLED_BACK = "rolled_back"  # the chain ends before the checkpoint
    REWRITTEN = "rewritten"  # the chain has another link there


Place = tuple[int, tuple[int, str]]  # number of the note, and what it says of a chain


def heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """Where every chain stands: the journals by their instance, the system chains by name."""
    rows = connection.execute(select(instance.c.id, instance.c.n, instance.c.head)).all()
    system = connection.execute(select(chain_head.c.name, chain_head.c.n, chain_head.c.hash)).all()
    return {name: (n, hash) for name, n, hash in (*rows, *system) if n}


def installation(connection: Connection) -> str:
    """What this database is called."""
    return str(connection.execute(select(info.c.value).where(info.c.name == "installation")).scalar() or "")


def verify_checkpoints(
    connection: Connection, text: str, trusted: Sequence[bytes] = (), *, about: str = ""
) -> list[Finding]:
    """Everything that does not hold about a file of checkpoints, in itself and against the database.

    `trusted` are public keys; without them those registered for checkpoints count, which proves less. `about`: the
    instance that is asked for, about which they should say something.
    """
    held = note.whole(text)
    torn = bool(held) and note.is_torn(text[len(held) :])
    try:
        notes = note.read(held if torn else text)
    except Invalid as error:
        return [Finding("checkpoint", Fault.UNREADABLE, int(error.params["number"]))]
    if not notes:
        return [Finding("checkpoint", Fault.UNREADABLE)]
    return [*_faults(connection, notes, trusted, about), *_torn(torn, len(notes) + 1)]


def _torn(torn: bool, number: int) -> Iterator[Finding]:
    if torn:
        yield Finding("checkpoint", Fault.TORN, number)


def _faults(
    connection: Connection, notes: Sequence[Note], trusted: Sequence[bytes], about: str
) -> list[Finding]:
    origin = note.origin_of(installation(connection))
    found = [*_signed(connection, notes, trusted), *_foreign(notes, origin)]
    own = [(n, each) for n, each in enumerate(notes, start=1) if each.origin == origin]
    now = heads(connection)
    followed = [finding for n, each in own for finding in departures(connection, each.heads, now, f"#{n}")]
    silent = (
        [Finding(about, Fault.UNCOVERED)] if about and about not in note.covered(e for _, e in own) else []
    )
    return [*found, *contradictions(own), *followed, *silent]


# in themselves ------------------------------------------------------------------------------------------


def _signed(connection: Connection, notes: Sequence[Note], trusted: Sequence[bytes]) -> Iterator[Finding]:
    registered = [each for each in keys.listed(connection) if each.purpose is Purpose.CHECKPOINT]
    if not trusted and not registered:
        yield Finding("checkpoint", Fault.UNTRUSTED)
        return
    for n, each in enumerate(notes, start=1):
        valid = [k for k in registered if _counts(k, each.at)]
        known = trusted or [bytes.fromhex(k.public) for k in valid]
        if not any(each.is_signed_by(public) for public in known):
            yield Finding("checkpoint", Fault.FORGED, n)


def _counts(key: keys.Key, at: str) -> bool:
    try:
        return key.standing(datetime.fromisoformat(at)) is Standing.VALID
    except (ValueError, TypeError):  # no instant, or one without a zone
        return False


def _foreign(notes: Sequence[Note], origin: str) -> Iterator[Finding]:
    for n, each in enumerate(notes, start=1):
        if each.origin != origin:
            yield Finding("checkpoint", Fault.FOREIGN, n, each.origin)


def contradictions(notes: Sequence[tuple[int, Note]]) -> Iterator[Finding]:
    """Each note, by its number, against those before it."""
    so_far: dict[str, Place] = {}
    last = ""
    for number, each in notes:
        for name, (n, hash) in each.heads.items():
            before, known = so_far.get(name, (0, (0, "")))
            if n < known[0] or (n == known[0] and hash != known[1]) or each.at < last:
                yield Finding("checkpoint", Fault.INCONSISTENT, number, f"with #{before} about {name}")
            so_far[name] = (number, (n, hash))
        whole = {name: head for name, (_, head) in so_far.items()}
        if (each.size, each.root) != (note.size_of(whole), note.root_of(whole)):
            yield Finding("checkpoint", Fault.INCOMPLETE, number)
        last = each.at


# against the database -----------------------------------------------------------------------------------


def departures(connection: Connection, claimed: Heads, now: Heads, detail: str = "") -> Iterator[Finding]:
    """Where the chains are not what was claimed of them; `now` is where they stand."""
    for name, (n, hash) in claimed.items():
        if now.get(name) == (n, hash):
            continue
        if now.get(name, (0, ""))[0] < n:
            yield Finding(name, Fault.ROLLED_BACK, n, detail)
        elif _link(connection, name, n) != hash:
            yield Finding(name, Fault.REWRITTEN, n, detail)


def _link(connection: Connection, name: str, n: int) -> str | None:
    """The hash of that link of a chain."""
    try:
        shard = ids.shard_in(name)
    except NotFound:
        found = select(chain.c.hash).where(chain.c.name == name, chain.c.n == n)
    else:
        here = (journal.c.shard == shard, journal.c.instance == name, journal.c.n == n)
        found = select(journal.c.hash).where(*here)
    return connection.execute(found).scalar()
