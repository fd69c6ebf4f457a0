"""The verbs of `Engine` that let running instances go on with another version of their definition.

Each builds its command and calls `execute`, like those of `verbs`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from signoff.kernel import asides as a
from signoff.kernel.commands import Actor
from signoff.runtime import intake, migration
from signoff.runtime.asides import Asides
from signoff.runtime.execution import Receipt
from signoff.runtime.migration import Migrated
from signoff.runtime.verbs import By, said


class Versions(Asides):
    """Migration, of one instance and of many."""

    def migrate(
        self,
        instance: str,
        to: str = "",
        *,
        reason: str,
        by: By,
        nodes: Mapping[str, str] | None = None,
        votes: str = a.OpenVotes.KEEP,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """An administrator lets an instance go on with another version of its definition, all of it or not at all.

        `to`: a version's number or the beginning of its name, the current one where nothing is said; `nodes`: elements
        that are called otherwise there; `votes`: keep, or void those of open gates. Raises Invalid with all that stands
        in the way.
        """
        actor = self._actor(by, connection)
        version = migration.version_for(self.core, instance, to, connection)
        command = self._migration(version, reason, actor, nodes, votes)(instance)
        command.request_id = request_id
        return self.execute(command, connection=connection)

    def to_migrate(
        self,
        process: str,
        to: str = "",
        *,
        reason: str,
        by: By,
        nodes: Mapping[str, str] | None = None,
        votes: str = a.OpenVotes.KEEP,
        only: Sequence[str] = (),
    ) -> list[Migrated]:
        """What `migrate_all` would come to, instance by instance; nothing is kept."""
        version = migration.version(self.core, process, to)
        asked = migration.concerned(self.core, process, version, only)
        command = self._migration(version, reason, self._actor(by), nodes, votes)
        return migration.each(self.core, command, asked, self.preview)

    def migrate_all(
        self,
        process: str,
        to: str = "",
        *,
        reason: str,
        by: By,
        nodes: Mapping[str, str] | None = None,
        votes: str = a.OpenVotes.KEEP,
        only: Sequence[str] = (),
    ) -> list[Migrated]:
        """Migrate all that run on another version, or `only` these, each by a command of its own; what is refused stays."""
        version = migration.version(self.core, process, to)
        asked = migration.concerned(self.core, process, version, only)
        command = self._migration(version, reason, self._actor(by), nodes, votes)
        return migration.each(self.core, command, asked, self.execute)

    def _migration(
        self, version: str, reason: str, by: Actor, nodes: Mapping[str, str] | None, votes: str
    ) -> Callable[[str], a.Migrate]:
        kept = intake.choice(a.OpenVotes, votes, "votes")
        given: dict[str, Any] = {"to": version, "reason": reason, "nodes": nodes or {}, "votes": kept}
        return lambda instance: a.Migrate(instance=instance, **given, **said(by))
