"""The verbs of `Engine` beside work and votes: withdraw, urge, read a copy, comment, ask and answer, erase.

Each builds its command and calls `execute`, like those of `verbs`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from signoff.kernel import asides as a
from signoff.model import argument
from signoff.read.thread import Remark, thread
from signoff.runtime import erasure, forecast, handover, intake, refusal, verbs
from signoff.runtime.execution import Receipt
from signoff.runtime.forecast import Ahead
from signoff.runtime.handover import HandedOver
from signoff.runtime.motions import Motions
from signoff.runtime.verbs import By, said


class Asides(Motions):
    """What people do that makes no decision."""

    def withdraw(
        self,
        instance: str,
        *,
        by: By,
        reason: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """撤回: who started it ends it, until the step that the definition names is done."""
        saying = said(self._actor(by, connection), request_id)
        return self.execute(a.Withdraw(instance=instance, reason=reason, **saying), connection=connection)

    def urge(
        self,
        task: str,
        *,
        by: By,
        note: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """催办: remind those whose move it is; each once in the time that the process says (four hours) about the same."""
        saying = said(self._actor(by, connection), request_id)
        return self.execute(a.Urge(task=task, note=note, **saying), connection=connection)

    def mark_read(
        self, instance: str, *, by: By, request_id: str = "", connection: Connection | None = None
    ) -> Receipt:
        """已阅: the receipt of who got a copy; a second one changes nothing."""
        saying = said(self._actor(by, connection), request_id)
        return self.execute(a.MarkRead(instance=instance, **saying), connection=connection)

    def comment(
        self,
        about: str,
        text: str,
        *,
        by: By,
        effective: date | None = None,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """评论: say something about an instance, or about one of its tasks or gates; nothing moves.

        `effective`: from which day it is meant to hold; the recorded time stays the true one.
        """
        saying = said(self._actor(by, connection), request_id)
        command = a.Comment(text=text, **verbs.about(about), effective=effective, **saying)
        return self.execute(command, connection=connection)

    def override(
        self,
        task: str,
        *,
        reason: str,
        by: By,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """An administrator lets a task or gate go on; an event of its own, never an approval or a signature."""
        saying = said(self._actor(by, connection), request_id)
        return self.execute(a.Override(task=task, reason=reason, **saying), connection=connection)

    def erase(
        self,
        instance: str,
        *,
        reason: str,
        by: By,
        names: Sequence[str] = (),
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """An administrator has personal values of an ended instance erased: data, fields and documents by `names`, or all.

        Without names also every text that people wrote there. The history says by whom and why, never what. Call
        `purge` afterwards; in the host's transaction the host drops documents that it keeps itself. Raises Invalid
        for what is not declared personal, WrongState for what still runs and where nothing is left.
        """
        saying = said(self._actor(by, connection), request_id)
        command = a.Erase(instance=instance, names=argument.texts(names, "names"), reason=reason, **saying)
        receipt = self.execute(command, connection=connection)
        return receipt if connection is not None else erasure.dropped(self.core, receipt)

    def purge(self) -> None:
        """Have the database give up what it keeps of erased rows: SQLite writes its file anew, PostgreSQL frees them.

        Documents that were stored an hour ago or longer, and that no record and no draft names, go as well.
        """
        erasure.purge(self.core)

    def to_hand_over(self, person: str, to: str, *, by: By, note: str = "") -> list[HandedOver]:
        """What `hand_over` would come to, task by task; nothing is kept."""
        return handover.listed(self.core, person, to, by=self._actor(by), note=note)

    def hand_over(self, person: str, to: str, *, by: By, note: str = "") -> list[HandedOver]:
        """离职转办: all open tasks and votes of a person go to another, one command each; his grants end."""
        return handover.carried_out(self.core, person, to, by=self._actor(by), note=note)

    def forecast(self, instance: str) -> list[Ahead]:
        """流程预测: the steps ahead as things stand, who would be asked, by when, and what cannot be told yet."""
        with self.core.database.read() as handle:
            return forecast.forecast(self.core, handle.connection, instance, self.core.now(handle))

    def forecast_start(self, process: str, data: Mapping[str, Any] | None = None, *, by: By) -> list[Ahead]:
        """The same for an instance that is not started yet; refused for the same reasons as `start`."""
        given = {"data": data or {}, "key": "", "title": "", "picks": {}, "request_id": ""}
        actor = self._actor(by)

        def start(connection: Connection) -> Receipt:
            return self.execute(intake.start(process, actor, given), connection=connection)

        return forecast.before_start(self.core, start)

    def thread(self, instance: str) -> list[Remark]:
        """What was said about it: comments, questions, answers, in their order."""
        return list(thread(self.history(instance)))

    def ask(
        self,
        task: str,
        person: str,
        text: str,
        *,
        by: By,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """沟通: ask a person for information about a task or gate, which does not wait for the answer."""
        actor = self._actor(by, connection)
        with refusal.trying("Ask", task, actor):
            found = intake.person(self.core, person, connection)
        command = a.Ask(task=task, person=found, text=text, **said(actor, request_id))
        return self.execute(command, connection=connection)

    def answer(
        self, question: str, text: str, *, by: By, request_id: str = "", connection: Connection | None = None
    ) -> Receipt:
        """补充材料: give the information one was asked for; `question` is the id that the inbox shows."""
        saying = said(self._actor(by, connection), request_id)
        return self.execute(a.Answer(question=question, text=text, **saying), connection=connection)
