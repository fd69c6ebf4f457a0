"""Fresh re-authentication: the host's verifier, asked before a signature or an attested decision is accepted.

Owns the protocol and a ready-made verifier that keeps sessions. What a verifier answers is recorded as it is and
never understood here; no secret passes through signoff. Must not import `engine`.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from signoff.errors import NotAllowed
from signoff.kernel import commands as c
from signoff.kernel.commands import Actor
from signoff.kernel.motions import Abstain
from signoff.model.gate import Strength

_DECISIONS: Mapping[type[c.Command], str] = {
    c.Approve: "approve",
    c.Decline: "decline",
    c.ReturnTo: "return",
    Abstain: "abstain",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A decision that somebody is about to take. `gate` as the command names it; `signed`: with a key."""

    actor: Actor
    gate: str
    decision: str  # approve, decline, abstain or return
    signed: bool
    at: datetime


class Verifier(Protocol):
    """Makes sure that it is this person, now. The answer is opaque evidence, kept with the decision.

    Whatever it raises refuses the decision, and so does an answer that is no text or an empty one; nothing is changed,
    and `signoff.audit` says so.
    """

    def __call__(self, attempt: Attempt, /) -> str: ...


def proof_of(verifier: Verifier | None, command: c.Command, at: Callable[[], datetime]) -> str:
    """What the verifier says of who gives this command; empty where it is not asked. Raises NotAllowed."""
    decision = _DECISIONS.get(type(command))
    if verifier is None or decision is None:
        return ""
    signed = getattr(command, "signature", None) is not None
    if not (signed or command.by.auth.reaches(Strength.ATTESTED)):
        return ""
    gate = str(getattr(command, "gate", ""))
    try:
        said: object = verifier(Attempt(command.by, gate, decision, signed, at()))
    except Exception as error:
        raise NotAllowed("not_verified", person=command.by.id, detail=type(error).__name__) from error
    if not isinstance(said, str) or not said.strip():  # False or nothing is how many a check says no
        raise NotAllowed("not_verified", person=command.by.id, detail=type(said).__name__)
    return said


Ask = Callable[[Attempt, str], str]


@dataclass(slots=True)
class SessionVerifier:
    """Asks for every component at the first decision of a session, and for the last one at each later one.

    `ask(attempt, component)` returns evidence or raises; name last what only the person has. A session ends after
    `gap` without a decision, and with every failure (21 CFR 11.200(a)(1)).
    """

    ask: Ask
    components: Sequence[str] = ("password", "code")
    gap: timedelta = timedelta(minutes=10)
    _last: dict[str, datetime] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, attempt: Attempt, /) -> str:
        person = attempt.actor.id
        with self._turn:
            last = self._last.pop(person, None)
        fresh = last is not None and timedelta() <= attempt.at - last <= self.gap
        wanted = self.components[-1:] if fresh else self.components
        found = [f"{component}={self.ask(attempt, component)}" for component in wanted]
        with self._turn:
            self._last[person] = attempt.at
        return " ".join(found)
