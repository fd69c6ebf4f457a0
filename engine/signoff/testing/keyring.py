"""Keys of the people under test: made when a gate demands a signature, the same in every run. They protect nothing."""

import hashlib
from dataclasses import replace
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signoff.errors import NotAllowed
from signoff.kernel.commands import Approve, Command, Decline, ReturnTo
from signoff.model.gate import Strength
from signoff.runtime import execution
from signoff.runtime.core import Core
from signoff.runtime.keys import add_key, list_keys
from signoff.runtime.question import question
from signoff.runtime.signing import METHOD, ToSign
from signoff.store.signed import key_id

T = TypeVar("T", bound=Approve | Decline | ReturnTo)


class Pocket:
    """What one of the people signs with."""

    method = METHOD

    def __init__(self, person: str) -> None:
        seed = hashlib.sha256(f"signoff.testing {person}".encode()).digest()
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()

    @property
    def key(self) -> str:
        return key_id(self.public)

    def sign(self, content: bytes, /) -> bytes:
        return self._private.sign(content)


class Keyring:
    """The keys of a sandbox."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def signer(self, person: str) -> Pocket:
        """This person's key, registered."""
        found = Pocket(person)
        if found.key not in {each.id for each in list_keys(self._core)}:
            admins = [each.id for each in self._core.directory.admins()]
            add_key(self._core, found.public, person, by=next(iter(admins), "tester"))
        return found

    def _lacks_one(self, least: Strength | None, command: Command) -> bool:
        """Whether somebody who is not on the roster himself may decide, but for the signature."""
        if least is not None:
            return False
        try:
            execution.preview(self._core, command)
        except NotAllowed as refused:
            return getattr(refused.params.get("least"), "code", "") == f"strength_{Strength.SIGNED}"
        return False

    def signed(self, command: T) -> T:
        """The decision as it is; signed by who takes it where a signature is asked for."""
        least = question(self._core, command.gate, command.by.id).least
        if command.signature is not None or not (least is Strength.SIGNED or self._lacks_one(least, command)):
            return command
        drawn = execution.to_sign(self._core, command)
        asked = ToSign(command.gate, "", drawn.statement, drawn.salts)
        return replace(command, signature=asked.sign(self.signer(command.by.id)))
