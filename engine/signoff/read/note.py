"""Checkpoints as text: signed notes that say where every chain stood, each with what its file did not have yet.

The form is that of a signed note (C2SP `signed-note`, `tlog-checkpoint`): origin, size, root, one line for each chain
that moved, an empty line, signatures. Pure text: no database and no clock. Must import only `errors` and store.signed.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from signoff.errors import Invalid
from signoff.store import signed

#: chain -> its number of links, and the hash of the last one
Heads: TypeAlias = Mapping[str, tuple[int, str]]

DOMAIN = b"signoff/checkpoint/v1\0"
_DASH = "\N{EM DASH} "  # as signed notes have it
_ED25519 = b"\x01"
_STAMP, _VALUE = 4, 64  # bytes of a signature: which key, and what it signed
_ORIGIN = "signoff/"


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint. `heads` are the chains that moved since the note before it in the same file.

    `size` counts the links of all chains, and `root` is the hash over all heads: both over the whole file so far.
    """

    origin: str
    size: int
    root: str
    at: str
    heads: Heads
    signatures: tuple[tuple[str, bytes, bytes], ...] = ()  # name, hash of name and key, signature

    @property
    def body(self) -> str:
        """What is signed."""
        moved = "".join(f"head {name} {n} {hash}\n" for name, (n, hash) in sorted(self.heads.items()))
        return f"{self.origin}\n{self.size}\n{self.root}\nat {self.at}\n{moved}"

    def is_signed_by(self, public: bytes) -> bool:
        """Whether one of its signatures was made with the private half of this key."""
        return any(
            stamp == key_hash(name, public) and signed.fits("ed25519", public.hex(), value.hex(), self.body)
            for name, stamp, value in self.signatures
        )


def origin_of(installation: str) -> str:
    """What the checkpoints of an installation begin with."""
    return f"{_ORIGIN}{installation}"


def root_of(heads: Heads) -> str:
    """The hash over these heads, in base64."""
    digest = hashlib.sha256(DOMAIN)
    for name, (n, hash) in sorted(heads.items()):
        digest.update(f"{name} {n} {hash}\n".encode())
    return base64.b64encode(digest.digest()).decode()


def size_of(heads: Heads) -> int:
    return sum(n for n, _ in heads.values())


def key_hash(name: str, public: bytes) -> bytes:
    """Four bytes that say which key a signature is of (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def written(note: Note, public: bytes, signature: bytes) -> str:
    """The note as it stands in a file, signed in the name of its origin."""
    stamp = base64.b64encode(key_hash(note.origin, public) + signature).decode()
    return f"{note.body}\n{_DASH}{note.origin} {stamp}\n"


def covered(notes: Iterable[Note]) -> dict[str, tuple[int, str]]:
    """Where each chain stood at the end of these notes."""
    found: dict[str, tuple[int, str]] = {}
    for note in notes:
        found.update(note.heads)
    return found


def read(text: str) -> list[Note]:
    """The notes of a file, in order. Raises Invalid with the number of the first that cannot be read."""
    blocks = _blocks(text.removeprefix("\ufeff"))  # as some editors and mail programs put before a text
    return [_note(n, body, signatures) for n, (body, signatures) in enumerate(blocks, start=1)]


def whole(text: str) -> str:
    """What of a file holds whole notes; behind it may stand the end of one that was not finished."""
    end, place = 0, 0
    for line in text.splitlines(keepends=True):
        place += len(line)
        if line.startswith(_DASH) and _is_whole(line.strip()):
            end = place
    return text[:end]


def is_torn(rest: str) -> bool:
    """Whether what stands behind the whole notes is the beginning of another."""
    found = rest.strip("\r\n")
    return bool(found) and (found.startswith(_ORIGIN) or _ORIGIN.startswith(found))


def _is_whole(line: str) -> bool:
    try:
        _, stamp, value = _signature(line.removeprefix(_DASH))
    except (ValueError, binascii.Error):
        return False
    return (len(stamp), len(value)) == (_STAMP, _VALUE)


def _blocks(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Bodies with their signatures: paragraphs in turn; a note may follow its predecessor without an empty line."""
    body: list[str] = []
    signatures: list[str] = []
    for line in text.splitlines():
        if line.startswith(_DASH):
            signatures.append(line.removeprefix(_DASH))
        elif line:
            if signatures:
                yield body, signatures
                body, signatures = [], []
            body.append(line)
    if body or signatures:
        yield body, signatures


def _note(number: int, body: Sequence[str], signatures: Sequence[str]) -> Note:
    try:
        origin, size, root, at, *moved = body
        stamps = tuple(_signature(line) for line in signatures)
        return Note(origin, int(size), root, _at(at), _heads(moved), stamps)
    except (ValueError, binascii.Error):
        raise Invalid("checkpoint_unreadable", number=number) from None


def _at(line: str) -> str:
    if not line.startswith("at "):
        raise ValueError(line)
    return line.removeprefix("at ")


def _heads(lines: Sequence[str]) -> Heads:
    found = {}
    for line in lines:
        word, name, n, hash = line.split(" ")
        if word != "head" or name in found or not name.isprintable() or not int(n) > 0:
            raise ValueError(line)
        found[name] = (int(n), hash)
    return found


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, stamp = line.rsplit(" ", 1)
    content = base64.b64decode(stamp, validate=True)
    return name, content[:4], content[4:]
