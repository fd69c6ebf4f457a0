"""Signing on the person's side: what is handed out to be signed, who signs it, and keys in files.

A private key never reaches the engine: a `Signer` holds it, a file with a passphrase here, hardware or a web client
elsewhere. Must not import `engine`; of the store only how a key is called.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from signoff.errors import Invalid, NotAllowed, NotFound
from signoff.kernel.commands import Signature
from signoff.store.signed import key_id

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

METHOD = "ed25519"
LONGEST = 1023  # bytes of a passphrase, as OpenSSL takes them


class Signer(Protocol):
    """Holds a private key, or reaches one. `key` is the id that its public half is registered under."""

    @property
    def key(self) -> str: ...

    @property
    def method(self) -> str: ...

    def sign(self, content: bytes, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class ToSign:
    """The statement of one decision: sign its `bytes` as they are, and hand the signature to the same verb.

    The note stands in it as a hash, under the first of `salts`; they go back with the signature.
    """

    gate: str
    decision: str  # approve, decline, abstain or return
    statement: str
    salts: tuple[str, ...] = ()

    @property
    def bytes(self) -> bytes:
        return self.statement.encode()

    def sign(self, signer: Signer) -> Signature:
        """What the verb takes as `signature`."""
        value = signer.sign(self.bytes)
        return Signature(
            key=signer.key,
            statement=self.statement,
            value=value.hex(),
            method=signer.method,
            salts=self.salts,
        )


class FileSigner:
    """The private key of a file as `keys new` writes it: PKCS#8 in PEM, encrypted with a passphrase.

    Raises NotFound, NotAllowed for the wrong passphrase, Invalid for what is no such key.
    """

    method = METHOD

    def __init__(self, path: Path | str, passphrase: str) -> None:
        self._private = _loaded(_read(path), passphrase, str(path))
        self._public = self._private.public_key().public_bytes_raw()

    @property
    def key(self) -> str:
        return key_id(self._public)

    @property
    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return self._public

    def sign(self, content: bytes, /) -> bytes:
        return self._private.sign(content)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A pair that was made: the file of the private key, the file of the public one, and the id."""

    private: Path
    public: Path
    key: str


def new_key(path: Path | str, passphrase: str) -> NewKey:
    """Make a key pair: the private half in `path`, for its owner alone, the public one beside it as `.pub`.

    Raises Invalid for a passphrase that is empty, no text or too long, and where one of the files is there already.
    """
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - a costly import that few need
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - as above

    private, public = Path(path), Path(f"{path}.pub")
    if not passphrase:
        raise Invalid("passphrase_missing")
    protected = _protection(passphrase)
    if not 0 < len(protected) <= LONGEST:
        raise Invalid("passphrase_unfit", most=LONGEST)
    made = Ed25519PrivateKey.generate()
    secret = made.private_bytes(
        form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(protected)
    )
    shown = made.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    for place in (private, public):
        if os.path.lexists(place):  # a link that leads nowhere is there as well
            raise Invalid("key_file_exists", file=str(place))
    _write(private, secret, 0o600)
    _write(public, shown, 0o644)
    return NewKey(private, public, key_id(made.public_key().public_bytes_raw()))


def _protection(passphrase: str) -> bytes:
    """The bytes of a passphrase; none for one that is no text."""
    try:
        return passphrase.encode()
    except UnicodeEncodeError:
        return b""


def public_of(path: Path | str) -> bytes:
    """The 32 bytes of the public key in a PEM file, as `keys new` or any other tool writes it. Raises Invalid."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - a costly import that few need
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415 - as above

    content = _read(path)
    if b"PRIVATE KEY" in content:
        raise Invalid("key_is_private", file=str(path))
    try:
        found = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        raise Invalid("key_unreadable", file=str(path)) from None
    if not isinstance(found, Ed25519PublicKey):
        raise Invalid("key_unreadable", file=str(path))
    return found.public_bytes_raw()


def _loaded(content: bytes, passphrase: str, file: str) -> "Ed25519PrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - a costly import that few need
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - as above

    if b"ENCRYPTED PRIVATE KEY" not in content:
        raise Invalid("key_not_protected" if b"PRIVATE KEY" in content else "key_unreadable", file=file)
    secret = _protection(passphrase)
    if len(secret) > LONGEST:  # no key was made with it
        raise NotAllowed("passphrase_wrong", file=file)
    try:
        found = load_pem_private_key(content, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if "password" not in str(error).lower():  # no passphrase opens it
            raise Invalid("key_unreadable", file=file) from None
        raise NotAllowed("passphrase_wrong", file=file) from None
    if not isinstance(found, Ed25519PrivateKey):
        raise Invalid("key_unreadable", file=file)
    return found


def _read(path: Path | str) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise NotFound("no_such_file", file=str(path)) from None
    except OSError as error:
        raise Invalid("key_unreadable", file=str(path)) from error


def _write(path: Path, content: bytes, mode: int) -> None:
    """Create a file with these rights from its first byte on."""
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError:
        raise NotFound("no_such_folder", folder=str(path.parent), file=path.name) from None
    with os.fdopen(opened, "wb") as file:
        file.write(content)
