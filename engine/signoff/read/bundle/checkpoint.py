"""The checkpoints of a bundle of evidence: whether they hold in themselves, and whether the chains follow them.

Shares no code with the engine, so that neither can hide a mistake of the other. Must import nothing of signoff but
`count`.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signoff.read.bundle.count import sha256

Finding: TypeAlias = tuple[str, str, str]  # its name, where, more about it
Trust: TypeAlias = Callable[[str], Sequence[bytes]]  # the public keys that count at an instant
DASH, ORIGIN = (
    "\N{EM DASH} ",
    "signoff/",
)  # before the signatures of a checkpoint; what its origin begins with


class Links(Protocol):
    """A chain: the hash after each number."""

    name: str
    hashes: dict[int, str]


def checkpoints(text: str, installation: str, chains: Sequence[Links], trust: Trust) -> Iterator[Finding]:
    """Whether a file of checkpoints holds in itself, and these chains follow it."""
    heads, last = dict[str, tuple[int, str]](), ""
    whole, rest = split(text)
    if rest:
        yield "checkpoint_torn", "checkpoint", "the last one was not written to its end"
    for number, (body, signatures) in enumerate(_notes(whole), start=1):
        where = f"checkpoint #{number}"
        try:
            origin, size, root, at, *moved = body.splitlines()
            claimed = {name: (int(n), hash) for _, name, n, hash in (line.split(" ") for line in moved)}
        except ValueError:
            yield "checkpoint_unreadable", where, ""
            return
        if not (keys := trust(at.removeprefix("at "))):
            yield "checkpoint_untrusted", where, ""
        elif not any(_signed(body, line, key) for line in signatures for key in keys):
            yield "checkpoint_forged", where, ""
        if origin != f"{ORIGIN}{installation}":
            yield "checkpoint_foreign", where, origin
            continue
        for name, (n, hash) in claimed.items():
            known = heads.get(name, (0, ""))
            if n < known[0] or (n == known[0] and hash != known[1]) or at < last:
                yield "checkpoints_inconsistent", where, name
        heads, last = heads | claimed, at
        lines = "".join(f"{name} {n} {hash}\n" for name, (n, hash) in sorted(heads.items()))
        digest = bytes.fromhex(sha256("signoff/checkpoint/v1\0", lines))
        if (size, root) != (str(sum(n for n, _ in heads.values())), base64.b64encode(digest).decode()):
            yield "checkpoint_incomplete", where, ""
        for chain in chains:
            n, hash = claimed.get(chain.name, (0, ""))
            if chain.hashes.get(n) != hash:
                yield ("rewritten" if n in chain.hashes else "rolled_back"), f"{chain.name} #{n}", where


def covered(text: str, installation: str, name: str) -> int:
    """The last number of this chain of which a checkpoint of that installation speaks; 0 where none does."""
    found = [0]
    for body, _ in _notes(split(text)[0]):
        origin, *lines = body.splitlines()
        if origin == f"{ORIGIN}{installation}":
            parts = (line.split(" ") for line in lines)
            found += [int(p[2]) for p in parts if len(p) == 4 and p[1] == name and p[2].isdecimal()]
    return max(found)


def split(text: str) -> tuple[str, str]:
    """The whole notes, and behind them the beginning of one that was not finished."""
    text, end, place = text.removeprefix("\ufeff"), 0, 0
    for line in text.splitlines(keepends=True):
        place += len(line)
        if line.startswith(DASH) and len(_stamp(line.strip())) == 68:
            end = place
    rest = text[end:].strip("\r\n")
    torn = end and rest and (rest.startswith(ORIGIN) or ORIGIN.startswith(rest))
    return (text[:end], rest) if torn else (text, "")


def _notes(text: str) -> Iterator[tuple[str, list[str]]]:
    """Body and signatures of each note."""
    body, signatures = "", list[str]()
    for line in (line for line in text.splitlines() if line):
        if line.startswith(DASH):
            signatures.append(line.removeprefix(DASH))
            continue
        if signatures:
            yield body, signatures
            body, signatures = "", []
        body += line + "\n"
    yield from [(body, signatures)] if body else []


def _stamp(line: str) -> bytes:
    """What stands behind the name: which key, and what it signed; nothing where that cannot be read."""
    try:
        return base64.b64decode(line.rpartition(" ")[2], validate=True)
    except ValueError:
        return b""


def _signed(body: str, line: str, public: bytes) -> bool:
    name, content = line.rpartition(" ")[0], _stamp(line)
    known = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    return content[:4] == known and fits(public.hex(), content[4:].hex(), body)


def fits(public: str, value: str, text: str) -> bool:
    """Whether this key signed this text."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(value), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
