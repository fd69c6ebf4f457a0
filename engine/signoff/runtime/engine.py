"""The facade: `Engine`, what hosts, the daemon and the command line work with.

Every command is one method of a few lines: build the command, call `execute`. Deploying, starting and handing
work in stand here, the other verbs in `verbs`, questions in `queries`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import URL, Connection

from signoff.kernel import commands as c
from signoff.kernel.events import Event
from signoff.model import argument
from signoff.runtime import intake, refusal
from signoff.runtime.channels import Channel
from signoff.runtime.clock import Clock, SystemClock
from signoff.runtime.core import Core, Hook
from signoff.runtime.directory import Directory, SqlDirectory
from signoff.runtime.drawer import Drawer
from signoff.runtime.execution import Receipt
from signoff.runtime.handlers import Handler, prepared
from signoff.runtime.sending import Sending
from signoff.runtime.verbs import By, said
from signoff.runtime.verifier import Verifier
from signoff.store.database import Database
from signoff.store.definitions import Deployed
from signoff.store.documents import DatabaseDocuments, Documents

if TYPE_CHECKING:
    from signoff.runtime.pool import Pool
    from signoff.runtime.worker import Worker


class Engine(Sending, Drawer):
    """Runs deployed processes on a database: a URL, or the host's own SQLAlchemy Engine.

    Without `directory` people come from `people import`; without `documents` bytes are kept in the database;
    without `clock` the database says what time it is. `verifier` is asked anew before each signature and each
    attested decision. Thread-safe; make one and keep it.
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
        verifier: Verifier | None = None,
    ) -> None:
        database = Database(db, schema=schema, clock=SystemClock().now)
        people = directory or SqlDirectory(database)
        kept = documents or DatabaseDocuments(database)
        calls = prepared(handlers or {})
        super().__init__(
            Core(database, people, kept, clock, handlers=calls, channels=channels, verifier=verifier)
        )

    # definitions -------------------------------------------------------------------------------------------

    def deploy(
        self, *sources: str | Path, by: str = "", connection: Connection | None = None
    ) -> list[Deployed]:
        """Read, check and make current: files, or YAML texts; all or none. The same content twice changes nothing.

        What demands it waits for `release_definition`. Raises InvalidDefinition with every problem and its place.
        """
        from signoff.runtime import deployment  # noqa: PLC0415 - reading YAML costs an import that few runs need

        return deployment.deploy(self.core, sources, by=by, connection=connection)

    def release_definition(
        self, process: str, *, by: By, version: str = "", connection: Connection | None = None
    ) -> Deployed:
        """Put in force what was deployed and waits for it, by one of `released_by` who has not deployed it.

        `version`: what was looked at; raises WrongState when another waits, NotAllowed for who may not.
        """
        from signoff.runtime import release  # noqa: PLC0415 - what is deployed once is released once

        actor = self._actor(by, connection)
        return release.release(self.core, process, by=actor, version=version, connection=connection)

    # commands ----------------------------------------------------------------------------------------------

    def start(
        self,
        process: str,
        data: Mapping[str, Any] | None = None,
        *,
        by: By,
        key: str = "",
        title: str = "",
        picks: Mapping[str, str | Sequence[str]] | None = None,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Start an instance of the current version of `process`; `key` is its business key, unique while it runs.

        `picks`: who has the roles that the starter picks, each a person's id or several.
        """
        picked = {role: intake.several(people) for role, people in argument.mapping(picks, "picks").items()}
        given = {"data": data or {}, "key": key, "title": title, "picks": picked, "request_id": request_id}
        command = intake.start(process, self._actor(by, connection), given)
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
        actor = self._actor(by, connection)
        with refusal.trying("Submit", task, actor):
            attached = intake.attach(self.core, documents or {}, connection)
        command = c.Submit(task=task, data=data or {}, documents=attached, ticks=argument.texts(ticks, "ticks"), note=note,
                           **said(actor, request_id))  # fmt: skip
        return self.execute(command, connection=connection)

    # beside commands ---------------------------------------------------------------------------------------

    def on(self, event: type[Event], hook: Hook) -> None:
        """Call `hook(recorded, connection)` in the same transaction for every such event; raising refuses."""
        self.core.hooks.setdefault(event, []).append(hook)

    def worker(self, name: str = "", *, pool: "Pool | None" = None) -> "Worker":
        """Works off what is owed: timers, rungs, handlers, notices; with a pool the latter two in threads."""
        from signoff.runtime.worker import Worker  # noqa: PLC0415 - so do the texts of notices

        return Worker(self.core, name, pool=pool)

    def nudge(self) -> None:
        """Tell the daemons of this database to look now, after your commit. Only a hint: they look by themselves, too."""
        from signoff.store import hint  # noqa: PLC0415 - most runs give none

        hint.nudge(self.core.database)

    def dispose(self) -> None:
        """Close the connections of an engine that was given a URL."""
        self.core.database.dispose()
