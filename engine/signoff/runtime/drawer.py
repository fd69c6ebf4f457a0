"""The verbs of `Engine` about a person's own desk: keep a draft, throw it away, put a task off, say what is pressing.

What is kept is no fact and stands in no journal; see `desk`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from signoff.errors import Invalid
from signoff.kernel import asides as a
from signoff.kernel.draft import Save
from signoff.model import argument
from signoff.model.priority import Priority
from signoff.read import instance
from signoff.runtime import desk, intake, refusal, verbs
from signoff.runtime.desk import Draft
from signoff.runtime.execution import Receipt
from signoff.runtime.requests import Requests
from signoff.runtime.verbs import By, said


class Drawer(Requests):
    """What people keep for themselves, and how pressing they say it is."""

    def save(
        self,
        task: str,
        *,
        by: By,
        data: Mapping[str, Any] | None = None,
        documents: Mapping[str, intake.Source] | None = None,
        ticks: Sequence[str] = (),
        note: str = "",
        connection: Connection | None = None,
    ) -> Draft:
        """暂存: keep a partly filled form, or the note of a vote, until it is handed in, which takes it up.

        Values are read as at a submission, but none has to be there. What was kept before stays beside it.
        """
        actor = self._actor(by, connection)
        with refusal.trying("Save", task, actor):
            attached = intake.attach(self.core, documents or {}, connection)
            command = Save(
                task=task, data=data or {}, documents=attached, ticks=tuple(ticks), note=note, **said(actor)
            )
            return desk.save(self.core, command, connection=connection)

    def discard(self, task: str, *, by: By, connection: Connection | None = None) -> None:
        """Throw one's draft of a task or vote away; raises NotFound where there is none."""
        actor = self._actor(by, connection)
        with refusal.trying("Discard", task, actor):
            desk.discard(self.core, Save(task=task, **said(actor)), connection=connection)

    def draft(self, task: str, person: str) -> Draft | None:
        """What this person keeps of a task or vote; None where there is nothing."""
        with self.core.database.read() as handle:
            state = instance.show(handle.connection, str(task).partition(":")[0]).state
            return desk.find(handle.connection, state, task, argument.text(person, "person"))

    def put_off(
        self, task: str, until: date | datetime | None, *, by: By, connection: Connection | None = None
    ) -> datetime | None:
        """搁置: keep a task, vote or question out of one's own inbox until that day; None: it is back.

        Deadlines, ladders and what others see stay as they are.
        """
        actor = self._actor(by, connection)
        then = None if until is None else desk.midnight(until)
        with refusal.trying("PutOff", task, actor):
            return desk.put_off(self.core, Save(task=task, **said(actor)), then, connection=connection)

    def move(
        self,
        task: str,
        to: str,
        *,
        reason: str,
        by: By,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """跳转: an administrator lets the flow go on at another step, forward or backward; never an approval.

        What is jumped over is not done, and nothing that demands a signature is jumped over.
        """
        saying = said(self._actor(by, connection), request_id)
        return self.execute(a.Move(task=task, to=to, reason=reason, **saying), connection=connection)

    def prioritize(
        self,
        about: str,
        priority: str,
        *,
        by: By,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """优先级: urgent, high, normal or low, of an instance or of one of its tasks or gates; recorded.

        For administrators and for who started it. Inboxes show the most pressing first.
        """
        saying = said(self._actor(by, connection), request_id)
        if priority not in [*Priority]:
            raise Invalid("not_an_option", at="priority", value=priority, options=[*Priority])
        command = a.Prioritize(**verbs.about(about), priority=Priority(priority), **saying)
        return self.execute(command, connection=connection)
