"""What an engine is made of: its database, its directory, its documents, its clock and what the host registered.

Held by the facade, handed to the functions of this layer. Must not import `engine`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from signoff.kernel.commands import Actor
from signoff.kernel.events import Event
from signoff.runtime.channels import Channel
from signoff.runtime.clock import Clock
from signoff.runtime.directory import Directory
from signoff.runtime.handlers import Call
from signoff.runtime.verifier import Verifier
from signoff.store.database import Database
from signoff.store.definitions import Library
from signoff.store.documents import Documents
from signoff.store.handle import Handle
from signoff.store.keys import Key
from signoff.store.sealed import new_salt
from signoff.time.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it is recorded: in which instance, when, by whom."""

    event: Event
    instance: str
    process: str
    key: str
    at: datetime
    by: Actor


Hook = Callable[[Recorded, Connection], None]


@dataclass(slots=True)
class Core:
    """`clock` None: the database says what time it is."""

    database: Database
    directory: Directory
    documents: Documents
    clock: Clock | None = None
    library: Library = field(default_factory=Library)
    handlers: Mapping[str, Call] = field(default_factory=dict)
    channels: Sequence[Channel] = ()
    hooks: dict[type[Event], list[Hook]] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)  # by version
    newest: dict[str, tuple[str, str]] = field(default_factory=dict)  # name -> head when read, version
    current: dict[str, str] = field(default_factory=dict)
    verifier: Verifier | None = None
    keys: dict[str, tuple[str, Key]] = field(default_factory=dict)  # with the head that they were read at
    installation: str = ""
    salt: Callable[[], str] = new_salt  # what hides a value until it is erased

    def now(self, handle: Handle) -> datetime:
        """What time it is: by the clock that was given, else by the database."""
        return self.clock.now() if self.clock is not None else self.database.now(handle)

    def moment(self, connection: Connection | None = None) -> datetime:
        """The same, by the host's connection or one of its own."""
        if self.clock is not None:
            return self.clock.now()
        with self.database.read() if connection is None else self.database.join(connection) as handle:
            return self.database.now(handle)
