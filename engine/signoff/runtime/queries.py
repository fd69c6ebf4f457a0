"""What can be asked of an engine: inboxes, instances, reasons, history. Reads only, each in one short transaction."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from signoff.errors import Invalid, NotFound
from signoff.kernel.commands import Actor
from signoff.model import argument
from signoff.model.gate import Strength
from signoff.read import history, inbox, instance, involvement, marks, timeline
from signoff.read.history import Record
from signoff.read.inbox import InboxRow
from signoff.read.instance import InstanceRow, Shown
from signoff.read.involvement import InvolvementRow
from signoff.read.timeline import TimelineRow
from signoff.runtime import actor, naming, reference, why
from signoff.runtime import reader as readers
from signoff.runtime.capture import reaches
from signoff.runtime.question import question
from signoff.runtime.shelf import Shelf
from signoff.runtime.why import Reason
from signoff.store import backlog
from signoff.store.backlog import Dead, Unhandled
from signoff.store.schema import micros

PAGE = 500


class Queries(Shelf):
    """The reading half of `Engine`."""

    def now(self) -> datetime:
        """What time it is for the engine."""
        with self.core.database.read() as handle:
            return self.core.now(handle)

    def actor(self, by: str | Actor, *, auth: Strength = Strength.ASSERTED, via: str = "library") -> Actor:
        """The actor that a person's id stands for, with groups and authority of now; raises NotAllowed."""
        return actor.actor(by, self.core.directory, auth=auth, via=via)

    def _actor(self, by: str | Actor, connection: Connection | None = None) -> Actor:
        return actor.actor(by, self.core.directory, connection=connection)

    # people ------------------------------------------------------------------------------------------------

    def inbox(
        self, person: str, *, limit: int = PAGE, after: inbox.Place | None = None, off: bool = False
    ) -> list[InboxRow]:
        """What this person has to do, the most pressing first, then the earliest due; a page at a time.

        Also for whom he stands in just now; with `off` also what he has put off until later.
        """
        with self.core.database.read() as handle:
            now = self.core.now(handle)
            reach = reaches(self.core.directory, argument.text(person, "person"), now, handle.connection)
            page = {"limit": limit, "after": after}
            return inbox.inbox(handle.connection, person, **page, now=now, standing_in=reach, off=off)  # type: ignore[arg-type]  # named as `inbox` names them

    def unassigned(self, *, limit: int = PAGE) -> list[InboxRow]:
        """What nobody can do, for administrators."""
        with self.core.database.read() as handle:
            return inbox.unassigned(handle.connection, limit=limit, now=self._now())

    def names(self, people: Iterable[str]) -> dict[str, str]:
        """What people are called, by id: the name, with the id in brackets where several share it; else the id."""
        return naming.names(self.core.directory, argument.texts(people, "people"))

    def started_by(self, person: str, *, limit: int = PAGE) -> list[InvolvementRow]:
        """我发起的: the instances this person started."""
        with self.core.database.read() as handle:
            return involvement.started(handle.connection, person, limit=limit)

    def done_by(self, person: str, *, limit: int = PAGE) -> list[InvolvementRow]:
        """我已办: what this person handed in or decided."""
        with self.core.database.read() as handle:
            return involvement.done(handle.connection, person, limit=limit)

    def copied_to(self, person: str, *, limit: int = PAGE) -> list[InvolvementRow]:
        """抄送我: of which this person got a copy."""
        with self.core.database.read() as handle:
            return involvement.copied(handle.connection, person, limit=limit)

    # instances ---------------------------------------------------------------------------------------------

    def find(self, text: str) -> str:
        """The instance that a business key, an id or a unique part of an id names; raises NotFound."""
        with self.core.database.read() as handle:
            return instance.find(handle.connection, text)

    def locate(self, text: str) -> str:
        """The task or gate that an id, INSTANCE/STEP, or an instance with one thing open names.

        Of an id its instance may be a unique part. Raises NotFound, and Invalid where several are meant.
        """
        if "/" not in argument.text(text, "task"):
            return self._located(text)
        named, _, step = text.rpartition("/")
        state = self.show(self.find(named)).state
        for gate in state.gates.values():
            if gate.node == step and gate.status in ("open", "stale"):
                return f"{state.id}:{gate.id}"
        for activity in state.activities.values():
            if activity.node == step:
                return f"{state.id}:{activity.id}"
        for gate in reversed(state.gates.values()):
            if gate.node == step:
                return f"{state.id}:{gate.id}"
        raise NotFound("step_not_open", step=step, instance=state.id)

    def _located(self, text: str) -> str:
        named, colon, own = text.rpartition(":")
        instance_id = self.find(named if colon else text)
        if colon:
            return f"{instance_id}:{own}"
        with self.core.database.read() as handle:
            found = inbox.waiting(handle.connection, instance_id)
        if not found:
            raise NotFound("nothing_open", instance=text)
        if len(found) > 1:
            raise Invalid("task_ambiguous", instance=text, tasks=[f"{text}/{row.node}" for row in found])
        return found[0].task

    def instances(self, process: str = "", *, status: str = "", limit: int = PAGE) -> list[InstanceRow]:
        """Instances, the latest first."""
        with self.core.database.read() as handle:
            return instance.listed(
                handle.connection, process=process or None, status=status or None, limit=limit
            )

    def dead_letters(self, instance: str = "") -> list[Dead]:
        """What was owed and given up after its last attempt, of one instance or of all; the longest due first."""
        with self.core.database.read() as handle:
            return backlog.dead(handle.connection, instance=argument.text(instance, "instance") or None)

    def unhandled(self) -> list[Unhandled]:
        """The calls that are due and in nobody's hands, by handler: they wait for a daemon that has it."""
        with self.core.database.read() as handle:
            now = self._now()
            return backlog.unhandled(handle.connection, now=None if now is None else micros(now))

    def show(self, id: str, *, reader: str | Actor | None = None) -> Shown:
        """One instance with its state; raises NotFound. For a `reader` without what is hidden from that person."""
        with self.core.database.read() as handle:
            found = instance.show(handle.connection, id)
            return found if reader is None else readers.shown(self.core, handle.connection, found, reader)

    def why(self, id: str) -> list[Reason]:
        """Where the instance waits, for what, for whom and since when."""
        with self.core.database.read() as handle:
            state = instance.show(handle.connection, id).state
            return why.why(reference.world(self.core, handle.connection), state, self.core.now(handle))

    def history(self, id: str, *, reader: str | Actor | None = None) -> list[Record]:
        """Everything that was recorded, in order: who, when, what. For a `reader` as `show`."""
        with self.core.database.read() as handle:
            found, seen = history.history(handle.connection, id), handle.connection
            return found if reader is None else readers.recorded(self.core, seen, id, found, reader)

    def timeline(self, id: str) -> list[TimelineRow]:
        """Every step with its phase, deadline, completion and approvals."""
        with self.core.database.read() as handle:
            state = instance.show(handle.connection, id).state
            world = reference.world(self.core, handle.connection)
            planned = reference.planned(world, state, self.core.now(handle))
            rooms = reference.rooms(world, state, self.core.now(handle))
            unsure = reference.provisional(world, state, self.core.now(handle))
            records = history.history(handle.connection, id)
            definition = world.definition(state.version)
            return timeline.timeline(
                definition,
                records,
                now=self.core.now(handle),
                planned=planned,
                rooms=rooms,
                provisional=unsure,
            )

    def marks(self, id: str) -> dict[str, str]:
        """Where an instance stands on its picture: element -> done, active, late or waiting; the rest is not reached."""
        rows = self.timeline(id)
        with self.core.database.read() as handle:
            return marks.marks(history.history(handle.connection, id), rows)

    def subject(self, gate: str, person: str) -> str:
        """The hash that this person has to have seen to decide at this gate now; raises NotFound."""
        return question(self.core, gate, person).subject

    def _now(self) -> datetime | None:
        return self.core.clock.now() if self.core.clock is not None else None
