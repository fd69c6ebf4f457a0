"""The verbs of `Engine` on tasks, gates and instances: each builds its command and calls `execute`.

Every verb takes `connection=` to take part in the host's transaction, and `request_id=` to be repeatable.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from signoff.errors import Invalid
from signoff.kernel import commands as c
from signoff.kernel.commands import Actor, Signature
from signoff.runtime import execution, intake, refusal
from signoff.runtime.execution import Receipt
from signoff.runtime.queries import Queries
from signoff.runtime.signing import ToSign

By = str | Actor


class Verbs(Queries):
    """The deciding half of `Engine`."""

    def execute(self, command: c.Command, *, connection: Connection | None = None) -> Receipt:
        """Carry out any public command; raises `Refused` and changes nothing, or everything it says is kept."""
        return execution.execute(self.core, command, connection=connection)

    def preview(self, command: c.Command) -> Receipt:
        """What the command would come to; nothing is kept."""
        return execution.preview(self.core, command)

    def approve(
        self,
        gate: str,
        *,
        by: By,
        seen: str = "",
        note: str = "",
        signature: Signature | None = None,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Say yes to what was seen: the subject that `inbox` and `show` hand out; signed when a signature is given."""
        actor = self._actor(by, connection)
        command = c.Approve(gate=gate, seen=seen, note=note, signature=signature, **said(actor, request_id))
        return self.execute(command, connection=connection)

    def decline(
        self,
        gate: str,
        *,
        by: By,
        seen: str = "",
        note: str = "",
        signature: Signature | None = None,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Say no, and in `note` why: a vote. What follows from it the definition says. Raises Invalid without a reason."""
        actor = self._actor(by, connection)
        command = c.Decline(gate=gate, seen=seen, note=note, signature=signature, **said(actor, request_id))
        return self.execute(command, connection=connection)

    def return_to(
        self,
        gate: str,
        to: str,
        *,
        by: By,
        note: str = "",
        signature: Signature | None = None,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Send back to a step that the gate names; `note` says why, and Invalid is raised without it."""
        actor = self._actor(by, connection)
        command = c.ReturnTo(gate=gate, to=to, note=note, signature=signature, **said(actor, request_id))
        return self.execute(command, connection=connection)

    def to_sign(
        self,
        gate: str,
        *,
        by: By,
        decision: str = "approve",
        seen: str = "",
        note: str = "",
        to: str = "",
        connection: Connection | None = None,
    ) -> ToSign:
        """The statement that a decision comes to, for the person's own key: approve, decline, abstain or return.

        Refused for the same reasons as the decision. It fits only while nothing else happens in the instance.
        """
        actor = self._actor(by, connection)
        given = {"gate": gate, "note": note} | ({"to": to} if decision == "return" else {"seen": seen})
        command = intake.decision(decision, {**given, **said(actor)})
        drawn = execution.to_sign(self.core, command, connection=connection)
        return ToSign(gate, decision, drawn.statement, drawn.salts)

    def claim(
        self, task: str, *, by: By, request_id: str = "", connection: Connection | None = None
    ) -> Receipt:
        """Take a task out of the pool for oneself."""
        command = c.Claim(task=task, **said(self._actor(by, connection), request_id))
        return self.execute(command, connection=connection)

    def release(
        self, task: str, *, by: By, request_id: str = "", connection: Connection | None = None
    ) -> Receipt:
        """Put a claimed task back into the pool."""
        command = c.Release(task=task, **said(self._actor(by, connection), request_id))
        return self.execute(command, connection=connection)

    def assign(
        self, task: str, person: str, *, by: By, request_id: str = "", connection: Connection | None = None
    ) -> Receipt:
        """An administrator appoints a person to a task or gate that nobody can do."""
        actor = self._actor(by, connection)
        with refusal.trying("Assign", task, actor):
            found = intake.person(self.core, person, connection)
        command = c.Assign(task=task, person=found, **said(actor, request_id))
        return self.execute(command, connection=connection)

    def pick(
        self,
        instance: str,
        role: str,
        people: str | Sequence[str],
        *,
        by: By,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Say who has a role that somebody picks, by one who may; those who were asked for in vain are asked for again."""
        saying = said(self._actor(by, connection), request_id)
        command = c.Pick(instance=instance, role=role, people=intake.several(people), **saying)
        return self.execute(command, connection=connection)

    def waive(
        self,
        task: str,
        rule: str,
        *,
        reason: str,
        by: By,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Set one rule of a step aside, by someone whom the rule names."""
        actor = self._actor(by, connection)
        command = c.Waive(task=task, rule=rule, reason=reason, **said(actor, request_id))
        return self.execute(command, connection=connection)

    def retry(
        self,
        instance: str,
        incident: str = "",
        *,
        by: By,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Try again what incidents stopped."""
        saying = said(self._actor(by, connection), request_id)
        return self.execute(c.Retry(instance=instance, incident=incident, **saying), connection=connection)

    def suspend(
        self,
        instance: str,
        *,
        by: By,
        reason: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Let an instance and its timers stand still; for administrators."""
        saying = said(self._actor(by, connection), request_id)
        return self.execute(c.Suspend(instance=instance, reason=reason, **saying), connection=connection)

    def resume(
        self, instance: str, *, by: By, request_id: str = "", connection: Connection | None = None
    ) -> Receipt:
        """Let a suspended instance go on."""
        saying = said(self._actor(by, connection), request_id)
        return self.execute(c.Resume(instance=instance, **saying), connection=connection)

    def cancel(
        self,
        instance: str,
        *,
        by: By,
        reason: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """End an instance, for the reason given; for administrators. Never an approval."""
        saying = said(self._actor(by, connection), request_id)
        return self.execute(c.Cancel(instance=instance, reason=reason, **saying), connection=connection)


def about(id: str) -> dict[str, Any]:
    """What a command is about: an instance, or a task or gate of one. Raises Invalid."""
    if not isinstance(id, str):
        raise Invalid("untyped_value", at="about", type=type(id).__name__)
    return {"task": id, "instance": ""} if ":" in id else {"task": "", "instance": id}


def said(actor: Actor, request_id: str = "") -> dict[str, Any]:
    return {"by": actor, "at": intake.UNKNOWN, "request_id": request_id}
