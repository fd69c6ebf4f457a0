"""Commands: what somebody wants, in the imperative. Values from outside; `decide` judges them.

Every command carries who (`by`), when (`at`, UTC) and a request id. May import model values and kernel.state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from signoff.errors import NotFound
from signoff.kernel.state import Person
from signoff.model.authority import Authority, Grant
from signoff.model.gate import Strength


@dataclass(slots=True, frozen=True)
class Actor:
    """Who acts: a person, with the groups captured for this command, and how well that is proved.

    `via` says by which way: library, cli, daemon. The engine itself acts as `SYSTEM`.
    """

    id: str
    groups: frozenset[str] = frozenset()
    name: str = ""
    auth: Strength = Strength.ASSERTED
    via: str = "library"
    admin: bool = False
    leads: frozenset[str] = frozenset()  # groups that the person leads
    on_behalf_of: str = (
        ""  # whose seat the actor wants; empty: the own one, or the only other that a grant gives
    )
    authority: Authority | None = None  # limits and grants; None: not captured yet
    known: bool = False  # whether the groups are what a directory said, and so all there are


SYSTEM = Actor("", via="daemon", name="signoff")


@dataclass(slots=True, kw_only=True)
class Command:
    """What every command carries: who, when, and the id under which it may be sent again."""

    by: Actor
    at: datetime
    request_id: str = ""
    proof: str = ""  # what the host's verifier said of who acts


@dataclass(slots=True, kw_only=True)
class Attachment:
    """A document handed in; its bytes are already stored under their hash."""

    sha256: str
    size: int
    name: str
    media: str = ""
    sections: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Start(Command):
    """Start `instance` on the definition of that version. `people` are the persons that `data` names.

    The shell looks up the current version of `process` where `version` is empty.
    """

    instance: str
    version: str
    process: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    event: str = ""  # the element whose event starts it; `data` then are what came with that
    title: str = ""
    people: Mapping[str, Person] = field(default_factory=dict)
    picks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # role -> the ids of who is picked
    salt: str = ""  # chance from the shell, for the hashes over personal data


@dataclass(slots=True, kw_only=True)
class Pick(Command):
    """Say who has a role that somebody picks; asks them where the role has been asked for in vain."""

    instance: str
    role: str
    people: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Submit(Command):
    """Hand in the work of a task."""

    task: str
    data: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, Attachment] = field(default_factory=dict)
    ticks: tuple[str, ...] = ()
    note: str = ""
    people: Mapping[str, Person] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Claim(Command):
    task: str


@dataclass(slots=True, kw_only=True)
class Release(Command):
    task: str


@dataclass(slots=True, kw_only=True)
class Assign(Command):
    """An administrator appoints a person to a task or gate that nobody can do.

    `gone`: who of those asked the directory knows no longer; the shell looks it up.
    """

    task: str
    person: Person
    gone: frozenset[str] = frozenset()


@dataclass(slots=True, frozen=True, kw_only=True)
class Signature:
    """A person's own signature, in hex, over the statement of a decision: the text that `to_sign` hands out.

    `salts` are those that came with the statement, under which the note stands in it. Whether it fits the shell finds
    out before anything is kept; the kernel never looks at it.
    """

    key: str
    statement: str
    value: str
    method: str = "ed25519"
    salts: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Approve(Command):
    """Say yes to what was seen."""

    gate: str
    seen: str = ""
    note: str = ""
    signature: Signature | None = None


@dataclass(slots=True, kw_only=True)
class Decline(Command):
    """Say no: a vote."""

    gate: str
    seen: str = ""
    note: str = ""
    signature: Signature | None = None


@dataclass(slots=True, kw_only=True)
class ReturnTo(Command):
    """Send back to a step that came before (or to the gate's own step)."""

    gate: str
    to: str
    note: str = ""
    signature: Signature | None = None


@dataclass(slots=True, kw_only=True)
class Waive(Command):
    """Set aside one rule of a step, by someone whom the rule names, with a reason."""

    task: str
    rule: str
    reason: str


@dataclass(slots=True, kw_only=True)
class FireTimer(Command):
    """A timer is due; one that is gone is a recorded no-op."""

    timer: str


@dataclass(slots=True, kw_only=True)
class Escalate(Command):
    """Rungs of a task's ladder are due."""

    task: str


@dataclass(slots=True, kw_only=True)
class OpenTask(Command):
    """A scheduled task reaches its opening time."""

    task: str


@dataclass(slots=True, kw_only=True)
class Lapse(Command):
    """A task reaches its lapsing time."""

    task: str


@dataclass(slots=True, kw_only=True)
class Recalculate(Command):
    """Calendars may have newer versions: count by them, and move what comes out otherwise."""

    instance: str


@dataclass(slots=True, kw_only=True)
class FinishJob(Command):
    """The handler of a service task has answered."""

    task: str
    result: Any = None
    people: Mapping[str, Person] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class FailJob(Command):
    """The handler failed: for good (`code` other than bpmn_error), or with a modelled error."""

    task: str
    code: str
    message: str = ""
    error: str = ""  # the modelled error's code
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class ResolveRoster(Command):
    """The directory's answer to a question; or, with `failure`, that it could not answer."""

    question: str
    people: tuple[Person, ...] = ()
    provenance: str = ""
    failure: str = ""
    grants: tuple[Grant, ...] = ()  # under which others may act for these people just now


@dataclass(slots=True, kw_only=True)
class Retry(Command):
    """Try again what an incident stopped."""

    instance: str
    incident: str = ""


@dataclass(slots=True, kw_only=True)
class Stall(Command):
    """Record that a command ran beyond its step budget; said by the engine, instead of that command."""

    instance: str
    scope: str
    elements: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Suspend(Command):
    instance: str
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Resume(Command):
    instance: str


@dataclass(slots=True, kw_only=True)
class Cancel(Command):
    """An administrator ends the instance; never an approval."""

    instance: str
    reason: str = ""


def instance_of(command: Command) -> str:
    """The instance a command is for: task, gate and timer ids begin with it. Raises NotFound for an empty id."""
    for name in ("instance", "task", "gate", "timer", "question"):
        id = getattr(command, name, "")
        if id:
            return str(id).partition(":")[0]
    raise NotFound("not_an_id", id="")
