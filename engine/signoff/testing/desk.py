"""What a person keeps on the own desk, and how pressing something is, as verbs of a `Case`.

Must import of the test kit nothing but `motion`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from signoff.kernel import asides as a
from signoff.kernel.commands import Actor
from signoff.model.priority import Priority
from signoff.runtime.desk import Draft
from signoff.runtime.execution import Receipt
from signoff.testing.motion import Motions

By = str | Actor


class Desk(Motions):
    """The third of `Case` that keeps drafts, puts off and says what is pressing."""

    def save(
        self,
        step: str,
        data: Mapping[str, Any] | None = None,
        *,
        by: By,
        documents: Mapping[str, bytes] | None = None,
        ticks: Sequence[str] = (),
        note: str = "",
    ) -> Draft:
        """Keep a draft of a step's work, or of a vote at its gate."""
        actor, task = self.box.actor(by), self._own(step)
        return self.box.engine.save(task, by=actor, data=data, documents=documents, ticks=ticks, note=note)

    def discard(self, step: str, *, by: By) -> None:
        """Throw that draft away."""
        self.box.engine.discard(self._own(step), by=self.box.actor(by))

    def draft(self, step: str, *, by: By) -> Draft | None:
        """The draft that this person keeps there."""
        return self.box.engine.draft(self._own(step), by if isinstance(by, str) else by.id)

    def put_off(self, step: str, until: date | datetime | None, *, by: By) -> datetime | None:
        """Keep a step out of somebody's inbox until then; None: it is back."""
        return self.box.engine.put_off(self._own(step), until, by=self.box.actor(by))

    def prioritize(self, priority: str, step: str = "", *, by: By) -> Receipt:
        """Say how pressing the instance is, or one of its steps."""
        task, instance = (self._own(step), "") if step else ("", self.instance)
        said = self._said(by)
        return self.box.execute(
            a.Prioritize(priority=Priority(priority), task=task, instance=instance, **said)
        )

    def move(self, step: str, to: str, *, by: By, reason: str = "moved in a test") -> Receipt:
        """An administrator lets the flow go on at another step."""
        return self.box.execute(a.Move(task=self._own(step), to=to, reason=reason, **self._said(by)))

    def migrate(
        self,
        to: str = "",
        *,
        nodes: Mapping[str, str] | None = None,
        votes: str = "keep",
        by: By,
        reason: str = "migrated in a test",
    ) -> Receipt:
        """An administrator lets the instance go on with another version, the current one where none is said."""
        actor = self.box.actor(by)
        receipt = self.box.engine.migrate(
            self.instance, to, nodes=nodes, votes=votes, by=actor, reason=reason
        )
        self.box.settle()
        return receipt

    def _own(self, step: str) -> str:
        return self.box.engine.locate(f"{self.instance}/{step}")
