"""An office whose people sign with keys of their own: one process, a clock that stands still, keys in memory."""

from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signoff import Engine, Receipt
from signoff.kernel.commands import Signature
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.keys import add_key
from signoff.store.keys import Key
from signoff.store.signed import key_id

AT = "2027-01-04T09:00+08:00"
PEOPLE: Any = {
    "ann": {"name": "Ann", "groups": ("makers",)},
    "bob": {"name": "Bob", "groups": ("bosses",)},
    "cid": {"name": "Cid", "groups": ("bosses",)},
    "root": {"name": "Root", "admin": True},
}
PROCESS = """
signoff: 1
process: purchase
lang: en
data: {price: {type: integer}}
roles: {maker: {group: makers}, boss: {group: bosses}}
start: {by: [maker]}
steps:
  - step: write
    owner: maker
    form: {fill: [price]}
    approve: [{by: boss, need: all, sign: key}]
    return_to: [write]
"""


class Memory:
    """A signer whose key is in memory: what hardware would be."""

    method = "ed25519"

    def __init__(self, seed: str) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed.encode().ljust(32, b".")[:32])
        self.public = self._private.public_key().public_bytes_raw()
        self.key = key_id(self.public)

    def sign(self, content: bytes, /) -> bytes:
        return self._private.sign(content)


class Office:
    """The people at work on one database. `bob` and `cid` have keys; `signer` is what each signs with."""

    def __init__(self, url: str, *, at: str = AT, **more: Any) -> None:
        """On a database with nothing in it; or, with `at`, on one that another office has left then."""
        self.clock = VirtualClock(at)
        self.engine = Engine(url, directory=StaticDirectory(PEOPLE), clock=self.clock, **more)
        self.signer = {person: Memory(person) for person in ("bob", "cid")}
        if at == AT:
            self.engine.deploy(PROCESS)
            for person in self.signer:
                self.add(person)

    def add(self, person: str, seed: str = "", **given: Any) -> Key:
        """Register a key of this person."""
        signer = Memory(seed or person)
        self.signer[person] = signer
        return add_key(self.engine.core, signer.public, person, by="root", **given)

    def waiting(self, price: int = 5, key: str = "") -> str:
        """The gate of an instance whose work has been handed in."""
        receipt = self.engine.start("purchase", by="ann", key=key)
        self.pass_time()
        return self.engine.submit(receipt.opened[0], by="ann", data={"price": price}).opened[0]

    def pass_time(self, minutes: int = 1) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    def signature(self, gate: str, person: str, *, with_key_of: str = "", **said: Any) -> Signature:
        """What this person signs to say yes, or what `decision` says."""
        asked = self.engine.to_sign(gate, by=person, **self.seeing(gate, person, said), **said)
        return asked.sign(self.signer[with_key_of or person])

    def seeing(self, gate: str, person: str, said: Any) -> dict[str, str]:
        if said.get("decision") == "return" or "seen" in said:
            return {}
        return {"seen": self.engine.subject(gate, person)}

    def approve(self, gate: str, person: str, signature: Signature | None = None, **said: Any) -> Receipt:
        """Say yes, signed with one's own key unless another signature is given."""
        given = signature or self.signature(gate, person, **said)
        said.setdefault("seen", self.engine.subject(gate, person))
        return self.engine.approve(gate, by=person, signature=given, **said)

    def close(self) -> None:
        self.engine.dispose()
