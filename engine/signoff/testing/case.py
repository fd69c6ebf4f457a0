"""One instance under test: the verbs of people, by step instead of by id, and what has come of them.

Votes are attested, or signed where a gate demands it, and pass what is there now as seen; documents named are made up. May import everything of
signoff but the command line.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from signoff.errors import Refused, SignoffError
from signoff.kernel import arrival, commands
from signoff.kernel.commands import Actor
from signoff.kernel.state import Activity
from signoff.model import nodes
from signoff.runtime import intake
from signoff.runtime.core import Core
from signoff.runtime.execution import Receipt
from signoff.runtime.intake import UNKNOWN
from signoff.testing.desk import Desk
from signoff.testing.paper import Wanted, papers
from signoff.testing.surroundings import Surroundings

By = str | Actor
T = TypeVar("T", bound=commands.Approve | commands.Decline | commands.ReturnTo)


class Case(Surroundings, Desk):
    """One definition and one instance of it in a `Sandbox`.

    Steps are named by their ids; `by` is a person's id, or an `Actor` with its own proof. Every verb returns the
    receipt of its command, or raises what the engine raises.
    """

    @classmethod
    def load(cls, source: str | Path, process: str | None = None, **sandbox: Any) -> "Case":
        """Deploy one source in a sandbox of its own; start the case yourself. `sandbox`: what `Sandbox` takes."""
        from signoff.testing.sandbox import Sandbox  # noqa: PLC0415 - the sandbox makes cases

        box = Sandbox(**sandbox)
        deployed = box.deploy(source)[0]
        listed = {each.version: each.process for each in box.engine.definitions()}
        return cls(box, process or listed[deployed.version])

    def start(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        by: By = "",
        key: str = "",
        picks: Mapping[str, str | Sequence[str]] | None = None,
    ) -> "Case":
        """Start the instance; without `by` the first of the people who may. `picks`: who has the roles to be picked."""
        actor = self.box.actor(by) if by else self.box.starter(self.process)
        started = self.box.engine.start(self.process, data, by=actor, key=key, picks=picks)
        self._instance = started.instance
        self.box.settle()
        return self

    def copy(self) -> "Case":
        """The same case in a sandbox of its own: `Sandbox.copy`."""
        return Case(self.box.copy(), self.process, self.instance)

    # what people do ----------------------------------------------------------------------------------------

    def submit(
        self,
        step: str,
        data: Mapping[str, Any] | None = None,
        *,
        by: By = "",
        documents: Wanted = (),
        ticks: Sequence[str] | None = None,
        note: str = "",
    ) -> Receipt:
        """Hand in a step's work. Documents by name are made up as demanded; the checklist is ticked unless `ticks` says.

        Without `by` it is somebody who may.
        """
        activity = self.situation.activity(step, by=_id(by))
        return self.hand_in(activity, data, by=by, documents=documents, ticks=ticks, note=note)

    def approve(self, step: str, *, by: By, seen: str | None = None, note: str = "") -> Receipt:
        """Say yes at a step's gate, to what is there now unless `seen` is another subject."""
        return self._vote(commands.Approve, step, by=by, seen=seen, note=note)

    def decline(
        self, step: str, *, by: By, seen: str | None = None, note: str = "declined in a test"
    ) -> Receipt:
        """Say no at a step's gate; why, the engine demands and the kit supplies."""
        return self._vote(commands.Decline, step, by=by, seen=seen, note=note)

    def return_to(self, step: str, to: str, *, by: By, note: str = "returned in a test") -> Receipt:
        """Send back from a step's gate to a step that it names; why, as in `decline`."""
        command = commands.ReturnTo(gate=self._gate(step, by), to=to, note=note, **self._said(by))
        return self.box.execute(_signed(self.box.engine.core, command, by))

    def waive(self, step: str, rule: str, *, by: By, reason: str = "waived in a test") -> Receipt:
        """Set a rule of a step aside."""
        command = commands.Waive(task=self._task(step, by), rule=rule, reason=reason, **self._said(by))
        return self.box.execute(command)

    def claim(self, step: str, *, by: By) -> Receipt:
        """Take a step out of the pool."""
        return self.box.execute(commands.Claim(task=self._task(step, by), **self._said(by)))

    def release(self, step: str, *, by: By) -> Receipt:
        """Put a claimed step back into the pool."""
        return self.box.execute(commands.Release(task=self._task(step, by), **self._said(by)))

    def assign(self, step: str, person: str, *, by: By = "") -> Receipt:
        """Appoint a person to a step; the tester, an administrator, unless `by` says who."""
        found = intake.person(self.box.engine.core, person, None)
        return self.box.execute(commands.Assign(task=self._task(step, by), person=found, **self._admin(by)))

    # what administrators do --------------------------------------------------------------------------------

    def retry(self, incident: str = "", *, by: By = "") -> Receipt:
        """Try again what incidents stopped: one of them, or all."""
        return self.box.execute(commands.Retry(instance=self.instance, incident=incident, **self._admin(by)))

    def suspend(self, *, by: By = "") -> Receipt:
        """Let the instance stand still."""
        return self.box.execute(commands.Suspend(instance=self.instance, **self._admin(by)))

    def resume(self, *, by: By = "") -> Receipt:
        """Let it go on."""
        return self.box.execute(commands.Resume(instance=self.instance, **self._admin(by)))

    def cancel(self, *, by: By = "", reason: str = "cancelled in a test") -> Receipt:
        """End it."""
        return self.box.execute(commands.Cancel(instance=self.instance, reason=reason, **self._admin(by)))

    def set(self, data: Mapping[str, Any], *, by: By = "") -> Receipt:
        """Write data of the process; conditions that read them are asked again."""
        return self.box.execute(arrival.Fill(instance=self.instance, data=data, **self._admin(by)))

    # inside ------------------------------------------------------------------------------------------------

    def hand_in(
        self,
        activity: Activity,
        data: Mapping[str, Any] | None = None,
        *,
        by: By = "",
        documents: Wanted = (),
        ticks: Sequence[str] | None = None,
        note: str = "",
    ) -> Receipt:
        """Hand in the work of one activity, when its step alone does not say which."""
        situation = self.situation
        node = situation.node(activity.scope, activity.node)
        definition = situation.definitions[situation.state.scopes[activity.scope].version]
        someone = by or activity.assignee or next((person.id for person in activity.roster), "")
        receipt = self.box.engine.submit(
            f"{self.instance}:{activity.id}",
            by=self.box.actor(someone) if someone else self._admin("")["by"],
            data=data,
            documents=papers(definition, documents),
            ticks=_ticks(node) if ticks is None else ticks,
            note=note,
        )
        self.box.settle()
        return receipt

    def _vote(
        self,
        kind: type[commands.Approve | commands.Decline],
        step: str,
        *,
        by: By,
        seen: str | None,
        note: str,
    ) -> Receipt:
        gate = self._gate(step, by)
        shown = self._subject(gate, _id(by)) if seen is None else seen
        return self.box.execute(
            _signed(self.box.engine.core, kind(gate=gate, seen=shown, note=note, **self._said(by)), by)
        )

    def _subject(self, gate: str, person: str) -> str:
        """What this person is shown; nothing where nothing is asked."""
        try:
            return self.box.engine.subject(gate, person)
        except SignoffError:
            return ""

    def _task(self, step: str, by: By) -> str:
        return f"{self.instance}:{self.situation.activity(step, by=_id(by)).id}"

    def _gate(self, step: str, by: By) -> str:
        return f"{self.instance}:{self.situation.gate(step, by=_id(by))}"

    def _said(self, by: By) -> dict[str, Any]:
        return {"by": self.box.actor(by), "at": UNKNOWN}

    def _admin(self, by: By) -> dict[str, Any]:
        from signoff.testing.sandbox import TESTER  # noqa: PLC0415 - the sandbox makes cases

        return self._said(by or TESTER)


def _id(by: By) -> str:
    return by if isinstance(by, str) else by.id


def _ticks(node: nodes.Node) -> tuple[str, ...]:
    checks = node.checklist if isinstance(node, nodes.UserTask) else ()
    return tuple(text for check in checks for text in (check.item.zh, check.item.en) if text)


def _signed(core: Core, command: T, by: By) -> T:
    """Signed where the gate demands it, unless an `Actor` brings a proof of his own."""
    from signoff.testing.keyring import Keyring  # noqa: PLC0415 - costs an import that few tests need

    if isinstance(by, Actor):
        return command
    try:
        return Keyring(core).signed(command)
    except Refused:  # as the decision itself will be
        return command
