"""The facade: `Engine`, what hosts, the daemon and the command line work with.

Every command is one method of a few lines: build the command, call `execute`. Every method takes `connection=`
to take part in the host's transaction, and `request_id=` to be repeatable. Questions stand in `queries`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import URL, Connection

from signoff.kernel import commands as c
from signoff.kernel.commands import Actor
from signoff.kernel.events import Event
from signoff.runtime import execution, intake
from signoff.runtime.channels import Channel
from signoff.runtime.clock import Clock, SystemClock
from signoff.runtime.core import Core, Handler, Hook
from signoff.runtime.directory import Directory, SqlDirectory
from signoff.runtime.execution import Receipt
from signoff.runtime.queries import Queries
from signoff.store.database import Database
from signoff.store.definitions import Deployed
from signoff.store.documents import DatabaseDocuments, Documents

if TYPE_CHECKING:
    from signoff.runtime.worker import Worker

By = str | Actor


class Engine(Queries):
    """Runs deployed processes on a database: a URL, or the host's own SQLAlchemy Engine.

    Without `directory` people come from `people import`; without `documents` bytes are kept in the database;
    without `clock` the database says what time it is. Thread-safe; make one and keep it.
    """

    def __init__(
        self,
        db: str | URL | sqlalchemy.Engine,
        *,
        directory: Directory | None = None,
        handlers: Mapping[str, Handler] | None = None,
        channels: Sequence[Channel] = (),
        documents: Documents | None = None,
        clock: Clock | None = None,
        schema: str | None = None,
    ) -> None:
        database = Database(db, schema=schema, clock=SystemClock().now)
        people = directory or SqlDirectory(database)
        kept = documents or DatabaseDocuments(database)
        super().__init__(Core(database, people, kept, clock, handlers=handlers or {}, channels=channels))

    # definitions -------------------------------------------------------------------------------------------

    def deploy(
        self, *sources: str | Path, by: str = "", connection: Connection | None = None
    ) -> list[Deployed]:
        """Read, check and make current: files, or YAML texts; all or none. The same content twice changes nothing.

        Raises InvalidDefinition with every problem and its place.
        """
        from signoff.runtime import deployment  # noqa: PLC0415 - reading YAML costs an import that few runs need

        return deployment.deploy(self.core, sources, by=by, connection=connection)

    # commands ----------------------------------------------------------------------------------------------

    def execute(self, command: c.Command, *, connection: Connection | None = None) -> Receipt:
        """Carry out any public command; raises `Refused` and changes nothing, or everything it says is kept."""
        return execution.execute(self.core, command, connection=connection)

    def preview(self, command: c.Command) -> Receipt:
        """What the command would come to; nothing is kept."""
        return execution.preview(self.core, command)

    def start(
        self,
        process: str,
        data: Mapping[str, Any] | None = None,
        *,
        by: By,
        key: str = "",
        title: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Start an instance of the current version of `process`; `key` is its business key, unique while it runs."""
        given = {"data": data or {}, "key": key, "title": title, "request_id": request_id}
        command = intake.start(self.core, process, self._actor(by, connection), given, connection)
        return self.execute(command, connection=connection)

    def submit(
        self,
        task: str,
        *,
        by: By,
        data: Mapping[str, Any] | None = None,
        documents: Mapping[str, intake.Source] | None = None,
        ticks: Sequence[str] = (),
        note: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Hand in the work of a task: form data, documents by id or name (paths or bytes), checklist ticks."""
        actor, attached = self._actor(by, connection), intake.attach(self.core, documents or {}, connection)
        command = c.Submit(task=task, data=data or {}, documents=attached, ticks=tuple(ticks), note=note,
                           **_said(actor, request_id))  # fmt: skip
        return self.execute(command, connection=connection)

    def approve(
        self,
        gate: str,
        *,
        by: By,
        seen: str = "",
        note: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Say yes to what was seen: the subject that `inbox` and `show` hand out."""
        actor = self._actor(by, connection)
        command = c.Approve(gate=gate, seen=seen, note=note, **_said(actor, request_id))
        return self.execute(command, connection=connection)

    def decline(
        self,
        gate: str,
        *,
        by: By,
        seen: str = "",
        note: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Say no: a vote. What follows from it the definition says."""
        actor = self._actor(by, connection)
        command = c.Decline(gate=gate, seen=seen, note=note, **_said(actor, request_id))
        return self.execute(command, connection=connection)

    def return_to(
        self,
        gate: str,
        to: str,
        *,
        by: By,
        note: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Send back to a step that the gate names."""
        actor = self._actor(by, connection)
        command = c.ReturnTo(gate=gate, to=to, note=note, **_said(actor, request_id))
        return self.execute(command, connection=connection)

    def claim(
        self, task: str, *, by: By, request_id: str = "", connection: Connection | None = None
    ) -> Receipt:
        """Take a task out of the pool for oneself."""
        command = c.Claim(task=task, **_said(self._actor(by, connection), request_id))
        return self.execute(command, connection=connection)

    def release(
        self, task: str, *, by: By, request_id: str = "", connection: Connection | None = None
    ) -> Receipt:
        """Put a claimed task back into the pool."""
        command = c.Release(task=task, **_said(self._actor(by, connection), request_id))
        return self.execute(command, connection=connection)

    def assign(
        self, task: str, person: str, *, by: By, request_id: str = "", connection: Connection | None = None
    ) -> Receipt:
        """An administrator appoints a person to a task or gate that nobody can do."""
        actor, found = self._actor(by, connection), intake.person(self.core, person, connection)
        command = c.Assign(task=task, person=found, **_said(actor, request_id))
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
        command = c.Waive(task=task, rule=rule, reason=reason, **_said(actor, request_id))
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
        said = _said(self._actor(by, connection), request_id)
        return self.execute(c.Retry(instance=instance, incident=incident, **said), connection=connection)

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
        said = _said(self._actor(by, connection), request_id)
        return self.execute(c.Suspend(instance=instance, reason=reason, **said), connection=connection)

    def resume(
        self, instance: str, *, by: By, request_id: str = "", connection: Connection | None = None
    ) -> Receipt:
        """Let a suspended instance go on."""
        said = _said(self._actor(by, connection), request_id)
        return self.execute(c.Resume(instance=instance, **said), connection=connection)

    def cancel(
        self,
        instance: str,
        *,
        by: By,
        reason: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """End an instance; for administrators. Never an approval."""
        said = _said(self._actor(by, connection), request_id)
        return self.execute(c.Cancel(instance=instance, reason=reason, **said), connection=connection)

    # beside commands ---------------------------------------------------------------------------------------

    def on(self, event: type[Event], hook: Hook) -> None:
        """Call `hook(recorded, connection)` in the same transaction for every such event; raising refuses."""
        self.core.hooks.setdefault(event, []).append(hook)

    def worker(self, name: str = "") -> "Worker":
        """Works off what is owed: timers, rungs, handlers, notices."""
        from signoff.runtime.worker import Worker  # noqa: PLC0415 - so do the texts of notices

        return Worker(self.core, name)

    def dispose(self) -> None:
        """Close the connections of an engine that was given a URL."""
        self.core.database.dispose()


def _said(actor: Actor, request_id: str = "") -> dict[str, Any]:
    return {"by": actor, "at": intake.UNKNOWN, "request_id": request_id}
